//! What a server answered: whole, or piece by piece.

use std::io;

use serde::de::DeserializeOwned;

use super::exchange::{self, Exchange};
use super::url::Url;
use super::{Error, Result};
use crate::{Headers, Problem, Type, json};

/// A response, whole.
///
/// ```
/// use mik_sdk::http_client::Response;
///
/// let response = Response::new(200, vec![("content-type".into(), "text/plain".into())], b"hello".to_vec());
/// assert!(response.is_success());
/// assert_eq!(response.text(), Some("hello"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status, as it came: 100 to 999.
    pub status: u16,
    headers: Headers,
    body: Vec<u8>,
    url: String,
}

impl Response {
    /// A response: for tests, and for what stands in for a server.
    #[must_use]
    pub fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self { status, headers: headers.into(), body, url: String::new() }
    }

    pub(super) fn of(status: u16, headers: Headers, body: Vec<u8>, url: &Url) -> Self {
        Self { status, headers, body, url: url.to_text() }
    }

    /// The status. `response.status() == StatusCode::OK` holds as well.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether the status is 400 to 499.
    #[must_use]
    pub const fn is_client_error(&self) -> bool {
        matches!(self.status, 400..=499)
    }

    /// Whether the status is 500 to 599.
    #[must_use]
    pub const fn is_server_error(&self) -> bool {
        matches!(self.status, 500..=599)
    }

    /// This response, if its status is 200 to 299.
    ///
    /// # Errors
    ///
    /// [`ResponseError`](Error::ResponseError) with the status, for any other: a 502 where it is left to `?`.
    pub fn error_for_status(self) -> Result<Self> {
        if self.is_success() {
            return Ok(self);
        }
        let mut why = String::from("status ");
        super::url::push_number(&mut why, self.status.into());
        Err(Error::ResponseError(why))
    }

    /// The URL that answered: after redirects another than was asked.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The header fields. A value that is not UTF-8 is read as Latin-1.
    #[must_use]
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The first value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// Every value of a header field.
    ///
    /// ```
    /// use mik_sdk::http_client::Response;
    ///
    /// let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    /// let response = Response::new(200, vec![field("Link", "</a>"), field("link", "</b>")], vec![]);
    /// assert_eq!(response.header_all("link"), ["</a>", "</b>"]);
    /// assert_eq!(response.header("link"), Some("</a>"));
    /// ```
    #[must_use]
    pub fn header_all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).collect()
    }

    /// The body.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; `None` where it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// The body, to keep.
    #[must_use]
    pub fn body(self) -> Vec<u8> {
        self.body
    }

    /// The body read as JSON, whatever its content type says.
    ///
    /// ```
    /// use mik_sdk::http_client::{Error, Response};
    ///
    /// let response = Response::new(200, vec![], b"[1, 2]".to_vec());
    /// assert_eq!(response.json::<Vec<u8>>(), Ok(vec![1, 2]));
    /// assert!(matches!(response.json::<Vec<String>>(), Err(Error::ResponseError(_))));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ResponseError`](Error::ResponseError), where it is not the JSON of a `T`: a 502 where it is left to `?`, because it
    /// is the other server that is wrong.
    pub fn json<T: DeserializeOwned + Type>(&self) -> Result<T> {
        json::parse(&self.body).map_err(not_json)
    }

    /// The body, read by something else; `None` where there is none, or it can't be read.
    ///
    /// ```
    /// use mik_sdk::http_client::Response;
    /// use mik_sdk::json;
    ///
    /// let response = Response::new(200, vec![], br#"{ "n": 7 }"#.to_vec());
    /// assert_eq!(response.json_with(json::try_parse).map(|value| value["n"] == 7), Some(true));
    /// ```
    #[must_use]
    pub fn json_with<T>(&self, parse: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
        if self.body.is_empty() { None } else { parse(&self.body) }
    }
}

#[inline(never)]
fn not_json(problem: Problem) -> Error {
    Error::ResponseError(crate::text::join(&["not the JSON that was expected: ", problem.detail().unwrap_or_default()]))
}

/// A response that has begun: its body comes as it is read, and no faster.
///
/// ```
/// use std::io::{BufRead, BufReader};
///
/// use mik_sdk::http_client;
/// use mik_sdk::prelude::*;
///
/// fn longest_line(Path(name): Path<String>) -> Result<String, Problem> {
///     let stream = http_client::get(format!("https://logs.example.com/{name}")).stream()?;
///     let mut longest = 0;
///     for line in BufReader::new(stream).lines() {
///         longest = longest.max(line?.len());
///     }
///     Ok(longest.to_string())
/// }
/// # let _ = longest_line;
/// ```
pub struct Stream {
    exchange: Exchange,
    /// A piece that `io::Read` was given no room for.
    rest: io::Cursor<Vec<u8>>,
}

impl Stream {
    pub(super) fn of(mut exchange: Exchange) -> Result<Self> {
        match exchange.outcome.take() {
            Some(Err(error)) => Err(error),
            _ => Ok(Self { exchange, rest: io::Cursor::default() }),
        }
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.exchange.status
    }

    /// Whether the status is 200 to 299.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.exchange.status, 200..=299)
    }

    /// The URL that answers.
    #[must_use]
    pub fn url(&self) -> String {
        self.exchange.url.to_text()
    }

    /// The header fields.
    #[must_use]
    pub const fn headers(&self) -> &Headers {
        &self.exchange.headers
    }

    /// The first value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.exchange.headers.get(name)
    }

    /// The next piece of the body, as large as it came; `None` at its end.
    ///
    /// # Errors
    ///
    /// Where the body breaks off, stands still for too long or is too large. What was read until then is not the whole.
    pub fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        if !self.exchange.is_over() {
            self.exchange.next_piece();
            exchange::run(std::slice::from_mut(&mut self.exchange));
        }
        // A body that broke off has no end, however often it is asked for.
        if let Some(Err(error)) = &self.exchange.outcome {
            return Err(error.clone());
        }
        let piece = std::mem::take(&mut self.exchange.body);
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }
}

impl io::Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.rest.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.chunk() {
                Ok(Some(piece)) => self.rest = io::Cursor::new(piece),
                Ok(None) => return Ok(0),
                Err(error) => return Err(io::Error::other(error.to_string())),
            }
        }
    }
}
