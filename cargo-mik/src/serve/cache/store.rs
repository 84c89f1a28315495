//! Where compiled code is kept: how much of it there is, and what goes when there is too much.
//!
//! Any number of processes may use it at once. An entry comes into its place whole, by a rename, and whoever reads one
//! that is removed meanwhile has it open, so nothing has to be locked.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::entry::{Compiler, Key, is_entry};
use super::error::CodeCacheError;
use crate::project::CodeCacheSettings;
use crate::serve::ServeError;
use crate::serve::engine::compiling_engine;
use crate::serve::mode::Mode;
use crate::tools::files::Usage;
use crate::tools::private::{Entry, NotPrivate, PrivateDirectory};

/// Writing an entry takes less than a second. Whoever has not finished one for this long is dead.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The compiled code that is kept on disk.
#[derive(Clone, Debug)]
pub struct CodeStore {
    directory: PathBuf,
    limit: u64,
    /// The one whose code is looked for.
    compiler: Compiler,
    /// The others of this program.
    others: Vec<Compiler>,
}

/// What there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeUsage {
    /// All of it.
    pub all: Usage,
    /// What nobody misses: see [`CodeStore::clean`].
    pub stale: Usage,
}

impl CodeStore {
    /// The store as this program uses it.
    ///
    /// # Errors
    /// There is no engine for this machine.
    pub fn new(settings: &CodeCacheSettings) -> Result<Self, ServeError> {
        let compiler = |mode: Mode| Ok(Compiler::of(&compiling_engine(mode.tunings().0)?));
        let others = vec![compiler(Mode::Development)?];
        Ok(Self { others, ..Self::of(settings, compiler(Mode::Production)?) })
    }

    pub(super) fn of(settings: &CodeCacheSettings, compiler: Compiler) -> Self {
        Self { directory: settings.directory.clone(), limit: settings.limit, compiler, others: Vec::new() }
    }

    /// What the code of a component is found by.
    pub(super) fn key(&self, component: &[u8]) -> Key {
        Key::new(self.compiler, component)
    }

    /// The directory, once it is known to be the user's alone.
    pub(super) fn open(&self) -> Result<PrivateDirectory, NotPrivate> {
        PrivateDirectory::make(&self.directory)
    }

    /// The entry of a key as it is on disk, if there is one.
    pub(super) fn read(&self, directory: &PrivateDirectory, key: &Key) -> Result<Option<Vec<u8>>, NotPrivate> {
        directory.read(&key.name(), self.limit)
    }

    /// Keeps code, unless it is more than all that may be kept.
    pub(super) fn write(&self, key: &Key, code: &[u8]) -> Result<(), NotPrivate> {
        let header = key.header(code);
        if (header.len() + code.len()) as u64 > self.limit {
            return Ok(());
        }
        match self.open()?.write(&key.name(), &[&header, code]) {
            // Somebody has cleared the cache in between, unfinished entries as well.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            written => Ok(written?),
        }
    }

    /// How much there is.
    ///
    /// # Errors
    /// The directory can't be read, or others can write to it.
    pub fn usage(&self) -> Result<CodeUsage, CodeCacheError> {
        let Some(content) = self.content()? else { return Ok(CodeUsage::default()) };
        let all = total(&content.entries);
        Ok(CodeUsage { all, stale: total(&self.stale(content.entries)) })
    }

    /// Removes what nobody misses: entries of other engines, what is left of dead writers, and what is too much.
    ///
    /// # Errors
    /// The directory can't be read or written to.
    pub fn clean(&self) -> Result<Usage, CodeCacheError> {
        self.remove(|entries| self.stale(entries))
    }

    /// Removes all of it. What a server is about to write may come after.
    ///
    /// # Errors
    /// The directory can't be read or written to.
    pub fn clear(&self) -> Result<Usage, CodeCacheError> {
        self.remove(|entries| entries)
    }

    /// Removes what is left of dead writers, and what is too much. Entries of other engines stay: another version of
    /// the program may be in use.
    pub(super) fn sweep(&self) -> Result<Usage, CodeCacheError> {
        self.remove(|entries| {
            let (mut gone, kept): (Vec<_>, _) = entries.into_iter().partition(is_abandoned);
            gone.append(&mut beyond(kept, self.limit));
            gone
        })
    }

