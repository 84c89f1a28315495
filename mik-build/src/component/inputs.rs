//! What cargo is told of a component: where it is, and when the build script has to be run again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Component;
use super::error::ComponentError;
use crate::dep_info;
use crate::program::Program;

/// What cargo, and others, put into directories that can be made again: what lies there changes with every build.
const MADE: &str = "CACHEDIR.TAG";

/// Puts a component in its place, unless it is there.
#[allow(
    clippy::disallowed_methods,
    reason = "below `OUT_DIR`, which is nobody else's; a build script that is stopped is run again"
)]
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), ComponentError> {
    let bytes = fs::read(from).map_err(|source| ComponentError::io(from, source))?;
    if fs::read(to).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    fs::write(to, bytes).map_err(|source| ComponentError::io(to, source))
}

/// Tells cargo where a component is, and to run the build script again when a file has changed that it was made of.
#[allow(clippy::print_stdout, reason = "how cargo is told")]
#[allow(clippy::disallowed_methods, reason = "there is no other error to give than that it is not there")]
pub(super) fn tell(component: &Component, made: &Path, program: &Program) -> Result<(), ComponentError> {
    let path = component.path();
    let not_unicode =
        || std::io::Error::new(std::io::ErrorKind::InvalidFilename, "cargo can't be told a path that is no Unicode");
    let sayable = path.to_str().ok_or_else(|| ComponentError::io(path, not_unicode()))?;
    let files: BTreeSet<PathBuf> = match fs::read_to_string(dep_info::beside(made)) {
        Ok(text) => dep_info::parse(&text).into_iter().flat_map(without_what_is_made).collect(),
        // Cargo has not told, and then nobody knows: whether something has changed is found out by building.
        Err(_) => BTreeSet::from([never(path.parent().unwrap_or(path))]),
    };
    println!("cargo::rustc-env={}={sayable}", component.env_name());
    // Another version may make other bytes. Where it is says nothing: `cargo mik` names itself to what it starts.
    println!("cargo::rerun-if-changed={}", program.path.display());
    files.iter().for_each(|file| println!("cargo::rerun-if-changed={}", file.display()));
    Ok(())
}

/// Has the build script run again the next time, whatever changes or does not.
#[allow(clippy::print_stdout, reason = "how cargo is told")]
pub(super) fn always(out_dir: &Path) {
    println!("cargo::rerun-if-changed={}", never(out_dir).display());
}

/// A file that is never there: to cargo that is one that has changed.
fn never(out_dir: &Path) -> PathBuf {
    out_dir.join("not-built")
}

/// A path, or where it is a directory with a target directory in it, all else that is in there. Cargo looks at all files of a directory, and
/// what builds write would never come to rest.
fn without_what_is_made(path: PathBuf) -> Vec<PathBuf> {
    let entries = || fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_made = |path: &PathBuf| path.join(MADE).is_file();
    if !path.is_dir() || !entries().any(|entry| is_made(&entry)) {
        return vec![path];
    }
    let is_hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    entries().filter(|entry| !is_made(entry) && !is_hidden(entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_with_a_target_directory_stands_for_all_else_in_it() {
        let root = std::env::temp_dir().join(format!("mik-build-inputs-{}", std::process::id()));
        for directory in ["src", ".git", "target/debug"] {
            fs::create_dir_all(root.join(directory)).unwrap();
        }
        assert_eq!(without_what_is_made(root.clone()), std::slice::from_ref(&root));
        for file in ["target/CACHEDIR.TAG", "build.rs"] {
            fs::File::create(root.join(file)).unwrap();
        }
        let mut paths = without_what_is_made(root.clone());
        paths.sort();
        assert_eq!(paths, [root.join("build.rs"), root.join("src")]);
        assert_eq!(without_what_is_made(root.join("build.rs")), [root.join("build.rs")]);
        fs::remove_dir_all(root).unwrap();
    }
}
