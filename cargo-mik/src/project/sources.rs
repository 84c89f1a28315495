//! Where the project's sources are: what is worth watching while serving.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use super::Project;
use crate::tools::process;

/// The directories of every package that the project is built from and that is not from a registry or a repository:
/// its own, and path dependencies however deep. The directory of the workspace's manifest is the last resort.
pub fn source_directories(project: &Project) -> Vec<PathBuf> {
    let own = || project.packages.iter().filter_map(|package| package.manifest_path.parent().map(Path::to_owned));
    let mut directories: BTreeSet<PathBuf> = own().collect();
    for package in &project.packages {
        let metadata = MetadataCommand::new()
            .cargo_path(process::cargo().get_program())
            .manifest_path(&package.manifest_path)
            // The build has just resolved everything: no reason to ask a registry again.
            .other_options(["--offline".to_owned()])
            .exec();
        let Ok(metadata) = metadata else { continue };
        directories.insert(metadata.workspace_root.clone().into_std_path_buf());
        let reached = reachable(&metadata, &package.id);
        let local = metadata.packages.iter().filter(|other| other.source.is_none() && reached.contains(&other.id.repr));
        directories
            .extend(local.filter_map(|other| other.manifest_path.parent().map(|path| path.as_std_path().to_owned())));
    }
    directories.into_iter().collect()
}

/// Every package in the dependency graph below one.
fn reachable(metadata: &cargo_metadata::Metadata, root: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![root.to_owned()];
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
