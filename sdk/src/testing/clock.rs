//! A clock that stands still.

use std::cell::RefCell;
use std::time::Duration;

use super::scope::{self, Scope};
use crate::time::Timestamp;

thread_local! {
    static NOW: RefCell<Option<Hands>> = const { RefCell::new(None) };
}

/// What both clocks say. Only the one on the wall is ever set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hands {
    pub(crate) since_1970: Duration,
    pub(crate) monotonic: Duration,
}

/// A clock that a test has stopped: see [`at`].
#[derive(Debug)]
#[must_use = "the clock stands still only as long as this is kept: `let clock = testing::at(…)`"]
pub struct Clock(Scope<Hands>);

/// Stops the clock of this thread at a moment of RFC 3339, until what this returns is dropped: [`time`](crate::time), and
/// the time in log lines.
///
/// ```
/// use std::time::Duration;
///
/// use mik_sdk::prelude::*;
///
/// let clock = testing::at("2025-01-16T10:30:00Z");
/// let started = time::monotonic();
/// assert_eq!(time::now_iso(), "2025-01-16T10:30:00.000Z");
///
/// clock.advance(Duration::from_millis(1500));
/// assert_eq!(time::now_iso(), "2025-01-16T10:30:01.500Z");
/// assert_eq!(started.elapsed(), Duration::from_millis(1500));
///
/// clock.set("1999-12-31T23:59:59Z");
/// assert_eq!(time::now_iso(), "1999-12-31T23:59:59.000Z");
/// assert_eq!(started.elapsed(), Duration::from_millis(1500));
/// ```
///
/// # Panics
///
/// If the text is no such moment, or one before 1970.
pub fn at(moment: &str) -> Clock {
    let since_1970 = since_1970(moment);
    Clock(Scope::enter(&NOW, Hands { since_1970, monotonic: since_1970 }))
}

impl Clock {
    /// Lets time go by, all at once.
    pub fn advance(&self, duration: Duration) {
        self.0.with(|hands| {
            hands.since_1970 = hands.since_1970.saturating_add(duration);
            hands.monotonic = hands.monotonic.saturating_add(duration);
        });
    }

    /// Sets the clock to another moment, as somebody may set the clock on a wall:
    /// [`time::monotonic`](crate::time::monotonic) does not notice.
    ///
    /// # Panics
    ///
    /// If the text is no moment of RFC 3339, or one before 1970.
    pub fn set(&self, moment: &str) {
        let moment = since_1970(moment);
        self.0.with(|hands| hands.since_1970 = moment);
    }
}

#[allow(clippy::panic, reason = "a test is told by a panic")]
fn since_1970(moment: &str) -> Duration {
    match moment.parse().ok().and_then(|moment: Timestamp| moment.since(Timestamp::EPOCH)) {
        Some(duration) => duration,
        None => panic!("`{moment}` is no moment since 1970 as RFC 3339 writes it: `2025-01-16T10:30:00Z`"),
    }
}

/// What time it is for the test on this thread, where it has stopped the clock.
pub(crate) fn now() -> Option<Hands> {
    scope::with(&NOW, |hands| *hands)
}
