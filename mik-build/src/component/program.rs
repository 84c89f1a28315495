//! `cargo mik`: where it is, and what it says of a build.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::ComponentError;

/// The variable that names the program, where it is not found as cargo finds it.
const NAMED: &str = "CARGO_MIK";

/// The program.
pub(super) struct Program {
    pub(super) path: PathBuf,
}

/// A component as the program tells of it.
pub(super) struct Artifact {
    pub(super) name: String,
    pub(super) package: String,
    pub(super) path: PathBuf,
}

impl Program {
    /// Finds it where cargo looks for subcommands: among the programs that cargo has installed, and on `PATH`.
    pub(super) fn find() -> Result<Self, ComponentError> {
        if let Some(named) = env::var_os(NAMED).filter(|named| !named.is_empty()).map(PathBuf::from) {
            return match named.is_file() {
                true => Self::at(&named),
                false => Err(ComponentError::NoProgram { named: Some(named) }),
            };
        }
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        let on_path = env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
        let name = format!("cargo-mik{}", env::consts::EXE_SUFFIX);
        let directories = home.map(|home| home.join("bin")).into_iter().chain(on_path);
        let path = directories.map(|directory| directory.join(&name)).find(|path| path.is_file());
        Self::at(&path.ok_or(ComponentError::NoProgram { named: None })?)
    }

    /// Wherever it is started.
    fn at(path: &Path) -> Result<Self, ComponentError> {
        std::path::absolute(path).map(|path| Self { path }).map_err(|source| ComponentError::io(path, source))
    }

    /// The program as cargo starts it.
    #[allow(clippy::disallowed_methods, reason = "the one program that this crate starts")]
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.arg("mik");
        command
    }

    /// Runs a build to its end and gives what it has made. What is wrong goes to standard error, which cargo shows when the build script fails.
    pub(super) fn run(&self, command: &mut Command, directory: &Path) -> Result<Vec<Artifact>, ComponentError> {
        let failed = |source| ComponentError::io(&self.path, source);
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
        if status.success() {
            Ok(made)
        } else {
            Err(ComponentError::Failed { directory: directory.to_owned(), status })
        }
    }
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
