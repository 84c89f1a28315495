//! The store: components by the digest of their bytes, shared by all projects, and verified on every read.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use mik_build::store;

use super::component::MOST_BYTES;
use super::error::DepsError;
use crate::project::cache_directory;
use crate::tools::digest;
use crate::tools::files::{self, Usage};
use crate::tools::private::{Entry, NotPrivate, PrivateDirectory};

/// Writing an entry takes seconds. Whoever has not finished one for this long is dead.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The components that are kept on this machine.
#[derive(Clone, Debug)]
pub struct Store {
    cache: PathBuf,
    directory: PathBuf,
}

/// What the store has for a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The bytes, and the file that has them.
    Component(PathBuf, Vec<u8>),
    /// Nothing, or what is not what it was: that is as good as nothing, and is taken away.
    Nothing,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Components.
    pub components: Usage,
    /// Git repositories, with what is checked out of them.
    pub repositories: Usage,
    /// What dead writers have left.
    pub abandoned: Usage,
}

impl Store {
    /// The store in the user's cache. Nothing is made before something is kept.
    ///
    /// # Errors
    /// There is no home directory, and `MIK_CACHE_DIR` names none.
    pub fn find() -> Result<Self, DepsError> {
        let cache = cache_directory().ok_or(DepsError::NoCache)?;
        Ok(Self { directory: store::directory(&cache), cache })
    }

    /// The cache's directory.
    pub(super) fn cache(&self) -> &Path {
        &self.cache
    }

    /// Where git repositories are.
    pub(super) fn git(&self) -> PathBuf {
        store::repositories(&self.cache)
    }

    /// The component of a digest, `sha256:…`, if it is there.
    pub(super) fn get(&self, digest: &str) -> Result<Found, DepsError> {
        let name = store::file_name(digest);
        let Some(directory) = PrivateDirectory::find(&self.directory).map_err(|source| self.unusable(source))? else {
            return Ok(Found::Nothing);
        };
        match directory.read(&name, MOST_BYTES) {
            Ok(Some(bytes)) if digest_of(&bytes) == digest => Ok(Found::Component(self.directory.join(name), bytes)),
            Ok(None) => Ok(Found::Nothing),
            // It is damaged, or somebody else could have written it: it is fetched again.
            Ok(Some(_)) | Err(NotPrivate::Writable | NotPrivate::Foreign | NotPrivate::Length(_)) => {
                directory.remove(&name).map_err(|source| self.unusable(source.into()))?;
                Ok(Found::Nothing)
            }
            Err(source) => Err(self.unusable(source)),
        }
    }

    /// Keeps a component, and gives its digest and its file.
    pub(super) fn put(&self, bytes: &[u8]) -> Result<(String, PathBuf), DepsError> {
        let unusable = |source| self.unusable(source);
        let digest = digest_of(bytes);
        let name = store::file_name(&digest);
        let directory = PrivateDirectory::make(&self.directory).map_err(unusable)?;
        if !matches!(self.get(&digest)?, Found::Component(..)) {
            directory.write(&name, &[bytes]).map_err(|source| unusable(source.into()))?;
        }
        Ok((digest, self.directory.join(name)))
    }

    /// How much there is.
    ///
    /// # Errors
    /// The directory can't be read, or others can write to it.
    pub fn usage(&self) -> Result<Kept, DepsError> {
        let mut kept = Kept::default();
        for entry in self.entries()?.map(|(_, entries)| entries).unwrap_or_default() {
            match is_abandoned(&entry) {
                true => kept.abandoned += Usage::one(entry.bytes),
                false => kept.components += Usage::one(entry.bytes),
            }
        }
        for repository in self.repositories() {
            kept.repositories += Usage::one(files::size_of_tree(&repository));
        }
        Ok(kept)
    }

    /// Removes what dead writers have left.
    ///
    /// # Errors
    /// The directory can't be read or written to.
    pub fn clean(&self) -> Result<Usage, DepsError> {
        files::sweep(&self.git(), super::git::UNFINISHED);
        self.remove(is_abandoned)
    }

    /// Removes every component and every repository.
    ///
    /// # Errors
    /// The directory can't be read or written to.
    pub fn clear(&self) -> Result<Usage, DepsError> {
        let mut removed = self.remove(|_| true)?;
        for repository in self.repositories() {
            let usage = Usage::one(files::size_of_tree(&repository));
            let gone = files::remove_dir_all(&repository);
            gone.map_err(|source| DepsError::Store { path: repository, source: source.into() })?;
            removed += usage;
        }
        Ok(removed)
    }

    fn remove(&self, which: impl Fn(&Entry) -> bool) -> Result<Usage, DepsError> {
        let Some((directory, entries)) = self.entries()? else { return Ok(Usage::default()) };
        let mut removed = Usage::default();
        for entry in entries.iter().filter(|entry| which(entry)) {
            if directory.remove(&entry.name).map_err(|source| self.unusable(source.into()))? {
                removed += Usage::one(entry.bytes);
            }
        }
        Ok(removed)
    }

    /// What is ours in the directory. What somebody else has put there is left alone.
    fn entries(&self) -> Result<Option<(PrivateDirectory, Vec<Entry>)>, DepsError> {
        let unusable = |source| self.unusable(source);
        let Some(directory) = PrivateDirectory::find(&self.directory).map_err(unusable)? else { return Ok(None) };
        let mut entries = directory.entries().map_err(|source| unusable(source.into()))?;
        entries.retain(|entry| entry.is_unfinished() || store::digest_of(&entry.name).is_some());
        Ok(Some((directory, entries)))
    }

    fn repositories(&self) -> Vec<PathBuf> {
        let entries = files::read_dir(self.git()).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    }

    fn unusable(&self, source: NotPrivate) -> DepsError {
        DepsError::Store { path: self.directory.clone(), source }
    }
}

/// The digest of some bytes, as the lock has it.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{}", digest::of(bytes))
}

fn is_abandoned(entry: &Entry) -> bool {
    let age = SystemTime::now().duration_since(entry.used).unwrap_or_default();
    entry.is_unfinished() && age > ABANDONED
}
