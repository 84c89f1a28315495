//! What to watch, and what the watched files hold at one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::catalogue::is_component;
use super::component::COMPONENT_MOST;
use crate::tools::files::Metadata;
use crate::tools::{digest, files};

/// File systems keep times in steps of some milliseconds. A file as young as this when it was read may have been
/// written again since, without its time and length telling.
const YOUNG: Duration = Duration::from_millis(100);

/// What to watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchSet {
    /// Files, and directories with all that is in them. One that does not exist is waited for.
    pub paths: Vec<PathBuf>,
    /// Directories of which only the components are looked at that lie right in them.
    pub components: Vec<PathBuf>,
    /// Files and directories beneath that are not looked at, such as target directories.
    pub ignore: Vec<PathBuf>,
    /// Files that a build itself may write. What they hold after one is no change.
    pub written: Vec<PathBuf>,
}

impl WatchSet {
    /// Directories are entered and files read only if this says no. Names that begin with a dot are nobody's source;
    /// the others are what editors leave beside a file while it is being saved.
    fn ignores(&self, path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let hidden = name.starts_with('.') || name == "node_modules";
        let temporary = name.ends_with('~')
            || name.starts_with('#')
            || name == "4913"
            || [".swp", ".swx", ".swo", ".tmp", ".bak", ".orig", "___jb_tmp___", "___jb_old___"]
                .iter()
                .any(|end| name.ends_with(end));
        hidden || temporary || self.ignore.iter().any(|ignored| ignored == path)
    }

    /// Looks at everything. What has kept its time and length since `before` is not read again.
    pub(super) fn look(&self, before: &Snapshot) -> Snapshot {
        let mut snapshot = Snapshot { taken: SystemTime::now(), ..Snapshot::default() };
        for path in &self.paths {
            match files::metadata(path) {
                Ok(metadata) if metadata.is_dir() => snapshot.enter(self, before, path),
                found => {
                    // The directory is watched, not the file: a save by renaming puts another file in its place.
                    snapshot.directories.extend(directory_around(path));
                    if found.is_ok() {
                        snapshot.read(before, path);
                    }
                }
            }
        }
        for directory in &self.components {
            match files::read_dir(directory) {
                Ok(entries) => {
                    snapshot.directories.insert(directory.clone());
                    for path in entries.flatten().map(|entry| entry.path()).filter(|path| is_component(path)) {
                        snapshot.read(before, &path);
                    }
                }
                Err(_) => snapshot.directories.extend(directory_around(directory)),
            }
        }
        snapshot
    }
}

/// The nearest directory around a path that is there.
fn directory_around(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|path| path.is_dir()).map(Path::to_owned)
}

/// The watched files at one moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    taken: SystemTime,
    pub(super) files: BTreeMap<PathBuf, Mark>,
    pub(super) directories: BTreeSet<PathBuf>,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self { taken: SystemTime::UNIX_EPOCH, files: BTreeMap::new(), directories: BTreeSet::new() }
    }
}

/// What is known of a file.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    length: u64,
    modified: Option<SystemTime>,
    /// Which file it is: links may lead elsewhere now, to a file of the same time and length.
    identity: Option<(u64, u64)>,
    digest: String,
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> Option<(u64, u64)> {
    None
}

impl Snapshot {
    fn enter(&mut self, set: &WatchSet, before: &Self, directory: &Path) {
        if !self.directories.insert(directory.to_owned()) {
            return;
        }
        // What can't be read now is looked at again with the next notification.
        let Ok(entries) = files::read_dir(directory) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(file_type) = entry.file_type() else { continue };
            if set.ignores(&path) {
                continue;
            }
            // Links to directories are not followed: they may lead in circles.
            if file_type.is_dir() {
                self.enter(set, before, &path);
            } else {
                self.read(before, &path);
            }
        }
    }

    pub(super) fn read(&mut self, before: &Self, path: &Path) {
        let Ok(metadata) = files::metadata(path) else { return };
        if !metadata.is_file() {
            return;
        }
        let (length, modified, identity) = (metadata.len(), metadata.modified().ok(), identity(&metadata));
        let known = before.files.get(path).filter(|mark| {
            let settled = modified.is_some_and(|modified| modified + YOUNG < before.taken);
            settled && mark.length == length && mark.modified == modified && mark.identity == identity
        });
        let mark = match known {
            Some(mark) => mark.clone(),
            None => match files::read_at_most(path, COMPONENT_MOST) {
                Ok(Some(bytes)) => Mark { length, modified, identity, digest: digest::of(&bytes) },
                // What nobody reads as a whole is told by its outside.
                Ok(None) => Mark { length, modified, identity, digest: format!("{length} {modified:?}") },
                Err(_) => return,
            },
        };
        self.files.insert(path.to_owned(), mark);
    }

    /// The files whose contents are others now.
    pub(super) fn changes(&self, now: &Self) -> Vec<PathBuf> {
        let is_other = |path: &&PathBuf| {
            let digest = |snapshot: &Self| snapshot.files.get(*path).map(|mark| mark.digest.clone());
            digest(self) != digest(now)
        };
        let paths: BTreeSet<_> = self.files.keys().chain(now.files.keys()).collect();
        paths.into_iter().filter(is_other).cloned().collect()
    }

    pub(super) fn lacks_any_of(&self, paths: &[PathBuf]) -> bool {
        paths.iter().any(|path| !self.files.contains_key(path))
    }
}
