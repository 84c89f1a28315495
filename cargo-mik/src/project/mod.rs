//! What the project is: what was typed, cargo metadata, `[package.metadata.mik]`, `mik.toml` and the environment,
//! weighed against each other into values that no longer say "not decided".

mod about;
mod arguments;
mod cache;
mod cargo_config;
mod configuration;
mod decision;
mod declared;
mod dependency;
mod dependents;
mod deployment;
mod destination;
mod dotenv;
mod environment;
mod error;
mod host_pattern;
mod identity;
mod keys;
mod listing;
mod location;
mod manifest;
mod outbound;
mod package;
mod production;
mod profile;
mod registry;
mod selection;
mod server;
mod source_paths;
mod sources;
mod target;
mod unit;
mod wasm_opt;

pub use about::About;
pub use arguments::{BuildArguments, DashboardAccess, Recording, RunArguments, ServeArguments, TlsFiles};
pub use cache::{CodeCacheSettings, cache_directory};
pub use cargo_config::CargoConfig;
pub use decision::Origin;
pub use declared::Declared;
pub use dependency::{Dependency, Place};
pub use dependents::{Dependent, Dependents, path_projects};
pub use deployment::Deployment;
pub use destination::{Destination, Scheme};
pub use environment::{Environment, host_address, log_level, path_variable};
pub use error::ProjectError;
pub use host_pattern::HostPattern;
pub use listing::{Listed, Listing, Setting};
pub use manifest::Manifest;
pub use mik_build::source::{DependencySource, GitReference, is_package, package_name, relative_path, typed_path};
pub use outbound::{CaFile, OutboundSettings};
pub use package::{Bridge, Composition, Optimize, Package, Panic};
pub use production::{Built, Production};
pub use profile::Profile;
pub use registry::{PackageFile, RegistrySettings, is_place, is_registry};
pub use server::{GuestSettings, ServerSettings};
pub use source_paths::SourcePath;
pub use sources::{BINDINGS, Sources};
pub use target::{Target, TargetChoice};
pub use unit::{Unit, UnitKind};
pub use wasm_opt::{WasmOpt, WasmOptSettings};

use std::path::PathBuf;

use serde::Serialize;

use crate::report::Reporter;

/// A project, resolved: absolute paths, decided values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Project {
    /// The manifest that stands for the project: where the user is, or `--manifest-path`.
    pub manifest_path: PathBuf,
    /// Cargo's target directory.
    pub target_directory: PathBuf,
    /// Where components of this profile are written.
    pub output_directory: PathBuf,
    /// The profile.
    pub profile: Profile,
    /// The packages that yield components, in cargo's order.
    pub packages: Vec<Package>,
    /// Flags for the child cargo, as typed; those that `cargo mik` decides itself are not among them.
    pub cargo_arguments: Vec<String>,
    /// Whether cargo, and so the set-up, has to do without the network.
    pub offline: bool,
    /// Directories of this machine that a component must not tell of; the last one that fits wins.
    #[serde(skip)]
    pub source_paths: Vec<SourcePath>,
    /// Where its sources are.
    #[serde(skip)]
    pub sources: Sources,
    /// The components that it depends on.
    #[serde(skip)]
    pub dependents: Dependents,
}

impl Project {
    /// Finds and resolves the project that the arguments name.
    ///
    /// Says a warning for every unknown key and every key set twice.
    ///
    /// # Errors
    /// No manifest; cargo can't read it; nothing in it yields a component; a value is wrong.
    pub fn load(arguments: &BuildArguments, reporter: &Reporter) -> Result<Self, ProjectError> {
        let manifest_path = location::manifest_path(arguments.manifest_path.as_deref())?;
        let metadata = location::metadata(&manifest_path, arguments)?;
        let target_directory = location::target_directory(&metadata, arguments)?;
        let config = CargoConfig::read(&arguments.metadata_arguments);
        let profile = Profile::resolve(&arguments.profile, metadata.workspace_root.as_std_path(), &config);
        let selected = selection::select(&metadata, &manifest_path, arguments)?;
        let sources = Sources::new(&metadata, selected.iter().map(|(package, _)| *package), &config);
        let packages = selected
            .into_iter()
            .map(|(package, units)| package::resolve(package, units, arguments, &config, &profile, reporter))
            .collect::<Result<Vec<_>, _>>()?;
        let dependents = packages.iter().map(|package: &Package| {
            Dependent::of(package.name.clone(), package.id.clone(), &package.manifest, reporter)
        });
        let dependents = Dependents::of(&metadata, dependents.collect::<Result<_, _>>()?, arguments, &config);
        let cargo_arguments = arguments.pass_through.clone();
        let source_paths = source_paths::all(&metadata, &target_directory, &config);
        let offline = config.is_offline();
        Ok(Self {
            manifest_path,
            output_directory: target_directory.join("mik").join(&profile.directory),
            target_directory,
            profile,
            packages,
            cargo_arguments,
            offline,
            source_paths,
            sources,
            dependents,
        })
    }

    /// Every component to be built, package by package.
    pub fn units(&self) -> impl Iterator<Item = (&Package, &Unit)> {
        self.packages.iter().flat_map(|package| package.units.iter().map(move |unit| (package, unit)))
    }
}
