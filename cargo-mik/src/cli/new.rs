//! `cargo mik new` and `cargo mik init`.

use std::path::PathBuf;

use clap::Args;

use crate::report::Reporter;
use crate::scaffold::{self, Scaffold};

/// Start a handler project in a new directory
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik new hello && cd hello && cargo mik serve")]
pub(super) struct NewArgs {
    /// The directory to make
    path: PathBuf,
    /// The package's name, where it is not the directory's
    #[arg(long)]
    name: Option<String>,
}

/// Start a handler project in a directory that is there
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The directory
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The package's name, where it is not the directory's
    #[arg(long)]
    name: Option<String>,
}

impl NewArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { path, name } = self;
        let shown = path.display().to_string();
        let name = scaffold::write(&Scaffold { directory: path, name, into_existing: false }, reporter)?;
        reporter.status("Created", format!("handler `{name}`: cd {shown} && cargo mik serve"));
        Ok(())
    }
}

impl InitArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { path, name } = self;
        let name = scaffold::write(&Scaffold { directory: path, name, into_existing: true }, reporter)?;
        reporter.status("Created", format!("handler `{name}`: cargo mik serve"));
        Ok(())
    }
}
