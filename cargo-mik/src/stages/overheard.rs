//! What cargo prints, on its way to the terminal: it gets there as it is, and who listens is told of it line by line.

use std::io::Read;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anstream::adapter::StripBytes;

use crate::report::{Event, Reporter};
use crate::tools::terminal::{self, StandIn};

/// The longest line that is told, in bytes. The rest of it is cut.
const LINE_MOST: usize = 16 << 10;
/// How long the last lines may take. A program that cargo has left behind may hold on to the other end for ever.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A standard error that is listened to.
pub(super) struct Overheard {
    ended: Receiver<()>,
}

impl Overheard {
    /// Gives a command a standard error that looks to it like ours, and hands on what comes. Gives nothing where that can't be
    /// had: the command then writes to ours.
    pub(super) fn of(command: &mut Command, reporter: &Reporter) -> Option<Self> {
        let StandIn { reader, writer, is_terminal } = terminal::stand_in_for_stderr().ok()?;
        let (sender, ended) = channel();
        let reporter = reporter.clone();
        let listen = move || {
            // Nothing is sent: that the sender goes away is the news.
            let _sender = sender;
            let strips = !is_terminal && !reporter.color();
            hand_on(reader, strips, &reporter);
        };
        thread::Builder::new().name("mik-cargo".to_owned()).spawn(listen).ok()?;
        command.stderr(writer);
        Some(Self { ended })
    }

    /// Waits for the last line.
    pub(super) fn wait(self) {
        // Nobody sends anything; who does not end in time is not waited for.
        let _ = self.ended.recv_timeout(LAST_WORDS);
    }
}

fn hand_on(mut reader: impl Read, strips: bool, reporter: &Reporter) {
    let (mut buffer, mut line, mut strip) = ([0; 8 << 10], Vec::new(), StripBytes::new());
    // A terminal's other end says that nobody holds it any more as an error.
    while let Ok(length @ 1..) = reader.read(&mut buffer) {
        let bytes = buffer.get(..length).unwrap_or_default();
        if strips {
            strip.strip_next(bytes).for_each(|plain| reporter.pass_through(plain));
        } else {
            reporter.pass_through(bytes);
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = LINE_MOST.saturating_sub(line.len());
            line.extend_from_slice(piece.get(..room).unwrap_or(piece));
            if piece.ends_with(b"\n") {
                tell(&line, reporter);
                line.clear();
            }
        }
    }
    if !line.is_empty() {
        tell(&line, reporter);
    }
}

fn tell(line: &[u8], reporter: &Reporter) {
    let line = String::from_utf8_lossy(line);
    let line = line.trim_end_matches(['\n', '\r']);
    // What comes after a carriage return has been written over what was before it: a progress bar.
    let shown = line.rsplit('\r').next().unwrap_or_default();
    reporter.tell(&Event::Cargo(shown.to_owned()));
}

#[cfg(test)]
mod tests {
    use std::io::{Write, sink};
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::report::Shell;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn handed_on(bytes: &[u8], strips: bool) -> (String, Vec<String>) {
        let (screen, told) = (Buffer::default(), Arc::new(Mutex::new(Vec::new())));
        let listener = told.clone();
        let reporter = Reporter::new(Shell::from_write(Box::new(sink()), Box::new(screen.clone())));
        let reporter = reporter.also(move |event| {
            if let Event::Cargo(line) = event {
                listener.lock().unwrap().push(line.clone());
            }
        });
        hand_on(bytes, strips, &reporter);
        let screen = String::from_utf8(screen.0.lock().unwrap().clone()).unwrap();
        (screen, told.lock().unwrap().clone())
    }

    #[test]
    fn a_terminal_gets_every_byte_and_who_listens_what_is_to_be_seen_in_the_end() {
        let printed = "\u{1b}[32m Building\u{1b}[0m [=> ] 1/2\r\u{1b}[K\u{1b}[31merror\u{1b}[0m: no\nlast";
        let (screen, told) = handed_on(printed.as_bytes(), false);
        assert_eq!(screen, printed);
        assert_eq!(told, ["\u{1b}[K\u{1b}[31merror\u{1b}[0m: no", "last"]);
    }

    #[test]
    fn a_file_gets_no_colours_and_who_listens_does() {
        let (screen, told) = handed_on(b"\x1b[31merror\x1b[0m: no\n", true);
        assert_eq!((screen.as_str(), told), ("error: no\n", vec!["\u{1b}[31merror\u{1b}[0m: no".to_owned()]));
    }
}
