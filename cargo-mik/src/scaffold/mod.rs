//! New projects: what `cargo mik new` and `cargo mik init` write.

mod error;
mod name;
mod template;
mod workspace;

pub use error::ScaffoldError;

use std::path::{Path, PathBuf};

use crate::report::Reporter;
use crate::tools::files;

/// What to write, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaffold {
    /// The project's directory.
    pub directory: PathBuf,
    /// The package's name, where it is not the directory's.
    pub name: Option<String>,
    /// Whether the directory must not be there yet (`new`) or may hold other files (`init`).
    pub into_existing: bool,
}

/// Writes a new project and gives its package name.
///
/// # Errors
/// The name is not one that cargo takes, something of the same name is there already, or the disk refuses.
pub fn write(scaffold: &Scaffold, reporter: &Reporter) -> Result<String, ScaffoldError> {
    let directory = std::path::absolute(&scaffold.directory)
        .map_err(|source| ScaffoldError::Directory { path: scaffold.directory.clone(), source })?;
    let name = match &scaffold.name {
        Some(name) => name.clone(),
        None => name::of_directory(&directory)?,
    };
    name::check(&name)?;
    let files = template::basic(&name);
    check_free(scaffold, &directory, files.iter().map(|(path, _)| *path))?;
    for (path, content) in &files {
        files::write(&directory.join(path), content.as_bytes())?;
    }
    if let Some(manifest_path) = workspace::join(&directory)? {
        reporter.status("Adding", format!("`{name}` to the workspace of `{}`", manifest_path.display()));
    }
    Ok(name)
}

/// Nothing is overwritten: either every file can be written or none is.
fn check_free<'a>(
    scaffold: &Scaffold,
    directory: &Path,
    paths: impl Iterator<Item = &'a str>,
) -> Result<(), ScaffoldError> {
    if !scaffold.into_existing && directory.exists() {
        return Err(ScaffoldError::Exists { path: scaffold.directory.clone() });
    }
    if let Some(taken) = paths.map(|path| directory.join(path)).find(|path| path.exists()) {
        return Err(ScaffoldError::FileExists { path: taken });
    }
    Ok(())
}
