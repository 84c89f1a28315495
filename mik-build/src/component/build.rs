//! What `cargo mik` says of a build.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::error::ComponentError;
use crate::program::Program;

/// A component as the program tells of it.
pub(super) struct Artifact {
    pub(super) name: String,
    pub(super) package: String,
    pub(super) path: PathBuf,
}

/// Runs a build to its end and gives what it has made. What is wrong goes to standard error, which cargo shows when the build script fails.
pub(super) fn run(program: &Program, command: &mut Command, directory: &Path) -> Result<Vec<Artifact>, ComponentError> {
    let failed = |source| ComponentError::io(&program.path, source);
    let mut build = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut made = Vec::new();
    if let Some(stdout) = build.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(failed)?;
            // Lines that are no messages come from build scripts that print where they should not.
            if let Ok(message) = serde_json::from_str::<Value>(&line) {
                show(&message);
                made.extend(artifact(&message));
            }
        }
    }
    let status = build.wait().map_err(failed)?;
    if status.success() { Ok(made) } else { Err(ComponentError::Failed { directory: directory.to_owned(), status }) }
}

/// Writes the compiler's diagnostics, and the program's own, as they were written for people.
#[allow(clippy::print_stderr, reason = "cargo shows it when the build script fails")]
fn show(message: &Value) {
    let rendered = match message["reason"].as_str() {
        Some("compiler-message") => &message["message"]["rendered"],
        Some("mik-diagnostic") => &message["rendered"],
        _ => return,
    };
    if let Some(rendered) = rendered.as_str() {
        eprintln!("{}", rendered.trim_end_matches('\n'));
    }
}

fn artifact(message: &Value) -> Option<Artifact> {
    let text = |name: &str| message[name].as_str().map(str::to_owned);
    (message["reason"] == "mik-artifact").then_some(())?;
    Some(Artifact { name: text("name")?, package: text("package")?, path: text("path")?.into() })
}
