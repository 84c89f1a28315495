//! Dates as header fields have them (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. The crate `httpdate` is the measure
//! in the tests; in a component it would cost 16 KiB.

use crate::text::join;
use crate::time::{Timestamp, to_iso};

const DAYS: &[&str; 7] = &["Thu, ", "Fri, ", "Sat, ", "Sun, ", "Mon, ", "Tue, ", "Wed, "];
const MONTHS: &[&str; 12] =
    &[" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "];

/// A time in seconds since 1970, as a date; the last one with four digits for the year where it comes after that.
#[inline(never)]
pub(crate) fn format(seconds: u64) -> String {
    const LAST: u64 = Timestamp::LAST.as_seconds().unsigned_abs();
    let seconds = seconds.min(LAST);
    // 1994-11-06T08:49:37
    let iso = to_iso(seconds, 0);
    let piece = |start, end| iso.get(start..end).unwrap_or_default();
    let day = DAYS.get((seconds / 86_400 % 7) as usize).copied().unwrap_or_default();
    let month = piece(5, 7).parse().ok().and_then(|month: usize| MONTHS.get(month.wrapping_sub(1)));
    join(&[day, piece(8, 10), month.copied().unwrap_or_default(), piece(0, 4), " ", piece(11, 19), " GMT"])
}

/// The seconds since 1970 of a date; `None` where it is none, comes before 1970, or has one of the two forms that have been
/// obsolete since 1997.
#[inline(never)]
pub(crate) fn parse(text: &str) -> Option<u64> {
    let month = text.get(7..12)?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    let (tens, ones) = if month < 10 { ("0", month) } else { ("1", month - 10) };
    let ones = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].get(ones)?;
    let iso = join(&[text.get(12..16)?, "-", tens, ones, "-", text.get(5..7)?, "T", text.get(17..25)?, "Z"]);
    let seconds = u64::try_from(iso.parse::<Timestamp>().ok()?.as_seconds()).ok()?;
    // One text for each time: the day of the week and what stands between are checked by this.
    (format(seconds) == text).then_some(seconds)
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
        fn dates_are_those_of_httpdate(seconds in 0..253_402_300_800_u64) {
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
