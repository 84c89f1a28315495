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
//! [`testing`]. A [`Problem`] is what went wrong, as RFC 9457 says; `?` makes one of every error. There is no `State`: an
//! instance may answer one request and be gone.
//!
//! # What is here
//!
//! | | |
//! |---|---|
//! | routes | [`routes!`]: patterns, alternatives, groups with `before` and `after` functions, [`Cors`], [`Extension`], a fallback |
//! | of the path and the query | [`Path`](struct@Path), [`Query`](struct@Query), [`Uri`], [`Method`] |
//! | of the header fields | [`Header`] with the types of [`header`], [`&Headers`](Headers), [`Cookies`], [`Bearer`], [`Basic`] |
//! | of the body | [`Json`], [`Form`], `Multipart`, [`Text`], [`Bytes`] |
//! | all of it | [`&Request`](Request): with what a client accepts, which languages it likes, which trace it belongs to |
//! | what may be left out, or wrong | `Option<E>`, `Result<E, `[`Rejection`]`>`; extractors of one's own are [`FromRequest`] |
//! | answers | [`Json`], [`Html`], [`Text`], [`Bytes`], [`Form`], [`StatusCode`], [`Created`], [`Redirect`], [`Attachment`], `Option`, `Result`, tuples with a status or a [`Cookie`]; others are [`IntoResponse`] |
//! | answers in one line | [`ok!`], [`created!`], [`accepted!`], [`no_content!`], [`redirect!`], [`error!`], [`not_found!`] and their kind; [`ensure!`], [`guard!`] |
//! | what the client has already | [`Response::with_etag`], [`Response::conditional`] (304), [`Response::ranged`] (206) |
//! | types and their rules | [`derive(Type)`](derive@Type), [`derive(Path)`](derive@Path), [`derive(Query)`](derive@Query) with `#[field(min, max, format, pattern, …)]`: 422 with every violation; [`typed`] |
//! | JSON | [`json!`], [`json::parse`], [`json::to_vec`], [`json::Value`] |
//! | what the host gives | [`time`], [`random`], [`env`](mod@env), [`log`](mod@log) |
//! | calls of component dependencies | [`bindings!`], with `mik-build` |
//! | requests to others | `fetch!`, `http_client` |
//! | databases | `query`: `sql_read!` and its kind, filters from clients, signed cursors |
//! | in `cargo test` | [`testing`]: calls, a clock that stands still, seeded randomness, an environment, what other servers answer |
//! | OpenAPI | `openapi()`, which `routes!` makes beside `handle`; [`openapi`] for types of one's own |
//!
//! # Features
//!
//! What a handler does not use is not in its component, and what a feature brings costs when it is used. In a component for
//! wasm32-wasip2 or, of `sql`, wasm32-unknown-unknown, before `wasm-opt`:
//!
//! | feature | what it brings | what it costs |
//! |---|---|---|
//! | `allocator` (default) | a small allocator | 1.5 KiB in place of 10 |
//! | `http-client` | `fetch!`, `http_client`, `testing::fetch` | 35 KiB for the first `GET`, 4 more for a body |
//! | `log` | what libraries say through the `log` crate | 2 KiB |
//! | `multipart` | `Multipart`: forms with files | 20 KiB |
//! | `openapi` | the document, in a custom section | nothing of code or data; the file is larger by the document |
//! | `signed-cookies` | `Cookie::signed`, `SigningKey` | 10 KiB |
//! | `sql` | `query`, for PostgreSQL and SQLite | 25 KiB for reading, 31 for all four statements |
//!
//! The README says how this was measured. Longer guides are in the repository, under `docs/`: all of this at length
//! (`sdk.md`), `from-axum.md`, `from-mik-sdk-0.1.md`, `openapi.md`, `outbound.md`.

#![expect(
    clippy::single_char_add_str,
    reason = "what pushes a `char` can encode any: bytes in each handler, for one that is known"
)]

// Macros name the crate by its name, here too.
extern crate self as mik_sdk;

#[doc(hidden)]
pub mod __private;
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
mod cookie;
mod earlier;
mod early;
pub mod env;
mod extract;
#[cfg(not(all(feature = "http-client", feature = "multipart", feature = "signed-cookies")))]
mod features;
mod fields;
mod handler;
pub mod header;
mod headers;
#[cfg(any(test, all(target_arch = "wasm32", feature = "allocator")))]
mod heap;
#[cfg(feature = "http-client")]
pub mod http_client;
mod http_date;
mod imports;
pub mod json;
mod layers;
#[cfg(all(target_arch = "wasm32", target_env = "p2"))]
mod libc;
pub mod log;
mod media_type;
mod method;
mod mismatch;
pub mod openapi;
mod plain;
mod platform;
pub mod prelude;
mod problem;
pub mod random;
mod request;
mod respond;
mod response;
mod routing;
#[cfg(feature = "sql")]
mod sql;
pub mod status;
pub mod testing;
mod text;
pub mod time;
mod trace;
mod trace_parent;
pub mod typed;

