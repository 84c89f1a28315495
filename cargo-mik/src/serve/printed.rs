//! What a guest has printed for one request: its last lines, kept where developers read the answers.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::mode::Mode;
use crate::report::GuestStream;

/// The most lines that are kept of a request.
const LINES_MOST: usize = 100;
/// The most bytes that these may have together.
const BYTES_MOST: usize = 16 << 10;

/// One line, without its end, as the terminal has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) stream: GuestStream,
    pub(super) text: String,
}

/// The last lines of a request.
pub(super) struct Printed {
    is_kept: AtomicBool,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    lines: VecDeque<Line>,
    bytes: usize,
}

impl Printed {
    /// Of a server for anybody nothing is kept: what a guest prints goes to its log, and nowhere else.
    pub(super) fn new(mode: Mode) -> Self {
        Self { is_kept: AtomicBool::new(mode == Mode::Development), kept: Mutex::default() }
    }

    /// From now on lines are kept, whoever the server is for: somebody has asked to see them.
    pub(super) fn keep(&self) {
        self.is_kept.store(true, Ordering::Relaxed);
    }

    /// A line was printed. Where it is one too many, the first goes.
    pub(super) fn push(&self, stream: GuestStream, text: &str) {
        if !self.is_kept.load(Ordering::Relaxed) {
            return;
        }
        let mut kept = self.kept();
        kept.bytes += text.len();
        kept.lines.push_back(Line { stream, text: text.to_owned() });
        while kept.lines.len() > LINES_MOST || kept.bytes > BYTES_MOST {
            let Some(first) = kept.lines.pop_front() else { break };
            kept.bytes -= first.text.len();
        }
    }

    /// The lines, the last one last.
    pub(super) fn lines(&self) -> Vec<Line> {
        self.kept().lines.iter().cloned().collect()
    }

    /// How much the lines take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let kept = self.kept();
        kept.bytes + kept.lines.len() * size_of::<Line>()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_they_are_bounded() {
        let printed = Printed::new(Mode::Development);
        for number in 0..=LINES_MOST {
            printed.push(GuestStream::Stdout, &number.to_string());
        }
        let lines = printed.lines();
        assert_eq!((lines.len(), lines[0].text.as_str()), (LINES_MOST, "1"));
        for _ in 0..5 {
            printed.push(GuestStream::Stderr, &"x".repeat(4096));
        }
        let lines = printed.lines();
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| line.stream == GuestStream::Stderr));
    }

    #[test]
    fn a_server_for_anybody_keeps_nothing() {
        let printed = Printed::new(Mode::Production);
        printed.push(GuestStream::Stdout, "secret");
        assert!(printed.lines().is_empty());
    }
}
