//! `cargo mik test`: the project's own tests, with the component built and served for them.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use miette::Diagnostic;
use thiserror::Error;

use super::build_flags::BuildFlags;
use super::subject::Subject;
use crate::project::{self, BuildArguments, ServeArguments};
use crate::report::{Artifact, Event, Level, Reporter, Verbosity};
use crate::serve;
use crate::stages::{self, TestRun};

/// The most lines of guests that are kept for when a test fails.
const LINES_MOST: usize = 500;

/// Build the component, serve it, and run the project's tests
///
/// The tests are those of `cargo test`, compiled for this machine. Their environment says where the component is and where it is
/// served: MIK_COMPONENT is the path of the component, MIK_URL the address of a server that runs as long as they do. Where several
/// components are built, there are MIK_COMPONENT_<NAME> and MIK_URL_<NAME> for each, in capitals with `_` for `-`. With the crate
/// mik-test a test asks the component in its own process, and answers the requests that it sends.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik test\n  cargo mik test orders -- --nocapture\n  \
                        cargo mik test --test api --release\n\n\
                        Exit status: that of cargo test (101 where a test fails); before that, those of a build.")]
pub(super) struct TestArgs {
    /// Run only the tests that have this in their names
    #[arg(value_name = "TESTNAME")]
    name: Option<String>,
    /// Run only these test targets
    #[arg(long, value_name = "NAME", help_heading = "Target Selection")]
    test: Vec<String>,
    /// Run only the test targets in tests/
    #[arg(long, help_heading = "Target Selection")]
    tests: bool,
    /// Run all tests, whatever fails
    #[arg(long)]
    no_fail_fast: bool,
    /// What runs the tests
    #[arg(long, value_enum, default_value = "cargo")]
    runner: Runner,
    /// Arguments for the tests themselves
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
    #[command(flatten)]
    flags: BuildFlags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Runner {
    /// `cargo test`
    Cargo,
    /// `cargo nextest run`
    Nextest,
}

/// The tests failed, which they have said.
#[derive(Debug, Error, Diagnostic)]
#[error("the tests failed")]
#[diagnostic(code(mik::build::tests))]
pub(super) struct TestsFailed {
    /// The exit code of what ran them; none, where a signal ended it.
    pub(super) code: Option<u8>,
}

impl TestArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { name, test, tests, no_fail_fast, runner, arguments, flags } = self;
        let reporter = &reporter.at_level(project::log_level(reporter));
        let build = BuildArguments::from(flags.clone());
        let address =
            ServeArguments { port: Some(0), host: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), ..ServeArguments::default() };
        let subject = Subject::new(None, flags, &address, reporter)?;

        let targets = Targets { name, test, tests, no_fail_fast, arguments };
        let listener = Listener::new(reporter);
        let code = serve::during(&subject.site, &subject.settings, &listener.reporter, |url| {
            let environment = environment(&subject.artifacts, url);
            for (name, value) in &environment {
                reporter.detail("Setting", format!("{name}={value}"));
            }
            stages::test(&TestRun { arguments: command(runner, &build, targets), environment }, reporter)
        })??;
        if code == Some(0) {
            return Ok(());
        }
        listener.tell(reporter);
        Err(TestsFailed { code: code.and_then(|code| u8::try_from(code).ok()) }.into())
    }
}

/// Which tests are run, and how.
struct Targets {
    name: Option<String>,
    test: Vec<String>,
    tests: bool,
    no_fail_fast: bool,
    arguments: Vec<String>,
}

