//! Which bytes a client asks for (RFC 9110, 14).

use super::{FromHeader, Wrong};
use crate::fields::trim;

/// `Range`: one range of bytes. Several at once, or of other units, are wrong here; a server may always answer with the
/// whole, as [`Response::ranged`](crate::Response::ranged) does.
///
/// ```
/// use mik_sdk::header::{FromHeader, Range};
///
/// assert_eq!(Range::from_value("bytes=0-499").unwrap().within(10_000), Some(0..500));
/// assert_eq!(Range::from_value("bytes=9500-").unwrap().within(10_000), Some(9500..10_000));
/// assert_eq!(Range::from_value("bytes=-500").unwrap().within(10_000), Some(9500..10_000));
/// assert_eq!(Range::from_value("bytes=10000-").unwrap().within(10_000), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// From the first to the last of these, both included; to the end where there is no last.
    From(u64, Option<u64>),
    /// So many at the end.
    Last(u64),
}

impl Range {
    /// Which of so many bytes these are; `None` where there are none of them: 416.
    #[inline(never)]
    pub fn within(self, len: usize) -> Option<std::ops::Range<usize>> {
        let (start, end) = match self {
            Self::From(first, last) => {
                let end = last
                    .and_then(|last| usize::try_from(last).ok())
                    .map_or(len, |last| last.saturating_add(1).min(len));
                (usize::try_from(first).ok()?, end)
            }
            Self::Last(count) => (usize::try_from(count).map_or(0, |count| len.saturating_sub(count)), len),
        };
        (start < end).then_some(start..end)
    }
}

impl FromHeader<'_> for Range {
    const NAME: &'static str = "range";

    #[inline(never)]
    fn from_value(value: &str) -> Result<Self, Wrong> {
        parse(value).ok_or(Wrong::Borrowed("it is not one range of bytes, such as `bytes=0-499`"))
    }
}

fn parse(value: &str) -> Option<Range> {
    let (unit, range) = value.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = trim(range).split_once('-')?;
    match (first, last) {
        ("", count) => number(count).map(Range::Last),
        (first, "") => Some(Range::From(number(first)?, None)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Range::From(first, Some(last)))
        }
    }
}

/// Digits and nothing else; as much as there can be where it is more.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_9110_section_14_1_2() {
        let within = |value, len| Range::from_value(value).unwrap().within(len);
        assert_eq!(within("bytes=500-999", 10_000), Some(500..1000));
        assert_eq!(within("bytes=0-0", 10_000), Some(0..1));
        assert_eq!(within("bytes=-1", 10_000), Some(9999..10_000));
        assert_eq!(within("bytes=-20000", 10_000), Some(0..10_000));
        assert_eq!(within("bytes=9000-99999999999999999999999", 10_000), Some(9000..10_000));
        for nothing in ["bytes=10000-", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(within(nothing, 10_000), None, "{nothing}");
        }
        assert_eq!(within("bytes=0-", 0), None);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for wrong in
            ["", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=1-2,3-4", "bytes=+1-2", "items=0-1"]
        {
            assert!(Range::from_value(wrong).is_err(), "{wrong}");
        }
    }
}
