//! What was typed, in plain types: the door between `cli`, which knows clap, and the rest, which does not.

use std::net::IpAddr;
use std::path::PathBuf;

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
