//! Dependencies beside the lock, in `mik-vendor`: a build needs neither network nor cache then.

use std::path::{Path, PathBuf};

use mik_build::store;

use super::error::DepsError;
use super::resolve::{Content, Resolved};
use crate::project::DependencySource;
use crate::tools::files;

/// What the directories of projects from git begin with.
const GIT: &str = "git-";

/// Where the files of a commit are, if they are vendored.
pub(super) fn checkout(root: &Path, commit: &str) -> PathBuf {
    store::vendored_checkout(root, commit)
}

/// Fills `mik-vendor` with what was resolved, and with nothing else; gives it, and how many dependencies it holds.
///
/// # Errors
/// It can't be written. What was there stays, or is whole.
pub fn vendor(root: &Path, dependencies: &[Resolved]) -> Result<(PathBuf, usize), DepsError> {
    let directory = root.join(store::VENDOR);
    let failed = |source| DepsError::Vendor { path: directory.clone(), source };
    let mut kept = Vec::new();
    for Resolved { dependency, locked, content, .. } in dependencies {
        // What is a path is in the project, or beside it.
        if matches!(dependency.source, DependencySource::Path { .. }) {
            continue;
        }
        match content {
            Content::Component { path, digest } => {
                let name = store::file_name(digest);
                let place = directory.join(&name);
                if *path != place {
                    files::write(&place, &files::read(path).map_err(failed)?)?;
                }
                kept.push(name);
            }
            Content::Project { manifest_path } => {
                let (Some(tree), Some(commit)) = (manifest_path.parent(), locked.precise()) else { continue };
                let place = checkout(root, commit);
                if !place.is_dir() {
                    files::create_dir_all(&directory).map_err(failed)?;
                    let unfinished = files::temporary_directory(&directory, ".new-").map_err(failed)?;
                    let copy = unfinished.path().join("tree");
                    copy_tree(tree, &copy).map_err(failed)?;
                    files::rename(&copy, &place).map_err(failed)?;
                }
                kept.push(format!("{GIT}{commit}"));
            }
        }
    }
    remove_others(&directory, &kept).map_err(failed)?;
    kept.sort();
    kept.dedup();
    Ok((directory, kept.len()))
}

/// Removes what an earlier run has put there and nobody depends on any more. What is not ours stays.
fn remove_others(directory: &Path, kept: &[String]) -> std::io::Result<()> {
    let Ok(entries) = files::read_dir(directory) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if kept.contains(&name) {
            continue;
        }
        if store::digest_of(&name).is_some() {
            files::remove_file(entry.path())?;
        } else if name.starts_with(GIT) && entry.path().is_dir() {
            files::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Copies files and directories. What a build has left in a checkout is none of it, and links are not followed.
fn copy_tree(from: &Path, to: &Path) -> std::io::Result<()> {
    files::create_dir_all(to)?;
    for entry in files::read_dir(from)? {
        let entry = entry?;
        let (path, place) = (entry.path(), to.join(entry.file_name()));
        let file_type = entry.file_type()?;
        if file_type.is_dir() && entry.file_name() != "target" {
            copy_tree(&path, &place)?;
        } else if file_type.is_file() {
            files::copy(&path, &place)?;
        }
    }
    Ok(())
}
