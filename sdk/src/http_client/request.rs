//! A request to another server, as it is put together.

use std::fmt;
use std::io;
use std::time::Duration;

use serde::Serialize;

use super::body::{Body, Source, pieces_of};
use super::exchange::{self, Exchange, Goal};
use super::retry::Retry;
use super::settings::nanoseconds;
use super::transport::Connect;
use super::{Error, Response, Result, Stream};
use crate::json::{self, Writer};
use crate::text::join;
use crate::{Bytes, Headers, Method};

/// How long all of a request may take, where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How large a response may be, where nothing else is said.
const MAX_RESPONSE_SIZE: u64 = 10 << 20;
/// How many redirects are followed, where nothing else is said.
const REDIRECTS: u32 = 10;

/// A request that is about to be sent. [`fetch!`](crate::fetch) writes the same in one line.
///
/// ```
/// use std::time::Duration;
///
/// use mik_sdk::http_client;
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct Order {
///     item: String,
/// }
///
/// fn place(order: &Order) -> Result<Response, Problem> {
///     let response = http_client::post("https://shop.example.com/orders")
///         .header("authorization", "Bearer token")
///         .json(order)
///         .timeout(Duration::from_secs(5))
///         .send()?;
///     Ok(created!("/orders", { "status": response.status() }))
/// }
/// # let _ = place;
/// ```
///
/// | | default |
/// |---|---|
/// | [`timeout`](Self::timeout) | 30 seconds for all of it, redirects and retries included |
/// | [`connect_timeout`](Self::connect_timeout), [`first_byte_timeout`](Self::first_byte_timeout), [`idle_timeout`](Self::idle_timeout) | none of their own |
/// | [`max_response_size`](Self::max_response_size) | 10 MiB |
/// | [`redirects`](Self::redirects) | 10 are followed, none from `https` to `http` |
/// | [`retries`](Self::retries) | none |
/// | `traceparent`, `tracestate` | those of the request that is being answered, with a span of their own |
#[must_use = "a request does nothing until it is sent"]
pub struct ClientRequest {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Headers,
    pub(super) body: Option<Body>,
    pub(super) timeouts: Timeouts,
    pub(super) max_response_size: u64,
    /// Whether that was said: a stream has no limit unless it was.
    pub(super) is_size_limited: bool,
    pub(super) redirects: u32,
    pub(super) is_downgrade_allowed: bool,
    // Functions and not flags: what nobody asks for is not in the component.
    pub(super) denies: Option<fn(&str) -> bool>,
    pub(super) retry: Option<Retry>,
    pub(super) is_traced: bool,
    /// What was wrong with a part of it: told when it is sent.
    pub(super) mistake: Option<Error>,
}

/// In nanoseconds.
pub(super) struct Timeouts {
    pub(super) total: u64,
    pub(super) connect: Option<Connect>,
    pub(super) first_byte: Option<u64>,
    pub(super) idle: Option<u64>,
}

impl ClientRequest {
    /// A request with any method. The URL is checked when the request is sent.
    ///
    /// ```
    /// use mik_sdk::Method;
    /// use mik_sdk::http_client::ClientRequest;
    ///
    /// let request = ClientRequest::new(Method::OPTIONS, "https://api.example.com/");
    /// assert_eq!(request.method(), Method::OPTIONS);
    /// ```
    #[inline(never)]
    pub fn new(method: Method, url: &str) -> Self {
        Self {
            method,
            url: url.to_owned(),
            headers: Headers::new(),
            body: None,
            timeouts: Timeouts { total: nanoseconds(TIMEOUT), connect: None, first_byte: None, idle: None },
            max_response_size: MAX_RESPONSE_SIZE,
            is_size_limited: false,
            redirects: REDIRECTS,
            is_downgrade_allowed: false,
            denies: None,
            retry: None,
            is_traced: true,
            mistake: None,
        }
    }

    /// Adds a header field. One whose value has a line break in it, or whose name is none, is an
    /// [`InvalidRequest`](Error::InvalidRequest) when it is sent. `host`, `connection` and their like are the host's to set.
    ///
    /// ```
    /// use mik_sdk::http_client;
    ///
    /// let request = http_client::get("https://api.example.com/").header("accept", "application/json");
    /// assert_eq!(request.headers().get("accept"), Some("application/json"));
    /// ```
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.headers.append(name.as_ref(), value.as_ref());
        self
    }

    /// Sets the body. Its length goes out as `content-length`.
    ///
    /// ```
    /// use mik_sdk::http_client;
    ///
    /// let request = http_client::put("https://api.example.com/notes/7").header("content-type", "text/plain").body("hello");
    /// assert_eq!(request.body_bytes(), Some(&b"hello"[..]));
    /// ```
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(Body::of(Source::Bytes(body.into())));
        self
    }

    /// Sets the body to JSON, and the content type with it. Bytes (`&[u8]`, `&Vec<u8>`) are JSON already and go out as they
    /// are.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        let mut writer = Writer::new();
        writer.value(value);
        // A type's name is known when this is compiled, so that one of the two is all that is left.
        let bytes = match is_bytes(std::any::type_name::<T>()) {
            true => json::parse(&writer.into_bytes()).map_err(|problem| problem.to_string()),
            false => writer.finish().map_err(|problem| problem.to_string()),
        };
        self.json_or(bytes)
    }

    /// What `fetch!` has written.
    #[doc(hidden)]
    pub fn json_text(self, writer: Writer) -> Self {
        self.json_or(writer.finish().map_err(|problem| problem.to_string()))
    }

    #[inline(never)]
    fn json_or(mut self, json: std::result::Result<Vec<u8>, String>) -> Self {
        match json {
            Ok(json) => {
                self.headers.insert("content-type", "application/json");
                self.body = Some(Body::of(Source::Bytes(json.into())));
            }
            Err(why) => self.mistake = Some(Error::InvalidRequest(why)),
        }
        self
    }

    /// Sets the body to what a reader gives, of any size: it is read as fast as the server takes it. Such a body can be sent
    /// once: a request that needs it again is not retried, and a redirect that does is
    /// [`BodyIsGone`](super::Redirect::BodyIsGone).
    ///
    /// ```
    /// use mik_sdk::http_client;
    ///
    /// let request = http_client::put("https://files.example.com/zeros")
    ///     .header("content-length", "1000000000")
    ///     .body_reader(std::io::Read::take(std::io::repeat(0), 1_000_000_000));
    /// # let _ = request;
    /// ```
    pub fn body_reader(mut self, reader: impl io::Read + 'static) -> Self {
        self.body = Some(Body::of(Source::Pieces(pieces_of(reader))));
        self
    }

    /// Sets the body to pieces, sent one after the other: [`body_reader`](Self::body_reader) for an iterator.
    ///
    /// ```
    /// use mik_sdk::http_client;
    ///
    /// let lines = (1..=1_000_000).map(|number| format!("{number}\n"));
    /// let request = http_client::post("https://files.example.com/numbers").body_chunks(lines);
    /// # let _ = request;
    /// ```
    pub fn body_chunks<I>(mut self, chunks: I) -> Self
    where
        I: IntoIterator<IntoIter: 'static, Item: Into<Bytes>>,
    {
        let mut chunks = chunks.into_iter();
        self.body = Some(Body::of(Source::Pieces(Box::new(move || chunks.next().map(|chunk| Ok(chunk.into()))))));
        self
    }

    /// Sends an identifier as `x-trace-id`, where there is one. `traceparent` needs no help.
    ///
    /// ```
    /// use mik_sdk::http_client;
    ///
    /// let request = http_client::get("https://api.example.com/").with_trace_id(Some("4711"));
    /// assert_eq!(request.headers().get("x-trace-id"), Some("4711"));
    /// ```
    pub fn with_trace_id(self, trace_id: Option<&str>) -> Self {
        match trace_id {
            Some(id) => self.header("x-trace-id", id),
            None => self,
        }
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The URL, as it was given.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The header fields, as they were given.
    #[must_use]
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The body, where it is one that lies in memory.
    #[must_use]
    pub fn body_bytes(&self) -> Option<&[u8]> {
        match &self.body.as_ref()?.source {
            Source::Bytes(bytes) => Some(bytes),
            Source::Pieces(_) => None,
        }
    }

    /// Sends it and reads the whole response. A status like 404 or 500 is a response, not an error.
    ///
    /// # Errors
    ///
    /// Where there is no response, or not all of it: [`Error`] says why.
    ///
    /// ```
    /// use mik_sdk::http_client;
    /// use mik_sdk::prelude::*;
    ///
    /// fn is_there(name: &str) -> Result<bool, Problem> {
    ///     let response = http_client::head(format!("https://files.example.com/{name}")).send()?;
    ///     Ok(response.is_success())
    /// }
    /// # let _ = is_there;
    /// ```
    pub fn send(self) -> Result<Response> {
        exchange::send(self)
    }

    /// Sends it, and gives the response as soon as it begins: its body is read piece by piece, of any size.
    ///
    /// # Errors
    ///
    /// Where no response begins: [`Error`] says why.
    pub fn stream(self) -> Result<Stream> {
        let mut exchange = Exchange::new(self, Goal::Head);
        exchange::run(std::slice::from_mut(&mut exchange));
        Stream::of(exchange)
    }

    /// Has it sent by something else, as handlers of mik-sdk 0.1 did before there was [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// What the sender gives.
    ///
    /// ```
    /// use mik_sdk::http_client::{self, ClientRequest, Response, Result};
    ///
    /// fn answer(request: &ClientRequest) -> Result<Response> {
    ///     Ok(Response::new(200, vec![], request.url().into()))
    /// }
    ///
    /// let response = http_client::get("https://api.example.com/").send_with(answer);
    /// assert_eq!(response.unwrap().text(), Some("https://api.example.com/"));
    /// ```
    pub fn send_with(self, sender: impl FnOnce(&Self) -> Result<Response>) -> Result<Response> {
        sender(&self)
    }
}

impl fmt::Debug for ClientRequest {
    /// Without the headers, which have secrets in them.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&join(&[self.method.as_str(), " ", &self.url]))
    }
}

/// Whether a type is one of bytes, by its name.
const fn is_bytes(name: &str) -> bool {
    matches!(name.as_bytes(), b"[u8]" | b"alloc::vec::Vec<u8>" | [b'[', b'u', b'8', b';', ..])
}
