//! What source files are called: as they lie in the project, or in the package that they are of.

use std::path::{Component, Path, PathBuf};

use crate::tools::files;

/// A longer file is nobody's source.
const SOURCE_MOST: u64 = 8 << 20;

/// Where the project may be: the directories above the component, and above where the program is run. The nearest of the
/// component's is looked at first: the program may be run in another project.
#[derive(Clone, Debug, Default)]
pub(super) struct Roots(Vec<PathBuf>);

impl Roots {
    pub(super) fn of(component: &Path) -> Self {
        let directory = std::env::current_dir().unwrap_or_default();
        let component = directory.join(component);
        let above = |path: &Path| path.ancestors().map(Path::to_owned).collect::<Vec<_>>();
        let all = above(&component).into_iter().chain(above(&directory));
        Self(all.filter(|root| root.join("Cargo.toml").is_file()).collect())
    }

    /// A file as people call it.
    pub(super) fn name(&self, file: &str) -> String {
        let own = self.0.iter().filter_map(|root| Path::new(file).strip_prefix(root).ok()?.to_str());
        // From the workspace's root, where a member of it is the nearer one.
        let own = own.max_by_key(|name| name.len());
        own.map_or_else(|| short(file).to_owned(), str::to_owned)
    }

    /// A line of a file that lies in the project.
    pub(super) fn line(&self, name: &str, line: u32) -> Option<String> {
        let name = Path::new(name);
        // What a side-car says may be anybody's word.
        if !name.components().all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        let path = self.0.iter().map(|root| root.join(name)).find(|path| path.is_file())?;
        let content = files::read_at_most(&path, SOURCE_MOST).ok()??;
        let text = String::from_utf8(content).ok()?;
        let line = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
        Some(line.trim_end().to_owned())
    }
}

/// A path without what says nothing to its reader: the names that `cargo mik` gives places of the machine in release builds,
/// and where cargo and rustup keep what they have downloaded.
fn short(file: &str) -> &str {
    let after = |marker: &str| file.split_once(marker).map(|(_, rest)| rest);
    let below = |path: &str| path.find('/').and_then(|slash| file.get(file.len() - path.len() + slash + 1..));
    let from_start = |marker: &str| file.strip_prefix(marker);
    from_start("/cargo/workspace/")
        .or_else(|| from_start("/cargo/path/"))
        .or_else(|| from_start("/cargo/git/"))
        .or_else(|| from_start("/rust/deps/"))
        .or_else(|| from_start("/cargo/registry/").and_then(below))
        .or_else(|| from_start("/cargo/vendor/").and_then(below))
        .or_else(|| from_start("/rustc/").and_then(|_| after("/library/")))
        .or_else(|| after("/rustlib/src/rust/library/"))
        .or_else(|| after("/registry/src/").and_then(below))
        .or_else(|| from_start("/cargo/"))
        .unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_what_they_are_of_and_no_more() {
        for (path, name) in [
            ("/cargo/workspace/src/lib.rs", "src/lib.rs"),
            ("/cargo/path/shared/src/lib.rs", "shared/src/lib.rs"),
            ("/cargo/registry/index.crates.io-1949cf8c6b5b557f/serde-1.0.0/src/de.rs", "serde-1.0.0/src/de.rs"),
            ("/cargo/vendor/crates-io/serde/src/de.rs", "serde/src/de.rs"),
            ("/cargo/target/release/build/x-1/out/x.rs", "target/release/build/x-1/out/x.rs"),
            ("/user/a/.cargo/registry/src/index.crates.io-19/serde-1.0.0/src/de.rs", "serde-1.0.0/src/de.rs"),
            ("/rustc/59807616e1fa/library/core/src/option.rs", "core/src/option.rs"),
            ("/user/a/.rustup/x/lib/rustlib/src/rust/library/std/src/rt.rs", "std/src/rt.rs"),
            ("src/lib.rs", "src/lib.rs"),
            ("/elsewhere/src/lib.rs", "/elsewhere/src/lib.rs"),
        ] {
            assert_eq!(short(path), name);
        }
    }

    #[test]
    fn lines_are_those_of_the_project_and_of_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("project");
        files::write(&root.join("Cargo.toml"), b"").unwrap();
        files::write(&root.join("src/lib.rs"), b"one\n  two  \n").unwrap();
        files::write(&directory.path().join("secret"), b"secret\n").unwrap();
        let roots = Roots::of(&root.join("target/mik/release/x.wasm"));
        let file = root.join("src/lib.rs");
        assert_eq!(roots.name(file.to_str().unwrap()), "src/lib.rs");
        assert_eq!(roots.line("src/lib.rs", 2).as_deref(), Some("  two"));
        assert_eq!(roots.line("src/lib.rs", 3), None);
        assert_eq!(roots.line("src/lib.rs", 0), None);
        assert_eq!(roots.line("../secret", 1), None);
        assert_eq!(roots.line(directory.path().join("secret").to_str().unwrap(), 1), None);
    }
}
