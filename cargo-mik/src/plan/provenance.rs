//! What a component is told of where it comes from, besides its code.

use super::Facts;
use crate::project::{About, Optimize, Package};

/// What a component carries of where it comes from: the custom sections that `wasm-metadata` knows, and the list of what it
/// was compiled from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Its package's version.
    pub version: String,
    /// What the package says of itself.
    pub about: About,
    /// The commit that is checked out, with `-dirty` behind it where files differ from it.
    pub revision: Option<String>,
    /// The packages that it is compiled from, as JSON in the format of cargo-auditable, where that is wanted.
    pub dependencies: Option<String>,
}

impl Provenance {
    pub(super) fn of(package: &Package, facts: &Facts) -> Self {
        Self {
            version: package.version.clone(),
            about: package.about.clone(),
            revision: revision(package, facts).map(str::to_owned),
            dependencies: facts.dependencies.get(&package.id).cloned(),
        }
    }
}

/// The revision, where components are made to be given away. In development it would only make them stale: with every commit,
/// and with the first file that is changed after one.
fn revision<'a>(package: &Package, facts: &'a Facts) -> Option<&'a str> {
    let revision = facts.revisions.get(&package.id)?;
    (package.optimize != Optimize::None).then_some(revision.as_str())
}
