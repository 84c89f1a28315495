//! The WIT of a project: its directory `wit/`, and which world in it is the project's.

use std::path::{Path, PathBuf};

use semver::Version;
use toml::Value;
use wit_parser::{PackageId, PackageName, Resolve, WorldId};

use super::manifest::Manifest;
use super::{Watched, wasi};
use crate::BuildError;

/// A project that has WIT of its own.
#[derive(Debug)]
pub(super) struct Source {
    wit: Wit,
    /// The world that the manifest names.
    world: Option<String>,
    /// The package's name.
    package: Option<String>,
    /// Where packages are that it uses, besides those in its own `deps/`.
    dependencies: Vec<PathBuf>,
}

/// Where a project's WIT is.
#[derive(Debug)]
enum Wit {
    /// In a directory, or in one file.
    Path(PathBuf),
    /// It is this package of WASI's, of this version.
    Wasi(String, Version),
}

impl std::fmt::Display for Wit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(formatter),
            Self::Wasi(name, version) => write!(formatter, "{}:{name}@{version}", wasi::NAMESPACE),
        }
    }
}

impl Source {
    /// The WIT of the package in a directory, if it has any.
    pub(super) fn of(directory: &Path, watched: &mut Watched) -> Result<Option<Self>, BuildError> {
        let manifest = Manifest::read(directory)?;
        let target = manifest.component("target");
        let string = |key: &str| target.and_then(|target| target.get(key)).and_then(Value::as_str);
        let package = manifest.package().map(str::to_owned);
        watched.note(&directory.join("Cargo.toml"));
        if let Some(name) = target.and_then(Value::as_str).or_else(|| string("package")) {
            let (wit, world) = of_registry(name, string("version"), string("world"))?;
            return Ok(Some(Self { wit, world, package, dependencies: Vec::new() }));
        }
        let path = directory.join(string("path").unwrap_or("wit"));
        if !path.exists() {
            return Ok(None);
        }
        let tables =
            target.and_then(|target| target.get("dependencies")).and_then(Value::as_table).into_iter().flatten();
        let paths = tables.filter_map(|(_, dependency)| Some(directory.join(dependency.get("path")?.as_str()?)));
        let dependencies: Vec<PathBuf> = paths.filter(|other| !other.starts_with(path.join("deps"))).collect();
        [&path].into_iter().chain(&dependencies).for_each(|path| watched.note(path));
        Ok(Some(Self { wit: Wit::Path(path), world: string("world").map(str::to_owned), package, dependencies }))
    }

    /// The directory of the package that is meant by a project somebody depends on: of a workspace it is the only one that yields a
    /// component, or that of the dependency's name.
    pub(super) fn package_of(directory: &Path, name: &str, watched: &mut Watched) -> Result<PathBuf, BuildError> {
        if Manifest::read(directory)?.package().is_some() {
            return Ok(directory.to_owned());
        }
        watched.note(&directory.join("Cargo.toml"));
        let members = members(directory)?;
        let member = match members.as_slice() {
            [(_, only)] => Some(only),
            members => members.iter().find(|(member, _)| member == name).map(|(_, directory)| directory),
        };
        member.cloned().ok_or_else(|| {
            BuildError::new(format!("`{}` has no package `{name}`", directory.display()))
                .help("a dependency that is a workspace is called like the package that is meant")
        })
    }

    /// Adds it to what is known, and gives its world. Packages of WASI that it uses and has not beside it are added as well.
    pub(super) fn push(&self, resolve: &mut Resolve) -> Result<WorldId, BuildError> {
        let package = match &self.wit {
            Wit::Wasi(name, version) => {
                wasi::add(resolve, version)?;
                let (namespace, version) = (wasi::NAMESPACE.to_owned(), Some(version.clone()));
                let package = PackageName { namespace, name: name.clone(), version };
                let package = resolve.package_names.get(&package).copied();
                package.ok_or_else(|| BuildError::new(format!("WASI has no package `{}`", self.wit)))?
            }
            Wit::Path(path) => {
                let mut alone = resolve.clone();
                match self.push_files(path, &mut alone) {
                    Ok(package) => {
                        *resolve = alone;
                        package
                    }
                    Err(error) => {
                        let versions = wasi::wanted(self.dependencies.iter().chain([path]));
                        if versions.is_empty() {
                            return Err(error);
                        }
                        versions.iter().try_for_each(|version| wasi::add(resolve, version))?;
                        self.push_files(path, resolve)?
                    }
                }
            }
        };
        self.select(resolve, package)
    }

