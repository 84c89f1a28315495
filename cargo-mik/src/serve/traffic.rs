//! The requests to one module: how many at once, and whether any at all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::breaker::{Admission, Breaker, Change, Circuit, Refusal, Verdict};
use super::console::Console;
use super::failure::{Failure, seconds};
use super::mode::Mode;
use super::ticket::Ticket;
use super::turns::{Busy, Turn, Turns};
use crate::report::Event;

/// How long a request waits for its turn when too many are in flight. A client is better served by an honest 503.
const PATIENCE: Duration = Duration::from_secs(1);

/// The way to one module. It outlives the module's versions.
pub(super) struct Traffic {
    module: Arc<str>,
    turns: Arc<Turns>,
    /// None for a developer, who wants to see the failure each time.
    breaker: Option<Mutex<Breaker>>,
    console: Console,
}

impl Traffic {
    pub(super) fn new(module: &Arc<str>, mode: Mode, console: &Console) -> Arc<Self> {
        let breaker = match mode {
            Mode::Production => Some(Mutex::new(Breaker::new())),
            Mode::Development => None,
        };
        Arc::new(Self { module: module.clone(), turns: Turns::new(1), breaker, console: console.clone() })
    }

    /// Lets a request through, with a turn of the module's and then one of the server's: who waits for a busy module holds
    /// up no other.
    ///
    /// # Errors
    /// The circuit is open, or no turn came free in time.
    pub(super) async fn enter(
        self: &Arc<Self>,
        limit: usize,
        server: &Arc<Turns>,
        ticket: &Ticket,
    ) -> Result<Pass, Failure> {
        self.turns.set_limit(limit);
        self.check()?;
        let patience = Instant::now() + PATIENCE;
        let module = self.turns.take(patience, ticket.deadline).await;
        let module = module.map_err(|Busy { limit, free_in }| Failure::Overloaded {
            what: format!("{limit} requests to `{}`", self.module),
            free_in,
        })?;
        let server = server.take(patience, ticket.deadline).await;
        let server = server
            .map_err(|Busy { limit, free_in }| Failure::Overloaded { what: format!("{limit} requests"), free_in })?;
        // At the very end: an attempt that waits for its turn would hold up all others.
        let admission = match self.breaker() {
            Some(mut breaker) => Some(breaker.admit(Instant::now()).map_err(|refusal| self.refused(refusal))?),
            None => None,
        };
        Ok(Pass { traffic: self.clone(), admission, _turns: (module, server) })
    }

    /// Whether a request would be let through: what is refused needs nothing else to be done for it.
    ///
    /// # Errors
    /// The circuit is open.
    pub(super) fn check(&self) -> Result<(), Failure> {
        match self.breaker() {
            Some(breaker) => breaker.check(Instant::now()).map_err(|refusal| self.refused(refusal)),
            None => Ok(()),
        }
    }

    /// Another version answers from now on.
    pub(super) fn reset(&self) {
        if let Some(mut breaker) = self.breaker() {
            breaker.reset();
        }
    }

    /// How it stands, for `/_mik/handlers`.
    pub(super) fn state(&self) -> serde_json::Value {
        let circuit = match self.breaker().map(|breaker| breaker.circuit()) {
            None | Some(Circuit::Closed) => "closed",
            Some(Circuit::Open) => "open",
            Some(Circuit::Trying) => "half-open",
        };
        json!({ "in_flight": self.turns.taken(), "circuit": circuit })
    }

    fn breaker(&self) -> Option<MutexGuard<'_, Breaker>> {
        Some(self.breaker.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn refused(&self, Refusal { next, last }: Refusal) -> Failure {
        // Where an attempt is being made, its end is the next time to ask.
        Failure::CircuitOpen { next: next.unwrap_or_else(|| self.turns.free_in()), last }
    }

    fn report(&self, admission: Admission, verdict: Verdict) {
        let Some(mut breaker) = self.breaker() else { return };
        let change = breaker.report(admission, verdict, Instant::now());
        drop(breaker);
        let module = &self.module;
        let note = match change {
            None => return,
            Some(Change::Closed) => format!("`{module}` answers again: its circuit is closed"),
            Some(Change::Opened { span }) => {
                let span = seconds(span);
                format!("`{module}` keeps failing: its circuit is open, and requests get a 503 for {span}")
            }
        };
        self.console.emit(Event::Note(note));
    }
}

/// A request that was let through, for as long as it is in flight: from its turn to the last byte of its response.
pub(super) struct Pass {
    traffic: Arc<Traffic>,
    admission: Option<Admission>,
    _turns: (Turn, Turn),
}

impl Pass {
    /// The guest has answered, and the answer is out.
    pub(super) fn answered(&mut self) {
        self.settle(Verdict::Answered);
    }

    /// There is no answer, or not all of it.
    pub(super) fn failed(&mut self, failure: &Failure) {
        self.settle(failure.verdict());
    }

    fn settle(&mut self, verdict: Verdict) {
        if let Some(admission) = self.admission.take() {
            self.traffic.report(admission, verdict);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        // The client has gone away, and nobody knows what would have come of it.
        self.settle(Verdict::Neither);
    }
}
