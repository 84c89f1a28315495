//! Dates, times and durations (RFC 3339).

/// A date that there is: `2024-02-29`.
#[inline(never)]
pub fn date(text: &str) -> bool {
    let Some((date, [])) = take_date(text.as_bytes()) else {
        return false;
    };
    date
}

/// A time of day with its offset: `12:00:00Z`, `12:00:00.5+02:00`.
#[inline(never)]
pub fn time(text: &str) -> bool {
    is_time(text.as_bytes())
}

/// A date and a time with its offset: `2024-02-29T12:00:00Z`.
#[inline(never)]
pub fn date_time(text: &str) -> bool {
    match take_date(text.as_bytes()) {
        Some((true, [b'T' | b't', time @ ..])) => is_time(time),
        _ => false,
    }
}

/// A duration (RFC 3339, appendix A): `P1DT12H`, `P2W`.
#[inline(never)]
pub fn duration(text: &str) -> bool {
    let Some(text) = text.strip_prefix('P') else {
        return false;
    };
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let has_date = !date.is_empty();
    let date_is_right = units(date, b"YMD") || (time.is_none() && units(date, b"W"));
    match time {
        None => has_date && date_is_right,
        Some(time) => !time.is_empty() && units(time, b"HMS") && (!has_date || date_is_right),
    }
}

/// Whether this is numbers with these units after them, each at most once, in their order, and none left out between two.
fn units(text: &str, mut units: &[u8]) -> bool {
    let mut has_digit = false;
    let mut is_first = true;
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            has_digit = true;
            continue;
        }
        let Some(position) = units.iter().position(|unit| *unit == byte) else {
            return false;
        };
        if !has_digit || (position > 0 && !is_first) {
            return false;
        }
        units = units.get(position + 1..).unwrap_or_default();
        has_digit = false;
        is_first = false;
    }
    !has_digit && !is_first
}

/// `YYYY-MM-DD`: whether there is such a day, and what follows.
fn take_date(text: &[u8]) -> Option<(bool, &[u8])> {
    let (year, rest) = take_number(text, 4)?;
    let (month, rest) = take_number(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = take_number(rest.strip_prefix(b"-")?, 2)?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 0,
    };
    Some(((1..=days).contains(&day), rest))
}

fn is_time(text: &[u8]) -> bool {
    take_time(text).unwrap_or(false)
}

fn take_time(text: &[u8]) -> Option<bool> {
    let (hour, rest) = take_number(text, 2)?;
    let (minute, rest) = take_number(rest.strip_prefix(b":")?, 2)?;
    let (second, mut rest) = take_number(rest.strip_prefix(b":")?, 2)?;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        rest = fraction.get(digits..)?;
    }
    let offset = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let (hours, rest) = take_number(rest, 2)?;
            let (minutes, rest) = take_number(rest.strip_prefix(b":")?, 2)?;
            if hours > 23 || minutes > 59 || !rest.is_empty() {
                return None;
            }
            let minutes = (hours * 60 + minutes) as i32;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    // A leap second is the last of a day in UTC.
    let minute_in_utc = ((hour * 60 + minute) as i32 - offset).rem_euclid(24 * 60);
    let last = if minute_in_utc == 24 * 60 - 1 { 60 } else { 59 };
    Some(hour <= 23 && minute <= 59 && second <= last)
}

/// A number of exactly so many digits, and what follows.
#[inline(never)]
fn take_number(text: &[u8], digits: usize) -> Option<(u32, &[u8])> {
    let (number, rest) = text.split_at_checked(digits)?;
    let mut value = 0;
    for byte in number {
        value = value * 10 + char::from(*byte).to_digit(10)?;
    }
    Some((value, rest))
}
