//! How long an instance has had a processor for a request, without fuel, which would make every guest slower.
//!
//! An instance runs where its worker's future is polled. That a poll is over is told by `Lifetime`; that it has begun, by what is
//! heard first: the request that is given to the guest, its turn after a tick, or what it calls of the host. What a guest does between
//! being woken and its first call is so not counted, unless it goes on to the next tick; time that the system gives to others is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The stopwatch of one instance; it does nothing where nobody looks.
#[derive(Default)]
pub(in crate::serve) struct Stopwatch(Option<Mutex<State>>);

#[derive(Default)]
struct State {
    since: Option<Instant>,
    total: Duration,
    /// The first poll with a request may be followed by another of which nobody is told that it is over.
    is_first: bool,
}

impl Stopwatch {
    pub(in crate::serve) fn new(is_wanted: bool) -> Self {
        Self(is_wanted.then(Mutex::default))
    }

    /// The instance is given a request, and runs.
    pub(in crate::serve) fn begin(&self) {
        self.with(|state| *state = State { since: Some(Instant::now()), total: Duration::ZERO, is_first: true });
    }

    /// The instance runs, if that was not known.
    pub(in crate::serve) fn resume(&self) {
        self.with(|state| state.since = state.since.or_else(|| Some(Instant::now())));
    }

    /// The instance waits. Gives whether it is worth another poll, whose end is then told.
    pub(in crate::serve) fn pause(&self) -> bool {
        self.with(|state| {
            state.stop(Instant::now());
            std::mem::take(&mut state.is_first)
        })
        .unwrap_or_default()
    }

    /// How long it has run for its request.
    pub(in crate::serve) fn total(&self) -> Duration {
        self.with(|state| {
            let now = Instant::now();
            let is_running = state.stop(now);
            state.since = is_running.then_some(now);
            state.total
        })
        .unwrap_or_default()
    }

    fn with<T>(&self, what: impl FnOnce(&mut State) -> T) -> Option<T> {
        let state: &Mutex<State> = self.0.as_ref()?;
        let mut state: MutexGuard<'_, State> = state.lock().unwrap_or_else(PoisonError::into_inner);
        Some(what(&mut state))
    }
}

impl State {
    /// Adds what has gone by; gives whether it was running.
    fn stop(&mut self, now: Instant) -> bool {
        let Some(since) = self.since.take() else { return false };
        self.total += now.saturating_duration_since(since);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_a_beginning_and_an_end_is_counted() {
        let begin = Instant::now();
        let at = |milliseconds| begin + Duration::from_millis(milliseconds);
        let mut state = State { since: Some(at(0)), ..State::default() };
        assert!(state.stop(at(10)));
        assert!(!state.stop(at(500)));
        state.since = Some(at(600));
        assert!(state.stop(at(605)));
        assert_eq!(state.total, Duration::from_millis(15));
    }

    #[test]
    fn one_that_nobody_wants_stands_still() {
        let stopwatch = Stopwatch::new(false);
        stopwatch.begin();
        assert!(!stopwatch.pause());
        assert_eq!(stopwatch.total(), Duration::ZERO);
        let stopwatch = Stopwatch::new(true);
        stopwatch.begin();
        assert!(stopwatch.pause() && !stopwatch.pause());
        let total = stopwatch.total();
        assert_eq!(stopwatch.total(), total, "it waits");
    }
}
