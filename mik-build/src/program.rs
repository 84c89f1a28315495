//! The command line, as a build script starts it.

use std::process::Command;

use crate::BuildError;

/// Where `cargo mik` says that it is to what it starts. What it starts uses the same one then.
pub const VARIABLE: &str = "CARGO_MIK";

/// `cargo mik` with a subcommand.
pub(crate) fn cargo_mik(subcommand: &str) -> Command {
    let program = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
    let mut command = Command::new(program.unwrap_or_else(|| "cargo-mik".into()));
    command.arg(subcommand);
    command
}

/// What to say of a program that could not be started.
pub(crate) fn not_started(error: std::io::Error) -> BuildError {
    let is_missing = error.kind() == std::io::ErrorKind::NotFound;
    let error = BuildError::new("`cargo mik` can't be started").because(error);
    if is_missing { error.help("install it: `cargo install cargo-mik`") } else { error }
}
