//! From text to [`Schema`], with the span of whatever is wrong or unknown.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use super::Schema;

/// Every key of the schema, for suggestions.
const KEYS: &[&str] = &[
    "build",
    "build.optimize",
    "build.target",
    "composition",
    "composition.bridge",
    "composition.http_handler",
    "project",
    "project.description",
    "project.name",
    "project.version",
    "server",
    "server.cache_size",
    "server.env",
    "server.execution_timeout_secs",
    "server.host",
    "server.http_allow_private",
    "server.http_allowed",
    "server.http_ca_file",
    "server.http_max_response_mb",
    "server.instance_reuse",
    "server.log_file",
    "server.log_max_files",
    "server.log_max_size_mb",
    "server.max_body_size_mb",
    "server.max_cache_mb",
    "server.max_concurrent_requests",
    "server.max_per_module_requests",
    "server.memory_limit_mb",
    "server.modules",
    "server.port",
    "server.shutdown_timeout_secs",
    "server.static",
    "server.watch_debounce_ms",
];

/// Where `Cargo.toml` keeps the schema.
const IN_CARGO_TOML: [&str; 3] = ["package", "metadata", "mik"];

/// A configuration file, read.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The keys that are known.
    pub schema: Schema,
    /// The keys that are not.
    pub unknown_keys: Vec<UnknownKey>,
    /// What `[package]` says, where the file is a package's `Cargo.toml`.
    pub package: Option<CargoPackage>,
}

/// What `[package]` of a `Cargo.toml` says of the package itself. What it inherits is not here: only cargo knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoPackage {
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its description.
    pub description: Option<String>,
}

/// A key that the schema does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    /// The key's path within the schema, such as `server.prot`.
    pub key: String,
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
    /// The known key that it most resembles, if any does.
    pub nearest: Option<&'static str>,
}

/// A text that is not TOML, or a value of the wrong type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the text.
    pub span: Option<Range<usize>>,
}

impl Written {
    /// Reads `[package.metadata.mik]` of a `Cargo.toml`'s text.
    ///
    /// # Errors
    /// The text is not TOML, or a value has the wrong type.
    pub fn from_cargo_toml(text: &str) -> Result<Self, SchemaError> {
        let mut unknown = Vec::new();
        let deserializer = toml::Deserializer::parse(text)?;
        let manifest: Manifest = serde_ignored::deserialize(deserializer, |path| {
            let path = keys_of(&path);
            if let Some(inner) = path.strip_prefix(IN_CARGO_TOML.map(str::to_owned).as_slice()) {
                unknown.push(inner.to_vec());
            }
        })?;
        let unknown_keys = locate(text, &IN_CARGO_TOML, unknown);
        let Some(Package { name, version, description, metadata }) = manifest.package else {
            return Ok(Self { unknown_keys, ..Self::default() });
        };
        let text = |value: Option<toml::Value>| value.as_ref().and_then(toml::Value::as_str).map(str::to_owned);
        let package = CargoPackage { name: text(name), version: text(version), description: text(description) };
        let schema = metadata.and_then(|metadata| metadata.mik).unwrap_or_default();
        Ok(Self { schema, unknown_keys, package: Some(package) })
    }

    /// Reads a `mik.toml`'s text.
    ///
    /// # Errors
    /// The text is not TOML, or a value has the wrong type.
    pub fn from_mik_toml(text: &str) -> Result<Self, SchemaError> {
        let mut unknown = Vec::new();
        let deserializer = toml::Deserializer::parse(text)?;
        let schema = serde_ignored::deserialize(deserializer, |path| unknown.push(keys_of(&path)))?;
        Ok(Self { schema, unknown_keys: locate(text, &[], unknown), package: None })
    }
}

/// As much of `Cargo.toml` as leads to the schema; the rest is cargo's to check.
#[derive(Deserialize)]
struct Manifest {
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    // Whatever stands there: whether it may is cargo's to say.
    name: Option<toml::Value>,
    version: Option<toml::Value>,
    description: Option<toml::Value>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    mik: Option<Schema>,
}

fn keys_of(path: &serde_ignored::Path<'_>) -> Vec<String> {
    use serde_ignored::Path;
    match path {
        Path::Root => Vec::new(),
        Path::Seq { parent, index } => with(parent, index.to_string()),
        Path::Map { parent, key } => with(parent, key.clone()),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => keys_of(parent),
    }
}

fn with(parent: &serde_ignored::Path<'_>, last: String) -> Vec<String> {
    let mut keys = keys_of(parent);
    keys.push(last);
    keys
}

