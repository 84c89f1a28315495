//! Where the project's sources are: what is worth watching while serving.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

use super::{Bridge, BuildArguments, Composition, Project};
use crate::tools::process;

/// Files beside the workspace's manifest that decide what is built.
const AT_ROOT: &[&str] =
    &["Cargo.toml", "Cargo.lock", ".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain"];

/// What can be said of a project's sources without resolving its dependencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    workspace: PathBuf,
    /// The packages' own directories, and those of path dependencies as far as the workspace's manifests tell.
    declared: BTreeSet<PathBuf>,
    /// What the user said to cargo that matters to its metadata.
    metadata_arguments: Vec<String>,
}

impl Sources {
    pub(super) fn new<'a>(
        metadata: &Metadata,
        selected: impl IntoIterator<Item = &'a Package>,
        arguments: &BuildArguments,
    ) -> Self {
        let directory = |package: &Package| package.manifest_path.parent().map(|path| path.as_std_path().to_owned());
        let mut declared: BTreeSet<PathBuf> = BTreeSet::new();
        let mut open: Vec<PathBuf> = selected.into_iter().filter_map(directory).collect();
        while let Some(path) = open.pop() {
            // What a dependency outside the workspace depends on in turn, only a resolution tells.
            let member = metadata.packages.iter().find(|package| directory(package).as_deref() == Some(&path));
            if declared.insert(path) {
                let dependencies = member.into_iter().flat_map(|package| &package.dependencies);
                open.extend(dependencies.filter_map(|dependency| dependency.path.clone()).map(Into::into));
            }
        }
        let workspace = metadata.workspace_root.clone().into_std_path_buf();
        Self { workspace, declared, metadata_arguments: arguments.metadata_arguments.clone() }
    }

    /// The lock file: a build may write it.
    pub fn lock(&self) -> PathBuf {
        self.workspace.join("Cargo.lock")
    }
}

impl Project {
    /// What is worth watching, as far as that is known without asking cargo: it writes nothing and takes no time.
    pub fn declared_sources(&self) -> Vec<PathBuf> {
        let declared = self.sources.declared.iter().cloned();
        declared.chain(self.other_files()).collect()
    }

    /// What is worth watching: the directories of all packages that the project is built from and that are not from a
    /// registry or a repository, however deep.
    ///
    /// For after a build, which has resolved and fetched everything. Nothing is given where cargo can't tell without
    /// writing the lock file or asking the network: neither is anybody's wish who only looks.
    pub fn resolved_sources(&self) -> Option<Vec<PathBuf>> {
        let mut options = self.sources.metadata_arguments.clone();
        for option in ["--offline", "--locked"] {
            // Cargo takes each only once.
            if !options.iter().any(|typed| typed == option) {
                options.push(option.to_owned());
            }
        }
        // Dependencies of other platforms may not have been fetched.
        let targets: BTreeSet<_> = self.packages.iter().map(|package| package.target.name()).collect();
        options.extend(targets.into_iter().flat_map(|target| ["--filter-platform".to_owned(), target.to_owned()]));
        let metadata = MetadataCommand::new()
            .cargo_path(process::cargo().get_program())
            .manifest_path(&self.manifest_path)
            .other_options(options)
            .exec()
            .ok()?;
        let reached = reachable(&metadata, self.packages.iter().map(|package| package.id.clone()));
        let local = metadata.packages.iter().filter(|package| package.source.is_none());
        let directories: BTreeSet<PathBuf> = local
            .filter(|package| reached.contains(&package.id.repr))
            .filter_map(|package| package.manifest_path.parent().map(|path| path.as_std_path().to_owned()))
            .chain(self.sources.declared.iter().cloned())
            .collect();
        Some(directories.into_iter().chain(self.other_files()).collect())
    }

    fn other_files(&self) -> impl Iterator<Item = PathBuf> {
        let root = AT_ROOT.iter().map(|name| self.sources.workspace.join(name));
        let bridges = self.packages.iter().filter_map(|package| bridge(&package.composition));
        root.chain(bridges.map(Path::to_owned))
    }
}

fn bridge(composition: &Composition) -> Option<&Path> {
    match composition {
        Composition::WhereExported { bridge: Bridge::File(path) } | Composition::Always { bridge: Bridge::File(path) } => {
            Some(path)
        }
        Composition::WhereExported { .. } | Composition::Always { .. } | Composition::Never => None,
    }
}

/// Every package in the dependency graph below some.
fn reachable(metadata: &Metadata, roots: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<String> = roots.collect();
    while let Some(id) = open.pop() {
        if !reached.insert(id.clone()) {
            continue;
        }
        let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
        if let Some(node) = nodes.into_iter().find(|node| node.id.repr == id) {
            open.extend(node.dependencies.iter().map(|dependency| dependency.repr.clone()));
        }
    }
    reached
}
