//! What has become of components that were composed.

use std::path::PathBuf;

use serde::Serialize;

/// One component of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Composed {
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// What was given to what.
    pub plugged: Vec<Plugged>,
    /// What it imports.
    pub imports: Vec<String>,
}

impl Composed {
    /// For the eye: `composed.wasm (41.3 KiB)`.
    pub(super) fn in_words(&self) -> String {
        format!("{} ({})", self.path.display(), super::size(self.size))
    }
}

/// An import and the export that it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plugged {
    /// Who imports it.
    pub into: String,
    /// The import.
    pub import: String,
    /// Who exports it.
    pub from: String,
    /// The export: by the import's name, or another version's.
    pub export: String,
}

impl Plugged {
    /// For the eye: `acme:kv/store@1.0.0 of kv.wasm into app.wasm`.
    pub fn in_words(&self) -> String {
        let Self { into, import, from, export } = self;
        let given_as = if import == export { String::new() } else { format!(" as {import}") };
        format!("{export} of {from} into {into}{given_as}")
    }
}
