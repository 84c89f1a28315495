//! Log lines that a test looks at.

use std::cell::RefCell;

use super::scope::{self, Scope};
use crate::json::Value;

thread_local! {
    static WRITTEN: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The log lines of a test: see [`logs`].
#[derive(Debug)]
#[must_use = "lines are kept only as long as this is: `let logs = testing::logs()`"]
pub struct Logs(Scope<Vec<u8>>);

/// Keeps the log lines of this thread instead of printing them, until what this returns is dropped. Which lines there are
/// is up to `LOG_LEVEL`, as ever. A test that fails prints them.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let logs = testing::logs();
/// log!(warn, "the cache is nearly full", used: 97);
/// log::info!("cleaned");
///
/// let lines = logs.lines();
/// assert_eq!(lines[0]["used"], 97);
/// assert_eq!(logs.messages(), ["the cache is nearly full", "cleaned"]);
/// ```
pub fn logs() -> Logs {
    Logs(Scope::enter(&WRITTEN, Vec::new()))
}

impl Logs {
    /// What has been written so far, as it was written.
    pub fn text(&self) -> String {
        self.0.with(|written| String::from_utf8_lossy(written).into_owned()).unwrap_or_default()
    }

    /// The lines so far, each a JSON object.
    ///
    /// # Panics
    ///
    /// If a line is no JSON, which would be a fault of this crate.
    #[allow(clippy::expect_used, reason = "a test is told by a panic")]
    pub fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect("a line that is JSON")).collect()
    }

    /// The messages of the lines so far.
    pub fn messages(&self) -> Vec<String> {
        self.lines().iter().filter_map(|line| line["message"].as_str().map(str::to_owned)).collect()
    }
}

impl Drop for Logs {
    #[allow(clippy::print_stderr, reason = "a failed test shows what was logged")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprint!("{}", self.text());
        }
    }
}

/// Takes what is written, where the test on this thread wants to see it.
pub(crate) fn keep(bytes: &[u8]) -> bool {
    scope::with(&WRITTEN, |written| written.extend_from_slice(bytes)).is_some()
}
