//! `cargo mik size`.

use std::path::PathBuf;

use clap::Args;

use super::build_flags::BuildFlags;
use crate::inspect::{Difference, SizeReport};
use crate::report::{MessageFormat, Reporter};
use crate::stages;

/// Show what a component is made of: core modules, sections, crates, functions
///
/// Without a file the project is built, in release where nothing else is said, and what each pass has saved is shown as well.
/// Names are those of the file, or of `<name>.debug.wasm` beside it, which a build leaves there.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik size\n  cargo mik size -p shop --top 50\n  cargo mik size ../cart\n  cargo mik size app.wasm --diff old.wasm\n  \
                  cargo mik size app.wasm --json | jq '.crates'"
)]
pub(super) struct SizeArgs {
    /// A component or a core module, in place of the project's; or the directory of another project
    #[arg(value_name = "PATH", conflicts_with_all = ["package", "workspace", "release", "profile", "target", "manifest_path"])]
    file: Option<PathBuf>,
    /// Show what has changed since this one
    #[arg(long, value_name = "OTHER")]
    diff: Option<PathBuf>,
    /// How many lines each list has at most
    #[arg(long, value_name = "N", default_value_t = 15)]
    top: usize,
    #[command(flatten)]
    flags: BuildFlags,
}

impl SizeArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { file, diff, top, flags } = self;
        let (file, flags) = match file {
            Some(directory) if directory.is_dir() => (None, flags.of_directory(&directory)),
            file => (file, flags),
        };
        let reports = match file {
            Some(file) => vec![SizeReport::of_file(&file, top)?],
            None => {
                let (_, plan) = super::decide(&flags.or_release().into(), reporter)?;
                let artifacts = stages::run(&plan.from_scratch(), reporter)?;
                artifacts.into_iter().map(|it| SizeReport::of_artifact(it, top)).collect::<Result<_, _>>()?
            }
        };
        let before = diff.map(|other| SizeReport::of_file(&other, top)).transpose()?;
        for report in reports {
            let is_json = reporter.message_format() == MessageFormat::Json;
            let text = match (&before, is_json) {
                (None, false) => report.to_string(),
                (None, true) => report.to_json(),
                (Some(before), false) => Difference::of(before, &report).to_string(),
                (Some(before), true) => Difference::of(before, &report).to_json(),
            };
            super::write_data(reporter, &text)?;
        }
        Ok(())
    }
}
