//! Asks a WASI HTTP component in a test's own process: requests in, responses out, what it asks of other servers answered by
//! the test, and clock and chance as the test says.
//!
//! `cargo mik test` builds the component and tells the tests where it is. A test in `tests/` of the project:
//!
//! ```no_run
//! use mik_test::{Component, Reply};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shop = Component::from_env()?
//!     .env("SHOPS", "https://tea.example.com/price")
//!     .on("GET", "https://tea.example.com/price?item=tea", Reply::json("31"));
//! let response = shop.request("GET", "/price/0/tea").send()?;
//! assert_eq!(response.status(), 200);
//! assert_eq!(response.json()?, 31);
//! # Ok(())
//! # }
//! ```
//!
//! Each request gets an instance of its own. A component is compiled once in a process, however many tests ask it, and they may
//! do so at the same time. What it grants is what `cargo mik serve` grants: clocks, random numbers, the variables that it is
//! given, its own output, and no files, no sockets. Where that matters, in limits of bodies or of time and in the host's own answers,
//! ask the server that `MIK_URL` names instead.

#![allow(
    clippy::disallowed_methods,
    reason = "the bans keep `cargo-mik`'s rooms apart; what helps with tests has no rooms"
)]

mod chance;
mod component;
mod engine;
mod error;
mod outbound;
mod output;
mod request;
mod response;
mod state;

pub use component::Component;
pub use error::Error;
pub use outbound::{Call, Reply};
pub use request::Request;
pub use response::Response;

/// The pages whose examples are compiled with the documentation.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../docs/testing.md")]
    struct Testing;
}
