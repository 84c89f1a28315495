//! Keys that are pressed while somebody develops.

use crate::report::{MessageFormat, Reporter, Verbosity};
use crate::tools::terminal_keys::KeyReader;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Build all of it again.
    Rebuild,
    /// Open the browser.
    Open,
    /// Clear the terminal.
    Clear,
    /// Stop serving, as Ctrl-C does.
    Quit,
    /// Say which keys there are.
    Help,
}

impl Key {
    fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            b'r' => Self::Rebuild,
            b'o' => Self::Open,
            b'c' => Self::Clear,
            b'q' => Self::Quit,
            b'h' | b'?' => Self::Help,
            _ => return None,
        })
    }
}

/// Listens, as long as what it gives is there; gives nothing where nobody sits at a terminal, or a program reads what is said.
pub(super) fn listen(reporter: &Reporter, on_key: impl Fn(Key) + Send + 'static) -> Option<KeyReader> {
    if reporter.message_format() == MessageFormat::Json {
        return None;
    }
    let reader = KeyReader::start(move |byte| {
        if let Some(key) = Key::of(byte) {
            on_key(key);
        }
    })?;
    if reporter.verbosity() > Verbosity::Quiet {
        help(reporter);
    }
    Some(reader)
}

/// Says which keys there are.
pub(super) fn help(reporter: &Reporter) {
    reporter.status("Keys", "r rebuild · o open · c clear · q quit");
}