    fn stale(&self, entries: Vec<Entry>) -> Vec<Entry> {
        let is_ours = |name: &str| self.compiler.has_made(name) || self.others.iter().any(|other| other.has_made(name));
        let is_stale = |entry: &Entry| is_abandoned(entry) || is_entry(&entry.name) && !is_ours(&entry.name);
        let (mut gone, kept): (Vec<_>, _) = entries.into_iter().partition(is_stale);
        gone.append(&mut beyond(kept, self.limit));
        gone
    }

    fn remove(&self, which: impl FnOnce(Vec<Entry>) -> Vec<Entry>) -> Result<Usage, CodeCacheError> {
        let Some(Content { directory, entries }) = self.content()? else { return Ok(Usage::default()) };
        let mut removed = Usage::default();
        for entry in which(entries) {
            match directory.remove(&entry.name) {
                Ok(true) => removed += Usage::one(entry.bytes),
                // Another process has done so.
                Ok(false) => {}
                Err(source) => return Err(self.unusable(source.into())),
            }
        }
        Ok(removed)
    }

    fn content(&self) -> Result<Option<Content>, CodeCacheError> {
        let unusable = |source| self.unusable(source);
        let Some(directory) = PrivateDirectory::find(&self.directory).map_err(unusable)? else { return Ok(None) };
        let mut entries = directory.entries().map_err(|source| unusable(source.into()))?;
        // What somebody else has put there is left alone.
        entries.retain(|entry| entry.is_unfinished() || is_entry(&entry.name));
        Ok(Some(Content { directory, entries }))
    }

    pub(super) fn unusable(&self, source: NotPrivate) -> CodeCacheError {
        CodeCacheError::new(&self.directory, source)
    }
}

/// The directory and what is ours in it.
struct Content {
    directory: PrivateDirectory,
    entries: Vec<Entry>,
}

fn total(entries: &[Entry]) -> Usage {
    let mut total = Usage::default();
    for entry in entries {
        total += Usage::one(entry.bytes);
    }
    total
}

fn is_abandoned(entry: &Entry) -> bool {
    // A clock that was set back makes the future; such an entry is not abandoned, and can't be told from a new one.
    let age = SystemTime::now().duration_since(entry.used).unwrap_or_default();
    entry.is_unfinished() && age > ABANDONED
}

/// What has to go so that the rest is within a limit: first what was not used for longest. What is being written comes
/// under it when it is whole.
fn beyond(mut entries: Vec<Entry>, limit: u64) -> Vec<Entry> {
    entries.retain(|entry| !entry.is_unfinished());
    entries.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.name.cmp(&b.name)));
    let mut kept = 0_u64;
    let within = entries.iter().take_while(|entry| {
        kept = kept.saturating_add(entry.bytes);
        kept <= limit
    });
    let within = within.count();
    entries.split_off(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, bytes: u64, age: u64) -> Entry {
        Entry { name: name.to_owned(), bytes, used: SystemTime::now() - Duration::from_secs(age) }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let entries = || vec![entry("old", 4, 30), entry("new", 4, 10), entry("middle", 4, 20)];
        let gone = |limit| beyond(entries(), limit).into_iter().map(|entry| entry.name).collect::<Vec<_>>();
        assert_eq!(gone(12), [""; 0]);
        assert_eq!(gone(11), ["old"]);
        assert_eq!(gone(7), ["middle", "old"]);
        assert_eq!(gone(0), ["new", "middle", "old"]);
        assert!(beyond(vec![entry(".new-a", 4, 0)], 0).is_empty(), "its writer is at work");
    }

    #[test]
    fn a_writer_at_work_is_not_taken_for_a_dead_one() {
        assert!(!is_abandoned(&entry(".new-a", 1, 60)));
        assert!(is_abandoned(&entry(".new-a", 1, 2 * 3600)));
        assert!(!is_abandoned(&entry("a.code", 1, 2 * 3600)));
    }
}
