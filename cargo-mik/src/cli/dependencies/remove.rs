//! `cargo mik remove`.

use clap::Args;
use serde_json::json;

use super::{ManifestFlags, message};
use crate::deps;
use crate::report::Reporter;

/// Remove components that the project depends on
#[derive(Debug, Args)]
#[command(
    visible_alias = "rm",
    after_help = "Examples:\n  cargo mik remove router\n  cargo mik remove user/router utils"
)]
pub(in super::super) struct RemoveArgs {
    /// Their names, or keys in the configuration
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    flags: ManifestFlags,
}

impl RemoveArgs {
    pub(in super::super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { names, flags } = self;
        let removed = deps::remove(&flags.load(reporter)?, &names, reporter)?;
        for name in &names {
            reporter.status("Removed", format!("{name} from {}", super::shown(&removed.file)));
            message("mik-dependency-removed", json!({ "file": removed.file, "name": name }), reporter)?;
        }
        Ok(())
    }
}
