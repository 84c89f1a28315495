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

/// Holds for as long as a request is being answered.
pub(crate) struct Answering(Headers);

impl Drop for Answering {
    fn drop(&mut self) {
        CURRENT.set(std::mem::take(&mut self.0));
    }
}

/// From here on, requests that are sent belong to this one's trace.
pub(crate) fn answering(request: &Request) -> Answering {
    let mut trace = Headers::new();
    for (name, value) in request.headers().iter() {
        if name.eq_ignore_ascii_case("traceparent") || name.eq_ignore_ascii_case("tracestate") {
            trace.append(name, value);
        }
    }
    Answering(CURRENT.replace(trace))
}

/// The trace of a request; none where `traceparent` is missing, is there twice or is not what it should be.
fn read(headers: &Headers) -> Option<Trace<'_>> {
    let mut values = headers.get_all("traceparent");
    let parent = values.next().filter(|_| values.next().is_none())?;
    let id = parent.get(..35)?;
    let flags = parent.get(52..55)?;
    let is_lower_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let is_number = |text: &str| is_lower_hex(text) && text.bytes().any(|byte| byte != b'0');
    let version = parent.get(..2)?;
    // A later version may have more to say; what is known of it reads as this one does.
    let is_whole = match parent.get(55..56) {
        None => true,
        Some(next) => next == "-" && version != "00",
    };
    let is_valid = is_whole
        && is_lower_hex(version)
        && version != "ff"
        && id.get(2..3)? == "-"
        && is_number(id.get(3..)?)
        && parent.get(35..36)? == "-"
        && is_number(parent.get(36..52)?)
        && flags.starts_with('-')
        && is_lower_hex(flags.get(1..)?);
    if !is_valid {
        return None;
    }
    let mut state = String::new();
    for value in headers.get_all("tracestate") {
        if !state.is_empty() {
            state.push(',');
        }
        state.push_str(value);
    }
    Some(Trace { id: id.get(2..)?, flags, state })
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
        let _answering = answering(&request);
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
        let mut after = Headers::new();
        add(&mut after);
        assert!(after.is_empty());
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
