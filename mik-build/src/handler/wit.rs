//! The WIT of a project: its directory `wit/`, and which world in it is the project's.

use std::path::{Path, PathBuf};

use serde_json::Value;
use wit_parser::{PackageId, Resolve, WorldId};

use super::Watched;
use super::dependencies::read_text;
use crate::BuildError;

/// A project that has WIT of its own.
#[derive(Debug)]
pub(super) struct Source {
    /// The directory of the WIT, or one file.
    path: PathBuf,
    /// The world that the manifest names.
    world: Option<String>,
    /// The package's name.
    package: Option<String>,
}

impl Source {
    /// The WIT of the package in a directory, if it has any.
    pub(super) fn of(directory: &Path, watched: &mut Watched) -> Result<Option<Self>, BuildError> {
        let manifest_path = directory.join("Cargo.toml");
        let text = read_text(&manifest_path)?.unwrap_or_default();
        // What is wrong with it is cargo's to say.
        let manifest: toml::Table = text.parse().unwrap_or_default();
        let package = manifest.get("package");
        let at = |value: Option<&toml::Value>, key: &str| value.and_then(|value| value.get(key)).cloned();
        let string = |value: Option<toml::Value>| value.and_then(|value| value.as_str().map(str::to_owned));
        let target = at(at(at(package, "metadata").as_ref(), "component").as_ref(), "target");
        let path = directory.join(string(at(target.as_ref(), "path")).as_deref().unwrap_or("wit"));
        if !path.exists() {
            return Ok(None);
        }
        watched.note(&manifest_path);
        watched.note(&path);
        Ok(Some(Self { path, world: string(at(target.as_ref(), "world")), package: string(at(package, "name")) }))
    }

    /// The same of a project somebody depends on: of a workspace it is the package of the dependency's name.
    pub(super) fn of_project(directory: &Path, name: &str, watched: &mut Watched) -> Result<Option<Self>, BuildError> {
        let text = read_text(&directory.join("Cargo.toml"))?.unwrap_or_default();
        let manifest: toml::Table = text.parse().unwrap_or_default();
        if manifest.contains_key("package") {
            return Self::of(directory, watched);
        }
        watched.note(&directory.join("Cargo.toml"));
        let members = members(directory)?;
        let member = match members.as_slice() {
            [(_, only)] => Some(only),
            members => members.iter().find(|(member, _)| member == name).map(|(_, directory)| directory),
        };
        match member {
            Some(member) => Self::of(member, watched),
            None => Err(BuildError::new(format!("`{}` has no package `{name}`", directory.display()))
                .help("a dependency that is a workspace is called like the package that is meant")),
        }
    }

    /// Adds it to what is known, and gives its package and its world.
    pub(super) fn push(&self, resolve: &mut Resolve) -> Result<WorldId, BuildError> {
        let pushed = match self.path.is_dir() {
            true => resolve.push_dir(&self.path).map(|(id, _)| id),
            false => resolve.push_file(&self.path),
        };
        let package = pushed.map_err(|error| {
            BuildError::new(format!("`{}` is not right", self.path.display())).because(resolve.render_error(&error))
        })?;
        self.select(resolve, package)
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
            BuildError::new(format!("`{}` {what}{worlds}", self.path.display())).help(help)
        })
    }
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
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| failed().because(error))?;
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let member = |package: &Value| {
        let manifest = PathBuf::from(package.get("manifest_path")?.as_str()?);
        Some((package.get("name")?.as_str()?.to_owned(), manifest.parent()?.to_owned()))
    };
    Ok(packages.filter_map(member).collect())
}

/// What `wit-parser` says, with all its causes.
pub(super) fn told(error: impl std::fmt::Display) -> String {
    format!("{error:#}")
}
