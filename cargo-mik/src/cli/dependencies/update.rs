//! `cargo mik update`.

use clap::Args;

use super::{ManifestFlags, messages};
use crate::deps::{self, Update};
use crate::report::Reporter;

/// Take what the sources have now, and pin that
///
/// Tags and branches that lead elsewhere by now, and files that are others, are picked up here and nowhere else.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik update\n  cargo mik update router")]
pub(in super::super) struct UpdateArgs {
    /// Only these, by name
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    flags: ManifestFlags,
}

impl UpdateArgs {
    pub(in super::super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { names, flags } = self;
        let update = if names.is_empty() { Update::All } else { Update::Named(&names) };
        let resolution = deps::resolve(&flags.load(reporter)?, update, reporter)?;
        if !resolution.changed {
            reporter.status("Unchanged", "the sources have what is locked");
        }
        messages(&resolution.dependencies, reporter)
    }
}
