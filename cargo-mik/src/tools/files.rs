//! Files: read with the path in the error, written so that a reader sees the old content or the new, never half.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub use std::fs::Metadata;

pub use fs_err::{
    OpenOptions, canonicalize, copy, create_dir_all, metadata, read, read_dir, read_to_string, remove_dir,
    remove_dir_all, remove_file, rename, symlink_metadata,
};
use miette::Diagnostic;
use tempfile::{NamedTempFile, TempDir};
use thiserror::Error;

use super::temporary::Temporary;

/// Which file it is, under whatever name, where the system can tell: its device and its number there.
#[cfg(unix)]
pub fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// Which file it is, under whatever name, where the system can tell.
#[cfg(not(unix))]
pub fn identity(_metadata: &Metadata) -> Option<(u64, u64)> {
    None
}

/// The files that our own standard output and standard error go to, where they do.
#[cfg(unix)]
pub fn own_output() -> Vec<(u64, u64)> {
    use std::os::fd::AsFd;
    let stdout = std::io::stdout();
    let stderr = std::io::stderr();
    let files = [stdout.as_fd(), stderr.as_fd()].map(|stream| stream.try_clone_to_owned().map(std::fs::File::from));
    let files = files.into_iter().flatten().flat_map(|file| file.metadata());
    files.filter(Metadata::is_file).filter_map(|metadata| identity(&metadata)).collect()
}

/// The files that our own standard output and standard error go to, where they do.
#[cfg(not(unix))]
pub fn own_output() -> Vec<(u64, u64)> {
    Vec::new()
}

/// Reads a file that may have so many bytes; nothing is what comes of one that has more.
///
/// # Errors
/// It is not there or can't be read.
pub fn read_at_most(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    fs_err::File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// Reads a file that lies in one of these directories, links followed, and has so many bytes at most; nothing is what comes of any
/// other.
pub fn read_within(path: &Path, directories: &[PathBuf], most: u64) -> Option<Vec<u8>> {
    let path = fs_err::canonicalize(path).ok()?;
    let lies_in = |directory: &PathBuf| fs_err::canonicalize(directory).is_ok_and(|it| path.starts_with(it));
    // One that is no file, as a pipe, might never end.
    if !directories.iter().any(lies_in) || !fs_err::metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    read_at_most(&path, most).ok()?
}

/// Writes a file as a whole: to a temporary name in the same directory, then renamed over the old one.
///
/// The directory is made where it is missing. An interrupted or failed write leaves the old file as it was. A symbolic link stays one:
/// what it leads to is written. What is no file, as a device or a pipe, is written into: a file in its place would take it from everybody.
///
/// # Errors
/// The directory can't be made or written to, or the disk is full.
pub fn write(path: &Path, content: &[u8]) -> Result<(), OutputError> {
    write_together(&[(path, content)])
}

/// The same for files that belong together: none takes its place before all are written, so that what is wrong with one, or a full
/// disk, leaves all of them as they were.
///
/// # Errors
/// The same.
pub fn write_together(files: &[(&Path, &[u8])]) -> Result<(), OutputError> {
    let failed = |path: &Path, source| OutputError { path: path.to_owned(), source };
    let mut staged = Vec::new();
    for (path, content) in files {
        staged.push((path, content, stage(path, content).map_err(|source| failed(path, source))?));
    }
    staged.into_iter().try_for_each(|(path, content, staged)| {
        let done = match staged {
            Some((file, place)) => file.keep(|file| file.persist(place).map(drop).map_err(|error| error.error)),
            None => OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(content)),
        };
        done.map_err(|source| failed(path, source))
    })
}

/// Whether a path leads to something that is no file and no directory, such as a device or a pipe.
pub fn is_special(path: &Path) -> bool {
    metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Writes a temporary file, and gives the place that it is for; nothing, where no file may take the place.
fn stage(path: &Path, content: &[u8]) -> io::Result<Option<(Temporary<NamedTempFile>, PathBuf)>> {
    if is_special(path) {
        return Ok(None);
    }
    let is_link = symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let place = if is_link { canonicalize(path).ok() } else { None }.unwrap_or_else(|| path.to_owned());
    if place.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let directory = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_dir_all(directory)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".mik-");
    // Temporary files are the user's alone; this one gets the permissions that any new file does, umask applied.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = Temporary::new(|| builder.tempfile_in(directory), |file| file.path())?;
    file.value().write_all(content)?;
    Ok(Some((file, place)))
}

/// Makes a directory with a name of its own in `parent`. It goes away with the value.
///
/// # Errors
/// `parent` is not there or can't be written to.
pub fn temporary_directory(parent: &Path, prefix: &str) -> io::Result<Temporary<TempDir>> {
    Temporary::new(|| tempfile::Builder::new().prefix(prefix).tempdir_in(parent), TempDir::path)
}

