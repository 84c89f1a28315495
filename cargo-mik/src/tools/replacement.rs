//! A file that comes bit by bit and takes its place as a whole, or not at all.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::files::{self, OutputError};
use super::temporary::Temporary;

/// What is to take the place of a file, or to be a new one.
#[derive(Debug)]
pub struct Replacement {
    path: PathBuf,
    file: Temporary<NamedTempFile>,
    /// What is there is no file, as a device or a pipe: it is written into.
    is_special: bool,
}

impl Replacement {
    /// Begins one. The directory is made where it is missing; a symbolic link stays one: what it leads to is replaced.
    ///
    /// # Errors
    /// The directory can't be made or written to, or `path` is one.
    pub fn begin(path: &Path) -> Result<Self, OutputError> {
        let failed = |source| OutputError { path: path.to_owned(), source };
        let is_special = files::is_special(path);
        let is_link = files::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        let place = if is_link { files::canonicalize(path).ok() } else { None }.unwrap_or_else(|| path.to_owned());
        if place.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let directory = match place.parent() {
            _ if is_special => std::env::temp_dir(),
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        files::create_dir_all(&directory).map_err(failed)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".mik-");
        // As any new file, umask applied.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = Temporary::new(|| builder.tempfile_in(directory), |file| file.path()).map_err(failed)?;
        Ok(Self { path: place, file, is_special })
    }

    /// What has come so far, to be added to.
    pub fn file(&mut self) -> &mut File {
        self.file.value().as_file_mut()
    }

    /// Puts it into its place.
    ///
    /// # Errors
    /// It can't be put there; what was there stays.
    pub fn finish(mut self) -> Result<(), OutputError> {
        let path = self.path.clone();
        let done = match self.is_special {
            true => self.hand_over(),
            false => self.file.keep(|file| file.persist(&path).map(drop).map_err(|error| error.error)),
        };
        done.map_err(|source| OutputError { path, source })
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let mut output = files::OpenOptions::new().write(true).open(&self.path)?;
        let file = self.file();
        file.rewind()?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer)? {
                0 => return output.flush(),
                count => output.write_all(buffer.get(..count).unwrap_or_default())?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_there_before_all_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b");
        let names = || files::read_dir(directory.path().join("a")).unwrap().count();
        let mut replacement = Replacement::begin(&path).unwrap();
        replacement.file().write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(replacement);
        assert_eq!(names(), 0, "no temporary file stays behind");
        let mut replacement = Replacement::begin(&path).unwrap();
        replacement.file().write_all(b"whole").unwrap();
        replacement.finish().unwrap();
        assert_eq!(files::read(&path).unwrap(), b"whole");
        Replacement::begin(directory.path()).unwrap_err();
    }
}
