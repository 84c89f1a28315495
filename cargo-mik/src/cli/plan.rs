//! `cargo mik plan`.

use clap::Args;

use super::build_flags::BuildFlags;
use super::components::Projects;
use crate::report::{MessageFormat, Reporter};

/// Print what `cargo mik build` would do, and do nothing
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik plan --release\n  cargo mik plan --message-format json | jq '.steps[].step'"
)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    flags: BuildFlags,
}

impl PlanArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let (_, plan) = super::decide_with(&self.flags.into(), Projects::AsTheyAre, reporter)?;
        let text = match reporter.message_format() {
            MessageFormat::Human => plan.to_string(),
            MessageFormat::Json => plan.to_json(),
        };
        super::write_data(reporter, &text)
    }
}
