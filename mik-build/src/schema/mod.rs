//! The configuration as written: `[package.metadata.mik]` in `Cargo.toml`, or `mik.toml` beside it.
//!
//! Every value keeps its span and is within its bounds, and every key is optional.

mod component;
mod dependency;
mod keys;
mod parse;
#[cfg(feature = "schema")]
pub mod reference;
mod tables;
mod values;
mod wrong;

pub use dependency::{Dependency, DependencyTable};
pub use keys::{keys, leaves};
pub use parse::nearest;
pub use parse::{CargoPackage, UnknownKey, Written};
pub use tables::{
    BuildTable, CompositionTable, MODULES, ProjectTable, REGISTRY, RegistryTable, Schema, ServerTable, TARGETS,
};
pub use values::{Address, EnvValue, Name, Number, Optimize, Panic, Spanned, WasmOpt};
pub use wrong::SchemaError;
