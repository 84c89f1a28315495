//! What the handler says to whoever runs it: one JSON object a line, on stderr.
//!
//! ```
//! use mik_sdk::prelude::*;
//!
//! let user = "Ada";
//! log::info!("{user} came in");
//! log!(warn, "the cache is nearly full", used: 97, of: 100, name: user);
//! ```
//!
//! `LOG_LEVEL` decides what is written: `off`, `error`, `warn`, `info` (the default), `debug` or `trace`, for all or by
//! module: `LOG_LEVEL=warn,shop::payment=debug`.
//!
//! ```text
//! {"time":"2025-01-16T10:30:00.123Z","level":"warn","target":"shop","trace_id":"0af7651916cd43dd8448eb211c80319c","message":"the cache is nearly full","used":97,"of":100,"name":"Ada"}
//! ```
//!
//! - Values keep their JSON types; what can only be displayed is text.
//! - `trace_id` is that of the request's `traceparent` (W3C Trace Context), where it has one.
//! - A line has at most 4096 bytes, which a host takes in one piece. Of a message that makes it longer the first 500 bytes
//!   are left, a value for which there is no room is left out, and either way the line says so: `"cut":true`.
//! - With feature `log`, what libraries say through the crate [`log`](https://docs.rs/log) comes here too. A handler that
//!   names that crate itself says which `log` it means: `use mik_sdk::log;`.

#[cfg(feature = "log")]
mod facade;
mod field;
mod filter;
mod line;
mod macros;

#[cfg(feature = "log")]
pub(crate) use facade::install;
#[doc(hidden)]
pub use field::{Field, ViaDisplay, ViaSerialize, Wrapped};
pub use filter::enabled;
#[doc(hidden)]
pub use line::write;

pub use crate::__log_debug as debug;
pub use crate::__log_error as error;
pub use crate::__log_info as info;
pub use crate::__log_trace as trace;
pub use crate::__log_warn as warn;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Somebody should look at this.
    Error = 1,
    /// Somebody may want to look at this.
    Warn,
    /// What happened.
    Info,
    /// How it happened.
    Debug,
    /// Every step of it.
    Trace,
}

impl Level {
    pub(crate) const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// The name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}
