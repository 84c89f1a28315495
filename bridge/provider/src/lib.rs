//! The prebuilt bridge: the component between `wasi:http/incoming-handler` and `mik:core/handler`, as bytes.
//!
//! `cargo mik build` composes it with every handler. The bytes and [`provenance`] are written by `cargo xtask bridge`;
//! `cargo xtask bridge --check` proves that the sources beside this crate still give them.

pub mod provenance;

pub use provenance::{SHA256, VERSION};

/// The component.
pub const COMPONENT: &[u8] = include_bytes!("../bridge.wasm");
