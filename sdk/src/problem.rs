//! What went wrong, as RFC 9457 says it: `application/problem+json`.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use http::StatusCode;
use serde::Serialize;

use crate::json::Writer;
use crate::openapi::{Output, Status};
use crate::{Headers, IntoResponse, Response, log};

/// A failed request, to be told to the client (RFC 9457).
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn find(id: u32) -> Result<&'static str, Problem> {
///     match id {
///         1 => Ok("Ada"),
///         _ => Err(Problem::not_found(format!("no user {id}"))),
///     }
/// }
///
/// let response = find(7).into_response();
/// assert_eq!(response.status(), StatusCode::NOT_FOUND);
/// assert_eq!(response.header("content-type"), Some("application/problem+json"));
/// assert_eq!(response.text(), Some(r#"{"title":"Not Found","status":404,"detail":"no user 7"}"#));
/// ```
///
/// With everything that RFC 9457 knows, and what is one's own:
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let problem = Problem::new(StatusCode::FORBIDDEN)
///     .with_type("https://example.com/problems/out-of-credit")
///     .with_title("You do not have enough credit")
///     .with_detail("Your balance is 30, and this costs 50.")
///     .with_instance("/account/12345/messages/abc")
///     .with("balance", 30)
///     .with_header("cache-control", "no-store");
/// assert_eq!(problem.title(), "You do not have enough credit");
/// assert_eq!(problem.into_response().header("cache-control"), Some("no-store"));
/// ```
///
/// # `?`
///
/// Every ordinary error becomes a problem, so `?` works in a handler that returns `Result<_, Problem>`. Such a problem is
/// a bare 500: what the error says goes to the log, not to the client. An error type of one's own that shall answer with
/// something else implements `From<MyError> for Problem` and not `std::error::Error`. Errors of `mik_sdk::query` are the
/// client's to correct where it is the client's fault: 400, and 422 for a filter that asks for what is not allowed.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn total(Path(numbers): Path<String>) -> Result<String, Problem> {
///     let mut sum = 0u32;
///     for number in numbers.split(',') {
///         sum += number.parse::<u32>()?;
///     }
///     Ok(sum.to_string())
/// }
/// # let _ = total;
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Problem(Box<Parts>);

/// The parts, boxed: a `Result<T, Problem>` is then no larger than `T` and a pointer.
#[derive(Clone, PartialEq, Eq)]
struct Parts {
    status: StatusCode,
    kind: Option<Cow<'static, str>>,
    title: Option<Cow<'static, str>>,
    detail: Option<Cow<'static, str>>,
    instance: Option<Cow<'static, str>>,
    /// Values are kept as JSON text: nothing has to be built only to be written again.
    extensions: Vec<(Cow<'static, str>, Vec<u8>)>,
    headers: Headers,
}

/// What an extractor says when it cannot give what the handler asks for.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn page(number: Result<Path<u32>, Rejection>) -> String {
///     match number {
///         Ok(Path(number)) => format!("page {number}"),
///         Err(rejection) => format!("the first page, because {}", rejection.detail().unwrap_or_default()),
///     }
/// }
///
/// routes! {
///     GET "/pages/{number}" => page,
/// }
/// # assert!(testing::get("/pages/x").send(handle).text().unwrap().starts_with("the first page, because"));
/// ```
pub type Rejection = Problem;

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident = $status:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(detail: impl Into<Cow<'static, str>>) -> Self {
            Self::new(StatusCode::$status).with_detail(detail)
        }
    )*};
}

impl Problem {
    /// A problem with this status, whose title is what the status is called.
    #[inline(never)]
    pub fn new(status: StatusCode) -> Self {
        Self(Box::new(Parts {
            status,
            kind: None,
            title: None,
            detail: None,
            instance: None,
            extensions: Vec::new(),
            headers: Headers::new(),
        }))
    }

