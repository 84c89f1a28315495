//! The builds of `cargo mik serve`, one after the other: what changed between them, and what is worth another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::components::{self, Components, Projects};
use crate::plan;
use crate::project::{BuildArguments, DependencySource, GuestSettings, Project, ServeArguments, ServerSettings};
use crate::report::{Artifact, Event, Reporter, rendered};
use crate::serve::{Build, Change, Directory, Holds, Module, Site, Wanted, WatchSet};
use crate::stages::setup::Toolchain;
use crate::stages::{self, Built, StageError};

/// What there is to build, and what the last builds have shown.
pub(super) struct Builds {
    arguments: BuildArguments,
    address: ServeArguments,
    reporter: Reporter,
    known: Mutex<Known>,
}

/// What the last builds have shown.
#[derive(Default)]
struct Known {
    /// What each component was made of when it was last made.
    parts: BTreeMap<String, BTreeSet<PathBuf>>,
    /// Whether that is what the project is made of: not before the first build that succeeds, nor after one that fails.
    is_exact: bool,
    /// What the project is. Nothing after a build that fails: it is found out again.
    decided: Option<Decided>,
    /// The components as they were last made, by their names.
    made: BTreeMap<String, Artifact>,
    /// What the components that it depends on are made of.
    dependencies: BTreeSet<PathBuf>,
}

