//! What an answer gives.

use super::{Content, Shape};

/// What an answer gives, for the OpenAPI document.
///
/// ```
/// use mik_sdk::openapi::{Output, Status};
/// use mik_sdk::prelude::*;
///
/// struct Csv(String);
///
/// impl IntoResponse for Csv {
///     const OUTPUT: Output = Output::content(200, "text/csv", None);
///
///     fn into_response(self) -> Response {
///         Response::new(StatusCode::OK).with_content_type("text/csv").with_body(self.0)
///     }
/// }
///
/// assert_eq!(<Option<Csv>>::OUTPUT.not_found, true);
/// assert_eq!(Csv::OUTPUT.status, Status::Exactly(200));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Its status, where all goes well.
    pub status: Status,
    /// Its body; `None` where there is none, or nobody knows which.
    pub content: Option<Content>,
    /// Header fields that a client should know of.
    pub headers: &'static [Header],
    /// Whether it can be a problem, of any status.
    pub problem: bool,
    /// Whether it can be a 404.
    pub not_found: bool,
}

impl Output {
    /// Anything: what an answer gives that says nothing about itself.
    pub const ANY: Self = Self::empty(Status::Any);

    /// An answer without a body.
    pub const fn empty(status: Status) -> Self {
        Self { status, content: None, headers: &[], problem: false, not_found: false }
    }

    /// An answer with a body of this media type.
    pub const fn content(status: u16, media_type: &'static str, shape: Option<Shape>) -> Self {
        Self { content: Some(Content { media_type, shape }), ..Self::empty(Status::Exactly(status)) }
    }

    /// The same with another status.
    #[must_use]
    pub const fn with_status(self, status: Status) -> Self {
        Self { status, ..self }
    }
}

/// The status of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// This one.
    Exactly(u16),
    /// One of a class: `Class(3)` is 300 to 399.
    Class(u16),
    /// Nobody knows which.
    Any,
    /// There is no such answer: it is always a problem.
    Never,
}

/// A header field of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// Its name: `location`.
    pub name: &'static str,
    /// What it is.
    pub shape: Shape,
    /// Whether it is always there.
    pub required: bool,
    /// What it means.
    pub description: Option<&'static str>,
}
