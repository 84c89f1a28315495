//! The components that a package depends on, as its configuration says it: names, sources, and where they are declared.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use miette::{NamedSource, SourceSpan};
use mik_build::schema::{Dependency as Written, DependencyTable, Schema, Spanned};
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

/// Where a component comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum DependencySource {
    /// A registry of OCI artifacts.
    Registry {
        /// The repository, with its registry or without.
        repository: String,
        /// A tag, or a digest.
        version: String,
    },
    /// A registry of packages, as wkg's configuration maps them.
    Package {
        /// Its namespace and its name: `shop:db`.
        package: String,
        /// Which of its versions: cargo's requirements.
        requirement: String,
    },
    /// A repository of git's.
    Git {
        /// Its URL.
        url: String,
        /// What of it.
        reference: GitReference,
    },
    /// On this machine.
    Path {
        /// A component, or the directory of a project; absolute.
        path: PathBuf,
    },
    /// A download.
    Url {
        /// From where.
        url: String,
        /// The SHA-256 that it has to have, in lower-case hexadecimal.
        sha256: Option<String>,
    },
}

/// What of a git repository is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GitReference {
    /// Its default branch.
    Default,
    /// A branch.
    Branch(String),
    /// A tag.
    Tag(String),
    /// A commit, or whatever name it has.
    Rev(String),
}

/// A place in a configuration file.
#[derive(Clone, Debug, PartialEq)]
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
        let name = name_of(key, &source)?;
        Ok(Self { key: key.to_owned(), name, source, instance: None, place: None })
    }

    /// Where it comes from, as the lock says it. Paths are told from the directory of the lock.
    pub fn requested(&self, root: &Path) -> String {
        match &self.source {
            DependencySource::Registry { repository, version } => {
                let separator = if version.contains(':') { '@' } else { ':' };
                format!("registry+{repository}{separator}{version}")
            }
            DependencySource::Package { package, requirement } => format!("package+{package}@{requirement}"),
            DependencySource::Git { url, reference } => {
                let query = match reference {
                    GitReference::Default => String::new(),
                    GitReference::Branch(name) => format!("?branch={}", escaped(name)),
                    GitReference::Tag(name) => format!("?tag={}", escaped(name)),
                    GitReference::Rev(name) => format!("?rev={}", escaped(name)),
                };
                format!("git+{}{query}", url.replace('#', "%23"))
            }
            DependencySource::Path { path } => format!("path+{}", escaped(&relative(root, path))),
            DependencySource::Url { url, .. } => format!("url+{}", url.split('#').next().unwrap_or(url)),
        }
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
            let (source, instance) = source_of(&key, value, file.directory());
            let name = name_of(&key, &source).map_err(|message| {
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

/// Where a component comes from, and the import that it is given to. That a table has one source is known.
fn source_of(key: &str, written: Written, directory: &Path) -> (DependencySource, Option<String>) {
    let DependencyTable { registry, package, version, git, branch, tag, rev, path, url, sha256, instance } =
        match written {
            Written::Version(requirement) if is_package(key) => {
                return (DependencySource::Package { package: key.to_owned(), requirement }, None);
            }
            Written::Version(version) => {
                return (DependencySource::Registry { repository: key.to_owned(), version }, None);
            }
            Written::Table(table) => *table,
        };
    let text = |value: Option<Spanned<String>>| value.map(Spanned::into_inner);
    let source = match (text(git), text(path), text(url)) {
        _ if package.is_some() => DependencySource::Package {
            package: text(package).unwrap_or_default(),
            requirement: text(version).unwrap_or_default(),
        },
        (Some(url), ..) => {
            let reference = match (text(branch), text(tag), text(rev)) {
                (Some(branch), ..) => GitReference::Branch(branch),
                (_, Some(tag), _) => GitReference::Tag(tag),
                (_, _, Some(rev)) => GitReference::Rev(rev),
                _ => GitReference::Default,
            };
            DependencySource::Git { url, reference }
        }
        (_, Some(path), _) => DependencySource::Path { path: normal(&absolute(&directory.join(path))) },
        (_, _, Some(url)) => {
            DependencySource::Url { url, sha256: text(sha256).map(|digest| digest.to_ascii_lowercase()) }
        }
        _ => DependencySource::Registry {
            repository: text(registry).unwrap_or_default(),
            version: text(version).unwrap_or_default(),
        },
    };
    (source, text(instance))
}

/// What a dependency is called.
fn name_of(key: &str, source: &DependencySource) -> Result<String, String> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            && !name.starts_with(['.', '-'])
    };
    if let DependencySource::Package { package, .. } = source
        && package == key
    {
        return package_name(key).map(|(_, name)| name.to_owned()).ok_or_else(|| {
            format!(
                "`{}` is no package: that is `namespace:name`, in lower-case letters, digits and `-`",
                key.escape_debug()
            )
        });
    }
    let is_keyed_by_repository = matches!(source, DependencySource::Registry { repository, .. } if repository == key);
    match key.rsplit_once('/') {
        Some((_, name)) if is_keyed_by_repository && is_name(name) => Ok(name.to_owned()),
        None if is_keyed_by_repository && is_name(key) => {
            Err(format!("`{key}` is no component in a registry: that has a `/` in it, such as `user/{key}`"))
        }
        None if is_name(key) => Ok(key.to_owned()),
        _ => Err(format!("`{}` can't be the name of a dependency", key.escape_debug())),
    }
}

/// Whether a text is meant as the name of a package: a repository has a `/` in it, a registry's port is followed by one.
pub fn is_package(text: &str) -> bool {
    text.contains(':') && !text.contains(['/', '@'])
}

/// The namespace and the name of a package, as WIT has them: words of lower-case letters and digits, joined by `-`.
pub fn package_name(text: &str) -> Option<(&str, &str)> {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_label = |label: &str| label.starts_with(|c: char| c.is_ascii_lowercase()) && label.split('-').all(is_word);
    text.split_once(':').filter(|(namespace, name)| is_label(namespace) && is_label(name))
}

/// What ends a source's first part in the lock, and what a line can't hold.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        match c {
            '%' | '#' | '?' => escaped.push_str(&format!("%{:02X}", u32::from(c))),
            c if c.is_control() => escaped.push_str(&format!("%{:02X}", u32::from(c))),
            c => escaped.push(c),
        }
        escaped
    })
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A path without the steps that lead nowhere, as it is written: nothing has to be there.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, component| {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            component => normal.push(component),
        }
        normal
    })
}

