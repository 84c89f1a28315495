//! Which trace a request belongs to: `traceparent`, as W3C Trace Context says it.

use crate::Headers;

/// The trace that a request belongs to, and who sent it: the header field `traceparent`
/// ([W3C Trace Context](https://www.w3.org/TR/trace-context/), level 1), taken strictly. A field that is not exactly
/// what the recommendation says is as good as none: it begins no trace and gets into no log.
///
/// ```
/// use mik_sdk::TraceParent;
///
/// let parent = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
/// assert_eq!(parent.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
/// assert_eq!(parent.parent_id(), "00f067aa0ba902b7");
/// assert!(parent.is_sampled());
///
/// assert_eq!(TraceParent::parse("00-00000000000000000000000000000000-00f067aa0ba902b7-01"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent<'r> {
    trace_id: &'r str,
    parent_id: &'r str,
    flags: u8,
}

impl<'r> TraceParent<'r> {
    /// What the value of a `traceparent` says; `None` where it is malformed. Versions to come are read as the
    /// recommendation asks: by the fields that they have in common with this one.
    #[inline(never)]
    pub fn parse(value: &'r str) -> Option<Self> {
        let mut digits = 0_u8;
        for (place, byte) in value.bytes().take(LENGTH).enumerate() {
            match byte {
                b'0'..=b'9' => digits = (digits << 4) | (byte - b'0'),
                b'a'..=b'f' => digits = (digits << 4) | (byte - b'a' + 10),
                _ => {}
            }
            // Lower case only: the recommendation takes no other.
            let is_hyphen = matches!(place, 2 | 35 | 52);
            if if is_hyphen { byte != b'-' } else { !matches!(byte, b'0'..=b'9' | b'a'..=b'f') } {
                return None;
            }
        }
        let (version, rest) = (value.get(..2)?, value.get(LENGTH..)?);
        let (trace_id, parent_id) = (value.get(3..35)?, value.get(36..52)?);
        let is_whole = rest.is_empty() || (version != "00" && rest.as_bytes().first() == Some(&b'-'));
        let is_known = |id: &str| id.bytes().any(|digit| digit != b'0');
        let is_one = is_whole && version != "ff" && is_known(trace_id) && is_known(parent_id);
        // The last two digits are those of the flags.
        is_one.then_some(Self { trace_id, parent_id, flags: digits })
    }

    /// What a request's header fields say; `None` where there is not exactly one `traceparent`.
    #[inline(never)]
    pub(crate) fn of(headers: &'r Headers) -> Option<Self> {
        let mut values = headers.get_all("traceparent");
        match (values.next(), values.next()) {
            (Some(value), None) => Self::parse(value),
            _ => None,
        }
    }

    /// The trace: 32 hexadecimal digits.
    pub const fn trace_id(&self) -> &'r str {
        self.trace_id
    }

    /// The span that sent the request: 16 hexadecimal digits.
    pub const fn parent_id(&self) -> &'r str {
        self.parent_id
    }

    /// The flags, as they came.
    pub const fn flags(&self) -> u8 {
        self.flags
    }

    /// Whether the sender may have recorded its part of the trace.
    pub const fn is_sampled(&self) -> bool {
        self.flags & 1 == 1
    }
}

/// How many bytes all versions have in common: `00-`, 32 digits, `-`, 16, `-`, 2.
const LENGTH: usize = 55;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_recommendation() {
        let parent = TraceParent::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00").unwrap();
        assert_eq!((parent.flags(), parent.is_sampled()), (0, false));
        let parent = TraceParent::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03").unwrap();
        assert_eq!((parent.flags(), parent.is_sampled()), (3, true));
        // A version to come, with what it adds.
        let parent = TraceParent::parse("cc-12345678901234567890123456789012-1234567890123456-01-what-the-future");
        assert_eq!(parent.unwrap().trace_id(), "12345678901234567890123456789012");
        assert!(TraceParent::parse("cc-12345678901234567890123456789012-1234567890123456-01").is_some());
    }

    /// The cases of the test suite of w3c/trace-context, `test_traceparent_*`.
    #[test]
    fn what_the_recommendations_test_suite_refuses_is_refused() {
        for wrong in [
            "",
            "00",
            "00-",
            "00-12345678901234567890123456789012-1234567890123456-01-",
            "00-12345678901234567890123456789012-1234567890123456-01-what",
            "00-12345678901234567890123456789012-1234567890123456-01.",
            "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future",
            "ff-12345678901234567890123456789012-1234567890123456-01",
            "0-12345678901234567890123456789012-1234567890123456-01",
            "000-12345678901234567890123456789012-1234567890123456-01",
            ".0-12345678901234567890123456789012-1234567890123456-01",
            "0.-12345678901234567890123456789012-1234567890123456-01",
            "00-00000000000000000000000000000000-1234567890123456-01",
            "00-.2345678901234567890123456789012-1234567890123456-01",
            "00-ABCDEF78901234567890123456789012-1234567890123456-01",
            "00-1234567890123456789012345678901-1234567890123456-01",
            "00-123456789012345678901234567890123-1234567890123456-01",
            "00-12345678901234567890123456789012-0000000000000000-01",
            "00-12345678901234567890123456789012-.234567890123456-01",
            "00-12345678901234567890123456789012-123456789012345-01",
            "00-12345678901234567890123456789012-12345678901234567-01",
            "00-12345678901234567890123456789012-1234567890123456-.0",
            "00-12345678901234567890123456789012-1234567890123456-0.",
            "00-12345678901234567890123456789012-1234567890123456-1",
            "00-12345678901234567890123456789012-1234567890123456-001",
            "00-12345678901234567890123456789012-1234567890123456-+1",
            "00-ü2345678901234567890123456789012-1234567890123456-01",
        ] {
            assert_eq!(TraceParent::parse(wrong), None, "{wrong}");
        }
    }
}
