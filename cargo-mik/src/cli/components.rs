//! The components that a project depends on, as a plan has them: all are on this machine, and those that are projects are built.
//!
//! A project that somebody depends on is built like any other, with its own dependencies, by the same profile and into the same
//! target directory, so that cargo compiles what they share once. It is not composed with a bridge: a handler that is
//! served gets one when it is loaded, and everything else needs none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::deps::{self, Content, DependencyError, Problem, Resolved, Update};
use crate::plan::{self, Component};
use crate::project::{BuildArguments, Composition, Dependency, DependencySource, Project};
use crate::report::{Event, Reporter};
use crate::serve::Change;
use crate::stages;
use crate::tools::cancel::Cancel;
use crate::tools::{digest, files};

/// What a project depends on.
#[derive(Clone, Debug, Default)]
pub(super) struct Components {
    /// By the ID of the package that declares it.
    pub(super) by_package: BTreeMap<String, Vec<Component>>,
    /// What they are made of: with other contents they may be others.
    pub(super) paths: BTreeSet<PathBuf>,
}

impl Components {
    /// Whether they are what they were after these changes.
    pub(super) fn stand(&self, changes: &[Change]) -> bool {
        !changes.iter().any(|change| change.is_within(&self.paths))
    }
}

/// Whether those that are projects are built, or taken as they were built before.
#[derive(Clone, Copy, Debug)]
pub(super) enum Projects<'a> {
    /// For as long as it is wanted.
    Build(&'a Cancel),
    /// What is not there is left out, and that is said.
    AsTheyAre,
}

/// Finds what a project depends on, fetches what is missing, and locks what was not locked.
///
/// # Errors
/// A dependency can't be had, or can't be built; a project depends on itself.
pub(super) fn find(
    project: &Project,
    arguments: &BuildArguments,
    projects: Projects<'_>,
    reporter: &Reporter,
) -> miette::Result<Components> {
    let target_directory = project.target_directory.as_path();
    Finding { arguments, target_directory, projects, reporter, way: Vec::new() }.components(project)
}

/// A search, somewhere on its way through projects.
struct Finding<'a> {
    arguments: &'a BuildArguments,
    target_directory: &'a Path,
    projects: Projects<'a>,
    reporter: &'a Reporter,
    /// The projects that lead here, the first one first.
    way: Vec<PathBuf>,
}

/// A project that was built for another, and what it was made of.
#[derive(Clone)]
struct Made {
    path: PathBuf,
    digest: String,
    paths: BTreeSet<PathBuf>,
}

