//! A project as production has it: a directory with its configuration and what is built. No cargo is asked.

use std::path::{Path, PathBuf};

use super::dotenv::DotEnv;
use super::manifest::Manifest;
use super::{GuestSettings, ProjectError, ServeArguments, ServerSettings, identity};
use crate::report::Reporter;

/// What the files of one directory say: `mik.toml`, or `[package.metadata.mik]` of `Cargo.toml` with `mik.toml` as the
/// fallback, key by key; the same rules as for a project that is built.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// The project's name: `[package].name`, else `project.name`.
    pub name: Option<String>,
    /// How to serve. Its paths are absolute where `directory` is; `modules` is always there.
    pub server: ServerSettings,
    /// What the project's own component is trusted with, and every module beside it.
    pub guest: GuestSettings,
    /// The files that have been read. Where there is none, all is as by default.
    pub files: Vec<PathBuf>,
    /// What all this follows from.
    pub(super) manifest: Manifest,
}

impl Deployment {
    /// Reads the configuration of a directory.
    ///
    /// # Errors
    /// A file can't be read or is not TOML; a value is wrong, in a file or in the environment.
    pub fn read(directory: &Path, arguments: &ServeArguments, reporter: &Reporter) -> Result<Self, ProjectError> {
        let manifest = Manifest::of_directory(directory, reporter)?;
        Ok(Self {
            name: identity::of_directory(&manifest, reporter),
            server: ServerSettings::of_manifest(&manifest, arguments, reporter)?,
            guest: GuestSettings::of_manifest(&manifest, &DotEnv::default(), reporter)?,
            files: manifest.files().collect(),
            manifest,
        })
    }
}