pub use ::http::StatusCode;
pub use bytes::Bytes;
#[cfg(feature = "signed-cookies")]
pub use cookie::signed::SigningKey;
pub use cookie::{Cookie, SameSite};
#[cfg(feature = "multipart")]
pub use extract::multipart::{self, Multipart};
pub use extract::{
    Basic, Bearer, Cookies, Form, FromRequest, Header, Json, OptionalFromRequest, Path, Query, Text, Uri,
};
pub use handler::{Arguments, Handler};
pub use headers::Headers;
pub use layers::{After, Cors, Extension, Verdict};
pub use method::Method;
/// ```
/// use mik_sdk::prelude::*;
///
/// #[derive(Type)]
/// struct NewUser {
///     #[field(min = 1, max = 100, docs = "As the user writes it")]
///     name: String,
///     #[field(format = "email")]
///     email: String,
///     #[field(rename = "bornIn", min = 1900)]
///     born_in: Option<u16>,
///     #[field(default, max_items = 3, unique)]
///     tags: Vec<Tag>,
/// }
///
/// #[derive(Type, PartialEq, Eq, PartialOrd, Ord)]
/// struct Tag(#[field(pattern = "^[a-z]+$")] String);
///
/// let user: NewUser = json::parse(br#"{ "name": "Ada", "email": "ada@example.com", "tags": ["admin"] }"#)?;
/// assert_eq!((user.name.as_str(), user.born_in), ("Ada", None));
///
/// let wrong = br#"{ "name": "", "email": "ada@example.com", "bornIn": 99999, "tags": ["Admin"] }"#;
/// let problem = json::parse::<NewUser>(wrong).err().unwrap();
/// assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
/// let problem: json::Value = json::parse(problem.to_json().as_bytes())?;
/// assert_eq!(
///     problem["errors"],
///     json!([
///         { "pointer": "/bornIn", "detail": "must be at most 65535" },
///         { "pointer": "/name", "detail": "must have at least 1 character" },
///         { "pointer": "/tags/0", "detail": "must match `^[a-z]+$`" },
///     ]),
/// );
/// # use mik_sdk::json;
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
/// Keys are names, literals, or expressions in parentheses; values are whatever `serde` can write, and objects and lists
/// nest. `str(…)`, `int(…)`, `float(…)` and `bool(…)` say what a value shall be, whatever it is.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let count: u8 = 7;
/// let value = json!({ "name": "Ada", "counts": [int(count), null], "id": str(Uuid::nil()) });
/// assert_eq!(value["counts"][0], 7);
/// assert_eq!(value["id"], "00000000-0000-0000-0000-000000000000");
/// ```
pub use mik_sdk_macros::json;
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
///
/// Groups, and what is done around their routes:
///
/// ```
/// use mik_sdk::prelude::*;
///
/// routes! {
///     after => harden,
///     GET "/" => home,
///     _ => nothing,
///
///     "/api" => {
///         before => authenticate,
///         cors => Cors::origins(&["https://app.example"]).headers(&["authorization"]),
///         GET "/me" => me,
///         "/items" => {
///             GET "" => home,
///             GET "/{id}" => item(path: u32),
///         }
///     }
/// }
///
/// fn harden(response: Response) -> Response {
///     response.with_header("x-content-type-options", "nosniff")
/// }
///
/// #[derive(Clone)]
/// struct User(String);
///
/// fn authenticate(request: &Request) -> Result<Extension<User>, Problem> {
///     let name = ensure!(request.header("authorization"), 401, "who are you?");
///     Ok(Extension(User(name.to_owned())))
/// }
///
/// fn home() -> &'static str { "home" }
/// fn me(Extension(user): Extension<User>) -> String { user.0 }
/// fn item(id: u32, _: &Request) -> String { id.to_string() }
/// fn nothing() -> Problem { Problem::not_found("nothing is here") }
///
/// # fn main() {
/// let response = testing::get("/api/me").header("authorization", "Ada").send(handle);
/// assert_eq!((response.text(), response.header("x-content-type-options")), (Some("Ada"), Some("nosniff")));
/// assert_eq!(testing::get("/api/items/7").send(handle).status(), StatusCode::UNAUTHORIZED);
/// assert_eq!(testing::get("/elsewhere").send(handle).status(), StatusCode::NOT_FOUND);
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
pub use response::{Attachment, Created, Html, IntoResponse, Redirect, Response};
pub use trace_parent::TraceParent;
pub use typed::Type;
pub use uuid::Uuid;

/// What the earliest bindings called `http`.
#[doc(hidden)]
pub mod http {
    pub use crate::Response;
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
    #[doc = include_str!("../../docs/from-mik-sdk-0.1.md")]
    struct FromEarlier;
    #[cfg(feature = "openapi")]
    #[doc = include_str!("../../docs/openapi.md")]
    struct OpenApi;
    #[cfg(feature = "http-client")]
    #[doc = include_str!("../../docs/outbound.md")]
    struct Outbound;
    #[cfg(all(
        feature = "http-client",
        feature = "multipart",
        feature = "openapi",
        feature = "signed-cookies",
        feature = "sql"
    ))]
    #[doc = include_str!("../../docs/sdk.md")]
    struct Sdk;
}
