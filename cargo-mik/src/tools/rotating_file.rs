//! A file that grows line by line and is put aside when it has become too large: `log`, `log.1`, `log.2`, ….

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs_err::{File, OpenOptions, remove_file, rename};

/// A file of lines, and those that were put aside.
pub struct RotatingFile {
    path: PathBuf,
    /// The size that it does not go beyond, save by a single line.
    limit: u64,
    /// How many are kept besides.
    kept: usize,
    open: Option<Open>,
}

struct Open {
    file: File,
    size: u64,
    /// What the system knows the file by.
    identity: Option<(u64, u64)>,
}

impl RotatingFile {
    /// Opens a file to be added to. It is made where it is missing; its directory is not.
    ///
    /// # Errors
    /// It can't be made or written to.
    pub fn open(path: &Path, limit: u64, kept: usize) -> io::Result<Self> {
        let mut this = Self { path: path.to_owned(), limit, kept, open: None };
        this.ready()?;
        Ok(this)
    }

    /// Adds whole lines: all of them, or an error.
    ///
    /// # Errors
    /// The disk is full, or the file can't be put aside. The next call tries from the start.
    pub fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let size = self.ready()?.size;
        if size > 0 && size.saturating_add(lines.len() as u64) > self.limit {
            self.rotate()?;
        }
        let open = self.ready()?;
        let written = open.file.write_all(lines);
        open.size = open.size.saturating_add(lines.len() as u64);
        if written.is_err() {
            // How much of it is there is not known.
            self.open = None;
        }
        written
    }

    /// Somebody else may have put the file aside, or removed it: then a new one is begun.
    pub fn check(&mut self) {
        if let Some(open) = &self.open
            && open.identity != fs_err::metadata(&self.path).ok().as_ref().and_then(identity)
        {
            self.open = None;
        }
    }

    fn ready(&mut self) -> io::Result<&mut Open> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let file = OpenOptions::new().create(true).append(true).open(&self.path)?;
                let metadata = file.metadata()?;
                Open { file, size: metadata.len(), identity: identity(&metadata) }
            }
        };
        Ok(self.open.insert(open))
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.open = None;
        if self.kept == 0 {
            return remove_file(&self.path);
        }
        for number in (1..self.kept).rev() {
            // A gap is filled by the next.
            ignore_missing(rename(self.aside(number), self.aside(number + 1)))?;
        }
        ignore_missing(rename(&self.path, self.aside(1)))
    }

    fn aside(&self, number: usize) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_metadata: &std::fs::Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(path: &Path) -> Vec<String> {
        let names = ["", ".1", ".2", ".3"].map(|suffix| PathBuf::from(format!("{}{suffix}", path.display())));
        names.iter().map_while(|name| fs_err::read_to_string(name).ok()).collect()
    }

    #[test]
    fn a_full_file_is_put_aside_and_the_oldest_goes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut file = RotatingFile::open(&path, 12, 2).unwrap();
        for line in ["one\n", "two\n", "three\n", "four\n", "longer than all\n", "five\n"] {
            file.write(line.as_bytes()).unwrap();
        }
        assert_eq!(content(&path), ["five\n", "longer than all\n", "three\nfour\n"]);
        // Another run goes on where the last one ended.
        let mut file = RotatingFile::open(&path, 12, 2).unwrap();
        file.write(b"six\n").unwrap();
        assert_eq!(content(&path), ["five\nsix\n", "longer than all\n", "three\nfour\n"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_somebody_else_put_aside_is_begun_anew() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut file = RotatingFile::open(&path, 100, 2).unwrap();
        file.write(b"one\n").unwrap();
        rename(&path, directory.path().join("elsewhere")).unwrap();
        file.check();
        file.write(b"two\n").unwrap();
        assert_eq!(content(&path), ["two\n"]);
    }
}
