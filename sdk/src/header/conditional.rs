//! What a client has already, and what it thinks is there (RFC 9110, 13.1).

use super::{FromHeader, Wrong};
use crate::fields::trim;
use crate::{Headers, http_date};

/// Entity tags as a client sends them: with their quotes, and with `W/` before a weak one.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags<'r> {
    Any,
    These(Vec<&'r str>),
}

impl<'r> Tags<'r> {
    #[inline(never)]
    fn of(headers: &'r Headers, name: &str) -> Result<Option<Self>, Wrong> {
        let mut tags = Vec::new();
        let mut is_there = false;
        for value in headers.get_all(name) {
            is_there = true;
            if trim(value) == "*" {
                return Ok(Some(Self::Any));
            }
            read(value, &mut tags)
                .ok_or(Wrong::Borrowed("it is not a list of entity tags, such as `\"v1\", W/\"v2\"`"))?;
        }
        Ok(is_there.then_some(Self::These(tags)))
    }

    fn contains(&self, is_same: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|tag| is_same(tag)),
        }
    }
}

/// Reads a list of tags. They may hold commas, and backslashes that mean nothing.
fn read<'r>(value: &'r str, tags: &mut Vec<&'r str>) -> Option<()> {
    let mut rest = value;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(());
        }
        let opaque = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let end = rest.len() - opaque.len() + opaque.bytes().position(|byte| byte == b'"')? + 1;
        let (tag, after) = rest.split_at_checked(end)?;
        tags.push(tag);
        let after = trim(after);
        if !after.is_empty() && !after.starts_with(',') {
            return None;
        }
        rest = after;
    }
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// `If-None-Match`: the versions that a client has.
///
/// ```
/// use mik_sdk::Headers;
/// use mik_sdk::header::{FromHeader, IfNoneMatch};
///
/// let mut headers = Headers::new();
/// headers.append("if-none-match", r#""v1", W/"v2""#);
/// let has = IfNoneMatch::from_headers(&headers).unwrap().unwrap();
/// assert!(has.includes(r#""v2""#));
/// assert!(!has.includes(r#""v3""#));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfNoneMatch<'r>(Tags<'r>);

impl IfNoneMatch<'_> {
    /// Whether this version is among them, weak or strong (RFC 9110, 8.8.3.2). The tag is what an `ETag` says.
    pub fn includes(&self, tag: &str) -> bool {
        self.0.contains(|other| opaque(other) == opaque(tag))
    }
}

impl<'r> FromHeader<'r> for IfNoneMatch<'r> {
    const NAME: &'static str = "if-none-match";

    fn from_value(value: &'r str) -> Result<Self, Wrong> {
        let mut tags = Vec::new();
        if trim(value) == "*" {
            return Ok(Self(Tags::Any));
        }
        read(value, &mut tags).ok_or(Wrong::Borrowed("it is not a list of entity tags"))?;
        Ok(Self(Tags::These(tags)))
    }

    fn from_headers(headers: &'r Headers) -> Result<Option<Self>, Wrong> {
        Ok(Tags::of(headers, Self::NAME)?.map(Self))
    }
}

/// `If-Match`: change this only if it is still one of these versions.
///
/// ```
/// use mik_sdk::header::IfMatch;
/// use mik_sdk::prelude::*;
///
/// routes! { PUT "/page" => save }
///
/// fn save(expected: Option<Header<IfMatch>>) -> Result<StatusCode, Problem> {
///     let now = r#""v7""#;
///     match expected {
///         Some(Header(expected)) if !expected.includes(now) => {
///             Err(Problem::new(StatusCode::PRECONDITION_FAILED).with_detail("somebody else has changed it"))
///         }
///         _ => Ok(StatusCode::NO_CONTENT),
///     }
/// }
///
/// assert_eq!(testing::put("/page").header("if-match", r#""v6""#).send(handle).status(), 412);
/// assert_eq!(testing::put("/page").header("if-match", r#""v7""#).send(handle).status(), 204);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch<'r>(Tags<'r>);

impl IfMatch<'_> {
    /// Whether this version is among them: both strong, and the same. The tag is what an `ETag` says.
    pub fn includes(&self, tag: &str) -> bool {
        self.0.contains(|other| other == tag && !tag.starts_with("W/"))
    }
}

impl<'r> FromHeader<'r> for IfMatch<'r> {
    const NAME: &'static str = "if-match";

    fn from_value(value: &'r str) -> Result<Self, Wrong> {
        IfNoneMatch::from_value(value).map(|IfNoneMatch(tags)| Self(tags))
    }

    fn from_headers(headers: &'r Headers) -> Result<Option<Self>, Wrong> {
        Ok(Tags::of(headers, Self::NAME)?.map(Self))
    }
}

macro_rules! dates {
    ($($(#[$doc:meta])* $type:ident $name:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// In seconds since 1970. The two forms of a date that have been obsolete since 1997 are not read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $type(pub u64);

        impl FromHeader<'_> for $type {
            const NAME: &'static str = $name;

            fn from_value(value: &str) -> Result<Self, Wrong> {
                http_date::parse(value).map(Self).ok_or(Wrong::Borrowed("it is not a date, such as `Sun, 06 Nov 1994 08:49:37 GMT`"))
            }
        }
    )*};
}

dates! {
    /// `If-Modified-Since`: when what the client has was changed.
    IfModifiedSince "if-modified-since";
    /// `If-Unmodified-Since`: change this only if nobody has since then.
    IfUnmodifiedSince "if-unmodified-since";
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> Headers {
        let mut headers = Headers::new();
        for value in values {
            headers.append("if-none-match", *value);
            headers.append("if-match", *value);
        }
        headers
    }

    /// The table of RFC 9110, 8.8.3.2.
    #[test]
    fn tags_are_compared_as_rfc_9110_says() {
        for (one, other, strong, weak) in [
            ("W/\"1\"", "W/\"1\"", false, true),
            ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true),
        ] {
            let headers = headers(&[one]);
            assert_eq!(IfMatch::from_headers(&headers).unwrap().unwrap().includes(other), strong, "{one} {other}");
            assert_eq!(IfNoneMatch::from_headers(&headers).unwrap().unwrap().includes(other), weak, "{one} {other}");
        }
    }

    #[test]
    fn lists_of_tags_are_read() {
        let headers = headers(&["\"xyzzy\", \"r2d2,xx\\\",, W/\"c3pio\"", "\"\""]);
        let tags = IfNoneMatch::from_headers(&headers).unwrap().unwrap();
        assert_eq!(tags.0, Tags::These(vec!["\"xyzzy\"", "\"r2d2,xx\\\"", "W/\"c3pio\"", "\"\""]));
        assert!(IfNoneMatch::from_headers(&self::headers(&["*"])).unwrap().unwrap().includes("\"anything\""));
        assert_eq!(IfNoneMatch::from_headers(&Headers::new()).unwrap(), None);
        for wrong in ["xyzzy", "\"a", "\"a\" \"b\"", "w/\"a\"", "\"a\", b", "\"a\"b"] {
            assert!(IfNoneMatch::from_headers(&self::headers(&[wrong])).is_err(), "{wrong}");
        }
    }
}
