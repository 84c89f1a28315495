//! `cargo mik size`.

use std::path::PathBuf;

use clap::Args;

use super::build_flags::BuildFlags;
use crate::inspect::{Difference, OnePage, SizeReport};
use crate::report::{Artifact, MessageFormat, Reporter};
use crate::stages;
use crate::tools::files;

/// Show what a component is made of: core modules, sections, crates, functions
///
/// Without a file the project is built, in release where nothing else is said, and how large it was before and after each pass is
/// shown as well. Names are those of the file, or of `<name>.debug.wasm` beside it, which a build leaves there.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik size\n  cargo mik size -p shop --top 50\n  cargo mik size ../cart\n  cargo mik size --html\n  cargo mik size --why panic_fmt\n  \
                  cargo mik size app.wasm --diff old.wasm\n  cargo mik size app.wasm --json | jq '.crates'"
)]
pub(super) struct SizeArgs {
    /// A component or a core module, in place of the project's; or the directory of another project
    #[arg(value_name = "PATH", value_parser = component, conflicts_with = "manifest_path")]
    file: Option<PathBuf>,
    /// Show what has changed since this one
    #[arg(long, value_name = "OTHER")]
    diff: Option<PathBuf>,
    /// Write a page with a treemap instead, to FILE or beside the component
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    html: Option<Option<PathBuf>>,
    /// Show why functions are there: the shortest way from an export, who calls them, and what would go with them
    #[arg(long, value_name = "FUNCTION", conflicts_with_all = ["diff", "html"])]
    why: Option<String>,
    /// How many lines each list has at most
    #[arg(long, value_name = "N", default_value_t = 15)]
    top: usize,
    #[command(flatten)]
    flags: BuildFlags,
}

/// A page's name is not that of a component: whoever types it means the file to write.
fn component(path: &str) -> Result<PathBuf, String> {
    let is_page = [".html", ".htm"].iter().any(|end| path.ends_with(end));
    if is_page { Err(format!("this is where to write a page: `--html={path}`")) } else { Ok(path.into()) }
}

impl SizeArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { file, diff, html, why, top, flags } = self;
        let (file, flags) = flags.or_file(file)?;
        let before = diff.map(|other| SizeReport::of_file(&other, top)).transpose()?;
        let reports = match file {
            Some(file) => vec![(SizeReport::of_file(&file, top)?, file)],
            None => build(flags, top, reporter)?,
        };
        match (html, why) {
            (Some(output), _) => write_pages(&reports, before.as_ref(), output, reporter),
            (None, Some(function)) => reports.iter().try_for_each(|(report, _)| say_why(report, &function, reporter)),
            (None, None) => reports.iter().try_for_each(|(report, _)| say(report, before.as_ref(), reporter)),
        }
    }
}

/// Builds the project, and gives what it made.
fn build(flags: BuildFlags, top: usize, reporter: &Reporter) -> miette::Result<Vec<(SizeReport, PathBuf)>> {
    let (_, plan) = super::decide(&flags.or_release().into(), reporter)?;
    let artifacts = stages::run(&plan.from_scratch(), reporter)?;
    let report = |artifact: Artifact| {
        let path = artifact.path.clone();
        Ok((SizeReport::of_artifact(artifact, top)?, path))
    };
    artifacts.into_iter().map(report).collect()
}

fn say(report: &SizeReport, before: Option<&SizeReport>, reporter: &Reporter) -> miette::Result<()> {
    let is_json = reporter.message_format() == MessageFormat::Json;
    let text = match (before, is_json) {
        (None, false) => report.to_string(),
        (None, true) => report.to_json(),
        (Some(before), false) => Difference::of(before, report).to_string(),
        (Some(before), true) => Difference::of(before, report).to_json(),
    };
    super::write_data(reporter, &text)
}

fn say_why(report: &SizeReport, function: &str, reporter: &Reporter) -> miette::Result<()> {
    let why = report.why(function)?;
    let is_json = reporter.message_format() == MessageFormat::Json;
    super::write_data(reporter, &if is_json { why.to_json() } else { why.to_string() })
}

/// Writes a page for each component: where it was said, or beside it.
fn write_pages(
    reports: &[(SizeReport, PathBuf)],
    before: Option<&SizeReport>,
    output: Option<PathBuf>,
    reporter: &Reporter,
) -> miette::Result<()> {
    if output.is_some() && reports.len() > 1 {
        return Err(OnePage { names: reports.iter().map(|(report, _)| report.name().to_owned()).collect() }.into());
    }
    for (report, component) in reports {
        let page = output.clone().unwrap_or_else(|| component.with_extension("size.html"));
        let difference = before.map(|before| Difference::of(before, report));
        files::write(&page, report.to_html(difference.as_ref()).as_bytes())?;
        reporter.status("Wrote", page.display().to_string());
    }
    Ok(())
}
