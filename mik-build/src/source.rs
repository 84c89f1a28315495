//! Where a component comes from: a registry, git, a path, a URL; what it is called, and how the lock says it.

use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use crate::schema::{Dependency, DependencyTable, Spanned};

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

impl DependencySource {
    /// What a dependency is called under a key: the key; of a repository's name what comes after the last `/`, of a package's what
    /// comes after the `:`.
    ///
    /// # Errors
    /// The key is no name for a dependency; in words.
    pub fn name(&self, key: &str) -> Result<String, String> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
                && !name.starts_with(['.', '-'])
        };
        if let Self::Package { package, .. } = self
            && package == key
        {
            return package_name(key).map(|(_, name)| name.to_owned()).ok_or_else(|| {
                format!(
                    "`{}` is no package: that is `namespace:name`, in lower-case letters, digits and `-`",
                    key.escape_debug()
                )
            });
        }
        let is_keyed_by_repository = matches!(self, Self::Registry { repository, .. } if repository == key);
        match key.rsplit_once('/') {
            Some((_, name)) if is_keyed_by_repository && is_name(name) => Ok(name.to_owned()),
            None if is_keyed_by_repository && is_name(key) => {
                Err(format!("`{key}` is no component in a registry: that has a `/` in it, such as `user/{key}`"))
            }
            None if is_name(key) => Ok(key.to_owned()),
            _ => Err(format!("`{}` can't be the name of a dependency", key.escape_debug())),
        }
    }

    /// How the lock says it. Paths are told from the directory of the lock.
    pub fn requested(&self, root: &Path) -> String {
        match self {
            Self::Registry { repository, version } => {
                let separator = if version.contains(':') { '@' } else { ':' };
                format!("registry+{repository}{separator}{version}")
            }
            Self::Package { package, requirement } => format!("package+{package}@{requirement}"),
            Self::Git { url, reference } => {
                let query = match reference {
                    GitReference::Default => String::new(),
                    GitReference::Branch(name) => format!("?branch={}", escaped(name)),
                    GitReference::Tag(name) => format!("?tag={}", escaped(name)),
                    GitReference::Rev(name) => format!("?rev={}", escaped(name)),
                };
                format!("git+{}{query}", url.replace('#', "%23"))
            }
            Self::Path { path } => format!("path+{}", escaped(&relative(root, path))),
            Self::Url { url, .. } => format!("url+{}", url.split('#').next().unwrap_or(url)),
        }
    }
}

impl Dependency {
    /// Where it comes from, and the import that it is given to. Paths are relative to `directory`; that a table has one source is known.
    pub fn source(self, key: &str, directory: &Path) -> (DependencySource, Option<String>) {
        let DependencyTable { registry, package, version, git, branch, tag, rev, path, url, sha256, instance } =
            match self {
                Self::Version(requirement) if is_package(key) => {
                    return (DependencySource::Package { package: key.to_owned(), requirement }, None);
                }
                Self::Version(version) => {
                    return (DependencySource::Registry { repository: key.to_owned(), version }, None);
                }
                Self::Table(table) => *table,
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
            (_, Some(path), _) => DependencySource::Path { path: typed_path(&directory.join(path)) },
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

    fn requested(source: DependencySource) -> String {
        source.requested(Path::new("/work/shop"))
    }

    #[test]
    fn the_lock_has_sources_as_cargo_writes_them() {
        let registry = |repository: &str, version: &str| DependencySource::Registry {
            repository: repository.to_owned(),
            version: version.to_owned(),
        };
        assert_eq!(requested(registry("user/db", "1.0")), "registry+user/db:1.0");
        assert_eq!(requested(registry("a.b/db", "sha256:00")), "registry+a.b/db@sha256:00");
        let package = DependencySource::Package { package: "shop:db".to_owned(), requirement: "^1.0".to_owned() };
        assert_eq!(requested(package), "package+shop:db@^1.0");
        let git = |reference| DependencySource::Git { url: "https://example.com/db.git".to_owned(), reference };
        assert_eq!(requested(git(GitReference::Default)), "git+https://example.com/db.git");
        assert_eq!(requested(git(GitReference::Tag("a#b".into()))), "git+https://example.com/db.git?tag=a%23b");
        let path = |path: &str| DependencySource::Path { path: path.into() };
        assert_eq!(requested(path("/work/db")), "path+../db");
        assert_eq!(requested(path("/work/shop/db.wasm")), "path+db.wasm");
        assert_eq!(requested(path("/work/shop")), "path+.");
    }

    #[test]
    fn names_can_be_files_and_parts_of_urls() {
        let path = DependencySource::Path { path: "/x".into() };
        for (key, name) in
            [("db", Some("db")), ("my-db_2", Some("my-db_2")), ("../db", None), ("a b", None), ("", None)]
        {
            assert_eq!(path.name(key).ok().as_deref(), name, "{key}");
        }
        let registry = |key: &str| DependencySource::Registry { repository: key.to_owned(), version: "1".to_owned() };
        assert_eq!(registry("a.io/user/db").name("a.io/user/db").unwrap(), "db");
        registry("user/..").name("user/..").unwrap_err();
        registry("db").name("db").unwrap_err();
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
            assert_eq!(package(key).name(key).ok().as_deref(), name, "{key}");
        }
    }

    #[test]
    fn paths_lose_the_steps_that_lead_nowhere() {
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
