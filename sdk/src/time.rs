//! What time it is, and how long something took.
//!
//! ```
//! use mik_sdk::prelude::*;
//! use mik_sdk::time::Timestamp;
//!
//! #[derive(Type)]
//! struct Booking {
//!     from: Timestamp,
//! }
//!
//! let booking: Booking = json::parse(br#"{"from":"2025-01-16T12:30:00+02:00"}"#)?;
//! assert_eq!(booking.from.to_string(), "2025-01-16T10:30:00.000000Z");
//! assert!(booking.from < time::timestamp());
//! # Ok::<(), Problem>(())
//! ```

use std::time::Duration;

use crate::platform;

pub use mik_time::{InvalidTimestamp, Timestamp};

/// Seconds since 1970.
///
/// ```
/// assert!(mik_sdk::time::now() > 1_700_000_000);
/// ```
pub fn now() -> u64 {
    platform::unix_time().0
}

/// Milliseconds since 1970.
///
/// ```
/// assert!(mik_sdk::time::now_millis() > 1_700_000_000_000);
/// ```
pub fn now_millis() -> u64 {
    let (seconds, nanoseconds) = platform::unix_time();
    to_millis(seconds, nanoseconds)
}

/// Now, in UTC, as RFC 3339 writes it: `2025-01-16T10:30:00.123Z`.
///
/// ```
/// assert_eq!(mik_sdk::time::now_iso().len(), "2025-01-16T10:30:00.123Z".len());
/// ```
pub fn now_iso() -> String {
    timestamp().to_rfc3339_millis()
}

/// Now, to the microsecond: a [`Timestamp`], which compares, adds up and is a field of a [`Type`](crate::Type).
///
/// ```
/// use std::time::Duration;
///
/// use mik_sdk::prelude::*;
///
/// let expires = time::timestamp() + Duration::from_secs(15 * 60);
/// assert!(expires > time::timestamp());
/// ```
pub fn timestamp() -> Timestamp {
    let (seconds, nanoseconds) = platform::unix_time();
    from_parts(seconds, nanoseconds)
}

/// Milliseconds of seconds and nanoseconds.
///
/// ```
/// assert_eq!(mik_sdk::time::to_millis(1, 500_000_000), 1500);
/// ```
pub fn to_millis(seconds: u64, nanoseconds: u32) -> u64 {
    seconds.saturating_mul(1000).saturating_add(u64::from(nanoseconds / 1_000_000))
}

/// Seconds and nanoseconds since 1970 as RFC 3339 writes them, to the millisecond. It goes no further than the year 9999.
///
/// ```
/// assert_eq!(mik_sdk::time::to_iso(1_737_023_400, 123_000_000), "2025-01-16T10:30:00.123Z");
/// ```
pub fn to_iso(seconds: u64, nanoseconds: u32) -> String {
    from_parts(seconds, nanoseconds).to_rfc3339_millis()
}

/// No clock of ours goes beyond the year 9999. To multiply and see whether it overflows would cost a component more.
fn from_parts(seconds: u64, nanoseconds: u32) -> Timestamp {
    const LAST: u64 = Timestamp::LAST.as_seconds().unsigned_abs();
    let micros = seconds.min(LAST) * 1_000_000 + u64::from(nanoseconds / 1000);
    Timestamp::from_micros(micros.cast_signed()).unwrap_or(Timestamp::LAST)
}

/// A reading of a clock that never goes back and that nobody sets: good for how long something takes, and for nothing else.
/// See [`monotonic`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

/// Reads the clock that never goes back. Only a component that asks for it imports `wasi:clocks/monotonic-clock`.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let started = time::monotonic();
/// // …
/// log!(info, "done", milliseconds: started.elapsed().as_millis() as u64);
/// ```
pub fn monotonic() -> Instant {
    Instant(platform::monotonic())
}

impl Instant {
    /// How long ago it was; nothing, where it is still to come.
    pub fn elapsed(self) -> Duration {
        monotonic().since(self)
    }

    /// How long after an earlier reading it was; nothing, where that one is later.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mik_sdk::time;
    ///
    /// let started = time::monotonic();
    /// let deadline = started.after(Duration::from_secs(5));
    /// assert_eq!(deadline.since(started), Duration::from_secs(5));
    /// assert_eq!(started.since(deadline), Duration::ZERO);
    /// ```
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// What the clock will read so much later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, from_parts, to_iso};

    #[test]
    fn a_clock_that_is_wrong_stops_at_the_last_moment() {
        assert_eq!(to_iso(0, 999_999_999), "1970-01-01T00:00:00.999Z");
        assert_eq!(to_iso(253_402_300_799, 0), "9999-12-31T23:59:59.000Z");
        assert_eq!(from_parts(u64::MAX, u32::MAX), Timestamp::LAST);
    }
}