    constructors! {
        /// 400: the request makes no sense.
        bad_request = BAD_REQUEST;
        /// 401: who is asking?
        unauthorized = UNAUTHORIZED;
        /// 403: not for this client.
        forbidden = FORBIDDEN;
        /// 404: there is no such thing.
        not_found = NOT_FOUND;
        /// 409: it contradicts what is there.
        conflict = CONFLICT;
        /// 410: it was there once.
        gone = GONE;
        /// 413: the body is too large.
        payload_too_large = PAYLOAD_TOO_LARGE;
        /// 415: the body is of a type that is not read here.
        unsupported_media_type = UNSUPPORTED_MEDIA_TYPE;
        /// 422: it can be read, and is wrong.
        unprocessable = UNPROCESSABLE_ENTITY;
        /// 429: too often.
        too_many_requests = TOO_MANY_REQUESTS;
        /// 500: the fault is here. The detail is for the client to read: say nothing that it should not know.
        internal = INTERNAL_SERVER_ERROR;
        /// 502: something behind this handler gave a wrong answer.
        bad_gateway = BAD_GATEWAY;
        /// 503: not now.
        unavailable = SERVICE_UNAVAILABLE;
    }

    /// This problem with a `type`: a URI that names what sort of problem it is.
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.kind = Some(uri.into());
        self
    }

    /// This problem with a title other than the name of its status.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// This problem with a `detail`: what happened this time.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// This problem with an `instance`: a URI that names this occurrence.
    #[must_use]
    pub fn with_instance(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.instance = Some(uri.into());
        self
    }

    /// This problem with an extension member. A value that cannot be written as JSON is `null`.
    ///
    /// ```
    /// use mik_sdk::Problem;
    ///
    /// let problem = Problem::too_many_requests("slow down").with("limit", 60);
    /// assert!(problem.to_json().ends_with(r#","limit":60}"#));
    /// ```
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        let mut writer = Writer::new();
        writer.value(&value);
        let value = writer.into_bytes();
        self.push_extension(name.into(), value);
        self
    }

    /// The same, with JSON that is already text.
    pub(crate) fn with_json(mut self, name: &'static str, json: Vec<u8>) -> Self {
        self.push_extension(Cow::Borrowed(name), json);
        self
    }

    #[inline(never)]
    fn push_extension(&mut self, name: Cow<'static, str>, value: Vec<u8>) {
        self.0.extensions.push((name, value));
    }

    /// This problem, answered with one more header field: `retry-after`, `www-authenticate`.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The title: the one given, else what the status is called.
    pub fn title(&self) -> &str {
        match &self.0.title {
            Some(title) => title,
            None => crate::status::phrase(self.0.status.as_u16()).unwrap_or("Unknown"),
        }
    }

    /// What happened this time.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The body.
    pub fn to_json(&self) -> String {
        String::from_utf8(self.to_vec()).unwrap_or_default()
    }

    #[inline(never)]
    fn to_vec(&self) -> Vec<u8> {
        let parts = &self.0;
        let mut writer = Writer::new();
        writer.raw("{");
        if let Some(kind) = &parts.kind {
            member(&mut writer, "\"type\":", kind);
            writer.raw(",");
        }
        member(&mut writer, "\"title\":", self.title());
        writer.raw(",\"status\":");
        writer.integer(false, parts.status.as_u16().into());
        if let Some(detail) = &parts.detail {
            member(&mut writer, ",\"detail\":", detail);
        }
        if let Some(instance) = &parts.instance {
            member(&mut writer, ",\"instance\":", instance);
        }
        for (name, value) in &parts.extensions {
            writer.raw(",");
            writer.string(name);
            writer.raw(":");
            writer.raw_bytes(value);
        }
        writer.raw("}");
        writer.into_bytes()
    }

    /// A 500 that keeps what the error says to the log.
    fn from_error(error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(": ");
            message.push_str(&cause.to_string());
            source = cause.source();
        }
        log::error!("{message}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[inline(never)]
fn member(writer: &mut Writer, name: &str, value: &str) {
    writer.raw(name);
    writer.string(value);
}

impl<E: Error + 'static> From<E> for Problem {
    fn from(error: E) -> Self {
        #[cfg(feature = "sql")]
        if let Some(problem) = crate::sql::problem(&error) {
            return problem;
        }
        Self::from_error(&error)
    }
}

impl IntoResponse for Problem {
    const OUTPUT: Output = Output { problem: true, ..Output::empty(Status::Never) };

    fn into_response(self) -> Response {
        let body = self.to_vec();
        let mut response =
            Response::new(self.0.status).with_header("content-type", "application/problem+json").with_body(body);
        for (name, value) in self.0.headers.into_vec() {
            response.headers_mut().append(name, value);
        }
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.status.as_str())?;
        formatter.write_str(" ")?;
        formatter.write_str(self.title())?;
        match self.detail() {
            Some(detail) => {
                formatter.write_str(": ")?;
                formatter.write_str(detail)
            }
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
