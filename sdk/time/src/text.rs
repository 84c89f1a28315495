//! Moments as text, by RFC 3339.

use std::fmt;
use std::str::FromStr;

use crate::Timestamp;
use crate::calendar::{SECOND, civil_from_days, days_from_civil, days_of};

/// A text that is no moment of RFC 3339.
///
/// ```
/// use mik_time::{InvalidTimestamp, Timestamp};
///
/// assert_eq!("yesterday".parse::<Timestamp>(), Err(InvalidTimestamp));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTimestamp;

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a date and time of RFC 3339, such as 2025-01-16T10:30:00Z")
    }
}

impl std::error::Error for InvalidTimestamp {}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        parse(text).ok_or(InvalidTimestamp)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_rfc3339())
    }
}

impl Timestamp {
    /// The text, to the microsecond: what `Display` writes, for a component that formats nothing else.
    pub fn to_rfc3339(self) -> String {
        self.write(1)
    }

    /// The text, to the millisecond.
    ///
    /// ```
    /// use mik_time::Timestamp;
    ///
    /// assert_eq!(Timestamp::EPOCH.to_rfc3339_millis(), "1970-01-01T00:00:00.000Z");
    /// ```
    pub fn to_rfc3339_millis(self) -> String {
        self.write(1000)
    }

    /// In pieces of so many microseconds. Digit by digit: `format!` of eight numbers costs a component more than this does.
    fn write(self, finest: u64) -> String {
        const DAY: u64 = crate::calendar::DAY.unsigned_abs();
        const SECOND: u64 = crate::calendar::SECOND.unsigned_abs();
        let micros = self.0.abs_diff(Self::FIRST.0);
        let (year, month, day) = civil_from_days(micros / DAY);
        let of_day = micros % DAY;
        let seconds = of_day / SECOND;
        let mut text = String::with_capacity(27);
        for (number, first, after) in [
            (year, 1000, '-'),
            (month, 10, '-'),
            (day, 10, 'T'),
            (seconds / 3600, 10, ':'),
            (seconds / 60 % 60, 10, ':'),
            (seconds % 60, 10, '.'),
            (of_day % SECOND / finest, SECOND / 10 / finest, 'Z'),
        ] {
            let mut unit = first;
            while unit > 0 {
                text.push(char::from(b'0' + (number / unit % 10) as u8));
                unit /= 10;
            }
            text.push(after);
        }
        text
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let mut reader = Reader(text.as_bytes());
    let (year, ()) = (reader.number(4)?, reader.one_of(b"-")?);
    let (month, ()) = (reader.number(2)?, reader.one_of(b"-")?);
    let (day, ()) = (reader.number(2)?, reader.one_of(b"Tt")?);
    let (hour, ()) = (reader.number(2)?, reader.one_of(b":")?);
    let (minute, ()) = (reader.number(2)?, reader.one_of(b":")?);
    let second = reader.number(2)?;
    let micros = if reader.one_of(b".").is_some() { reader.fraction()? } else { 0 };
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
    let is_day = (1..=12).contains(&month) && day >= 1 && day <= days_of(year, month);
    if !is_day || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minutes = (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset;
    if second == 60 {
        // A leap second comes after the last one of a day, and has no number of its own.
        let is_last = minutes.rem_euclid(24 * 60) == 24 * 60 - 1;
        return if is_last { Timestamp::from_seconds((minutes + 1) * 60) } else { None };
    }
    Timestamp::from_micros((minutes * 60 + second) * SECOND + micros)
}

/// What is left of the text.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    }

    /// The digits after the point, as microseconds; at least one.
    fn fraction(&mut self) -> Option<i64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        let mut micros = 0;
        for position in 0..6 {
            micros = micros * 10 + i64::from(fraction.get(position).map_or(0, |byte| byte - b'0'));
        }
        (digits > 0).then_some(micros)
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        bytes.contains(first).then(|| self.0 = rest)
    }
}

#[cfg(test)]
mod tests;
