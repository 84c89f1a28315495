//! What cargo says it has made: taken from its messages, never guessed from directory names.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::StageError;
use crate::plan::UnitPlan;

/// The `.wasm` files that cargo made, by package ID and build target.
#[derive(Debug, Default)]
pub(super) struct Artifacts(BTreeMap<(String, String), PathBuf>);

impl Artifacts {
    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Takes the file from one of cargo's `compiler-artifact` messages.
    pub(super) fn add(&mut self, artifact: &cargo_metadata::Artifact) {
        let wasm = artifact.filenames.iter().find(|name| name.extension() == Some("wasm"));
        if let Some(wasm) = wasm {
            let key = (artifact.package_id.repr.clone(), artifact.target.name.clone());
            self.0.insert(key, wasm.clone().into_std_path_buf());
        }
    }

    pub(super) fn of(&self, unit: &UnitPlan) -> Result<PathBuf, StageError> {
        let key = (unit.package_id.clone(), unit.crate_name.clone());
        self.0.get(&key).cloned().ok_or_else(|| StageError::NoArtifact { unit: unit.name.clone() })
    }
}
