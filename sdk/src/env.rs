//! The environment that the host gives the handler: its configuration, never the host's own environment.

use http::StatusCode;

use crate::problem::Problem;
use crate::{log, platform};

/// A variable, where it is set.
///
/// ```
/// assert_eq!(mik_sdk::env::get("SURELY_NOT_SET"), None);
/// ```
pub fn get(name: &str) -> Option<String> {
    all().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// A variable that the handler cannot do without.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// fn connect() -> Result<String, Problem> {
///     let url = env::require("DATABASE_URL")?;
///     Ok(url)
/// }
/// assert_eq!(connect().unwrap_err().status(), StatusCode::INTERNAL_SERVER_ERROR);
/// ```
///
/// # Errors
///
/// 500. The log says which variable is missing; the client need not know.
pub fn require(name: &str) -> Result<String, Problem> {
    get(name).ok_or_else(|| {
        log::error!("the environment variable {name} is not set");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    })
}

/// A variable, or this where it is not set.
///
/// ```
/// assert_eq!(mik_sdk::env::get_or("SURELY_NOT_SET", "en"), "en");
/// ```
pub fn get_or(name: &str, default: impl Into<String>) -> String {
    get(name).unwrap_or_else(|| default.into())
}

/// Whether a variable is set to `1`, `true`, `yes` or `on`, however it is capitalized.
///
/// ```
/// assert!(!mik_sdk::env::bool("SURELY_NOT_SET"));
/// ```
pub fn bool(name: &str) -> bool {
    get(name).is_some_and(|value| ["1", "true", "yes", "on"].iter().any(|yes| value.eq_ignore_ascii_case(yes)))
}

/// Every variable.
///
/// ```
/// for (name, value) in mik_sdk::env::all() {
///     assert!(!name.is_empty() || !value.is_empty());
/// }
/// ```
pub fn all() -> Vec<(String, String)> {
    platform::environment()
}
