//! The schema for readers: as a JSON Schema for editors, and key by key for the reference page and for messages.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Map, Value, json};

use super::{Schema, leaves};

/// The JSON Schema (2020-12) of a `mik.toml`, and so of `[package.metadata.mik]`.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let generator = settings.with_transform(RecursiveTransform(without_null)).into_generator();
    let mut schema = generator.into_root_schema_for::<Schema>().to_value();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".to_owned(), json!("mik.toml"));
    }
    schema
}

/// The JSON Schema of a `Cargo.toml`, of which it knows `[package.metadata.mik]` alone. `reference` is where the schema
/// of a `mik.toml` is.
pub fn cargo_json_schema(reference: &str) -> Value {
    let object = |key: &str, value: Value| json!({ "type": "object", "properties": { key: value } });
    let mut schema = object("package", object("metadata", object("mik", json!({ "$ref": reference }))));
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        schema.insert("title".to_owned(), json!("Cargo.toml with [package.metadata.mik]"));
    }
    schema
}

/// TOML has no null: a key that may be absent takes no other value for it.
fn without_null(schema: &mut schemars::Schema) {
    let Some(schema) = schema.as_object_mut() else { return };
    for keyword in ["type", "enum", "anyOf"] {
        let Some(Value::Array(values)) = schema.get_mut(keyword) else { continue };
        values.retain(|value| value != "null" && value != &json!({ "type": "null" }) && !value.is_null());
        if keyword == "type" && values.len() == 1 {
            let only = values.remove(0);
            schema.insert(keyword.to_owned(), only);
        }
    }
    // One alternative is none: what it says is said of the key itself.
    if let Some([Value::Object(only)]) = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice) {
        let only = only.clone();
        schema.remove("anyOf");
        for (keyword, value) in only {
            schema.entry(keyword).or_insert(value);
        }
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
}

/// What there is to say of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its path, such as `server.port`.
    pub path: String,
    /// What it is for.
    pub description: String,
    /// What it takes, in words.
    pub takes: String,
    /// What counts where it is absent, if that is one value.
    pub default: Option<Value>,
    /// What counts where it is absent, in words where it is not one value.
    pub default_in_words: String,
    /// The environment variable that overrides it.
    pub environment: Option<String>,
    /// The flag that overrides both.
    pub flag: Option<String>,
    /// A value, as TOML.
    pub example: String,
    /// Whether it takes a path, relative to the file that sets it.
    pub is_path: bool,
}

impl Key {
    /// Every key, in the order of the types.
    pub fn all() -> Vec<Self> {
        let schema = json_schema();
        let of_path = |path: &str| {
            let value = schema.pointer(&format!("/properties/{}", path.replace('.', "/properties/")))?.as_object()?;
            Some(Self::new(path, value))
        };
        leaves().filter_map(of_path).collect()
    }

    /// The key of a path, or the one whose table the path leads into.
    pub fn find(path: &str) -> Option<Self> {
        Self::all()
            .into_iter()
            .find(|key| path.strip_prefix(&key.path).is_some_and(|it| it.is_empty() || it.starts_with('.')))
    }

    fn new(path: &str, schema: &Map<String, Value>) -> Self {
        let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str).map(str::to_owned);
        let default = schema.get("default").cloned();
        let example = schema.get("examples").and_then(|examples| examples.get(0)).or(schema.get("default"));
        Self {
            path: path.to_owned(),
            // Lines are the source's, not the reader's.
            description: text("description").unwrap_or_default().replace('\n', " "),
            takes: takes(schema),
            default_in_words: match (&default, text("x-default")) {
                (_, Some(words)) => words,
                (Some(default), None) => quoted(default),
                (None, None) => "none".to_owned(),
            },
            is_path: schema.contains_key("x-path"),
            default,
            environment: text("x-environment"),
            flag: text("x-flag"),
            example: text("x-example").unwrap_or_else(|| example.map(toml).unwrap_or_default()),
        }
    }
}

/// What a key takes, in words.
fn takes(schema: &Map<String, Value>) -> String {
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
    if let Some(words) = text("x-takes") {
        return words.to_owned();
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values.iter().map(quoted).collect::<Vec<_>>().join(", ");
    }
    if let Some(values) = schema.get("oneOf").and_then(Value::as_array) {
        let names = values.iter().filter_map(|value| value.get("const"));
        return names.map(quoted).collect::<Vec<_>>().join(", ");
    }
    match (text("type"), schema.get("minimum"), schema.get("maximum")) {
        (Some("integer"), Some(least), Some(most)) => format!("whole number, {least} to {most}"),
        (Some("array"), ..) => "array of strings".to_owned(),
        (Some("object"), ..) => "table of strings and `{ from = \"NAME\" }`".to_owned(),
        (Some(_), ..) if schema.contains_key("anyOf") => "IP address, or `localhost`".to_owned(),
        (Some("string"), ..) if schema.contains_key("pattern") => "string of letters, digits, `-` and `_`".to_owned(),
        (Some(other), ..) => other.to_owned(),
        (None, ..) => String::new(),
    }
}

fn quoted(value: &Value) -> String {
    format!("`{}`", toml(value))
}

/// A value as TOML. What keys have by default or as examples is written alike in both.
fn toml(value: &Value) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Optimize, TARGETS};

    #[test]
    fn every_key_is_told_of() {
        let told: Vec<String> = Key::all().into_iter().map(|key| key.path).collect();
        let known: Vec<String> = leaves().map(str::to_owned).collect();
        assert_eq!(told, known);
        for key in Key::all() {
            assert!(!key.description.is_empty() && !key.takes.is_empty() && !key.example.is_empty(), "{key:?}");
        }
    }

    #[test]
    fn bounds_and_defaults_are_the_types() {
        let port = Key::find("server.port").unwrap();
        assert_eq!((port.default, port.takes.as_str()), (Some(json!(3000)), "whole number, 0 to 65535"));
        assert_eq!((port.environment.as_deref(), port.flag.as_deref()), (Some("PORT"), Some("--port")));
        assert_eq!(Key::find("build.optimize").unwrap().takes, "`\"none\"`, `\"size\"`, `\"speed\"`");
        assert_eq!(Key::find("build.target").unwrap().default, Some(json!(TARGETS[0])));
        assert_eq!(Key::find("server.static").unwrap().default_in_words, "none");
        assert_eq!(Key::find("server.env.HOME").unwrap().path, "server.env");
        assert_eq!(Key::find("server.nothing"), None);
        assert_eq!(Key::find("server.ports"), None);
    }

    #[test]
    fn examples_are_what_their_keys_take() {
        for key in Key::all() {
            let text = format!("{} = {}\n", key.path, key.example);
            let written = crate::Written::from_mik_toml(&text).unwrap_or_else(|error| panic!("{text}{error}"));
            assert_eq!(written.unknown_keys, [], "{text}");
        }
        let text = "build.optimize = \"speed\"";
        let written = crate::Written::from_mik_toml(text).unwrap();
        assert_eq!(*written.schema.build.optimize.unwrap().get_ref(), Optimize::Speed);
    }

    #[test]
    fn nothing_is_null() {
        assert!(!json_schema().to_string().contains("null"), "{:#}", json_schema());
    }
}
