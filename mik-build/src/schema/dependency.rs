//! One entry of `dependencies`: where a component comes from, as written.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::Spanned;

/// A component that a project depends on.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(untagged))]
pub enum Dependency {
    /// A version of the component that the key names: of one in a registry a tag or a digest, of a package cargo's requirements.
    Version(String),
    /// A table that says where it comes from.
    Table(Box<DependencyTable>),
}

/// Where a component comes from: exactly one of `registry`, `package`, `git`, `path` and `url`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(default)]
pub struct DependencyTable {
    /// A registry and the repository in it, such as `registry.example.com/org/database`; goes with `version`.
    pub registry: Option<Spanned<String>>,
    /// A package, such as `shop:db`, whose registry wkg's configuration names; goes with `version`.
    pub package: Option<Spanned<String>>,
    /// A tag or a digest in the registry; of a package cargo's requirements, such as `1.2`.
    pub version: Option<Spanned<String>>,
    /// The URL of a git repository. It holds the component itself, or a project that builds it.
    pub git: Option<Spanned<String>>,
    /// A branch of the repository; without `branch`, `tag` and `rev` it is the default one.
    pub branch: Option<Spanned<String>>,
    /// A tag of the repository.
    pub tag: Option<Spanned<String>>,
    /// A commit of the repository, or another name that it has for one.
    pub rev: Option<Spanned<String>>,
    /// A component, or the directory of a project that builds it; relative to the file that sets it.
    pub path: Option<Spanned<String>>,
    /// Where a component can be downloaded: `https`, or `http` on this machine.
    pub url: Option<Spanned<String>>,
    /// The SHA-256 that what is downloaded has to have, in hexadecimal.
    pub sha256: Option<Spanned<String>>,
    /// The import that it is given to, in place of those that it fits by name.
    pub instance: Option<Spanned<String>>,
}

/// The keys of a [`DependencyTable`].
pub(super) const KEYS: [&str; 11] =
    ["registry", "package", "version", "git", "branch", "tag", "rev", "path", "url", "sha256", "instance"];

