//! `cargo mik fetch`.

use clap::Args;

use super::{ManifestFlags, count, messages};
use crate::deps::{self, Update};
use crate::report::Reporter;

/// Fetch every component that the project depends on
///
/// Afterwards builds need no network. What `mik.lock` pins is what is fetched; what it does not have yet is added to it.
#[derive(Debug, Args)]
#[command(visible_alias = "sync", after_help = "Examples:\n  cargo mik fetch\n  cargo mik fetch --locked   # in CI")]
pub(in super::super) struct FetchArgs {
    #[command(flatten)]
    flags: ManifestFlags,
}

impl FetchArgs {
    pub(in super::super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let resolution = deps::resolve(&self.flags.load(reporter)?, Update::Nothing, reporter)?;
        reporter.status("Finished", format!("{} on this machine", count(resolution.dependencies.len())));
        messages(&resolution.dependencies, reporter)
    }
}
