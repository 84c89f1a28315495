//! Moments as RFC 3339 writes them.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arithmetic;
mod calendar;
#[cfg(feature = "serde")]
mod serde;
mod text;
mod timestamp;

pub use text::InvalidTimestamp;
pub use timestamp::Timestamp;
