//! What was typed: the commands, their flags, and which rooms each of them wires together.

mod build;
mod build_flags;
mod cache;
mod completions;
mod components;
mod compose;
mod config;
mod dependencies;
mod inspect;
mod invoke;
mod new;
mod openapi;
mod optimize;
mod plan;
mod publish;
mod pull;
mod rebuild;
mod replay;
mod run;
mod serve;
mod setup;
mod size;
mod subject;
mod symbolicate;
mod test;
#[cfg(test)]
mod tests;

use std::ffi::OsString;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::deps::registry::Reference;
use crate::plan::{self as plan_room, Plan};
use crate::project::{BuildArguments, CargoConfig, Project};
use crate::report::{ColorChoice, ExitCode, MessageFormat, Reporter, Shell, Verbosity};
use crate::stages;
use crate::stages::setup::Toolchain;
use crate::tools::cancel::Cancel;
use components::Projects;

/// Runs the program: the first of the arguments is its own name, as the system gives them.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> std::process::ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // Before clap: its flags are none of ours. A process of its own may hang or crash, as one on PATH may.
    #[cfg(feature = "binaryen")]
    if arguments.get(1).is_some_and(|first| first == crate::tools::binaryen::COMMAND) {
        return crate::tools::binaryen::main(arguments.get(1..).unwrap_or_default());
    }
    // What the user types to come here again: the usage lines say it.
    let is_subcommand = arguments.get(1).is_some_and(|first| first == "mik");
    let command = Cli::command().bin_name(if is_subcommand { "cargo mik" } else { "mik" });
    let matches = command.try_get_matches_from(without_subcommand(arguments));
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come this way too, with exit code 0. Nothing can be done for a closed terminal.
            drop(error.print());
            return std::process::ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let reporter = cli.global.reporter();
    if !matches!(cli.command, Command::Serve(_) | Command::Run(_)) {
        // Without it an interruption leaves temporary files behind, and nothing worse. Servers finish what has begun.
        drop(crate::tools::temporary::remove_when_interrupted());
    }
    match cli.command.run(&reporter) {
        Ok(()) => ExitCode::Done.into(),
        Err(report) => {
            say_failure(&report, &reporter);
            // Those of the tests are passed on: `cargo test` has its own.
            let of_tests = report.downcast_ref::<test::TestsFailed>().and_then(|failed| failed.code);
            of_tests.map_or_else(|| ExitCode::of(report.as_ref()).into(), std::process::ExitCode::from)
        }
    }
}

/// Says a failure, unless cargo has already said it, and gives whether it had to.
fn say_failure(report: &miette::Report, reporter: &Reporter) -> bool {
    let said = report.downcast_ref::<crate::stages::StageError>().is_some_and(|error| error.has_been_said())
        || report.is::<invoke::GuestFailed>()
        || report.is::<test::TestsFailed>();
    if !said {
        reporter.fail(report);
    }
    !said
}

/// A failure in short, as text.
fn text_of(report: &miette::Report) -> String {
    let causes: Vec<_> = report.chain().map(ToString::to_string).collect();
    let help = report.help().map(|help| format!("\n{help}")).unwrap_or_default();
    causes.join(": ") + &help
}

/// Cargo starts `cargo-mik mik …`; typed by hand it is `mik …`.
fn without_subcommand(arguments: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    arguments.into_iter().enumerate().filter(|(index, argument)| *index != 1 || argument != "mik").map(|(_, it)| it)
}

