//! Extractors: what a handler asks of a request by naming a type.

mod authorization;
mod body;
mod cookies;
mod form;
mod header;
#[cfg(feature = "multipart")]
pub mod multipart;
mod params;
mod uri;

pub use authorization::{Basic, Bearer};
pub(crate) use body::is_json;
pub use body::{Json, Text};
pub use cookies::Cookies;
pub use form::Form;
pub(crate) use form::fields as form_fields;
pub use header::Header;
use params::read;
pub(crate) use params::wrong as wrong_parameter;
pub use params::{Path, Query};
pub use uri::Uri;

use crate::Bytes;

use crate::openapi::Input;
use crate::{Headers, Method, Rejection, Request};

/// A value that a handler can take from a request.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// struct Tenant(String);
///
/// impl FromRequest<'_> for Tenant {
///     fn from_request(request: &Request) -> Result<Self, Rejection> {
///         match request.header("x-tenant") {
///             Some(tenant) => Ok(Tenant(tenant.to_owned())),
///             None => Err(Problem::unauthorized("say who you are: `x-tenant`")),
///         }
///     }
/// }
///
/// routes! {
///     GET "/whoami" => whoami,
/// }
///
/// fn whoami(Tenant(tenant): Tenant) -> String {
///     tenant
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a handler cannot take `{Self}` from a request",
    label = "not an extractor",
    note = "a handler takes `Path<T>`, `Query<T>`, `Json<T>`, `Form<T>`, `Bytes`, `Text`, `Cookies`, `Bearer`, `Header<H>`, `Method`, `&Headers`, `&Request`, `Option` or `Result<_, Rejection>` of one, or another `FromRequest`",
    note = "a type with `#[derive(Type)]` is taken as `Json<T>` from the body, `Query<T>` from the query, `Path<T>` from the path"
)]
pub trait FromRequest<'r>: Sized {
    /// What it takes of a request, for the OpenAPI document.
    const INPUT: Input = Input::OPAQUE;

    /// Takes the value.
    ///
    /// # Errors
    ///
    /// The problem to answer with where the request does not have it.
    fn from_request(request: &'r Request) -> Result<Self, Rejection>;
}

/// An extractor `E` for which `Option<E>` makes sense: `None` where the request does not have it. What it has and is
/// wrong stays an error.
#[diagnostic::on_unimplemented(
    message = "a handler cannot take `Option<{Self}>` from a request",
    label = "may not be left out",
    note = "take `Result<{Self}, Rejection>` to handle what is wrong with it"
)]
///
/// ```
/// use mik_sdk::prelude::*;
/// use mik_sdk::OptionalFromRequest;
///
/// struct Version(u8);
///
/// impl OptionalFromRequest<'_> for Version {
///     fn from_request_optional(request: &Request) -> Result<Option<Self>, Rejection> {
///         match request.header("x-version") {
///             None => Ok(None),
///             Some(version) => match version.parse() {
///                 Ok(version) => Ok(Some(Version(version))),
///                 Err(_) => Err(Problem::bad_request("`x-version` is a number")),
///             },
///         }
///     }
/// }
///
/// routes! {
///     GET "/" => home,
/// }
///
/// fn home(version: Option<Version>) -> String {
///     version.map_or(1, |version| version.0).to_string()
/// }
///
/// assert_eq!(testing::get("/").send(handle).text(), Some("1"));
/// assert_eq!(testing::get("/").header("x-version", "2").send(handle).text(), Some("2"));
/// assert_eq!(testing::get("/").header("x-version", "two").send(handle).status(), StatusCode::BAD_REQUEST);
/// ```
pub trait OptionalFromRequest<'r>: Sized {
    /// What it takes of a request where it takes anything; see [`FromRequest::INPUT`].
    const INPUT: Input = Input::OPAQUE;

    /// Takes the value, where it is.
    ///
    /// # Errors
    ///
    /// The problem to answer with where the request has it and it is wrong.
    fn from_request_optional(request: &'r Request) -> Result<Option<Self>, Rejection>;
}

impl<'r, E: OptionalFromRequest<'r>> FromRequest<'r> for Option<E> {
    const INPUT: Input = E::INPUT.optional();

    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        E::from_request_optional(request)
    }
}

impl<'r, E: FromRequest<'r>> FromRequest<'r> for Result<E, Rejection> {
    // What the handler makes of a rejection is its own: it may well answer with it.
    const INPUT: Input = E::INPUT;

    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        Ok(E::from_request(request))
    }
}

impl<'r> FromRequest<'r> for &'r Request {
    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        Ok(request)
    }
}

impl<'r> FromRequest<'r> for &'r Headers {
    const INPUT: Input = Input::NONE;

    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        Ok(request.headers())
    }
}

impl FromRequest<'_> for Method {
    const INPUT: Input = Input::NONE;

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.method())
    }
}

impl FromRequest<'_> for Bytes {
    const INPUT: Input = body::BYTES;

    fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.bytes())
    }
}
