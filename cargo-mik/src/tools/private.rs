//! A directory that nobody but the user can write to: made so, found to be so each time it is opened, and read by way
//! of what was found.
//!
//! What is kept there may be trusted as far as the user is. On Unix the owner and the permissions say so, of the
//! directory as it is held open: what becomes of its path meanwhile makes no difference to what is read. Elsewhere the
//! user's own directories are private by what they inherit, and nothing is checked.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use thiserror::Error;

use super::files;

/// What the names of files begin with that are not whole yet.
const UNFINISHED: &str = ".new-";

/// Such a directory.
#[derive(Debug)]
pub struct PrivateDirectory {
    path: PathBuf,
    #[cfg(unix)]
    handle: std::fs::File,
}

/// Why a directory, or a file in it, can't be used.
#[derive(Debug, Error)]
pub enum NotPrivate {
    /// Somebody else could have put anything there.
    #[error("it belongs to another user")]
    Foreign,
    /// The same.
    #[error("its permissions let others write to it")]
    Writable,
    /// Something else is there.
    #[error("it is no {0}")]
    Kind(&'static str),
    /// Longer than the caller takes.
    #[error("it is {0} bytes long")]
    Length(u64),
    /// The system says no.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// A file in such a directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// When it was written, or last read.
    pub used: SystemTime,
}

impl Entry {
    /// Whether it is not whole yet. Its writer may be dead.
    pub fn is_unfinished(&self) -> bool {
        self.name.starts_with(UNFINISHED)
    }
}

impl PrivateDirectory {
    /// Opens a directory; one that is not there is made, those above it as well.
    ///
    /// # Errors
    /// It can't be made, or others can write to it.
    pub fn make(path: &Path) -> Result<Self, NotPrivate> {
        if let Some(found) = Self::find(path)? {
            return Ok(found);
        }
        if let Some(parent) = path.parent() {
            files::create_dir_all(parent)?;
        }
        match builder().create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => {}
        }
        Self::find(path)?.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into())
    }

    /// Opens a directory if it is there.
    ///
    /// # Errors
    /// Others can write to it.
    #[cfg(unix)]
    pub fn find(path: &Path) -> Result<Option<Self>, NotPrivate> {
        use rustix::fs::{Mode, OFlags};

        // Not by way of a link: that could lead to a directory that is private and full of anything.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(handle) => std::fs::File::from(handle),
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            // It may also be one above it that is none, and that the system tells better.
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::NOTDIR) if path.symlink_metadata().is_ok() => {
                return Err(NotPrivate::Kind("directory"));
            }
            Err(error) => return Err(io::Error::from(error).into()),
        };
        check(&handle.metadata()?)?;
        Ok(Some(Self { path: path.to_owned(), handle }))
    }

    /// Opens a directory if it is there.
    ///
    /// # Errors
    /// It is something else.
    #[cfg(not(unix))]
    pub fn find(path: &Path) -> Result<Option<Self>, NotPrivate> {
        match files::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Ok(Some(Self { path: path.to_owned() })),
            Ok(_) => Err(NotPrivate::Kind("directory")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(unix)]
    fn file(&self, name: &str) -> io::Result<std::fs::File> {
        use rustix::fs::{Mode, OFlags};

        // A pipe would be waited for.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.handle, name, flags, Mode::empty())?.into())
    }

    #[cfg(not(unix))]
    fn file(&self, name: &str) -> io::Result<std::fs::File> {
        Ok(files::OpenOptions::new().read(true).open(self.path.join(name))?.into_parts().0)
    }

    /// Reads a file, nothing if there is none, and marks it as used.
    ///
    /// # Errors
    /// It is longer than `most`, or others can write to it.
    pub fn read(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, NotPrivate> {
        let file = match self.file(name) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(NotPrivate::Kind("file"));
        }
        #[cfg(unix)]
        check(&metadata)?;
        let length = metadata.len();
        if length > most {
            return Err(NotPrivate::Length(length));
        }
        let mut content = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        (&file).take(length).read_to_end(&mut content)?;
        // Where that is not possible, such as on a read-only disk, files go by the order in which they were written.
        drop(file.set_modified(SystemTime::now()));
        Ok(Some(content))
    }

    /// Writes a file as a whole, given in parts, that only the user can read.
    ///
    /// # Errors
    /// The disk is full or read-only.
    pub fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.path)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.persist(self.path.join(name))?;
        Ok(())
    }

    /// Every file that is there.
    ///
    /// # Errors
    /// The directory can't be read.
    pub fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in files::read_dir(&self.path)? {
            let entry = entry?;
            // Another process may remove it meanwhile.
            let Ok(metadata) = entry.metadata() else { continue };
            if let (true, Ok(name)) = (metadata.is_file(), entry.file_name().into_string()) {
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                entries.push(Entry { name, bytes: metadata.len(), used });
            }
        }
        Ok(entries)
    }

    /// Removes a file; says whether it was there.
    ///
    /// # Errors
    /// The disk is read-only.
    pub fn remove(&self, name: &str) -> io::Result<bool> {
        match files::remove_file(self.path.join(name)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn builder() -> std::fs::DirBuilder {
    #[cfg_attr(not(unix), allow(unused_mut, reason = "only Unix has a mode to set"))]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Whether a directory or a file is the user's own, and nobody else's to write to.
#[cfg(unix)]
fn check(metadata: &std::fs::Metadata) -> Result<(), NotPrivate> {
    use std::os::unix::fs::MetadataExt;

    const OTHERS_MAY_WRITE: u32 = 0o022;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(NotPrivate::Foreign);
    }
    if metadata.mode() & OTHERS_MAY_WRITE != 0 {
        return Err(NotPrivate::Writable);
    }
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn directory() -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("above/private");
        (root, path)
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_written_is_the_users_alone() {
        let (_root, path) = directory();
        assert!(PrivateDirectory::find(&path).unwrap().is_none());
        let directory = PrivateDirectory::make(&path).unwrap();
        directory.write("a", &[b"one ", b"two"]).unwrap();
        assert_eq!(directory.read("a", 7).unwrap().unwrap(), b"one two");
        assert!(directory.read("b", 7).unwrap().is_none());
        assert_eq!((mode(&path), mode(&path.join("a"))), (0o700, 0o600));
        assert!(directory.remove("a").unwrap());
        assert!(!directory.remove("a").unwrap());
    }

    #[test]
    fn a_directory_that_others_can_write_to_is_refused() {
        let (_root, path) = directory();
        PrivateDirectory::make(&path).unwrap();
        for open in [0o777, 0o770, 0o702] {
            set_mode(&path, open);
            assert!(matches!(PrivateDirectory::make(&path), Err(NotPrivate::Writable)), "{open:o}");
        }
        set_mode(&path, 0o755);
        PrivateDirectory::make(&path).unwrap();
    }

    #[test]
    fn a_directory_of_another_users_is_refused() {
        let (_root, path) = directory();
        PrivateDirectory::make(&path).unwrap();
        // Who may give one away does; for everybody else the system's own is another user's.
        let foreign = if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&path, Some(1), None).unwrap();
            path
        } else {
            PathBuf::from("/")
        };
        assert!(matches!(PrivateDirectory::make(&foreign), Err(NotPrivate::Foreign)));
    }

    #[test]
    fn a_file_that_others_can_write_to_is_refused() {
        let (_root, path) = directory();
        let directory = PrivateDirectory::make(&path).unwrap();
        directory.write("a", &[b"x"]).unwrap();
        set_mode(&path.join("a"), 0o666);
        assert!(matches!(directory.read("a", 7), Err(NotPrivate::Writable)));
    }

    #[test]
    fn links_and_other_kinds_are_not_followed() {
        let (root, path) = directory();
        let directory = PrivateDirectory::make(&path).unwrap();
        let elsewhere = root.path().join("elsewhere");
        files::write(&elsewhere, b"x").unwrap();
        symlink(&elsewhere, path.join("link")).unwrap();
        directory.read("link", 7).unwrap_err();
        std::fs::create_dir(path.join("directory")).unwrap();
        assert!(matches!(directory.read("directory", 7), Err(NotPrivate::Kind(_))));
        let link = root.path().join("link");
        symlink(&path, &link).unwrap();
        assert!(matches!(PrivateDirectory::make(&link), Err(NotPrivate::Kind(_))));
        assert!(matches!(PrivateDirectory::make(&elsewhere), Err(NotPrivate::Kind(_))));
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        let (_root, path) = directory();
        let directory = PrivateDirectory::make(&path).unwrap();
        directory.write("a", &[&[0; 8]]).unwrap();
        assert!(matches!(directory.read("a", 7), Err(NotPrivate::Length(8))));
    }

    #[test]
    fn reading_marks_as_used() {
        let (_root, path) = directory();
        let directory = PrivateDirectory::make(&path).unwrap();
        directory.write("a", &[b"x"]).unwrap();
        let file = std::fs::File::options().write(true).open(path.join("a")).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        directory.read("a", 7).unwrap();
        assert!(directory.entries().unwrap()[0].used > SystemTime::UNIX_EPOCH);
    }
}
