//! The source of the standard library: what the user names, and what a toolchain brings.

use std::path::{Path, PathBuf};

use super::toolchain::Version;
use super::{SetupError, Toolchain, environment};
use crate::tools::files;

/// A `library` directory of the compiler's version.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What it is called in messages.
    pub(super) name: String,
    /// The directory that holds `std/Cargo.toml`.
    pub(super) library: PathBuf,
}

/// What `MIK_RUST_SRC` names.
pub(super) fn given(version: &Version) -> Result<Option<Source>, SetupError> {
    let Some(path) = environment::rust_source() else { return Ok(None) };
    check(&path, &version.release).map(Some)
}

fn check(path: &Path, release: &str) -> Result<Source, SetupError> {
    let library = [path.to_owned(), path.join("library")].into_iter().find(|path| is_library(path));
    let Some(library) = library else { return Err(SetupError::NoSource { path: path.to_owned() }) };
    // A tree that does not say its version is taken at the user's word.
    if let Some(found) = version_of(&library)
        && found != release
    {
        return Err(SetupError::SourceVersion { path: library, found, wanted: release.to_owned() });
    }
    Ok(Source { name: "MIK_RUST_SRC".to_owned(), library })
}

/// The component `rust-src` of a toolchain.
pub(super) fn in_toolchain(toolchain: &Toolchain) -> Option<Source> {
    let library = toolchain.sysroot().join("lib/rustlib/src/rust/library");
    is_library(&library).then(|| Source { name: "the toolchain's `rust-src`".to_owned(), library })
}

/// Whether a directory is std's workspace.
pub(super) fn is_library(path: &Path) -> bool {
    ["Cargo.toml", "Cargo.lock", "std/Cargo.toml", "sysroot/Cargo.toml"]
        .iter()
        .all(|file| files::metadata(path.join(file)).is_ok())
}

/// The version that a source tree says it is: by a release's `version`, a checkout's `src/version`, or its own name.
fn version_of(library: &Path) -> Option<String> {
    let root = library.parent()?;
    let written = ["version", "src/version"].iter().find_map(|file| files::read_to_string(root.join(file)).ok());
    let named = || {
        let name = root.file_name()?.to_str()?;
        let version = name.strip_prefix("rustc-").or_else(|| name.strip_prefix("rust-"))?;
        Some(version.strip_suffix("-src").unwrap_or(version).to_owned())
    };
    let version = written.and_then(|text| Some(text.split_whitespace().next()?.to_owned())).or_else(named)?;
    version.starts_with(|first: char| first.is_ascii_digit()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(name: &str) -> (tempfile::TempDir, PathBuf) {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join(name);
        for file in ["Cargo.toml", "Cargo.lock", "std/Cargo.toml", "sysroot/Cargo.toml"] {
            files::write(&root.join("library").join(file), b"").unwrap();
        }
        (directory, root)
    }

    #[test]
    fn the_library_or_what_holds_it_can_be_named() {
        let (_directory, root) = tree("anything");
        for path in [root.clone(), root.join("library")] {
            assert_eq!(check(&path, "1.95.0").unwrap().library, root.join("library"));
        }
    }

    #[test]
    fn another_version_is_refused_where_it_shows() {
        let (_directory, root) = tree("rustc-1.94.1-src");
        assert!(matches!(
            check(&root, "1.95.0"),
            Err(SetupError::SourceVersion { found, .. }) if found == "1.94.1"
        ));
        files::write(&root.join("version"), b"1.95.0 (59807616e 2026-04-14)\n").unwrap();
        check(&root, "1.95.0").unwrap();
    }

    #[test]
    fn a_directory_without_std_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(check(directory.path(), "1.95.0"), Err(SetupError::NoSource { .. })));
    }
}
