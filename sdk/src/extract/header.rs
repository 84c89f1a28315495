//! One header field as a typed value.

use super::{FromRequest, OptionalFromRequest};
use crate::header::{FromHeader, Wrong};
use crate::openapi::{Input, Parameter, Place, Shape};
use crate::text::join;
use crate::{Problem, Rejection, Request};

/// A header field as a typed value: one of [`mik_sdk::header`](crate::header), or a type of one's own that is
/// [`FromHeader`].
///
/// A field that is missing or that cannot be read is a 400 that names it. `Option<Header<H>>` is `None` where it is missing.
///
/// A field without a type of its own is read with [`Request::header`]: that a parameter of a type names it, as in
/// `Header<"x-tenant">`, is nothing that Rust can say yet.
///
/// ```
/// use mik_sdk::header::{FromHeader, UserAgent, Wrong};
/// use mik_sdk::prelude::*;
///
/// struct Tenant(u32);
///
/// impl FromHeader<'_> for Tenant {
///     const NAME: &'static str = "x-tenant";
///
///     fn from_value(value: &str) -> Result<Self, Wrong> {
///         value.parse().map(Tenant).map_err(|_| "it is not a number".into())
///     }
/// }
///
/// routes! { GET "/" => home }
///
/// fn home(Header(Tenant(tenant)): Header<Tenant>, agent: Option<Header<UserAgent>>) -> String {
///     format!("tenant {tenant} with {}", agent.map_or("something", |Header(UserAgent(agent))| agent))
/// }
///
/// let response = testing::get("/").header("x-tenant", "7").header("user-agent", "curl/8").send(handle);
/// assert_eq!(response.text(), Some("tenant 7 with curl/8"));
///
/// let response = testing::get("/").header("x-tenant", "seven").send(handle);
/// assert!(response.text().unwrap().contains("the header field `x-tenant` is wrong: it is not a number"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<H>(pub H);

impl<'r, H: FromHeader<'r>> Header<H> {
    const INPUT: Input = Input {
        parameters: &[Parameter::new(Place::Header, H::NAME, Shape::of::<String>())],
        problems: &[400],
        ..Input::NONE
    };
}

impl<'r, H: FromHeader<'r>> FromRequest<'r> for Header<H> {
    const INPUT: Input = Self::INPUT;

    fn from_request(request: &'r Request) -> Result<Self, Rejection> {
        Self::from_request_optional(request)?.ok_or_else(|| missing(H::NAME))
    }
}

impl<'r, H: FromHeader<'r>> OptionalFromRequest<'r> for Header<H> {
    const INPUT: Input = Self::INPUT;

    fn from_request_optional(request: &'r Request) -> Result<Option<Self>, Rejection> {
        match H::from_headers(request.headers()) {
            Ok(value) => Ok(value.map(Self)),
            Err(reason) => Err(wrong(H::NAME, &reason)),
        }
    }
}

#[inline(never)]
fn missing(name: &'static str) -> Problem {
    Problem::bad_request(join(&["the header field `", name, "` is missing"])).with("header", name)
}

#[inline(never)]
fn wrong(name: &'static str, reason: &Wrong) -> Problem {
    Problem::bad_request(join(&["the header field `", name, "` is wrong: ", reason])).with("header", name)
}
