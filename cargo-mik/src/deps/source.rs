//! From one dependency to a component on this machine: by path, by URL, from git, from a registry, as a package.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use mik_build::{LockedComponent, store as layout};

use super::error::{DependencyError, DepsError};
use super::git::Repository;
use super::packages::{PackageError, Packages};
use super::problem::Problem;
use super::registry::Registries;
use super::store::{Found, Store, digest_of};
use super::{component, download, guard};
use crate::project::{Dependency, DependencySource, Dependents, GitReference, RegistrySettings};
use crate::report::{Reporter, size};
use crate::tools::files;

/// What a dependency was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A component, as a file.
    Component {
        /// The file.
        path: PathBuf,
        /// The digest of its bytes, `sha256:…`.
        digest: String,
    },
    /// A project that is built.
    Project {
        /// Its manifest.
        manifest_path: PathBuf,
    },
}

/// A dependency that was found: what the lock says of it, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FoundDependency {
    pub(super) locked: LockedComponent,
    pub(super) content: Content,
}

/// Where dependencies are looked for.
pub(super) struct Sources<'a> {
    store: Store,
    /// The directory of the lock.
    root: &'a Path,
    registry: RegistrySettings,
    /// wkg's configuration, once somebody depends on a package.
    packages: OnceCell<Packages<'a>>,
    offline: bool,
    reporter: &'a Reporter,
}

/// Why a dependency was not found: something about it, or about the store.
pub(super) enum Failure {
    Problem(Problem),
    Other(DepsError),
}

