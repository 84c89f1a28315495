//! The cache: where built standard libraries live, who may build, and how one gets into its place.
//!
//! ```text
//! <cache>/sysroots/.lock                          held while anything here is made
//! <cache>/sysroots/.work-…/                       of the one who holds the lock; others' are dead
//! <cache>/sysroots/v1-<compiler>/<target>/lib/…   complete, since it is renamed into place as a whole
//! ```

use std::io;
use std::path::{Path, PathBuf};

use super::SetupError;
use super::toolchain::Version;
use crate::project::{Target, cache_directory};
use crate::report::Reporter;
use crate::tools::files;
use crate::tools::temporary::Temporary;

/// Goes up when what is built changes, so that nobody goes on with the old.
const FORMAT: u32 = 1;
const WORK: &str = ".work-";

/// Where all sysroots are: in the user's cache.
pub(super) fn directory() -> Result<PathBuf, SetupError> {
    Ok(cache_directory().ok_or(SetupError::NoHome)?.join("sysroots"))
}

/// Where the sysroot of a compiler and a target is, or will be.
pub(super) fn place(directory: &Path, version: &Version, target: Target) -> PathBuf {
    directory.join(compiler_directory(version)).join(target.name())
}

/// The name of the directory with everything that a compiler has built.
pub(super) fn compiler_directory(version: &Version) -> String {
    format!("v{FORMAT}-{}", version.key)
}

/// The right to build, and a directory for it in the cache's own file system. Both end with the value.
pub(super) struct Workshop {
    work: Temporary<tempfile::TempDir>,
    /// After `work`, so that the directory is gone before the next one comes in.
    _lock: files::Lock,
}

impl Workshop {
    /// Waits until nobody else builds, and clears away what dead ones left behind.
    pub(super) fn open(directory: &Path, reporter: &Reporter) -> Result<Self, SetupError> {
        let unusable = |source| SetupError::Cache { path: directory.to_owned(), source };
        files::create_dir_all(directory).map_err(unusable)?;
        let waiting = || reporter.status("Blocking", "waiting for another set-up to finish");
        let lock = files::lock(&directory.join(".lock"), waiting).map_err(unusable)?;
        for entry in files::read_dir(directory).map_err(unusable)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(WORK) {
                // A child of the dead one may still write there; then the next set-up clears it.
                drop(files::remove_dir_all(entry.path()));
            }
        }
        let work = files::temporary_directory(directory, WORK).map_err(unusable)?;
        Ok(Self { work, _lock: lock })
    }

    /// Where everything on the way goes.
    pub(super) fn directory(&self) -> &Path {
        self.work.path()
    }

    /// Puts a finished sysroot into its place.
    pub(super) fn install(&self, staged: &Path, place: &Path) -> Result<(), SetupError> {
        self.try_install(staged, place).map_err(|source| SetupError::Cache { path: place.to_owned(), source })
    }

    fn try_install(&self, staged: &Path, place: &Path) -> io::Result<()> {
        if let Some(parent) = place.parent() {
            files::create_dir_all(parent)?;
        }
        if files::metadata(place).is_ok() {
            // A directory can't be renamed over one that is not empty.
            let old = files::temporary_directory(self.work.path(), "old-")?;
            files::rename(place, old.path().join("sysroot"))?;
        }
        files::rename(staged, place)
    }
}

#[cfg(test)]
mod tests {
    use super::super::toolchain::tests::toolchain;
    use super::*;
    use crate::report::Shell;

    fn reporter() -> Reporter {
        Reporter::new(Shell::from_write(Box::new(io::sink()), Box::new(io::sink())))
    }

    #[test]
    fn what_a_dead_run_left_is_cleared_away() {
        let cache = tempfile::tempdir().unwrap();
        let left = cache.path().join(".work-dead/target");
        files::create_dir_all(&left).unwrap();
        let workshop = Workshop::open(cache.path(), &reporter()).unwrap();
        assert!(files::metadata(&left).is_err());
        let work = workshop.directory().to_owned();
        drop(workshop);
        assert!(files::metadata(work).is_err());
    }

    #[test]
    fn an_installed_sysroot_replaces_the_old_one() {
        let cache = tempfile::tempdir().unwrap();
        let place = place(cache.path(), toolchain(Path::new("/rust")).version().unwrap(), Target::Unknown);
        let workshop = Workshop::open(cache.path(), &reporter()).unwrap();
        for content in ["old", "new"] {
            let staged = workshop.directory().join("stage");
            files::write(&staged.join("lib/content"), content.as_bytes()).unwrap();
            workshop.install(&staged, &place).unwrap();
            assert_eq!(files::read_to_string(place.join("lib/content")).unwrap(), content);
        }
    }

    #[test]
    fn only_one_builds_at_a_time() {
        let cache = tempfile::tempdir().unwrap();
        let first = Workshop::open(cache.path(), &reporter()).unwrap();
        let path = cache.path().to_owned();
        let second = std::thread::spawn(move || drop(Workshop::open(&path, &reporter()).unwrap()));
        std::thread::sleep(std::time::Duration::from_millis(50));
        assert!(!second.is_finished());
        drop(first);
        second.join().unwrap();
    }
}
