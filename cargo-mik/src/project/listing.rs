//! Every key with its value and what it comes from: what resolving the project has decided, written down.

use std::path::Path;

use mik_build::schema::reference::Key;
use serde::Serialize;
use serde_json::Value;

use super::decision::{Decision, Decisions, Origin};
use super::manifest::Manifest;
use super::{Deployment, Project, ProjectError, RegistrySettings, ServeArguments, ServerSettings};
use crate::report::Reporter;

/// The table of the guest's variables, whose keys are the user's own.
const ENV: &str = "server.env";

/// The tables whose keys are the user's own.
const OWN: [&str; 2] = [ENV, "dependencies"];

/// The table that says what a package says, where there is one.
const PROJECT: &str = "project.";

/// A project's settings, package by package.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listing {
    /// In cargo's order; one where there is no cargo.
    pub packages: Vec<Listed>,
}

/// The settings of one package.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Listed {
    /// The package's name, or the directory's where it has one.
    pub package: Option<String>,
    /// In the order of the reference page.
    pub settings: Vec<Setting>,
}

/// A key, its value, and what that comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// The key, such as `server.port`.
    pub key: String,
    /// Its value; paths are absolute. Null where there is none: what that means is in `meaning`.
    pub value: Value,
    /// What the absence of a value means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// What it comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

impl Listing {
    /// The settings that a project is built and served with.
    ///
    /// # Errors
    /// As building and serving it.
    pub fn of_project(
        project: &Project,
        arguments: &ServeArguments,
        reporter: &Reporter,
    ) -> Result<Self, ProjectError> {
        ServerSettings::of_project(project, arguments, reporter)?;
        project.guests(reporter)?;
        for package in &project.packages {
            RegistrySettings::of_package(package, reporter)?;
        }
        let listed = |package: &super::Package| Listed::of(Some(package.name.clone()), &package.manifest);
        Ok(Self { packages: project.packages.iter().map(listed).collect() })
    }

    /// The settings that what a directory holds is served with.
    ///
    /// # Errors
    /// As serving it.
    pub fn of_directory(
        directory: &Path,
        arguments: &ServeArguments,
        reporter: &Reporter,
    ) -> Result<Self, ProjectError> {
        let Deployment { name, manifest, .. } = Deployment::read(directory, arguments, reporter)?;
        // Looked at, and with that noted.
        manifest.dependencies(reporter)?;
        RegistrySettings::of(&manifest, reporter)?;
        let mut listed = Listed::of(name, &manifest);
        // Nothing is built here.
        listed.settings.retain(|setting| !matches!(setting.table(), "build" | "composition"));
        Ok(Self { packages: vec![listed] })
    }

    /// The same with the settings of one key or one table alone.
    ///
    /// # Errors
    /// There is none: a variable of the guest's that is not set.
    pub fn below(mut self, key: &str) -> Result<Self, ProjectError> {
        let names = || self.packages.iter().flat_map(|listed| &listed.settings).filter_map(Setting::variable);
        let names: Vec<String> = names().map(str::to_owned).collect();
        for listed in &mut self.packages {
            listed.settings.retain(|setting| setting.is_below(key));
        }
        match self.packages.iter().all(|listed| listed.settings.is_empty()) {
            true => Err(ProjectError::NotSet { key: key.to_owned(), names }),
            false => Ok(self),
        }
    }

    /// The value of one key, as a script takes it: a string as it is, nothing where there is no value.
    ///
    /// # Errors
    /// The packages have several.
    pub fn value(&self, key: &str) -> Result<String, ProjectError> {
        let mut values = self.packages.iter().flat_map(|listed| &listed.settings).map(|setting| &setting.value);
        let first = values.next().unwrap_or(&Value::Null);
        if values.any(|value| value != first) {
            let packages = self.packages.iter().filter_map(|listed| listed.package.clone()).collect();
            return Err(ProjectError::SeveralValues { key: key.to_owned(), packages });
        }
        Ok(match first {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            value => as_toml(value),
        })
    }
}

impl Listed {
    fn of(package: Option<String>, manifest: &Manifest) -> Self {
        let settings = Key::all().into_iter().flat_map(|key| settings(&key, manifest));
        Self { package, settings: settings.collect() }
    }
}

/// What has been decided on a key: one setting, or as many as the user's own table has.
fn settings(key: &Key, manifest: &Manifest) -> Vec<Setting> {
    let decisions: &Decisions = manifest.decisions();
    if OWN.contains(&key.path.as_str()) {
        let variables = decisions.in_table(&key.path);
        if !variables.is_empty() {
            let setting = |(key, Decision { value, origin })| Setting { key, value, meaning: None, origin };
            return variables.into_iter().map(setting).collect();
        }
    }
    let default = || Decision { value: key.default.clone().unwrap_or_default(), origin: Origin::Default };
    let Decision { mut value, origin } = decisions.on(&key.path).unwrap_or_else(default);
    if let (true, Value::String(path)) = (key.is_path, &value) {
        let directory = match &origin {
            Origin::File { directory, .. } => directory,
            _ => manifest.directory(),
        };
        value = directory.join(path).display().to_string().into();
    }
    let meaning = value.is_null().then(|| match key.path.starts_with(PROJECT) {
        // A package would have said it.
        true => "none".to_owned(),
        false => key.default_in_words.replace('`', ""),
    });
    vec![Setting { key: key.path.clone(), value, meaning, origin }]
}

impl Setting {
    /// The value as people read it: as TOML, paths as seen from here.
    pub fn shown(&self) -> String {
        let here = std::env::current_dir().unwrap_or_default();
        match &self.value {
            Value::Null => self.meaning.clone().unwrap_or_default(),
            Value::String(text) => match Path::new(text).strip_prefix(here) {
                Ok(path) => as_toml(&path.display().to_string().into()),
                Err(_) => as_toml(&self.value),
            },
            value => as_toml(value),
        }
    }

    fn table(&self) -> &str {
        self.key.split('.').next().unwrap_or_default()
    }

    /// The variable of the guest's that it is.
    fn variable(&self) -> Option<&str> {
        self.key.strip_prefix(ENV)?.strip_prefix('.')
    }

    fn is_below(&self, key: &str) -> bool {
        self.key.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// A value as it can be written into a file.
fn as_toml(value: &Value) -> String {
    match serde_json::from_value::<toml::Value>(value.clone()) {
        Ok(value) => value.to_string(),
        Err(_) => value.to_string(),
    }
}
