//! The trace of the request that is being answered (W3C Trace Context), for those that are sent meanwhile.

use std::cell::RefCell;

use crate::text::join;
use crate::{Headers, Request, TraceParent, random};

thread_local! {
    /// The header fields that speak of the trace, as they came: whether they can be used is seen when somebody does.
    static CURRENT: RefCell<Headers> = const { RefCell::new(Headers::new()) };
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

/// Adds the trace to a request that goes out, with a span of its own, unless it has one already.
#[inline(never)]
pub(super) fn add(headers: &mut Headers) {
    if headers.contains("traceparent") {
        return;
    }
    CURRENT.with_borrow(|current| {
        let Some(parent) = TraceParent::of(current) else {
            return;
        };
        // Bits that mean nothing in this version are not sent on.
        let flags = if parent.is_sampled() { "-01" } else { "-00" };
        headers.append("traceparent", join(&["00-", parent.trace_id(), "-", &random::hex(8), flags]));
        // What others have to say of it, in one list.
        let mut state = String::new();
        for value in current.get_all("tracestate") {
            if !state.is_empty() {
                state.push(',');
            }
            state.push_str(value);
        }
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
        let flags = |flags| {
            onward(&[("traceparent", &[&PARENT[..53], flags].concat())]).get("traceparent").unwrap()[53..].to_owned()
        };
        assert_eq!((flags("00"), flags("fe"), flags("ff")), ("00".into(), "00".into(), "01".into()));
    }

    #[test]
    fn a_trace_that_is_none_is_not_passed_on() {
        for parent in ["", "00", &PARENT.to_uppercase(), &PARENT.replace("4bf", "\u{fc}f")] {
            assert!(onward(&[("traceparent", parent)]).is_empty(), "{parent}");
        }
        assert!(onward(&[("traceparent", PARENT), ("traceparent", PARENT)]).is_empty());
        let newer = format!("01{}-what-else", &PARENT[2..]);
        assert!(onward(&[("traceparent", &newer)]).get("traceparent").unwrap().starts_with("00-4bf92f"));
    }
}