fn locate(text: &str, root: &[&str], unknown: Vec<Vec<String>>) -> Vec<UnknownKey> {
    let Ok(document) = DeTable::parse(text) else { return Vec::new() };
    unknown
        .into_iter()
        .filter_map(|path| {
            let full = root.iter().copied().chain(path.iter().map(String::as_str));
            let span = span_of_key(document.get_ref(), full)?;
            let key = path.join(".");
            let nearest = nearest(&key);
            Some(UnknownKey { key, span, nearest })
        })
        .collect()
}

fn span_of_key<'a>(table: &DeTable<'_>, path: impl Iterator<Item = &'a str>) -> Option<Range<usize>> {
    let mut table = Some(table);
    let mut span = None;
    for wanted in path {
        let (key, value) = table?.iter().find(|(key, _)| key.get_ref() == wanted)?;
        span = Some(key.span());
        table = match value.get_ref() {
            DeValue::Table(inner) => Some(inner),
            _ => None,
        };
    }
    span
}

/// The known key that a misspelt one most resembles.
fn nearest(key: &str) -> Option<&'static str> {
    KEYS.iter()
        .map(|known| (strsim::damerau_levenshtein(key, known), *known))
        .min()
        // A third of the letters wrong is a misspelling; more is another word.
        .filter(|(distance, known)| distance * 3 <= known.len())
        .map(|(_, known)| known)
}

impl From<toml::de::Error> for SchemaError {
    fn from(error: toml::de::Error) -> Self {
        Self { message: error.message().to_owned(), span: error.span() }
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for SchemaError {}

#[cfg(test)]
mod tests {
    use super::super::{EnvValue, Optimize};
    use super::*;

    #[test]
    fn every_known_key_is_read() {
        let text = r#"
            [project]
            name = "shop"
            version = "1.0.0"
            description = "Sells."
            [build]
            target = "wasm32-wasip1"
            optimize = "speed"
            [composition]
            http_handler = false
            bridge = "bridge.wasm"
            [server]
            port = 8080
            host = "0.0.0.0"
            env = { MODE = "test", HOME = { from = "HOME" } }
            execution_timeout_secs = 5
            memory_limit_mb = 64
            max_concurrent_requests = 10
            max_body_size_mb = 1
            shutdown_timeout_secs = 3
            watch_debounce_ms = 50
            modules = "components"
            static = "public"
            cache_size = 5
            max_cache_mb = 64
            http_allowed = ["api.example.com", "*.example.org"]
            http_allow_private = true
            http_ca_file = "ca.pem"
            http_max_response_mb = 1
            max_per_module_requests = 2
            instance_reuse = 128
            log_file = "mik.log"
            log_max_size_mb = 1
            log_max_files = 2
        "#;
        let written = Written::from_mik_toml(text).unwrap();
        assert_eq!(written.unknown_keys, []);
        assert_eq!(*written.schema.build.optimize.unwrap().get_ref(), Optimize::Speed);
        let env = written.schema.server.env.unwrap();
        assert_eq!(*env["HOME"].get_ref(), EnvValue::From { from: "HOME".into() });
        let keys: toml::Table = text.parse().unwrap();
        for (table, inner) in &keys {
            for key in inner.as_table().unwrap().keys() {
                assert!(KEYS.contains(&format!("{table}.{key}").as_str()), "{table}.{key} is missing from KEYS");
            }
        }
    }

    #[test]
    fn an_unknown_key_has_its_place_and_the_nearest_known_one() {
        let text =
            "[package]\nname = \"x\"\n[package.metadata.mik.server]\nprot = 1\n[package.metadata.other]\na = 1\n";
        let written = Written::from_cargo_toml(text).unwrap();
        let [unknown] = written.unknown_keys.as_slice() else { panic!("{:?}", written.unknown_keys) };
        assert_eq!((unknown.key.as_str(), unknown.nearest), ("server.prot", Some("server.port")));
        assert_eq!(&text[unknown.span.clone()], "prot");
    }

    #[test]
    fn a_wrong_type_has_its_place() {
        let text = "[server]\nport = \"many\"\n";
        let error = Written::from_mik_toml(text).unwrap_err();
        assert_eq!(&text[error.span.unwrap()], "\"many\"");
    }

    #[test]
    fn a_manifest_without_the_table_is_the_empty_schema() {
        assert!(Written::from_cargo_toml("[workspace]\n").unwrap().schema.build.target.is_none());
    }
}
