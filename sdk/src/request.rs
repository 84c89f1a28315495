//! The request as the handler sees it: what came in, and what the route took from its path.

mod body;
mod headers;

use std::cell::OnceCell;

use crate::extract::form_fields;
use crate::layers::Extensions;
use crate::text::split_once;
use crate::{Bytes, Headers, Method};

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
    query: OnceCell<Values>,
    form: OnceCell<Values>,
    extensions: Extensions,
}

impl Request {
    /// A request without headers and body. The target is the path with its query, as in a request line.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self::from_parts(method, target.into(), Headers::new(), None)
    }

    pub(crate) fn from_parts(method: Method, target: String, headers: Headers, body: Option<Bytes>) -> Self {
        let path_len = split_once(&target, b'?').map_or(target.len(), |(path, _)| path.len());
        Self {
            method,
            target,
            path_len,
            headers,
            body,
            params: Vec::new(),
            query: OnceCell::new(),
            form: OnceCell::new(),
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
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// #[derive(Type)]
    /// struct Note {
    ///     text: String,
    /// }
    ///
    /// let request = Request::new(Method::POST, "/notes")
    ///     .with_header("content-type", "application/json")
    ///     .with_body(r#"{"text":"hello"}"#);
    /// assert_eq!(request.header("Content-Type"), Some("application/json"));
    /// assert_eq!(request.json::<Note>()?.text, "hello");
    /// # Ok::<(), Problem>(())
    /// ```
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

    /// The path, exactly as it was received, without the query: [`path`](Self::path), as mik-sdk 0.1 called it.
    pub fn path_without_query(&self) -> &str {
        self.path()
    }

    /// The first value of a query parameter, decoded. [`Query`](struct@crate::Query) reads them all into a type. A query with more
    /// than 1000 parameters has none of them here, and is a 400 there.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query_all(name).first().map(String::as_str)
    }

    /// Every value of a query parameter, decoded, in order.
    ///
    /// ```
    /// use mik_sdk::{Method, Request};
    ///
    /// let request = Request::new(Method::GET, "/?tag=a&tag=b+c");
    /// assert_eq!(request.query_all("tag"), ["a", "b c"]);
    /// assert!(request.query_all("page").is_empty());
    /// ```
    pub fn query_all(&self, name: &str) -> &[String] {
        let values = self.query.get_or_init(|| Values::new(self.query_string().unwrap_or_default().as_bytes()));
        values_of(values, name)
    }

    /// What the route took from the path under this name, decoded: `id` of `/users/{id}`.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// routes! { GET "/shelves/{shelf}/{book}" => book }
    ///
    /// fn book(request: &Request) -> String {
    ///     let all: Vec<&str> = request.params().map(|(name, _)| name).collect();
    ///     format!("{} of {}", request.param("book").unwrap_or("none"), all.join(" and "))
    /// }
    ///
    /// assert_eq!(testing::get("/shelves/3/On%20War").send(handle).text(), Some("On War of shelf and book"));
    /// ```
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

/// The fields of a query or a form: each name once, with its values in order.
#[derive(Clone, Debug)]
struct Values(Vec<(String, Vec<String>)>);

impl Values {
    #[inline(never)]
    fn new(encoded: &[u8]) -> Self {
        let mut values: Vec<(String, Vec<String>)> = Vec::new();
        let Some(fields) = form_fields(encoded) else {
            return Self(values);
        };
        for (name, value) in fields {
            let value = value.into_owned();
            match values.iter_mut().find(|(other, _)| *other == name) {
                Some((_, values)) => values.push(value),
                None => values.push((name.into_owned(), vec![value])),
            }
        }
        Self(values)
    }
}

#[inline(never)]
fn values_of<'v>(values: &'v Values, name: &str) -> &'v [String] {
    values.0.iter().find(|(other, _)| other == name).map(|(_, values)| values.as_slice()).unwrap_or_default()
}
