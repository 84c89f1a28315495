//! `registry.*`: the registry of references that name none, where to publish, mirrors, and who may be spoken to in plain HTTP; and where wkg says which
//! registry has which packages.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use mik_build::schema::{REGISTRY, RegistryTable, Spanned};
use serde_json::json;

use super::decision::{Decision, Origin};
use super::environment::{Variable, path_variable, variable};
use super::manifest::{Located, Manifest};
use super::{Package, ProjectError};
use crate::report::Reporter;

/// Where components are pulled from and published to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrySettings {
    /// The registry of references that name none.
    pub default: String,
    /// Whether somebody has said so.
    pub is_chosen: bool,
    /// The repository that `cargo mik publish` pushes to where it is given none.
    pub publish: Option<String>,
    /// By registry where its components are looked for first: a registry, and a path where it keeps them below one.
    pub mirrors: BTreeMap<String, String>,
    /// The registries that may be spoken to in plain HTTP besides those on loopback.
    pub insecure: Vec<String>,
}

impl Default for RegistrySettings {
    fn default() -> Self {
        Self {
            default: REGISTRY.to_owned(),
            is_chosen: false,
            publish: None,
            mirrors: BTreeMap::new(),
            insecure: Vec::new(),
        }
    }
}

impl RegistrySettings {
    /// What holds here: the files of the nearest directory upward that has any, and the environment.
    ///
    /// # Errors
    /// A file can't be read or is not TOML; a value is wrong, in a file or in the environment.
    pub fn here(reporter: &Reporter) -> Result<Self, ProjectError> {
        let cwd = std::env::current_dir().map_err(|source| ProjectError::CurrentDirectory { source })?;
        let has_files = |directory: &&Path| ["Cargo.toml", "mik.toml"].iter().any(|it| directory.join(it).is_file());
        match cwd.ancestors().find(has_files) {
            Some(directory) => Self::of(&Manifest::of_directory(directory, reporter)?, reporter),
            None => Self::of(&Manifest::default(), reporter),
        }
    }

    /// What holds for a package.
    ///
    /// # Errors
    /// A value is wrong, in a file or in the environment.
    pub fn of_package(package: &Package, reporter: &Reporter) -> Result<Self, ProjectError> {
        Self::of(&package.manifest, reporter)
    }

    /// What the files in one directory and the environment say.
    pub(super) fn of(manifest: &Manifest, reporter: &Reporter) -> Result<Self, ProjectError> {
        let keys = Keys { manifest, reporter };
        let default = keys.default()?;
        let publish = keys.get("registry.publish", |table| table.publish.as_ref()).map(|located| located.value);
        let is_chosen = default.is_some();
        let default = default.unwrap_or_else(|| REGISTRY.to_owned());
        Ok(Self { default, is_chosen, publish, mirrors: keys.mirrors()?, insecure: keys.insecure()? })
    }
}

/// Where wkg keeps which registry has which packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    /// The file.
    pub path: PathBuf,
    /// Whether `WKG_CONFIG_FILE` names it. It is there then, and all that holds.
    pub is_named: bool,
}

impl PackageFile {
    /// As wkg looks for it: `WKG_CONFIG_FILE`, or `wasm-pkg/config.toml` where the user's programs are configured. None where there is
    /// no home directory.
    pub fn find() -> Option<Self> {
        if let Some(path) = path_variable("WKG_CONFIG_FILE") {
            return Some(Self { path, is_named: true });
        }
        let directory = etcetera::choose_base_strategy().ok()?.config_dir();
        Some(Self { path: directory.join("wasm-pkg").join("config.toml"), is_named: false })
    }
}

/// Whether a text names a registry: a host, and a port where it is not the usual one.
pub fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(is_label) && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Whether a text names a registry, and maybe a path below it.
pub fn is_place(text: &str) -> bool {
    let (registry, path) = text.split_once('/').map_or((text, None), |(registry, path)| (registry, Some(path)));
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
    };
    is_registry(registry) && path.is_none_or(|path| path.split('/').all(is_part))
}

const REGISTRY_HELP: &str =
    "write a host, with its port where that is not the usual one, such as `registry.example.com` or `localhost:5000`";
const MIRROR_HELP: &str = "write, for example, `mirrors = { \"ghcr.io\" = \"mirror.example.com/ghcr\" }`";

struct Keys<'a> {
    manifest: &'a Manifest,
    reporter: &'a Reporter,
}

