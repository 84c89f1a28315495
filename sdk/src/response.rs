//! The response a handler gives, and everything that can become one.

mod attachment;
mod conditional;

pub use attachment::Attachment;

use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::openapi::{Header, Output, Shape, Status};
use crate::problem::Problem;
use crate::{Bytes, Headers, Json, Text, Type, json};

/// One response: a status, header fields, a body.
///
/// Most handlers return a type that becomes one, or use [`ok!`](crate::ok); the methods here are for the rest.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let response = Response::new(StatusCode::OK)
///     .with_header("cache-control", "no-store")
///     .with_body("id,name\n1,Ada\n")
///     .with_content_type("text/csv");
///
/// assert_eq!(response.header("content-type"), Some("text/csv"));
/// assert_eq!(response.with_status(StatusCode::ACCEPTED).status(), StatusCode::ACCEPTED);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    status: StatusCode,
    headers: Headers,
    body: Vec<u8>,
}

impl Response {
    /// A response without header fields and body.
    pub const fn new(status: StatusCode) -> Self {
        Self { status, headers: Headers::new(), body: Vec::new() }
    }

    /// This response with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// This response with one more header field. A value that could begin another field (a line break in it)
    /// makes the whole response a 500.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.append(name, value);
        self
    }

    /// This response with this `content-type` and no other.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.headers.insert("content-type", content_type);
        self
    }

    /// This response with another body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The header fields.
    pub const fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The header fields, to change.
    pub const fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// The first value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; `None` where it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// The body read as JSON: for tests.
    ///
    /// # Errors
    ///
    /// A problem that says where the body is not the JSON of a `T`.
    pub fn json<T: DeserializeOwned + Type>(&self) -> Result<T, Problem> {
        json::parse(&self.body)
    }

    #[cfg(target_arch = "wasm32")]
    pub(crate) fn into_parts(self) -> (StatusCode, Headers, Vec<u8>) {
        (self.status, self.headers, self.body)
    }
}

/// What a handler can return.
///
/// | type | answer |
/// |---|---|
/// | [`Response`] | as it is |
/// | `&str`, `String`, [`Text`] | 200, `text/plain; charset=utf-8` |
/// | [`Html`] | 200, `text/html; charset=utf-8` |
/// | [`Bytes`], `Vec<u8>` | 200, `application/octet-stream` |
/// | [`Json<T>`](crate::Json), [`Value`](crate::json::Value) | 200, `application/json` |
/// | `()` | 204 |
/// | [`StatusCode`] | that status, no body |
/// | `(StatusCode, R)` | `R` with that status |
/// | [`Created<R>`] | `R` with 201 |
/// | [`Redirect`] | 303, or as it was made |
/// | `Option<R>` | `R`, or 404 |
/// | [`Problem`] | RFC 9457 |
/// | `Result<R, E>`, `E: Into<Problem>` | `R`, or the problem |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the answer of a handler",
    label = "not something that a handler can return",
    note = "a handler returns `Response`, `Json<T>`, `String`, `StatusCode`, `Option<R>`, `Result<R, Problem>`, or another `IntoResponse`",
    note = "a type with `#[derive(Type)]` is returned as `Json<T>`",
    note = "what a handler fails with is a `Problem`, or any `std::error::Error`, which becomes one; of another error, such as a status, say what it becomes: `impl From<MyError> for Problem`, or `Problem::new(status)`",
    note = "handlers are plain functions, not `async`"
)]
///
/// ```
/// use mik_sdk::prelude::*;
///
/// struct Csv(Vec<[String; 2]>);
///
/// impl IntoResponse for Csv {
///     fn into_response(self) -> Response {
///         let lines: Vec<String> = self.0.iter().map(|row| row.join(",")).collect();
///         Response::new(StatusCode::OK).with_content_type("text/csv").with_body(lines.join("\n"))
///     }
/// }
///
/// routes! {
///     GET "/users.csv" => users,
/// }
///
/// fn users() -> Csv {
///     Csv(vec![["1".into(), "Ada".into()]])
/// }
///
/// assert_eq!(testing::get("/users.csv").send(handle).text(), Some("1,Ada"));
/// ```
pub trait IntoResponse {
    /// What the response is, for the OpenAPI document.
    const OUTPUT: Output = Output::ANY;

    /// This value as a response.
    fn into_response(self) -> Response;
}

const TEXT: Output = Output::content(200, "text/plain; charset=utf-8", Some(Shape::of::<String>()));
const BYTES: Output = Output::content(200, "application/octet-stream", None);

impl IntoResponse for Response {
    fn into_response(self) -> Response {
        self
    }
}

impl IntoResponse for () {
    const OUTPUT: Output = Output::empty(Status::Exactly(204));

    fn into_response(self) -> Response {
        Response::new(StatusCode::NO_CONTENT)
    }
}

impl IntoResponse for StatusCode {
    fn into_response(self) -> Response {
        Response::new(self)
    }
}

