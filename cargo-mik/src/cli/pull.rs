//! `cargo mik pull`.

use std::path::PathBuf;

use clap::Args;

use crate::deps::registry::{Reference, Registries};
use crate::deps::{Packages, package_spec};
use crate::project::RegistrySettings;
use crate::report::{Reporter, size};
use crate::tools::replacement::Replacement;

/// Get a component from a registry
///
/// Whatever has pushed it: `cargo mik publish`, wkg, oras and others. Its digest is verified, and printed; the file is written whole,
/// or not at all. Logins are docker's and podman's, or MIK_REGISTRY_USERNAME and MIK_REGISTRY_PASSWORD, or MIK_REGISTRY_TOKEN.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo mik pull user/shop:1.0 -o shop.wasm         # of the default registry, ghcr.io\n  \
                        cargo mik pull registry.example.com/team/shop     # shop.wasm, of the tag `latest`\n  \
                        cargo mik pull localhost:5000/shop@sha256:0123…\n  \
                        cargo mik pull team:shop@1.2                      # of the registry that wkg's configuration names\n\n\
                        Exit status: 0 done; 106 it could not be had; 110 the file could not be written."
)]
pub(super) struct PullArgs {
    /// The component, as `user/repo:1.0`, `registry/path/repo:1.0`, either with `@sha256:…`, or `namespace:package@1.0`
    #[arg(value_name = "REF")]
    reference: String,
    /// Where to; the last part of its name, by default, with `.wasm` behind it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl PullArgs {
    pub(super) fn run(self, reporter: &Reporter) -> miette::Result<()> {
        let Self { reference, output } = self;
        let settings = RegistrySettings::here(reporter)?;
        let mut registries = Registries::new(settings.clone(), reporter)?;
        let reference = meant(&reference, &settings, &mut registries, reporter)?;
        let name = reference.repository().rsplit('/').next().unwrap_or_default();
        let output = output.unwrap_or_else(|| PathBuf::from(format!("{name}.wasm")));
        let resolved = registries.resolve(&reference)?;
        let mut file = Replacement::begin(&output)?;
        registries.fetch(&reference, &resolved.layer, file.file(), &output)?;
        file.finish()?;
        reporter.status("Pulled", format!("{reference} ({}) to {}", size(resolved.layer.size), output.display()));
        super::write_digest(reporter, "mik-pulled", &reference, &resolved.digest)
    }
}

/// The component that is meant: a package's best version, or what a reference says.
fn meant(
    text: &str,
    settings: &RegistrySettings,
    registries: &mut Registries,
    reporter: &Reporter,
) -> miette::Result<Reference> {
    match package_spec(text, settings) {
        Some((package, version)) => Ok(Packages::read(reporter)?.release(package, version, registries)?),
        None => Ok(registries.parse_named(text)?),
    }
}
