//! The request that an instance is answering, and whether the instance may be given another.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::dashboard::Stopwatch;
use super::ticket::Ticket;

/// What an instance, its output and its limits know of the request. An instance is made before it is given one.
#[derive(Default)]
pub(super) struct Slot {
    /// The request that is being answered, or was the last to be.
    ticket: Mutex<Option<Arc<Ticket>>>,
    /// It is not over.
    busy: AtomicBool,
    /// What it left behind has not been looked at.
    unseen: AtomicBool,
    /// No other request is to find what is left of this one.
    spent: AtomicBool,
    memory_denied: AtomicBool,
    /// What the instance has of memory, in bytes; it gives none of it back.
    memory: AtomicU64,
    pub(super) stopwatch: Stopwatch,
}

impl Slot {
    /// With a stopwatch that runs, or one that does not.
    pub(super) fn new(is_timed: bool) -> Self {
        Self { stopwatch: Stopwatch::new(is_timed), ..Self::default() }
    }

    /// Takes a request. With `inspected`, it is over only once the instance has been [`seen`](Self::seen).
    pub(super) fn fill(&self, ticket: Arc<Ticket>, inspected: bool) {
        self.memory_denied.store(false, Ordering::Relaxed);
        self.unseen.store(inspected, Ordering::Relaxed);
        self.busy.store(true, Ordering::Relaxed);
        *self.ticket.lock().unwrap_or_else(PoisonError::into_inner) = Some(ticket);
    }

    pub(super) fn ticket(&self) -> Option<Arc<Ticket>> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The request, if it has just come to its end and the instance is fit for another.
    pub(super) fn release(&self) -> Option<Arc<Ticket>> {
        if self.is_spent() || self.unseen.load(Ordering::Relaxed) || !self.busy.swap(false, Ordering::Relaxed) {
            return None;
        }
        self.ticket()
    }

    pub(super) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// Notes that the instance has been looked at after the request, and whether it is fit for another.
    pub(super) fn seen(&self, fit: bool) {
        if !fit {
            self.spend();
        }
        self.unseen.store(false, Ordering::Relaxed);
    }

    /// Notes that the instance is not to be given another request.
    pub(super) fn spend(&self) {
        self.spent.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed)
    }

    /// Notes how much memory the instance has.
    pub(super) fn set_memory(&self, bytes: usize) {
        self.memory.store(bytes as u64, Ordering::Relaxed);
    }

    /// Has it shown what the request that is over has taken.
    pub(super) fn show(&self, ticket: &Ticket) {
        if let Some(trace) = ticket.trace() {
            trace.left(self.stopwatch.total(), self.memory.load(Ordering::Relaxed));
        }
    }

    /// Notes that the instance asked for more memory than it may have.
    pub(super) fn deny_memory(&self) {
        self.spend();
        self.memory_denied.store(true, Ordering::Relaxed);
        if let Some(ticket) = self.ticket() {
            ticket.deny_memory();
        }
    }

    /// Whether it did so for the request that it has, or as it started.
    pub(super) fn memory_denied(&self) -> bool {
        self.memory_denied.load(Ordering::Relaxed)
    }

    /// Notes that an epoch has gone by while the guest was running.
    pub(super) fn tick(&self) {
        if self.memory_denied()
            && let Some(ticket) = self.ticket()
        {
            ticket.tick();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::serve::mode::Mode;

    fn ticket() -> Arc<Ticket> {
        Ticket::new(String::new(), String::new(), Duration::MAX, Mode::Production)
    }

    #[test]
    fn an_instance_is_free_again_once_it_has_been_looked_at() {
        let slot = Slot::default();
        assert!(!slot.is_busy() && slot.release().is_none());
        slot.fill(ticket(), true);
        assert!(slot.is_busy() && slot.release().is_none());
        slot.seen(true);
        assert!(slot.release().is_some() && !slot.is_busy() && slot.release().is_none());
    }

    #[test]
    fn an_instance_that_is_not_fit_stays_taken() {
        let slot = Slot::default();
        slot.fill(ticket(), true);
        slot.seen(false);
        assert!(slot.is_spent() && slot.release().is_none() && slot.is_busy());
    }

    #[test]
    fn memory_that_was_denied_is_the_requests_matter_and_the_instances_end() {
        let slot = Slot::default();
        let (one, other) = (ticket(), ticket());
        slot.fill(one.clone(), false);
        slot.deny_memory();
        assert!(one.memory_denied() && slot.is_spent());
        slot.fill(other.clone(), false);
        assert!(!other.memory_denied() && !slot.memory_denied());
    }
}
