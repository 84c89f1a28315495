//! What went wrong with a request, from what wasmtime says and what was noted on the way; and whether it counts against
//! the module.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use wasmtime::{PoolConcurrencyLimitError, Trap};
use wasmtime_wasi_http::Error as HttpError;
use wasmtime_wasi_http::handler::InstantiationError;
use wasmtime_wasi_http::p2::bindings::http::types::ErrorCode as P2Error;
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode as P3Error;

use super::breaker::Verdict;
use super::failure::{Bounds, Failure, RETRY_AFTER};
use super::instance::{StartsTooLarge, StartsTooSlowly};
use super::ticket::{End, Ticket};

/// How long the host waits to hear how an instance has ended.
const END_FOUND: Duration = Duration::from_secs(1);

impl Failure {
    /// What went wrong with a guest that gave no response, from what wasmtime says and what was noted on the way.
    pub(super) async fn judge(error: wasmtime::Error, ticket: &Ticket, bounds: Bounds) -> Self {
        if let Some(noted) = Self::noted(ticket, bounds) {
            return noted;
        }
        if let Some(failed) = error.downcast_ref::<InstantiationError<Arc<Ticket>>>() {
            return Self::of_start(failed.error.clone(), bounds);
        }
        if let Some(why) = refused_by(&error) {
            return Self::InvalidResponse { why };
        }
        if error.is::<Trap>() {
            return Self::Trap { error: Arc::new(error) };
        }
        // The reason itself goes to the instance's end; what comes here may be no more than that there was no answer.
        match timeout(END_FOUND, ticket.wait()).await {
            Ok(End::Badly { error, .. }) => Self::of_end(error, ticket, bounds),
            Ok(End::Well { .. }) | Err(_) => Self::NoResponse,
        }
    }

    /// What went wrong with a guest that ended badly after it gave a response.
    pub(super) fn of_end(error: &Arc<wasmtime::Error>, ticket: &Ticket, bounds: Bounds) -> Self {
        Self::noted(ticket, bounds).unwrap_or_else(|| Self::Trap { error: error.clone() })
    }

    /// What became of a request whose time is up: most often just that, but its guest may have failed before, and the host
    /// be still at work to find out where.
    pub(super) async fn of_time(ticket: &Ticket, bounds: Bounds) -> Self {
        if let Ok(End::Badly { error, .. }) = timeout(END_FOUND, ticket.wait()).await
            && !ticket.is_out_of_time()
        {
            return Self::of_end(error, ticket, bounds);
        }
        ticket.stop();
        Self::noted(ticket, bounds).unwrap_or_else(|| Self::deadline(ticket, bounds))
    }

    /// What the host itself noted: it knows why the guest then failed.
    pub(super) fn noted(ticket: &Ticket, bounds: Bounds) -> Option<Self> {
        if ticket.body_too_large() {
            return Some(Self::BodyTooLarge { limit: bounds.body });
        }
        // Before the deadline: it may have passed while a trap was being looked into.
        if ticket.memory_denied() && !(ticket.is_out_of_time() && ticket.has_carried_on()) {
            return Some(Self::MemoryLimit { limit: bounds.memory });
        }
        ticket.is_out_of_time().then(|| Self::deadline(ticket, bounds))
    }

    pub(super) fn deadline(ticket: &Ticket, bounds: Bounds) -> Self {
        Self::Deadline { limit: bounds.time, slow_client: ticket.client.is_slow() }
    }

    fn of_start(error: Arc<wasmtime::Error>, bounds: Bounds) -> Self {
        if error.is::<StartsTooLarge>() {
            Self::MemoryLimit { limit: bounds.memory }
        } else if error.is::<StartsTooSlowly>() {
            Self::Deadline { limit: bounds.time, slow_client: false }
        } else if error.is::<PoolConcurrencyLimitError>() {
            Self::Overloaded { what: "as many instances as there is room for".to_owned(), free_in: RETRY_AFTER }
        } else {
            Self::Start { error }
        }
    }

    /// What it says of the guest to the circuit breaker: only what the host had to end counts against it. A request whose
    /// time went by while the host waited for the client is not the guest's failure.
    pub(super) fn verdict(&self) -> Verdict {
        match self {
            Self::Trap { .. } | Self::Start { .. } | Self::MemoryLimit { .. } => Verdict::Failed(self.code()),
            Self::Deadline { slow_client: false, .. } => Verdict::Failed(self.code()),
            Self::NoResponse | Self::InvalidResponse { .. } => Verdict::Answered,
            Self::NotFound
            | Self::NothingHere { .. }
            | Self::ModuleNotFound { .. }
            | Self::MethodNotAllowed
            | Self::Forbidden { .. }
            | Self::Connect
            | Self::Malformed(_)
            | Self::BodyTooLarge { .. }
            | Self::UriTooLong { .. }
            | Self::HeadTooLarge { .. }
            | Self::HeadTooSlow { .. }
            | Self::NoRoom
            | Self::SpeaksHttps
            | Self::PreconditionFailed
            | Self::RangeNotSatisfiable { .. }
            | Self::Deadline { slow_client: true, .. }
            | Self::Overloaded { .. }
            | Self::CircuitOpen { .. }
            | Self::Unusable { .. }
            | Self::NotCompiled { .. }
            | Self::NotBuilt
            | Self::NoDocument { .. }
            | Self::Stopping => Verdict::Neither,
        }
    }
}

