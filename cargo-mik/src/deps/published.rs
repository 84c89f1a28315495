//! A dependency from a registry: the lock has the digest of its manifest and that of its bytes, and either is enough to have it again.

use std::path::Path;

use mik_build::LockedComponent;

use super::component;
use super::guard;
use super::problem::Problem;
use super::registry::{Layer, Reference, Registries};
use super::source::{Failure, FoundDependency, Sources};
use crate::project::Dependency;

impl Sources<'_> {
    /// Finds a component of a registry: as it is locked, or what its tag stands for now.
    pub(super) fn published(
        &self,
        dependency: &Dependency,
        repository: &str,
        version: &str,
        locked: Option<&LockedComponent>,
    ) -> Result<FoundDependency, Failure> {
        if let Some(found) = self.locked_component(dependency, locked)? {
            return Ok(found);
        }
        let separator = if version.contains(':') { '@' } else { ':' };
        let name = format!("{repository}{separator}{version}");
        self.must_be_online(&name)?;
        let _guard = guard::take(self.cache(), &name, "this download", self.reporter())?;
        // The one whose end we may have waited for may have it.
        if let Some(found) = self.locked_component(dependency, locked)? {
            return Ok(found);
        }
        let registries = self.registries()?;
        let mut reference = registries.parse(&name).map_err(Problem::from)?;
        if let Some(manifest) = locked.and_then(LockedComponent::precise) {
            reference = reference.with_digest(manifest);
        }
        let resolved = registries.resolve(&reference).map_err(Problem::from)?;
        self.keep(dependency, &registries, &reference, &resolved.layer, &resolved.digest, locked)
    }

    /// Keeps what a reference was found to stand for, by what the lock calls it.
    pub(super) fn keep(
        &self,
        dependency: &Dependency,
        registries: &Registries,
        reference: &Reference,
        layer: &Layer,
        precise: &str,
        locked: Option<&LockedComponent>,
    ) -> Result<FoundDependency, Failure> {
        // What two tags stand for, or what somebody has fetched by a URL, is here already.
        let bytes = match self.have(&layer.digest)? {
            Some((_, bytes)) => bytes,
            None => self.download(registries, reference, layer)?,
        };
        let from = format!("`{reference}`");
        let exports = component::exports(&bytes, &from)?;
        self.put(dependency, Some(precise), &bytes, exports, locked, from)
    }

    fn download(&self, registries: &Registries, reference: &Reference, layer: &Layer) -> Result<Vec<u8>, Failure> {
        if layer.size > component::MOST_BYTES {
            return Err(Problem::TooLarge { from: format!("`{reference}`"), most: component::MOST_BYTES }.into());
        }
        let mut bytes = Vec::new();
        registries.fetch(reference, layer, &mut bytes, Path::new("memory")).map_err(Problem::from)?;
        Ok(bytes)
    }
}
