//! A moment: microseconds since 1970.

use crate::calendar::{DAY, SECOND};

/// A moment, in UTC, between the years 0000 and 9999, to the microsecond.
///
/// It reads whatever RFC 3339 allows, and writes text of a fixed width, so that texts sort as moments do.
///
/// ```
/// use mik_time::Timestamp;
///
/// let moment: Timestamp = "2025-01-16T12:30:00+02:00".parse()?;
/// assert_eq!(moment.to_string(), "2025-01-16T10:30:00.000000Z");
/// assert_eq!(moment.as_micros(), 1_737_023_400_000_000);
/// assert!("2025-02-29T00:00:00Z".parse::<Timestamp>().is_err());
/// # Ok::<(), mik_time::InvalidTimestamp>(())
/// ```
///
/// | text | |
/// |---|---|
/// | `2025-01-16T10:30:00Z`, `2025-01-16t10:30:00z` | either case |
/// | `2025-01-16T10:30:00.123456789Z` | any number of digits; what is finer than a microsecond is cut off |
/// | `2025-01-16T12:30:00+02:00`, `-00:00` | an offset, which is not kept |
/// | `2016-12-31T23:59:60Z` | a leap second, at the end of a day in UTC: the moment after it |
///
/// Everything else is an error: a day that its month does not have, a time without an offset, a space for the `T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub(crate) i64);

impl Timestamp {
    /// The first moment of 1970.
    pub const EPOCH: Self = Self(0);
    /// The first moment of the year 0000.
    pub const FIRST: Self = Self(-719_528 * DAY);
    /// The last microsecond of the year 9999.
    pub const LAST: Self = Self(2_932_897 * DAY - 1);

    /// The moment so many microseconds after the first of 1970; none outside of the years 0000 to 9999.
    ///
    /// ```
    /// use mik_time::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_micros(0), Some(Timestamp::EPOCH));
    /// assert_eq!(Timestamp::from_micros(i64::MAX), None);
    /// ```
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < Self::FIRST.0 || micros > Self::LAST.0 { None } else { Some(Self(micros)) }
    }

    /// The moment so many milliseconds after the first of 1970.
    ///
    /// ```
    /// use mik_time::Timestamp;
    ///
    /// let moment = Timestamp::from_millis(1_737_023_400_123).unwrap();
    /// assert_eq!(moment.to_string(), "2025-01-16T10:30:00.123000Z");
    /// ```
    pub const fn from_millis(millis: i64) -> Option<Self> {
        match millis.checked_mul(SECOND / 1000) {
            Some(micros) => Self::from_micros(micros),
            None => None,
        }
    }

    /// The moment so many seconds after the first of 1970.
    ///
    /// ```
    /// use mik_time::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_seconds(0), Some(Timestamp::EPOCH));
    /// assert_eq!(Timestamp::from_seconds(i64::MAX), None);
    /// ```
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds.checked_mul(SECOND) {
            Some(micros) => Self::from_micros(micros),
            None => None,
        }
    }

    /// Microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(SECOND / 1000)
    }

    /// Seconds since 1970, rounded down.
    ///
    /// ```
    /// use mik_time::Timestamp;
    ///
    /// let moment: Timestamp = "1969-12-31T23:59:59.5Z".parse()?;
    /// assert_eq!((moment.as_seconds(), moment.as_millis()), (-1, -500));
    /// # Ok::<(), mik_time::InvalidTimestamp>(())
    /// ```
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }
}
