//! Component dependencies as a plan has them: which of them become a part of a handler, and which are served beside it.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Facts;
use crate::project::{Package, Place};

/// A component that a package depends on: there already, and known by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Component {
    /// The dependency's name.
    pub name: String,
    /// The file with its bytes.
    pub path: PathBuf,
    /// Their SHA-256, in hexadecimal.
    pub digest: String,
    /// The import that it is given to, and to no other, where the manifest says so.
    pub instance: Option<String>,
    /// Where it is declared, for errors that are about it.
    #[serde(skip)]
    pub place: Option<Place>,
}

impl Component {
    /// Where the components are put that are served beside a package's own. What `mik run` serves is found by this name.
    pub fn directory(output_directory: &Path, package: &str) -> PathBuf {
        output_directory.join(format!("{package}.dependencies"))
    }
}

/// What may be plugged into a package's components: what is given by hand, and of the others those that do not answer HTTP
/// themselves, unless nothing is to be plugged of its own accord.
pub(super) fn plugged(package: &Package, facts: &Facts) -> Vec<Component> {
    let is_plugged = |component: &&Component| {
        component.instance.is_some() || package.plug && !facts.served.contains(&component.digest)
    };
    facts.components(package).iter().filter(is_plugged).cloned().collect()
}

/// What is served beside a package's components: what answers HTTP, and is not given to an import by hand.
pub(super) fn served(package: &Package, facts: &Facts) -> Vec<Component> {
    let is_served = |component: &&Component| component.instance.is_none() && facts.served.contains(&component.digest);
    facts.components(package).iter().filter(is_served).cloned().collect()
}