    fn push_files(&self, path: &Path, resolve: &mut Resolve) -> Result<PackageId, BuildError> {
        // In whatever order they are declared: one may use another.
        let mut left: Vec<&Path> = self.dependencies.iter().map(PathBuf::as_path).collect();
        while !left.is_empty() {
            let before = left.len();
            let mut wrong = None;
            left.retain(|path| match push(resolve, path) {
                Ok(_) => false,
                Err(error) => {
                    wrong = Some(error);
                    true
                }
            });
            if let Some(error) = wrong.filter(|_| left.len() == before) {
                return Err(error);
            }
        }
        push(resolve, path)
    }

    fn select(&self, resolve: &Resolve, package: PackageId) -> Result<WorldId, BuildError> {
        let chosen = match &self.world {
            Some(world) => resolve.select_world(&[package], Some(world)),
            None => resolve.select_world(&[package], None).or_else(|error| match &self.package {
                Some(name) => resolve.select_world(&[package], Some(name)),
                None => Err(error),
            }),
        };
        chosen.map_err(|_| {
            let worlds: Vec<&str> = resolve
                .packages
                .get(package)
                .map(|it| it.worlds.keys().map(String::as_str).collect())
                .unwrap_or_default();
            let (what, help) = match (&self.world, worlds.as_slice()) {
                (Some(world), _) => (
                    format!("has no world `{world}`"),
                    "`package.metadata.component.target.world` names one that is there".to_owned(),
                ),
                (None, []) => ("has no world".to_owned(), "write one: `world it { … }`".to_owned()),
                (None, _) => (
                    "has several worlds".to_owned(),
                    "name one like the package, or write `[package.metadata.component.target]` with `world = \"…\"`"
                        .to_owned(),
                ),
            };
            let worlds = if worlds.is_empty() { String::new() } else { format!(": {}", worlds.join(", ")) };
            BuildError::new(format!("`{}` {what}{worlds}", self.wit)).help(help)
        })
    }
}

/// A package of a registry, as `target` names it: `wasi:http/proxy@0.2.0`, or in parts. WASI is known, no other.
fn of_registry(text: &str, version: Option<&str>, world: Option<&str>) -> Result<(Wit, Option<String>), BuildError> {
    let (rest, version) = text.rsplit_once('@').map_or((text, version), |(rest, version)| (rest, Some(version)));
    let (package, world) = rest.split_once('/').map_or((rest, world), |(package, world)| (package, Some(world)));
    let version = version.and_then(|version| version.parse().ok()).filter(wasi::is_known);
    match package.split_once(':').zip(version) {
        Some(((wasi::NAMESPACE, name), version)) => Ok((Wit::Wasi(name.to_owned(), version), world.map(str::to_owned))),
        _ => Err(BuildError::new(format!("`{text}` is WIT in a registry, which is not asked for it"))
            .help("put it into `wit/`, with `wkg wit fetch`, and write `target = { path = \"wit\" }`")),
    }
}

/// Adds the packages of a directory or of a file; as it was, where they are not right.
fn push(resolve: &mut Resolve, path: &Path) -> Result<PackageId, BuildError> {
    let mut more = resolve.clone();
    let pushed = if path.is_dir() { more.push_dir(path).map(|(id, _)| id) } else { more.push_file(path) };
    let package = pushed.map_err(|error| {
        BuildError::new(format!("`{}` is not right", path.display())).because(more.render_error(&error))
    })?;
    *resolve = more;
    Ok(package)
}

/// The members of a workspace, by name, as cargo knows them.
fn members(directory: &Path) -> Result<Vec<(String, PathBuf)>, BuildError> {
    let failed = || BuildError::new(format!("cargo can't read the workspace in `{}`", directory.display()));
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version=1", "--manifest-path"]);
    let output = command.arg(directory.join("Cargo.toml")).output().map_err(|error| failed().because(error))?;
    if !output.status.success() {
        return Err(failed().because(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|error| failed().because(error))?;
    let packages = metadata.get("packages").and_then(serde_json::Value::as_array).into_iter().flatten();
    // As a build sees it: what yields no component is not meant.
    let yields_component = |package: &&serde_json::Value| {
        let targets = package.get("targets").and_then(serde_json::Value::as_array).into_iter().flatten();
        let types = targets.filter_map(|target| target.get("crate_types")?.as_array()).flatten();
        types.filter_map(serde_json::Value::as_str).any(|name| matches!(name, "cdylib" | "bin"))
    };
    let member = |package: &serde_json::Value| {
        let manifest = PathBuf::from(package.get("manifest_path")?.as_str()?);
        Some((package.get("name")?.as_str()?.to_owned(), manifest.parent()?.to_owned()))
    };
    Ok(packages.filter(yields_component).filter_map(member).collect())
}

/// What `wit-parser` says, with all its causes.
pub(super) fn told(error: impl std::fmt::Display) -> String {
    format!("{error:#}")
}
