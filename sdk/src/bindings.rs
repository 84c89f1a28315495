//! The world of a handler, and that of the HTTP client: the only unsafe code, and all of it generated from the interfaces in
//! `wit/` (see `tests/bindings.rs`).

#[cfg(feature = "http-client")]
#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, unsafe_code, unused, clippy::all, clippy::pedantic, clippy::restriction)]
#[path = "bindings/client_world.rs"]
pub(crate) mod client;

#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, unsafe_code, unused, clippy::all, clippy::pedantic, clippy::restriction)]
mod handler_world;

pub use handler_world::*;
