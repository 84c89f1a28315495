//! Where the project's sources are: what is worth watching while serving.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use cargo_metadata::{Metadata, Package};
use toml::{Table, Value};

use super::{Bridge, CargoConfig, Composition, Project};
use crate::tools::files;

/// Files beside the workspace's manifest, and where cargo is started, that decide what is built.
const AT_ROOT: &[&str] = &[".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain"];

/// What a package may depend on so that a component is another when that changes: a build script's libraries too.
const KINDS: &[&str] = &["dependencies", "build-dependencies"];
/// What the examples of the packages themselves may use as well.
const OWN_KINDS: &[&str] = &["dependencies", "build-dependencies", "dev-dependencies"];

/// Where a project's sources are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    workspace: PathBuf,
    /// The directories of the packages that components are built of, and of their path dependencies however deep.
    directories: BTreeSet<PathBuf>,
    /// The files of cargo's own configuration.
    cargo: BTreeSet<PathBuf>,
}

impl Sources {
    /// Follows the manifests. Cargo would have to resolve all dependencies to tell, and that may write a lock file, or
    /// ask the network, or fail without it: nothing that whoever only looks should do.
    pub(super) fn new<'a>(
        metadata: &Metadata,
        selected: impl IntoIterator<Item = &'a Package>,
        config: &CargoConfig,
    ) -> Self {
        let workspace = metadata.workspace_root.clone().into_std_path_buf();
        let own = selected.into_iter().filter_map(|package| package.manifest_path.parent());
        let mut directories: BTreeSet<PathBuf> = own.map(|path| path.as_std_path().to_owned()).collect();
        let mut open: Vec<PathBuf> = directories.iter().flat_map(|own| dependencies(own, OWN_KINDS)).collect();
        open.extend(replaced(&workspace));
        while let Some(directory) = open.pop() {
            if directories.insert(directory.clone()) {
                open.extend(dependencies(&directory, KINDS));
            }
        }
        Self { workspace, directories, cargo: config.paths().map(Path::to_owned).collect() }
    }

    /// The lock file: a build may write it.
    pub fn lock(&self) -> PathBuf {
        self.workspace.join("Cargo.lock")
    }
}

/// Where cargo-component has the bindings of a package.
pub const BINDINGS: &str = "src/bindings.rs";

impl Project {
    /// The files of the project's that a build may write: the locks, and what is made of cargo-component's tables.
    pub fn written_by_builds(&self) -> Vec<PathBuf> {
        let of_cargo_component = self.packages.iter().filter(|package| package.is_of_cargo_component());
        let bindings = of_cargo_component.filter_map(|package| Some(package.manifest_path.parent()?.join(BINDINGS)));
        [self.sources.lock(), self.dependents.lock()].into_iter().chain(bindings).collect()
    }

    /// The files that decide what is built and how it is served besides the sources, those that are not there as well: they may come.
    pub fn deciding_files(&self) -> BTreeSet<PathBuf> {
        let variables = self.packages.iter().flat_map(|package| self.dotenv_files(package));
        self.build_files().into_iter().chain(variables).collect()
    }

    /// Those of them that decide what is built.
    pub fn build_files(&self) -> BTreeSet<PathBuf> {
        let Sources { workspace, directories, cargo } = &self.sources;
        let here = std::env::current_dir().unwrap_or_default();
        let at_root = AT_ROOT.iter().flat_map(|name| [workspace.join(name), here.join(name)]);
        let above =
            here.ancestors().flat_map(|above| ["rust-toolchain.toml", "rust-toolchain"].map(|name| above.join(name)));
        // Cargo takes a script of this name without being told.
        let of_package = |directory: &PathBuf| ["Cargo.toml", "build.rs"].map(|name| directory.join(name));
        let own = self.packages.iter().filter_map(|package| Some(package.manifest_path.parent()?.join("mik.toml")));
        let bridges = self.packages.iter().filter_map(|package| bridge(&package.composition));
        let files = at_root.chain(above.filter(|path| path.exists())).chain(directories.iter().flat_map(of_package));
        let files = files.chain([workspace.join("Cargo.toml"), self.sources.lock()]).chain(cargo.iter().cloned());
        files.chain(own).chain(bridges.map(Path::to_owned)).collect()
    }

