//! Which trace the request belongs to that is being answered: for log lines, and for requests that are sent because of it.

use std::cell::Cell;

use crate::{Request, TraceParent};

/// A trace, as `traceparent` says it (W3C Trace Context §3.2).
#[derive(Clone, Copy)]
pub(crate) struct Trace {
    /// Hexadecimal digits in lower case, and nothing else.
    pub(crate) id: [u8; 32],
}

thread_local! {
    /// A component answers one request at a time; tests are threads.
    static CURRENT: Cell<Option<Trace>> = const { Cell::new(None) };
}

/// A request comes in: what has to be known of it wherever something is said.
#[inline(never)]
pub(crate) fn begin(request: &Request) {
    #[cfg(feature = "log")]
    crate::log::install();
    #[cfg(feature = "http-client")]
    crate::http_client::trace::begin(request);
    CURRENT.set(request.traceparent().and_then(of));
}

/// The trace of the request that is being answered, where it says one.
pub(crate) fn current() -> Option<Trace> {
    CURRENT.get()
}

fn of(parent: TraceParent<'_>) -> Option<Trace> {
    Some(Trace { id: *parent.trace_id().as_bytes().first_chunk()? })
}