impl Failure {
    /// The failure of a dependency.
    pub(super) fn of(self, dependency: &Dependency) -> DepsError {
        match self {
            Self::Problem(problem) => DependencyError::new(dependency, problem).into(),
            Self::Other(error) => error,
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<DepsError> for Failure {
    fn from(error: DepsError) -> Self {
        Self::Other(error)
    }
}

impl<'a> Sources<'a> {
    pub(super) fn new(dependents: &'a Dependents, reporter: &'a Reporter) -> Result<Self, DepsError> {
        let registry = dependents.registry();
        let (root, offline) = (dependents.root.as_path(), dependents.offline);
        Ok(Self { store: Store::find()?, root, registry, packages: OnceCell::new(), offline, reporter })
    }

    /// The registries. Nobody is asked for anything yet.
    pub(super) fn registries(&self) -> Result<Registries, Problem> {
        Ok(Registries::new(self.registry.clone(), self.reporter)?)
    }

    /// The packages that there are for this user.
    pub(super) fn packages(&self) -> Result<&Packages<'a>, PackageError> {
        if let Some(packages) = self.packages.get() {
            return Ok(packages);
        }
        let packages = Packages::read(self.reporter)?;
        Ok(self.packages.get_or_init(|| packages))
    }

    pub(super) fn reporter(&self) -> &Reporter {
        self.reporter
    }

    /// The cache's directory.
    pub(super) fn cache(&self) -> &Path {
        self.store.cache()
    }

    /// Finds a dependency: as it is locked, or else what its source has now.
    pub(super) fn find(
        &self,
        dependency: &Dependency,
        locked: Option<&LockedComponent>,
    ) -> Result<FoundDependency, DepsError> {
        let found = match &dependency.source {
            DependencySource::Path { path } => self.path(dependency, path),
            DependencySource::Url { url, sha256 } => self.url(dependency, url, sha256.as_deref(), locked),
            DependencySource::Git { url, reference } => self.git(dependency, url, reference, locked),
            DependencySource::Registry { repository, version } => {
                self.published(dependency, repository, version, locked)
            }
            DependencySource::Package { package, requirement } => {
                self.package(dependency, package, requirement, locked)
            }
        };
        found.map_err(|failure| failure.of(dependency))
    }

    /// A file is a component; a directory is a project.
    fn path(&self, dependency: &Dependency, path: &Path) -> Result<FoundDependency, Failure> {
        let locked = self.locked(dependency, None, None, Vec::new());
        let Ok(metadata) = files::metadata(path) else {
            return Err(Problem::NotFound { path: path.to_owned() }.into());
        };
        if metadata.is_dir() {
            let manifest_path = path.join("Cargo.toml");
            if !manifest_path.is_file() {
                return Err(Problem::NotAProject { path: path.to_owned() }.into());
            }
            return Ok(FoundDependency { locked, content: Content::Project { manifest_path } });
        }
        let from = format!("`{}`", path.display());
        let too_large = || Problem::TooLarge { from: from.clone(), most: component::MOST_BYTES };
        // What is neither, such as a pipe, might never end.
        if !metadata.is_file() {
            return Err(Problem::NotFound { path: path.to_owned() }.into());
        }
        let bytes =
            files::read_at_most(path, component::MOST_BYTES).map_err(|source| Problem::Unreadable { source })?;
        let bytes = bytes.ok_or_else(too_large)?;
        component::exports(&bytes, &from)?;
        Ok(FoundDependency { locked, content: Content::Component { path: path.to_owned(), digest: digest_of(&bytes) } })
    }

    fn url(
        &self,
        dependency: &Dependency,
        url: &str,
        sha256: Option<&str>,
        locked: Option<&LockedComponent>,
    ) -> Result<FoundDependency, Failure> {
        download::check(url)?;
        if let Some(found) = self.locked_component(dependency, locked)? {
            return Ok(found);
        }
        // What has a digest may be here, whoever has fetched it.
        if let (Some(sha256), None) = (sha256, locked)
            && let Some((path, bytes)) = self.have(&format!("sha256:{sha256}"))?
        {
            let exports = component::exports(&bytes, &format!("`{url}`"))?;
            let digest = digest_of(&bytes);
            let locked = self.locked(dependency, None, Some(digest.clone()), exports);
            return Ok(FoundDependency { locked, content: Content::Component { path, digest } });
        }
        self.must_be_online(url)?;
        let _guard = guard::take(self.cache(), url, "this download", self.reporter)?;
        // The one whose end we may have waited for may have it.
        if let Some(found) = self.locked_component(dependency, locked)? {
            return Ok(found);
        }
        let bytes = download::download(url, self.reporter)?;
        let from = format!("`{url}`");
        let exports = component::exports(&bytes, &from)?;
        let digest = digest_of(&bytes);
        if sha256.is_some_and(|expected| digest != format!("sha256:{expected}")) {
            return Err(Problem::Digest { from, found: digest.replace("sha256:", "") }.into());
        }
        self.put(dependency, None, &bytes, exports, locked, from)
    }

    /// A commit has a component, or is a project.
    fn git(
        &self,
        dependency: &Dependency,
        url: &str,
        reference: &GitReference,
        locked: Option<&LockedComponent>,
    ) -> Result<FoundDependency, Failure> {
        if let Some(found) = self.locked_component(dependency, locked)? {
            return Ok(found);
        }
        let repository = Repository::new(&self.store.git(), url, self.offline, self.reporter)?;
        let vendored =
            locked.and_then(LockedComponent::precise).map(|commit| super::vendor::checkout(self.root, commit));
        if let (Some(locked), Some(tree)) = (locked, vendored.filter(|tree| tree.join("Cargo.toml").is_file())) {
            let content = Content::Project { manifest_path: tree.join("Cargo.toml") };
            return Ok(FoundDependency { locked: locked.clone(), content });
        }
        let _guard = guard::take(self.cache(), url, "this repository", self.reporter)?;
        let commit = match locked.and_then(LockedComponent::precise) {
            Some(commit) => {
                if !repository.has(commit) {
                    repository.must_be_online()?;
                    // The reference may lead elsewhere by now, and mostly leads past the commit.
                    let by_name = repository.fetch(&GitReference::Rev(commit.to_owned()));
                    if by_name.is_err() || !repository.has(commit) {
                        repository.fetch(reference)?;
                    }
                }
                repository.resolve(&GitReference::Rev(commit.to_owned()))?
            }
            None => {
                // Without a network, what was fetched before is the best there is.
                if !(self.offline && repository.is_there()) {
                    repository.must_be_online()?;
                    repository.fetch(reference)?;
                }
                repository.resolve(reference)?
            }
        };
        let tree = repository.checkout(&commit)?;
        let name = &dependency.name;
        let is_file = |path: &str| files::symlink_metadata(tree.join(path)).is_ok_and(|it| it.is_file());
        let file = match format!("{name}.wasm") {
            own if is_file(&own) => own,
            _ if is_file("Cargo.toml") => {
                // What is built may need them; a component is one file.
                let tree = repository.checkout_all(&commit)?;
                let locked = self.locked(dependency, Some(&commit), None, Vec::new());
                return Ok(FoundDependency {
                    locked,
                    content: Content::Project { manifest_path: tree.join("Cargo.toml") },
                });
            }
            _ => {
                let found: Vec<String> =
                    repository.components(&commit)?.into_iter().filter(|path| is_file(path)).collect();
                match <[String; 1]>::try_from(found) {
                    Ok([only]) => only,
                    Err(found) => {
                        let what = match found.as_slice() {
                            [] => "neither a project nor a component".to_owned(),
                            found => format!("several components: {}", found.join(", ")),
                        };
                        return Err(
                            Problem::NothingInRepository { url: url.to_owned(), what, name: name.clone() }.into()
                        );
                    }
                }
            }
        };
        let from = format!("`{file}` of `{url}`");
        let bytes = files::read_at_most(&tree.join(&file), component::MOST_BYTES)
            .map_err(|source| Problem::Unreadable { source })?;
        let bytes = bytes.ok_or_else(|| Problem::TooLarge { from: from.clone(), most: component::MOST_BYTES })?;
        let exports = component::exports(&bytes, &from)?;
        self.put(dependency, Some(&commit), &bytes, exports, locked, from)
    }

    /// Keeps what was fetched, if it is what was locked.
    pub(super) fn put(
        &self,
        dependency: &Dependency,
        precise: Option<&str>,
        bytes: &[u8],
        exports: Vec<String>,
        locked: Option<&LockedComponent>,
        from: String,
    ) -> Result<FoundDependency, Failure> {
        let digest = digest_of(bytes);
        if locked.is_some_and(|locked| locked.digest.as_ref().is_some_and(|locked| *locked != digest)) {
            return Err(Problem::Changed { from, name: dependency.key.clone() }.into());
        }
        let (digest, path) = self.store.put(bytes)?;
        self.reporter.status("Fetched", format!("{} ({})", dependency.name, size(bytes.len() as u64)));
        let locked = self.locked(dependency, precise, Some(digest.clone()), exports);
        Ok(FoundDependency { locked, content: Content::Component { path, digest } })
    }

    /// The component that the lock names by its digest, if it is on this machine.
    pub(super) fn locked_component(
        &self,
        dependency: &Dependency,
        locked: Option<&LockedComponent>,
    ) -> Result<Option<FoundDependency>, Failure> {
        let Some((locked, digest)) = locked.and_then(|locked| Some((locked, locked.digest.clone()?))) else {
            return Ok(None);
        };
        debug_assert_eq!(locked.name, dependency.name);
        let found = self.have(&digest)?;
        Ok(found
            .map(|(path, _)| FoundDependency { locked: locked.clone(), content: Content::Component { path, digest } }))
    }

    /// The bytes of a digest, and the file that has them: beside the lock, or in the store. Both are looked through to the last byte.
    pub(super) fn have(&self, digest: &str) -> Result<Option<(PathBuf, Vec<u8>)>, Failure> {
        let vendored = self.root.join(layout::VENDOR).join(layout::file_name(digest));
        if let Ok(Some(bytes)) = files::read_at_most(&vendored, component::MOST_BYTES)
            && digest_of(&bytes) == digest
        {
            return Ok(Some((vendored, bytes)));
        }
        match self.store.get(digest)? {
            Found::Component(path, bytes) => Ok(Some((path, bytes))),
            Found::Nothing => Ok(None),
        }
    }

    pub(super) fn must_be_online(&self, what: &str) -> Result<(), Problem> {
        if self.offline { Err(Problem::Offline { what: format!("`{what}`") }) } else { Ok(()) }
    }

    fn locked(
        &self,
        dependency: &Dependency,
        precise: Option<&str>,
        digest: Option<String>,
        exports: Vec<String>,
    ) -> LockedComponent {
        let requested = dependency.requested(self.root);
        let source = precise.map_or_else(|| requested.clone(), |precise| format!("{requested}#{precise}"));
        LockedComponent { name: dependency.name.clone(), source, digest, exports }
    }
}
