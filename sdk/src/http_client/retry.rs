//! Whether a request is worth another attempt, and when.

use super::{Error, Method};
use crate::{Headers, http_date, platform};

/// The first pause, and the longest, in nanoseconds.
const FIRST: u64 = 100_000_000;
const LONGEST: u64 = 10_000_000_000;

/// What was asked for.
#[derive(Clone, Copy)]
pub(super) struct Retry {
    pub(super) left: u32,
    pub(super) is_any_method: bool,
    /// The pause before the next attempt: a function, so that it is only where somebody asked for it.
    pub(super) pause: fn(&Attempt<'_>) -> Option<u64>,
}

/// An attempt that gave nothing good yet.
pub(super) struct Attempt<'a> {
    pub(super) method: Method,
    pub(super) is_any_method: bool,
    /// How many were repeated before.
    pub(super) repeated: u32,
    pub(super) outcome: Result<(u16, &'a Headers), &'a Error>,
}

/// How many nanoseconds to wait until the next attempt; `None` where there should be none.
pub(super) fn pause(attempt: &Attempt<'_>) -> Option<u64> {
    let is_idempotent = !matches!(attempt.method, Method::Post | Method::Patch);
    if !is_idempotent && !attempt.is_any_method {
        return None;
    }
    match attempt.outcome {
        // What ran out here is the time for all of it.
        Err(Error::Timeout { .. }) => None,
        Err(error) => error.is_retryable().then(|| back_off(attempt.repeated)),
        Ok((429 | 502 | 503 | 504, headers)) => {
            let asked = headers.get("retry-after").and_then(retry_after);
            Some(asked.unwrap_or_else(|| back_off(attempt.repeated)))
        }
        Ok(_) => None,
    }
}

/// Twice as long each time, half of it by chance: those that failed together come back one by one.
fn back_off(repeated: u32) -> u64 {
    let longest = FIRST.saturating_mul(1 << repeated.min(20)).min(LONGEST);
    let mut chance = 0;
    for byte in platform::random_bytes(2) {
        chance = chance << 8 | u64::from(byte);
    }
    longest / 2 + longest / 2 * chance / 0xffff
}

/// What `retry-after` says, in nanoseconds: seconds, or a date (RFC 9110, 10.2.3).
fn retry_after(value: &str) -> Option<u64> {
    let value = value.trim_ascii();
    let seconds = match number(value) {
        Some(seconds) => seconds,
        None => http_date::parse(value)?.saturating_sub(platform::unix_time().0),
    };
    Some(seconds.saturating_mul(1_000_000_000))
}

fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || digits.len() > 12 {
        return None;
    }
    digits.bytes().try_fold(0, |number, byte| {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        (digit < 10).then_some(number * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_client::{Connection, Redirect};

    fn pauses(method: Method, is_any_method: bool, outcome: Result<(u16, &Headers), &Error>) -> bool {
        pause(&Attempt { method, is_any_method, repeated: 0, outcome }).is_some()
    }

    #[test]
    fn what_may_heal_is_repeated_if_it_may_be() {
        let none = Headers::new();
        for status in [429, 502, 503, 504] {
            assert!(pauses(Method::Get, false, Ok((status, &none))), "{status}");
            assert!(!pauses(Method::Post, false, Ok((status, &none))), "{status}");
            assert!(pauses(Method::Post, true, Ok((status, &none))), "{status}");
        }
        for status in [200, 302, 400, 404, 408, 500, 501] {
            assert!(!pauses(Method::Get, true, Ok((status, &none))), "{status}");
        }
        for error in [
            Error::ConnectionError(Connection::Lost),
            Error::ConnectionError(Connection::Refused),
            Error::DnsError(String::new()),
            Error::ConnectTimeout,
            Error::FirstByteTimeout,
            Error::Incomplete,
        ] {
            assert!(pauses(Method::Put, false, Err(&error)), "{error}");
            assert!(!pauses(Method::Patch, false, Err(&error)), "{error}");
        }
        for error in [
            Error::Denied,
            Error::AddressDenied,
            Error::Timeout { timeout_ms: None },
            Error::InvalidUrl(String::new()),
            Error::TooLarge { limit: None },
            Error::Redirect(Redirect::TooMany),
        ] {
            assert!(!pauses(Method::Get, true, Err(&error)), "{error}");
        }
    }

    #[test]
    fn the_pause_doubles_up_to_a_bound() {
        for (repeated, longest) in [(0, 100), (1, 200), (2, 400), (6, 6400), (7, 10_000), (1000, 10_000)] {
            for _ in 0..50 {
                let pause = back_off(repeated);
                assert!((longest * 500_000..=longest * 1_000_000).contains(&pause), "{repeated}: {pause}");
            }
        }
    }

    #[test]
    fn what_the_server_asks_for_is_seconds_or_a_date() {
        assert_eq!(retry_after("120"), Some(120_000_000_000));
        assert_eq!(retry_after(" 0 "), Some(0));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        let asked = retry_after(&http_date::format(platform::unix_time().0 + 3600));
        assert!(asked.is_some_and(|pause| (3_000_000_000_000..=3_600_000_000_000).contains(&pause)), "{asked:?}");
        for wrong in ["", "-1", "1.5", "soon", "1e3", "99999999999999", "Sun, 06 Nov 1994 08:49:37", "Sun, 0 Foo 1994"]
        {
            assert_eq!(retry_after(wrong), None, "{wrong}");
        }
    }
}
