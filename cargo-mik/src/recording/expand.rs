//! `{{name}}`: what stands for something else in a file of requests.

use std::collections::BTreeMap;

use super::error::{RecordingError, Source};

/// Names and what they stand for. Those of the command line go before those of a file.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    given: BTreeMap<String, String>,
    defined: BTreeMap<String, String>,
}

/// The longest value, and the longest text that values are put into: a few lines that double each other would fill memory.
const VALUE_MOST: usize = 64 << 10;
/// How far from the braces that open those are looked for that close: longer names are none.
const NAME_MOST: usize = 256;
const TEXT_MOST: usize = 8 << 20;

impl Variables {
    /// Those that were given on the command line.
    pub fn given(given: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { given: given.into_iter().collect(), defined: BTreeMap::new() }
    }

    /// A file says what a name stands for; the value may name others that are known.
    pub(super) fn define(
        &mut self,
        name: &str,
        value: &str,
        at: usize,
        source: Source<'_>,
    ) -> Result<(), RecordingError> {
        let value = self.expand(value, at, source)?;
        if value.len() > VALUE_MOST {
            let help = "a long body goes into a file beside it, which `< ./file` names";
            return Err(source.wrong(format!("`{name}` is longer than {VALUE_MOST} bytes"), help, at, 1));
        }
        self.defined.insert(name.to_owned(), value);
        Ok(())
    }

    /// A text that begins there, with the values in place of the names.
    pub(super) fn expand(&self, text: &str, at: usize, source: Source<'_>) -> Result<String, RecordingError> {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        // Braces that do not close, and those around what is no name, are braces.
        while let Some((before, after)) = rest.split_once("{{") {
            expanded.push_str(before);
            let place = at + (text.len() - rest.len()) + before.len();
            let Some((name, after_name)) = name(after) else {
                expanded.push_str("{{");
                rest = after;
                continue;
            };
            let known = name.trim();
            let Some(value) = self.given.get(known).or_else(|| self.defined.get(known)) else {
                return Err(unknown(known, place, name.len() + 4, source));
            };
            expanded.push_str(value);
            if expanded.len() > TEXT_MOST {
                let help = "write it in fewer words, or into a file beside it, which `< ./file` names";
                return Err(source.wrong("this comes to more than 8 MiB", help, place, name.len() + 4));
            }
            rest = after_name;
        }
        expanded.push_str(rest);
        Ok(expanded)
    }
}

/// The name that a text begins with, before braces that close, and what is after these.
fn name(text: &str) -> Option<(&str, &str)> {
    let (name, _) = text.get(..text.floor_char_boundary(NAME_MOST))?.split_once("}}")?;
    is_name(name.trim()).then_some((name, text.get(name.len() + 2..)?))
}

/// Whether a name could be meant. One that begins with `$` is a function of other programs, and may have arguments.
fn is_name(name: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$');
    match name.strip_prefix('$') {
        Some(function) => function.starts_with(char::is_alphabetic),
        None => !name.is_empty() && name.chars().all(is_of_name),
    }
}

fn unknown(name: &str, at: usize, length: usize, source: Source<'_>) -> RecordingError {
    let help = match name.starts_with('$') {
        true => {
            "values that are made up for each request would make no two runs alike: write one that stays".to_owned()
        }
        false => format!(
            "say what it stands for: `--variable {name}=VALUE`, or a line `@{name} = VALUE` before the request. Values of \
             `Authorization`, `Cookie` and other secrets are not recorded unless `--record-secrets` says so"
        ),
    };
    source.wrong(format!("`{name}` stands for nothing that is known"), &help, at, length)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn names_give_way_to_values_and_other_braces_stay() {
        let mut variables = Variables::given([("host".to_owned(), "h".to_owned())]);
        let source = Source { path: Path::new("a.http"), text: "" };
        variables.define("host", "other", 0, source).unwrap();
        variables.define("url", "http://{{host}}", 0, source).unwrap();
        let expand = |text: &str| variables.expand(text, 0, source).unwrap();
        assert_eq!(expand("{{url}}/{{ host }}{"), "http://h/h{");
        assert_eq!(expand("{{ {\"a\": {}}"), "{{ {\"a\": {}}");
        assert_eq!(expand("ä{{"), "ä{{");
        assert_eq!(expand("{{\n}} {{host}} {{}}"), "{{\n}} h {{}}");
    }

    #[test]
    fn values_that_double_each_other_come_to_an_end() {
        let mut variables = Variables::default();
        let source = Source { path: Path::new("a.http"), text: "" };
        variables.define("a", &"x".repeat(60_000), 0, source).unwrap();
        variables.define("b", "{{a}}{{a}}", 0, source).unwrap_err();
        variables.expand(&"{{a}}".repeat(1000), 0, source).unwrap_err();
    }
}
