//! `cargo mik serve`.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::build_flags::BuildFlags;
use super::rebuild::Builds;
use crate::project::{
    self, BuildArguments, DashboardAccess, Project, Recording, ServeArguments, ServerSettings, TlsFiles,
};
use crate::report::{Reporter, Shell};
use crate::serve;

/// Build, serve, and rebuild on every save
///
/// A build that fails leaves the last good version serving.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cargo mik serve                 # http://127.0.0.1:3000/\n  \
                        cargo mik serve --port 0        # a free port; the line `Serving` tells which\n  \
                        cargo mik serve --hold          # a request during a build waits for it\n  \
                        cargo mik serve --record seen   # `cargo mik replay seen` sends it all again")]
pub(super) struct ServeArgs {
    #[command(flatten)]
    address: AddressFlags,
    /// Have requests wait for the build that runs, so long at most, instead of being answered by the version before [default: 10]
    #[arg(
        long,
        value_name = "SECONDS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "10",
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    hold: Option<u64>,
    /// Open the browser once the first version is live
    #[arg(long)]
    open: bool,
    /// Show failed builds in the terminal alone, not over the pages of the handler
    #[arg(long)]
    no_overlay: bool,
    #[command(flatten)]
    recording: RecordFlags,
    #[command(flatten)]
    flags: BuildFlags,
}

/// Where requests are recorded.
#[derive(Debug, Args)]
pub(super) struct RecordFlags {
    /// Keep each request and its answer as `.http` files, up to 1 MiB of a body; `cargo mik replay DIR` sends them again
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Keep the values of Authorization, Cookie, and of all headers that are called a token, key, secret or password as well
    #[arg(long, requires = "record")]
    record_secrets: bool,
}

impl From<RecordFlags> for Option<Recording> {
    fn from(RecordFlags { record, record_secrets }: RecordFlags) -> Self {
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        record.map(|directory| Recording { directory: absolute(directory), with_secrets: record_secrets })
    }
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
    /// Show requests, their logs and times at /_mik/: to clients on this machine (`local`), to all who can reach the server
    /// (`remote`), or not at all (`off`) [default: local with `cargo mik serve`, off with `mik run`]
    #[arg(long, value_name = "WHO", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "local")]
    dashboard: Option<WhoMayLook>,
}

/// Who may look at the dashboard.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum WhoMayLook {
    Off,
    Local,
    Remote,
}

impl From<WhoMayLook> for DashboardAccess {
    fn from(who: WhoMayLook) -> Self {
        match who {
            WhoMayLook::Off => Self::Off,
            WhoMayLook::Local => Self::Local,
            WhoMayLook::Remote => Self::Remote,
        }
    }
}

fn host(name: &str) -> Result<IpAddr, String> {
    project::host_address(name).ok_or_else(|| "not an IP address: write 127.0.0.1, 0.0.0.0 or ::1".to_owned())
}

impl From<AddressFlags> for ServeArguments {
    fn from(AddressFlags { port, host, no_cache, tls_cert, tls_key, dashboard }: AddressFlags) -> Self {
        let tls = tls_cert.zip(tls_key).map(|(certificate, key)| TlsFiles { certificate, key });
        Self { port, host, no_cache, tls, dashboard: dashboard.map(DashboardAccess::from), ..Self::default() }
    }
}

impl ServeArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { address, hold, open, no_overlay, recording, flags } = self;
        let reporter = &reporter.at_level(project::log_level(reporter));
        let (arguments, hold) = (BuildArguments::from(flags), hold.map(Duration::from_secs));
        let recording = recording.into();
        let address = ServeArguments { hold, recording, overlay: !no_overlay, ..ServeArguments::from(address) };
        // What can't be served is known before a long build. Warnings are left to that: it reads everything again.
        let silent = Reporter::new(Shell::from_write(Box::new(io::sink()), Box::new(io::sink())));
        let project = Project::load(&arguments, &silent)?;
        let settings = ServerSettings::of_project(&project, &address, &silent)?;
        project.guests(&silent)?;
        let builds = Builds::new(arguments, address, reporter);
        let watch_set = builds.watch_set(&project, &settings);
        serve::develop(&settings, watch_set, Arc::new(move |wanted| builds.build(wanted)), open, reporter)?;
        Ok(())
    }
}
