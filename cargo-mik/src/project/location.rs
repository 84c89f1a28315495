//! Where the project is: its manifest, what `cargo metadata` says of it, its target directory.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand};

use super::error::CargoWords;
use super::{BuildArguments, ProjectError};
use crate::tools::process;

/// The manifest that was named, or the nearest one upward.
pub(super) fn manifest_path(named: Option<&Path>) -> Result<PathBuf, ProjectError> {
    let cwd = std::env::current_dir().map_err(|source| ProjectError::CurrentDirectory { source })?;
    match named {
        Some(named) => {
            let path = cwd.join(named);
            if path.is_dir() {
                let manifest = named.join("Cargo.toml");
                return Err(ProjectError::ManifestIsDirectory { path: named.to_owned(), manifest });
            }
            if !path.is_file() {
                return Err(ProjectError::NoManifestAt { path: named.to_owned() });
            }
            if path.to_str().is_some() { Ok(path) } else { Err(ProjectError::NotUnicode { path }) }
        }
        None => cwd
            .ancestors()
            .map(|directory| directory.join("Cargo.toml"))
            .find(|manifest| manifest.is_file())
            .ok_or_else(|| ProjectError::NoManifest { directory: cwd.clone() }),
    }
}

/// What cargo knows of the workspace. Dependencies are left out: resolving them is the build's work.
pub(super) fn metadata(manifest_path: &Path, arguments: &BuildArguments) -> Result<Metadata, ProjectError> {
    let mut metadata_command = MetadataCommand::new();
    metadata_command
        .cargo_path(process::cargo().get_program())
        .manifest_path(manifest_path)
        .no_deps()
        .other_options(arguments.metadata_arguments.clone());
    metadata_command.exec().map_err(|error| match error {
        cargo_metadata::Error::CargoMetadata { stderr } => ProjectError::Metadata { source: cargo_words(&stderr) },
        other => ProjectError::MetadataUnreadable { source: other },
    })
}

/// The target directory: the flag, else what cargo resolved from its environment and configuration.
pub(super) fn target_directory(metadata: &Metadata, arguments: &BuildArguments) -> Result<PathBuf, ProjectError> {
    let directory = match &arguments.target_directory {
        Some(typed) => std::path::absolute(typed).map_err(|source| ProjectError::CurrentDirectory { source })?,
        None => metadata.target_directory.clone().into_std_path_buf(),
    };
    if directory.to_str().is_some() { Ok(directory) } else { Err(ProjectError::NotUnicode { path: directory }) }
}

/// Cargo's own message without the `error: ` that ours will carry.
fn cargo_words(stderr: &str) -> CargoWords {
    let stderr = stderr.trim();
    CargoWords(stderr.strip_prefix("error: ").unwrap_or(stderr).to_owned())
}
