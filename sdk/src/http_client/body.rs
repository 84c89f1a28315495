//! The body of a request: none, bytes, or what something gives piece by piece.
//!
//! How one is sent is reached through what sets it ([`Body::of`]), so that a component that only asks has none of it.

use std::io;

use super::transport::{Outgoing, Sink, Waits};
use super::{Error, Result};
use crate::Bytes;

/// How much is read at once from what a body comes from.
const PIECE: usize = 64 << 10;

/// Gives the next piece, or what went wrong.
pub(super) type Pieces = Box<dyn FnMut() -> Option<std::result::Result<Bytes, String>>>;

/// What a body is sent from.
pub(super) enum Source {
    Bytes(Bytes),
    Pieces(Pieces),
}

/// A body, and how one is sent.
pub(super) struct Body {
    pub(super) source: Source,
    begin: fn(&mut Source, &Outgoing) -> Result<Box<dyn Upload>>,
}

impl Body {
    pub(super) fn of(source: Source) -> Self {
        Self { source, begin: |source, request| Ok(Box::new(Sending::begin(source, request)?)) }
    }

    /// Begins to send it. What lies in memory stays, for the next time; what doesn't is gone.
    pub(super) fn begin(&mut self, request: &Outgoing) -> Result<Box<dyn Upload>> {
        (self.begin)(&mut self.source, request)
    }

    /// Its length, where it is known.
    pub(super) fn length(&self) -> Option<usize> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes.len()),
            Source::Pieces(_) => None,
        }
    }

    /// Whether it is still there after it has been sent.
    pub(super) fn is_repeatable(&self) -> bool {
        matches!(self.source, Source::Bytes(_))
    }
}

/// A body that is being sent.
pub(super) trait Upload {
    /// Sends as much as is taken at once.
    fn advance(&mut self) -> Result<Sent>;

    /// Says what it waits for.
    fn wait(&self, waits: &mut Waits);
}

/// How far sending has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// There was no room.
    Nothing,
    /// Something was.
    Something,
    /// All that will be.
    All,
}

struct Sending {
    sink: Sink,
    piece: Bytes,
    at: usize,
    rest: Option<Pieces>,
}

impl Sending {
    fn begin(source: &mut Source, request: &Outgoing) -> Result<Self> {
        let (piece, rest) = match source {
            Source::Bytes(bytes) => (bytes.clone(), None),
            Source::Pieces(pieces) => (Bytes::new(), Some(std::mem::replace(pieces, Box::new(|| None)))),
        };
        Ok(Self { sink: Sink::open(request)?, piece, at: 0, rest })
    }

    /// What is to be sent next; empty where that was all.
    fn next(&mut self) -> Result<&[u8]> {
        while self.at >= self.piece.len() {
            let Some(next) = self.rest.as_mut().and_then(|rest| rest()) else {
                self.rest = None;
                return Ok(&[]);
            };
            self.piece = next.map_err(Error::BodyError)?;
            self.at = 0;
        }
        Ok(self.piece.get(self.at..).unwrap_or_default())
    }
}

impl Upload for Sending {
    fn advance(&mut self) -> Result<Sent> {
        // Where nobody reads on, what the server has to say comes as its response, or as what is wrong with it.
        let Some(room) = self.sink.room() else {
            return Ok(Sent::All);
        };
        if room == 0 {
            return Ok(Sent::Nothing);
        }
        let piece = self.next()?;
        if piece.is_empty() {
            return Ok(if self.sink.finish()? { Sent::All } else { Sent::Something });
        }
        let length = piece.len().min(room);
        if let Some(piece) = self.piece.get(self.at..self.at + length) {
            self.sink.write(piece);
        }
        self.at += length;
        Ok(Sent::Something)
    }

    fn wait(&self, waits: &mut Waits) {
        self.sink.wait(waits);
    }
}

/// Pieces from a reader.
pub(super) fn pieces_of(mut reader: impl io::Read + 'static) -> Pieces {
    Box::new(move || {
        let mut piece = vec![0; PIECE];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => return None,
                Ok(length) => {
                    piece.truncate(length);
                    return Some(Ok(piece.into()));
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Some(Err(error.to_string())),
            }
        }
    })
}
