//! The world of a handler, and that of the HTTP client: the only unsafe code, and all of it generated from the interfaces in
//! `wit/` (see `tests/bindings.rs`).

#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, unsafe_code, unused, clippy::all, clippy::pedantic, clippy::restriction)]
mod handler_world;

#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, unsafe_code, unused, clippy::all, clippy::pedantic, clippy::restriction)]
pub mod client_world;

pub use handler_world::*;