    /// The directories of all packages whose sources are on this machine.
    pub fn source_directories(&self) -> impl Iterator<Item = &Path> {
        self.sources.directories.iter().map(PathBuf::as_path)
    }

    /// The workspace's directory.
    pub fn workspace(&self) -> &Path {
        &self.sources.workspace
    }
}

/// The directories of the packages that take others' places, all over the workspace.
fn replaced(root: &Path) -> Vec<PathBuf> {
    let manifest = read(root).unwrap_or_default();
    let sources = manifest.get("patch").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let packages = sources.filter_map(Value::as_table).flat_map(Table::values);
    packages.filter_map(|package| path_in(package, root)).collect()
}

/// The directories of a package's path dependencies of some kinds.
fn dependencies(directory: &Path, kinds: &[&str]) -> Vec<PathBuf> {
    // One that is not there or is no TOML: the build says so, and the directory is watched until it is.
    let Some(manifest) = read(directory) else { return Vec::new() };
    let shared = OnceCell::new();
    let path = |(name, dependency): (&String, &Value)| match dependency.get("workspace").and_then(Value::as_bool) {
        Some(true) => {
            let (root, table) = shared.get_or_init(|| workspace(directory)).as_ref()?;
            path_in(table.get("dependencies")?.get(name)?, root)
        }
        _ => path_in(dependency, directory),
    };
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let places = platforms.filter_map(Value::as_table).chain([&manifest]);
    let tables = places.flat_map(|place| kinds.iter().filter_map(|kind| place.get(*kind)?.as_table()));
    tables.flatten().filter_map(path).collect()
}

/// The workspace that a package takes its dependencies' paths from: its directory and its table.
fn workspace(directory: &Path) -> Option<(PathBuf, Table)> {
    directory.ancestors().find_map(|directory| {
        let manifest = read(directory)?;
        Some((directory.to_owned(), manifest.get("workspace")?.as_table()?.clone()))
    })
}

fn read(directory: &Path) -> Option<Table> {
    files::read_to_string(directory.join("Cargo.toml")).ok()?.parse().ok()
}

/// The path that a dependency is written with, without `..`: by its words alone, as cargo does it.
fn path_in(dependency: &Value, directory: &Path) -> Option<PathBuf> {
    let path = directory.join(dependency.get("path")?.as_str()?);
    Some(path.components().fold(PathBuf::new(), |mut path, component| {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
        path
    }))
}

fn bridge(composition: &Composition) -> Option<&Path> {
    match composition.bridge() {
        Some(Bridge::File(path)) => Some(path),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_dependencies_are_found_wherever_a_manifest_has_them() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| files::write(&root.path().join(path), text.as_bytes()).unwrap();
        write(
            "Cargo.toml",
            "[workspace.dependencies]\nshared = { path = \"lib/shared\" }\n\
            [patch.crates-io]\nserde = { path = \"../serde\" }\n",
        );
        write(
            "one/Cargo.toml",
            "[dependencies]\nshared.workspace = true\nserde = \"1\"\n\
            [target.'cfg(unix)'.build-dependencies]\nunix = { path = \"./unix\" }\n\
            [dev-dependencies]\nnext = { path = \"../next\" }\n",
        );
        let mut found = dependencies(&root.path().join("one"), OWN_KINDS);
        found.sort();
        assert_eq!(found, ["lib/shared", "next", "one/unix"].map(|path| root.path().join(path)));
        assert_eq!(replaced(root.path()), [root.path().parent().unwrap().join("serde")]);
        assert!(dependencies(&root.path().join("next"), KINDS).is_empty());
    }
}
