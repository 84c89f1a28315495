//! The components that a package depends on, as its configuration says it: names, sources, and where they are declared.

use std::path::Path;
use std::sync::Arc;

use miette::{NamedSource, SourceSpan};
use mik_build::schema::{Dependency as Written, DependencyTable, Schema, Spanned};
use mik_build::source::DependencySource;
use serde::Serialize;
use serde_json::{Map, Value};

use super::ProjectError;
use super::decision::Decision;
use super::manifest::{Located, Manifest, SourceFile};
use crate::report::Reporter;

/// The table of the schema.
const TABLE: &str = "dependencies";

/// A component that a package depends on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dependency {
    /// Its key in the table of dependencies.
    pub key: String,
    /// What it is called: the key; of a repository's name what comes after the last `/`, of a package's what comes after the `:`.
    pub name: String,
    /// Where it comes from.
    pub source: DependencySource,
    /// The import that it is given to by hand.
    pub instance: Option<String>,
    /// Where it is declared; nothing, where it was typed.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// A place in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    file: SourceFile,
    span: SourceSpan,
}

impl Place {
    /// The file, as diagnostics show it.
    pub fn source_code(&self) -> NamedSource<Arc<String>> {
        self.file.named_source()
    }

    /// What of it.
    pub fn span(&self) -> SourceSpan {
        self.span
    }
}

impl Dependency {
    /// A dependency as it is typed: under a key, with nothing else said of it.
    ///
    /// # Errors
    /// The key is no name for a dependency.
    pub fn typed(key: &str, source: DependencySource) -> Result<Self, String> {
        let name = source.name(key)?;
        Ok(Self { key: key.to_owned(), name, source, instance: None, place: None })
    }

    /// Where it comes from, as the lock says it. Paths are told from the directory of the lock.
    pub fn requested(&self, root: &Path) -> String {
        self.source.requested(root)
    }
}

impl Manifest {
    /// Every dependency that the configuration of this directory declares.
    ///
    /// # Errors
    /// A key is no name for a dependency; two dependencies have one name.
    pub(super) fn dependencies(&self, reporter: &Reporter) -> Result<Vec<Dependency>, ProjectError> {
        let keys = |schema: &Schema| schema.dependencies.as_ref().map(|table| table.keys().cloned().collect());
        let mut dependencies: Vec<Dependency> = Vec::new();
        for key in self.names(keys) {
            let located = self.get(&format!("{TABLE}.{key}"), |schema| of_key(schema, &key), reporter);
            let Some(located) = located else { continue };
            let located_decision = located.decision();
            let Located { value, file, span } = located;
            let wrong = |message: String, help: &str| ProjectError::InvalidValue {
                message,
                help: help.to_owned(),
                source_code: file.named_source(),
                at: span,
            };
            // Of a table with a header of its own the place is that header.
            let decision = Decision { value: as_json(&value), ..located_decision };
            self.decisions().note(&format!("{TABLE}.{key}"), decision);
            let (source, instance) = value.source(&key, file.directory());
            let name = source.name(&key).map_err(|message| {
                wrong(message, "write `\"user/repo\" = \"1.0.0\"`, `\"namespace:package\" = \"1.0\"`, or `name = { … }` with letters, digits, `-` and `_`")
            })?;
            if let Some(other) = dependencies.iter().find(|other| other.name == name) {
                let message = format!("`{key}` and `{}` are both called `{name}`", other.key);
                return Err(wrong(
                    message,
                    "give one of them another name: `name = { registry = \"…\", version = \"…\" }`, or `package` in place of `registry`",
                ));
            }
            let place = Some(Place { file, span });
            dependencies.push(Dependency { key, name, source, instance, place });
        }
        Ok(dependencies)
    }
}

/// A dependency as it is written.
fn as_json(written: &Written) -> Value {
    let table = match written {
        Written::Version(version) => return Value::from(version.as_str()),
        Written::Table(table) => table,
    };
    let DependencyTable { registry, package, version, git, branch, tag, rev, path, url, sha256, instance } = &**table;
    let keys = [
        ("registry", registry),
        ("package", package),
        ("version", version),
        ("git", git),
        ("branch", branch),
        ("tag", tag),
        ("rev", rev),
        ("path", path),
        ("url", url),
        ("sha256", sha256),
        ("instance", instance),
    ];
    let set =
        keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value.as_ref()?.get_ref().as_str().into())));
    Value::Object(set.collect::<Map<_, _>>())
}

fn of_key<'a>(schema: &'a Schema, key: &str) -> Option<&'a Spanned<Written>> {
    schema.dependencies.as_ref()?.get(key)
}
