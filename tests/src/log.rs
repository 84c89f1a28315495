//! What a program says while it runs, line by line, and waiting for it to say something.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::PATIENCE;

/// A program's standard error.
#[derive(Debug)]
pub(crate) struct Log {
    shared: Arc<Shared>,
    reader: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    lines: Mutex<Lines>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Lines {
    all: Vec<String>,
    /// How many of them have been waited for.
    seen: usize,
    /// Nothing more is read for now.
    paused: bool,
    ended: bool,
}

impl Log {
    pub(crate) fn of(stream: impl Read + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let reader = std::thread::spawn({
            let shared = shared.clone();
            move || {
                for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                    let mut lines = shared.lines();
                    lines.all.push(String::from_utf8_lossy(&line).into_owned());
                    shared.changed.notify_all();
                    while lines.paused {
                        lines = shared.changed.wait(lines).unwrap_or_else(PoisonError::into_inner);
                    }
                }
                shared.lines().ended = true;
                shared.changed.notify_all();
            }
        });
        Self { shared, reader: Some(reader) }
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        self.shared.lines().all.join("\n")
    }

    /// Waits for a line with a text, after the line that was last waited for.
    #[track_caller]
    pub(crate) fn next(&self, text: &str) -> String {
        let found = self.wait(|lines| {
            let at = lines.all.iter().skip(lines.seen).position(|line| line.contains(text))? + lines.seen;
            lines.seen = at + 1;
            lines.all.get(at).cloned()
        });
        found.unwrap_or_else(|| panic!("`{text}` was not said (any more):\n{}", self.text()))
    }

    /// Waits for a line with a text, whenever it is said or was said.
    #[track_caller]
    pub(crate) fn any(&self, text: &str) -> String {
        let found = self.wait(|lines| lines.all.iter().find(|line| line.contains(text)).cloned());
        found.unwrap_or_else(|| panic!("`{text}` was not said:\n{}", self.text()))
    }

    fn wait(&self, mut find: impl FnMut(&mut Lines) -> Option<String>) -> Option<String> {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.shared.lines();
        loop {
            let found = find(&mut lines);
            let left = deadline.saturating_duration_since(Instant::now());
            if found.is_some() || lines.ended || left.is_zero() {
                return found;
            }
            let waited = self.shared.changed.wait_timeout(lines, left);
            lines = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Reads nothing more until the end is waited for.
    pub(crate) fn pause(&self) {
        self.shared.lines().paused = true;
    }

    /// Waits for the end of the stream and gives all of it.
    pub(crate) fn end(&mut self) -> String {
        self.shared.lines().paused = false;
        self.shared.changed.notify_all();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the log can be read");
        }
        self.text()
    }
}

impl Shared {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