impl DependencyTable {
    /// What is wrong with what it says, as a whole.
    fn wrong(&self) -> Option<String> {
        let Self { registry, package, version, git, branch, tag, rev, path, url, sha256, instance } = self;
        let named = |keys: &[(&'static str, &Option<Spanned<String>>)]| -> Vec<&'static str> {
            keys.iter().filter(|(_, value)| value.is_some()).map(|(key, _)| *key).collect()
        };
        let sources =
            named(&[("registry", registry), ("package", package), ("git", git), ("path", path), ("url", url)]);
        let references = named(&[("branch", branch), ("tag", tag), ("rev", rev)]);
        let all = [registry, package, version, git, branch, tag, rev, path, url, sha256, instance];
        let is_empty = |value: &&Option<Spanned<String>>| value.as_ref().is_some_and(|it| it.get_ref().is_empty());
        let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let with = |key: &str, of: &str| Some(format!("`{key}` goes with `{of}`"));
        match (sources.as_slice(), references.as_slice()) {
            ([], _) => Some(
                "it does not say where it comes from: write one of `registry`, `package`, `git`, `path`, `url`"
                    .to_owned(),
            ),
            ([one, other, ..], _) => Some(format!("`{one}` and `{other}` are two sources: keep one")),
            (_, [one, other, ..]) => Some(format!("`{one}` and `{other}` may be two commits: keep one")),
            (["git"], _) if version.is_some() => with("version", "registry"),
            ([source @ ("registry" | "package")], _) if version.is_none() => {
                Some(format!("`{source}` goes with a `version`"))
            }
            ([source], [reference]) if *source != "git" => with(reference, "git"),
            ([source], _) if !matches!(*source, "registry" | "package") && version.is_some() => {
                with("version", "registry")
            }
            ([source], _) if *source != "url" && sha256.is_some() => with("sha256", "url"),
            _ if all.iter().any(is_empty) => Some("a value is empty".to_owned()),
            _ => sha256
                .as_ref()
                .filter(|digest| !is_digest(digest.get_ref()))
                .map(|_| "`sha256` has to be 64 hexadecimal digits".to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Dependency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl<'de> Visitor<'de> for Written {
            type Value = Dependency;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a version, or a table with one of `registry`, `package`, `git`, `path`, `url`")
            }

            fn visit_str<E: Error>(self, version: &str) -> Result<Dependency, E> {
                match version {
                    "" => Err(E::custom("wanted a version: a tag, or a digest")),
                    version => Ok(Dependency::Version(version.to_owned())),
                }
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Dependency, M::Error> {
                let table = DependencyTable::deserialize(MapAccessDeserializer::new(map))?;
                match table.wrong() {
                    None => Ok(Dependency::Table(Box::new(table))),
                    Some(wrong) => Err(Error::custom(wrong)),
                }
            }
        }

        deserializer.deserialize_any(Written)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Written;
    use super::*;

    fn read(text: &str) -> Result<Dependency, String> {
        let written = Written::from_mik_toml(&format!("[dependencies]\ndb = {text}\n"));
        let written = written.map_err(|error| error.message)?;
        assert_eq!(written.unknown_keys, []);
        Ok(written.schema.dependencies.unwrap()["db"].get_ref().clone())
    }

    #[test]
    fn a_source_is_read_with_what_goes_with_it() {
        assert_eq!(read("\"1.0\""), Ok(Dependency::Version("1.0".to_owned())));
        for text in [
            "{ registry = \"example.com/org/db\", version = \"v1\" }",
            "{ package = \"shop:db\", version = \"1.2\" }",
            "{ git = \"https://example.com/db.git\" }",
            "{ git = \"https://example.com/db.git\", tag = \"v1\" }",
            "{ path = \"../db\", instance = \"shop:db/query\" }",
            "{ url = \"https://example.com/db.wasm\" }",
        ] {
            assert!(matches!(read(text), Ok(Dependency::Table(_))), "{text}");
        }
        let digest = "0123456789abcdefABCDEF0123456789abcdef0123456789abcdef0123456789";
        read(&format!("{{ url = \"https://example.com/db.wasm\", sha256 = \"{digest}\" }}")).unwrap();
    }

    #[test]
    fn what_does_not_go_together_is_told() {
        for (text, message) in [
            ("{}", "it does not say where it comes from: write one of `registry`, `package`, `git`, `path`, `url`"),
            ("{ git = \"a\", path = \"b\" }", "`git` and `path` are two sources: keep one"),
            ("{ git = \"a\", tag = \"b\", rev = \"c\" }", "`tag` and `rev` may be two commits: keep one"),
            ("{ path = \"a\", tag = \"b\" }", "`tag` goes with `git`"),
            ("{ path = \"a\", version = \"b\" }", "`version` goes with `registry`"),
            ("{ git = \"a\", version = \"b\" }", "`version` goes with `registry`"),
            ("{ registry = \"a\" }", "`registry` goes with a `version`"),
            ("{ package = \"a:b\" }", "`package` goes with a `version`"),
            ("{ package = \"a:b\", registry = \"c\" }", "`registry` and `package` are two sources: keep one"),
            ("{ path = \"a\", sha256 = \"b\" }", "`sha256` goes with `url`"),
            ("{ url = \"a\", sha256 = \"b\" }", "`sha256` has to be 64 hexadecimal digits"),
            ("{ path = \"\" }", "a value is empty"),
        ] {
            assert_eq!(read(text).unwrap_err(), format!("`dependencies.db`: {message}"), "{text}");
        }
        assert_eq!(read("\"\"").unwrap_err(), "`dependencies.db` has to be a version: a tag, or a digest");
        assert_eq!(
            read("5").unwrap_err(),
            "`dependencies.db` is a whole number, and has to be a version, or a table with one of `registry`, \
             `package`, `git`, `path`, `url`"
        );
        assert_eq!(
            read("{ path = 5 }").unwrap_err(),
            "`dependencies.db.path` is a whole number, and has to be a string"
        );
    }

    #[test]
    fn an_unknown_key_has_the_nearest_one_of_the_table() {
        let text = "[dependencies.db]\ngit = \"https://example.com/db.git\"\nbrunch = \"main\"\n";
        let written = Written::from_mik_toml(text).unwrap();
        let [unknown] = written.unknown_keys.as_slice() else { panic!("{:?}", written.unknown_keys) };
        assert_eq!((unknown.key.as_str(), unknown.nearest), ("dependencies.db.brunch", Some("branch")));
        assert_eq!(&text[unknown.span.clone()], "brunch");
    }
}
