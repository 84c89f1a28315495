//! A package's `Cargo.toml`, as far as bindings depend on it: its name, its dependencies, and what cargo-component reads.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::dependencies::read_text;
use crate::BuildError;
use crate::source::typed_path;

/// A package's `Cargo.toml`.
pub(super) struct Manifest(Table);

impl Manifest {
    /// That of a directory. What is wrong with it is cargo's to say.
    pub(super) fn read(directory: &Path) -> Result<Self, BuildError> {
        let text = read_text(&directory.join("Cargo.toml"))?.unwrap_or_default();
        Ok(Self(text.parse().unwrap_or_default()))
    }

    /// The package's name; none of a workspace.
    pub(super) fn package(&self) -> Option<&str> {
        self.0.get("package")?.get("name")?.as_str()
    }

    /// A key of `[package.metadata.component]`.
    pub(super) fn component(&self, key: &str) -> Option<&Value> {
        self.0.get("package")?.get("metadata")?.get("component")?.get(key)
    }

    /// Whether a crate is among the dependencies.
    pub(super) fn depends_on(&self, name: &str) -> bool {
        self.0.get("dependencies").is_some_and(|dependencies| dependencies.get(name).is_some())
    }
}

/// The root of the workspace that a package is of, as cargo finds it: what `package.workspace` says, else the first directory from here
/// upwards with a `[workspace]` that does not exclude the package, else the package's own.
pub(super) fn workspace(directory: &Path) -> PathBuf {
    let read = |directory: &Path| Manifest::read(directory).map(|Manifest(table)| table).unwrap_or_default();
    let said = |table: &Table| Some(table.get("package")?.get("workspace")?.as_str()?.to_owned());
    if let Some(said) = said(&read(directory)) {
        return typed_path(&directory.join(said));
    }
    let is_root = |above: &&Path| {
        let table = read(above);
        let Some(workspace) = table.get("workspace") else { return false };
        let excluded = workspace.get("exclude").and_then(Value::as_array).into_iter().flatten();
        !excluded.filter_map(Value::as_str).any(|path| directory.starts_with(above.join(path)))
    };
    directory.ancestors().find(is_root).unwrap_or(directory).to_owned()
}
