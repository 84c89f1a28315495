//! Requests to other servers, on `wasi:http/outgoing-handler`. Feature `http-client`.
//!
//! ```
//! use mik_sdk::prelude::*;
//!
//! #[derive(Type)]
//! struct User {
//!     name: String,
//! }
//!
//! fn greet(Path(id): Path<u32>) -> Result<String, Problem> {
//!     let user: User = fetch!(GET format!("https://users.example.com/{id}"), timeout: 5000).send()?.json()?;
//!     Ok(format!("Hello, {}!", user.name))
//! }
//! # let _ = greet;
//! ```
//!
//! A server that answers 404 or 500 has answered: [`Response::status`] says so, and [`Response::error_for_status`] makes an
//! error of it. [`Error`] is for requests without a response; `?` makes 504 of it where time ran out, and 502 else.
//!
//! What a handler may send requests to is its host's decision. `cargo mik serve` and `mik run` allow nothing by default; the
//! note that they write of a refusal names the line to add:
//!
//! ```toml
//! [package.metadata.mik.server]
//! http_allowed = ["users.example.com"]
//! ```
//!
//! # Many at once
//!
//! [`fetch_all`] takes as long as the slowest of its requests, not as long as all of them. One that fails leaves the others
//! alone.
//!
//! ```
//! use mik_sdk::http_client::{self, fetch_all};
//! use mik_sdk::prelude::*;
//!
//! fn cheapest() -> Result<Response, Problem> {
//!     let shops = ["https://a.example.com/price", "https://b.example.com/price"];
//!     let prices = fetch_all(shops.map(|url| http_client::get(url).timeout_ms(2000)));
//!     let cheapest = prices.into_iter().flatten().filter_map(|price| price.json::<u32>().ok()).min();
//!     let cheapest = cheapest.ok_or_else(|| Problem::bad_gateway("no shop has told its price"))?;
//!     Ok(ok!({ "cheapest": cheapest }))
//! }
//! # let _ = cheapest;
//! ```
//!
//! # Bodies of any size
//!
//! [`ClientRequest::body_reader`] and [`ClientRequest::stream`] hold a piece of the body at a time, in either direction, and
//! neither side is read faster than the other takes. Responses that are read whole are bounded:
//! [`max_response_size`](ClientRequest::max_response_size), 10 MiB unless it is set. Nothing is unpacked: a server compresses
//! only for those who send `accept-encoding`.
//!
//! # URLs
//!
//! `http` and `https`, with a host in ASCII: an international name is written in its `xn--` form. What may not stand in a path
//! or a query is percent-encoded (`format!("…/{name}")` with a space or an `ü` works), but `/`, `?`, `#` and `%` mean what they
//! mean: what comes from outside and goes into a path has to be encoded first. A fragment stays here. A user name is refused.
//!
//! # Traces
//!
//! `traceparent` and `tracestate` of the request that is being answered go along, with a span of their own for each
//! request that is sent; [`ClientRequest::without_trace`] turns that off.
//!
//! # Tests
//!
//! In `cargo test` there is no network: [`send`](ClientRequest::send) gives [`Error::NoNetwork`], unless the test says what
//! servers answer, with `mik_sdk::testing::fetch`.
//!
//! ```
//! # #[cfg(not(target_arch = "wasm32"))] {
//! use mik_sdk::prelude::*;
//! use mik_sdk::testing::fetch;
//!
//! fn greet() -> Result<String, Problem> {
//!     Ok(fetch!(GET "https://names.example.com/first").send()?.text().unwrap_or("you").to_owned())
//! }
//!
//! let _servers = fetch::expect([fetch::get("https://names.example.com/first").answers("Ada".into_response())]);
//! assert_eq!(greet(), Ok("Ada".to_owned()));
//! # }
//! ```

mod address;
mod body;
mod error;
mod exchange;
mod redirect;
mod request;
mod response;
mod retry;
mod settings;
pub(crate) mod trace;
#[cfg(not(target_arch = "wasm32"))]
#[path = "http_client/native.rs"]
pub(crate) mod transport;
#[cfg(target_arch = "wasm32")]
#[path = "http_client/wasi.rs"]
mod transport;
mod url;

pub use crate::Method;
pub use address::is_private_address;
pub use error::{Connection, Error, Redirect, Result, Tls};
pub use request::ClientRequest;
pub use response::{Response, Stream};
pub use url::Scheme;

/// A request with any method. The URL is checked when it is sent.
pub fn request(method: Method, url: impl AsRef<str>) -> ClientRequest {
    ClientRequest::new(method, url.as_ref())
}

macro_rules! methods {
    ($($name:ident $method:ident;)*) => {$(
        #[doc = concat!("A request with `", stringify!($method), "`.")]
        ///
        /// ```
        #[doc = concat!("let request = mik_sdk::http_client::", stringify!($name), "(\"https://api.example.com/users\");")]
        #[doc = concat!("assert_eq!(request.method().as_str(), \"", stringify!($method), "\");")]
        /// ```
        pub fn $name(url: impl AsRef<str>) -> ClientRequest {
            request(Method::$method, url)
        }
    )*};
}

crate::method::each_method!(methods);

/// Sends all of them at once and reads their responses, whole, in their order. Each has its own timeouts and limits, and
/// one that fails leaves the others alone.
///
/// ```
/// use mik_sdk::http_client::{self, Error, fetch_all};
///
/// let outcomes = fetch_all(["https://a.example.com/", "nonsense"].map(http_client::get));
/// assert_eq!(outcomes[0], Err(Error::NoNetwork));
/// assert!(matches!(outcomes[1], Err(Error::InvalidUrl(_))));
/// ```
pub fn fetch_all(requests: impl IntoIterator<Item = ClientRequest>) -> Vec<Result<Response>> {
    exchange::send_all(requests)
}

#[cfg(test)]
mod tests;
