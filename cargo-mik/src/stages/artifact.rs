//! What cargo says it has made: taken from its messages, never guessed from directory names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{Message, TargetKind};

use super::StageError;
use super::inputs::{BuildScripts, Inputs};
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
    scripts: BuildScripts,
}

impl Artifacts {
    pub(super) fn extend(&mut self, others: Self) {
        self.files.extend(others.files);
        self.local.extend(others.local);
        self.scripts.extend(others.scripts);
    }

    /// Takes what there is to know from one of cargo's messages.
    pub(super) fn add(&mut self, message: &Message) {
        match message {
            Message::CompilerArtifact(artifact) => self.add_artifact(artifact),
            Message::BuildScriptExecuted(script) => self.scripts.add(script),
            _ => {}
        }
    }

    fn add_artifact(&mut self, artifact: &cargo_metadata::Artifact) {
        self.scripts.add_package(&artifact.package_id.repr, artifact.manifest_path.as_std_path());
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

    /// What a unit was made of, where cargo has left word of it. `base` is what relative paths are relative to.
    pub(super) fn inputs(&self, unit: &UnitPlan, base: &Path) -> Option<Inputs> {
        Inputs::of(&self.of(unit).ok()?, &self.scripts, base)
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
