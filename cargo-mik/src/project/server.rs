//! How components are served: `server.*`, resolved.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;

/// The server's settings, decided: flags, environment, files and defaults have been weighed. They are the same for all
/// that is served; what belongs to one guest is not among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerSettings {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 asks the system for a free one.
    pub port: u16,
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
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 3000,
            execution_timeout: Duration::from_secs(30),
            memory_limit: 128 << 20,
            max_body_size: 10 << 20,
            max_concurrent_requests: 1000,
            shutdown_timeout: Duration::from_secs(30),
            watch_debounce: Duration::from_millis(300),
        }
    }
}
