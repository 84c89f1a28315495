//! What a build script and the command line both need: today, the schema of a project's configuration.
//!
//! This crate compiles in every user's build script, so it stays light: no network, no runtime, no compiler.

pub mod schema;

pub use schema::{Schema, SchemaError, UnknownKey, Written};
