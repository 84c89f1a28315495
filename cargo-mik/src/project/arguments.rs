//! What was typed, in plain types: the door between `cli`, which knows clap, and the rest, which does not.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::TargetChoice;

/// What was typed for a build. Fields hold what the user said; [`super::Project`] holds what follows from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildArguments {
    /// `--manifest-path`
    pub manifest_path: Option<PathBuf>,
    /// `-p`, as package ID specifications.
    pub packages: Vec<String>,
    /// `--workspace`
    pub workspace: bool,
    /// `--exclude`
    pub exclude: Vec<String>,
    /// `--lib`
    pub lib: bool,
    /// `--example`
    pub examples: Vec<String>,
    /// `--examples`
    pub all_examples: bool,
    /// The profile's name; `dev` where none was typed.
    pub profile: String,
    /// `--target`
    pub target: Option<TargetChoice>,
    /// `--target-dir`
    pub target_directory: Option<PathBuf>,
    /// `--locked`, `--offline`, `--frozen`, `--config`: they matter to `cargo metadata` as well.
    pub metadata_arguments: Vec<String>,
    /// Every flag that the child `cargo build` is given as it was typed.
    pub pass_through: Vec<String>,
}

/// The files for TLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TlsFiles {
    /// The certificate and those between it and the root, as PEM.
    pub certificate: PathBuf,
    /// Its private key, as PEM.
    pub key: PathBuf,
}

/// Where requests are recorded, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recording {
    /// The directory for the files.
    pub directory: PathBuf,
    /// Whether the values of headers such as `Authorization` are recorded as well.
    pub with_secrets: bool,
}

/// What was typed for serving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServeArguments {
    /// `--port`.
    pub port: Option<u16>,
    /// `--host`.
    pub host: Option<IpAddr>,
    /// `--no-cache`: compiled code is neither taken from the cache nor put there.
    pub no_cache: bool,
    /// `--tls-cert` and `--tls-key`.
    pub tls: Option<TlsFiles>,
    /// `--hold`: how long requests wait at most for the build that runs.
    pub hold: Option<Duration>,
    /// Without `--no-overlay`: whether pages of the handler's show that a build has failed.
    pub overlay: bool,
    /// `--record`, and `--record-secrets`.
    pub recording: Option<Recording>,
    /// `--dashboard`.
    pub dashboard: Option<DashboardAccess>,
}

/// Who may look at the dashboard: it shows what others have asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DashboardAccess {
    /// There is none.
    Off,
    /// Clients on this machine.
    Local,
    /// Everybody who can reach the server by its address.
    Remote,
}

/// What was typed for `mik run`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunArguments {
    /// What to serve: a file, a directory of components, or a project's. The current directory where none was typed.
    pub path: Option<PathBuf>,
    /// `--modules`.
    pub modules: Option<PathBuf>,
    /// Where to listen.
    pub address: ServeArguments,
}
