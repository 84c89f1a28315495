//! Everything that can go wrong between a client and a handler, each with its status and its RFC 9457 problem.

use crate::list::Text;
use crate::{arena, body_limit};

/// Why there is no answer of the handler's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The handler's interface has no word for this method.
    MethodNotImplemented(Text),
    /// This request header is not UTF-8, and the handler's headers are strings.
    HeaderNotUtf8(Text),
    /// The request's `content-length` is no number, or several.
    RequestLengthMalformed,
    /// The body is, or says it will be, over this limit.
    BodyTooLarge(u64),
    /// There is no memory for a body within the limit.
    BodyOverMemory,
    /// The body broke off, or is not as long as `content-length` announced.
    BodyIncomplete,
    /// The host gives no body to read.
    BodyUnavailable,
    /// The limit in the environment is this, which is no number of bytes.
    BodyLimitMalformed(Text),
    /// The handler answered with a status that a response cannot have.
    ResponseStatus(u16),
    /// The handler set this header, which is not its to set or not valid.
    ResponseHeader(Text),
    /// The handler's `content-length` is no number, or several.
    ResponseLengthMalformed,
    /// The handler's `content-length` is not the length of its body.
    ResponseLengthMismatch {
        /// What the header says.
        announced: u64,
        /// How many bytes there are.
        given: u64,
    },
}

impl Failure {
    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.describe().0
    }

    /// The body: `application/problem+json`, RFC 9457 §3.
    pub(crate) fn problem(&self) -> Text {
        let (status, code, title) = self.describe();
        let mut json = Text::EMPTY;
        push(&mut json, "{\"type\":\"urn:mik:error:");
        push(&mut json, code);
        push(&mut json, "\",\"title\":\"");
        push(&mut json, title);
        push(&mut json, "\",\"status\":");
        push_number(&mut json, u64::from(status));
        push(&mut json, ",\"detail\":\"");
        self.push_detail(&mut json);
        push(&mut json, "\"}");
        json
    }

    /// Status, code and title: the same for every failure of a kind.
    fn describe(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::MethodNotImplemented(_) => (501, "method-not-implemented", "Method not implemented"),
            Self::HeaderNotUtf8(_) | Self::RequestLengthMalformed => (400, "invalid-header", "Invalid request header"),
            Self::BodyTooLarge(_) | Self::BodyOverMemory => (413, "body-too-large", "Request body too large"),
            Self::BodyIncomplete => (400, "incomplete-body", "Incomplete request body"),
            Self::BodyUnavailable => (500, "body-unavailable", "Request body unavailable"),
            Self::BodyLimitMalformed(_) => (500, "invalid-configuration", "Invalid configuration"),
            Self::ResponseStatus(_)
            | Self::ResponseHeader(_)
            | Self::ResponseLengthMalformed
            | Self::ResponseLengthMismatch { .. } => (500, "invalid-response", "Invalid response from the handler"),
        }
    }

    /// What happened this time.
    fn push_detail(&self, json: &mut Text) {
        match self {
            Self::MethodNotImplemented(method) => {
                push_quoting(json, "handlers cannot be asked to ", method, "");
            }
            Self::HeaderNotUtf8(name) => push_quoting(json, "the value of ", name, " is not UTF-8"),
            Self::RequestLengthMalformed => push(json, "`content-length` is not one number"),
            Self::BodyTooLarge(limit) => push_counting(json, "the limit is ", *limit, " bytes"),
            Self::BodyOverMemory => push(json, "there is no memory left for it"),
            Self::BodyIncomplete => push(json, "the body ended before all of it had arrived"),
            Self::BodyUnavailable => push(json, "the host gave no stream to read it from"),
            Self::BodyLimitMalformed(value) => {
                push(json, body_limit::VARIABLE);
                push_quoting(json, " must be a whole number of bytes, and is ", value, "");
            }
            Self::ResponseStatus(status) => {
                push_counting(json, "a response cannot have status ", u64::from(*status), "");
            }
            Self::ResponseHeader(name) => {
                push_quoting(json, "the header ", name, " is forbidden or not valid");
            }
            Self::ResponseLengthMalformed => push(json, "`content-length` is not one number"),
            Self::ResponseLengthMismatch { announced, given } => {
                push_counting(json, "`content-length` is ", *announced, ", and the body has ");
                push_counting(json, "", *given, " bytes");
            }
        }
    }
}

/// Appends text of our own, in which nothing needs escaping.
fn push(json: &mut Text, text: &str) {
    push_bytes(json, text.as_bytes());
}

fn push_bytes(text: &mut Text, bytes: &[u8]) {
    *text = arena::append(*text, bytes);
}

/// Appends text from outside between text of our own.
fn push_quoting(json: &mut Text, before: &str, quoted: &[u8], after: &str) {
    push(json, before);
    push(json, "`");
    push_escaped(json, quoted);
    push(json, "`");
    push(json, after);
}

/// Appends a number between text of our own.
fn push_counting(json: &mut Text, before: &str, number: u64, after: &str) {
    push(json, before);
    push_number(json, number);
    push(json, after);
}

/// Appends a decimal number. `core::fmt` would do it at ten times the size.
pub(crate) fn push_number(text: &mut Text, number: u64) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    push_bytes(text, &[b'0' + (number % 10) as u8]);
}

/// Appends the inside of a JSON string (RFC 8259 §7). What is beyond ASCII stands for itself.
fn push_escaped(json: &mut Text, text: &[u8]) {
    for &byte in text {
        if byte < b' ' {
            push(json, "\\u00");
            push_bytes(json, &[b'0' + (byte >> 4), hex(byte & 15)]);
        } else {
            if matches!(byte, b'"' | b'\\') {
                push(json, "\\");
            }
            push_bytes(json, &[byte]);
        }
    }
}

fn hex(digit: u8) -> u8 {
    if digit < 10 { b'0' + digit } else { b'a' - 10 + digit }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(failure: Failure) -> String {
        String::from_utf8(failure.problem().to_vec()).unwrap()
    }

    #[test]
    fn a_problem_is_four_members() {
        assert_eq!(
            problem(Failure::BodyTooLarge(10_485_760)),
            r#"{"type":"urn:mik:error:body-too-large","title":"Request body too large","status":413,"detail":"the limit is 10485760 bytes"}"#
        );
    }

    #[test]
    fn text_from_outside_is_escaped() {
        let problem = problem(Failure::MethodNotImplemented("A\"\\\n\u{1f}\u{7f}é😀".into()));
        assert!(problem.contains("`A\\\"\\\\\\u000a\\u001f\u{7f}é😀`"), "{problem}");
    }

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 9, 10, 65_535, u64::MAX] {
            let mut text = Text::EMPTY;
            push_number(&mut text, number);
            assert_eq!(*text, *number.to_string().as_bytes());
        }
    }

    #[test]
    fn a_malformed_limit_is_named() {
        let problem = problem(Failure::BodyLimitMalformed("10MB".into()));
        assert!(problem.contains("MIK_MAX_BODY_SIZE must be a whole number of bytes, and is `10MB`"));
    }
}
