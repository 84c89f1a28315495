//! `cargo mik vendor`.

use clap::Args;
use serde_json::json;

use super::{ManifestFlags, count, message};
use crate::deps::{self, Update};
use crate::report::Reporter;

/// Put every dependency into `mik-vendor`, beside `mik.lock`
///
/// Builds look there first: with it in version control they need neither network nor cache. What nobody depends on any more goes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik vendor")]
pub(in super::super) struct VendorArgs {
    #[command(flatten)]
    flags: ManifestFlags,
}

impl VendorArgs {
    pub(in super::super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let dependents = self.flags.load(reporter)?;
        let resolution = deps::resolve(&dependents, Update::Nothing, reporter)?;
        let (directory, number) = deps::vendor(&dependents.root, &resolution.dependencies)?;
        reporter.status("Vendored", format!("{} in {}", count(number), super::shown(&directory)));
        message("mik-vendored", json!({ "directory": directory, "entries": number }), reporter)
    }
}
