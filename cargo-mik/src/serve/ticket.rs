//! One request from first byte to last: what its connection, its instance and its bodies have to tell each other.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::dashboard::{Stage, Trace};
use super::mode::Mode;
use super::printed::Printed;
use super::recorder::Tape;

/// The header that carries a request's id, both ways.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// The header that says which version of a module has answered, where developers read the answers.
pub(super) const BUILD: &str = "x-mik-build";

/// How many epochs a guest may go on for that was denied memory, and still count as failing of that. It is the guest's
/// own time: what the host needs to find out where a trap came from can be many times as long, and is not counted.
const LAST_EPOCHS: u32 = 10;

/// A request on its way.
pub(super) struct Ticket {
    /// What the request is called in answers and in the log.
    pub(super) id: String,
    /// Its method and path, for the log.
    pub(super) line: String,
    /// When its time is up.
    pub(super) deadline: Instant,
    /// Set when nobody waits for the answer any more.
    pub(super) gone: CancellationToken,
    body_too_large: AtomicBool,
    /// What the guest has printed for it.
    pub(super) printed: Arc<Printed>,
    /// Whom the host waits for.
    pub(super) client: Client,
    stopped: AtomicBool,
    memory_denied: AtomicBool,
    epochs_since: AtomicU32,
    told: AtomicBool,
    secure: AtomicBool,
    module: OnceLock<Arc<str>>,
    build: OnceLock<HeaderValue>,
    /// What it took to make its instance, where that was made for it; and when the instance was given it.
    begun: OnceLock<(Option<Duration>, Instant)>,
    finished: OnceLock<Instant>,
    tape: OnceLock<Arc<Tape>>,
    end: OnceLock<End>,
    ended: Notify,
    trace: OnceLock<Trace>,
}

/// The client, as the bodies have to do with it.
#[derive(Default)]
pub(super) struct Client {
    sends_slowly: AtomicBool,
    reads_slowly: AtomicBool,
}

impl Client {
    /// Whether the guest asks for more of the request than has come.
    pub(super) fn sends_slowly(&self, it_does: bool) {
        self.sends_slowly.store(it_does, Ordering::Relaxed);
    }

    /// Whether there is more of the response than the client has taken.
    pub(super) fn reads_slowly(&self, it_does: bool) {
        self.reads_slowly.store(it_does, Ordering::Relaxed);
    }

    /// Whether it is the client who is waited for.
    pub(super) fn is_slow(&self) -> bool {
        self.sends_slowly.load(Ordering::Relaxed) || self.reads_slowly.load(Ordering::Relaxed)
    }
}

/// So long from now. A time that the clock can't reach is as good as never.
fn in_the_future(time: Duration) -> Instant {
    const NEVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let now = Instant::now();
    now.checked_add(time).unwrap_or_else(|| now + NEVER)
}

/// How the instance that had the request ended.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// It did what it wanted. A body that it left `open` is not whole.
    Well { open: bool },
    /// It trapped, or it was stopped.
    Badly { error: Arc<wasmtime::Error>, open: bool },
}

impl Ticket {
    pub(super) fn new(id: String, line: String, time: Duration, mode: Mode) -> Arc<Self> {
        Arc::new(Self {
            id,
            line,
            deadline: in_the_future(time),
            gone: CancellationToken::new(),
            body_too_large: AtomicBool::new(false),
            printed: Arc::new(Printed::new(mode)),
            client: Client::default(),
            stopped: AtomicBool::new(false),
            memory_denied: AtomicBool::new(false),
            epochs_since: AtomicU32::new(0),
            told: AtomicBool::new(false),
            secure: AtomicBool::new(false),
            module: OnceLock::new(),
            build: OnceLock::new(),
            begun: OnceLock::new(),
            finished: OnceLock::new(),
            tape: OnceLock::new(),
            end: OnceLock::new(),
            ended: Notify::new(),
            trace: OnceLock::new(),
        })
    }

    /// Has it shown on the dashboard from now on.
    pub(super) fn show(&self, trace: Trace) {
        // It is begun once.
        drop(self.trace.set(trace));
    }

    /// What it is noted with for the dashboard, where there is one.
    pub(super) fn trace(&self) -> Option<&Trace> {
        self.trace.get()
    }

    /// Notes that a part of its time is over that began at a moment.
    pub(super) fn spent(&self, stage: Stage, since: std::time::Instant) {
        if let Some(trace) = self.trace() {
            trace.spent(stage, since);
        }
    }

