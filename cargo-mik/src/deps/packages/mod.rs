//! Packages: from `namespace:name` and a requirement to a version of a component, by the registries that wkg's configuration names.
//!
//! ```text
//! shop:db@1.2 ─▶ configuration: which registry? ─▶ metadata: spoken to how, below which name? ─▶ tags ─▶ version: which fits best?
//!                       └──────────────────────── a directory on this machine ───────────────▶ files ────┘
//! ```

mod configuration;
mod dependency;
mod error;
mod metadata;
mod version;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use semver::{Version, VersionReq};

use self::configuration::{Configuration, PackageRegistry, Way};
pub use self::dependency::newest;
pub use self::error::PackageError;
use self::metadata::Metadata;
use crate::deps::registry::{Reference, Registries, RegistryError};
use crate::project::{RegistrySettings, is_package, package_name};
use crate::report::Reporter;
use crate::tools::files;

/// How many files of a package are looked at.
const MOST_FILES: usize = 100_000;

/// The packages that there are for this user.
pub struct Packages<'a> {
    configuration: Configuration,
    /// What registries have told of themselves: each is asked once.
    told: RefCell<BTreeMap<String, Metadata>>,
    reporter: &'a Reporter,
}

/// What there is of a package.
#[derive(Debug, Default)]
struct Releases {
    /// Its versions, each with its tag or its file.
    versions: BTreeMap<Version, String>,
    /// What else there is.
    others: Vec<String>,
}

impl<'a> Packages<'a> {
    /// Reads wkg's configuration. Nobody is asked for anything yet.
    ///
    /// # Errors
    /// It can't be read, or makes no sense.
    pub fn read(reporter: &'a Reporter) -> Result<Self, PackageError> {
        Ok(Self { configuration: Configuration::read()?, told: RefCell::default(), reporter })
    }

    /// The repository of a package. The registry is asked how it is spoken to, where the configuration does not say so.
    ///
    /// # Errors
    /// Nobody has said where it is; the registry does not tell, or is spoken to by a protocol that is not known here.
    pub fn repository(&self, package: &str, registries: &mut Registries) -> Result<Reference, PackageError> {
        match self.configuration.way(package)? {
            Way::Registry(registry) => self.reference(package, *registry, registries),
            Way::Directory(root) => {
                Err(PackageError::InDirectory { package: package.to_owned(), path: directory(&root, package) })
            }
        }
    }

    /// The version of a package that is meant on a command line: one that is named in full as it is, else the highest that fits.
    ///
    /// # Errors
    /// There is no such package, or no such version of it; it can't be asked for.
    pub fn release(
        &self,
        package: &str,
        version: Option<&str>,
        registries: &mut Registries,
    ) -> Result<Reference, PackageError> {
        let wanted = version.unwrap_or("*");
        let requirement = match version::exactly(wanted) {
            Some(exactly) => exactly,
            None => version::requirement(wanted)?,
        };
        let repository = self.repository(package, registries)?;
        let releases = self.tags(package, &repository, registries)?;
        let (_, tag) = self.best(package, &requirement, releases, &repository.place())?;
        Ok(repository.with_tag(&tag))
    }

    fn reference(
        &self,
        package: &str,
        registry: PackageRegistry,
        registries: &mut Registries,
    ) -> Result<Reference, PackageError> {
        let PackageRegistry { name, metadata, is_oci, mut access, passed_over } = registry;
        let is_the_users = metadata.is_some();
        let known = self.told.borrow().get(&name).cloned();
        let metadata = match (metadata, known) {
            (Some(metadata), _) | (None, Some(metadata)) => metadata,
            (None, None) => {
                // What is known without the page goes without it.
                let is_known = is_oci || access.may_be_plain;
                let told = Metadata::fetch(&name, package, is_known, self.reporter)?;
                self.told.borrow_mut().insert(name.clone(), told.clone());
                told
            }
        };
        for key in passed_over {
            self.reporter.warn(PackageError::PassedOver { key, registry: name.clone() });
        }
        if !is_oci && metadata.protocol() != "oci" {
            return Err(PackageError::Unsupported { registry: name, protocol: metadata.protocol().to_owned() });
        }
        let (host, prefix) = metadata.oci(&name);
        let repository = format!("{prefix}{}", package.replacen(':', "/", 1));
        let Some(reference) = Reference::at(&host, &repository) else {
            let place = format!("{host}/{repository}");
            return Err(PackageError::BadPlace { registry: name, package: package.to_owned(), place });
        };
        // Who is spoken to in the clear is the user's to say, and not for the registry to pass on.
        access.may_be_plain &= is_the_users || host == name;
        registries.grant(&host, access);
        Ok(reference)
    }

