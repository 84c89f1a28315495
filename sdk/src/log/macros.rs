//! The macros.

/// Writes a line with values of their own: `log!(info, "made", id: 5, name: &name)`.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let (id, took) = (5, 1.25);
/// log!(info, "user {id} made", id: id, milliseconds: took, tags: ["a", "b"]);
///
/// // What has no JSON is text.
/// let error = "seven".parse::<u32>().unwrap_err();
/// log!(error, "no number", error: error);
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
    ($level:ident, $message:literal $($fields:tt)*) => {
        $crate::__log_line!($level, ::core::format_args!($message) $($fields)*)
    };
    ($level:ident, $message:expr $(, $name:ident : $value:expr)* $(,)?) => {
        $crate::__log_line!($level, ::core::format_args!("{}", $message) $(, $name: $value)*)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log_line {
    ($level:ident, $message:expr $(, $name:ident : $value:expr)* $(,)?) => {{
        #[allow(unused_imports)]
        use $crate::log::{ViaDisplay as _, ViaSerialize as _};
        $crate::log::write(
            $crate::log::Level::$level,
            ::core::module_path!(),
            $message,
            &[$((::core::stringify!($name), &(&&$crate::log::Wrapped(&$value)).field() as &dyn $crate::log::Field)),*],
        )
    }};
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