    /// Notes that it came over an encrypted connection.
    pub(super) fn secure(&self) {
        self.secure.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_secure(&self) -> bool {
        self.secure.load(Ordering::Relaxed)
    }

    /// Notes whose request it is.
    pub(super) fn belongs_to(&self, module: &Arc<str>) {
        // It is decided once.
        drop(self.module.set(module.clone()));
        if let Some(trace) = self.trace() {
            trace.belongs_to(module);
        }
    }

    /// Notes which version of the module is given the request.
    pub(super) fn answered_by(&self, build: &str) {
        // It is given to one.
        drop(HeaderValue::from_str(build).map(|build| self.build.set(build)));
    }

    /// The version of the module that was given the request, if one was.
    pub(super) fn build(&self) -> Option<&HeaderValue> {
        self.build.get()
    }

    /// Notes that an instance has it from now on, and what it took to make that, where it was made for it.
    pub(super) fn begin(&self, instantiation: Option<Duration>) {
        // It has one instance.
        let _ = self.begun.set((instantiation, Instant::now()));
    }

    /// What it took to make its instance, where that was made for it.
    pub(super) fn instantiation(&self) -> Option<Duration> {
        self.begun.get()?.0
    }

    /// How long the guest has had it, once it is over.
    pub(super) fn guest_time(&self) -> Option<Duration> {
        Some(self.finished.get()?.duration_since(self.begun.get()?.1))
    }

    /// Has it recorded.
    pub(super) fn record(&self, tape: Arc<Tape>) {
        // It is recorded once.
        drop(self.tape.set(tape));
    }

    /// What it is recorded on, if it is.
    pub(super) fn tape(&self) -> Option<&Arc<Tape>> {
        self.tape.get()
    }

    /// The module that answers, where it is one.
    pub(super) fn module(&self) -> Option<&Arc<str>> {
        self.module.get()
    }

    /// Notes that the request's body went over the limit.
    pub(super) fn refuse_body(&self) {
        self.body_too_large.store(true, Ordering::Relaxed);
    }

    pub(super) fn body_too_large(&self) -> bool {
        self.body_too_large.load(Ordering::Relaxed)
    }

    /// Notes that the guest was denied memory.
    pub(super) fn deny_memory(&self) {
        self.memory_denied.store(true, Ordering::Relaxed);
    }

    pub(super) fn memory_denied(&self) -> bool {
        self.memory_denied.load(Ordering::Relaxed)
    }

    /// Notes that an epoch has gone by while the guest was running.
    pub(super) fn tick(&self) {
        if self.memory_denied() {
            self.epochs_since.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether the guest went on working after it was denied memory: what it fails of later is another thing.
    pub(super) fn has_carried_on(&self) -> bool {
        self.epochs_since.load(Ordering::Relaxed) > LAST_EPOCHS
    }

    /// Whether nothing has been said of a failure yet. From now on it has.
    pub(super) fn is_first_to_tell(&self) -> bool {
        !self.told.swap(true, Ordering::Relaxed)
    }

    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Notes that the host has ended the request, and not the guest.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether the request was ended because its time is up. A guest that failed in time may be found to have failed
    /// later: the host takes its time to look where.
    pub(super) fn is_out_of_time(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) && self.is_over()
    }

    /// Notes how it ended with the instance.
    pub(super) fn finish(&self, end: End) {
        // Only the first end counts: there is one instance to a request.
        let _ = self.finished.set(Instant::now());
        drop(self.end.set(end));
        self.ended.notify_waiters();
    }

    /// How the instance ended, if it has.
    pub(super) fn end(&self) -> Option<&End> {
        self.end.get()
    }

    /// Waits until the instance has ended.
    pub(super) async fn wait(&self) -> &End {
        loop {
            let ended = self.ended.notified();
            if let Some(end) = self.end.get() {
                return end;
            }
            ended.await;
        }
    }
}

impl End {
    /// Whether a body that ends now without another word is one that the guest has not finished.
    pub(super) fn leaves_open(&self) -> bool {
        match self {
            Self::Well { open } | Self::Badly { open, .. } => *open,
        }
    }
}

/// Names for requests: unlike in one process and, with its random start, unlikely to be alike in two.
pub(super) struct RequestIds {
    start: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new() -> Self {
        use std::hash::{BuildHasher, RandomState};
        Self { start: RandomState::new().hash_one(std::process::id()), next: AtomicU64::new(0) }
    }

    /// The id that the client (a proxy in front, say) gave the request, or a new one.
    pub(super) fn of(&self, headers: &HeaderMap) -> String {
        if let Some(id) = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok())
            && is_request_id(id)
        {
            return id.to_owned();
        }
        self.new_id()
    }

    pub(super) fn new_id(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{:016x}", self.start.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

/// Ids go into the log and into headers, so a client's may not have anything in it that means something there.
fn is_request_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_too_long() {
        let ticket = Ticket::new(String::new(), String::new(), Duration::MAX, Mode::Production);
        assert!(!ticket.is_over());
    }

    #[test]
    fn a_clients_id_is_kept_if_it_is_harmless() {
        let ids = RequestIds::new();
        let with = |id: &str| ids.of(&HeaderMap::from_iter([(REQUEST_ID.parse().unwrap(), id.parse().unwrap())]));
        assert_eq!(with("a-1.b_2"), "a-1.b_2");
        assert_eq!(with("a b").len(), 16);
        assert_eq!(with(&"x".repeat(65)).len(), 16);
        assert_ne!(with(""), with(""));
    }
}
