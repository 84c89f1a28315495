//! `cargo mik build`.

use clap::Args;

use super::build_flags::BuildFlags;
use crate::report::{Event, Reporter};
use crate::stages;

/// Compile, shrink and compose the project's handlers into WASI HTTP components
///
/// The components are written to `target/mik/<profile>/<name>.wasm`; beside each lies the handler before
/// composition, `<name>.handler.wasm`, and `<name>.d`, which says in the format of Make of which files it was made. What has not
/// changed is not made again.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik build                    # target/mik/debug/NAME.wasm\n  \
                        cargo mik build --release          # small\n  cargo mik build --workspace -r")]
pub(super) struct BuildArgs {
    #[command(flatten)]
    flags: BuildFlags,
}

impl BuildArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let (_, plan) = super::decide(&self.flags.into(), reporter)?;
        for artifact in stages::run(&plan, reporter)? {
            reporter.emit(Event::Artifact(artifact));
        }
        Ok(())
    }

    #[cfg(test)]
    pub(super) fn into_flags(self) -> BuildFlags {
        self.flags
    }
}
