//! The watcher: says when the contents of the watched files have changed, and which.
//!
//! The system's notifications say *when* to look; what is found by looking says *what* changed. So a touched file, a
//! rewrite with the same bytes, an editor's temporary file or a lost notification need no case of their own.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::snapshot::{Snapshot, WatchSet};

/// How long nothing may happen before a save counts as finished. Editors write in several steps, a few milliseconds
/// apart; more than this is felt.
const QUIET: Duration = Duration::from_millis(25);

/// How often to look without being told. Notifications don't come from network and container mounts, nor once the
/// system's limit of watches is reached.
const LOOK: Duration = Duration::from_secs(2);

/// Watches a set of files.
pub(super) struct Watcher {
    set: WatchSet,
    snapshot: Snapshot,
    debounce: Duration,
    /// Nothing where the system gives no notifications; then looking has to do.
    notifier: Option<RecommendedWatcher>,
    notified: Receiver<()>,
    watched: BTreeSet<PathBuf>,
}

impl Watcher {
    /// Begins to watch: what is there now is what later changes are measured by.
    pub(super) fn new(set: WatchSet, debounce: Duration) -> Self {
        let (sender, notified) = channel();
        let handler = move |event: notify::Result<notify::Event>| {
            if event.map_or(true, |event| is_change(event.kind)) {
                // Whoever no longer listens is about to end.
                let _ = sender.send(());
            }
        };
        let notifier = notify::recommended_watcher(handler).ok();
        let snapshot = Snapshot::default();
        let mut watcher = Self { set, snapshot, debounce, notifier, notified, watched: BTreeSet::new() };
        watcher.snapshot = watcher.look();
        watcher
    }

    pub(super) fn set_debounce(&mut self, debounce: Duration) {
        self.debounce = debounce;
    }

    /// Takes what a build has written as it is.
    pub(super) fn forgive(&mut self) {
        for path in &self.set.written {
            self.snapshot.files.remove(path);
            self.snapshot.read(&Snapshot::default(), path);
        }
    }

    /// Watches another set from now on. What is new in it is measured by what is there now.
    pub(super) fn replace(&mut self, set: WatchSet) {
        if set == self.set {
            return;
        }
        self.set = set;
        let now = self.look();
        for (path, mark) in &now.files {
            self.snapshot.files.entry(path.clone()).or_insert_with(|| mark.clone());
        }
        self.snapshot.files.retain(|path, _| now.files.contains_key(path));
        self.snapshot.directories = now.directories;
    }

    /// Waits until files have other contents than when this last returned, and says which.
    pub(super) fn wait(&mut self) -> Vec<PathBuf> {
        // What happened during a build may be half a save as well.
        let mut bound = self.bound();
        loop {
            let begin = Instant::now();
            let mut now = self.look();
            let mut changes = self.snapshot.changes(&now);
            // A save may remove the file first: it gets the time there is to come back.
            while now.lacks_any_of(&changes) && Instant::now() < bound {
                std::thread::sleep(QUIET.min(bound - Instant::now()));
                now = self.look();
                changes = self.snapshot.changes(&now);
            }
            self.snapshot = now;
            if !changes.is_empty() {
                return changes;
            }
            // However many files there are, looking takes one part in fifty of the time at most.
            let pause = LOOK.max(begin.elapsed() * 50);
            bound = self.settle(pause);
        }
    }

    /// Until when a save that begins now may take.
    fn bound(&self) -> Instant {
        let now = Instant::now();
        now.checked_add(self.debounce).unwrap_or_else(|| now + QUIET)
    }

    /// Waits for a notification and until no more come; gives the moment until which a save may take.
    fn settle(&self, pause: Duration) -> Instant {
        let first = self.notified.recv_timeout(pause);
        let bound = self.bound();
        if first == Err(RecvTimeoutError::Disconnected) {
            std::thread::sleep(pause);
        }
        if first.is_ok() {
            while let left @ 1.. = bound.saturating_duration_since(Instant::now()).as_millis()
                && self.notified.recv_timeout(QUIET.min(Duration::from_millis(left as u64))).is_ok()
            {}
        }
        bound
    }

