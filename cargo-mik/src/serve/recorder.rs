//! Requests and their answers on their way into files: what goes by is copied up to a limit, and written by a thread of
//! its own, so that no request waits for a disk.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Frame, SizeHint};

use super::console::Console;
use super::error::{Detail, ServeError};
use super::exchange::{Body, Broken};
use super::farewell;
use crate::project::Recording;
use crate::recording::{Answer, BODY_MOST, Request, Secrets, Shelf};
use crate::report::Event;

/// How many answers may wait to be written. What comes on top is not recorded: requests go before recordings.
const WAITING: usize = 64;

/// What records.
pub(super) struct Recorder {
    sender: Arc<Sender>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Sender {
    channel: SyncSender<Said>,
    console: Console,
    /// Whether it has been said that not all is recorded.
    has_lost: AtomicBool,
}

enum Said {
    Recorded(Box<(Request, Answer)>),
    End,
}

impl Recorder {
    /// One that writes where it is told to; none, where it is told nothing.
    ///
    /// # Errors
    /// The directory can't be made or read.
    pub(super) fn open(recording: Option<&Recording>, console: &Console) -> Result<Option<Self>, ServeError> {
        let Some(Recording { directory, with_secrets }) = recording else { return Ok(None) };
        let secrets = if *with_secrets { Secrets::Kept } else { Secrets::LeftOut };
        let shelf = Shelf::open(directory, secrets).map_err(ServeError::Recording)?;
        let (channel, receiver) = sync_channel(WAITING);
        let to_tell = console.clone();
        let thread =
            thread::Builder::new().name("mik-recorder".to_owned()).spawn(move || write(&receiver, shelf, &to_tell));
        let thread = thread.map_err(|error| ServeError::Start { source: Detail(error.to_string()) })?;
        let sender = Sender { channel, console: console.clone(), has_lost: AtomicBool::new(false) };
        Ok(Some(Self { sender: Arc::new(sender), thread: Mutex::new(Some(thread)) }))
    }

    /// A request has come.
    pub(super) fn begin(&self, parts: &Parts) -> Arc<Tape> {
        let target = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let method = parts.method.as_str().to_owned();
        let request = Request { method, target, headers: headers(&parts.headers), ..Request::default() };
        Arc::new(Tape { sender: self.sender.clone(), request: Mutex::new(request), is_whole: AtomicBool::new(false) })
    }

    /// Writes what is still to be written, and nothing after.
    pub(super) fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            farewell::end(thread, || !matches!(self.sender.channel.try_send(Said::End), Err(TrySendError::Full(_))));
        }
    }
}

fn write(receiver: &Receiver<Said>, mut shelf: Shelf, console: &Console) {
    let mut has_failed = false;
    while let Ok(Said::Recorded(recorded)) = receiver.recv() {
        let (request, answer) = *recorded;
        match shelf.keep(&request, &answer) {
            Ok(path) => console.detail("Recorded", path.display().to_string()),
            // Once: a full disk is full for the next one too.
            Err(error) if !has_failed => {
                has_failed = true;
                console.emit(Event::Failure(error.into()));
            }
            Err(_) => {}
        }
    }
}

/// A request as far as it has come.
pub(super) struct Tape {
    sender: Arc<Sender>,
    request: Mutex<Request>,
    /// Whether the request's body was read to its end.
    is_whole: AtomicBool,
}

impl Tape {
    /// A piece of the request's body was read.
    pub(super) fn hear(&self, data: &[u8]) {
        let mut request = self.request();
        let Request { body, is_cut, .. } = &mut *request;
        *is_cut |= !copy(body, data);
    }

    /// The request's body was read to its end.
    pub(super) fn heard(&self) {
        self.is_whole.store(true, Ordering::Relaxed);
    }

    fn request(&self) -> MutexGuard<'_, Request> {
        self.request.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, answer: Answer) {
        let mut request = std::mem::take(&mut *self.request());
        request.is_cut |= !self.is_whole.load(Ordering::Relaxed);
        let recorded = Box::new((request, answer));
        let sent = self.sender.channel.try_send(Said::Recorded(recorded));
        if matches!(sent, Err(TrySendError::Full(_))) && !self.sender.has_lost.swap(true, Ordering::Relaxed) {
            let note = "requests come faster than they can be written down: not all of them are recorded";
            self.sender.console.emit(Event::Note(note.to_owned()));
        }
    }
}

/// A response whose bytes are copied. Recorded when it goes away.
pub(super) struct Taped {
    body: Body,
    tape: Arc<Tape>,
    answer: Answer,
    /// Bytes still to come, where the head says how many there are: then nobody asks for the body's end.
    left: Option<u64>,
    is_over: bool,
}

impl Taped {
    /// Goes along with a response to its last byte.
    pub(super) fn follow(tape: &Arc<Tape>, response: Response<Body>) -> Response<Body> {
        let answer =
            Answer { status: response.status().as_u16(), headers: headers(response.headers()), ..Answer::default() };
        let is_bodiless = tape.request().method == "HEAD" || matches!(answer.status, 204 | 304);
        let left = answer.header("content-length").and_then(|length| length.parse().ok());
        let left = if is_bodiless { Some(0) } else { left };
        response.map(|body| Self { body, tape: tape.clone(), answer, left, is_over: false }.boxed_unsync())
    }
}

impl hyper::body::Body for Taped {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let this = &mut *self;
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.answer.is_cut |= !copy(&mut this.answer.body, data);
                    this.left = this.left.map(|left| left.saturating_sub(data.len() as u64));
                }
            }
            Some(Err(Broken)) => {}
            None => this.is_over = true,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Taped {
    fn drop(&mut self) {
        let mut answer = std::mem::take(&mut self.answer);
        answer.is_cut |= !(self.is_over || self.left == Some(0) || self.body.is_end_stream());
        self.tape.end(answer);
    }
}

/// Copies as much as there is room for, and says whether that is all.
fn copy(kept: &mut Vec<u8>, data: &[u8]) -> bool {
    let room = BODY_MOST.saturating_sub(kept.len()).min(data.len());
    kept.extend_from_slice(data.get(..room).unwrap_or_default());
    room == data.len()
}

pub(super) fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}