/// Build, shrink, compose and serve WASI HTTP components
#[derive(Debug, Parser)]
#[command(
    name = "mik",
    version,
    after_help = "Exit status: 0 done; 1 a bug, please report it; 2 command line; 96 project or set-up; 101 the build \
                  failed; 102 cargo metadata; 103 encode; 104 optimize; 105 compose; 106 dependency; 107 serve; \
                  108 a request failed, or was answered otherwise than before; 110 output could not be written.",
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: GlobalFlags,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(new::NewArgs),
    Init(new::InitArgs),
    #[command(visible_alias = "b")]
    Build(build::BuildArgs),
    Serve(serve::ServeArgs),
    Run(run::RunArgs),
    Invoke(invoke::InvokeArgs),
    Replay(replay::ReplayArgs),
    #[command(visible_alias = "t")]
    Test(test::TestArgs),
    Add(dependencies::AddArgs),
    Remove(dependencies::RemoveArgs),
    Update(dependencies::UpdateArgs),
    Fetch(dependencies::FetchArgs),
    Tree(dependencies::TreeArgs),
    Outdated(dependencies::OutdatedArgs),
    Vendor(dependencies::VendorArgs),
    Plan(plan::PlanArgs),
    Config(config::ConfigArgs),
    Compose(compose::ComposeArgs),
    Publish(publish::PublishArgs),
    Pull(pull::PullArgs),
    Optimize(optimize::OptimizeArgs),
    Size(size::SizeArgs),
    Symbolicate(symbolicate::SymbolicateArgs),
    Inspect(inspect::InspectArgs),
    #[command(name = "openapi")]
    OpenApi(openapi::OpenApiArgs),
    Setup(setup::SetupArgs),
    Cache(cache::CacheArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    fn run(self, reporter: &Reporter) -> miette::Result<()> {
        match self {
            Self::New(args) => args.run(reporter),
            Self::Init(args) => args.run(reporter),
            Self::Build(args) => args.run(reporter),
            Self::Serve(args) => args.run(reporter),
            Self::Run(args) => args.run(reporter),
            Self::Invoke(args) => args.run(reporter),
            Self::Replay(args) => args.run(reporter),
            Self::Test(args) => args.run(reporter),
            Self::Add(args) => args.run(reporter),
            Self::Remove(args) => args.run(reporter),
            Self::Update(args) => args.run(reporter),
            Self::Fetch(args) => args.run(reporter),
            Self::Tree(args) => args.run(reporter),
            Self::Outdated(args) => args.run(reporter),
            Self::Vendor(args) => args.run(reporter),
            Self::Plan(args) => args.run(reporter),
            Self::Config(args) => args.run(reporter),
            Self::Compose(args) => args.run(reporter),
            Self::Publish(args) => args.run(reporter),
            Self::Pull(args) => args.run(reporter),
            Self::Optimize(args) => args.run(reporter),
            Self::Size(args) => args.run(reporter),
            Self::Symbolicate(args) => args.run(reporter),
            Self::Inspect(args) => args.run(reporter),
            Self::OpenApi(args) => args.run(reporter),
            Self::Setup(args) => args.run(reporter),
            Self::Cache(args) => args.run(reporter),
            Self::Completions(args) => args.run(Cli::command(), reporter),
        }
    }
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct GlobalFlags {
    /// Say errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say what is fresh, and what is run
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// When to colour
    #[arg(long, global = true, value_name = "WHEN")]
    color: Option<Color>,
    /// Lines for people, or JSON for programs
    #[arg(long, global = true, value_name = "FMT", default_value = "human")]
    message_format: Format,
    /// Short for `--message-format json`
    #[arg(long, global = true, conflicts_with = "message_format")]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Human,
    Json,
}

impl GlobalFlags {
    fn reporter(&self) -> Reporter {
        let Self { quiet, verbose, color, message_format, json } = self;
        let verbosity = match (quiet, verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Verbose,
            (false, _) => Verbosity::VeryVerbose,
        };
        let message_format = match message_format {
            Format::Human if !json => MessageFormat::Human,
            Format::Human | Format::Json => MessageFormat::Json,
        };
        // Read here: to clap a variable counts as an argument, and then no arguments at all would not show the help.
        let variable = || Color::from_str(&std::env::var("CARGO_TERM_COLOR").ok()?, true).ok();
        let color = match color.or_else(variable) {
            None | Some(Color::Auto) => ColorChoice::Auto,
            Some(Color::Always) => ColorChoice::Always,
            Some(Color::Never) => ColorChoice::Never,
        };
        Reporter::new(Shell::new(verbosity, message_format, color))
    }
}

/// Finds out what the project is and decides what to do. What it depends on is built first.
fn decide(arguments: &BuildArguments, reporter: &Reporter) -> miette::Result<(Project, Plan)> {
    decide_with(arguments, Projects::Build(&Cancel::default()), reporter)
}

fn decide_with(
    arguments: &BuildArguments,
    projects: Projects<'_>,
    reporter: &Reporter,
) -> miette::Result<(Project, Plan)> {
    let (project, toolchain) = find_out(arguments, reporter)?;
    let components = components::find(&project, arguments, projects, reporter)?;
    let facts =
        stages::facts(&project, &toolchain, components.by_package, reporter)?.with_components_of(components.paths);
    let plan = plan_room::plan(&project, &facts);
    Ok((project, plan))
}

/// Finds out what the project is and what compiles it. The compiler is asked while cargo is: both take as long as starting a
/// process does.
fn find_out(arguments: &BuildArguments, reporter: &Reporter) -> miette::Result<(Project, Toolchain)> {
    std::thread::scope(|scope| {
        let toolchain = scope.spawn(|| Toolchain::read(&CargoConfig::read(&arguments.metadata_arguments)));
        let project = Project::load(arguments, reporter)?;
        let toolchain = toolchain.join().map_err(|_| miette::miette!("asking the compiler has panicked"))??;
        Ok((project, toolchain))
    })
}

/// Writes what was asked for to stdout. A reader that has seen enough and gone away is no error.
fn write_data(reporter: &Reporter, text: &str) -> miette::Result<()> {
    match reporter.data(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(crate::tools::files::OutputError { path: "stdout".into(), source: error }.into())
        }
        _ => Ok(()),
    }
}

/// Writes a digest to stdout: by itself, or as a message for programs.
fn write_digest(reporter: &Reporter, reason: &str, reference: &Reference, digest: &str) -> miette::Result<()> {
    let text = match reporter.message_format() {
        MessageFormat::Human => digest.to_owned(),
        MessageFormat::Json => {
            let reference = reference.to_string();
            serde_json::json!({ "reason": reason, "reference": reference, "digest": digest }).to_string()
        }
    };
    write_data(reporter, &(text + "\n"))
}
