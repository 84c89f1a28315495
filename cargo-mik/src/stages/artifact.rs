//! What cargo says it has made: taken from its messages, never guessed from directory names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cargo_metadata::TargetKind;

use super::StageError;
use crate::plan::UnitPlan;
use crate::project::UnitKind;

/// How the ID of a package begins whose source is on this machine, and comes from no registry.
pub(super) const LOCAL: &str = "path+file:";

/// Package ID, build target and its kind.
type Key = (String, String, UnitKind);

/// The `.wasm` files that cargo made, and of what.
#[derive(Clone, Debug, Default)]
pub(super) struct Artifacts {
    files: BTreeMap<Key, PathBuf>,
    /// The crates whose source is on this machine.
    local: BTreeSet<String>,
}

impl Artifacts {
    pub(super) fn extend(&mut self, others: Self) {
        self.files.extend(others.files);
        self.local.extend(others.local);
    }

    /// Takes the file from one of cargo's `compiler-artifact` messages.
    pub(super) fn add(&mut self, artifact: &cargo_metadata::Artifact) {
        if artifact.package_id.repr.starts_with(LOCAL) {
            self.local.insert(artifact.target.name.replace('-', "_"));
        }
        let wasm = artifact.filenames.iter().find(|name| name.extension() == Some("wasm"));
        let is_example = artifact.target.is_kind(TargetKind::Example);
        let kind = if is_example { UnitKind::Example } else { UnitKind::Lib };
        if let Some(wasm) = wasm
            && !artifact.target.is_kind(TargetKind::Bin)
        {
            let key = (artifact.package_id.repr.clone(), artifact.target.name.clone(), kind);
            self.files.insert(key, wasm.clone().into_std_path_buf());
        }
    }

    /// The crates whose source is on this machine.
    pub(super) fn local(&self) -> &BTreeSet<String> {
        &self.local
    }

    /// The file that is a unit's own.
    pub(super) fn of(&self, unit: &UnitPlan) -> Result<PathBuf, StageError> {
        let key = (unit.package_id.clone(), unit.crate_name.clone(), unit.kind);
        let path = self.files.get(&key).cloned().ok_or_else(|| StageError::NoArtifact { unit: unit.name.clone() })?;
        // Cargo only warns of two libraries of one name, and then the file is the one's or the other's.
        let same_file = |(other, file): &(&Key, &PathBuf)| **file == path && **other != key;
        match self.files.iter().find(same_file) {
            Some((other, _)) => Err(StageError::SameArtifact { unit: unit.name.clone(), library: other.1.clone() }),
            None => Ok(path),
        }
    }
}