impl Keys<'_> {
    fn get<T: Clone>(&self, key: &str, field: impl Fn(&RegistryTable) -> Option<&Spanned<T>>) -> Option<Located<T>> {
        self.manifest.get(key, |schema| field(&schema.registry), self.reporter)
    }

    fn default(&self) -> Result<Option<String>, ProjectError> {
        let written = self.get("registry.default", |table| table.default.as_ref());
        let read = Variable { name: "MIK_REGISTRY", kind: "registry", help: REGISTRY_HELP };
        let parse = |text: &str| is_registry(text).then(|| text.to_owned());
        if let Some(default) = variable(read, std::env::var_os("MIK_REGISTRY"), parse)? {
            self.note("registry.default", json!(default), "MIK_REGISTRY");
            return Ok(Some(default));
        }
        match written {
            Some(located) if !is_registry(&located.value) => {
                let message = format!("`{}` is no registry", located.value);
                Err(wrong(&located, message, REGISTRY_HELP))
            }
            located => Ok(located.map(|located| located.value)),
        }
    }

    fn mirrors(&self) -> Result<BTreeMap<String, String>, ProjectError> {
        let names =
            self.manifest.names(|schema| schema.registry.mirrors.as_ref().map(|table| table.keys().cloned().collect()));
        let mut mirrors = BTreeMap::new();
        let mut origin = None;
        for name in names {
            let key = format!("registry.mirrors.{name}");
            let entry = self.get(&key, |table| table.mirrors.as_ref().and_then(|table| table.get(&name)));
            let Some(located) = entry else { continue };
            if !is_registry(&name) || !is_place(&located.value) {
                let message = format!("`{}` can't be the mirror of `{name}`", located.value);
                return Err(wrong(&located, message, MIRROR_HELP));
            }
            origin.get_or_insert_with(|| located.decision().origin);
            mirrors.insert(name, located.value);
        }
        if let Some(origin) = origin {
            let decision = Decision { value: json!(mirrors), origin };
            self.manifest.decisions().note("registry.mirrors", decision);
        }
        let read = Variable {
            name: "MIK_REGISTRY_MIRRORS",
            kind: "list of mirrors",
            help: "write, for example, `ghcr.io=mirror.example.com/ghcr`, with commas between several",
        };
        let parse = |text: &str| {
            let entries = text.split(',').map(|entry| {
                let (registry, place) = entry.trim().split_once('=')?;
                (is_registry(registry) && is_place(place)).then(|| (registry.to_owned(), place.to_owned()))
            });
            entries.collect::<Option<BTreeMap<_, _>>>()
        };
        if let Some(set) = variable(read, std::env::var_os("MIK_REGISTRY_MIRRORS"), parse)? {
            self.note("registry.mirrors", json!(set), "MIK_REGISTRY_MIRRORS");
            return Ok(set);
        }
        Ok(mirrors)
    }

    fn insecure(&self) -> Result<Vec<String>, ProjectError> {
        let written = self.get("registry.insecure", |table| table.insecure.as_ref());
        if let Some(set) = insecure(std::env::var_os("MIK_REGISTRY_INSECURE"))? {
            self.note("registry.insecure", json!(set), "MIK_REGISTRY_INSECURE");
            return Ok(set);
        }
        let Some(Located { value, file, .. }) = written else { return Ok(Vec::new()) };
        let checked = |entry: &Spanned<String>| match is_registry(entry.get_ref()) {
            true => Ok(entry.get_ref().clone()),
            false => Err(ProjectError::InvalidValue {
                message: format!("`{}` is no registry", entry.get_ref()),
                help: REGISTRY_HELP.to_owned(),
                source_code: file.named_source(),
                at: entry.span().into(),
            }),
        };
        value.iter().map(checked).collect()
    }

    fn note(&self, key: &str, value: serde_json::Value, variable: &'static str) {
        self.manifest.decisions().note(key, Decision { value, origin: Origin::Environment { variable } });
    }
}

fn insecure(value: Option<OsString>) -> Result<Option<Vec<String>>, ProjectError> {
    let read = Variable {
        name: "MIK_REGISTRY_INSECURE",
        kind: "list of registries",
        help: "write, for example, `registry.local:5000`, with commas between several",
    };
    variable(read, value, |text| {
        let entries = text.split(',').map(str::trim);
        entries.map(|entry| is_registry(entry).then(|| entry.to_owned())).collect()
    })
}

fn wrong<T>(located: &Located<T>, message: String, help: &str) -> ProjectError {
    let (source_code, at) = (located.file.named_source(), located.span);
    ProjectError::InvalidValue { message, help: help.to_owned(), source_code, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_a_host_and_maybe_a_port() {
        for right in ["ghcr.io", "localhost", "localhost:5000", "127.0.0.1:1", "a-b.example.com:65535"] {
            assert!(is_registry(right), "{right}");
        }
        for wrong in ["", "https://ghcr.io", "ghcr.io/", "ghcr.io:", "ghcr.io:0", "ghcr.io:70000", "-a", "a..b", "a b"]
        {
            assert!(!is_registry(wrong), "{wrong}");
        }
        assert!(is_place("mirror.example.com/ghcr/x") && is_place("mirror"));
        assert!(!is_place("mirror.example.com/") && !is_place("mirror/A") && !is_place("http://mirror"));
    }

    #[test]
    fn a_list_in_a_variable_has_commas() {
        let list = insecure(Some("a:1, b".into())).unwrap().unwrap();
        assert_eq!(list, ["a:1", "b"]);
        assert_eq!(insecure(Some("".into())).unwrap(), None);
        assert!(insecure(Some("a:1,,b".into())).unwrap_err().to_string().contains("MIK_REGISTRY_INSECURE"));
    }
}
