//! Header fields as they came: every value, in order, names without regard to case.

use crate::fields::is_token;

/// The header fields of a request or a response.
///
/// A list, because that is what is on the wire: a repeated field keeps all its values and their order. There are seldom
/// more than twenty, so a search is cheaper than a table.
///
/// ```
/// use mik_sdk::Headers;
///
/// let mut headers = Headers::new();
/// headers.append("Accept", "text/html");
/// headers.append("accept", "application/json");
///
/// assert_eq!(headers.get("ACCEPT"), Some("text/html"));
/// assert_eq!(headers.get_all("accept").count(), 2);
///
/// headers.insert("accept", "*/*");
/// assert_eq!(headers.get_all("accept").collect::<Vec<_>>(), ["*/*"]);
/// headers.remove("accept");
/// assert!(!headers.contains("accept"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// No fields.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The first value of a field.
    #[inline(never)]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next()
    }

    /// Every value of a field, in the order in which they came.
    pub fn get_all<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        self.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether there is such a field.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Adds a value and leaves those that are there.
    pub fn append(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.push(name.into(), value.into());
    }

    /// Sets a field to one value, whatever it had before.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.remove(&name);
        self.push(name, value.into());
    }

    #[inline(never)]
    fn push(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// Removes every value of a field.
    #[inline(never)]
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    /// Every field, in order, as it is spelled.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many fields there are, repeated ones counted each time.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first field that must not be sent: a name that is no token, or a value that could end its line and begin
    /// another field (RFC 9110, 5.1 and 5.5).
    pub(crate) fn first_invalid(&self) -> Option<&str> {
        self.iter().find(|(name, value)| !is_token(name) || !is_field_value(value)).map(|(name, _)| name)
    }

    pub(crate) fn into_vec(self) -> Vec<(String, String)> {
        self.0
    }
}

impl<'h> IntoIterator for &'h Headers {
    type Item = (&'h str, &'h str);
    type IntoIter = std::iter::Map<std::slice::Iter<'h, (String, String)>, fn(&'h (String, String)) -> Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl From<Vec<(String, String)>> for Headers {
    fn from(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }
}

fn is_field_value(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_would_begin_another_field_is_found() {
        let mut headers = Headers::new();
        headers.append("x-ok", "tab\tand ümlaut");
        assert_eq!(headers.first_invalid(), None);
        headers.append("x-bad", "a\r\nset-cookie: b=c");
        assert_eq!(headers.first_invalid(), Some("x-bad"));
        headers.remove("X-Bad");
        headers.append("x bad", "a");
        assert_eq!(headers.first_invalid(), Some("x bad"));
    }

    #[test]
    fn insert_replaces_every_spelling() {
        let mut headers = Headers::new();
        headers.append("Vary", "accept");
        headers.append("vary", "cookie");
        headers.insert("VARY", "*");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("VARY", "*")]);
    }
}
