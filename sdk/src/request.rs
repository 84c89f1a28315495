//! The request as the handler sees it: what came in, and what the route took from its path.

use std::cell::OnceCell;

use crate::Bytes;
use serde::de::DeserializeOwned;

use crate::layers::Extensions;
use crate::problem::Problem;
use crate::{Headers, Method, Type, json};

/// One request.
///
/// A handler takes `&Request` where no extractor says it better; a test makes one with [`Request::new`] or with
/// [`testing`](crate::testing).
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn greet(request: &Request) -> String {
///     let name = request.query("name").unwrap_or("world");
///     format!("Hello, {name}! You came to {}.", request.path())
/// }
///
/// let request = Request::new(Method::GET, "/greet?name=J%C3%BCrgen");
/// assert_eq!(greet(&request), "Hello, Jürgen! You came to /greet.");
/// ```
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    target: String,
    /// Where the path ends in `target`.
    path_len: usize,
    headers: Headers,
    body: Option<Bytes>,
    params: Vec<(&'static str, String)>,
    /// Decoded when it is first asked for: most handlers never do.
    query: OnceCell<Vec<(String, String)>>,
    extensions: Extensions,
}

impl Request {
    /// A request without headers and body. The target is the path with its query, as in a request line.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self::from_parts(method, target.into(), Headers::new(), None)
    }

    pub(crate) fn from_parts(method: Method, target: String, headers: Headers, body: Option<Bytes>) -> Self {
        let path_len = target.find('?').unwrap_or(target.len());
        Self {
            method,
            target,
            path_len,
            headers,
            body,
            params: Vec::new(),
            query: OnceCell::new(),
            extensions: Extensions::new(),
        }
    }

    /// This request with one more header field.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.append(name, value);
        self
    }

    /// This request with a body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path, exactly as it was received: still percent-encoded, without the query.
    pub fn path(&self) -> &str {
        self.target.get(..self.path_len).unwrap_or_default()
    }

    /// The path and the query, exactly as they were received.
    pub fn path_and_query(&self) -> &str {
        &self.target
    }

    /// What follows the `?`, exactly as it was received; `None` where there is no `?`.
    pub fn query_string(&self) -> Option<&str> {
        self.target.get(self.path_len + 1..)
    }

    /// The first value of a query parameter, decoded. [`Query`](crate::Query) reads them all into a type.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query_all(name).next()
    }

    /// Every value of a query parameter, decoded, in order.
    pub fn query_all<'r>(&'r self, name: &str) -> impl Iterator<Item = &'r str> {
        self.query
            .get_or_init(|| {
                form_urlencoded::parse(self.query_string().unwrap_or_default().as_bytes()).into_owned().collect()
            })
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// What the route took from the path under this name, decoded: `id` of `/users/{id}`.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    /// Everything the route took from the path, in its order.
    pub fn params(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        self.params.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The header fields.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The first value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The body; `None` where the request had none.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// The body, shared and not copied; empty where the request had none.
    pub fn bytes(&self) -> Bytes {
        self.body.clone().unwrap_or_default()
    }

    /// The body as text, where it is UTF-8.
    pub fn text(&self) -> Option<&str> {
        self.body().and_then(|body| std::str::from_utf8(body).ok())
    }

    /// The body read as JSON, whatever its content type says. [`Json`](crate::Json) asks for that too.
    ///
    /// # Errors
    ///
    /// 413, where the body has more bytes than [`json::MAX_SIZE`], or `MIK_MAX_JSON_SIZE`; 400, with line and column, where it is
    /// not the JSON of a `T`; 422, with every violation, where it breaks the rules of `T`.
    pub fn json<T: DeserializeOwned + Type>(&self) -> Result<T, Problem> {
        json::parse(json::bounded(self.body().unwrap_or_default())?)
    }

    pub(crate) const fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    pub(crate) const fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }

    pub(crate) fn set_params(&mut self, params: Vec<(&'static str, String)>) {
        self.params = params;
    }
}
