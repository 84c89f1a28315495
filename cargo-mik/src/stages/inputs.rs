//! What a component was really made of: the files that cargo and rustc say they have read.
//!
//! Cargo leaves beside each library a `.d` file in the format of Make, with the source files of it and of all packages on this
//! machine that it depends on, what macros have included, and what build scripts ask to be run again for (the Cargo book, "Build
//! cache"). A build script that asks for nothing is run again whenever any file of its package changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::BuildScript;

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
}

impl BuildScripts {
    pub(super) fn extend(&mut self, others: Self) {
        self.directories.extend(others.directories);
        self.asks_nothing.extend(others.asks_nothing);
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
        if script.package_id.repr.starts_with(LOCAL) && asks_nothing(script.out_dir.as_std_path()) {
            self.asks_nothing.insert(script.package_id.repr.clone());
        }
    }

    fn directories(&self) -> impl Iterator<Item = &PathBuf> {
        self.asks_nothing.iter().filter_map(|package| self.directories.get(package))
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
        let list = files::read_at_most(&library.with_extension("d"), LIST_MOST).ok()??;
        let mut paths: BTreeSet<PathBuf> =
            parse(&String::from_utf8_lossy(&list)).into_iter().map(|path| base.join(path)).collect();
        paths.extend(scripts.directories().cloned());
        Some(Self { paths })
    }
}

/// The files on the right of the rules of a `.d` file. What cargo and rustc escape are spaces.
fn parse(list: &str) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    // A path may have a colon in it, one with a space behind it would be escaped.
    for files in list.lines().filter_map(|line| line.split_once(": ")).map(|(_, files)| files) {
        let mut path = String::new();
        let mut letters = files.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' if letters.peek() == Some(&' ') => path.extend(letters.next()),
                ' ' if path.is_empty() => {}
                ' ' => paths.push(PathBuf::from(std::mem::take(&mut path))),
                letter => path.push(letter),
            }
        }
        if !path.is_empty() {
            paths.push(PathBuf::from(path));
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_with_spaces_and_windows_paths() {
        let list = "/t/a.wasm: /w/src/lib.rs /w/dep\\ b/x.txt  C:\\w\\a.rs\n\n# comment\n/w/src/lib.rs:\n";
        assert_eq!(parse(list), ["/w/src/lib.rs", "/w/dep b/x.txt", "C:\\w\\a.rs"].map(PathBuf::from));
        assert!(parse("").is_empty());
        assert!(parse("nonsense").is_empty());
    }

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
