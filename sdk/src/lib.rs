//! What mik handlers are written with.
//!
//! A handler is a set of routes and of plain functions that answer them:
//!
//! ```
//! use mik_sdk::prelude::*;
//!
//! #[derive(Type)]
//! struct Greeting {
//!     hello: String,
//! }
//!
//! routes! {
//!     /// Says hello
//!     GET "/" => home,
//!     /// Says hello to somebody
//!     GET "/hello/{name}" => hello,
//! }
//!
//! fn home() -> &'static str {
//!     "Hello!"
//! }
//!
//! fn hello(Path(name): Path<String>) -> Result<Json<Greeting>, Problem> {
//!     if name.is_empty() {
//!         return Err(Problem::bad_request("say a name"));
//!     }
//!     Ok(Json(Greeting { hello: name }))
//! }
//!
//! # let response = testing::get("/hello/Ada").send(handle);
//! # assert_eq!(response.text(), Some(r#"{"hello":"Ada"}"#));
//! ```
//!
//! `cargo mik build` makes a component of it that any WASI HTTP runtime serves; `cargo test` calls it natively, through
//! [`testing`].
//!
//! - What a handler takes: [`Path`], [`Query`], [`Json`], [`Bytes`], [`Text`], [`Method`], `&`[`Request`], `Option` and
//!   `Result<_, `[`Rejection`]`>` of them, and whatever else is [`FromRequest`].
//! - What it returns: whatever is [`IntoResponse`]. `?` makes a [`Problem`] of every error.
//! - What it asks of its host: [`time`], [`random`], [`env`](mod@env), [`log`](mod@log).

// Macros name the crate by its name, here too.
extern crate self as mik_sdk;

#[cfg(all(target_arch = "wasm32", feature = "allocator"))]
#[allow(unsafe_code, reason = "an allocator is what makes memory safe for others")]
mod allocator;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod bindings;
mod bytes;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod component;
pub mod env;
mod extract;
mod handler;
mod headers;
#[cfg(any(test, all(target_arch = "wasm32", feature = "allocator")))]
mod heap;
#[cfg(feature = "http-client")]
pub mod http_client;
pub mod json;
mod layers;
#[cfg(all(target_arch = "wasm32", target_env = "p2"))]
mod libc;
pub mod log;
mod method;
mod mismatch;
pub mod openapi;
mod plain;
mod platform;
mod problem;
pub mod random;
mod request;
mod respond;
mod response;
mod routing;
#[cfg(feature = "sql")]
mod sql;
pub mod testing;
mod text;
pub mod time;
mod trace;
pub mod typed;

