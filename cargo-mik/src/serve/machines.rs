//! The engines of a server, in the order in which they are asked to compile a component: the fast one first, and where that
//! can't, the next.

use std::sync::{Arc, Mutex, PoisonError};

use super::engine::{Machine, Tuning};
use super::error::ServeError;
use super::mode::Mode;

/// One engine, or two of which the second is started when a component comes that needs it: each has address space of its own
/// for all its instances.
pub(super) struct Machines {
    first: Arc<Machine>,
    second: Option<(Tuning, Mutex<Option<Arc<Machine>>>)>,
    requests: usize,
}

impl Machines {
    /// Engines with room for so many requests at once.
    pub(super) fn new(requests: usize, mode: Mode) -> Result<Self, ServeError> {
        let (first, second) = mode.tunings();
        let first = Arc::new(Machine::new(requests, first)?);
        Ok(Self { first, second: second.map(|tuning| (tuning, Mutex::default())), requests })
    }

    pub(super) fn first(&self) -> &Arc<Machine> {
        &self.first
    }

    /// The one for what the first can't compile, if there is one.
    pub(super) fn second(&self) -> Result<Option<Arc<Machine>>, ServeError> {
        let Some((tuning, started)) = &self.second else { return Ok(None) };
        let mut started = started.lock().unwrap_or_else(PoisonError::into_inner);
        let machine = match &*started {
            Some(machine) => machine.clone(),
            None => started.insert(Arc::new(Machine::new(self.requests, *tuning)?)).clone(),
        };
        Ok(Some(machine))
    }
}
