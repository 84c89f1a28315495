//! What the developer is told of a guest that fails, once for each request, whoever notices first.

use std::fmt::Display;
use std::sync::Arc;

use miette::Diagnostic;
use thiserror::Error;

use super::console::Console;
use super::error::Detail;
use super::failure::Failure;
use super::ticket::Ticket;
use crate::report::Event;

/// Who is to be told, and of what.
#[derive(Clone)]
pub(super) struct Blame {
    pub(super) console: Console,
    pub(super) module: Arc<str>,
    pub(super) ticket: Arc<Ticket>,
}

impl Blame {
    /// Tells of a failure, where the guest is at fault and nobody has told before.
    pub(super) fn tell(&self, failure: &Failure) {
        if let Some(trace) = self.ticket.trace() {
            let why = failure.blame().map(|(what, why)| [Some(what), why].into_iter().flatten().collect::<Vec<_>>());
            trace.failed(failure.code(), why.map(|why| why.join(": ")).as_deref());
        }
        let Some((what, why)) = failure.blame() else { return };
        if !self.ticket.is_first_to_tell() {
            return;
        }
        let failure = GuestFailure {
            module: self.module.clone(),
            request: self.ticket.id.clone(),
            code: failure.code(),
            what: format!("{what} on {}", self.ticket.line),
            source: why.map(Detail),
        };
        self.console.emit(Event::Failure(failure.into()));
    }
}

/// A guest that failed. The client got an answer of its own.
#[derive(Debug, Error)]
#[error("`{module}` {what} (request {request})")]
struct GuestFailure {
    module: Arc<str>,
    request: String,
    code: &'static str,
    what: String,
    #[source]
    source: Option<Detail>,
}

impl Diagnostic for GuestFailure {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        // The last part is that of the answer's `urn:mik:error:<code>`.
        Some(Box::new(format!("mik::serve::{}", self.code.replace('-', "_"))))
    }
}
