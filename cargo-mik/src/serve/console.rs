//! What the server says while it serves: to the log file, and to the terminal by a thread of its own, so that a terminal
//! that doesn't keep up never holds a request.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::access::Access;
use super::error::{Detail, ServeError};
use super::farewell;
use super::journal::Journal;
use crate::report::{Event, Reporter, Verbosity};

/// How many lines may wait for the terminal. What comes on top is lost: requests go before lines.
const WAITING: usize = 4096;

/// The server's voice.
#[derive(Clone)]
pub(super) struct Console {
    sender: SyncSender<Said>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
    journal: Option<Journal>,
    reporter: Reporter,
    /// Whether details are shown at all; saves making them.
    pub(super) verbose: bool,
}

enum Said {
    Event(Box<Event>),
    End,
}

impl Console {
    pub(super) fn new(reporter: &Reporter, journal: Option<Journal>) -> Result<Self, ServeError> {
        let (sender, receiver) = sync_channel(WAITING);
        let verbose = reporter.verbosity() >= Verbosity::Verbose;
        let (speaker, reporter) = (reporter.clone(), reporter.clone());
        let thread = thread::Builder::new().name("mik-console".to_owned()).spawn(move || speak(&receiver, &speaker));
        let thread = thread.map_err(|error| ServeError::Start { source: Detail(error.to_string()) })?;
        Ok(Self { sender, thread: Arc::new(Mutex::new(Some(thread))), journal, reporter, verbose })
    }

    /// Says something, unless the terminal is far behind.
    pub(super) fn emit(&self, event: Event) {
        if let Some(journal) = &self.journal {
            journal.event(&event);
        }
        self.show(event);
    }

    fn show(&self, event: Event) {
        match self.sender.try_send(Said::Event(Box::new(event))) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }

    pub(super) fn status(&self, verb: &'static str, message: impl Into<String>) {
        self.emit(Event::Status { verb, message: message.into() });
    }

    pub(super) fn detail(&self, verb: &'static str, message: impl Into<String>) {
        self.emit(Event::Detail { verb, message: message.into() });
    }

    /// Tells of a request that is over: a line in the log file; on the terminal, where details are shown.
    pub(super) fn access(&self, access: &Access<'_>) {
        if let Some(journal) = &self.journal {
            journal.access(access);
        }
        if self.verbose {
            let status = access.status.map_or("no answer".to_owned(), |status| status.as_u16().to_string());
            let message = format!("{}: {status} in {:.1?} ({})", access.line, access.time, access.id);
            self.show(Event::Detail { verb: "Answered", message });
        }
    }

    /// A reporter whose words go to the log file as well: for what is said beside requests, and may wait for the
    /// terminal.
    pub(super) fn reporter(&self) -> Reporter {
        match self.journal.clone() {
            Some(journal) => self.reporter.also(move |event| journal.event(event)),
            None => self.reporter.clone(),
        }
    }

    /// Says what is still to be said, and nothing after.
    pub(super) fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            farewell::end(thread, || !matches!(self.sender.try_send(Said::End), Err(TrySendError::Full(_))));
        }
        if let Some(journal) = &self.journal {
            journal.close();
        }
    }
}

fn speak(receiver: &Receiver<Said>, reporter: &Reporter) {
    while let Ok(Said::Event(event)) = receiver.recv() {
        reporter.emit(*event);
    }
}
