//! `cargo mik replay`: requests that were recorded or written by hand, sent again, and what has become of their answers.

mod leaks;
mod outcome;
mod sender;

use std::path::PathBuf;

use clap::Args;
use miette::Diagnostic;
use thiserror::Error;

use self::outcome::{Outcome, Summary};
use self::sender::Sender;
use super::build_flags::BuildFlags;
use crate::project;
use crate::recording::{Entry, Ignored, Secrets, Variables, compare, read_all};
use crate::report::{Level, MessageFormat, Reporter};

/// Send recorded requests again, and show what differs
///
/// The requests are `.http` files, of `--record` or written by hand in the form that editors know: `###` between requests, a
/// request line, headers, an empty line, a body or `< ./file`. Answers are kept beside them and compared: status, headers, and
/// the body by what it is, JSON by value, text line by line. What differs goes to stdout.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik replay seen                  # builds, and asks the component in process\n  \
                        cargo mik replay seen --update         # the new answers are the ones to be\n  \
                        cargo mik replay seen --reuse          # does a request change what the next one gets?\n  \
                        cargo mik replay seen --url http://127.0.0.1:3000\n\n\
                        Exit status: 0 every answer is as it was; 108 one is not, or state leaks."
)]
pub(super) struct ReplayArgs {
    /// A directory of `.http` files, or one of them
    #[arg(value_name = "DIR")]
    path: PathBuf,
    /// Ask a server that runs instead
    #[arg(long, value_name = "URL", conflicts_with_all = ["component", "reuse"])]
    url: Option<String>,
    /// Ask this component instead of building the project
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// Send each to a fresh and to a used instance, and report state that leaks from one request to the next
    #[arg(long)]
    reuse: bool,
    /// Keep the answers of now in place of those that were kept
    #[arg(long, conflicts_with = "reuse")]
    update: bool,
    /// Keep the values of Set-Cookie, and of all headers that are called a token, key, secret or password as well
    #[arg(long, requires = "update")]
    record_secrets: bool,
    /// A header of answers that may be another each time
    #[arg(long = "ignore-header", value_name = "NAME")]
    ignored: Vec<String>,
    /// What `{{NAME}}` stands for in the requests
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, String)>,
    #[command(flatten)]
    flags: BuildFlags,
}

/// Answers that are not what they were.
#[derive(Debug, Error, Diagnostic)]
enum ReplayError {
    #[error("{differ} of {all} answers {} not what was kept", if *differ == 1 { "is" } else { "are" })]
    #[diagnostic(code(mik::answer::differs), help("`--update` keeps the answers of now"))]
    Differs { differ: usize, all: usize },
    #[error("state leaks: {leaks} of {all} requests {} answered otherwise by an instance that has been used", if *leaks == 1 { "is" } else { "are" })]
    #[diagnostic(
        code(mik::answer::leaks),
        help("keep nothing between requests in `static`s and `thread_local!`s, or leave `server.instance_reuse` at 1")
    )]
    Leaks { leaks: usize, all: usize },
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl ReplayArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { path, url, component, reuse, update, record_secrets, ignored, variables, flags } = self;
        // What is no request is known before a long build.
        let entries = read_all(&path, &Variables::given(variables))?;
        let ignored = Ignored::headers(ignored);
        let data = reporter;
        let people = &reporter.at_level(project::log_level(reporter)).for_people();
        // What guests log, and what is live, is of interest with `-v`.
        let quieter = people.at_level(Some(people.level().map_or(Level::Warn, |level| level.min(Level::Warn))));
        let mut sender = match url {
            Some(url) => Sender::there(&url)?,
            None => Sender::here(component, flags, people, &quieter)?,
        };
        let mut summary = Summary::new(data, people, data.message_format() == MessageFormat::Json);
        for entry in &entries {
            let outcome = outcome(&mut sender, entry, &ignored)?;
            if let (true, Some(answer)) = (update, outcome.answer()) {
                entry.update(answer, if record_secrets { Secrets::Kept } else { Secrets::LeftOut })?;
            }
            summary.add(entry, &outcome, update)?;
        }
        let leaks = if reuse { leaks::find(&mut sender, &entries, &ignored)? } else { Vec::new() };
        summary.leaks(&leaks, reuse)?;
        sender.close();
        summary.end(update)
    }
}

/// Sends one request, and compares its answer with the one that was kept.
fn outcome(sender: &mut Sender, entry: &Entry, ignored: &Ignored) -> miette::Result<Outcome> {
    if entry.request.is_cut {
        return Ok(Outcome::Skipped);
    }
    let (answer, answered) = sender.ask(&entry.request)?;
    Ok(match &entry.answer {
        None => Outcome::New { answer, answered },
        Some(kept) => {
            let differences = compare(kept, &answer, ignored);
            match differences.is_empty() {
                true => Outcome::Same { answered },
                false => Outcome::Differs { answer, answered, differences },
            }
        }
    })
}
