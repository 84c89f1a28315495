//! `cargo mik serve`.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::build_flags::BuildFlags;
use crate::project::{BuildArguments, GuestSettings, Project, ServeArguments, ServerSettings, TlsFiles};
use crate::report::{Artifact, Reporter, Shell};
use crate::serve::{self, Build, Directory, Module, Rebuild, Site, WatchSet};
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

/// Where to listen, and what a server starts from.
#[derive(Debug, Args)]
pub(super) struct AddressFlags {
    /// Port to listen on; 0 for a free one [env: PORT] [default: 3000]
    #[arg(long)]
    port: Option<u16>,
    /// Address to listen on [env: HOST] [default: 127.0.0.1]
    #[arg(long, value_parser = host)]
    host: Option<IpAddr>,
    /// Compile every component; neither take compiled code from the cache nor put it there
    #[arg(long)]
    no_cache: bool,
    /// Serve HTTPS with this certificate chain (PEM); taken up again when the file changes
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

fn host(name: &str) -> Result<IpAddr, String> {
    project::host_address(name).ok_or_else(|| "not an IP address: write 127.0.0.1, 0.0.0.0 or ::1".to_owned())
}

impl From<AddressFlags> for ServeArguments {
    fn from(AddressFlags { port, host, no_cache, tls_cert, tls_key }: AddressFlags) -> Self {
        let tls = tls_cert.zip(tls_key).map(|(certificate, key)| TlsFiles { certificate, key });
        Self { port, host, no_cache, tls }
    }
}

impl ServeArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { address, flags } = self;
        let reporter = &reporter.at_level(project::log_level(reporter));
        let (arguments, address) = (BuildArguments::from(flags), ServeArguments::from(address));
        // What can't be served is known before a long build. Warnings are left to that: it reads everything again.
        let silent = Reporter::new(Shell::from_write(Box::new(io::sink()), Box::new(io::sink())));
        let project = Project::load(&arguments, &silent)?;
        let settings = ServerSettings::of_project(&project, &address, &silent)?;
        project.guests(&silent)?;
        let watch_set = watch_set(&project, &settings);
        let rebuild: Arc<Rebuild> = {
            let reporter = reporter.clone();
            Arc::new(move || rebuild(&arguments, &address, &reporter))
        };
        serve::develop(&settings, watch_set, rebuild, reporter)?;
        Ok(())
    }
}

/// Builds the project as it is now. Its manifest is read again: it may be what has changed.
fn rebuild(arguments: &BuildArguments, address: &ServeArguments, reporter: &Reporter) -> Build {
    let (project, plan) = match super::decide(arguments, reporter) {
        Ok(decided) => decided,
        Err(report) => {
            super::say_failure(&report, reporter);
            return Build { served: None, watch: None };
        }
    };
    let settings = ServerSettings::of_project(&project, address, reporter);
    // Where it can't be told what the server itself writes to, what was watched goes on being.
    let watch = settings.as_ref().ok().map(|settings| watch_set(&project, settings));
    let serve = || -> miette::Result<_> {
        let settings = settings?;
        let guests = project.guests(reporter)?;
        let artifacts = stages::run(&plan, reporter)?;
        let mut site = site(artifacts, &guests);
        site.directory = settings.modules.clone().map(|path| Directory { path, guest: shared(&project, &guests) });
        Ok((site, settings))
    };
    let served = serve().inspect_err(|report| super::say_failure(report, reporter)).ok();
    // Of a build that failed as well: what mends it may lie where the last one had nothing.
    Build { served, watch }
}

/// What was built as what to serve: each with what its own package is trusted with, and with nothing of the others'.
fn site(artifacts: Vec<Artifact>, guests: &BTreeMap<String, GuestSettings>) -> Site {
    let module = |artifact: Artifact| Module {
        guest: guests.get(&artifact.package).cloned().unwrap_or_default(),
        name: artifact.name,
        path: artifact.path,
    };
    let modules: Vec<_> = artifacts.into_iter().map(module).collect();
    let root = match modules.as_slice() {
        [only] => Some(only.name.clone()),
        _ => None,
    };
    Site { modules, root, directory: None }
}

/// What the modules beside the project are trusted with: what its first package is, which decides where they are.
fn shared(project: &Project, guests: &BTreeMap<String, GuestSettings>) -> GuestSettings {
    let first = project.packages.first().and_then(|package| guests.get(&package.name));
    first.cloned().unwrap_or_default()
}

/// What is worth building again for. The modules beside the project are not: they are taken up as they are.
fn watch_set(project: &Project, settings: &ServerSettings) -> WatchSet {
    WatchSet {
        paths: project.watched_paths(),
        ignore: std::iter::once(project.target_directory.clone()).chain(settings.no_sources()).collect(),
        written: vec![project.sources.lock()],
        ..WatchSet::default()
    }
}
