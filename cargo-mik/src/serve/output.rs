//! What guests print: passed on line by line, each line and each request within bounds.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError};

use super::console::Console;
use super::slot::Slot;
use crate::report::{Event, GuestStream};

/// The longest line that is passed on, in bytes. The rest of it is cut.
const LINE_MOST: usize = 4096;
/// The most that is passed on for one request, in bytes.
const OUTPUT_MOST: usize = 256 << 10;
/// What a guest may write at once.
const WRITE_MOST: usize = 64 << 10;

/// One instance's output.
pub(super) struct Output {
    module: Arc<str>,
    slot: Arc<Slot>,
    console: Console,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stdout: Lines,
    stderr: Lines,
    passed_on: usize,
}

impl Output {
    pub(super) fn new(module: Arc<str>, slot: Arc<Slot>, console: Console) -> Self {
        Self { module, slot, console, state: Mutex::default() }
    }

    /// One of the guest's two streams.
    pub(super) fn stream(self: &Arc<Self>, stream: GuestStream) -> Stream {
        Stream { output: self.clone(), stream }
    }

    /// From now on the output is another request's.
    pub(super) fn begin(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).passed_on = 0;
    }

    /// Passes on what is left without a line end.
    pub(super) fn flush(&self) {
        for stream in [GuestStream::Stdout, GuestStream::Stderr] {
            self.write(stream, b"", true);
        }
    }

    fn write(&self, stream: GuestStream, bytes: &[u8], end: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { stdout, stderr, passed_on } = &mut *state;
        let lines = match stream {
            GuestStream::Stdout => stdout,
            GuestStream::Stderr => stderr,
        };
        let emit = |line: String| {
            let before = *passed_on;
            *passed_on = before.saturating_add(line.len() + 1);
            match (before <= OUTPUT_MOST, *passed_on <= OUTPUT_MOST) {
                (_, true) => self.emit(stream, line),
                (true, false) => self.emit(stream, "… (the rest of this request's output is cut)".to_owned()),
                (false, false) => {}
            }
        };
        if end { lines.end(emit) } else { lines.push(bytes, emit) }
    }

    fn emit(&self, stream: GuestStream, line: String) {
        let ticket = self.slot.ticket();
        if let Some(ticket) = &ticket {
            ticket.printed.push(stream, &line);
            if let Some(trace) = ticket.trace() {
                trace.printed();
            }
        }
        let request = ticket.map(|ticket| ticket.id.clone());
        self.console.emit(Event::Guest { module: self.module.to_string(), request, stream, line });
    }
}

/// Bytes on their way to becoming lines.
#[derive(Default)]
struct Lines {
    line: Vec<u8>,
    /// The line is longer than what is passed on of it.
    cut: bool,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], mut emit: impl FnMut(String)) {
        let mut pieces = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            let room = LINE_MOST.saturating_sub(self.line.len());
            self.cut |= piece.len() > room;
            self.line.extend_from_slice(piece.get(..room).unwrap_or(piece));
            if pieces.peek().is_some() {
                self.take(&mut emit);
            }
        }
    }

    fn end(&mut self, mut emit: impl FnMut(String)) {
        if !self.line.is_empty() {
            self.take(&mut emit);
        }
    }

    fn take(&mut self, emit: &mut impl FnMut(String)) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line));
        // What a guest prints may come from its clients: it must not move the developer's cursor.
        let printable = |c: char| if c.is_control() && c != '\t' { char::REPLACEMENT_CHARACTER } else { c };
        let mut line: String = line.chars().map(printable).collect();
        if std::mem::take(&mut self.cut) {
            line.push('…');
        }
        emit(line);
    }
}

/// A guest's standard output or standard error.
pub(super) struct Stream {
    output: Arc<Output>,
    stream: GuestStream,
}

impl Stream {
    fn again(&self) -> Self {
        Self { output: self.output.clone(), stream: self.stream }
    }
}

impl IsTerminal for Stream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.again())
    }

    // Not through a task of its own, as the default is: what was printed before a trap is there when the trap is told.
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.again())
    }
}

#[async_trait]
impl Pollable for Stream {
    async fn ready(&mut self) {}
}

#[async_trait]
impl OutputStream for Stream {
    fn write(&mut self, bytes: Bytes) -> Result<(), StreamError> {
        self.output.write(self.stream, &bytes, false);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StreamError> {
        Ok(())
    }

    fn check_write(&mut self) -> Result<usize, StreamError> {
        Ok(WRITE_MOST)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, _cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.output.write(self.stream, bytes, false);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(writes: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut emitted = Vec::new();
        for write in writes {
            lines.push(write, |line| emitted.push(line));
        }
        lines.end(|line| emitted.push(line));
        emitted
    }

    #[test]
    fn lines_are_put_together_from_any_pieces() {
        assert_eq!(lines(&[b"on", b"e\ntwo\n\nth", b"ree"]), ["one", "two", "", "three"]);
        assert_eq!(lines(&[b"a\r\nb\n"]), ["a", "b"]);
        assert!(lines(&[b""]).is_empty());
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_is_whole() {
        let long = vec![b'x'; LINE_MOST + 1];
        let lines = lines(&[&long, b"yyy\nnext\n"]);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], format!("{}…", "x".repeat(LINE_MOST)));
        assert_eq!(lines[1], "next");
    }

    #[test]
    fn terminals_are_safe_from_guests() {
        assert_eq!(lines(&[b"\x1b[2Jgone\tnot\x07\xff\n"]), ["\u{fffd}[2Jgone\tnot\u{fffd}\u{fffd}"]);
    }
}
