//! What an extractor takes of a request.

use super::Shape;

/// What an extractor takes of a request, for the OpenAPI document.
///
/// ```
/// use mik_sdk::openapi::{Input, Parameter, Place, Shape};
/// use mik_sdk::prelude::*;
///
/// struct Tenant(String);
///
/// impl FromRequest<'_> for Tenant {
///     const INPUT: Input = Input {
///         parameters: &[Parameter::new(Place::Header, "x-tenant", Shape::of::<String>())],
///         problems: &[401],
///         ..Input::NONE
///     };
///
///     fn from_request(request: &Request) -> Result<Self, Rejection> {
///         match request.header("x-tenant") {
///             Some(tenant) => Ok(Tenant(tenant.to_owned())),
///             None => Err(Problem::unauthorized("say who you are: `x-tenant`")),
///         }
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// The parameters of the path: one value, a tuple in the order of the path, or an object whose properties have the
    /// names.
    pub path: Option<Shape>,
    /// The parameters of the query: an object whose properties have the names.
    pub query: Option<Shape>,
    /// Header fields, cookies and single parameters of the query.
    pub parameters: &'static [Parameter],
    /// What is read of the body.
    pub body: Option<Body>,
    /// What proves who is asking.
    pub security: Option<Security>,
    /// The statuses of the problems that it answers with by itself.
    pub problems: &'static [u16],
    /// Whether all of it may be left out.
    pub optional: bool,
    /// Whether it may take more than is said here, as `&Request` does: then the parameters of the path count as taken.
    pub opaque: bool,
}

impl Input {
    /// Nothing of what the document speaks of.
    pub const NONE: Self = Self {
        path: None,
        query: None,
        parameters: &[],
        body: None,
        security: None,
        problems: &[],
        optional: false,
        opaque: false,
    };

    /// Nobody knows what: what an extractor takes that says nothing about itself.
    pub const OPAQUE: Self = Self { opaque: true, ..Self::NONE };

    /// The same, and all of it may be left out.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The same, but the handler itself answers where it cannot be taken.
    #[must_use]
    pub const fn without_problems(self) -> Self {
        Self { problems: &[], ..self }
    }
}

/// A header field, a cookie, or a single parameter of the query.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Where it is.
    pub place: Place,
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub shape: Shape,
    /// Whether it may not be left out.
    pub required: bool,
    /// What it means.
    pub description: Option<&'static str>,
}

impl Parameter {
    /// A parameter that may not be left out.
    pub const fn new(place: Place, name: &'static str, shape: Shape) -> Self {
        Self { place, name, shape, required: true, description: None }
    }
}

/// Where a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the query.
    Query,
    /// In a header field.
    Header,
    /// In a cookie.
    Cookie,
}

/// What is read of a body.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// In which forms it may come.
    pub content: &'static [Content],
    /// Whether there has to be one.
    pub required: bool,
}

/// One form in which a body may come, or go.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    /// Its media type: `application/json`.
    pub media_type: &'static str,
    /// What is in it; `None` for bytes.
    pub shape: Option<Shape>,
}

/// What proves who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Security {
    /// What the document calls it: `bearer`.
    pub name: &'static str,
    /// How it is sent.
    pub scheme: Scheme,
}

impl Security {
    /// `Authorization: Bearer …` (RFC 6750).
    pub const BEARER: Self = Self { name: "bearer", scheme: Scheme::Http("bearer") };
}

/// How a proof is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In `Authorization`, by a scheme of HTTP: `basic`, `bearer`.
    Http(&'static str),
    /// In a parameter of its own, by this name.
    ApiKey(Place, &'static str),
}
