//! The other end of a connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;
use http::uri::Scheme;

use super::ticket::Ticket;

/// The client at the other end of a connection, and what it has asked on it.
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    /// Whether the connection is encrypted.
    pub(super) secure: bool,
    begun: AtomicUsize,
    ended: AtomicUsize,
    /// The last request on the connection, where it is we ourselves who ask.
    observed: Option<ArcSwapOption<Ticket>>,
}

impl Peer {
    pub(super) fn new(address: SocketAddr, secure: bool) -> Self {
        Self { address, secure, begun: AtomicUsize::new(0), ended: AtomicUsize::new(0), observed: None }
    }

    /// This program itself, which wants to know what becomes of its requests.
    pub(super) fn ourselves() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { observed: Some(ArcSwapOption::empty()), ..Self::new(address, false) }
    }

    /// The last request, where it is we ourselves who ask.
    pub(super) fn last(&self) -> Option<Arc<Ticket>> {
        self.observed.as_ref().and_then(ArcSwapOption::load_full)
    }

    /// What its URLs begin with.
    pub(super) fn scheme(&self) -> Scheme {
        if self.secure { Scheme::HTTPS } else { Scheme::HTTP }
    }

    pub(super) fn begin(&self, ticket: &Arc<Ticket>) {
        if let Some(observed) = &self.observed {
            observed.store(Some(ticket.clone()));
        }
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests have been asked in all.
    pub(super) fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }

    /// Whether a request has no answer yet, or not all of it.
    pub(super) fn is_busy(&self) -> bool {
        self.begun() != self.ended.load(Ordering::Relaxed)
    }
}
