//! What time it is.

use crate::platform;

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
    seconds * 1000 + u64::from(nanoseconds / 1_000_000)
}

/// Now, in UTC, as RFC 3339 writes it: `2025-01-16T10:30:00.123Z`.
///
/// ```
/// assert_eq!(mik_sdk::time::now_iso().len(), "2025-01-16T10:30:00.123Z".len());
/// ```
pub fn now_iso() -> String {
    let (seconds, nanoseconds) = platform::unix_time();
    to_iso(seconds, nanoseconds)
}

/// Digit by digit: `format!` of eight numbers costs a component more than this does.
fn to_iso(seconds: u64, nanoseconds: u32) -> String {
    let (year, month, day) = civil_from_days(seconds / 86_400);
    let of_day = seconds % 86_400;
    let mut text = String::with_capacity(24);
    for (number, width, after) in [
        (year, 4, '-'),
        (month, 2, '-'),
        (day, 2, 'T'),
        (of_day / 3600, 2, ':'),
        (of_day / 60 % 60, 2, ':'),
        (of_day % 60, 2, '.'),
        (u64::from(nanoseconds) / 1_000_000, 3, 'Z'),
    ] {
        let mut unit = 10_u64.pow(width - 1);
        while unit > 0 {
            text.push(char::from(b'0' + (number / unit % 10) as u8));
            unit /= 10;
        }
        text.push(after);
    }
    text
}

/// Year, month and day of a day since 1970, in the calendar of today. A year begins in March here, so that the day that
/// some years have and others do not is the last one.
pub(crate) fn civil_from_days(days: u64) -> (u64, u64, u64) {
    const DAYS_OF_400_YEARS: u64 = 146_097;
    // Days from the first of March of year 0 to 1970.
    let days = days + 719_468;
    let era = days / DAYS_OF_400_YEARS;
    let of_era = days % DAYS_OF_400_YEARS;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_based = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_based + 2) / 5 + 1;
    let month = if march_based < 10 { march_based + 3 } else { march_based - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::to_iso;

    #[test]
    fn days_that_calendars_get_wrong() {
        for (seconds, nanoseconds, iso) in [
            (0, 0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, 0, "2000-02-29T00:00:00.000Z"),
            (951_868_800, 0, "2000-03-01T00:00:00.000Z"),
            (1_735_689_599, 999_999_999, "2024-12-31T23:59:59.999Z"),
            (1_735_689_600, 0, "2025-01-01T00:00:00.000Z"),
            (4_107_542_400, 5_000_000, "2100-03-01T00:00:00.005Z"),
        ] {
            assert_eq!(to_iso(seconds, nanoseconds), iso);
        }
    }
}
