//! What is published: the project's component, which is built for it, or a file; and by which name.

use std::path::{Path, PathBuf};

use semver::Version;

use super::error::{COMPONENT_MOST, PublishError};
use crate::cli;
use crate::deps::registry::{Reference, Registries};
use crate::deps::{Packages, package_spec};
use crate::project::{BuildArguments, RegistrySettings};
use crate::report::Reporter;
use crate::stages;
use crate::tools::files;

/// A component, and what is to be known of it.
pub(super) struct Subject {
    pub(super) component: Vec<u8>,
    pub(super) path: PathBuf,
    pub(super) settings: RegistrySettings,
    /// What it is compiled from, as a document.
    pub(super) bill: Option<String>,
    name: String,
    version: Option<String>,
}

impl Subject {
    /// A component that is there.
    pub(super) fn of_file(path: PathBuf, allow_dirty: bool, reporter: &Reporter) -> miette::Result<Self> {
        let settings = RegistrySettings::here(reporter)?;
        let component = read(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let about = stages::about(&component, &path)?;
        // It says so itself.
        if !allow_dirty && about.revision.is_some_and(|revision| revision.ends_with("-dirty")) {
            return Err(PublishError::Dirty { name }.into());
        }
        Ok(Self { component, path, settings, bill: None, name, version: about.version })
    }

    /// The project's, which is built first; unless what would be built is in no commit.
    pub(super) fn of_project(build: &BuildArguments, allow_dirty: bool, reporter: &Reporter) -> miette::Result<Self> {
        let (project, plan) = cli::decide(build, reporter)?;
        let units: Vec<_> = project.units().collect();
        let [(package, unit)] = units.as_slice() else {
            return Err(PublishError::Many { names: units.iter().map(|(_, unit)| unit.name.clone()).collect() }.into());
        };
        let revision = stages::revision(&project, package);
        if !allow_dirty && revision.is_some_and(|revision| revision.ends_with("-dirty")) {
            return Err(PublishError::Dirty { name: unit.name.clone() }.into());
        }
        let settings = RegistrySettings::of_package(package, reporter)?;
        let artifacts = stages::run(&plan, reporter)?;
        let path = artifacts.into_iter().next().map(|artifact| artifact.path).unwrap_or_default();
        Ok(Self {
            component: read(&path)?,
            path,
            settings,
            bill: Some(stages::bill(&project, package)?),
            name: unit.name.clone(),
            version: Some(package.version.clone()),
        })
    }

    /// The name by which it is published: what was typed, else what is configured. What has no tag gets the version.
    pub(super) fn reference(
        &self,
        typed: Option<&str>,
        registries: &mut Registries,
        reporter: &Reporter,
    ) -> miette::Result<Reference> {
        let RegistrySettings { default, is_chosen, publish, .. } = &self.settings;
        let is_package = |text: &str| matches!(package_spec(text, &self.settings), Some((_, None)));
        let text = match (typed, publish) {
            (Some(typed), _) => typed.to_owned(),
            (None, Some(publish)) if has_version(publish) && !is_package(publish) => {
                let (text, why) = (publish.clone(), "the tag in `registry.publish` is the package's version");
                return Err(PublishError::BadReference { text, why, help: "leave it out".to_owned() }.into());
            }
            (None, Some(publish)) => publish.clone(),
            (None, None) if *is_chosen => format!("{default}/{}", self.name),
            (None, None) => return Err(PublishError::NoReference { name: self.name.clone() }.into()),
        };
        if let Some((package, version)) = package_spec(&text, &self.settings) {
            return self.package(package, version, registries, reporter);
        }
        let reference = registries.parse_named(&text)?;
        if reference.digest().is_some() {
            let help = "leave the digest out, and give it a tag, such as `user/repo:1.0.0`".to_owned();
            return Err(PublishError::BadReference { text, why: "a digest is what comes of the content", help }.into());
        }
        match &self.version {
            // What builds of one version differ by; no tag has a `+`.
            Some(version) if !has_version(&text) => Ok(reference.with_tag(&version.replace('+', "_"))),
            _ => Ok(reference),
        }
    }

    /// A package's version: it has to be one in full, which is what others look for.
    fn package(
        &self,
        package: &str,
        typed: Option<&str>,
        registries: &mut Registries,
        reporter: &Reporter,
    ) -> miette::Result<Reference> {
        let version = typed.or(self.version.as_deref()).unwrap_or_default();
        if Version::parse(version).is_err() {
            let why = "a package is published by a version in full";
            let (text, help) = (package.to_owned(), format!("write it, as in `cargo mik publish {package}@1.0.0`"));
            return Err(PublishError::BadReference { text, why, help }.into());
        }
        let repository = Packages::read(reporter)?.repository(package, registries)?;
        Ok(repository.with_tag(&version.replace('+', "_")))
    }
}

/// Whether a reference, as it is written, says which.
fn has_version(text: &str) -> bool {
    text.contains('@') || text.rsplit('/').next().is_some_and(|last| last.contains(':'))
}

/// Whether a tag is a version in full: those stay what they are. Others, such as `latest` and `1`, are there to be moved.
pub(super) fn is_version(tag: &str) -> bool {
    Version::parse(&tag.strip_prefix('v').unwrap_or(tag).replacen('_', "+", 1)).is_ok()
}

fn read(path: &Path) -> Result<Vec<u8>, PublishError> {
    let read = files::read_at_most(path, COMPONENT_MOST);
    let read = read.map_err(|source| PublishError::Read { path: path.to_owned(), source })?;
    read.ok_or_else(|| PublishError::TooLarge { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_full_stay_and_other_tags_move() {
        assert!(["1.0.0", "v1.0.0", "1.0.0-rc.1", "1.0.0_build.5"].into_iter().all(is_version));
        assert!(!["latest", "1", "1.0", "main", "v1"].into_iter().any(is_version));
    }

    #[test]
    fn a_port_is_no_tag() {
        assert!(!has_version("localhost:5000/shop") && !has_version("user/shop"));
        assert!(has_version("localhost:5000/shop:1") && has_version("shop:1") && has_version("shop@sha256:0"));
    }
}