impl Finding<'_> {
    /// What a project depends on, with the bindings that its code has of that.
    fn components(&mut self, project: &Project) -> miette::Result<Components> {
        let mut components = self.dependencies(project)?;
        if matches!(self.projects, Projects::Build(_)) {
            components.paths.extend(stages::make_bindings(project, self.reporter)?);
        }
        Ok(components)
    }

    fn dependencies(&mut self, project: &Project) -> miette::Result<Components> {
        let resolution = deps::resolve(&project.dependents, Update::Nothing, self.reporter)?;
        let mut components = Components::default();
        if resolution.dependencies.is_empty() {
            return Ok(components);
        }
        components.paths.insert(project.dependents.lock());
        self.way.push(real(&project.manifest_path));
        // Several packages may depend on the same.
        let mut built: BTreeMap<PathBuf, Option<Made>> = BTreeMap::new();
        for Resolved { package_id, dependency, content, .. } in resolution.dependencies {
            let made = match content {
                Content::Component { path, digest } => {
                    let is_the_users = matches!(dependency.source, DependencySource::Path { .. });
                    let paths = is_the_users.then(|| path.clone()).into_iter().collect();
                    let digest = digest.trim_start_matches("sha256:").to_owned();
                    Some(Made { path, digest, paths })
                }
                Content::Project { manifest_path } => match built.get(&manifest_path) {
                    Some(made) => made.clone(),
                    None => {
                        let made = self.made(&dependency, &manifest_path)?;
                        built.insert(manifest_path, made.clone());
                        made
                    }
                },
            };
            if let Some(Made { path, digest, paths }) = made {
                components.paths.extend(paths);
                let Dependency { name, instance, place, .. } = dependency;
                let component = Component { name, path, digest, instance, place };
                components.by_package.entry(package_id).or_default().push(component);
            }
        }
        self.way.pop();
        Ok(components)
    }

    /// What a project comes to that somebody depends on.
    fn made(&mut self, dependency: &Dependency, manifest_path: &Path) -> miette::Result<Option<Made>> {
        let own = real(manifest_path);
        if let Some(first) = self.way.iter().position(|path| *path == own) {
            let steps = self.way.iter().skip(first).chain([&own]);
            let steps = steps.map(|path| path.parent().unwrap_or(path).display().to_string()).collect();
            return Err(DependencyError::new(dependency, Problem::Cycle { steps }).into());
        }
        let BuildArguments { profile, .. } = self.arguments;
        let metadata_arguments = self.metadata_arguments(manifest_path);
        let arguments = BuildArguments {
            manifest_path: Some(manifest_path.to_owned()),
            target_directory: Some(self.target_directory.to_owned()),
            profile: profile.clone(),
            pass_through: metadata_arguments.clone(),
            metadata_arguments,
            ..BuildArguments::default()
        };
        let (mut project, toolchain) = super::find_out(&arguments, self.reporter)?;
        // Of equal names in two places, each has its own.
        let place = digest::of(own.as_os_str().as_encoded_bytes());
        let place = format!("{}-{}", dependency.name, place.get(..16).unwrap_or_default());
        project.output_directory =
            self.target_directory.join("mik").join("dependencies").join(place).join(&project.profile.directory);
        project.packages.iter_mut().for_each(|package| package.composition = Composition::Never);
        let unit = unit(&project, dependency)?;

        let components = self.components(&project)?;
        let mut paths = project.build_files();
        paths.extend(components.paths.iter().cloned());
        let cancel = match self.projects {
            Projects::Build(cancel) => cancel,
            Projects::AsTheyAre => return Ok(self.as_it_is(&project, &unit, paths)),
        };
        let facts = stages::facts(&project, &toolchain, components.by_package, self.reporter)?;
        let facts = facts.with_components_of(components.paths);
        let plan = plan::plan(&project, &facts).for_units(&BTreeSet::from([unit.clone()]));
        self.reporter.detail("Dependency", format!("{} is built from {}", dependency.name, manifest_path.display()));
        let built = stages::run_while_wanted(&plan, cancel, self.reporter)?;
        if let Some(inputs) = built.inputs.get(&unit) {
            paths.extend(inputs.paths.iter().filter(|path| !path.starts_with(self.target_directory)).cloned());
        }
        let artifact = built.artifacts.into_iter().find(|artifact| artifact.name == unit);
        artifact.map(|artifact| made(artifact.path, paths)).transpose()
    }

    /// What cargo is told of the lock, the network and its configuration. A project that comes without a `Cargo.lock`, as
    /// libraries do, has nothing that could be kept to.
    fn metadata_arguments(&self, manifest_path: &Path) -> Vec<String> {
        let typed = &self.arguments.metadata_arguments;
        let has_lock = manifest_path.ancestors().any(|directory| directory.join("Cargo.lock").is_file());
        let without_lock = |typed: &String| match typed.as_str() {
            "--locked" => None,
            "--frozen" => Some("--offline".to_owned()),
            _ => Some(typed.clone()),
        };
        if has_lock { typed.clone() } else { typed.iter().filter_map(without_lock).collect() }
    }

    /// What an earlier build has left.
    fn as_it_is(&self, project: &Project, unit: &str, paths: BTreeSet<PathBuf>) -> Option<Made> {
        let path = project.output_directory.join(format!("{unit}.wasm"));
        if !path.is_file() {
            let note = format!("`{unit}` is not built yet: what depends on it is planned without it");
            self.reporter.emit(Event::Note(note));
            return None;
        }
        made(path, paths).ok()
    }
}

fn made(path: PathBuf, paths: BTreeSet<PathBuf>) -> miette::Result<Made> {
    let bytes = files::read(&path).map_err(|source| stages::StageError::Read { source })?;
    Ok(Made { digest: digest::of(&bytes), path, paths })
}

/// Which of a project's components is meant: the only one, or that of the dependency's name.
fn unit(project: &Project, dependency: &Dependency) -> Result<String, DependencyError> {
    let names: Vec<&str> = project.units().map(|(_, unit)| unit.name.as_str()).collect();
    match names.as_slice() {
        [only] => Ok((*only).to_owned()),
        names if names.contains(&dependency.name.as_str()) => Ok(dependency.name.clone()),
        names => {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            Err(DependencyError::new(dependency, Problem::WhichComponent { names }))
        }
    }
}

/// A path by which a project is known again.
fn real(path: &Path) -> PathBuf {
    files::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