/// The way from a directory to a path, with `/` on every system. Both are absolute.
pub fn relative_path(from: &Path, to: &Path) -> String {
    relative(from, &normal(to))
}

/// A path as it is typed, seen from where we are.
pub fn typed_path(path: &Path) -> PathBuf {
    normal(&absolute(path))
}

fn relative(from: &Path, to: &Path) -> String {
    let from = normal(&absolute(from));
    let common = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = to.components().skip(common).map(|step| step.as_os_str().to_string_lossy().into_owned());
    let steps: Vec<String> = up.chain(down).collect();
    if steps.is_empty() { ".".to_owned() } else { steps.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested(key: &str, source: DependencySource) -> String {
        Dependency::typed(key, source).unwrap().requested(Path::new("/work/shop"))
    }

    #[test]
    fn the_lock_has_sources_as_cargo_writes_them() {
        let registry = |repository: &str, version: &str| DependencySource::Registry {
            repository: repository.to_owned(),
            version: version.to_owned(),
        };
        assert_eq!(requested("user/db", registry("user/db", "1.0")), "registry+user/db:1.0");
        assert_eq!(requested("db", registry("a.b/db", "sha256:00")), "registry+a.b/db@sha256:00");
        let package =
            |package: &str| DependencySource::Package { package: package.to_owned(), requirement: "^1.0".to_owned() };
        assert_eq!(requested("shop:db", package("shop:db")), "package+shop:db@^1.0");
        assert_eq!(requested("cache", package("shop:db")), "package+shop:db@^1.0");
        let git = |reference| DependencySource::Git { url: "https://example.com/db.git".to_owned(), reference };
        assert_eq!(requested("db", git(GitReference::Default)), "git+https://example.com/db.git");
        assert_eq!(requested("db", git(GitReference::Tag("a#b".into()))), "git+https://example.com/db.git?tag=a%23b");
        let path = |path: &str| DependencySource::Path { path: path.into() };
        assert_eq!(requested("db", path("/work/db")), "path+../db");
        assert_eq!(requested("db", path("/work/shop/db.wasm")), "path+db.wasm");
        assert_eq!(requested("db", path("/work/shop")), "path+.");
    }

    #[test]
    fn names_can_be_files_and_parts_of_urls() {
        let path = || DependencySource::Path { path: "/x".into() };
        for (key, name) in
            [("db", Some("db")), ("my-db_2", Some("my-db_2")), ("../db", None), ("a b", None), ("", None)]
        {
            assert_eq!(Dependency::typed(key, path()).ok().map(|it| it.name).as_deref(), name, "{key}");
        }
        let registry = |key: &str| DependencySource::Registry { repository: key.to_owned(), version: "1".to_owned() };
        assert_eq!(Dependency::typed("a.io/user/db", registry("a.io/user/db")).unwrap().name, "db");
        Dependency::typed("user/..", registry("user/..")).unwrap_err();
        let package = |key: &str| DependencySource::Package { package: key.to_owned(), requirement: "1".to_owned() };
        for (key, name) in [
            ("shop:db", Some("db")),
            ("my-shop:key-value2", Some("key-value2")),
            ("shop:", None),
            (":db", None),
            ("shop:..", None),
            ("shop:Db", None),
            ("shop:db-", None),
            ("shop:a:b", None),
        ] {
            assert_eq!(Dependency::typed(key, package(key)).ok().map(|it| it.name).as_deref(), name, "{key}");
        }
        Dependency::typed("db", registry("db")).unwrap_err();
    }

    #[test]
    fn paths_lose_the_steps_that_lead_nowhere() {
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
