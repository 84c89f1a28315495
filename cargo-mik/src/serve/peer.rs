//! The other end of a connection.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::uri::Scheme;

/// The client at the other end of a connection, and what it has asked on it.
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    /// Whether the connection is encrypted.
    pub(super) secure: bool,
    begun: AtomicUsize,
    ended: AtomicUsize,
}

impl Peer {
    pub(super) fn new(address: SocketAddr, secure: bool) -> Self {
        Self { address, secure, begun: AtomicUsize::new(0), ended: AtomicUsize::new(0) }
    }

    /// What its URLs begin with.
    pub(super) fn scheme(&self) -> Scheme {
        if self.secure { Scheme::HTTPS } else { Scheme::HTTP }
    }

    pub(super) fn begin(&self) {
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
