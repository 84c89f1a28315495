//! Projects that depend on themselves, by whatever way: none of them could be built first.

use std::path::{Path, PathBuf};

use super::error::{DependencyError, DepsError};
use super::problem::Problem;
use crate::project::{Dependency, DependencySource, Dependent, ProjectError, path_projects};
use crate::tools::files;

/// Follows a dependency on a project on this machine through what that depends on.
pub(super) fn check(package: &Dependent, dependency: &Dependency) -> Result<(), DepsError> {
    let DependencySource::Path { path } = &dependency.source else { return Ok(()) };
    if !path.is_dir() {
        return Ok(());
    }
    let mut steps = vec![(package.name.clone(), same(&package.directory))];
    let followed = follow(&dependency.name, path, &mut steps, &mut Vec::new());
    followed.map_err(|problem| DependencyError::new(dependency, problem).into())
}

/// Follows a project. Those that were followed before lead nowhere.
fn follow(
    name: &str,
    directory: &Path,
    steps: &mut Vec<(String, PathBuf)>,
    done: &mut Vec<PathBuf>,
) -> Result<(), Problem> {
    let directory = same(directory);
    if let Some(first) = steps.iter().position(|(_, step)| *step == directory) {
        let names = steps.iter().skip(first).map(|(name, _)| name.clone());
        let again = steps.get(first).map(|(name, _)| name.clone());
        return Err(Problem::Cycle { steps: names.chain(again).collect() });
    }
    if done.contains(&directory) {
        return Ok(());
    }
    steps.push((name.to_owned(), directory.clone()));
    let wrong = |source: ProjectError| Problem::Project { source: Box::new(source) };
    for (name, path) in path_projects(&directory).map_err(wrong)? {
        follow(&name, &path, steps, done)?;
    }
    steps.pop();
    done.push(directory);
    Ok(())
}

/// One path for a directory, however it is reached.
fn same(directory: &Path) -> PathBuf {
    files::canonicalize(directory).unwrap_or_else(|_| directory.to_owned())
}
