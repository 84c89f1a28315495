//! The project's own tests: `cargo test`, told where the component is and where it is served.

use std::process::Command;

use super::StageError;
use crate::report::{Reporter, Verbosity};
use crate::tools::process;

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestRun {
    /// `test`, or another command that runs tests, with its arguments.
    pub arguments: Vec<String>,
    /// Variables for the tests.
    pub environment: Vec<(String, String)>,
}

/// Runs tests to their end, on this terminal; gives the exit code, and nothing where a signal has ended them.
///
/// # Errors
/// Cargo can't be started.
pub fn test(run: &TestRun, reporter: &Reporter) -> Result<Option<i32>, StageError> {
    let mut command = command(run, reporter);
    let status = command.status().map_err(|source| StageError::CargoStart { source })?;
    Ok(status.code())
}

fn command(TestRun { arguments, environment }: &TestRun, reporter: &Reporter) -> Command {
    let mut command = process::cargo();
    // Those after `--` are the tests' own.
    let own = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let (of_cargo, of_tests) = arguments.split_at(own);
    command.args(of_cargo);
    match reporter.verbosity() {
        Verbosity::Quiet => drop(command.arg("--quiet")),
        Verbosity::Normal => {}
        Verbosity::Verbose => drop(command.arg("--verbose")),
        Verbosity::VeryVerbose => drop(command.arg("-vv")),
    }
    command.args(["--color", if reporter.color() { "always" } else { "never" }]);
    command.args(of_tests).envs(environment.iter().map(|(name, value)| (name, value)));
    command
}
