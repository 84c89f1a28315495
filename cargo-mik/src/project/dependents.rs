//! Who depends on components: the packages of a project, and where what they depend on is locked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_metadata::Metadata;

use super::manifest::Manifest;
use super::{
    BuildArguments, CargoConfig, Dependency, DependencySource, ProjectError, RegistrySettings, identity, location,
    selection,
};
use crate::report::Reporter;

/// The packages of a project that were selected, with what they depend on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dependents {
    /// The directory of `mik.lock`: that of `Cargo.lock`, or of the configuration where there is no cargo.
    pub root: PathBuf,
    /// The packages, in cargo's order.
    pub packages: Vec<Dependent>,
    /// Whether `mik.lock` has to stay as it is.
    pub locked: bool,
    /// Whether there is no network.
    pub offline: bool,
    /// The workspace's other members: their names and directories.
    others: Vec<(String, PathBuf)>,
}

/// A package, and what it depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependent {
    /// Its name; that of the directory where there is no cargo.
    pub name: String,
    /// Cargo's package ID; empty where there is no cargo.
    pub id: String,
    /// The directory of its configuration.
    pub directory: PathBuf,
    /// The files of its configuration that are there, the stronger first.
    pub files: Vec<PathBuf>,
    /// What it depends on, by name.
    pub dependencies: Vec<Dependency>,
    /// Where those of registries come from.
    registry: RegistrySettings,
}

impl Dependents {
    /// Finds the packages that the arguments select. Where there is a `mik.toml` and no `Cargo.toml`, it is that directory.
    ///
    /// # Errors
    /// No configuration; cargo can't read the project; a value is wrong.
    pub fn load(arguments: &BuildArguments, reporter: &Reporter) -> Result<Self, ProjectError> {
        let config = CargoConfig::read(&arguments.metadata_arguments);
        let cwd = std::env::current_dir().map_err(|source| ProjectError::CurrentDirectory { source })?;
        let has_cargo = || cwd.ancestors().any(|directory| directory.join("Cargo.toml").is_file());
        if arguments.manifest_path.is_none() && cwd.join("mik.toml").is_file() && !has_cargo() {
            let manifest = Manifest::of_directory(&cwd, reporter)?;
            let of_directory = || cwd.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let name = identity::of_directory(&manifest, reporter).unwrap_or_else(of_directory);
            let packages = vec![Dependent::of(name, String::new(), &manifest, reporter)?];
            let locked = is_locked(arguments);
            return Ok(Self { root: cwd, packages, locked, offline: config.is_offline(), others: Vec::new() });
        }
        let manifest_path = location::manifest_path(arguments.manifest_path.as_deref())?;
        let metadata = location::metadata(&manifest_path, arguments)?;
        let selected = selection::select(&metadata, &manifest_path, arguments)?;
        let packages = selected.iter().map(|(package, _)| {
            let manifest = Manifest::read(package.manifest_path.as_std_path(), reporter)?;
            Dependent::of(package.name.to_string(), package.id.repr.clone(), &manifest, reporter)
        });
        let packages = packages.collect::<Result<_, ProjectError>>()?;
        Ok(Self::of(&metadata, packages, arguments, &config))
    }

    /// The same of a project that is being loaded.
    pub(super) fn of(
        metadata: &Metadata,
        packages: Vec<Dependent>,
        arguments: &BuildArguments,
        config: &CargoConfig,
    ) -> Self {
        let members = metadata.workspace_packages();
        let others = members.iter().filter(|member| packages.iter().all(|package| package.id != member.id.repr));
        let name_and_directory = |member: &&cargo_metadata::Package| {
            Some((member.name.to_string(), member.manifest_path.parent()?.as_std_path().to_owned()))
        };
        Self {
            root: metadata.workspace_root.clone().into_std_path_buf(),
            others: others.filter_map(name_and_directory).collect(),
            packages,
            locked: is_locked(arguments),
            offline: config.is_offline(),
        }
    }

    /// Where what they depend on is locked.
    pub fn lock(&self) -> PathBuf {
        self.root.join(mik_build::lock::NAME)
    }

    /// All members of the workspace, selected or not, with their directories, in an order that is the same each time.
    pub fn members(&self) -> BTreeMap<&str, &Path> {
        let selected = self.packages.iter().map(|package| (package.name.as_str(), package.directory.as_path()));
        selected.chain(self.others.iter().map(|(name, directory)| (name.as_str(), directory.as_path()))).collect()
    }

    /// Every dependency of the packages, with the package.
    pub fn dependencies(&self) -> impl Iterator<Item = (&Dependent, &Dependency)> {
        self.packages.iter().flat_map(|package| package.dependencies.iter().map(move |it| (package, it)))
    }

    /// The registries, as the first of the packages says it.
    pub fn registry(&self) -> RegistrySettings {
        self.packages.first().map(|package| package.registry.clone()).unwrap_or_default()
    }

    /// The same packages, as their configuration is by now: another command may have changed it meanwhile.
    ///
    /// # Errors
    /// It can't be read, or a value is wrong.
    pub fn again(&self) -> Result<Self, ProjectError> {
        // What there is to say of it was said before.
        let silent = Reporter::silent();
        let again = |package: &Dependent| {
            let manifest = Manifest::of_directory(&package.directory, &silent)?;
            Dependent::of(package.name.clone(), package.id.clone(), &manifest, &silent)
        };
        let packages = self.packages.iter().map(again).collect::<Result<_, ProjectError>>()?;
        Ok(Self { packages, ..self.clone() })
    }

    /// What the workspace's other members depend on. It is locked in the same file.
    ///
    /// # Errors
    /// Their configuration can't be read, or a value is wrong.
    pub fn of_others(&self) -> Result<Vec<Dependency>, ProjectError> {
        // They are not what was asked for: nothing is said of them.
        let silent = Reporter::silent();
        let mut dependencies = Vec::new();
        for (_, directory) in &self.others {
            dependencies.extend(Manifest::of_directory(directory, &silent)?.dependencies(&silent)?);
        }
        Ok(dependencies)
    }
}

impl Dependent {
    /// A package whose configuration has been read.
    pub(super) fn of(name: String, id: String, manifest: &Manifest, reporter: &Reporter) -> Result<Self, ProjectError> {
        Ok(Self {
            name,
            id,
            directory: manifest.directory().to_owned(),
            files: manifest.files().collect(),
            dependencies: manifest.dependencies(reporter)?,
            registry: RegistrySettings::of(manifest, reporter)?,
        })
    }

    /// The file that a package's configuration is in where it has none yet.
    pub fn file(&self) -> &Path {
        self.files.first().map_or(&self.directory, PathBuf::as_path)
    }
}

fn is_locked(arguments: &BuildArguments) -> bool {
    arguments.metadata_arguments.iter().any(|flag| matches!(flag.as_str(), "--locked" | "--frozen"))
}

/// The projects on this machine that the project in a directory depends on.
///
/// # Errors
/// Its configuration can't be read, or a value is wrong.
pub fn path_projects(directory: &Path) -> Result<Vec<(String, PathBuf)>, ProjectError> {
    let silent = Reporter::silent();
    let dependencies = Manifest::of_directory(directory, &silent)?.dependencies(&silent)?;
    let project = |dependency: Dependency| match dependency.source {
        DependencySource::Path { path } if path.is_dir() => Some((dependency.name, path)),
        _ => None,
    };
    Ok(dependencies.into_iter().filter_map(project).collect())
}