impl<R: IntoResponse> IntoResponse for (StatusCode, R) {
    const OUTPUT: Output = R::OUTPUT.with_status(Status::Any);

    fn into_response(self) -> Response {
        self.1.into_response().with_status(self.0)
    }
}

impl IntoResponse for &'static str {
    const OUTPUT: Output = TEXT;

    fn into_response(self) -> Response {
        with_type("text/plain; charset=utf-8", self.into())
    }
}

impl IntoResponse for String {
    const OUTPUT: Output = TEXT;

    fn into_response(self) -> Response {
        with_type("text/plain; charset=utf-8", self.into())
    }
}

impl IntoResponse for Text {
    const OUTPUT: Output = TEXT;

    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl IntoResponse for Bytes {
    const OUTPUT: Output = BYTES;

    fn into_response(self) -> Response {
        with_type("application/octet-stream", self.into())
    }
}

impl IntoResponse for Vec<u8> {
    const OUTPUT: Output = BYTES;

    fn into_response(self) -> Response {
        with_type("application/octet-stream", self)
    }
}

impl<T: Serialize + Type> IntoResponse for Json<T> {
    const OUTPUT: Output = Output::content(200, "application/json", Some(Shape::of::<T>()));

    fn into_response(self) -> Response {
        let mut writer = json::Writer::new();
        writer.value(&self.0);
        writer.into_response(StatusCode::OK)
    }
}

impl IntoResponse for json::Value {
    const OUTPUT: Output = Output::content(200, "application/json", Some(Shape::of::<Self>()));

    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

impl<R: IntoResponse> IntoResponse for Option<R> {
    const OUTPUT: Output = Output { not_found: true, ..R::OUTPUT };

    fn into_response(self) -> Response {
        match self {
            Some(answer) => answer.into_response(),
            None => Problem::new(StatusCode::NOT_FOUND).into_response(),
        }
    }
}

// Without this the compiler asks for `std::error::Error`, and not for an answer.
#[diagnostic::do_not_recommend]
impl<R: IntoResponse, E: Into<Problem>> IntoResponse for Result<R, E> {
    const OUTPUT: Output = Output { problem: true, ..R::OUTPUT };

    fn into_response(self) -> Response {
        match self {
            Ok(answer) => answer.into_response(),
            Err(error) => error.into().into_response(),
        }
    }
}

/// An answer with status 201: something was made.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let response = Created("made").into_response();
/// assert_eq!(response.status(), StatusCode::CREATED);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<R>(pub R);

impl<R: IntoResponse> IntoResponse for Created<R> {
    const OUTPUT: Output = R::OUTPUT.with_status(Status::Exactly(201));

    fn into_response(self) -> Response {
        self.0.into_response().with_status(StatusCode::CREATED)
    }
}

/// A page: `text/html; charset=utf-8`.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let response = Html("<h1>Hello</h1>").into_response();
/// assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl<T: Into<Vec<u8>>> IntoResponse for Html<T> {
    const OUTPUT: Output = Output::content(200, "text/html; charset=utf-8", Some(Shape::of::<String>()));

    fn into_response(self) -> Response {
        with_type("text/html; charset=utf-8", self.0.into())
    }
}

/// Sends the client elsewhere.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let response = Redirect::to("/login").into_response();
/// assert_eq!(response.status(), StatusCode::SEE_OTHER);
/// assert_eq!(response.header("location"), Some("/login"));
///
/// assert_eq!(Redirect::temporary("/busy").into_response().status(), StatusCode::TEMPORARY_REDIRECT);
/// assert_eq!(Redirect::permanent("/moved").into_response().status(), StatusCode::PERMANENT_REDIRECT);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// 303: ask there, with GET.
    pub fn to(location: impl Into<String>) -> Self {
        Self::with_status(StatusCode::SEE_OTHER, location)
    }

    /// 307: ask there, with the same method and body.
    pub fn temporary(location: impl Into<String>) -> Self {
        Self::with_status(StatusCode::TEMPORARY_REDIRECT, location)
    }

    /// 308: ask there from now on, with the same method and body.
    pub fn permanent(location: impl Into<String>) -> Self {
        Self::with_status(StatusCode::PERMANENT_REDIRECT, location)
    }

    fn with_status(status: StatusCode, location: impl Into<String>) -> Self {
        Self { status, location: location.into() }
    }
}

impl IntoResponse for Redirect {
    const OUTPUT: Output = Output {
        headers: &[Header {
            name: "location",
            shape: Shape::of::<String>(),
            required: true,
            description: Some("Where to go on"),
        }],
        ..Output::empty(Status::Class(3))
    };

    fn into_response(self) -> Response {
        Response::new(self.status).with_header("location", self.location)
    }
}

#[inline(never)]
fn with_type(content_type: &str, body: Vec<u8>) -> Response {
    Response::new(StatusCode::OK).with_header("content-type", content_type).with_body(body)
}
