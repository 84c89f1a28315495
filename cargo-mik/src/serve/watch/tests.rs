//! What the watcher notices, on real files.

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
        let name = |change: &Change| change.path().strip_prefix(&directory).unwrap().to_string_lossy().into_owned();
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
        for name in ["src/.lib.rs.swp", "src/4913", "src/lib.rs~", "src/#lib.rs#", "src/target/x.rs", "other.toml"] {
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
fn a_file_that_is_watched_by_name_is_seen_wherever_its_directory_goes() {
    let mut project = Project::new();
    project.write("deep/er/words.txt", "one");
    let set = WatchSet {
        paths: vec![project.path("deep/er/words.txt")],
        roots: vec![project.directory.path().to_owned()],
        ..WatchSet::default()
    };
    project.watcher.as_mut().unwrap().replace(set, SystemTime::UNIX_EPOCH + Duration::from_secs(u32::MAX.into()));
    let away = |p: &Project| fs::rename(p.path("deep"), p.path("away")).unwrap();
    assert_eq!(project.after(away).unwrap(), ["deep/er/words.txt"]);
    let back = |p: &Project| p.write("deep/er/words.txt", "two");
    assert_eq!(project.after(back).unwrap(), ["deep/er/words.txt"]);
    // The directory has its old name, and is another.
    assert_eq!(project.after(|p| p.write("deep/er/words.txt", "three")).unwrap(), ["deep/er/words.txt"]);
    assert_eq!(project.after(|p| p.write("deep/er/other.txt", "beside it")), None);
}

#[test]
#[cfg(unix)]
fn a_file_that_a_link_leads_to_is_seen() {
    let mut project = Project::new();
    project.write("elsewhere/words.txt", "one");
    std::os::unix::fs::symlink(project.path("elsewhere/words.txt"), project.path("link.txt")).unwrap();
    let set = WatchSet { paths: vec![project.path("link.txt")], ..WatchSet::default() };
    project.watcher.as_mut().unwrap().replace(set, SystemTime::UNIX_EPOCH + Duration::from_secs(u32::MAX.into()));
    let edit = |p: &Project| p.write("elsewhere/words.txt", "two");
    assert_eq!(project.after(edit).unwrap(), ["link.txt"]);
}

#[test]
fn in_a_tree_sources_count_by_content_and_all_else_by_coming_and_going() {
    let mut project = Project::new();
    project.write("src/caught.log", "one line");
    let set = WatchSet { trees: vec![project.path("src")], ..WatchSet::default() };
    project.watcher.as_mut().unwrap().replace(set, SystemTime::UNIX_EPOCH + Duration::from_secs(u32::MAX.into()));
    assert_eq!(project.after(|p| p.write("src/words.txt", "new")).unwrap(), ["src/words.txt"]);
    assert_eq!(project.after(|p| p.write("src/lib.rs", "two")).unwrap(), ["src/lib.rs"]);
    assert_eq!(project.after(|p| p.write("src/caught.log", "another line")), None);
}

#[test]
fn what_was_written_while_it_was_being_read_counts_as_changed() {
    let mut project = Project::new();
    project.write("words.txt", "one");
    let set = |project: &Project| WatchSet { paths: vec![project.path("words.txt")], ..WatchSet::default() };
    let (before, watched) = (SystemTime::now() - Duration::from_secs(5), set(&project));
    project.watcher.as_mut().unwrap().replace(watched, before);
    assert_eq!(project.after(|_| {}).unwrap(), ["words.txt"]);
    assert_eq!(project.after(|_| {}), None);
}

#[test]
fn who_is_woken_has_seen_no_change() {
    let mut project = Project::new();
    let waker = project.watcher.as_ref().unwrap().waker();
    assert!(project.after(|_| waker.wake()).unwrap().is_empty());
}

#[test]
fn a_change_before_the_wait_is_not_lost() {
    let mut project = Project::new();
    project.write("src/lib.rs", "two");
    thread::sleep(DEBOUNCE * 2);
    assert_eq!(project.after(|_| {}).unwrap(), ["src/lib.rs"]);
}
