//! `cargo mik invoke`: one request through the component, with no server.

mod data;
mod output;
mod witness;

use std::path::PathBuf;

use clap::Args;
use miette::Diagnostic;
use thiserror::Error;

use self::data::DataFlags;
pub(super) use self::output::milliseconds;
use self::output::{Form, Output};
pub(super) use self::witness::{Said, Witness};
use super::build_flags::BuildFlags;
use super::serve::RecordFlags;
use super::subject::Subject;
use crate::project::{self, ServeArguments};
use crate::report::{MessageFormat, Reporter};
use crate::serve::Local;

/// Send one request through the component, without a server
///
/// The project is built first, as `cargo mik build` does it. The request meets the host that `cargo mik serve` has: the same
/// limits, environment and rules for outbound requests. The answer's body goes to stdout as it is, everything else to stderr.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik invoke /\n  \
                        cargo mik invoke /orders -d item=tea -d count=2\n  \
                        cargo mik invoke /orders --data-json '{\"item\": \"tea\"}' | jq .\n  \
                        cargo mik invoke /upload -X PUT --data-binary @photo.jpg -H 'content-type: image/jpeg'\n  \
                        cargo mik invoke / --component app.wasm --message-format json\n\n\
                        Exit status: 0 answered; 108 the guest failed, or, with --fail, the status is 400 or more.")]
pub(super) struct InvokeArgs {
    /// The path with its query, such as `/orders?page=2`; or a URL, whose host goes into the header `host`
    #[arg(value_name = "PATH")]
    path: String,
    #[command(flatten)]
    data: DataFlags,
    /// Put status and headers before the body, on stdout
    #[arg(short, long)]
    include: bool,
    /// Write the body to a file instead of stdout, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// End with exit code 108 where the status is 400 or more, and leave the body out
    #[arg(short, long, conflicts_with = "fail_with_body")]
    fail: bool,
    /// The same with the body
    #[arg(long)]
    fail_with_body: bool,
    /// Ask this component instead of building the project
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    #[command(flatten)]
    recording: RecordFlags,
    #[command(flatten)]
    flags: BuildFlags,
}

impl InvokeArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { path, data, include, output, fail, fail_with_body, component, recording, flags } = self;
        let request = data.request(path)?;
        let arguments = ServeArguments { recording: recording.into(), ..ServeArguments::default() };
        let is_json = reporter.message_format() == MessageFormat::Json;
        // Standard output is the answer's: what a build has to say goes to people.
        let reporter = &reporter.at_level(project::log_level(reporter)).for_people();
        let subject = Subject::new(component, flags, &arguments, reporter)?;
        let witness = Witness::new(reporter, is_json);
        let local = Local::here(&subject.settings, witness.reporter())?;
        let compile = local.put(&subject.site, &subject.settings)?;

        let form = Form { include, file: output, leaves_out: fail, is_json };
        let mut output = Output::new(form, reporter);
        let answered = local.ask(&request, &mut |piece| output.take(piece));
        local.close();
        output.end(answered?, compile, &witness.said())?;
        match witness.has_failed() {
            true => Err(GuestFailed.into()),
            false => output.verdict(&request, fail || fail_with_body),
        }
    }
}

/// The guest failed, which has been said with where and why.
#[derive(Debug, Error, Diagnostic)]
#[error("the guest failed")]
#[diagnostic(code(mik::answer::guest_failed))]
pub(super) struct GuestFailed;
