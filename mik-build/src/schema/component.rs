//! `[package.metadata.component]`: what a project of cargo-component's depends on, as this schema has it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Value;

use super::{Dependency, DependencyTable, Schema, Spanned};

/// As much of the table as is about dependencies. The rest is read where bindings are made.
#[derive(Deserialize)]
pub(super) struct Component {
    #[serde(default)]
    dependencies: BTreeMap<String, Spanned<Value>>,
}

impl Component {
    /// Adds its dependencies. What the schema's own table has under the same name stays.
    pub(super) fn add_to(self, schema: &mut Schema) {
        let ours = schema.dependencies.get_or_insert_default();
        let mut names = BTreeSet::new();
        for (key, value) in self.dependencies {
            let span = value.span();
            let Some((name, dependency)) = dependency(&key, value.into_inner(), &span) else { continue };
            // Of two that come to one name, the second keeps all of its own, which is no name: that is told then.
            let name = if names.insert(name.clone()) { name } else { key };
            ours.entry(name).or_insert_with(|| Spanned::new(span, dependency));
        }
    }
}

/// A dependency by path has the name of its package; one by version keeps it all, by which it is found.
fn dependency(key: &str, value: Value, span: &std::ops::Range<usize>) -> Option<(String, Dependency)> {
    let table = match value {
        Value::String(version) => return Some((key.to_owned(), Dependency::Version(version))),
        Value::Table(table) => table,
        _ => return None,
    };
    let string = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
    if let Some(path) = string("path") {
        let name = key.rsplit_once(':').map_or(key, |(_, name)| name).to_owned();
        let path = Some(Spanned::new(span.clone(), path));
        return Some((name, Dependency::Table(Box::new(DependencyTable { path, ..DependencyTable::default() }))));
    }
    Some((string("package").unwrap_or_else(|| key.to_owned()), Dependency::Version(string("version")?)))
}

#[cfg(test)]
mod tests {
    use super::super::Written;

    #[test]
    fn dependencies_of_cargo_component_are_dependencies() {
        let text = "[package]\nname = \"it\"\n[package.metadata.component.dependencies]\n\"shop:tax\" = { path = \"../tax\" }\n\
                    \"shop:db\" = \"1.0\"\n[package.metadata.mik.dependencies]\nlog = { path = \"log.wasm\" }\n";
        let written = Written::from_cargo_toml(text).unwrap();
        assert!(written.package.unwrap().is_component && written.unknown_keys.is_empty());
        let dependencies = written.schema.dependencies.unwrap();
        assert_eq!(dependencies.keys().collect::<Vec<_>>(), ["log", "shop:db", "tax"]);
        assert_eq!(&text[dependencies["tax"].span()], "{ path = \"../tax\" }");

        let text =
            "[package.metadata.component.dependencies]\n\"a:db\" = { path = \"a\" }\n\"b:db\" = { path = \"b\" }\n";
        let dependencies = Written::from_cargo_toml(text).unwrap().schema.dependencies.unwrap();
        assert_eq!(dependencies.keys().collect::<Vec<_>>(), ["b:db", "db"]);
    }
}
