//! WASI 0.2, which WIT may use without having it beside itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use semver::Version;
use wit_parser::{Resolve, UnresolvedPackageGroup};

use super::wit::told;
use crate::BuildError;

/// Its packages: those of `wit/deps` in the repository, without what they say to people. A test writes it.
const TEXT: &str = include_str!("wasi.wit");
/// What its packages are called.
pub(super) const NAMESPACE: &str = "wasi";

/// Adds its packages to what is known, as a version has them. Within 0.2 things are only added: what has come after 0.2.0 is missing.
pub(super) fn add(resolve: &mut Resolve, version: &Version) -> Result<(), BuildError> {
    let failed = |error| BuildError::new("WASI can't be used").because(told(error));
    let mut packages = Resolve::default();
    packages.push_str("wasi.wit", &TEXT.replace("@0.2.0", &format!("@{version}"))).map_err(failed)?;
    resolve.merge(packages).map(drop).map_err(failed)
}

/// The versions of it that packages use which lie in these places, with their `deps/`. None, if they have it beside them.
pub(super) fn wanted<'a>(places: impl Iterator<Item = &'a PathBuf>) -> BTreeSet<Version> {
    let (mut wanted, mut has_it) = (BTreeSet::new(), false);
    for group in places.flat_map(|place| groups(place)) {
        for package in std::iter::once(&group.main).chain(&group.nested) {
            has_it |= package.name.namespace == NAMESPACE;
            let used = package.foreign_deps.keys().filter(|name| name.namespace == NAMESPACE);
            wanted.extend(used.filter_map(|name| name.version.clone()).filter(is_known));
        }
    }
    if has_it { BTreeSet::new() } else { wanted }
}

/// Whether a version is one that is known here.
pub(super) fn is_known(version: &Version) -> bool {
    (version.major, version.minor) == (0, 2) && version.pre.is_empty()
}

/// The packages of a directory or of a file, and those in its `deps/`, if they are right.
fn groups(place: &Path) -> Vec<UnresolvedPackageGroup> {
    let parsed = |path: &Path| match path.is_dir() {
        true => UnresolvedPackageGroup::parse_dir(path).ok(),
        false => UnresolvedPackageGroup::parse(path, &std::fs::read_to_string(path).ok()?).ok(),
    };
    let beside = std::fs::read_dir(place.join("deps")).into_iter().flatten().flatten().map(|entry| entry.path());
    std::iter::once(place.to_owned()).chain(beside).filter_map(|path| parsed(&path)).collect()
}
