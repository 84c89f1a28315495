//! Moments before and after others.

use std::ops::{Add, Sub};
use std::time::Duration;

use crate::Timestamp;

impl Timestamp {
    /// The moment so much later; none after the year 9999. What is finer than a microsecond is cut off.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mik_time::Timestamp;
    ///
    /// let hour = Duration::from_secs(3600);
    /// assert_eq!(Timestamp::EPOCH.checked_add(hour), Timestamp::from_seconds(3600));
    /// assert_eq!(Timestamp::LAST.checked_add(hour), None);
    /// ```
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        Self::from_micros(self.0.checked_add(i64::try_from(duration.as_micros()).ok()?)?)
    }

    /// The moment so much earlier; none before the year 0000.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mik_time::Timestamp;
    ///
    /// let hour = Duration::from_secs(3600);
    /// assert_eq!(Timestamp::EPOCH.checked_sub(hour), Timestamp::from_seconds(-3600));
    /// assert_eq!(Timestamp::FIRST.checked_sub(hour), None);
    /// ```
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        Self::from_micros(self.0.checked_sub(i64::try_from(duration.as_micros()).ok()?)?)
    }

    /// How long after an earlier moment this is; none where that one is later.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mik_time::Timestamp;
    ///
    /// let noon: Timestamp = "2025-01-16T12:00:00Z".parse()?;
    /// let later: Timestamp = "2025-01-16T12:00:00.25Z".parse()?;
    /// assert_eq!(later.since(noon), Some(Duration::from_millis(250)));
    /// assert_eq!(noon.since(later), None);
    /// # Ok::<(), mik_time::InvalidTimestamp>(())
    /// ```
    pub fn since(self, earlier: Self) -> Option<Duration> {
        // No two moments are further apart than an `i64` can say.
        u64::try_from(self.0 - earlier.0).ok().map(Duration::from_micros)
    }
}

/// So much later, and no later than [`Timestamp::LAST`].
impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        self.checked_add(duration).unwrap_or(Self::LAST)
    }
}

/// So much earlier, and no earlier than [`Timestamp::FIRST`].
impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        self.checked_sub(duration).unwrap_or(Self::FIRST)
    }
}
