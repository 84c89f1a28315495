//! `mik run`.

use std::path::PathBuf;

use clap::Args;

use super::serve::AddressFlags;
use crate::project::{self, Production, RunArguments};
use crate::report::Reporter;
use crate::serve::{self, Site};

/// Serve what is already built
///
/// A file is served at / and at /run/<name>/. Of a directory, each <name>.wasm is served at /run/<name>/. Of a project, a
/// directory with a Cargo.toml or a mik.toml, its configuration says what is served: its own component at / if it is
/// built, and the components of `server.modules`.
///
/// Files that come, change or go while the server runs are taken up; MIK_HOT_RELOAD=0 switches that off. Needs no cargo.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mik run                                     # the project in the current directory\n  \
                        mik run target/mik/release/hello.wasm\n  \
                        mik run components/ --port 0 --host 0.0.0.0"
)]
pub(super) struct RunArgs {
    /// A component, a directory of components, or a project [default: the project in the current directory]
    path: Option<PathBuf>,
    /// Directory of components, each at /run/<name>/; in place of `server.modules`
    #[arg(long, value_name = "DIR")]
    modules: Option<PathBuf>,
    #[command(flatten)]
    address: AddressFlags,
}

impl RunArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { path, modules, address } = self;
        let reporter = &reporter.at_level(project::log_level(reporter));
        let arguments = RunArguments { path, modules, address: address.into() };
        let Production { component, server, guest } = Production::find(&arguments, reporter)?;
        let site = Site::built(component, server.modules.clone(), &guest);
        serve::run(&site, &server, reporter)?;
        Ok(())
    }
}
