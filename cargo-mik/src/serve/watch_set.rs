//! What to watch, and what can be said of a change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

/// What to watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchSet {
    /// Files, and directories with all that is in them. One that does not exist is waited for.
    pub paths: Vec<PathBuf>,
    /// Directories with what may be sources: what those hold counts, and of all else that it comes or goes.
    pub trees: Vec<PathBuf>,
    /// The directories around what is watched: what lies in them may be moved as a whole.
    pub roots: Vec<PathBuf>,
    /// Directories of which only the components are looked at that lie right in them.
    pub components: Vec<PathBuf>,
    /// Files and directories beneath the others that are not looked at, such as target directories.
    pub ignore: Vec<PathBuf>,
    /// Files that a build itself may write. What they hold after one is no change.
    pub written: Vec<PathBuf>,
}

impl WatchSet {
    /// Directories are entered and files read only if this says no. Names that begin with a dot are nobody's source;
    /// the others are what editors leave beside a file while it is being saved.
    pub(super) fn ignores(&self, path: &Path) -> bool {
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

    /// Whether what happens to a file or directory may be a change.
    pub(super) fn concerns(&self, path: &Path) -> bool {
        let watched = self.paths.iter().chain(&self.trees).chain(&self.components);
        self.paths.iter().any(|watched| watched == path)
            || (self.covers(path) && !self.ignores(path))
            || watched.into_iter().any(|watched| watched.starts_with(path))
    }

    /// Whether a file that is not there would count if it were.
    pub(super) fn covers(&self, path: &Path) -> bool {
        let around = |directories: &[PathBuf]| directories.iter().any(|directory| path.starts_with(directory));
        let is_component = path.parent().is_some_and(|parent| self.components.iter().any(|it| it == parent));
        around(&self.paths) || around(&self.trees) || is_component
    }
}

/// Whether what a file holds may be what a build reads, by its name. Nobody knows yet what that is; but output that is caught in
/// a file changes with every build.
pub(super) fn is_source(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| !["err", "log", "out", "txt"].iter().any(|output| extension == *output))
}

/// A file that is another than before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It holds something else.
    Content(PathBuf),
    /// It was not there.
    New(PathBuf),
    /// It is not there any more.
    Gone(PathBuf),
}

impl Change {
    /// The file.
    pub fn path(&self) -> &Path {
        let (Self::Content(path) | Self::New(path) | Self::Gone(path)) = self;
        path
    }

    /// Whether the file is one of these, or lies in one of them.
    pub fn is_within(&self, paths: &BTreeSet<PathBuf>) -> bool {
        self.path().ancestors().any(|directory| paths.contains(directory))
    }
}

/// As seen from the current directory.
impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = std::env::current_dir().unwrap_or_default();
        let path = self.path();
        let name = path.strip_prefix(here).unwrap_or(path).display();
        match self {
            Self::Content(_) => write!(formatter, "{name} changed"),
            Self::New(_) => write!(formatter, "{name} is new"),
            Self::Gone(_) => write!(formatter, "{name} is gone"),
        }
    }
}

/// What changed, for the status line: and of which components it is a part, where it is not of all.
pub(super) fn describe(changes: &[Change], parts: &BTreeMap<String, BTreeSet<PathBuf>>) -> String {
    let owners: BTreeSet<&String> = parts
        .iter()
        .filter(|(_, paths)| changes.iter().any(|change| change.is_within(paths)))
        .map(|(name, _)| name)
        .collect();
    let is_known = changes.iter().all(|change| parts.values().any(|paths| change.is_within(paths)));
    let owners = match is_known && owners.len() < parts.len() {
        true => owners.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ") + ": ",
        false => String::new(),
    };
    match changes {
        [] => "something changed".to_owned(),
        [change] => format!("{owners}{change}"),
        [change, more @ ..] => format!("{owners}{change}, and {} more", more.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_beside_the_watched_files_concerns_nobody() {
        let set = WatchSet {
            paths: ["/p/src/.hidden.rs", "/p/src/a/b.rs", "/p/assets"].map(PathBuf::from).into(),
            trees: vec![PathBuf::from("/q")],
            ..WatchSet::default()
        };
        for path in ["/p/src/.hidden.rs", "/p/src/a/b.rs", "/p/src/a", "/p/src", "/p/assets/x.png", "/q/new.rs"] {
            assert!(set.concerns(Path::new(path)), "{path}");
        }
        for path in ["/p/src/other.rs", "/p/src/a/b.rs~", "/p/serve.log", "/q/.new.rs.swp"] {
            assert!(!set.concerns(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn what_is_caught_of_a_programs_output_is_no_source() {
        for name in ["lib.rs", "a/b.wit", "x.JSON", "Cargo.toml"] {
            assert!(is_source(Path::new(name)), "{name}");
        }
        for name in ["serve.log", "x.TXT", "nohup.out", "errors"] {
            assert!(!is_source(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn what_changed_is_named_as_seen_from_here() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(Change::Content(here.join("src/lib.rs")).to_string(), "src/lib.rs changed");
        assert_eq!(Change::New(here.join("src/a.rs")).to_string(), "src/a.rs is new");
        assert_eq!(Change::Gone(PathBuf::from("/elsewhere/lib.rs")).to_string(), "/elsewhere/lib.rs is gone");
    }

    #[test]
    fn a_change_is_said_with_the_components_that_it_is_a_part_of() {
        let change = |path: &str| Change::Content(PathBuf::from(path));
        let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<BTreeSet<_>>();
        let parts = BTreeMap::from([
            ("cart".to_owned(), paths(&["/cart/src/lib.rs", "/shared/lib.rs"])),
            ("shop".to_owned(), paths(&["/shop/src/lib.rs", "/shared/lib.rs", "/shop/pages"])),
        ]);
        assert_eq!(describe(&[change("/cart/src/lib.rs")], &parts), "cart: /cart/src/lib.rs changed");
        assert_eq!(describe(&[change("/shop/pages/a.html")], &parts), "shop: /shop/pages/a.html changed");
        assert_eq!(describe(&[change("/shared/lib.rs")], &parts), "/shared/lib.rs changed");
        let manifest = [change("/Cargo.toml"), change("/cart/src/lib.rs")];
        assert_eq!(describe(&manifest, &parts), "/Cargo.toml changed, and 1 more");
    }
}
