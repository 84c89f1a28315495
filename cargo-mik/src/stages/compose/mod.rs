//! Makes one component of several, in process: what one of them imports is what another exports.

mod bridge;
mod declared;
mod error;
mod file;
mod graph;
mod near;
#[cfg(test)]
mod tests;
mod unit;
mod wiring;

pub use bridge::with_bridge;
pub use declared::DeclaredError;
pub use error::CompositionError;
pub use file::{ComposeFiles, Plug, compose_files};

pub(super) use declared::declared;
pub(super) use unit::{How, compose};
