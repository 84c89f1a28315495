//! `cargo mik inspect`.

use std::path::PathBuf;

use clap::Args;

use super::build_flags::BuildFlags;
use crate::inspect::Inspection;
use crate::report::{MessageFormat, Reporter};
use crate::stages;

/// Tell what a component is: its interface, what it can do and may do, what it is made of and where it comes from
///
/// Without a file the project is built, in release where nothing else is said. Any component, core module, object file or WIT
/// package in binary form can be looked at; nothing in it is run.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik inspect\n  cargo mik inspect -p shop\n  cargo mik inspect app.wasm --wit > app.wit\n  \
                        cargo mik inspect app.wasm --json | jq -r '.imports[].name'\n\n\
                        Exit status: 0 done; 103 it has no WIT, with --wit; 104 it is no valid WebAssembly."
)]
pub(super) struct InspectArgs {
    /// A file, in place of the project's component; or the directory of another project
    #[arg(value_name = "PATH", conflicts_with = "manifest_path")]
    file: Option<PathBuf>,
    /// Print its interface as WIT, and nothing else
    #[arg(long, conflicts_with = "json")]
    wit: bool,
    #[command(flatten)]
    flags: BuildFlags,
}

impl InspectArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { file, wit, flags } = self;
        let (file, flags) = flags.or_file(file)?;
        let files = match file {
            Some(file) => vec![file],
            None => {
                let (_, plan) = super::decide(&flags.or_release().into(), reporter)?;
                stages::run(&plan, reporter)?.into_iter().map(|artifact| artifact.path).collect()
            }
        };
        for file in files {
            let inspection = Inspection::of_file(&file)?;
            let text = match (wit, reporter.message_format()) {
                (true, _) => inspection.wit()?.to_owned(),
                (false, MessageFormat::Json) => inspection.to_json(),
                (false, MessageFormat::Human) => inspection.to_string(),
            };
            super::write_data(reporter, &text)?;
        }
        Ok(())
    }
}
