//! Moments that calendars get wrong, and texts that are none.

use proptest::prelude::*;

use super::InvalidTimestamp;
use crate::Timestamp;

const FIRST: i64 = Timestamp::FIRST.0;
const LAST: i64 = Timestamp::LAST.0;

#[test]
fn the_first_and_the_last_moment_are_those_that_can_be_written() {
    assert_eq!(Timestamp::FIRST.to_string(), "0000-01-01T00:00:00.000000Z");
    assert_eq!(Timestamp::LAST.to_string(), "9999-12-31T23:59:59.999999Z");
    assert_eq!(Timestamp::from_micros(LAST + 1), None);
    assert_eq!(Timestamp::from_seconds(i64::MAX), None);
    assert!("0000-01-01T00:00:00+00:01".parse::<Timestamp>().is_err());
    assert!("9999-12-31T23:59:60Z".parse::<Timestamp>().is_err());
}

#[test]
fn days_that_calendars_get_wrong() {
    for (micros, text) in [
        (0, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (951_868_800_000_000, "2000-03-01T00:00:00.000000Z"),
        (1_735_689_599_999_999, "2024-12-31T23:59:59.999999Z"),
        (4_107_542_400_005_000, "2100-03-01T00:00:00.005000Z"),
    ] {
        assert_eq!(Timestamp(micros).to_string(), text);
        assert_eq!(text.parse(), Ok(Timestamp(micros)));
    }
}

#[test]
fn everything_that_the_rfc_allows_is_read() {
    // RFC 3339 §5.8, and what §5.6 allows besides.
    for (text, written) in [
        ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z"),
        ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000000Z"),
        ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000000Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000000Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z"),
        ("2025-01-16t10:30:00z", "2025-01-16T10:30:00.000000Z"),
        ("2025-01-16T10:30:00.1234567890123Z", "2025-01-16T10:30:00.123456Z"),
        ("2025-01-16T10:30:00-00:00", "2025-01-16T10:30:00.000000Z"),
    ] {
        assert_eq!(text.parse::<Timestamp>().map(|moment| moment.to_string()).as_deref(), Ok(written), "{text}");
    }
}

#[test]
fn what_is_no_moment_is_refused() {
    for text in [
        "",
        "2025",
        "2025-01-16",
        "2025-01-16T10:30",
        "2025-01-16T10:30:00",
        "2025-01-16 10:30:00Z",
        "2025-13-01T00:00:00Z",
        "2025-00-01T00:00:00Z",
        "2025-04-31T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2025-01-16T24:00:00Z",
        "2025-01-16T10:60:00Z",
        "2025-01-16T10:30:60Z",
        "2025-01-16T23:59:61Z",
        "2025-01-16T23:59:60+00:01",
        "2025-01-16T10:30:00.Z",
        "2025-01-16T10:30:00,5Z",
        "2025-01-16T10:30:00+24:00",
        "2025-01-16T10:30:00+0200",
        "2025-01-16T10:30:00+02",
        "2025-01-16T10:30:00Zx",
        "+025-01-16T10:30:00Z",
        "2025-01-16T10:30:00é",
    ] {
        assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text}");
    }
}

#[cfg(feature = "serde")]
#[test]
fn json_is_the_text() {
    let moment: Timestamp = serde_json::from_str(r#""2025-01-16T12:30:00+02:00""#).unwrap();
    assert_eq!(serde_json::to_string(&moment).unwrap(), r#""2025-01-16T10:30:00.000000Z""#);
    let error = serde_json::from_str::<Timestamp>(r#""yesterday""#).unwrap_err().to_string();
    assert!(error.contains("expected a date and time of RFC 3339"), "{error}");
    assert!(serde_json::from_str::<Timestamp>("7").is_err());
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
    fn what_is_added_is_between(micros in FIRST..=LAST, other in FIRST..=LAST) {
        let (earlier, later) = (Timestamp(micros.min(other)), Timestamp(micros.max(other)));
        let between = later.since(earlier).unwrap();
        prop_assert_eq!(earlier.checked_add(between), Some(later));
        prop_assert_eq!(later - between, earlier);
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = text.parse::<Timestamp>();
    }

    #[test]
    fn nothing_like_a_moment_panics(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]*)?[Zz+-]?([0-9]{2}:[0-9]{2})?") {
        let _ = text.parse::<Timestamp>();
    }
}
