//! Which commit is checked out, as git tells: where there is no git, or the package is in no repository, nothing is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::tools::process;

/// The revisions of packages. Each repository is looked through once, however many packages it has.
#[derive(Debug)]
pub(super) struct Revisions<'a> {
    /// What a build writes, and nobody takes for a source.
    target_directory: &'a Path,
    is_dirty: BTreeMap<PathBuf, bool>,
}

impl<'a> Revisions<'a> {
    pub(super) fn new(target_directory: &'a Path) -> Self {
        Self { target_directory, is_dirty: BTreeMap::new() }
    }

    /// The commit that a package's manifest is part of, with `-dirty` behind it where the repository's files differ from that
    /// commit's. None where the manifest is not in the commit: the repository around it is another matter's then.
    pub(super) fn of(&mut self, manifest_path: &Path) -> Option<String> {
        let directory = manifest_path.parent()?;
        let manifest = format!("HEAD:./{}", manifest_path.file_name()?.to_str()?);
        let said = process::stdout(git(directory).args(["rev-parse", "--show-toplevel", "HEAD", &manifest])).ok()?;
        let mut lines = said.lines();
        let (root, commit) = (PathBuf::from(lines.next()?), lines.next()?.to_owned());
        if !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let target_directory = self.target_directory;
        let is_dirty = *self.is_dirty.entry(root).or_insert_with_key(|root| is_dirty(root, target_directory));
        Some(if is_dirty { commit + "-dirty" } else { commit })
    }
}

/// Whether files differ from what is checked out. What can't be told is not said to be clean.
fn is_dirty(root: &Path, target_directory: &Path) -> bool {
    let Ok(said) = process::stdout(git(root).args(["status", "--porcelain", "-z", "--untracked-files=normal"])) else {
        return true;
    };
    // What cargo itself leaves behind in a repository that neither has it nor ignores it: the second build would not be the
    // first one's otherwise.
    let is_cargos = |path: &str| {
        path == "Cargo.lock"
            || path.ends_with("/Cargo.lock")
            || target_directory == root.join(path.trim_end_matches('/'))
    };
    said.split('\0').filter(|entry| !entry.is_empty()).any(|entry| !entry.strip_prefix("?? ").is_some_and(is_cargos))
}

/// Git in a directory, that writes nothing: an index that is locked for us would stop somebody else's commit.
fn git(directory: &Path) -> Command {
    let mut git = process::command("git");
    // A hook of git's is told which repository it is for, and that is not always the package's.
    for variable in
        ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"]
    {
        git.env_remove(variable);
    }
    git.arg("-C").arg(directory).env("GIT_OPTIONAL_LOCKS", "0").stdin(Stdio::null());
    git
}
