//! Temporary files and directories: they go away with their values, and with the program when that is interrupted.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Those that are there. Whoever holds the lock knows that none is made and none is put into its place meanwhile.
static THERE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn there() -> MutexGuard<'static, Vec<PathBuf>> {
    THERE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file or directory, and the promise that it goes.
#[derive(Debug)]
pub struct Temporary<T> {
    // First: what is gone need not be known any longer.
    value: T,
    entry: Entry,
}

#[derive(Debug)]
struct Entry(PathBuf);

impl Drop for Entry {
    fn drop(&mut self) {
        there().retain(|path| *path != self.0);
    }
}

impl<T> Temporary<T> {
    /// Makes one, and says where it is.
    pub(super) fn new(make: impl FnOnce() -> io::Result<T>, path: impl FnOnce(&T) -> &Path) -> io::Result<Self> {
        let mut there = there();
        let value = make()?;
        let path = path(&value).to_owned();
        there.push(path.clone());
        Ok(Self { value, entry: Entry(path) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.entry.0
    }

    pub(super) fn value(&mut self) -> &mut T {
        &mut self.value
    }

    /// Makes something lasting of it, or fails: an interruption comes before or after.
    pub(super) fn keep<R>(self, make: impl FnOnce(T) -> R) -> R {
        let Self { value, entry } = self;
        let there = there();
        let result = make(value);
        drop(there);
        drop(entry);
        result
    }
}

/// Has an interruption (SIGINT, SIGTERM, SIGHUP) take away all that is temporary, before it ends the program as it would anyway. For
/// commands that do nothing else about it. A signal that whoever started us has ignored stays ignored.
///
/// # Errors
/// The system has no handler or no thread to give: then it is as it was.
#[cfg(unix)]
pub fn remove_when_interrupted() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)))?;
    std::thread::Builder::new().name("interruption".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let there = there();
            for path in there.iter() {
                // One of both is it. What can't be removed must not keep us.
                drop(std::fs::remove_file(path).or_else(|_| std::fs::remove_dir_all(path)));
            }
            drop(emulate_default_handler(signal));
        }
    })?;
    Ok(())
}

/// Elsewhere nothing tells a program of its end.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn remove_when_interrupted() -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[allow(unsafe_code, reason = "std has no way to ask what happens at a signal")]
fn is_ignored(signal: std::ffi::c_int) -> bool {
    // SAFETY: all zeros is a value of this type, of numbers and a set of bits; nothing is set, and the old one is written there.
    let (result, action) = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        (libc::sigaction(signal, std::ptr::null(), &raw mut action), action)
    };
    result == 0 && action.sa_sigaction == libc::SIG_IGN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_known_until_it_is_gone_or_stays() {
        let directory = tempfile::tempdir().unwrap();
        let make = || Temporary::new(|| tempfile::NamedTempFile::new_in(directory.path()), |file| file.path()).unwrap();
        let (gone, stays) = (make(), make());
        let paths = [gone.path().to_owned(), stays.path().to_owned()];
        let known = || paths.iter().filter(|path| there().contains(path)).count();
        assert_eq!(known(), 2);
        drop(gone);
        assert_eq!(known(), 1);
        stays.keep(|file| file.persist(directory.path().join("kept"))).unwrap();
        assert_eq!(known(), 0);
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
