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

use std::fmt;
use std::sync::OnceLock;

use serde::Serialize;

use crate::json::Writer;
use crate::{platform, time};

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
    const ALL: [Self; 5] = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

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

/// Whether a line of this level, from this module, is written: to skip work that only a log line needs.
///
/// ```
/// use mik_sdk::log::{self, Level};
///
/// assert!(log::enabled(Level::Error, module_path!()));
/// ```
pub fn enabled(level: Level, target: &str) -> bool {
    static FILTER: OnceLock<Option<String>> = OnceLock::new();
    let filter = FILTER.get_or_init(|| crate::env::get("LOG_LEVEL"));
    level as u8 <= most_verbose(filter.as_deref().unwrap_or_default(), target)
}

/// The rank of the most verbose level that a filter lets this module write. The longest module that fits decides.
fn most_verbose(filter: &str, target: &str) -> u8 {
    let mut rank = Level::Info as u8;
    let mut fits_best = None;
    for directive in filter.split(',') {
        let (module, level) = match directive.split_once('=') {
            Some((module, level)) => (module.trim_ascii(), level.trim_ascii()),
            None => ("", directive.trim_ascii()),
        };
        let fits = module.is_empty()
            || target.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
        let Some(level) = rank_of(level) else {
            continue;
        };
        if fits && fits_best.is_none_or(|len| module.len() >= len) {
            fits_best = Some(module.len());
            rank = level;
        }
    }
    rank
}

fn rank_of(level: &str) -> Option<u8> {
    if level.eq_ignore_ascii_case("off") {
        return Some(0);
    }
    Level::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(level)).map(|known| known as u8)
}

/// A value in a log line; it keeps its JSON type.
#[doc(hidden)]
pub trait Field {
    fn write(&self, writer: &mut Writer);
}

impl<T: Serialize + ?Sized> Field for T {
    fn write(&self, writer: &mut Writer) {
        writer.value(self);
    }
}

/// What the macros expand to.
#[doc(hidden)]
pub fn write(level: Level, target: &str, message: fmt::Arguments<'_>, fields: &[(&str, &dyn Field)]) {
    if enabled(level, target) {
        platform::write_stderr(&line(level, target, message, fields));
    }
}

fn line(level: Level, target: &str, message: fmt::Arguments<'_>, fields: &[(&str, &dyn Field)]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.raw("{\"time\":");
    writer.string(&time::now_iso());
    writer.raw(",\"level\":");
    writer.string(level.as_str());
    writer.raw(",\"target\":");
    writer.string(target);
    writer.raw(",\"message\":");
    match message.as_str() {
        Some(message) => writer.string(message),
        None => writer.string(&message.to_string()),
    }
    for (name, value) in fields {
        writer.raw(",");
        writer.string(name);
        writer.raw(":");
        value.write(&mut writer);
    }
    writer.raw("}\n");
    writer.into_bytes()
}

/// Writes a line with values of their own: `log!(info, "made", id: 5, name: &name)`.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let (id, took) = (5, 1.25);
/// log!(info, "user {id} made", id: id, milliseconds: took, tags: ["a", "b"]);
/// ```
#[macro_export]
macro_rules! log {
    (error, $($rest:tt)+) => { $crate::__log_fields!(Error, $($rest)+) };
    (warn, $($rest:tt)+) => { $crate::__log_fields!(Warn, $($rest)+) };
    (info, $($rest:tt)+) => { $crate::__log_fields!(Info, $($rest)+) };
    (debug, $($rest:tt)+) => { $crate::__log_fields!(Debug, $($rest)+) };
    (trace, $($rest:tt)+) => { $crate::__log_fields!(Trace, $($rest)+) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_fields {
    ($level:ident, $message:literal $(, $name:ident : $value:expr)* $(,)?) => {
        $crate::log::write(
            $crate::log::Level::$level,
            ::core::module_path!(),
            ::core::format_args!($message),
            &[$((::core::stringify!($name), &$value as &dyn $crate::log::Field)),*],
        )
    };
    ($level:ident, $message:expr $(, $name:ident : $value:expr)* $(,)?) => {
        $crate::log::write(
            $crate::log::Level::$level,
            ::core::module_path!(),
            ::core::format_args!("{}", $message),
            &[$((::core::stringify!($name), &$value as &dyn $crate::log::Field)),*],
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_format {
    ($level:ident, $($message:tt)+) => {
        $crate::log::write(
            $crate::log::Level::$level,
            ::core::module_path!(),
            ::core::format_args!($($message)+),
            &[],
        )
    };
}

/// Writes a line that somebody should look at. The arguments are those of `format!`.
#[macro_export]
#[doc(hidden)]
macro_rules! __log_error {
    ($($message:tt)+) => { $crate::__log_format!(Error, $($message)+) };
}

/// Writes a line that somebody may want to look at. The arguments are those of `format!`.
#[macro_export]
#[doc(hidden)]
macro_rules! __log_warn {
    ($($message:tt)+) => { $crate::__log_format!(Warn, $($message)+) };
}

/// Writes a line about what happened. The arguments are those of `format!`.
#[macro_export]
#[doc(hidden)]
macro_rules! __log_info {
    ($($message:tt)+) => { $crate::__log_format!(Info, $($message)+) };
}

/// Writes a line about how it happened. The arguments are those of `format!`.
#[macro_export]
#[doc(hidden)]
macro_rules! __log_debug {
    ($($message:tt)+) => { $crate::__log_format!(Debug, $($message)+) };
}

/// Writes a line about one step. The arguments are those of `format!`.
#[macro_export]
#[doc(hidden)]
macro_rules! __log_trace {
    ($($message:tt)+) => { $crate::__log_format!(Trace, $($message)+) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object_and_values_keep_their_types() {
        let line = line(
            Level::Warn,
            "shop",
            format_args!("two\nlines, {}", "\"quoted\""),
            &[("count", &3), ("ok", &true), ("name", &"Jürgen")],
        );
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
        let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(value["level"], "warn");
        assert_eq!(value["message"], "two\nlines, \"quoted\"");
        assert_eq!(value["count"], 3);
        assert_eq!(value["ok"], true);
        assert_eq!(value["name"], "Jürgen");
    }

    #[test]
    fn a_value_that_has_no_json_is_null_and_the_line_stays_whole() {
        let odd = std::collections::BTreeMap::from([((1, 2), 3)]);
        let line = line(Level::Info, "shop", format_args!("odd"), &[("odd", &odd)]);
        let value: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert!(value["odd"].is_null());
    }

    #[test]
    fn the_longest_module_that_fits_decides() {
        for (filter, target, rank) in [
            ("", "shop", 3),
            ("nonsense", "shop", 3),
            ("off", "shop", 0),
            ("WARN", "shop", 2),
            ("warn,shop=debug", "shop", 4),
            ("shop=debug,warn", "shop::payment", 4),
            ("warn,shop=debug", "shopping", 2),
            ("shop::payment=trace, shop=error", "shop::payment::card", 5),
        ] {
            assert_eq!(most_verbose(filter, target), rank, "{filter} for {target}");
        }
    }
}
