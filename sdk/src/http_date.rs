//! Dates as header fields have them (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. The crate `httpdate` is the measure
//! in the tests; in a component it would cost 16 KiB.

use crate::text::join;
use crate::time::civil_from_days;

const DAYS: &[u8; 21] = b"ThuFriSatSunMonTueWed";
const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
/// The first second that the format has no four digits for.
const YEAR_10000: u64 = 253_402_300_800;

/// A time in seconds since 1970, as a date; the last one that there is for what comes after it.
#[inline(never)]
pub(crate) fn format(seconds: u64) -> String {
    let seconds = seconds.min(YEAR_10000 - 1);
    let (year, month, day) = civil_from_days(seconds / 86_400);
    let of_day = seconds % 86_400;
    join(&[
        name(DAYS, seconds / 86_400 % 7),
        ", ",
        &digits(day, 2),
        " ",
        name(MONTHS, month - 1),
        " ",
        &digits(year, 4),
        " ",
        &digits(of_day / 3600, 2),
        ":",
        &digits(of_day / 60 % 60, 2),
        ":",
        &digits(of_day % 60, 2),
        " GMT",
    ])
}

/// The seconds since 1970 of a date; `None` where it is none, comes before 1970, or has one of the two forms that have been
/// obsolete since 1997.
#[inline(never)]
pub(crate) fn parse(text: &str) -> Option<u64> {
    let text: &[u8; 29] = text.as_bytes().try_into().ok()?;
    let number = |range: std::ops::Range<usize>| {
        text.get(range)?.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0')))
    };
    let month = MONTHS.chunks_exact(3).position(|month| month == &text[8..11])? as u64 + 1;
    let (day, year) = (number(5..7)?, number(12..16)?);
    let (hour, minute, second) = (number(17..19)?, number(20..22)?, number(23..25)?);
    if year < 1970 || day == 0 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    // One text for each time: the day of the week, the separators and the days that a month has are checked by this.
    (format(seconds).as_bytes() == text).then_some(seconds)
}

/// The reverse of `civil_from_days`.
fn days_from_civil(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let of_era = year % 400;
    year / 400 * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn digits(number: u64, width: u32) -> String {
    let mut text = String::new();
    let mut unit = 10_u64.pow(width - 1);
    while unit > 0 {
        text.push(char::from(b'0' + (number / unit % 10) as u8));
        unit /= 10;
    }
    text
}

fn name(names: &'static [u8], index: u64) -> &'static str {
    let start = index as usize * 3;
    names.get(start..start + 3).and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_rfc_9110() {
        assert_eq!(format(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        for wrong in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Thu, 30 Feb 2023 08:49:37 GMT",
            "Wed, 31 Dec 1969 23:59:59 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(format(u64::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    proptest! {
        #[test]
        fn dates_are_those_of_httpdate(seconds in 0..YEAR_10000) {
            let text = format(seconds);
            prop_assert_eq!(&text, &httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds)));
            prop_assert_eq!(parse(&text), Some(seconds));
        }

        #[test]
        fn nothing_is_taken_that_httpdate_refuses(text in "(Sun|Mon|Tue|Wed|Thu|Fri|Sat), [0-3][0-9] (Jan|Feb|Dec) (19|20)[0-9]{2} [0-2][0-9]:[0-6][0-9]:[0-6][0-9] GMT") {
            if let Some(seconds) = parse(&text) {
                let time = httpdate::parse_http_date(&text).ok();
                prop_assert_eq!(time, Some(UNIX_EPOCH + Duration::from_secs(seconds)));
            }
        }
    }
}
