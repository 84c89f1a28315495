//! Locks between processes: one command at a time changes a project's lock, or a repository in the cache.

use std::path::Path;

use super::error::DepsError;
use crate::report::Reporter;
use crate::tools::digest;
use crate::tools::files::{self, Lock};

/// The directory of the files that stand for locks, in the cache.
const LOCKS: &str = "locks";

/// Takes the lock on something that has a name, and says so where somebody else has it. It is given back with the value.
pub(super) fn take(cache: &Path, name: &str, what: &str, reporter: &Reporter) -> Result<Lock, DepsError> {
    let directory = cache.join(LOCKS);
    let path = directory.join(digest::of(name.as_bytes()));
    let failed = |source| DepsError::Guard { path: path.clone(), source };
    files::create_dir_all(&directory).map_err(failed)?;
    files::lock(&path, || reporter.status("Blocking", format!("waiting for another `cargo mik`, which has {what}")))
        .map_err(failed)
}