/// The error that a guest gave in place of a response.
fn refused_by(error: &wasmtime::Error) -> Option<String> {
    if let Some(error) = error.downcast_ref::<P2Error>() {
        return Some(format!("it answered with the error {error:?}"));
    }
    if let Some(error) = error.downcast_ref::<P3Error>() {
        return Some(format!("it answered with the error {error:?}"));
    }
    error.downcast_ref::<HttpError>().map(|error| format!("it answered with an error: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::error::ServeError;
    use super::super::slot::Slot;
    use super::*;
    use crate::project::ServerSettings;
    use crate::serve::mode::Mode;

    /// One of each.
    fn every() -> Vec<Failure> {
        let error = Arc::new(wasmtime::format_err!("it"));
        let (known, time) = (Vec::new(), Duration::from_secs(1));
        let all = vec![
            Failure::Malformed(""),
            Failure::SpeaksHttps,
            Failure::Forbidden { why: "" },
            Failure::NotFound,
            Failure::NothingHere { known: known.clone() },
            Failure::ModuleNotFound { asked: String::new(), known },
            Failure::NoDocument { module: String::new(), why: String::new() },
            Failure::MethodNotAllowed,
            Failure::HeadTooSlow { limit: time },
            Failure::PreconditionFailed,
            Failure::BodyTooLarge { limit: 1 },
            Failure::UriTooLong { limit: 1 },
            Failure::RangeNotSatisfiable { length: None },
            Failure::HeadTooLarge { bytes: 1, headers: 1 },
            Failure::Trap { error: error.clone() },
            Failure::Start { error },
            Failure::Unusable { error: Arc::new(ServeError::BrokeOff) },
            Failure::NoResponse,
            Failure::Connect,
            Failure::InvalidResponse { why: String::new() },
            Failure::Overloaded { what: String::new(), free_in: time },
            Failure::CircuitOpen { next: time, last: "trap" },
            Failure::NoRoom,
            Failure::NotBuilt,
            Failure::Stopping,
            Failure::Deadline { limit: time, slow_client: false },
            Failure::NotCompiled { limit: time },
            Failure::MemoryLimit { limit: 1 },
        ];
        // One that is missing above is missed here by the compiler.
        for failure in &all {
            match failure {
                Failure::Malformed(_)
                | Failure::NotFound
                | Failure::SpeaksHttps
                | Failure::HeadTooSlow { .. }
                | Failure::PreconditionFailed
                | Failure::RangeNotSatisfiable { .. }
                | Failure::HeadTooLarge { .. }
                | Failure::NoRoom
                | Failure::NothingHere { .. }
                | Failure::ModuleNotFound { .. }
                | Failure::NoDocument { .. }
                | Failure::Forbidden { .. }
                | Failure::MethodNotAllowed
                | Failure::BodyTooLarge { .. }
                | Failure::UriTooLong { .. }
                | Failure::Trap { .. }
                | Failure::Start { .. }
                | Failure::Unusable { .. }
                | Failure::NoResponse
                | Failure::Connect
                | Failure::InvalidResponse { .. }
                | Failure::Overloaded { .. }
                | Failure::CircuitOpen { .. }
                | Failure::NotBuilt
                | Failure::Stopping
                | Failure::Deadline { .. }
                | Failure::NotCompiled { .. }
                | Failure::MemoryLimit { .. } => {}
            }
        }
        all
    }

    #[test]
    fn the_page_of_failures_has_each_code_with_its_status() {
        let page = include_str!("../../../docs/failures.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let documented: Vec<_> = rows
            .map(|row| {
                let mut cells = row.split('|');
                let code = cells.next().unwrap().trim().trim_end_matches('`').to_owned();
                (code, cells.next().unwrap().trim().parse::<u16>().unwrap())
            })
            .collect();
        let mut described: Vec<_> = every()
            .iter()
            .map(|failure| (failure.code().to_owned(), failure.response("r1", false).status().as_u16()))
            .collect();
        described.dedup();
        assert_eq!(documented, described);
    }

    #[test]
    fn only_what_the_host_had_to_end_counts_against_a_module() {
        let counts = |failure: &Failure| matches!(failure.verdict(), Verdict::Failed(_));
        let counted: Vec<_> = every().iter().filter(|failure| counts(failure)).map(Failure::code).collect();
        assert_eq!(counted, ["trap", "start", "deadline", "memory-limit"]);
        assert!(!counts(&Failure::Deadline { limit: Duration::ZERO, slow_client: true }));
    }

    #[tokio::test]
    async fn who_ran_out_of_memory_did_not_run_out_of_time() {
        let bounds = Bounds::of(&ServerSettings::default());
        let (ticket, slot) =
            (Ticket::new(String::new(), String::new(), Duration::ZERO, Mode::Production), Slot::default());
        slot.fill(ticket.clone(), false);
        // A guest that fails of its own accord has not been stopped, whenever the host comes to know of it.
        assert!(Failure::noted(&ticket, bounds).is_none());
        ticket.stop();
        assert!(matches!(Failure::noted(&ticket, bounds), Some(Failure::Deadline { .. })));
        slot.tick();
        slot.deny_memory();
        assert!(matches!(Failure::noted(&ticket, bounds), Some(Failure::MemoryLimit { .. })));
        // One that could do without has all its time to use up.
        for _ in 0..100 {
            slot.tick();
        }
        assert!(matches!(Failure::noted(&ticket, bounds), Some(Failure::Deadline { .. })));
    }
}
