//! The trace of the request that is being answered (W3C Trace Context), for those that are sent meanwhile.

use std::cell::RefCell;

use crate::text::join;
use crate::{Headers, Request, random};

thread_local! {
    /// The header fields that speak of the trace, as they came: whether they can be used is seen when somebody does.
    static CURRENT: RefCell<Headers> = const { RefCell::new(Headers::new()) };
}

/// What goes onward.
struct Trace<'h> {
    /// The trace's own number, and the dash before it.
    id: &'h str,
    flags: &'h str,
    /// What others have to say of it, in a list.
    state: String,
}

/// A request comes in: those that are sent from here on belong to its trace.
pub(crate) fn begin(request: &Request) {
    let mut trace = Headers::new();
    for (name, value) in request.headers().iter() {
        if name.eq_ignore_ascii_case("traceparent") || name.eq_ignore_ascii_case("tracestate") {
            trace.append(name, value);
        }
    }
    CURRENT.set(trace);
}

/// The trace of a request; none where `traceparent` is missing, is there twice or is not what it should be.
fn read(headers: &Headers) -> Option<Trace<'_>> {
    let mut values = headers.get_all("traceparent");
    let parent = values.next().filter(|_| values.next().is_none())?;
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_number = |text: &str| text.bytes().any(|byte| byte != b'0');
    let (version, id, span, flags) = (parent.get(..2)?, parent.get(2..35)?, parent.get(35..52)?, parent.get(52..55)?);
    for (at, byte) in parent.bytes().take(55).enumerate() {
        if !(if matches!(at, 2 | 35 | 52) { byte == b'-' } else { is_hex(byte) }) {
            return None;
        }
    }
    // A later version may have more to say; what is known of it reads as this one does.
    let is_whole = match parent.get(55..56) {
        None => true,
        Some(next) => next == "-" && version != "00",
    };
    if !is_whole || version == "ff" || !is_number(id.get(1..)?) || !is_number(span.get(1..)?) {
        return None;
    }
    let mut state = String::new();
    for value in headers.get_all("tracestate") {
        if !state.is_empty() {
            state.push(',');
        }
        state.push_str(value);
    }
    Some(Trace { id, flags, state })
}

/// Adds the trace to a request that goes out, with a span of its own, unless it has one already.
#[inline(never)]
pub(super) fn add(headers: &mut Headers) {
    if headers.contains("traceparent") {
        return;
    }
    CURRENT.with_borrow(|current| {
        let Some(Trace { id, flags, state }) = read(current) else {
            return;
        };
        headers.append("traceparent", join(&["00", id, "-", &random::hex(8), flags]));
        if !state.is_empty() && !headers.contains("tracestate") {
            headers.append("tracestate", state);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Method;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn onward(fields: &[(&str, &str)]) -> Headers {
        let request =
            fields.iter().fold(Request::new(Method::Get, "/"), |it, (name, value)| it.with_header(*name, *value));
        begin(&request);
        let mut headers = Headers::new();
        add(&mut headers);
        headers
    }

    #[test]
    fn the_trace_goes_on_with_a_span_of_its_own() {
        let headers = onward(&[("traceparent", PARENT), ("tracestate", "a=1"), ("tracestate", "b=2")]);
        let parent = headers.get("traceparent").unwrap();
        assert_eq!((&parent[..36], &parent[52..], parent.len()), (&PARENT[..36], "-01", PARENT.len()));
        assert_ne!(parent, PARENT);
        assert_eq!(headers.get("tracestate"), Some("a=1,b=2"));
        assert!(onward(&[]).is_empty());
    }

    #[test]
    fn a_trace_that_is_none_is_not_passed_on() {
        for parent in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\u{fc}-00f067aa0ba902b7-01",
        ] {
            assert!(onward(&[("traceparent", parent)]).is_empty(), "{parent}");
        }
        assert!(onward(&[("traceparent", PARENT), ("traceparent", PARENT)]).is_empty());
        let newer = format!("01{}-what-else", &PARENT[2..]);
        assert!(onward(&[("traceparent", &newer)]).get("traceparent").unwrap().starts_with("00-4bf92f"));
    }
}
