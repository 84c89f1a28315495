//! Files to be saved: `Content-Disposition` (RFC 6266).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::openapi::Output;
use crate::{Bytes, IntoResponse, Response, StatusCode};

/// A file that the browser saves, under a name.
///
/// The name may be any text; what it says cannot get out of its place. Directories in it are left out. The type is
/// `application/octet-stream` unless it is said, and no browser guesses another.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn report() -> Attachment {
///     Attachment::new("Übersicht \"2025\".csv", "a,b\n1,2\n").with_content_type("text/csv")
/// }
///
/// let response = report().into_response();
/// assert_eq!(response.header("content-type"), Some("text/csv"));
/// assert_eq!(
///     response.header("content-disposition"),
///     Some(r#"attachment; filename="_bersicht _2025_.csv"; filename*=UTF-8''%C3%9Cbersicht%20%222025%22.csv"#),
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    name: String,
    content_type: String,
    body: Bytes,
}

impl Attachment {
    /// A file with a name.
    pub fn new(name: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Self { name: name.into(), content_type: "application/octet-stream".to_owned(), body: body.into() }
    }

    /// This file with a content type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
        self
    }
}

impl IntoResponse for Attachment {
    const OUTPUT: Output = Output::content(200, "application/octet-stream", None);

    fn into_response(self) -> Response {
        Response::new(StatusCode::OK)
            .with_header("content-disposition", disposition(&self.name))
            .with_header("x-content-type-options", "nosniff")
            .with_content_type(self.content_type)
            .with_body(self.body)
    }
}

/// The name twice, where ASCII is not enough: for old browsers, and as RFC 8187 writes it. `%` is not in the first: some
/// would decode it.
#[inline(never)]
fn disposition(name: &str) -> String {
    // The `attr-char` of RFC 8187.
    const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'!')
        .remove(b'#')
        .remove(b'$')
        .remove(b'&')
        .remove(b'+')
        .remove(b'-')
        .remove(b'.')
        .remove(b'^')
        .remove(b'_')
        .remove(b'`')
        .remove(b'|')
        .remove(b'~');
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    if name.is_empty() {
        return "attachment".to_owned();
    }
    let mut text = String::from("attachment; filename=\"");
    let mut is_plain = true;
    for character in name.chars() {
        let fits = matches!(character, ' '..='~') && !matches!(character, '"' | '%');
        is_plain &= fits;
        text.push(if fits { character } else { '_' });
    }
    text.push('"');
    if !is_plain {
        text.push_str("; filename*=UTF-8''");
        for piece in utf8_percent_encode(name, ENCODED) {
            text.push_str(piece);
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_said_as_rfc_6266_asks() {
        for (name, expected) in [
            ("example.html", r#"attachment; filename="example.html""#),
            ("a b;c=d.txt", r#"attachment; filename="a b;c=d.txt""#),
            ("€ rates", r#"attachment; filename="_ rates"; filename*=UTF-8''%E2%82%AC%20rates"#),
            ("100%.txt", r#"attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt"#),
            ("../../etc/passwd", r#"attachment; filename="passwd""#),
            ("C:\\x\\y.txt", r#"attachment; filename="y.txt""#),
            (
                "a\r\nset-cookie: b",
                r#"attachment; filename="a__set-cookie: b"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20b"#,
            ),
            ("dir/", "attachment"),
            ("", "attachment"),
        ] {
            assert_eq!(disposition(name), expected);
        }
    }

    proptest! {
        #[test]
        fn any_name_comes_back_and_says_nothing_else(name: String) {
            let text = disposition(&name);
            prop_assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
            let read = match text.split_once("; filename*=UTF-8''") {
                Some((_, encoded)) => percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap().into_owned(),
                None => text.trim_start_matches("attachment").trim_start_matches("; filename=").trim_matches('"').to_owned(),
            };
            prop_assert_eq!(read, last);
        }
    }
}
