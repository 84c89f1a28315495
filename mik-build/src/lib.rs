//! What a build script and the command line both need: the schema of a project's configuration, the lock of its
//! dependencies, and where these are kept.
//!
//! This crate compiles in every user's build script, so it stays light: no network, no runtime, no compiler.

mod component;
pub mod dep_info;
mod error;
#[cfg(feature = "bindings")]
#[allow(
    clippy::disallowed_methods,
    reason = "the bans keep `cargo-mik`'s rooms apart; a build script reads and writes itself"
)]
mod handler;
pub mod lock;
pub mod program;
pub mod schema;
pub mod source;
pub mod store;

pub use component::{Component, ComponentBuilder, component};
pub use error::BuildError;
#[cfg(feature = "bindings")]
pub use handler::{component_bindings, handler};
pub use lock::{LockError, LockErrorKind, LockedComponent, Lockfile};
pub use schema::{Schema, SchemaError, UnknownKey, Written};

/// The pages whose examples are compiled with the documentation.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../docs/embedding.md")]
    struct Embedding;
}
