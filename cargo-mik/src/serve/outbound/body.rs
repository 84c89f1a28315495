//! The bodies of a request that a guest sends: the request's, whose end the guest may ask after, and the response's,
//! counted and timed.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, Sleep, sleep};
use wasmtime_wasi_http::{Error, WasiBody};

use super::error::{copy, of_body};

/// A request's body on its way out. It is asked for more only as the server takes it.
pub(super) struct RequestBody {
    guest: WasiBody,
    outcome: Option<oneshot::Sender<Result<(), Error>>>,
}

impl RequestBody {
    /// The body, and what will become of it.
    pub(super) fn new(guest: WasiBody) -> (Self, oneshot::Receiver<Result<(), Error>>) {
        let (outcome, receiver) = oneshot::channel();
        (Self { guest, outcome: Some(outcome) }, receiver)
    }

    fn end(&mut self, outcome: Result<(), Error>) {
        if let Some(sender) = self.outcome.take() {
            // The guest need not ask.
            drop(sender.send(outcome));
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.guest).poll_frame(cx));
        match &frame {
            Some(Ok(_)) => {}
            Some(Err(error)) => self.end(Err(copy(error))),
            None => self.end(Ok(())),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.guest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.guest.size_hint()
    }
}

/// The turns that a request has among its module's and its instance's, until its response has been read.
pub(super) type Turns = [OwnedSemaphorePermit; 2];

/// A response's body on its way in.
pub(super) struct ResponseBody {
    incoming: Option<Incoming>,
    /// The bytes that may still come.
    room: u64,
    limit: u64,
    /// How long the server may leave a reader waiting.
    longest: Option<Duration>,
    /// Set while one waits.
    waiting: Option<Pin<Box<Sleep>>>,
    turns: Option<Turns>,
}

impl ResponseBody {
    pub(super) fn new(incoming: Incoming, limit: u64, longest: Option<Duration>, turns: Turns) -> Self {
        Self { incoming: Some(incoming), room: limit, limit, longest, waiting: None, turns: Some(turns) }
    }

    /// Nothing more is read, and the connection can't be used again unless all of it was.
    fn fail(&mut self, error: Error) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.incoming = None;
        self.turns = None;
        Poll::Ready(Some(Err(error)))
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let this = &mut *self;
        let Some(incoming) = &mut this.incoming else { return Poll::Ready(None) };
        let frame = match Pin::new(incoming).poll_frame(cx) {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                let Some(longest) = this.longest else { return Poll::Pending };
                let waiting = this.waiting.get_or_insert_with(|| Box::pin(sleep(longest)));
                ready!(waiting.as_mut().poll(cx));
                return this.fail(Error::ConnectionReadTimeout);
            }
        };
        this.waiting = None;
        match frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                match this.room.checked_sub(length) {
                    Some(room) => {
                        this.room = room;
                        Poll::Ready(Some(Ok(frame)))
                    }
                    None => this.fail(Error::HttpResponseBodySize(Some(this.limit))),
                }
            }
            Some(Err(error)) => this.fail(of_body(&error)),
            None => {
                this.incoming = None;
                this.turns = None;
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

/// Resolves after so long; never, where there is no bound.
pub(super) async fn after(longest: Option<Duration>) {
    match longest.and_then(|longest| Instant::now().checked_add(longest)) {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