    /// Looks, and has the system watch every directory that was found.
    fn look(&mut self) -> Snapshot {
        loop {
            let snapshot = self.set.look(&self.snapshot);
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
        let mut added = false;
        for gone in self.watched.difference(directories) {
            // One that was removed is no longer watched anyway.
            drop(notifier.unwatch(gone));
        }
        self.watched.retain(|path| directories.contains(path));
        for directory in directories {
            if !self.watched.contains(directory) && notifier.watch(directory, RecursiveMode::NonRecursive).is_ok() {
                self.watched.insert(directory.clone());
                added = true;
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
mod tests {
    use std::path::Path;
    use std::thread;

    use fs_err as fs;

    use super::*;

    const DEBOUNCE: Duration = Duration::from_millis(150);

    struct Project {
        directory: tempfile::TempDir,
        watcher: Option<Watcher>,
    }

    impl Project {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let project = Self { directory, watcher: None };
            project.write("src/lib.rs", "one");
            project.write("Cargo.toml", "manifest");
            let paths = ["src", "Cargo.toml", "Cargo.lock"].map(|path| project.path(path)).to_vec();
            let set = WatchSet {
                paths,
                ignore: vec![project.path("src/target")],
                written: vec![project.path("Cargo.lock")],
                ..WatchSet::default()
            };
            Self { watcher: Some(Watcher::new(set, DEBOUNCE)), ..project }
        }

        fn path(&self, path: &str) -> PathBuf {
            self.directory.path().join(path)
        }

        fn write(&self, path: &str, content: &str) {
            crate::tools::files::write(&self.path(path), content.as_bytes()).unwrap();
        }

        /// What the watcher says after `act` has been done, or nothing if it says nothing for a while.
        fn after(&mut self, act: impl FnOnce(&Self)) -> Option<Vec<String>> {
            act(self);
            let mut watcher = self.watcher.take().unwrap();
            let (sender, receiver) = channel();
            let waiting = thread::spawn(move || {
                let changes = watcher.wait();
                drop(sender.send((watcher, changes)));
            });
            let (watcher, changes) = receiver.recv_timeout(Duration::from_millis(700)).ok()?;
            waiting.join().unwrap();
            self.watcher = Some(watcher);
            let directory = self.directory.path().to_owned();
            let name = |path: &PathBuf| path.strip_prefix(&directory).unwrap().to_string_lossy().into_owned();
            Some(changes.iter().map(name).collect())
        }
    }

    /// Writes as editors without care do, the file being half there for a moment.
    #[expect(clippy::disallowed_methods, reason = "what users' programs do is what is tested")]
    fn write_in_place(path: &Path, content: &str) {
        fs::write(path, content).unwrap();
    }

    #[test]
    fn a_save_is_named() {
        let mut project = Project::new();
        assert_eq!(project.after(|p| p.write("src/lib.rs", "two")).unwrap(), ["src/lib.rs"]);
        assert_eq!(project.after(|p| p.write("Cargo.toml", "other")).unwrap(), ["Cargo.toml"]);
        let in_place = |p: &Project| write_in_place(&p.path("src/lib.rs"), "three");
        assert_eq!(project.after(in_place).unwrap(), ["src/lib.rs"]);
    }

    #[test]
    fn the_same_bytes_are_no_change() {
        let mut project = Project::new();
        let rewrite = |p: &Project| {
            write_in_place(&p.path("src/lib.rs"), "one");
            p.write("Cargo.toml", "manifest");
        };
        assert_eq!(project.after(rewrite), None);
    }

    #[test]
    fn new_files_in_new_directories_are_seen() {
        let mut project = Project::new();
        assert_eq!(project.after(|p| p.write("src/a/b/c.rs", "new")).unwrap(), ["src/a/b/c.rs"]);
        assert_eq!(project.after(|p| p.write("src/a/b/c.rs", "newer")).unwrap(), ["src/a/b/c.rs"]);
        assert_eq!(project.after(|p| fs::remove_file(p.path("src/a/b/c.rs")).unwrap()).unwrap(), ["src/a/b/c.rs"]);
    }

    #[test]
    fn a_file_that_is_removed_and_made_again_changes_once() {
        let mut project = Project::new();
        let replace = |p: &Project| {
            let path = p.path("src/lib.rs");
            fs::remove_file(&path).unwrap();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(60));
                write_in_place(&path, "two");
            });
        };
        assert_eq!(project.after(replace).unwrap(), ["src/lib.rs"]);
        assert_eq!(project.after(|_| {}), None);
    }

    #[test]
    fn what_editors_and_builds_leave_is_ignored() {
        let mut project = Project::new();
        let litter = |p: &Project| {
            for name in ["src/.lib.rs.swp", "src/4913", "src/lib.rs~", "src/#lib.rs#", "src/target/x.rs", "other.toml"]
            {
                p.write(name, "litter");
            }
        };
        assert_eq!(project.after(litter), None);
    }

    #[test]
    fn what_a_build_writes_is_no_change_and_what_others_write_there_is() {
        let mut project = Project::new();
        project.write("Cargo.lock", "by the build");
        project.watcher.as_mut().unwrap().forgive();
        assert_eq!(project.after(|p| p.write("src/lib.rs", "two")).unwrap(), ["src/lib.rs"]);
        assert_eq!(project.after(|p| p.write("Cargo.lock", "by another")).unwrap(), ["Cargo.lock"]);
    }

    #[test]
    fn a_change_before_the_wait_is_not_lost() {
        let mut project = Project::new();
        project.write("src/lib.rs", "two");
        thread::sleep(DEBOUNCE * 2);
        assert_eq!(project.after(|_| {}).unwrap(), ["src/lib.rs"]);
    }
}
