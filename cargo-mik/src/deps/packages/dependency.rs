//! A dependency that is a package: the lock has its version, the digest of its manifest and that of its bytes, so that it is had again
//! whatever the registry says by then.

use std::path::Path;

use mik_build::LockedComponent;
use semver::VersionReq;

use super::{PackageRegistry, Way, directory, version};
use crate::deps::component;
use crate::deps::error::DepsError;
use crate::deps::guard;
use crate::deps::packages::PackageError;
use crate::deps::problem::Problem;
use crate::deps::source::{Failure, FoundDependency, Sources};
use crate::project::{Dependency, DependencySource, Dependents};
use crate::report::Reporter;
use crate::tools::files;

impl From<PackageError> for Failure {
    fn from(error: PackageError) -> Self {
        match error.is_about_the_configuration() {
            true => Self::Other(DepsError::Package(Box::new(error))),
            false => Self::Problem(Problem::Package(Box::new(error))),
        }
    }
}

/// The dependency on the newest release of a package: what is written where nobody has said which.
///
/// # Errors
/// There is no such package, or it has no release; it can't be asked for.
pub fn newest(dependents: &Dependents, dependency: Dependency, reporter: &Reporter) -> Result<Dependency, DepsError> {
    let DependencySource::Package { package, requirement } = &dependency.source else { return Ok(dependency) };
    let sources = Sources::new(dependents, reporter)?;
    let release = sources.release(package, requirement).map_err(|failure| failure.of(&dependency))?;
    // What builds of one version differ by requires nothing.
    let requirement = release.split('+').next().unwrap_or_default().to_owned();
    let source = DependencySource::Package { package: package.clone(), requirement };
    Ok(Dependency { source, ..dependency })
}

impl Sources<'_> {
    /// Finds a package: as it is locked, or the version that fits best now.
    pub(in crate::deps) fn package(
        &self,
        dependency: &Dependency,
        package: &str,
        requirement: &str,
        locked: Option<&LockedComponent>,
    ) -> Result<FoundDependency, Failure> {
        if let Some(found) = self.locked_component(dependency, locked)? {
            return Ok(found);
        }
        let wanted = Wanted { package, text: requirement, requirement: version::requirement(requirement)? };
        match self.packages()?.configuration.way(package)? {
            Way::Directory(root) => self.in_directory(dependency, &wanted, &directory(&root, package), locked),
            Way::Registry(registry) => self.in_registry(dependency, &wanted, *registry, locked),
        }
    }

    fn in_directory(
        &self,
        dependency: &Dependency,
        Wanted { package, requirement, .. }: &Wanted<'_>,
        directory: &Path,
        locked: Option<&LockedComponent>,
    ) -> Result<FoundDependency, Failure> {
        let (version, file) = match Pinned::of(locked) {
            Some(Pinned { version, .. }) => (version.to_owned(), format!("{version}.wasm")),
            None => {
                let packages = self.packages()?;
                let releases = packages.files(package, directory)?;
                let (version, file) =
                    packages.best(package, requirement, releases, &directory.display().to_string())?;
                (version.to_string(), file)
            }
        };
        let (bytes, from) = read(&directory.join(file))?;
        let exports = component::exports(&bytes, &from)?;
        let precise = locked.and_then(LockedComponent::precise).unwrap_or(&version);
        self.put(dependency, Some(precise), &bytes, exports, locked, from)
    }

    fn in_registry(
        &self,
        dependency: &Dependency,
        Wanted { package, text, requirement }: &Wanted<'_>,
        registry: PackageRegistry,
        locked: Option<&LockedComponent>,
    ) -> Result<FoundDependency, Failure> {
        let name = format!("{package}@{text}");
        self.must_be_online(&name)?;
        let _guard = guard::take(self.cache(), &name, "this download", self.reporter())?;
        // The one whose end we may have waited for may have it.
        if let Some(found) = self.locked_component(dependency, locked)? {
            return Ok(found);
        }
        let (packages, mut registries) = (self.packages()?, self.registries()?);
        let repository = packages.reference(package, registry, &mut registries)?;
        let (version, reference) = match Pinned::of(locked) {
            // Whatever its tag stands for by now.
            Some(Pinned { version, manifest: Some(manifest) }) => {
                (version.to_owned(), repository.with_digest(manifest))
            }
            Some(Pinned { version, manifest: None }) => {
                (version.to_owned(), repository.with_tag(&version.replace('+', "_")))
            }
            None => {
                let releases = packages.tags(package, &repository, &registries)?;
                let (version, tag) = packages.best(package, requirement, releases, &repository.place())?;
                (version.to_string(), repository.with_tag(&tag))
            }
        };
        let resolved = registries.resolve(&reference).map_err(Problem::from)?;
        let found = format!("{version}@{}", resolved.digest);
        let precise = locked.and_then(LockedComponent::precise).unwrap_or(&found);
        self.keep(dependency, &registries, &reference, &resolved.layer, precise, locked)
    }

    /// The version that fits best.
    fn release(&self, package: &str, requirement: &str) -> Result<String, Failure> {
        let wanted = version::requirement(requirement)?;
        let packages = self.packages()?;
        let (version, _) = match packages.configuration.way(package)? {
            Way::Directory(root) => {
                let directory = directory(&root, package);
                let releases = packages.files(package, &directory)?;
                packages.best(package, &wanted, releases, &directory.display().to_string())?
            }
            Way::Registry(registry) => {
                self.must_be_online(package)?;
                let mut registries = self.registries()?;
                let repository = packages.reference(package, *registry, &mut registries)?;
                let releases = packages.tags(package, &repository, &registries)?;
                packages.best(package, &wanted, releases, &repository.place())?
            }
        };
        Ok(version.to_string())
    }
}

/// Which versions of which package are wanted.
struct Wanted<'a> {
    package: &'a str,
    /// As it is written.
    text: &'a str,
    requirement: VersionReq,
}

/// What the lock says of a package: `1.2.3@sha256:…`, or of one from a directory `1.2.3`.
struct Pinned<'a> {
    version: &'a str,
    manifest: Option<&'a str>,
}

impl<'a> Pinned<'a> {
    fn of(locked: Option<&'a LockedComponent>) -> Option<Self> {
        let precise = locked?.precise()?;
        Some(match precise.split_once('@') {
            Some((version, manifest)) => Self { version, manifest: Some(manifest) },
            None => Self { version: precise, manifest: None },
        })
    }
}

/// A file's bytes, and what it is called in messages.
fn read(path: &Path) -> Result<(Vec<u8>, String), Problem> {
    let from = format!("`{}`", path.display());
    // What is no file, such as a pipe, might never end.
    if !path.is_file() {
        return Err(Problem::NotFound { path: path.to_owned() });
    }
    let bytes = files::read_at_most(path, component::MOST_BYTES).map_err(|source| Problem::Unreadable { source })?;
    match bytes {
        Some(bytes) => Ok((bytes, from)),
        None => Err(Problem::TooLarge { from, most: component::MOST_BYTES }),
    }
}