    /// What a registry has of a package.
    fn tags(&self, package: &str, reference: &Reference, registries: &Registries) -> Result<Releases, PackageError> {
        let tags = registries.tags(reference).map_err(|error| match error {
            RegistryError::UnknownRepository { .. } => self.unknown(package, reference.place()),
            error => error.into(),
        })?;
        let mut releases = Releases::default();
        for tag in tags {
            match version::of_tag(&tag) {
                Some(version) => drop(releases.versions.insert(version, tag)),
                // What refers to a manifest.
                None if tag.starts_with("sha256-") => {}
                None => releases.others.push(tag),
            }
        }
        Ok(releases)
    }

    /// What a directory has of a package.
    fn files(&self, package: &str, directory: &Path) -> Result<Releases, PackageError> {
        let entries = match files::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(self.unknown(package, directory.display().to_string()));
            }
            Err(source) => return Err(PackageError::Directory { source }),
        };
        let mut releases = Releases::default();
        for entry in entries.take(MOST_FILES) {
            let entry = entry.map_err(|source| PackageError::Directory { source })?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(stem) = name.strip_suffix(".wasm") else { continue };
            match Version::parse(stem) {
                Ok(version) => drop(releases.versions.insert(version, name)),
                Err(_) => releases.others.push(name),
            }
        }
        Ok(releases)
    }

    /// The version that fits best, with its tag or file.
    fn best(
        &self,
        package: &str,
        wanted: &VersionReq,
        mut releases: Releases,
        place: &str,
    ) -> Result<(Version, String), PackageError> {
        let best = version::best(releases.versions.keys().cloned(), wanted);
        best.and_then(|best| releases.versions.remove_entry(&best)).ok_or_else(|| PackageError::NoVersion {
            package: package.to_owned(),
            place: place.to_owned(),
            wanted: wanted.to_string(),
            there: version::in_words(releases.versions.into_keys().collect(), &releases.others),
        })
    }

    fn unknown(&self, package: &str, place: String) -> PackageError {
        PackageError::Unknown { package: package.to_owned(), place, file: self.configuration.in_words() }
    }
}

/// The directory of a package in one of packages, as wkg fills it.
fn directory(root: &Path, package: &str) -> PathBuf {
    package_name(package).map_or_else(|| root.to_owned(), |(namespace, name)| root.join(namespace).join(name))
}

/// A package, and maybe its version, where that is what a text on a command line means: `shop:db@1.0`. Without a version it could be a
/// repository and a tag, where the default registry is one of the user's own; there it is that.
pub fn package_spec<'a>(text: &'a str, settings: &RegistrySettings) -> Option<(&'a str, Option<&'a str>)> {
    let (package, version) = text.split_once('@').map_or((text, None), |(package, version)| (package, Some(version)));
    let is_digest = version.is_some_and(|version| version.contains(':'));
    let is_one = is_package(package) && package_name(package).is_some() && !is_digest;
    (is_one && (version.is_some() || !settings.is_chosen)).then_some((package, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_told_from_a_repository_with_a_tag() {
        let ghcr = RegistrySettings::default();
        let own = RegistrySettings { is_chosen: true, ..RegistrySettings::default() };
        for (text, at_ghcr, at_own) in [
            ("shop:db@1.0", Some(("shop:db", Some("1.0"))), Some(("shop:db", Some("1.0")))),
            ("shop:db", Some(("shop:db", None)), None),
            ("shop:1.0", None, None),
            ("user/shop:latest", None, None),
            ("localhost:5000/shop", None, None),
            ("shop:latest@sha256:00", None, None),
        ] {
            assert_eq!((package_spec(text, &ghcr), package_spec(text, &own)), (at_ghcr, at_own), "{text}");
        }
    }
}
