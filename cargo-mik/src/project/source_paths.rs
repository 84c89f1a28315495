//! Where this project's code lies on this machine, and what those places are called in a component instead.
//!
//! What is compiled from outside the workspace's directory is given to rustc by its absolute path, and panic messages
//! carry that path into the component.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Component, Path, PathBuf};

use cargo_metadata::Metadata;
use toml::{Table, Value};

use super::CargoConfig;
use crate::tools::files;

/// A directory, and what it is called instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePath {
    /// The directory on this machine.
    pub directory: PathBuf,
    /// Its name on every machine.
    pub name: String,
}

/// Every directory that sources come from, each after those that it may lie in: of rustc's flags the last one wins.
///
/// This follows from what is configured and written, never from what happens to be on disk: flags that come and go
/// would have everything compiled again. So a registry's directory keeps its own name below `registry/src`, which
/// tells where the registry is reached, and nothing of the machine.
pub(super) fn all(metadata: &Metadata, target_directory: &Path, config: &CargoConfig) -> Vec<SourcePath> {
    let root = metadata.workspace_root.as_std_path();
    let mut found: BTreeMap<PathBuf, String> = BTreeMap::new();
    for (name, directory) in packages_outside(metadata) {
        found.insert(directory, name);
    }
    found.insert(root.to_owned(), "/cargo/workspace".to_owned());
    // Build scripts write sources there, too.
    let build_directory = metadata.build_directory.as_ref().map(|path| path.as_std_path().to_owned());
    for directory in [Some(target_directory.to_owned()), build_directory].into_iter().flatten() {
        found.insert(directory, "/cargo/target".to_owned());
    }
    for (directory, source) in config.vendored() {
        // Cargo joins this path and no more: a `..` stays in it.
        found.insert(normalized(&directory), format!("/cargo/vendor/{source}"));
        found.insert(directory, format!("/cargo/vendor/{source}"));
    }
    if let Some(home) = cargo_config2::cargo_home_with_cwd(root) {
        found.insert(home.join("registry").join("src"), "/cargo/registry".to_owned());
        found.insert(home.join("git").join("checkouts"), "/cargo/git".to_owned());
    }
    // In the order of paths, a directory comes before what it contains.
    found.into_iter().map(|(directory, name)| SourcePath { directory, name }).collect()
}

/// Packages outside the workspace's directory, by a name of their own: members, and path dependencies however deep.
///
/// `cargo metadata` would have to resolve everything to tell of the deep ones, which takes longer than a build in
/// which nothing has changed. Their manifests tell.
fn packages_outside(metadata: &Metadata) -> Vec<(String, PathBuf)> {
    let root = metadata.workspace_root.as_std_path();
    let mut packages = Outside { root, seen: BTreeSet::new(), counts: BTreeMap::new(), named: Vec::new() };
    let mut open = VecDeque::new();
    for member in metadata.workspace_packages() {
        let directory = member.manifest_path.parent().unwrap_or(&member.manifest_path);
        packages.add(directory.as_std_path(), &member.name);
        open.extend(member.dependencies.iter().filter_map(|dependency| dependency.path.clone()).map(PathBuf::from));
    }
    // Only the workspace's own manifest replaces packages.
    for (_, source) in read(root).as_ref().and_then(|manifest| manifest.get("patch")?.as_table()).into_iter().flatten()
    {
        let replaced = source.as_table().into_iter().flat_map(Table::values);
        open.extend(replaced.filter_map(|package| path_in(package, root)));
    }
    while let Some(directory) = open.pop_front() {
        let Some(manifest) = read(&directory) else { continue };
        let name = manifest.get("package").and_then(|package| package.get("name")?.as_str());
        if packages.add(&directory, name.unwrap_or("unnamed")) {
            open.extend(dependencies(&manifest, &directory));
        }
    }
    packages.named
}

struct Outside<'a> {
    root: &'a Path,
    seen: BTreeSet<PathBuf>,
    counts: BTreeMap<String, u32>,
    named: Vec<(String, PathBuf)>,
}

impl Outside<'_> {
    /// Names a package, and says whether it is new.
    fn add(&mut self, directory: &Path, name: &str) -> bool {
        let is_new = self.seen.insert(directory.to_owned());
        if is_new && !directory.starts_with(self.root) {
            let count = self.counts.entry(name.to_owned()).or_default();
            *count += 1;
            // Two packages of one name are told apart by the order in which the project comes to them.
            let suffix = if *count > 1 { format!("-{count}") } else { String::new() };
            self.named.push((format!("/cargo/path/{name}{suffix}"), directory.to_owned()));
        }
        is_new
    }
}

/// The directories of a package's path dependencies. Those for its tests and its build script are not in a component.
fn dependencies(manifest: &Table, directory: &Path) -> Vec<PathBuf> {
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = manifest.get("dependencies").into_iter();
    let tables = tables.chain(platforms.filter_map(|platform| platform.get("dependencies")));
    let dependencies = tables.filter_map(Value::as_table).flatten();
    let shared = OnceCell::new();
    let path = |(name, dependency): (&String, &Value)| {
        if dependency.get("workspace").and_then(Value::as_bool) == Some(true) {
            let (root, workspace) = shared.get_or_init(|| workspace(directory)).as_ref()?;
            return path_in(workspace.get("dependencies")?.get(name)?, root);
        }
        path_in(dependency, directory)
    };
    dependencies.filter_map(path).collect()
}

/// The workspace that a package takes its dependencies' paths from: its directory and its table.
fn workspace(directory: &Path) -> Option<(PathBuf, Table)> {
    directory.ancestors().find_map(|directory| {
        let manifest = read(directory)?;
        Some((directory.to_owned(), manifest.get("workspace")?.as_table()?.clone()))
    })
}

fn path_in(dependency: &Value, directory: &Path) -> Option<PathBuf> {
    Some(normalized(&directory.join(dependency.get("path")?.as_str()?)))
}

fn read(directory: &Path) -> Option<Table> {
    files::read_to_string(directory.join("Cargo.toml")).ok()?.parse().ok()
}

/// A path without `..`, by its words alone, as cargo does it.
fn normalized(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, component| {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_dependencies_are_found_through_the_workspace_that_they_are_in() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| files::write(&root.path().join(path), text.as_bytes()).unwrap();
        write("Cargo.toml", "[workspace.dependencies]\nshared = { path = \"libraries/shared\" }\n");
        let manifest = "[dependencies]\nshared.workspace = true\nserde = \"1\"\nnext = { path = \"../next\" }\n\
            [target.'cfg(unix)'.dependencies]\nunix = { path = \"unix\" }\n[dev-dependencies]\ntest = { path = \"t\" }\n";
        write("one/Cargo.toml", manifest);
        let directory = root.path().join("one");
        let mut found = dependencies(&read(&directory).unwrap(), &directory);
        found.sort();
        let expected = ["libraries/shared", "next", "one/unix"].map(|path| root.path().join(path));
        assert_eq!(found, expected);
    }

    #[test]
    fn packages_of_one_name_get_two_names_and_those_inside_none() {
        let root = Path::new("/work");
        let mut outside = Outside { root, seen: BTreeSet::new(), counts: BTreeMap::new(), named: Vec::new() };
        for (path, name) in [("/work/a", "a"), ("/else/a", "a"), ("/more/a", "a"), ("/else/a", "a")] {
            outside.add(Path::new(path), name);
        }
        let names: Vec<_> = outside.named.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["/cargo/path/a", "/cargo/path/a-2"]);
    }
}
