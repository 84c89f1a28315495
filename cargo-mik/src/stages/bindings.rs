//! `src/bindings.rs` of a project of cargo-component's: where the code has `mod bindings;`, it is made before cargo needs it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::project::{BINDINGS, Project};
use crate::report::Reporter;
use crate::stages::StageError;
use crate::tools::files;

/// What the files begin with that are ours to write again.
const OURS: &str = "// Made by `cargo mik` from `[package.metadata.component]`: what is changed here is lost.\n";

/// Makes the bindings of every package that needs them, and tells of which files they are made: with other contents they may be others. A
/// file that somebody else has made stays as it is.
///
/// # Errors
/// They can't be made, or not written.
pub fn make_bindings(project: &Project, reporter: &Reporter) -> Result<BTreeSet<PathBuf>, StageError> {
    let mut paths = BTreeSet::new();
    for package in &project.packages {
        let directory = package.manifest_path.parent().unwrap_or(Path::new("."));
        let path = directory.join(BINDINGS);
        if !package.is_of_cargo_component() || !wants_bindings(directory) {
            continue;
        }
        let before = files::read_to_string(&path).ok();
        if before.as_ref().is_some_and(|before| !before.starts_with(OURS)) {
            continue;
        }
        let wrong = |source: mik_build::BuildError| {
            let help = source.advice().map(str::to_owned);
            StageError::Bindings { package: package.name.clone(), source, help }
        };
        let (bindings, made_of) = mik_build::component_bindings(directory).map_err(wrong)?;
        paths.extend(made_of);
        let text = format!("{OURS}{bindings}");
        if before.as_ref() != Some(&text) {
            reporter.status("Binding", format!("{} ({})", package.name, path.display()));
            files::write(&path, text.as_bytes())?;
        }
    }
    Ok(paths)
}

/// Whether the code of a package includes them.
fn wants_bindings(directory: &Path) -> bool {
    let is_module = |line: &str| {
        let line = line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        line.split("//").next().unwrap_or_default().trim() == "mod bindings;"
    };
    ["src/lib.rs", "src/main.rs"]
        .iter()
        .any(|file| files::read_to_string(directory.join(file)).is_ok_and(|source| source.lines().any(is_module)))
}
