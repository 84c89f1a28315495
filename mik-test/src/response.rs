//! What the component answered, and what it did meanwhile.

use http::response::Parts;

use crate::{Call, Error};

/// A response, whole.
#[derive(Clone, Debug)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    logs: Vec<String>,
    calls: Vec<Call>,
}

impl Response {
    pub(crate) fn new(parts: &Parts, body: Vec<u8>, logs: Vec<String>, calls: Vec<Call>) -> Self {
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        Self { status: parts.status.as_u16(), headers, body, logs, calls }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Names and values, in their order.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.body).map_err(|error| self.wrong("text", error.to_string()))
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is none; the error says what it is.
    pub fn json(&self) -> Result<serde_json::Value, Error> {
        serde_json::from_slice(&self.body).map_err(|error| self.wrong("JSON", error.to_string()))
    }

    /// What the component has printed, line by line: standard output, then standard error.
    pub fn logs(&self) -> &[String] {
        &self.logs
    }

    /// The requests that it has sent, in their order.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    fn wrong(&self, what: &'static str, message: String) -> Error {
        const SHOWN: usize = 500;
        let text = String::from_utf8_lossy(&self.body);
        Error::Body { what, message, body: text.chars().take(SHOWN).collect() }
    }
}