/// The command line that runs the tests: the packages, features and profile are those of the component.
fn command(runner: Runner, build: &BuildArguments, targets: Targets) -> Vec<String> {
    let Targets { name, test, tests, no_fail_fast, arguments } = targets;
    let mut words: Vec<String> = match runner {
        Runner::Cargo => vec!["test".to_owned()],
        Runner::Nextest => vec!["nextest".to_owned(), "run".to_owned()],
    };
    let mut flag = |name: &str, value: &str| words.extend([name.to_owned(), value.to_owned()]);
    if let Some(path) = &build.manifest_path {
        flag("--manifest-path", &path.to_string_lossy());
    }
    if let Some(path) = &build.target_directory {
        flag("--target-dir", &path.to_string_lossy());
    }
    build.packages.iter().for_each(|package| flag("--package", package));
    build.exclude.iter().for_each(|package| flag("--exclude", package));
    if build.profile != "dev" {
        // nextest has profiles of its own.
        flag(if runner == Runner::Cargo { "--profile" } else { "--cargo-profile" }, &build.profile);
    }
    test.iter().for_each(|target| flag("--test", target));
    let mut switch = |name: &str, is_on: bool| words.extend(is_on.then(|| name.to_owned()));
    switch("--workspace", build.workspace);
    switch("--tests", tests);
    // What cargo calls so is for builds alone.
    switch("--no-fail-fast", no_fail_fast || build.pass_through.iter().any(|typed| typed == "--keep-going"));
    words.extend(build.pass_through.iter().filter(|typed| *typed != "--keep-going").cloned());
    words.extend(name);
    if !arguments.is_empty() {
        words.push("--".to_owned());
        words.extend(arguments);
    }
    words
}

/// What the tests are told.
fn environment(artifacts: &[Artifact], url: &str) -> Vec<(String, String)> {
    let path = |artifact: &Artifact| {
        let path = std::path::absolute(&artifact.path).unwrap_or_else(|_| artifact.path.clone());
        path.to_string_lossy().into_owned()
    };
    let mut environment = Vec::new();
    if let [only] = artifacts {
        environment.push(("MIK_COMPONENT".to_owned(), path(only)));
    }
    environment.push(("MIK_URL".to_owned(), url.to_owned()));
    for artifact in artifacts {
        let name = artifact.name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        environment.push((format!("MIK_COMPONENT_{name}"), path(artifact)));
        environment.push((format!("MIK_URL_{name}"), format!("{url}run/{}/", artifact.name)));
    }
    environment
}

/// What guests say meanwhile: with `-v` at once, and otherwise when a test has failed.
struct Listener {
    reporter: Reporter,
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl Listener {
    fn new(reporter: &Reporter) -> Self {
        let lines = Arc::<Mutex<VecDeque<String>>>::default();
        if reporter.verbosity() >= Verbosity::Verbose {
            return Self { reporter: reporter.clone(), lines };
        }
        let kept = lines.clone();
        let hears = move |event: &Event| {
            let Event::Guest { module, request, line, .. } = event else { return };
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == LINES_MOST {
                kept.pop_front();
            }
            kept.push_back(format!("{module} {} | {line}", request.as_deref().unwrap_or("start")));
        };
        Self { reporter: reporter.at_level(Some(Level::Warn)).also(hears), lines }
    }

    fn tell(&self, reporter: &Reporter) {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if !lines.is_empty() {
            reporter.status("Logged", "by the component meanwhile:");
        }
        lines.iter().for_each(|line| reporter.show_line(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_are_those_of_what_is_built() {
        let build = BuildArguments {
            packages: vec!["a".to_owned()],
            profile: "release".to_owned(),
            pass_through: ["--locked", "--features", "x", "--keep-going"].map(str::to_owned).to_vec(),
            ..BuildArguments::default()
        };
        let targets = || Targets {
            name: Some("orders".to_owned()),
            test: vec!["api".to_owned()],
            tests: false,
            no_fail_fast: false,
            arguments: vec!["--nocapture".to_owned()],
        };
        let cargo =
            "test --package a --profile release --test api --no-fail-fast --locked --features x orders -- --nocapture";
        assert_eq!(command(Runner::Cargo, &build, targets()).join(" "), cargo);
        let nextest = "nextest run --package a --cargo-profile release --test api --no-fail-fast --locked --features x orders -- --nocapture";
        assert_eq!(command(Runner::Nextest, &build, targets()).join(" "), nextest);
    }
}
