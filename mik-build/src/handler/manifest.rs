//! A package's `Cargo.toml`, as far as bindings depend on it: its name, its dependencies, and what cargo-component reads.

use std::path::Path;

use toml::{Table, Value};

use super::dependencies::read_text;
use crate::BuildError;

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
