//! The watcher: says when the contents of the watched files have changed, and which.
//!
//! The system's notifications say *when* to look; what is found by looking says *what* changed. So a touched file, a
//! rewrite with the same bytes, an editor's temporary file or a lost notification need no case of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwap;
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::snapshot::Snapshot;
use super::watch_set::{Change, WatchSet};
use crate::tools::files;

/// How long nothing may happen before a save counts as finished. Editors write in several steps, a few milliseconds
/// apart; more than this is felt.
const QUIET: Duration = Duration::from_millis(25);

/// How far a file's time of writing may lie behind the clock: the system takes it from its last tick. It is less than [`QUIET`],
/// so that a finished save is older than the build that it leads to.
const COARSE: Duration = Duration::from_millis(15);

/// How often to look without being told. Notifications don't come from network and container mounts, nor once the
/// system's limit of watches is reached.
const LOOK: Duration = Duration::from_secs(2);

/// Watches a set of files.
pub(super) struct Watcher {
    set: WatchSet,
    /// The same, for who sorts notifications.
    shared: Arc<ArcSwap<WatchSet>>,
    snapshot: Snapshot,
    debounce: Duration,
    /// Nothing where the system gives no notifications; then looking has to do.
    notifier: Option<RecommendedWatcher>,
    sender: Sender<Note>,
    notes: Receiver<Note>,
    /// The directories that the system watches, and which they are: another may be in a directory's place.
    watched: BTreeMap<PathBuf, Option<(u64, u64)>>,
    /// Told that something may have changed, and that it has not.
    on_stir: Box<dyn Fn(bool) + Send>,
}

/// What the watcher is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Note {
    /// Something has happened in a directory; whether it may be a change.
    Stir { concerns: bool },
    /// Somebody wants it to stop waiting.
    Wake,
}

/// Has a watcher stop waiting.
#[derive(Clone, Debug)]
pub(super) struct Waker(Sender<Note>);

impl Waker {
    pub(super) fn wake(&self) {
        // Whoever no longer waits needs no waking.
        let _ = self.0.send(Note::Wake);
    }
}

impl Watcher {
    /// Begins to watch: what is there now is what later changes are measured by.
    pub(super) fn new(set: WatchSet, debounce: Duration) -> Self {
        let (sender, notes) = channel();
        let notified = sender.clone();
        let shared = Arc::new(ArcSwap::from_pointee(set.clone()));
        let concerned = shared.clone();
        let handler = move |event: notify::Result<notify::Event>| {
            let concerns = match event {
                Ok(event) if !is_change(event.kind) => return,
                Ok(event) => event.paths.iter().any(|path| concerned.load().concerns(path)),
                // Some have been lost.
                Err(_) => true,
            };
            // Whoever no longer listens is about to end.
            let _ = notified.send(Note::Stir { concerns });
        };
        let notifier = notify::recommended_watcher(handler).ok();
        let (snapshot, watched) = (Snapshot::default(), BTreeMap::new());
        let on_stir: Box<dyn Fn(bool) + Send> = Box::new(|_| {});
        let mut watcher = Self { set, shared, snapshot, debounce, notifier, sender, notes, watched, on_stir };
        watcher.snapshot = watcher.look();
        watcher
    }

    pub(super) fn set_debounce(&mut self, debounce: Duration) {
        self.debounce = debounce;
    }

    /// Has somebody told as soon as something may have changed, and then if it has not.
    pub(super) fn on_stir(&mut self, on_stir: impl Fn(bool) + Send + 'static) {
        self.on_stir = Box::new(on_stir);
    }

    /// What makes [`Watcher::wait`] return.
    pub(super) fn waker(&self) -> Waker {
        Waker(self.sender.clone())
    }

    /// Whether it may have been a build that has changed a file.
    pub(super) fn is_written(&self, change: &Change) -> bool {
        self.set.written.iter().any(|path| path == change.path())
    }