/// Takes away the directories of that prefix which programs left behind that were killed: those that nobody has written to for a
/// day. It is nobody's loss if that can't be done.
pub fn sweep(parent: &Path, prefix: &str) {
    let Ok(entries) = read_dir(parent) else { return };
    for entry in entries.filter_map(Result::ok) {
        let is_ours = entry.file_name().to_string_lossy().starts_with(prefix);
        let is_left = || entry.metadata().is_ok_and(|it| it.is_dir() && it.modified().is_ok_and(is_a_day_ago));
        if is_ours && is_left() {
            drop(remove_dir_all(entry.path()));
        }
    }
}

fn is_a_day_ago(time: SystemTime) -> bool {
    time.elapsed().is_ok_and(|age| age > Duration::from_secs(86_400))
}

/// How much there is of something on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many of them.
    pub entries: u64,
    /// What they take together.
    pub bytes: u64,
}

impl Usage {
    /// One thing of a size.
    pub fn one(bytes: u64) -> Self {
        Self { entries: 1, bytes }
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.bytes += other.bytes;
    }
}

/// The bytes of all files beneath a directory. What can't be read counts for nothing.
pub fn size_of_tree(directory: &Path) -> u64 {
    let entries = read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of_tree(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// A lock on a file, held as long as the value lives.
pub type Lock = std::fs::File;

/// Takes a lock that other processes see, by a file that is made for it. It is given back with the value, and by the
/// system when the process ends, however it ends.
///
/// `waiting` is called once if someone else has it. A file system that knows no locks gives one that locks nothing.
///
/// # Errors
/// The file can't be made.
pub fn lock(path: &Path, waiting: impl FnOnce()) -> io::Result<Lock> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?.into_parts().0;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => waiting(),
        Err(std::fs::TryLockError::Error(_)) => return Ok(file),
    }
    match file.lock() {
        Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
        _ => Ok(file),
    }
}

/// A file of the product's that could not be written.
#[derive(Debug, Error, Diagnostic)]
#[error("`{}` could not be written", path.display())]
#[diagnostic(
    code(mik::output::write),
    help("is the disk full, or the directory read-only? What was there before is untouched")
)]
pub struct OutputError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_content() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("taken");
        fs_err::create_dir(&path).unwrap();
        write(&path, b"new").unwrap_err();
        let names: Vec<_> = read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["taken"], "no temporary file stays behind");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_what_is_no_file_stays_what_it_is() {
        use std::os::unix::fs::FileTypeExt;
        let directory = tempfile::tempdir().unwrap();
        let (path, link) = (directory.path().join("there"), directory.path().join("link"));
        write(&path, b"old").unwrap();
        std::os::unix::fs::symlink("there", &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(read(&path).unwrap(), b"new");
        // A socket stands for devices as well, and can't be opened.
        let socket = directory.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        write(&socket, b"new").unwrap_err();
        assert!(metadata(&socket).unwrap().file_type().is_socket());
    }

    #[test]
    fn of_files_that_belong_together_all_are_written_or_none() {
        let directory = tempfile::tempdir().unwrap();
        let (one, taken) = (directory.path().join("one"), directory.path().join("taken"));
        write(&one, b"old").unwrap();
        fs_err::create_dir(&taken).unwrap();
        assert_eq!(write_together(&[(&one, b"new"), (&taken, b"new")]).unwrap_err().path, taken);
        assert_eq!(read(&one).unwrap(), b"old");
        assert_eq!(read_dir(directory.path()).unwrap().count(), 2, "no temporary file stays behind");
        write_together(&[(&one, b"new"), (&directory.path().join("two"), b"2")]).unwrap();
        assert_eq!(read(&one).unwrap(), b"new");
    }

    #[test]
    fn only_directories_of_the_name_that_are_a_day_old_are_swept() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["mine-old", "mine-new", "other-old"] {
            fs_err::create_dir(directory.path().join(name)).unwrap();
        }
        let before = SystemTime::now() - Duration::from_secs(90_000);
        for name in ["mine-old", "other-old"] {
            std::fs::File::open(directory.path().join(name)).unwrap().set_modified(before).unwrap();
        }
        sweep(directory.path(), "mine-");
        let mut left: Vec<_> = read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["mine-new", "other-old"]);
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("four");
        write(&path, b"1234").unwrap();
        assert_eq!(read_at_most(&path, 4).unwrap(), Some(b"1234".to_vec()));
        assert_eq!(read_at_most(&path, 3).unwrap(), None);
    }

    #[test]
    fn directories_are_made() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b/c");
        write(&path, b"new").unwrap();
        assert_eq!(read(&path).unwrap(), b"new");
    }
}
