//! What a component was really made of: the files that cargo and rustc say they have read.
//!
//! Cargo leaves beside each library a `.d` file in the format of Make, with the source files of it and of all packages on this
//! machine that it depends on, what macros have included, and what build scripts ask to be run again for (the Cargo book, "Build
//! cache"). A build script that asks for nothing is run again whenever any file of its package changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::BuildScript;
use mik_build::dep_info;

use super::artifact::LOCAL;
use crate::tools::files;

/// The longest `.d` file that is read, in bytes.
const LIST_MOST: u64 = 64 << 20;
/// The most that is read of what a build script has said, in bytes.
const SAID_MOST: u64 = 64 << 20;

/// The files that a component was made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Files, and directories with all that is in them. Some need not be there: a build script may ask for what may come.
    pub paths: BTreeSet<PathBuf>,
}

/// The build scripts that have run and ask for nothing: whatever is in their packages counts.
#[derive(Clone, Debug, Default)]
pub(super) struct BuildScripts {
    /// The directories of the packages that have build scripts, by package ID.
    directories: BTreeMap<String, PathBuf>,
    asks_nothing: BTreeSet<String>,
    /// Where they write: what lies there is made by the build, and is not what it is made of.
    made: BTreeSet<PathBuf>,
}

impl BuildScripts {
    pub(super) fn extend(&mut self, others: Self) {
        self.directories.extend(others.directories);
        self.asks_nothing.extend(others.asks_nothing);
        self.made.extend(others.made);
    }

    /// Takes where a package is from one of cargo's messages.
    pub(super) fn add_package(&mut self, package_id: &str, manifest: &Path) {
        if package_id.starts_with(LOCAL)
            && let Some(directory) = manifest.parent()
        {
            self.directories.insert(package_id.to_owned(), directory.to_owned());
        }
    }

    /// Takes one of cargo's `build-script-executed` messages.
    pub(super) fn add(&mut self, script: &BuildScript) {
        // Of other packages cargo names no file.
        if script.package_id.repr.starts_with(LOCAL) {
            let out_dir = script.out_dir.as_std_path();
            if asks_nothing(out_dir) {
                self.asks_nothing.insert(script.package_id.repr.clone());
            }
            self.made.insert(out_dir.to_owned());
        }
    }

    fn directories(&self) -> impl Iterator<Item = &PathBuf> {
        self.asks_nothing.iter().filter_map(|package| self.directories.get(package))
    }

    fn have_made(&self, path: &Path) -> bool {
        path.ancestors().any(|directory| self.made.contains(directory))
    }
}

/// Whether a build script has asked neither for files nor for variables. Cargo keeps what it says beside its directory.
fn asks_nothing(out_dir: &Path) -> bool {
    let said = out_dir.parent().map(|directory| files::read_at_most(&directory.join("output"), SAID_MOST));
    // What can't be read may have asked for nothing.
    let Some(Ok(Some(said))) = said else { return true };
    let said = String::from_utf8_lossy(&said);
    !said.lines().any(|line| line.starts_with("cargo:rerun-if-") || line.starts_with("cargo::rerun-if-"))
}

impl Inputs {
    /// What a library was made of; nothing where cargo has left no word of it. `base` is what relative paths are relative to.
    pub(super) fn of(library: &Path, scripts: &BuildScripts, base: &Path) -> Option<Self> {
        let list = files::read_at_most(&dep_info::beside(library), LIST_MOST).ok()??;
        let read = dep_info::parse(&String::from_utf8_lossy(&list)).into_iter().map(|path| base.join(path));
        let mut paths: BTreeSet<PathBuf> = read.filter(|path| !scripts.have_made(path)).collect();
        paths.extend(scripts.directories().cloned());
        Some(Self { paths })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_scripts_that_ask_for_nothing_are_told_by_what_they_have_said() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("out");
        let asks_nothing_having_said = |said: &str| {
            files::write(&directory.path().join("output"), said.as_bytes()).unwrap();
            asks_nothing(&out)
        };
        assert!(asks_nothing(&out), "nothing is known of it");
        assert!(asks_nothing_having_said("cargo::rustc-cfg=x\nhello\n"));
        assert!(!asks_nothing_having_said("hello\ncargo::rerun-if-changed=build.rs\n"));
        assert!(!asks_nothing_having_said("cargo:rerun-if-env-changed=X\n"));
    }
}
