//! What cargo's flags may name of a package: its features, its dependencies, its binaries.
//!
//! Packages that are compiled in different ways have runs of cargo of their own, and cargo refuses a name that no
//! package of a run has.

use std::collections::BTreeSet;

use cargo_metadata::TargetKind;

/// The names that a package declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Features, those of optional dependencies among them.
    pub features: BTreeSet<String>,
    /// Dependencies, by the name that they have in the package.
    pub dependencies: BTreeSet<String>,
    /// Binaries.
    pub binaries: BTreeSet<String>,
}

impl Declared {
    pub(super) fn of(package: &cargo_metadata::Package) -> Self {
        let dependency = |dependency: &cargo_metadata::Dependency| {
            dependency.rename.clone().unwrap_or_else(|| dependency.name.to_string())
        };
        let binaries = package.targets.iter().filter(|target| target.is_kind(TargetKind::Bin));
        Self {
            features: package.features.keys().cloned().collect(),
            dependencies: package.dependencies.iter().map(dependency).collect(),
            binaries: binaries.map(|target| target.name.clone()).collect(),
        }
    }
}
