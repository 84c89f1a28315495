//! Dependencies that are served beside a project's components: put where `mik run` looks for them, and taken away again.

use std::path::Path;

use super::StageError;
use super::compose::{CompositionError, declared};
use crate::plan::Component;
use crate::report::Reporter;
use crate::tools::{digest, files};

/// Makes a directory have these components and no other. What it has already is left as it is.
pub(super) fn place(directory: &Path, components: &[Component], reporter: &Reporter) -> Result<(), StageError> {
    // All are read before one is written: what is wrong with one leaves the others as they were.
    let mut wanted = Vec::new();
    for component in components {
        let path = directory.join(file_name(&component.name).map_err(|error| declared(error, components))?);
        let is_there = files::read(&path).is_ok_and(|bytes| digest::of(&bytes) == component.digest);
        let bytes = if is_there { None } else { Some(read(component)?) };
        wanted.push((path, bytes));
    }
    let fresh: Vec<(&Path, &[u8])> =
        wanted.iter().filter_map(|(path, bytes)| Some((path.as_path(), bytes.as_deref()?))).collect();
    for (path, _) in &fresh {
        reporter.detail("Placing", path.display().to_string());
    }
    files::write_together(&fresh)?;
    // One that can't be listed has nothing that could be served either.
    for entry in files::read_dir(directory).into_iter().flatten().flatten() {
        if !wanted.iter().any(|(path, _)| *path == entry.path()) {
            reporter.detail("Removing", entry.path().display().to_string());
            drop(files::remove_file(entry.path()));
        }
    }
    if wanted.is_empty() {
        drop(files::remove_dir(directory));
    }
    Ok(())
}

/// The bytes of a dependency, which have to be those that it is known by.
pub(super) fn read(Component { name, path, digest, .. }: &Component) -> Result<Vec<u8>, StageError> {
    let bytes = files::read(path).map_err(|source| StageError::Read { source })?;
    if digest::of(&bytes) != *digest {
        return Err(StageError::DependencyChanged { name: name.clone(), path: path.clone() });
    }
    Ok(bytes)
}

/// The file under which a dependency is served. Its name goes into URLs and paths as it is.
fn file_name(name: &str) -> Result<String, CompositionError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if name.is_empty() || name.starts_with('.') || !name.bytes().all(is_plain) {
        return Err(CompositionError::ServedName { name: name.to_owned() });
    }
    Ok(format!("{name}.wasm"))
}
