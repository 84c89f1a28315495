//! `mik.lock` on disk: read with its place in diagnostics, and what another one would change.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::NamedSource;
use mik_build::lock::NAME;
use mik_build::{LockedComponent, Lockfile};

use super::error::DepsError;
use crate::report::Reporter;
use crate::tools::files;

/// How many digits of a digest or a commit people are shown.
const SHOWN: usize = 12;

/// The lock of a project.
#[derive(Clone, Debug)]
pub struct LockFile {
    path: PathBuf,
    lockfile: Lockfile,
}

impl LockFile {
    /// Reads the lock in a directory. That there is none is as good as an empty one.
    ///
    /// # Errors
    /// It can't be read, or is not what was written.
    pub fn read(root: &Path) -> Result<Self, DepsError> {
        let path = root.join(NAME);
        let text = match files::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { path, lockfile: Lockfile::default() });
            }
            Err(source) => return Err(DepsError::LockUnreadable { source }),
        };
        let lockfile = Lockfile::parse(&text).map_err(|error| DepsError::Lock {
            at: error.span.clone().map(Into::into),
            error: Box::new(error),
            source_code: NamedSource::new(shown(&path), Arc::new(text.clone())),
        })?;
        Ok(Self { path, lockfile })
    }

    /// Where it is, or would be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is locked.
    pub fn lockfile(&self) -> &Lockfile {
        &self.lockfile
    }

    /// The text that has to be written to lock these instead; nothing, where that would change nothing.
    pub(super) fn text_of(&self, next: &Lockfile) -> Option<String> {
        // No file is as good as one that locks nothing, and is read as such.
        (*next != self.lockfile).then(|| next.to_string())
    }

    /// Says what becomes another.
    pub(super) fn say_changes(&self, next: &Lockfile, reporter: &Reporter) {
        let same = |one: &LockedComponent, other: &LockedComponent| {
            one.name == other.name && one.requested() == other.requested()
        };
        for after in next.components() {
            match self.lockfile.components().iter().find(|before| same(before, after)) {
                None => reporter.status("Locking", in_words(after)),
                Some(before) if before != after => {
                    reporter.status("Updating", format!("{} -> {}", in_words(before), version(after)));
                }
                Some(_) => {}
            }
        }
        for before in self.lockfile.components() {
            if !next.components().iter().any(|after| same(before, after)) {
                reporter.status("Removing", in_words(before));
            }
        }
    }
}

/// A component for the eye: its name and which one it is.
pub(super) fn in_words(component: &LockedComponent) -> String {
    format!("{} {}", component.name, version(component))
}

/// Which component it is, for the eye: of a package its version; the first digits of its digest or its commit; of a path where it is.
pub fn version(component: &LockedComponent) -> String {
    let digest = component.digest.as_deref().and_then(|digest| digest.strip_prefix("sha256:"));
    if let (true, Some(version)) = (component.source.starts_with("package+"), component.precise()) {
        let (version, manifest) = version.split_once('@').unwrap_or((version, digest.unwrap_or_default()));
        return format!("{version} ({})", first(manifest));
    }
    match component.precise().or(digest) {
        Some(digits) => first(digits),
        None => format!("({})", component.source),
    }
}

/// The first digits of a digest or a commit.
fn first(digits: &str) -> String {
    digits.trim_start_matches("sha256:").chars().take(SHOWN).collect()
}

fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(cwd).unwrap_or(path).display().to_string()
}
