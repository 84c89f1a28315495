//! What header fields have in common: lists with commas, parameters with semicolons, quoted text (RFC 9110, 5.6).

use crate::text::is_one_of;

/// The elements of a list, cut at its commas, but not at those within quotes. Empty ones are left out.
pub(crate) struct Elements<'a>(pub(crate) &'a str);

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while !self.0.is_empty() {
            let mut is_quoted = false;
            let mut is_escaped = false;
            let end = self.0.bytes().position(|byte| {
                if is_escaped {
                    is_escaped = false;
                } else if byte == b'"' {
                    is_quoted = !is_quoted;
                } else if is_quoted {
                    is_escaped = byte == b'\\';
                } else {
                    return byte == b',';
                }
                false
            });
            let end = end.unwrap_or(self.0.len());
            let element = trim(self.0.get(..end)?);
            self.0 = self.0.get(end + 1..).unwrap_or_default();
            if !element.is_empty() {
                return Some(element);
            }
        }
        None
    }
}

/// One parameter: `name=value` or `name="value"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    /// As it came: what stands between the quotes, with its backslashes.
    pub(crate) raw: &'a str,
    pub(crate) is_quoted: bool,
}

impl Parameter<'_> {
    /// The value without the backslashes that keep a character from its meaning.
    pub(crate) fn value(&self) -> String {
        let mut value = String::with_capacity(self.raw.len());
        let mut is_escaped = false;
        for character in self.raw.chars() {
            is_escaped = self.is_quoted && !is_escaped && character == '\\';
            if !is_escaped {
                value.push(character);
            }
        }
        value
    }
}

/// What follows the first part of a field: `; name=value; name="value"`. After something malformed there is nothing more.
pub(crate) struct Parameters<'a>(pub(crate) &'a str);

/// What is no parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl<'a> Iterator for Parameters<'a> {
    type Item = Result<Parameter<'a>, Malformed>;

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = trim(self.0);
        let is_separated = rest.starts_with(';');
        while let Some(after) = rest.strip_prefix(';') {
            rest = trim(after);
        }
        self.0 = "";
        if rest.is_empty() {
            return None;
        }
        Some(match parameter(rest) {
            Some((parameter, after)) if is_separated => {
                self.0 = after;
                Ok(parameter)
            }
            _ => Err(Malformed),
        })
    }
}

fn parameter(text: &str) -> Option<(Parameter<'_>, &str)> {
    let equals = text.bytes().position(|byte| byte == b'=')?;
    let name = trim(text.get(..equals)?);
    if !is_token(name) {
        return None;
    }
    let text = trim(text.get(equals + 1..)?);
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.bytes().position(|byte| matches!(byte, b';' | b' ' | b'\t')).unwrap_or(text.len());
        let raw = text.get(..end)?;
        let is_plain = !raw.is_empty() && !raw.as_bytes().contains(&b'"');
        return is_plain.then_some((Parameter { name, raw, is_quoted: false }, text.get(end..)?));
    };
    let end = end_of_quoted(quoted.as_bytes())?;
    Some((Parameter { name, raw: quoted.get(..end)?, is_quoted: true }, quoted.get(end + 1..)?))
}

/// Where the closing quote is. Browsers leave a backslash as it is, so a file name may end with one: where every quote
/// that is left is behind a backslash, the last one closes.
fn end_of_quoted(text: &[u8]) -> Option<usize> {
    let mut is_escaped = false;
    let closing = text.iter().position(|&byte| {
        let was_escaped = is_escaped;
        is_escaped = !was_escaped && byte == b'\\';
        byte == b'"' && !was_escaped
    });
    closing.or_else(|| text.iter().rposition(|&byte| byte == b'"'))
}

/// Without the white space that may be around: spaces and tabs, nothing else.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Whether the text is a token: the name of a field, of a cookie, of a parameter.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || is_one_of(byte, b"!#$%&'*+-.^_`|~"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_at_commas_outside_of_quotes() {
        let elements = |text| Elements(text).collect::<Vec<_>>();
        assert_eq!(elements(" a ,, b;c=\"x,y\\\",z\" ,\t,d"), ["a", "b;c=\"x,y\\\",z\"", "d"]);
        assert_eq!(elements("a\"unclosed, b"), ["a\"unclosed, b"]);
        assert!(elements(" , ,").is_empty());
    }

    #[test]
    fn parameters_are_tokens_or_quoted() {
        let parameters = |text| Parameters(text).map(|parameter| parameter.map(|p| (p.name, p.value()))).collect();
        let read: Result<Vec<_>, _> = parameters("; a=b ;;c = \"d;\\\"e\\\\\"; f=g;");
        assert_eq!(read.unwrap(), [("a", "b".to_owned()), ("c", "d;\"e\\".to_owned()), ("f", "g".to_owned())]);
        for wrong in ["a=b", "; a", "; =b", "; a=", "; a=\"b", "; a b=c", "; a=b\"c", "; a=b c=d", "; a=\"b\" c"] {
            let read: Result<Vec<_>, Malformed> = parameters(wrong);
            assert_eq!(read, Err(Malformed), "{wrong}");
        }
    }

    #[test]
    fn a_backslash_may_be_the_last_of_a_quoted_text() {
        let only = |text| Parameters(text).next().unwrap().unwrap();
        assert_eq!(only(r#"; filename="C:\dir\""#).raw, r"C:\dir\");
        assert_eq!(only(r#"; filename="a\"b""#).raw, r#"a\"b"#);
        assert_eq!(only(r#"; filename="a\\"; x="b""#).raw, r"a\\");
    }
}
