//! How a response is framed: what its `content-length` says and whether its body is sent.

use crate::content_length::Announced;
use crate::failure::Failure;

/// The decision for one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Framing {
    /// The one `content-length` that is sent, if any is.
    pub(crate) content_length: Option<u64>,
    /// Whether the handler's bytes go out.
    pub(crate) sends_body: bool,
}

/// Frames a response from what the handler gave: the `content-length` it `announced` and the length of its body.
///
/// Where a status or HEAD leaves no room for a body, the handler's bytes are left out: it answered a GET as well, and
/// that is what RFC 9110 asks of HEAD. A length that is announced and not kept is a failure, since the host would cut
/// the connection in the middle of the response.
pub(crate) fn frame(status: u16, is_head: bool, announced: Announced, body: Option<u64>) -> Result<Framing, Failure> {
    let announced = match announced {
        Announced::Nothing => None,
        Announced::Length(length) => Some(length),
        Announced::Nonsense => return Err(Failure::ResponseLengthMalformed),
    };
    let given = body.unwrap_or(0);
    let (content_length, sends_body) = match status {
        // §8.6: no length either, not even 0.
        204 => (None, false),
        // §15.3.6: "Reset Content" has a body of no bytes.
        205 => (Some(0), false),
        // §15.4.5: a length would be that of the 200 response, which only the handler knows.
        304 => (announced, false),
        _ if is_head => (announced.or(body), false),
        _ => match announced {
            Some(announced) if announced != given => {
                return Err(Failure::ResponseLengthMismatch { announced, given });
            }
            _ => (Some(given), given != 0),
        },
    };
    Ok(Framing { content_length, sends_body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Announced::{Length, Nonsense, Nothing};

    fn framed(content_length: Option<u64>, sends_body: bool) -> Result<Framing, Failure> {
        Ok(Framing { content_length, sends_body })
    }

    #[test]
    fn a_body_announces_its_length() {
        assert_eq!(frame(200, false, Nothing, Some(5)), framed(Some(5), true));
        assert_eq!(frame(200, false, Length(5), Some(5)), framed(Some(5), true));
        assert_eq!(frame(200, false, Nothing, None), framed(Some(0), false));
        assert_eq!(frame(404, false, Length(0), Some(0)), framed(Some(0), false));
    }

    #[test]
    fn a_length_that_is_not_kept_is_a_failure() {
        let mismatch = Err(Failure::ResponseLengthMismatch { announced: 6, given: 5 });
        assert_eq!(frame(200, false, Length(6), Some(5)), mismatch);
        let mismatch = Err(Failure::ResponseLengthMismatch { announced: 6, given: 0 });
        assert_eq!(frame(200, false, Length(6), None), mismatch);
        assert_eq!(frame(200, true, Nonsense, None), Err(Failure::ResponseLengthMalformed));
    }

    #[test]
    fn head_announces_what_get_would_send() {
        assert_eq!(frame(200, true, Nothing, Some(5)), framed(Some(5), false));
        assert_eq!(frame(200, true, Length(9), Some(0)), framed(Some(9), false));
        assert_eq!(frame(200, true, Length(9), None), framed(Some(9), false));
        assert_eq!(frame(200, true, Nothing, None), framed(None, false));
    }

    #[test]
    fn some_statuses_have_no_body() {
        assert_eq!(frame(204, false, Length(5), Some(5)), framed(None, false));
        assert_eq!(frame(204, true, Nothing, Some(5)), framed(None, false));
        assert_eq!(frame(205, false, Nothing, Some(5)), framed(Some(0), false));
        assert_eq!(frame(304, false, Nothing, Some(5)), framed(None, false));
        assert_eq!(frame(304, false, Length(9), None), framed(Some(9), false));
    }
}
