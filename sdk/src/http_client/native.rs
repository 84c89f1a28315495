//! What stands in for the host in native tests: the stub of the test's own thread, and a clock that moves only where
//! something is waited for, so that no test ever waits.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::url::Url;
use super::{Error, Result};
use crate::testing::fetch::{self, Answer, Sent};
use crate::{Headers, Method};

/// How much is read and written at once: little, so that tests meet more than one piece.
const PIECE: usize = 1 << 10;

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
}

pub(super) fn now() -> u64 {
    NOW.get()
}

pub(super) enum Read {
    Piece(Vec<u8>),
    #[allow(dead_code, reason = "all of an answer is there at once")]
    Nothing,
    End,
    #[allow(dead_code, reason = "an answer fails as a whole")]
    Failed(Error),
}

#[derive(Default)]
pub(super) struct Waits {
    until: Option<u64>,
}

impl Waits {
    pub(super) fn until(&mut self, time: u64) {
        self.until = Some(self.until.map_or(time, |until| until.min(time)));
    }

    pub(super) fn wait(self) {
        if let Some(until) = self.until {
            NOW.set(until.max(now()));
        }
    }
}

#[derive(Clone, Copy)]
pub(super) struct Connect;

impl Connect {
    pub(super) fn within(_: u64) -> Self {
        Self
    }
}

/// A request as it is sent, and whether all of it is.
struct Shared {
    sent: Sent,
    is_whole: bool,
}

pub(super) struct Outgoing(Rc<RefCell<Shared>>);

impl Outgoing {
    #[allow(clippy::unnecessary_wraps, reason = "a host may refuse")]
    pub(super) fn new(method: Method, url: &Url, headers: Headers) -> Result<Self> {
        let sent = Sent::new(method, url.to_text(), headers);
        Ok(Self(Rc::new(RefCell::new(Shared { sent, is_whole: true }))))
    }

    #[allow(clippy::unnecessary_wraps, reason = "a host may refuse")]
    pub(super) fn send(self, _: Option<Connect>) -> Result<Call> {
        Ok(Call { shared: self.0, answer: None, body: Vec::new().into_iter() })
    }
}

pub(super) struct Sink(Rc<RefCell<Shared>>);

impl Sink {
    #[allow(clippy::unnecessary_wraps, reason = "a host may refuse")]
    pub(super) fn open(request: &Outgoing) -> Result<Self> {
        request.0.borrow_mut().is_whole = false;
        Ok(Self(request.0.clone()))
    }

    #[allow(clippy::unnecessary_wraps, reason = "a host may take no more")]
    pub(super) fn room(&self) -> Option<usize> {
        Some(PIECE)
    }

    pub(super) fn write(&self, piece: &[u8]) {
        self.0.borrow_mut().sent.push(piece);
    }

    #[allow(clippy::unnecessary_wraps, reason = "a host may disagree about the length")]
    pub(super) fn finish(&self) -> Result<bool> {
        self.0.borrow_mut().is_whole = true;
        Ok(true)
    }

    pub(super) fn wait(&self, _: &mut Waits) {}
}

/// A request whose answer the stub knows, once it is whole.
pub(super) struct Call {
    shared: Rc<RefCell<Shared>>,
    /// When it comes, and what it is.
    answer: Option<(u64, Result<(u16, Headers)>)>,
    body: std::vec::IntoIter<u8>,
}

impl Call {
    pub(super) fn head(&mut self) -> Option<Result<(u16, Headers)>> {
        if self.answer.is_none() {
            let sent = Some(self.shared.borrow()).filter(|it| it.is_whole).map(|it| it.sent.clone())?;
            let Some(Answer { delay, outcome }) = fetch::answer(&sent) else {
                return Some(Err(Error::NoNetwork));
            };
            let head = outcome.map(|(status, headers, body)| {
                self.body = if sent.method() == Method::Head { Vec::new() } else { body }.into_iter();
                (status, headers)
            });
            let delay = delay.map_or(u64::MAX, |delay| u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX));
            self.answer = Some((now().saturating_add(delay), head));
        }
        self.answer.take_if(|(at, _)| *at <= now()).map(|(_, head)| head)
    }

    pub(super) fn read(&mut self) -> Read {
        let piece: Vec<u8> = self.body.by_ref().take(PIECE).collect();
        if piece.is_empty() { Read::End } else { Read::Piece(piece) }
    }

    pub(super) fn wait(&self, waits: &mut Waits) {
        if let Some((at, _)) = &self.answer {
            waits.until(*at);
        }
    }
}
