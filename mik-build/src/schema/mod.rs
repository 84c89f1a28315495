//! The configuration as written: `[package.metadata.mik]` in `Cargo.toml`, or `mik.toml` beside it.
//!
//! Every value keeps its span, and every key is optional: what an absent key means is decided by whoever reads the
//! schema, never here.

mod parse;
mod tables;

pub use parse::{CargoPackage, SchemaError, UnknownKey, Written};
pub use tables::{BuildTable, CompositionTable, EnvValue, Optimize, ProjectTable, Schema, ServerTable};
