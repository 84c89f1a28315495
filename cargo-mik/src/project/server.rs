//! How components are served: `server.*`, resolved.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use mik_build::schema::{Address, Number, ServerTable, Spanned};
use serde::Serialize;

use super::{CodeCacheSettings, DashboardAccess, Environment, OutboundSettings, Recording, TlsFiles};

/// The server's settings, decided: flags, environment, files and defaults have been weighed. They are the same for all
/// that is served; what belongs to one guest is not among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerSettings {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 asks the system for a free one.
    pub port: u16,
    /// The certificate and key to encrypt connections with, if they are to be.
    pub tls: Option<TlsFiles>,
    /// How long a request waits at most for the build that runs; none waits where there is no such time.
    pub hold: Option<Duration>,
    /// Whether pages of a handler's show in a browser that the build has failed, while somebody develops it.
    pub overlay: bool,
    /// Where requests and their answers are recorded, if they are.
    pub recording: Option<Recording>,
    /// Who may look at the dashboard; where nothing is said, this machine while a project is developed, and nobody else.
    pub dashboard: Option<DashboardAccess>,
    /// The longest that one request may take, from first byte to last.
    pub execution_timeout: Duration,
    /// The most memory that one instance may have, in bytes.
    pub memory_limit: u64,
    /// The largest request body, in bytes.
    pub max_body_size: u64,
    /// How many requests may be in flight at once.
    pub max_concurrent_requests: usize,
    /// How long requests in flight may take to finish once the server is told to stop.
    pub shutdown_timeout: Duration,
    /// An upper bound on how long a finished save is waited for.
    pub watch_debounce: Duration,
    /// Whether `mik run` takes up files that change while they are served.
    pub hot_reload: bool,
    /// The directory of components; it need not be there. None where there is no project.
    pub modules: Option<PathBuf>,
    /// The directory of static files, if any.
    pub static_directory: Option<PathBuf>,
    /// How many compiled modules are kept in memory.
    pub cache_size: usize,
    /// How much compiled code is kept in memory, in bytes.
    pub max_cache: u64,
    /// Where compiled code is kept between runs; none where it is compiled at every start.
    pub code_cache: Option<CodeCacheSettings>,
    /// How many requests to one module may be in flight at once.
    pub max_per_module_requests: usize,
    /// How many requests one instance may answer before it is dropped.
    pub instance_reuse: usize,
    /// The file for the log, besides standard error.
    pub log_file: Option<PathBuf>,
    /// The size at which it is rotated, in bytes.
    pub log_max_size: u64,
    /// How many rotated ones are kept.
    pub log_max_files: usize,
}

impl ServerSettings {
    /// What may lie among a project's sources and is none: what the server writes, and what it serves as it is.
    pub fn no_sources(&self) -> Vec<PathBuf> {
        let log = |path: &PathBuf| {
            let aside = |number: usize| PathBuf::from(format!("{}.{number}", path.display()));
            std::iter::once(path.clone()).chain((1..=self.log_max_files).map(aside)).collect::<Vec<_>>()
        };
        let recorded = self.recording.iter().map(|recording| recording.directory.clone());
        let served = [&self.modules, &self.static_directory].into_iter().flatten().cloned().chain(recorded);
        served.chain(self.log_file.iter().flat_map(log)).collect()
    }
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            host: Address::default().0,
            port: u16::try_from(default(|server| &server.port)).unwrap_or(u16::MAX),
            tls: None,
            hold: None,
            overlay: false,
            recording: None,
            dashboard: None,
            execution_timeout: Duration::from_secs(default(|server| &server.execution_timeout_secs)),
            memory_limit: default(|server| &server.memory_limit_mb) << 20,
            max_body_size: default(|server| &server.max_body_size_mb) << 20,
            max_concurrent_requests: default(|server| &server.max_concurrent_requests) as usize,
            shutdown_timeout: Duration::from_secs(default(|server| &server.shutdown_timeout_secs)),
            watch_debounce: Duration::from_millis(default(|server| &server.watch_debounce_ms)),
            hot_reload: true,
            modules: None,
            static_directory: None,
            cache_size: default(|server| &server.cache_size) as usize,
            max_cache: default(|server| &server.max_cache_mb) << 20,
            max_per_module_requests: default(|server| &server.max_per_module_requests) as usize,
            instance_reuse: default(|server| &server.instance_reuse) as usize,
            code_cache: None,
            log_file: None,
            log_max_size: default(|server| &server.log_max_size_mb) << 20,
            log_max_files: default(|server| &server.log_max_files) as usize,
        }
    }
}

/// What a key's type says that counts where the key is absent.
fn default<const DEFAULT: u64, const LEAST: u64, const MOST: u64>(
    _: fn(&ServerTable) -> &Option<Spanned<Number<DEFAULT, LEAST, MOST>>>,
) -> u64 {
    DEFAULT
}

/// What one guest is trusted with. It is its package's own: what one handler may do is not the next one's business.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GuestSettings {
    /// Its whole environment.
    pub environment: Environment,
    /// Where it may send requests to.
    pub outbound: OutboundSettings,
}
