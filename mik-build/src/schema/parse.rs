//! From text to [`Schema`], with the span of whatever is wrong or unknown.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};
use toml_writer::ToTomlKey;

use super::component::Component;
use super::{Schema, SchemaError, dependency, keys};

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
    /// Whether it has `[package.metadata.component]`: it is a project of cargo-component's.
    pub is_component: bool,
}

/// A key that the schema does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    /// The key's path within the schema as TOML writes it, such as `server.prot` or `server."a b"`.
    pub key: String,
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
    /// The known key that it most resembles, if any does.
    pub nearest: Option<&'static str>,
}

impl Written {
    /// Reads `[package.metadata.mik]` of a `Cargo.toml`'s text.
    ///
    /// # Errors
    /// The text is not TOML, or a value has the wrong type.
    pub fn from_cargo_toml(text: &str) -> Result<Self, SchemaError> {
        let (manifest, unknown): (Manifest, _) = read(text, &IN_CARGO_TOML)?;
        let unknown_keys = locate(text, &IN_CARGO_TOML, unknown);
        let Some(Package { name, version, description, metadata }) = manifest.package else {
            return Ok(Self { unknown_keys, ..Self::default() });
        };
        let text = |value: Option<toml::Value>| value.as_ref().and_then(toml::Value::as_str).map(str::to_owned);
        let Metadata { mik, component } = metadata.unwrap_or_default();
        let package = CargoPackage {
            name: text(name),
            version: text(version),
            description: text(description),
            is_component: component.is_some(),
        };
        let mut schema = mik.unwrap_or_default();
        if let Some(component) = component {
            component.add_to(&mut schema);
        }
        Ok(Self { schema, unknown_keys, package: Some(package) })
    }

    /// Reads a `mik.toml`'s text.
    ///
    /// # Errors
    /// The text is not TOML, or a value has the wrong type.
    pub fn from_mik_toml(text: &str) -> Result<Self, SchemaError> {
        let (schema, unknown) = read(text, &[])?;
        Ok(Self { schema, unknown_keys: locate(text, &[], unknown), package: None })
    }
}

/// Reads a text whose schema is below `root`, and what of it nothing reads.
fn read<T: DeserializeOwned>(text: &str, root: &[&str]) -> Result<(T, Vec<Vec<String>>), SchemaError> {
    let mut unknown = Vec::new();
    let read = toml::Deserializer::parse(text).and_then(|deserializer| {
        serde_ignored::deserialize(deserializer, |path| {
            let path = keys_of(&path);
            if path.iter().zip(root).filter(|(key, root)| key == *root).count() == root.len() {
                unknown.push(path.get(root.len()..).unwrap_or_default().to_vec());
            }
        })
    });
    let value = read.map_err(|error| SchemaError::new(&error, text, root))?;
    Ok((value, unknown))
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

#[derive(Default, Deserialize)]
struct Metadata {
    mik: Option<Schema>,
    component: Option<Component>,
}

fn keys_of(path: &serde_ignored::Path<'_>) -> Vec<String> {
    use serde_ignored::Path;
    match path {
        Path::Root => Vec::new(),
        Path::Seq { parent, index } => with(parent, index.to_string()),
        // What tells where a value stands comes as a table around it.
        Path::Map { parent, key } if key.starts_with("$__serde_spanned") => keys_of(parent),
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
            let key = path.iter().map(ToTomlKey::to_toml_key).collect::<Vec<_>>().join(".");
            let nearest = match path.as_slice() {
                // The names in between are the user's own.
                [table, _, last] if table == "dependencies" => among(last, dependency::KEYS),
                _ => nearest(&key),
            };
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
pub fn nearest(key: &str) -> Option<&'static str> {
    keys()
        .iter()
        .map(|known| (strsim::damerau_levenshtein(key, known), known.as_str()))
        .min()
        // A third of the letters wrong is a misspelling; more is another word. The table's do not count where they are right.
        .filter(|(distance, known)| {
            let own = known
                .rsplit_once('.')
                .filter(|(table, _)| key.strip_prefix(table).is_some_and(|name| name.starts_with('.')));
            distance * 3 <= own.map_or(known.len(), |(_, name)| name.len())
        })
        .map(|(_, known)| known)
}

/// The one of some names that a misspelt one most resembles.
fn among(name: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    let distance = |known: &'static str| (strsim::damerau_levenshtein(name, known), known);
    // One letter of a short name, a third of a longer one's.
    let is_like = |(distance, known): &(usize, &str)| *distance <= (known.len() / 3).max(1);
    known.into_iter().map(distance).filter(is_like).min().map(|(_, known)| known)
}

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
            panic = "trap"
            max_size = 98304
            auditable = true
            wasm_opt = false
            [composition]
            http_handler = false
            plug = false
            bridge = "bridge.wasm"
            [dependencies]
            "user/router" = "1.0.0"
            utils = { path = "../utils" }
            [registry]
            default = "registry.example.com"
            publish = "team/shop"
            mirrors = { "ghcr.io" = "mirror.example.com/ghcr" }
            insecure = ["registry.local:5000"]
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
        let document: toml::Table = text.parse().unwrap();
        let of_table = |(table, inner): (&String, &toml::Value)| -> Vec<String> {
            if table == "dependencies" {
                return vec![table.clone()];
            }
            inner.as_table().unwrap().keys().map(|key| format!("{table}.{key}")).collect()
        };
        let mut written: Vec<String> = document.iter().flat_map(of_table).collect();
        let mut known: Vec<String> = super::super::leaves().map(str::to_owned).collect();
        written.sort();
        known.sort();
        assert_eq!(written, known);
    }

    #[test]
    fn another_word_resembles_no_key() {
        assert_eq!(nearest("server.prot"), Some("server.port"));
        assert_eq!(nearest("sever.port"), Some("server.port"));
        assert_eq!(nearest("server.memory_limit"), Some("server.memory_limit_mb"));
        assert_eq!(nearest("server.nope"), None);
        assert_eq!(nearest("something.else"), None);
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
    fn a_key_that_is_no_bare_one_is_told_as_toml_writes_it() {
        let written = Written::from_mik_toml("'' = 8\n\"a\\n\\u001b\" = 1\n[server]\n\"a b\" = 1\n").unwrap();
        let keys: Vec<_> = written.unknown_keys.iter().map(|unknown| unknown.key.as_str()).collect();
        assert_eq!(keys, ["\"\"", "\"a\\n\\u001B\"", "server.\"a b\""]);
    }

    #[test]
    fn a_manifest_without_the_table_is_the_empty_schema() {
        assert!(Written::from_cargo_toml("[workspace]\n").unwrap().schema.build.target.is_none());
    }
}
