//! Where things are in the checkout, and the files in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use fs_err as fs;

use crate::Outcome;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// All files under `directory` that end in `suffix`, sorted, relative to the root and with forward slashes.
pub(crate) fn files_under(directory: &str, suffix: &str) -> Outcome<Vec<String>> {
    let mut files = Vec::new();
    let mut pending = vec![directory.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(root().join(&directory))? {
            let entry = entry?;
            let path = format!("{directory}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                pending.push(path);
            } else if path.ends_with(suffix) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// All files that are in the repository or would be after `git add`, sorted, relative to the root.
pub(crate) fn tracked() -> Outcome<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map_err(|error| format!("`git ls-files` could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("`git ls-files`: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    let mut files: Vec<String> = String::from_utf8(output.stdout)?
        .split_terminator('\0')
        .filter(|path| root().join(path).is_file())
        .map(str::to_owned)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}
