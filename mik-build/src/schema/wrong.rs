//! What is wrong with a text: not TOML, or a value that its key does not take, told by the key.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// A text that is not TOML, or a value that its key does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// What is wrong.
    pub message: String,
    /// Where, in bytes of the text.
    pub span: Option<Range<usize>>,
    /// The key's path within the schema, such as `server.port`, where it is a value that is wrong.
    pub key: Option<String>,
}

impl SchemaError {
    /// What the parser says of a text whose schema is below `root`.
    pub(super) fn new(error: &toml::de::Error, text: &str, root: &[&str]) -> Self {
        let span = error.span();
        let document = DeTable::parse(text).ok();
        let path = document.as_ref().zip(span.clone()).map(|(document, span)| path_to(document.get_ref(), &span));
        let key =
            path.and_then(|path| path.strip_prefix(root).map(|path| path.join("."))).filter(|key| !key.is_empty());
        let message = match &key {
            Some(key) => of_value(key, error.message()),
            None => error.message().to_owned(),
        };
        Self { message, span, key }
    }
}

/// The keys that lead to the value at a place.
fn path_to<'a>(table: &'a DeTable<'_>, place: &Range<usize>) -> Vec<&'a str> {
    let holds = |span: Range<usize>| span.start <= place.start && place.end <= span.end;
    // A table of headers has the span of its header alone: what is beneath is found by looking there first.
    for (key, value) in table {
        let beneath = match value.get_ref() {
            DeValue::Table(inner) => path_to(inner, place),
            _ => Vec::new(),
        };
        if !beneath.is_empty() || holds(value.span()) || holds(key.span()) {
            return std::iter::once(&**key.get_ref()).chain(beneath).collect();
        }
    }
    Vec::new()
}

/// Serde's words for a wrong value, as a sentence about its key.
fn of_value(key: &str, message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once("expected ") else {
        return match message.strip_prefix("wanted ") {
            Some(expected) => format!("`{key}` has to be {}", expected_in_words(expected)),
            None => format!("`{key}`: {message}"),
        };
    };
    let expected = expected_in_words(expected);
    match found.trim_end_matches(", ").split_once(": ") {
        // TOML has no numbers beyond 64 bits; the parser takes one for another type.
        Some(("invalid type", found))
            if kind_in_words(found) == "a whole number" && expected.starts_with("a whole number") =>
        {
            format!("`{key}` is too large, and has to be {expected}")
        }
        Some(("invalid type", found)) => format!("`{key}` is {}, and has to be {expected}", kind_in_words(found)),
        Some((_, found)) => {
            // `integer `0``, `string "x"`: which it is can be seen.
            let (_, value) = found.split_once(' ').unwrap_or(("", found));
            format!("`{key}` is {}, and has to be {expected}", value.trim_matches('`'))
        }
        None => match found.strip_prefix("unknown variant ") {
            Some(found) => format!("`{key}` is {}, and has to be {expected}", found.trim_end_matches(", ")),
            None => format!("`{key}` has to be {expected}"),
        },
    }
}

fn expected_in_words(expected: &str) -> &str {
    match expected {
        "a sequence" => "an array",
        "a map" => "a table",
        "string or table" => "a string",
        other => other,
    }
}

fn kind_in_words(found: &str) -> &str {
    // What follows the kind is the value itself.
    match found.split(['`', '"']).next().unwrap_or(found).trim_end() {
        "string" => "a string",
        "integer" => "a whole number",
        "floating point" => "a number with a fraction",
        "boolean" => "a boolean",
        "sequence" => "an array",
        "map" => "a table",
        _ => found,
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
    use super::super::Written;

    /// What is said of a `mik.toml`, and what it points at.
    fn wrong(text: &str) -> (String, &str) {
        let error = Written::from_mik_toml(text).unwrap_err();
        let place = error.span.map_or("", |span| &text[span]);
        (error.message, place)
    }

    #[test]
    fn a_value_that_its_key_does_not_take_is_told_by_the_key_and_its_place() {
        for (text, message, place) in [
            (
                "[server]\nport = \"many\"\n",
                "`server.port` is a string, and has to be a whole number from 0 to 65535",
                "\"many\"",
            ),
            ("server.port = 70000\n", "`server.port` is 70000, and has to be a whole number from 0 to 65535", "70000"),
            ("server = { port = -1 }\n", "`server.port` is -1, and has to be a whole number from 0 to 65535", "-1"),
            (
                "[server]\ncache_size = 1.5\n",
                "`server.cache_size` is a number with a fraction, and has to be a whole number from 1 to 100000",
                "1.5",
            ),
            ("[server]\nhttp_allowed = \"*\"\n", "`server.http_allowed` is a string, and has to be an array", "\"*\""),
            (
                "[server]\nhttp_allowed = [\"a\", 2]\n",
                "`server.http_allowed` is a whole number, and has to be a string",
                "2",
            ),
            (
                "[server]\nhttp_allow_private = \"no\"\n",
                "`server.http_allow_private` is a string, and has to be a boolean",
                "\"no\"",
            ),
            (
                "[server]\nhost = \"example.com\"\n",
                "`server.host` is \"example.com\", and has to be an IP address, or `localhost`",
                "\"example.com\"",
            ),
            (
                "[server.env]\nKEY = { form = \"X\" }\n",
                "`server.env.KEY` has to be a string, or `{ from = \"HOST_VARIABLE\" }`",
                "{ form = \"X\" }",
            ),
            ("[server.env]\nKEY = 5\n", "`server.env.KEY` has to be a string, or `{ from = \"HOST_VARIABLE\" }`", "5"),
            ("[server]\nenv = [\"KEY\"]\n", "`server.env` is an array, and has to be a table", "[\"KEY\"]"),
            (
                "[build]\noptimize = \"fast\"\n",
                "`build.optimize` is `fast`, and has to be one of `none`, `size`, `speed`",
                "\"fast\"",
            ),
            ("[build]\noptimize = 5\n", "`build.optimize` has to be a string", "5"),
            ("server = 5\n", "`server` is a whole number, and has to be a table", "5"),
            (
                "[project]\nname = \"a b\"\n",
                "`project.name` is \"a b\", and has to be a name of letters, digits, `-` and `_`",
                "\"a b\"",
            ),
        ] {
            assert_eq!(wrong(text), (message.to_owned(), place), "{text}");
        }
    }

    #[test]
    fn in_cargos_manifest_the_key_is_the_schemas() {
        let text = "[package]\nname = \"x\"\n[package.metadata.mik.server]\nport = true\n";
        let error = Written::from_cargo_toml(text).unwrap_err();
        assert_eq!(error.key.as_deref(), Some("server.port"));
        assert_eq!(&text[error.span.unwrap()], "true");
    }

    #[test]
    fn a_text_that_is_not_toml_has_its_place_and_no_key() {
        let error = Written::from_mik_toml("[server\n").unwrap_err();
        assert_eq!(error.key, None);
        assert!(error.span.is_some());
    }
}