    /// Takes what a build has written as it is.
    pub(super) fn forgive(&mut self) {
        for path in &self.set.written {
            self.snapshot.files.remove(path);
            self.snapshot.read(&Snapshot::default(), path);
        }
    }

    /// Watches another set from now on. What is new in it is measured by what is there now; what of it was written after `since`,
    /// when a build began to read it, counts as changed.
    pub(super) fn replace(&mut self, set: WatchSet, since: SystemTime) {
        if set == self.set {
            return;
        }
        self.set = set;
        self.shared.store(Arc::new(self.set.clone()));
        let now = self.look();
        let since = since.checked_sub(COARSE).unwrap_or(since);
        self.snapshot.take_on(now, &self.set, since);
    }

    /// Waits until files have other contents than when this last returned, and says which: none where it was woken before.
    pub(super) fn wait(&mut self) -> Vec<Change> {
        // What happened during a build may be half a save as well.
        let mut bound = self.bound();
        let mut is_woken = false;
        loop {
            let begin = Instant::now();
            let mut now = self.look();
            let mut changes = self.snapshot.changes(&now);
            // A save may remove the file first: it gets the time there is to come back.
            while now.lacks_any_of(&changes) && Instant::now() < bound {
                std::thread::sleep(QUIET.min(bound.saturating_duration_since(Instant::now())));
                now = self.look();
                changes = self.snapshot.changes(&now);
            }
            self.snapshot = now;
            if !changes.is_empty() || is_woken {
                return changes;
            }
            (self.on_stir)(false);
            // However many files there are, looking takes one part in fifty of the time at most.
            let pause = LOOK.max(begin.elapsed() * 50);
            (bound, is_woken) = self.settle(pause);
        }
    }

    /// Until when a save that begins now may take.
    fn bound(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.debounce).unwrap_or_else(|| now + QUIET)
    }

    /// Waits for a notification and until no more come; gives the moment until which a save may take, and whether somebody does
    /// not want to wait any longer.
    fn settle(&self, pause: Duration) -> (Instant, bool) {
        let mut note = self.notes.recv_timeout(pause);
        let bound = self.bound();
        // Who wakes it does not have to wait for what has not begun.
        if note == Ok(Note::Wake) {
            return (bound, true);
        }
        let mut is_woken = false;
        while let Ok(told) = note {
            match told {
                Note::Wake => is_woken = true,
                Note::Stir { concerns: true } => (self.on_stir)(true),
                Note::Stir { concerns: false } => {}
            }
            let left = bound.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            note = self.notes.recv_timeout(QUIET.min(left));
        }
        (bound, is_woken)
    }

    /// Looks, and has the system watch every directory that was found.
    fn look(&mut self) -> Snapshot {
        loop {
            let snapshot = Snapshot::take(&self.set, &self.snapshot);
            if !self.follow(&snapshot.directories) {
                return snapshot;
            }
            // What happened in a directory before it was watched has not been told.
        }
    }

    /// Each directory by itself: a recursive watch would take in the target directory, with a notification for every
    /// file that a build writes. Where the system watches trees only, `ignores` still holds.
    fn follow(&mut self, directories: &BTreeSet<PathBuf>) -> bool {
        let Some(notifier) = &mut self.notifier else { return false };
        let identity = |path: &PathBuf| files::metadata(path).ok().and_then(|metadata| files::identity(&metadata));
        self.watched.retain(|path, known| {
            let stays = directories.contains(path) && identity(path) == *known;
            if !stays {
                // One that was removed is no longer watched anyway.
                drop(notifier.unwatch(path));
            }
            stays
        });
        let mut added = false;
        for directory in directories {
            if !self.watched.contains_key(directory) {
                let identity = identity(directory);
                if notifier.watch(directory, RecursiveMode::NonRecursive).is_ok() {
                    self.watched.insert(directory.clone(), identity);
                    added = true;
                }
            }
        }
        added
    }
}

/// Reading is no change, ours least of all.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        EventKind::Any | EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Other => true,
    }
}

#[cfg(test)]
mod tests;
