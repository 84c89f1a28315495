//! `cargo mik publish`.

mod error;
mod subject;

use std::path::PathBuf;

use clap::Args;

use self::subject::Subject;
use super::build_flags::BuildFlags;
use crate::deps::registry::{Publication, Reference, Registries, RegistryError};
use crate::report::{Reporter, size};
use crate::stages;

/// Put the project's component into a registry
///
/// The release component, as `cargo mik build --release` makes it, becomes a Wasm OCI artifact that any WASI platform can pull, with what
/// Cargo.toml says of it; its OpenAPI document and a list of what it is compiled from (CycloneDX) refer to it. The digest is printed. The
/// same component has the same digest, whenever and wherever it is published.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik publish                                 # as `registry.publish` says\n  \
                        cargo mik publish user/shop                       # of ghcr.io, by the package's version\n  \
                        cargo mik publish registry.example.com/shop:1.0 --dry-run\n  \
                        cargo mik publish localhost:5000/shop:1.0 --component shop.wasm\n\n\
                        Exit status: 0 done; 96 nothing to publish, or not as it is; 101 the build failed; 106 the registry does not take it."
)]
pub(super) struct PublishArgs {
    /// Where to, as `user/repo`, `registry/path/repo` or `namespace:package`, with a tag where that is not the package's version
    #[arg(value_name = "REF")]
    reference: Option<String>,
    /// A component that is there, in place of the project's
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// Do all but ask the registry: build, check, and print the digest
    #[arg(long)]
    dry_run: bool,
    /// Publish what differs from what is committed
    #[arg(long)]
    allow_dirty: bool,
    /// Replace a version that is published already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    flags: BuildFlags,
}

impl PublishArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { reference, component, dry_run, allow_dirty, force, flags } = self;
        let (component, flags) = flags.or_file(component)?;
        let subject = match component {
            Some(path) => Subject::of_file(path, allow_dirty, reporter)?,
            None => Subject::of_project(&flags.or_release().into(), allow_dirty, reporter)?,
        };
        let mut registries = Registries::new(subject.settings.clone(), reporter)?;
        let reference = subject.reference(reference.as_deref(), &mut registries, reporter)?;
        let publication = stages::publication(subject.component, &subject.path, subject.bill)?;
        let what = format!("{reference} ({})", size(publication.component.len() as u64));
        match dry_run {
            true => reporter.status("Dry run", format!("{what} is not published")),
            false => publish(&registries, &reference, &publication, force, &what, reporter)?,
        }
        let reason = if dry_run { "mik-publication" } else { "mik-published" };
        super::write_digest(reporter, reason, &reference, &publication.digest())
    }
}

/// Publishes it, unless it is there already, or another by its version.
fn publish(
    registries: &Registries,
    reference: &Reference,
    publication: &Publication,
    force: bool,
    what: &str,
    reporter: &Reporter,
) -> Result<(), RegistryError> {
    match registries.published(reference)? {
        Some(digest) if digest == publication.digest() => {
            reporter.status("Fresh", format!("{what} is published already"));
            return Ok(());
        }
        Some(digest) if !force && reference.tag().is_some_and(subject::is_version) => {
            return Err(RegistryError::VersionExists { reference: reference.to_string(), digest });
        }
        _ => {}
    }
    registries.push(reference, publication)?;
    let documents: Vec<_> = publication.documents.iter().map(|document| document.name.as_str()).collect();
    let with = if documents.is_empty() { String::new() } else { format!(", with {}", documents.join(" and ")) };
    reporter.status("Published", format!("{what}{with}"));
    Ok(())
}
