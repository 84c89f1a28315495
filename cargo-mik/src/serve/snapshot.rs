//! What the watched files hold at one moment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::catalogue::is_component;
use super::component::COMPONENT_MOST;
use super::watch_set::{Change, WatchSet, is_source};
use crate::tools::{digest, files};

/// File systems keep times in steps of some milliseconds. A file as young as this when it was read may have been
/// written again since, without its time and length telling.
const YOUNG: Duration = Duration::from_millis(100);

/// The watched files at one moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    taken: SystemTime,
    pub(super) files: BTreeMap<PathBuf, Mark>,
    pub(super) directories: BTreeSet<PathBuf>,
    /// The files that we write to ourselves by our standard streams.
    own: Vec<(u64, u64)>,
}

impl Default for Snapshot {
    fn default() -> Self {
        let (files, directories, own) = Default::default();
        Self { taken: SystemTime::UNIX_EPOCH, files, directories, own }
    }
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    length: u64,
    pub(super) modified: Option<SystemTime>,
    /// Which file it is: links may lead elsewhere now, to a file of the same time and length.
    identity: Option<(u64, u64)>,
    pub(super) content: Content,
}

/// What of a file counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// What it holds, as a digest.
    Digest(String),
    /// That it is there.
    Presence,
    /// What it holds, and that has changed since it was last asked for.
    Changed,
}

impl Content {
    /// Whether what it holds counts.
    fn is_held(&self) -> bool {
        *self != Self::Presence
    }
}

impl Snapshot {
    /// Looks at everything. What has kept its time and length since `before` is not read again.
    pub(super) fn take(set: &WatchSet, before: &Self) -> Self {
        let mut snapshot = Self { taken: SystemTime::now(), own: files::own_output(), ..Self::default() };
        for tree in &set.trees {
            snapshot.enter(set, before, tree, is_source);
        }
        for path in &set.paths {
            match files::metadata(path) {
                Ok(metadata) if metadata.is_dir() => snapshot.enter(set, before, path, |_| true),
                found => {
                    snapshot.surround(set, path);
                    if found.is_ok() {
                        snapshot.read(before, path);
                    }
                }
            }
        }
        for directory in &set.components {
            match files::read_dir(directory) {
                Ok(entries) => {
                    snapshot.directories.insert(directory.clone());
                    for path in entries.flatten().map(|entry| entry.path()).filter(|path| is_component(path)) {
                        snapshot.read(before, &path);
                    }
                }
                Err(_) => snapshot.surround(set, directory),
            }
        }
        snapshot
    }

    /// Takes in the directories where it shows that a file is another: its own, since a save by renaming puts another file in
    /// its place; those around it up to the root, since they may be moved; and that of the file that a link leads to.
    fn surround(&mut self, set: &WatchSet, path: &Path) {
        let mut around = path.ancestors().skip(1).filter(|directory| directory.is_dir());
        let nearest = around.next();
        let is_within = |directory: &Path| set.roots.iter().any(|root| directory.starts_with(root));
        // What may come far outside of the project is found by looking: the system's directories are busy.
        let wanted = |directory: &&Path| path.parent() == Some(directory) || is_within(directory);
        self.directories.extend(nearest.filter(wanted).map(Path::to_owned));
        self.directories.extend(around.take_while(|directory| is_within(directory)).map(Path::to_owned));
        if files::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
            && let Ok(real) = files::canonicalize(path)
        {
            self.directories.extend(real.parent().map(Path::to_owned));
        }
    }

    fn enter(&mut self, set: &WatchSet, before: &Self, directory: &Path, is_held: fn(&Path) -> bool) {
        // What can't be read now is looked at again with the next notification.
        let Ok(entries) = files::read_dir(directory) else { return };
        self.directories.insert(directory.to_owned());
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(file_type) = entry.file_type() else { continue };
            if set.ignores(&path) {
                continue;
            }
            // Links to directories are not followed: they may lead in circles.
            if file_type.is_dir() {
                self.enter(set, before, &path, is_held);
            } else if is_held(&path) {
                self.read(before, &path);
            } else {
                let mark = Mark { length: 0, modified: None, identity: None, content: Content::Presence };
                self.files.insert(path, mark);
            }
        }
    }

    pub(super) fn read(&mut self, before: &Self, path: &Path) {
        let Ok(metadata) = files::metadata(path) else { return };
        let (length, modified, identity) = (metadata.len(), metadata.modified().ok(), files::identity(&metadata));
        if !metadata.is_file() || identity.is_some_and(|identity| self.own.contains(&identity)) {
            return;
        }
        let known = before.files.get(path).filter(|mark| {
            let settled = modified.is_some_and(|modified| modified + YOUNG < before.taken);
            let is_same = mark.length == length && mark.modified == modified && mark.identity == identity;
            settled && is_same && matches!(mark.content, Content::Digest(_))
        });
        let mark = match known {
            Some(mark) => mark.clone(),
            None => {
                let content = match files::read_at_most(path, COMPONENT_MOST) {
                    Ok(Some(bytes)) => digest::of(&bytes),
                    // What nobody reads as a whole is told by its outside.
                    Ok(None) => format!("{length} {modified:?}"),
                    Err(_) => return,
                };
                Mark { length, modified, identity, content: Content::Digest(content) }
            }
        };
        self.files.insert(path.to_owned(), mark);
    }

    /// What is another now.
    pub(super) fn changes(&self, now: &Self) -> Vec<Change> {
        let paths: BTreeSet<_> = self.files.keys().chain(now.files.keys()).collect();
        let change = |path: &PathBuf| {
            let content = |snapshot: &Self| snapshot.files.get(path).map(|mark| mark.content.clone());
            match (content(self), content(now)) {
                (before, now) if before == now => None,
                (None, _) => Some(Change::New(path.clone())),
                (_, None) => Some(Change::Gone(path.clone())),
                _ => Some(Change::Content(path.clone())),
            }
        };
        paths.into_iter().filter_map(change).collect()
    }

    pub(super) fn lacks_any_of(&self, changes: &[Change]) -> bool {
        changes.iter().any(|change| !self.files.contains_key(change.path()))
    }

    /// Takes on what another set of files holds: what is new in it is measured by `now`. What may have been written after
    /// `since`, when somebody began to read it, counts as changed.
    pub(super) fn take_on(&mut self, now: Self, set: &WatchSet, since: SystemTime) {
        for (path, mark) in &now.files {
            let is_known = |known: &Mark| known.content.is_held() == mark.content.is_held();
            if self.files.get(path).is_some_and(is_known) {
                continue;
            }
            let is_younger = mark.modified.is_some_and(|modified| modified >= since) && !set.written.contains(path);
            let content = if is_younger { Content::Changed } else { mark.content.clone() };
            self.files.insert(path.clone(), Mark { content, ..mark.clone() });
        }
        self.files.retain(|path, _| now.files.contains_key(path) || set.covers(path));
        self.directories = now.directories;
        self.taken = now.taken;
    }
}