pub use bytes::Bytes;
pub use extract::{FromRequest, Json, OptionalFromRequest, Path, Query, Text};
pub use handler::{Arguments, Handler};
pub use headers::Headers;
pub use http::StatusCode;
pub use layers::{After, Cors, Extension, Verdict};
pub use method::Method;
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct Page {
///     #[field(default = 1)]
///     number: u32,
///     #[field(rename = "sortBy", docs = "The field to sort by")]
///     sort_by: Option<String>,
/// }
///
/// let page: Page = json::parse(br#"{"sortBy":"name"}"#)?;
/// assert_eq!((page.number, page.sort_by.as_deref()), (1, Some("name")));
/// # Ok::<(), Problem>(())
/// ```
pub use mik_sdk_macros::Type;
/// A request to another server, with feature `http-client`: the [`http_client`] in one line.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn order(item: &str, token: &str) -> Result<Response, Problem> {
///     let url = "https://shop.example.com/orders";
///     let response = fetch!(POST url,
///         headers: { "authorization": format!("Bearer {token}") },
///         json: { "item": item, "count": 1, "tags": ["new", item] },
///         timeout: 5000,
///     )
///     .retries_of_any_method(2)
///     .send()?;
///     Ok(ok!({ "status": response.status(), "id": response.header("x-id") }))
/// }
/// # let _ = order;
/// ```
///
/// After the method comes the URL, any expression that is text, and then, in any order: `headers: { name: value }`;
/// `json: …`, written as in [`ok!`], or `body: …`, bytes or text; `timeout: …`, in milliseconds. What it makes is a
/// [`ClientRequest`](http_client::ClientRequest).
#[cfg(feature = "http-client")]
pub use mik_sdk_macros::fetch;
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! {
///     /// Doc comments describe a route
///     GET "/" | "" => home,
///     /// `{id}` is what stands between two slashes
///     GET "/users/{id}" => users::get,
///     #[status(201)] #[tag("Users")]
///     POST "/users" => users::create,
///     /// `{*path}` is everything that is left
///     GET "/files/{*path}" => file,
/// }
///
/// fn home() -> &'static str { "home" }
/// fn file(Path(path): Path<String>) -> String { path }
///
/// mod users {
///     use super::*;
///     pub fn get(Path(id): Path<u32>) -> String { id.to_string() }
///     pub fn create() {}
/// }
///
/// # fn main() {
/// assert_eq!(testing::get("/files/a/b").send(handle).text(), Some("a/b"));
/// assert_eq!(testing::put("/users/7").send(handle).header("allow"), Some("GET, HEAD, OPTIONS"));
/// # }
/// ```
pub use mik_sdk_macros::routes;
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Path)]
/// struct Place {
///     #[field(min = 1)]
///     shelf: u32,
///     book: String,
/// }
///
/// #[derive(Query)]
/// struct Page {
///     #[field(default = 20, min = 1, max = 100)]
///     limit: u32,
/// }
///
/// routes! {
///     GET "/shelves/{shelf}/{book}" => book,
/// }
///
/// fn book(Path(place): Path<Place>, Query(page): Query<Page>) -> String {
///     format!("{} {} {}", place.shelf, place.book, page.limit)
/// }
///
/// assert_eq!(testing::get("/shelves/3/Faust").send(handle).text(), Some("3 Faust 20"));
/// let response = testing::get("/shelves/3/Faust?limit=500").send(handle);
/// assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
/// assert!(response.text().unwrap().ends_with(r#""errors":[{"parameter":"limit","detail":"must be at most 100"}]}"#));
/// ```
pub use mik_sdk_macros::{Path, Query};
/// SQL for PostgreSQL and SQLite: the crate `mik-sql`, with feature `sql`.
#[cfg(feature = "sql")]
pub use mik_sql as query;
#[cfg(feature = "sql")]
#[doc(no_inline)]
pub use mik_sql::{sql_create, sql_delete, sql_read, sql_update};
pub use problem::{Problem, Rejection};
pub use request::Request;
pub use response::{Created, Html, IntoResponse, Redirect, Response};
#[doc(no_inline)]
pub use serde_json::json;
pub use typed::Type;
pub use uuid::Uuid;

/// Everything a handler names: `use mik_sdk::prelude::*;`.
pub mod prelude {
    #[doc(no_inline)]
    pub use crate::{
        Bytes, Cors, Created, Extension, FromRequest, Headers, Html, IntoResponse, Json, Method, Path, Problem, Query,
        Redirect, Rejection, Request, Response, StatusCode, Text, Type, Uuid, accepted, bad_request, conflict, created,
        env, error, forbidden, json, log, no_content, not_found, ok, random, redirect, routes, testing, time,
        too_many_requests, unauthorized, unprocessable,
    };
    #[cfg(feature = "http-client")]
    #[doc(no_inline)]
    pub use crate::{fetch, http_client};
    #[cfg(feature = "sql")]
    #[doc(no_inline)]
    pub use crate::{query, sql_create, sql_delete, sql_read, sql_update};
}

/// What the macros expand to. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use mik_sdk_macros::json_response;
    pub use serde;

    pub use crate::handler::run;
    pub use crate::json::Writer;
    pub use crate::layers::{Attached, Group, Groups, after, answer_in_groups, before};
    pub use crate::routing::{Endpoint, Route, Segment, answer};

    #[cfg(target_arch = "wasm32")]
    pub use {crate::component, wit_bindgen};

    use std::borrow::Cow;
    use std::fmt;

    use http::StatusCode;

    /// A status as `error!` is given it.
    pub trait IntoStatus {
        fn into_status(self) -> StatusCode;
    }

    impl IntoStatus for StatusCode {
        fn into_status(self) -> StatusCode {
            self
        }
    }

    impl IntoStatus for u16 {
        fn into_status(self) -> StatusCode {
            StatusCode::from_u16(self).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }

    pub fn status(status: impl IntoStatus) -> StatusCode {
        status.into_status()
    }

    /// Formats, unless there is nothing to format.
    pub fn text(arguments: fmt::Arguments<'_>) -> Cow<'static, str> {
        match arguments.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(arguments.to_string()),
        }
    }
}

/// The examples of the repository's pages compile, too.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    struct Readme;
    #[doc = include_str!("../README.md")]
    struct SdkReadme;
    #[doc = include_str!("../../docs/from-axum.md")]
    struct FromAxum;
    #[cfg(all(feature = "http-client", feature = "sql"))]
    #[doc = include_str!("../../docs/sdk.md")]
    struct Sdk;
}