impl Known {
    /// The components that changes are a part of; nothing where that can't be told of each.
    fn owners(&self, changes: &[Change]) -> Option<BTreeSet<String>> {
        let owners = |change: &Change| {
            let owners = self.parts.iter().filter(|(_, paths)| change.is_within(paths)).map(|(name, _)| name.clone());
            Some(owners.collect::<BTreeSet<_>>()).filter(|owners| !owners.is_empty())
        };
        Some(changes.iter().map(owners).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// What the project is, and how it is served.
struct Decided {
    project: Project,
    toolchain: Toolchain,
    settings: ServerSettings,
    /// What each package's guest is trusted with, once that is known.
    guests: Option<BTreeMap<String, GuestSettings>>,
    /// What it depends on, once that is known.
    components: Option<Components>,
}

impl Decided {
    /// Whether that is what the project is after these changes: only the contents of sources are others. Files that come and go
    /// may be targets of cargo's.
    fn stands(&self, changes: &[Change]) -> bool {
        let deciding = self.project.deciding_files();
        changes.iter().all(|change| matches!(change, Change::Content(path) if !deciding.contains(path)))
    }
}

impl Builds {
    pub(super) fn new(arguments: BuildArguments, address: ServeArguments, reporter: &Reporter) -> Self {
        Self { arguments, address, reporter: reporter.clone(), known: Mutex::default() }
    }

    /// Builds the project as it is now. Its manifest is read again where it may be what has changed.
    pub(super) fn build(&self, wanted: &Wanted) -> Build {
        let (mut build, said) = (Build::default(), Arc::new(Mutex::new(String::new())));
        let listener = said.clone();
        let reporter = self.reporter.also(move |event| {
            if let Event::Cargo(line) = event {
                let mut said = listener.lock().unwrap_or_else(PoisonError::into_inner);
                note(&mut said, line);
            }
        });
        let built = self.try_build(wanted, &mut build, &reporter);
        let mut said = std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner));
        if let Err(report) = built {
            build.failure = Some(super::text_of(&report));
            if super::say_failure(&report, &self.reporter) {
                note(&mut said, &rendered(&report));
            }
            build.said = said;
        }
        build
    }

    fn try_build(&self, wanted: &Wanted, build: &mut Build, reporter: &Reporter) -> miette::Result<()> {
        let begin = Instant::now();
        // Taken: what fails from here on is found out again the next time.
        let decided = self.known().decided.take();
        let decided = decided.filter(|decided| !wanted.everything && decided.stands(&wanted.changes));
        let (stood, owners) = (decided.is_some(), decided.as_ref().and_then(|_| self.known().owners(&wanted.changes)));
        let decided = match decided {
            Some(decided) => decided,
            None => self.decide()?,
        };
        let Decided { project, toolchain, settings, guests, components } = &decided;
        // Should it fail: what mends it may lie where the last one had nothing.
        self.known().is_exact = false;
        build.watch = Some(self.watch_set(project, settings));
        build.workspace = project.workspace().to_owned();
        build.sources = project.source_directories().map(Path::to_owned).collect();
        let guests = match guests {
            Some(guests) => guests.clone(),
            None => project.guests(reporter)?,
        };
        let components = match components {
            Some(components) if components.stand(&wanted.changes) => components.clone(),
            _ => self.components(project, wanted, build, reporter)?,
        };
        self.known().dependencies.clone_from(&components.paths);
        let facts = stages::facts(project, toolchain, components.by_package.clone(), reporter)?;
        let facts = facts.with_components_of(components.paths.clone());
        let plan = plan::plan(project, &facts);
        let units: Vec<String> = plan.units().into_iter().map(|unit| unit.name.clone()).collect();
        // The others are as they were when the last build succeeded.
        let plan = match owners {
            Some(owners) => plan.for_units(&owners),
            None => plan,
        };
        build.times.push(("plan", begin.elapsed()));

        let built = stages::run_while_wanted(&plan, &wanted.cancel, reporter);
        if matches!(built, Err(StageError::Cancelled)) && stood {
            self.known().decided = Some(Decided { guests: Some(guests), components: Some(components), ..decided });
            return Err(StageError::Cancelled.into());
        }
        let Built { artifacts, inputs, times } = built?;
        build.times.extend(times);
        {
            let mut known = self.known();
            known.parts.retain(|name, _| artifacts.iter().all(|artifact| artifact.name != *name));
            known.made.extend(artifacts.into_iter().map(|artifact| (artifact.name.clone(), artifact)));
            known.made.retain(|name, _| units.contains(name));
            known.parts.extend(inputs.into_iter().map(|(unit, inputs)| (unit, inputs.paths)));
            known.parts.retain(|name, _| units.contains(name));
            known.is_exact = units.iter().all(|unit| known.parts.contains_key(unit));
            build.parts.clone_from(&known.parts);
        }
        build.watch = Some(self.watch_set(project, settings));
        let made: Vec<Artifact> = units.iter().filter_map(|unit| self.known().made.get(unit).cloned()).collect();
        let site = site(made, project, settings, &guests);
        build.served = Some((site, settings.clone()));
        self.known().decided = Some(Decided { guests: Some(guests), components: Some(components), ..decided });
        Ok(())
    }

    /// What the project depends on as it is now. What is built for that has a time of its own.
    fn components(
        &self,
        project: &Project,
        wanted: &Wanted,
        build: &mut Build,
        reporter: &Reporter,
    ) -> miette::Result<Components> {
        let begin = Instant::now();
        let components = components::find(project, &self.arguments, Projects::Build(&wanted.cancel), reporter)?;
        if !components.by_package.is_empty() {
            build.times.push(("dependencies", begin.elapsed()));
        }
        Ok(components)
    }

    /// Reads the project as it is now.
    fn decide(&self) -> miette::Result<Decided> {
        let (project, toolchain) = super::find_out(&self.arguments, &self.reporter)?;
        // Where it can't be told what the server itself writes to, what was watched goes on being.
        let settings = ServerSettings::of_project(&project, &self.address, &self.reporter)?;
        Ok(Decided { project, toolchain, settings, guests: None, components: None })
    }

    /// What is worth building again for: what the components were made of, and what decides how. Where that is not known, all
    /// that may be sources. The modules beside the project are not: they are taken up as they are.
    pub(super) fn watch_set(&self, project: &Project, settings: &ServerSettings) -> WatchSet {
        let known = self.known();
        let sources: Vec<PathBuf> = project.source_directories().map(Path::to_owned).collect();
        let projects = project.dependents.dependencies().filter_map(|(_, dependency)| match &dependency.source {
            DependencySource::Path { path } if path.is_dir() => Some(path.clone()),
            _ => None,
        });
        let mut paths = project.deciding_files();
        // What build scripts generate is made by the build.
        let is_made = |path: &&PathBuf| path.starts_with(&project.target_directory);
        paths.extend(known.parts.values().flatten().filter(|path| !is_made(path)).cloned());
        paths.extend(known.dependencies.iter().cloned());
        if self.arguments.all_examples {
            paths.extend(sources.iter().map(|directory| directory.join("examples")));
        }
        WatchSet {
            paths: paths.into_iter().collect(),
            trees: if known.is_exact { Vec::new() } else { sources.iter().cloned().chain(projects).collect() },
            roots: sources.into_iter().chain([project.workspace().to_owned()]).collect(),
            ignore: std::iter::once(project.target_directory.clone()).chain(settings.no_sources()).collect(),
            written: project.written_by_builds(),
            ..WatchSet::default()
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most that is kept of what is said of a build, in bytes. The first errors are those that count.
const SAID_MOST: usize = 256 << 10;

/// Adds what is said, as far as there is room.
fn note(said: &mut String, line: &str) {
    const MORE: &str = "… the terminal has the rest\n";
    if said.len() + line.len() < SAID_MOST {
        said.push_str(line);
        said.push('\n');
    } else if !said.ends_with(MORE) {
        said.push_str(MORE);
    }
}

/// What was built as what to serve: each with what its own package is trusted with, and with nothing of the others'.
/// The modules beside the project are trusted with what its first package is, which decides where they are; dependencies with what
/// the package is that has them.
pub(super) fn site(
    artifacts: Vec<Artifact>,
    project: &Project,
    settings: &ServerSettings,
    guests: &BTreeMap<String, GuestSettings>,
) -> Site {
    let guest = |package: &str| guests.get(package).cloned().unwrap_or_default();
    let module =
        |artifact: Artifact| Module { guest: guest(&artifact.package), name: artifact.name, path: artifact.path };
    let modules: Vec<_> = artifacts.into_iter().map(module).collect();
    let root = match modules.as_slice() {
        [only] => Some(only.name.clone()),
        _ => None,
    };
    let shared = || project.packages.first().map(|package| guest(&package.name)).unwrap_or_default();
    let directory = settings.modules.clone().map(|path| Directory { path, guest: shared(), holds: Holds::Modules });
    let packages = project.packages.iter().filter(|package| !package.units.is_empty());
    let dependencies = packages.map(|package| Directory {
        path: plan::Component::directory(&project.output_directory, &package.name),
        guest: guest(&package.name),
        holds: Holds::Dependencies,
    });
    Site { modules, root, directory, dependencies: dependencies.collect() }
}
