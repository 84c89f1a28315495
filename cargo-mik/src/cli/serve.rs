//! `cargo mik serve`.

use std::net::IpAddr;
use std::sync::Arc;

use clap::Args;

use super::build_flags::BuildFlags;
use crate::project::{BuildArguments, Project, ServeArguments, ServerSettings};
use crate::report::Reporter;
use crate::serve::{self, Module, Rebuild, Site, WatchSet};
use crate::{project, stages};

/// Build, serve, and rebuild on every save
///
/// A build that fails leaves the last good version serving.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik serve                 # http://127.0.0.1:3000/\n  \
                        cargo mik serve --port 0        # a free port; the line `Serving` tells which")]
pub(super) struct ServeArgs {
    #[command(flatten)]
    address: AddressFlags,
    #[command(flatten)]
    flags: BuildFlags,
}

/// Where to listen.
#[derive(Debug, Args)]
pub(super) struct AddressFlags {
    /// Port to listen on; 0 for a free one [default: 3000]
    #[arg(long, env = "PORT", hide_env_values = true)]
    port: Option<u16>,
    /// Address to listen on [default: 127.0.0.1]
    #[arg(long, env = "HOST", hide_env_values = true, value_parser = host)]
    host: Option<IpAddr>,
}

fn host(name: &str) -> Result<IpAddr, String> {
    match name {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        address => address.parse().map_err(|_| "not an IP address: write 127.0.0.1, 0.0.0.0 or ::1".to_owned()),
    }
}

impl From<AddressFlags> for ServeArguments {
    fn from(AddressFlags { port, host }: AddressFlags) -> Self {
        Self { port, host }
    }
}

impl ServeArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { address, flags } = self;
        let arguments = BuildArguments::from(flags);
        let project = Project::load(&arguments, reporter)?;
        let settings = ServerSettings::of_project(&project, &address.into(), reporter)?;
        let watch_set = watch_set(&project);
        let rebuild: Arc<Rebuild> = {
            let reporter = reporter.clone();
            Arc::new(move || rebuild(&arguments, &reporter))
        };
        serve::develop(&settings, watch_set, rebuild, reporter)?;
        Ok(())
    }
}

/// Builds the project as it is now. Its manifest is read again: it may be what has changed.
fn rebuild(arguments: &BuildArguments, reporter: &Reporter) -> miette::Result<(Site, WatchSet)> {
    let build = || -> miette::Result<_> {
        let (project, plan) = super::decide(arguments, reporter)?;
        let artifacts = stages::run(&plan, reporter)?;
        let modules: Vec<_> =
            artifacts.into_iter().map(|artifact| Module { name: artifact.name, path: artifact.path }).collect();
        let root = match modules.as_slice() {
            [only] => Some(only.name.clone()),
            _ => None,
        };
        Ok((Site { modules, root }, watch_set(&project)))
    };
    build().inspect_err(|report| super::say_failure(report, reporter))
}

fn watch_set(project: &Project) -> WatchSet {
    WatchSet { paths: project::source_directories(project), ignore: vec![project.target_directory.clone()] }
}
