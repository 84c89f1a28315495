//! Lines of the project's own source, as they are now.

use std::path::{Path, PathBuf};

use crate::tools::files;

/// The largest file that is looked into, in bytes.
const FILE_MOST: u64 = 1 << 20;
/// How many lines are shown before and after the one that is meant.
const AROUND: usize = 5;
/// The longest line that is shown, in characters.
const LINE_MOST: usize = 300;

/// Where the project's sources are.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Sources {
    /// The project's own directory.
    pub(in super::super) workspace: PathBuf,
    /// The directories of all packages whose sources are the user's: those of the workspace, and path dependencies.
    pub(in super::super) directories: Vec<PathBuf>,
}

/// Some lines of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The number of the first.
    pub(super) first: usize,
    pub(super) lines: Vec<String>,
    /// The number of the one that is meant.
    pub(super) marked: usize,
}

impl Sources {
    /// Whether a file is the project's own, rather than that of something it depends on.
    pub(super) fn is_own(&self, file: &str) -> bool {
        let path = Path::new(file);
        path.starts_with(&self.workspace) && self.directories.iter().any(|directory| path.starts_with(directory))
    }

    /// A file as seen from the project.
    pub(super) fn shown<'a>(&self, file: &'a str) -> &'a str {
        Path::new(file).strip_prefix(&self.workspace).ok().and_then(Path::to_str).unwrap_or(file)
    }

    /// The lines around one. Only Rust sources are looked into, and only those in the directories of the project's packages: what a
    /// component says of its files, it may say of any.
    pub(super) fn excerpt(&self, file: &str, line: u32) -> Option<Excerpt> {
        let path = Path::new(file);
        if path.extension()? != "rs" {
            return None;
        }
        let marked = usize::try_from(line).ok().filter(|line| *line > 0)?;
        let text = String::from_utf8(files::read_within(path, &self.directories, FILE_MOST)?).ok()?;
        text.lines().nth(marked - 1)?;
        let first = marked.saturating_sub(AROUND).max(1);
        let lines = text.lines().skip(first - 1).take(marked - first + 1 + AROUND);
        let cut = |line: &str| match line.char_indices().nth(LINE_MOST) {
            Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
            None => line.to_owned(),
        };
        Some(Excerpt { first, lines: lines.map(cut).collect(), marked })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_from_the_projects_rust_sources_and_from_nowhere_else() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            files::write(&path, text.as_bytes()).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let numbers: String = (1..=20).map(|number| format!("line {number}\n")).collect();
        let own = write("project/src/lib.rs", &numbers);
        let secret = write("project/.env", &numbers);
        let other = write("other/src/lib.rs", &numbers);
        let long = write("project/long.rs", &"x".repeat(1000));
        let sources =
            Sources { workspace: root.path().join("project"), directories: vec![root.path().join("project")] };

        let excerpt = sources.excerpt(&own, 7).unwrap();
        assert_eq!((excerpt.first, excerpt.marked, excerpt.lines.len()), (2, 7, 11));
        assert_eq!((excerpt.lines[0].as_str(), excerpt.lines[10].as_str()), ("line 2", "line 12"));
        assert_eq!(sources.excerpt(&own, 1).unwrap().lines.len(), 6);
        assert_eq!(sources.excerpt(&own, 20).unwrap().first, 15);
        assert_eq!(sources.excerpt(&long, 1).unwrap().lines[0].chars().count(), LINE_MOST + 1);
        for line in [0, 21, u32::MAX] {
            assert_eq!(sources.excerpt(&own, line), None);
        }
        let around = format!("{}/project/../other/src/lib.rs", root.path().display());
        for file in [&secret, &other, &around, "/etc/passwd", "src/lib.rs", ""] {
            assert_eq!(sources.excerpt(file, 1), None, "{file}");
        }
        assert_eq!(sources.shown(&own), "src/lib.rs");
        assert!(sources.is_own(&own) && !sources.is_own(&other));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_of_the_project_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        files::write(&root.path().join("secret.rs"), b"secret\n").unwrap();
        files::write(&root.path().join("project/lib.rs"), b"own\n").unwrap();
        let link = root.path().join("project/link.rs");
        std::os::unix::fs::symlink(root.path().join("secret.rs"), &link).unwrap();
        let sources = Sources { workspace: PathBuf::new(), directories: vec![root.path().join("project")] };
        assert_eq!(sources.excerpt(link.to_str().unwrap(), 1), None);
    }
}
