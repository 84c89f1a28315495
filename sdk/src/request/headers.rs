//! What a request says in its header fields.

use std::borrow::Cow;

use super::Request;
use crate::extract::{Bearer, Cookies, OptionalFromRequest, is_json};
use crate::media_type::{self, MediaType, Wishes};
use crate::trace_parent::TraceParent;

impl Request {
    /// Every value of a header field, in the order in which they came.
    pub fn header_all(&self, name: &str) -> Vec<&str> {
        self.headers().get_all(name).collect()
    }

    /// What the body is said to be: the value of `content-type`.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// Whether the body is said to be JSON: `application/json`, or a type that ends with `+json`.
    pub fn is_json(&self) -> bool {
        self.content_type().is_some_and(is_json)
    }

    /// Whether the body is said to be a form: `application/x-www-form-urlencoded`.
    pub fn is_form(&self) -> bool {
        self.is_of("application/x-www-form-urlencoded")
    }

    /// Whether the body is said to be `text/html`.
    pub fn is_html(&self) -> bool {
        self.is_of("text/html")
    }

    fn is_of(&self, essence: &str) -> bool {
        self.content_type().and_then(MediaType::parse_loosely).is_some_and(|media_type| media_type.is(essence))
    }

    /// Whether the client takes a media type (RFC 9110, 12.5.1): the most specific range of its `Accept` decides, and a `q`
    /// of zero refuses. Who sends no `Accept` takes everything. A word stands for the types it is part of: `json` for
    /// `application/json` and `application/problem+json`.
    ///
    /// ```
    /// use mik_sdk::{Method, Request};
    ///
    /// let request = Request::new(Method::GET, "/").with_header("accept", "text/*;q=0.5, text/csv;q=0, application/json");
    /// assert!(request.accepts("text/html"));
    /// assert!(!request.accepts("text/csv"));
    /// assert!(request.accepts("json"));
    /// assert!(!request.accepts("image/png"));
    /// ```
    pub fn accepts(&self, media_type: &str) -> bool {
        self.wishes().quality(media_type) > 0
    }

    /// Which of these media types the client wants most, the first of them where it wants several as much; `None` where it
    /// takes none.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    ///
    /// fn page(request: &Request) -> Response {
    ///     match request.preferred(&["application/json", "text/html"]) {
    ///         Some("text/html") => Html("<h1>Hello</h1>").into_response(),
    ///         Some(_) => ok!({ "message": "Hello" }),
    ///         None => StatusCode::NOT_ACCEPTABLE.into_response(),
    ///     }
    /// }
    ///
    /// let browser = Request::new(Method::GET, "/").with_header("accept", "text/html,application/xml;q=0.9,*/*;q=0.8");
    /// assert_eq!(page(&browser).text(), Some("<h1>Hello</h1>"));
    /// ```
    pub fn preferred<'o>(&self, media_types: &[&'o str]) -> Option<&'o str> {
        let wishes = self.wishes();
        media_type::best(media_types, |offer| wishes.quality(offer))
    }

    fn wishes(&self) -> Wishes<'_> {
        Wishes::new(&mut self.headers().get_all("accept"))
    }

    /// Which of these languages the client wants most (RFC 9110, 12.5.4), the first of them where it does not say; `None`
    /// where it wants none. `de` will do for who asks for `de-AT`, and the other way round.
    ///
    /// ```
    /// use mik_sdk::{Method, Request};
    ///
    /// let request = Request::new(Method::GET, "/").with_header("accept-language", "da, en-GB;q=0.8, en;q=0.7");
    /// assert_eq!(request.preferred_language(&["de", "en"]), Some("en"));
    /// assert_eq!(request.preferred_language(&["de"]), None);
    /// ```
    pub fn preferred_language<'o>(&self, languages: &[&'o str]) -> Option<&'o str> {
        media_type::preferred_language(&mut self.headers().get_all("accept-language"), languages)
    }

    /// The cookies.
    pub const fn cookies(&self) -> Cookies<'_> {
        Cookies::new(self.headers())
    }

    /// The value of the first cookie with this name; see [`Cookies::get`].
    pub fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        self.cookies().get(name)
    }

    /// The bearer token, where there is one that is well formed. [`Bearer`] has an answer for where there is not.
    pub fn bearer(&self) -> Option<&str> {
        Bearer::from_request_optional(self).ok().flatten().map(|Bearer(token)| token)
    }

    /// The host that was asked for, with its port if it has one: the header field `host`. The client says so; nobody has
    /// checked it. What proxies say of themselves (`forwarded`, `x-forwarded-host`) is not looked at, because whoever
    /// sends a request can say that, too.
    pub fn host(&self) -> Option<&str> {
        self.header("host")
    }

    /// The trace that the request belongs to; `None` where it does not say so in exactly one well-formed `traceparent`.
    pub fn traceparent(&self) -> Option<TraceParent<'_>> {
        TraceParent::of(self.headers())
    }

    /// The id of that trace; where there is none, what the header field `x-trace-id` says.
    pub fn trace_id(&self) -> Option<&str> {
        self.traceparent().map(|parent| parent.trace_id()).or_else(|| self.header("x-trace-id"))
    }
}
