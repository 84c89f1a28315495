//! The commands about what a project depends on, and the flags that they share.

mod add;
mod fetch;
mod outdated;
mod remove;
mod tree;
mod update;
mod vendor;

use std::path::{Path, PathBuf};

use clap::Args;
use mik_build::LockedComponent;
use serde_json::{Value, json};

pub(super) use self::add::AddArgs;
pub(super) use self::fetch::FetchArgs;
pub(super) use self::outdated::OutdatedArgs;
pub(super) use self::remove::RemoveArgs;
pub(super) use self::tree::TreeArgs;
pub(super) use self::update::UpdateArgs;
pub(super) use self::vendor::VendorArgs;
use crate::deps::{Content, Resolved};
use crate::project::{BuildArguments, Dependents, ProjectError};
use crate::report::{MessageFormat, Reporter};

/// Cargo's flags for a command that builds nothing.
#[derive(Debug, Args)]
struct ManifestFlags {
    /// Package that depends on it (see `cargo help pkgid`)
    #[arg(short, long, value_name = "SPEC", help_heading = "Package Selection")]
    package: Vec<String>,
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", help_heading = "Manifest Options")]
    manifest_path: Option<PathBuf>,
    /// Fail where mik.lock would change
    #[arg(long, help_heading = "Manifest Options")]
    locked: bool,
    /// Do not use the network
    #[arg(long, help_heading = "Manifest Options")]
    offline: bool,
    /// `--locked` and `--offline`
    #[arg(long, help_heading = "Manifest Options")]
    frozen: bool,
    /// Override a cargo configuration value
    #[arg(long, value_name = "KEY=VALUE|PATH", help_heading = "Manifest Options")]
    config: Vec<String>,
}

impl ManifestFlags {
    /// The packages that are meant: those that are named; of a workspace's root, without a name, all of them.
    fn load(self, reporter: &Reporter) -> Result<Dependents, ProjectError> {
        let Self { package, manifest_path, locked, offline, frozen, config } = self;
        let mut metadata_arguments = Vec::new();
        for (flag, is_on) in [("--locked", locked), ("--offline", offline), ("--frozen", frozen)] {
            metadata_arguments.extend(is_on.then(|| flag.to_owned()));
        }
        metadata_arguments.extend(config.into_iter().flat_map(|value| ["--config".to_owned(), value]));
        let arguments =
            BuildArguments { manifest_path, packages: package, metadata_arguments, ..BuildArguments::default() };
        Dependents::load(&arguments, reporter)
    }
}

/// What there is to say of a locked component, for programs.
fn locked_json(LockedComponent { name, source, digest, exports }: &LockedComponent) -> Value {
    json!({ "name": name, "source": source, "digest": digest, "exports": exports })
}

/// One message for programs; people have been told meanwhile.
fn message(reason: &str, mut about: Value, reporter: &Reporter) -> miette::Result<()> {
    if reporter.message_format() != MessageFormat::Json {
        return Ok(());
    }
    if let Some(about) = about.as_object_mut() {
        about.insert("reason".to_owned(), json!(reason));
    }
    super::write_data(reporter, &format!("{about}\n"))
}

/// Every dependency that was resolved, a message each.
fn messages(dependencies: &[Resolved], reporter: &Reporter) -> miette::Result<()> {
    for Resolved { package, locked, content, .. } in dependencies {
        let mut about = locked_json(locked);
        if let Some(about) = about.as_object_mut() {
            about.insert("package".to_owned(), json!(package));
            let (key, path) = match content {
                Content::Component { path, .. } => ("path", path),
                Content::Project { manifest_path } => ("manifest_path", manifest_path),
            };
            about.insert(key.to_owned(), json!(path));
        }
        message("mik-dependency", about, reporter)?;
    }
    Ok(())
}

/// So many dependencies, in words.
fn count(number: usize) -> String {
    match number {
        1 => "1 dependency".to_owned(),
        number => format!("{number} dependencies"),
    }
}

/// A path as people type it: relative where it lies beneath the current directory.
fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(cwd).unwrap_or(path).display().to_string()
}
