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
    let directory = resolved(&scaffold.directory)
        .map_err(|source| ScaffoldError::Directory { path: scaffold.directory.clone(), source })?;
    let name = match &scaffold.name {
        Some(name) => name.clone(),
        None => name::of_directory(&directory)?,
    };
    name::check(&name)?;
    let files = template::basic(&name);
    check_free(scaffold, &directory)?;
    for (path, content) in &files {
        write_file(&directory.join(path), content)?;
    }
    if let Some(manifest_path) = workspace::join(&directory)? {
        reporter.status("Adding", format!("`{name}` to the workspace of `{}`", manifest_path.display()));
    }
    Ok(name)
}

/// A path without `..` and links, though its end need not exist.
fn resolved(path: &Path) -> std::io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let existing = path.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(&path);
    let rest = path.strip_prefix(existing).unwrap_or(Path::new(""));
    let resolved = files::canonicalize(existing)?;
    Ok(if rest.as_os_str().is_empty() { resolved } else { resolved.join(rest) })
}

/// The files that make the project: where one of them is there already, nothing is written at all.
const ITS_OWN: [&str; 2] = ["Cargo.toml", "src/lib.rs"];

fn check_free(scaffold: &Scaffold, directory: &Path) -> Result<(), ScaffoldError> {
    if !scaffold.into_existing && directory.exists() {
        return Err(ScaffoldError::Exists { path: scaffold.directory.clone() });
    }
    if let Some(taken) = ITS_OWN.map(|path| directory.join(path)).into_iter().find(|path| path.exists()) {
        return Err(ScaffoldError::FileExists { path: taken });
    }
    Ok(())
}

/// A file that a repository may have already stays as it is; `.gitignore` gets the lines that it lacks.
fn write_file(path: &Path, content: &str) -> Result<(), ScaffoldError> {
    let Ok(mut present) = files::read_to_string(path) else { return Ok(files::write(path, content.as_bytes())?) };
    if path.file_name().is_some_and(|name| name == ".gitignore") {
        let missing: Vec<&str> = content.lines().filter(|line| !present.lines().any(|other| other == *line)).collect();
        if !missing.is_empty() {
            if !present.ends_with('\n') && !present.is_empty() {
                present.push('\n');
            }
            files::write(path, (present + &missing.join("\n") + "\n").as_bytes())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_directory_is_outside_of_it() {
        let root = tempfile::tempdir().unwrap();
        let inside = root.path().join("inside");
        files::create_dir_all(&inside).unwrap();
        let expected = files::canonicalize(root.path()).unwrap().join("new");
        assert_eq!(resolved(&inside.join("../new")).unwrap(), expected);
    }

    #[test]
    fn a_gitignore_keeps_its_lines_and_gets_ours() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".gitignore");
        files::write(&path, b"*.log").unwrap();
        for _ in 0..2 {
            write_file(&path, "/target\n").unwrap();
        }
        assert_eq!(files::read_to_string(&path).unwrap(), "*.log\n/target\n");
    }
}
