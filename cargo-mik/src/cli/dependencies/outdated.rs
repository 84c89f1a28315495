//! `cargo mik outdated`.

use clap::Args;
use serde_json::json;

use super::{ManifestFlags, locked_json, message};
use crate::deps::{self, Outdated, version};
use crate::report::{MessageFormat, Reporter};

/// Print the dependencies whose sources have something else by now
///
/// Nothing is changed: `cargo mik update` takes it. A source that can't be asked is an error, after what the others have.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik outdated\n  cargo mik outdated --json | jq -r .name")]
pub(in super::super) struct OutdatedArgs {
    #[command(flatten)]
    flags: ManifestFlags,
}

impl OutdatedArgs {
    pub(in super::super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let (outdated, failed) = deps::outdated(&self.flags.load(reporter)?, reporter)?;
        for Outdated { locked, current } in &outdated {
            let about = json!({
                "name": current.name,
                "locked": locked.as_ref().map(locked_json),
                "current": locked_json(current),
            });
            message("mik-outdated", about, reporter)?;
        }
        if reporter.message_format() != MessageFormat::Json {
            if outdated.is_empty() && failed.is_empty() {
                reporter.status("Unchanged", "the sources have what is locked");
            }
            super::super::write_data(reporter, &outdated.iter().map(line).collect::<String>())?;
        }
        let mut failed = failed.into_iter();
        let first = failed.next();
        failed.for_each(|error| reporter.warn(error));
        first.map_or(Ok(()), |error| Err(error.into()))
    }
}

fn line(Outdated { locked, current }: &Outdated) -> String {
    let locked = locked.as_ref().map_or_else(|| "(not locked)".to_owned(), version);
    format!("{}  {locked} -> {}  {}\n", current.name, version(current), current.requested())
}
