//! The tables of the schema and their keys.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A project's configuration as its author wrote it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Schema {
    /// `project.*`: what it is called, where there is no Cargo package to say so.
    #[serde(default)]
    pub project: ProjectTable,
    /// `build.*`: how the handler is compiled and shrunk.
    #[serde(default)]
    pub build: BuildTable,
    /// `composition.*`: what the handler is composed with.
    #[serde(default)]
    pub composition: CompositionTable,
    /// `server.*`: how the component is served.
    #[serde(default)]
    pub server: ServerTable,
}

/// `project.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct ProjectTable {
    /// The name; the package's, where there is one.
    pub name: Option<Spanned<String>>,
    /// The version; likewise.
    pub version: Option<Spanned<String>>,
    /// The description; likewise.
    pub description: Option<Spanned<String>>,
}

/// `build.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct BuildTable {
    /// The target: `wasm32-wasip2` (default), `wasm32-unknown-unknown` or `wasm32-wasip1`.
    pub target: Option<Spanned<String>>,
    /// What to optimize for; `size` in release, `none` in dev by default.
    pub optimize: Option<Spanned<Optimize>>,
}

/// What a build optimizes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Optimize {
    /// Nothing: the profile as it is, names and debug information kept.
    None,
    /// The fewest bytes.
    Size,
    /// The fewest instructions.
    Speed,
}

/// `composition.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct CompositionTable {
    /// Whether to compose with the bridge; by default where the component exports `mik:core/handler`.
    pub http_handler: Option<Spanned<bool>>,
    /// A bridge component other than the embedded one: a path, relative to the manifest.
    pub bridge: Option<Spanned<String>>,
}

/// `server.*`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct ServerTable {
    /// The port to listen on; 3000 by default, 0 for a free one.
    pub port: Option<Spanned<u16>>,
    /// The address to listen on; 127.0.0.1 by default.
    pub host: Option<Spanned<String>>,
    /// The guest's whole environment.
    pub env: Option<BTreeMap<String, Spanned<EnvValue>>>,
    /// The longest a request may take, in seconds; 30 by default.
    pub execution_timeout_secs: Option<Spanned<u64>>,
    /// The most memory an instance may have, in MiB; 128 by default.
    pub memory_limit_mb: Option<Spanned<u64>>,
    /// How many requests may be in flight; 1000 by default.
    pub max_concurrent_requests: Option<Spanned<u64>>,
    /// The largest request body, in MiB; 10 by default.
    pub max_body_size_mb: Option<Spanned<u64>>,
    /// How long requests in flight may take to finish at shutdown, in seconds; 30 by default.
    pub shutdown_timeout_secs: Option<Spanned<u64>>,
    /// The longest a finished save is waited for, in milliseconds; 300 by default.
    pub watch_debounce_ms: Option<Spanned<u64>>,
    /// The directory of components, each served at `/run/<name>/`; `modules` by default.
    pub modules: Option<Spanned<String>>,
    /// The directory served at `/static/`; none by default.
    #[serde(rename = "static")]
    pub static_directory: Option<Spanned<String>>,
    /// How many compiled modules are kept in memory; 100 by default.
    pub cache_size: Option<Spanned<u64>>,
    /// How much compiled code is kept in memory, in MiB; 256 by default.
    pub max_cache_mb: Option<Spanned<u64>>,
    /// Where the guest may send requests to; nowhere by default.
    pub http_allowed: Option<Vec<Spanned<String>>>,
    /// Whether that may be a loopback, private or link-local address; false by default.
    pub http_allow_private: Option<Spanned<bool>>,
    /// A file of certificates (PEM) to trust besides the system's, for requests that the guest sends.
    pub http_ca_file: Option<Spanned<String>>,
    /// The largest answer to a request that the guest sends, in MiB; 100 by default.
    pub http_max_response_mb: Option<Spanned<u64>>,
    /// How many requests to one module may be in flight; 10 by default.
    pub max_per_module_requests: Option<Spanned<u64>>,
    /// How many requests one instance may answer; 1 by default.
    pub instance_reuse: Option<Spanned<u64>>,
    /// A file for the log besides standard error; none by default.
    pub log_file: Option<Spanned<String>>,
    /// The size at which the log file is rotated, in MiB; 10 by default.
    pub log_max_size_mb: Option<Spanned<u64>>,
    /// How many rotated log files are kept; 5 by default.
    pub log_max_files: Option<Spanned<u64>>,
}

/// A variable of the guest's environment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a string, or `{ from = \"HOST_VARIABLE\" }`")]
pub enum EnvValue {
    /// The value itself.
    Literal(String),
    /// A copy of one variable of the host's.
    From {
        /// The host variable's name.
        from: String,
    },
}
