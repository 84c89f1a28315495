//! Requests that wait for the build that runs, where that is wanted: `--hold`.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::ticket::Ticket;

/// Whether a build runs, and who waits for it.
pub(super) struct Hold {
    /// How long a request waits at most; none waits where there is no such time.
    longest: Option<Duration>,
    work: watch::Sender<Work>,
}

/// What there is to wait for.
#[derive(Clone, Copy, Debug, Default)]
struct Work {
    is_building: bool,
    /// Something may have changed: in a moment it is known whether there is to be a build.
    is_stirring: bool,
}

impl Hold {
    pub(super) fn new(longest: Option<Duration>) -> Self {
        Self { longest, work: watch::Sender::default() }
    }

    /// Whether anybody waits.
    pub(super) fn is_wanted(&self) -> bool {
        self.longest.is_some()
    }

    /// Notes whether another version is being built.
    pub(super) fn set_building(&self, is_building: bool) {
        self.work.send_replace(Work { is_building, is_stirring: false });
    }

    /// Notes whether something may have changed.
    pub(super) fn set_stirring(&self, is_stirring: bool) {
        self.work.send_if_modified(|work| std::mem::replace(&mut work.is_stirring, is_stirring) != is_stirring);
    }

    /// Waits for the build that runs to be over: no longer than half of the time that the request has left, since it has to be
    /// answered as well, and not once the server has been told to stop.
    pub(super) async fn pass(&self, ticket: &Ticket, stopped: &CancellationToken) {
        let Some(longest) = self.longest else { return };
        let mut work = self.work.subscribe();
        let limit = longest.min(ticket.deadline.saturating_duration_since(Instant::now()) / 2);
        tokio::select! {
            // That the time is up means the same as that the build is over: what there is answers.
            _ = timeout(limit, work.wait_for(|work| !work.is_building && !work.is_stirring)) => {}
            () = stopped.cancelled() => {}
        }
    }
}
