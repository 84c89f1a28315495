//! Moments, to the microsecond, as PostgreSQL keeps them.

use std::fmt;
use std::str::FromStr;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// The first and the last microsecond of the years 0000 to 9999: what RFC 3339 can write.
const FIRST: i64 = -719_528 * DAY;
const LAST: i64 = 2_932_897 * DAY - 1;

/// A moment, in UTC, between the years 0000 and 9999.
///
/// Its text has a fixed width, so that texts sort as moments do, in SQLite too.
///
/// ```
/// use mik_sql::Timestamp;
///
/// let moment: Timestamp = "2025-01-16T12:30:00+02:00".parse()?;
/// assert_eq!(moment.to_string(), "2025-01-16T10:30:00.000000Z");
/// assert_eq!(moment.as_micros(), 1_737_023_400_000_000);
/// assert!("2025-02-29T00:00:00Z".parse::<Timestamp>().is_err());
/// # Ok::<(), mik_sql::InvalidTimestamp>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is no moment of RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTimestamp;

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a date and time of RFC 3339, such as 2025-01-16T10:30:00Z")
    }
}

impl std::error::Error for InvalidTimestamp {}

impl Timestamp {
    /// The first moment of 1970.
    pub const EPOCH: Self = Self(0);

    /// The moment so many microseconds after the first of 1970; none outside of the years 0000 to 9999.
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < FIRST || micros > LAST { None } else { Some(Self(micros)) }
    }

    /// The moment so many seconds after the first of 1970.
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

    fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader(text.as_bytes());
        let (year, ()) = (reader.number(4)?, reader.one_of(b"-")?);
        let (month, ()) = (reader.number(2)?, reader.one_of(b"-")?);
        let (day, ()) = (reader.number(2)?, reader.one_of(b"Tt ")?);
        let (hour, ()) = (reader.number(2)?, reader.one_of(b":")?);
        let (minute, ()) = (reader.number(2)?, reader.one_of(b":")?);
        let second = reader.number(2)?;
        let mut micros = 0;
        if reader.one_of(b".").is_some() {
            let digits = reader.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 || digits > 9 {
                return None;
            }
            // Finer than a microsecond is not kept by either database.
            micros = reader.number(digits.min(6))? * 10_i64.pow(6 - digits.min(6) as u32);
            reader.number(digits - digits.min(6))?;
        }
        let offset = match reader.0.split_first()? {
            (b'Z' | b'z', []) => 0,
            (sign @ (b'+' | b'-'), rest) => {
                reader.0 = rest;
                let (hours, ()) = (reader.number(2)?, reader.one_of(b":")?);
                let minutes = reader.number(2)?;
                if !reader.0.is_empty() || hours > 23 || minutes > 59 {
                    return None;
                }
                let minutes = hours * 60 + minutes;
                if *sign == b'-' { -minutes } else { minutes }
            }
            _ => return None,
        };
        if !(1..=12).contains(&month)
            || day < 1
            || day > days_of(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        {
            return None;
        }
        let minutes = (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset;
        Self::from_micros((minutes * 60 + second) * SECOND + micros)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        Self::parse(text).ok_or(InvalidTimestamp)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(DAY));
        let of_day = self.0.rem_euclid(DAY);
        let seconds = of_day / SECOND;
        let mut text = String::with_capacity(27);
        for (number, width, after) in [
            (year, 4, '-'),
            (month, 2, '-'),
            (day, 2, 'T'),
            (seconds / 3600, 2, ':'),
            (seconds / 60 % 60, 2, ':'),
            (seconds % 60, 2, '.'),
            (of_day % SECOND, 6, 'Z'),
        ] {
            let mut unit = 10_i64.pow(width - 1);
            while unit > 0 {
                text.push(char::from(b'0' + (number / unit % 10) as u8));
                unit /= 10;
            }
            text.push(after);
        }
        formatter.write_str(&text)
    }
}

/// What is left of the text.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        bytes.contains(first).then(|| self.0 = rest)
    }
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970. A year begins in March here, so that the day that some years have and others do not is the last one.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a day since 1970.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_based = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_based + 2) / 5 + 1;
    let month = if march_based < 10 { march_based + 3 } else { march_based - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_and_the_last_moment_are_those_that_can_be_written() {
        assert_eq!(Timestamp(FIRST).to_string(), "0000-01-01T00:00:00.000000Z");
        assert_eq!(Timestamp(LAST).to_string(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(Timestamp::from_micros(LAST + 1), None);
        assert_eq!(Timestamp::from_seconds(i64::MAX), None);
        assert!("0000-01-01T00:00:00+00:01".parse::<Timestamp>().is_err());
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2025",
            "2025-01-16",
            "2025-01-16T10:30",
            "2025-01-16T10:30:00",
            "2025-13-01T00:00:00Z",
            "2025-04-31T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2025-01-16T24:00:00Z",
            "2025-01-16T10:60:00Z",
            "2025-01-16T10:30:60Z",
            "2025-01-16T10:30:00.Z",
            "2025-01-16T10:30:00.0000000001Z",
            "2025-01-16T10:30:00+24:00",
            "2025-01-16T10:30:00Zx",
            "+025-01-16T10:30:00Z",
            "2025-01-16T10:30:00é",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(micros in FIRST..=LAST) {
            let moment = Timestamp(micros);
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }

        #[test]
        fn texts_sort_as_moments_do(one in FIRST..=LAST, other in FIRST..=LAST) {
            let (one, other) = (Timestamp(one), Timestamp(other));
            prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
