//! The build that runs: one at most, and none once the server has been told to stop.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::tools::cancel::Cancel;

/// Whether a build runs.
#[derive(Debug, Default)]
pub(super) struct Building {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    running: Option<Cancel>,
    is_over: bool,
}

impl Building {
    /// A build begins; gives nothing where none is wanted any more.
    pub(super) fn begin(&self) -> Option<Cancel> {
        let mut state = self.state();
        if state.is_over {
            return None;
        }
        let cancel = Cancel::new();
        state.running = Some(cancel.clone());
        Some(cancel)
    }

    /// The build is over.
    pub(super) fn end(&self) {
        self.state().running = None;
        self.changed.notify_all();
    }

    /// Cancels the build that runs, and has no other begin.
    pub(super) fn stop(&self) {
        let running = {
            let mut state = self.state();
            state.is_over = true;
            state.running.clone()
        };
        if let Some(cancel) = running {
            cancel.cancel();
        }
    }

    /// Waits until no build runs, but not for ever.
    pub(super) fn wait_for_end(&self, limit: Duration) {
        let waited = self.changed.wait_timeout_while(self.state(), limit, |state| state.running.is_some());
        drop(waited);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
