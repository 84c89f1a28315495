//! What is written down of every request: one line in the log and its share of the numbers, once it is over, however it
//! ended.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::time::Instant;

use super::console::Console;
use super::exchange::{Body, Broken};
use super::failure::Failure;
use super::host::Host;
use super::metrics::Metrics;
use super::peer::Peer;
use super::ticket::Ticket;

/// One request, as far as it has come. It is over when this goes away.
pub(super) struct Record {
    console: Console,
    metrics: Arc<Metrics>,
    peer: Arc<Peer>,
    ticket: Arc<Ticket>,
    arrival: Instant,
    /// None until there is a head.
    status: Option<StatusCode>,
    bytes: u64,
    broken: bool,
    /// The length of the answer, as its head has it.
    length: Option<u64>,
    /// Its body has come to its end.
    whole: bool,
}

/// What the log is told of a request.
pub(super) struct Access<'a> {
    pub(super) id: &'a str,
    /// Method and path.
    pub(super) line: &'a str,
    pub(super) module: Option<&'a str>,
    /// None where the client went away before there was one.
    pub(super) status: Option<StatusCode>,
    pub(super) bytes: u64,
    pub(super) broken: bool,
    pub(super) time: Duration,
    pub(super) client: String,
}

impl Record {
    pub(super) fn begin(host: &Host, peer: Arc<Peer>, ticket: Arc<Ticket>, arrival: Instant) -> Self {
        peer.begin(&ticket);
        host.metrics().request_began();
        let (console, metrics) = (host.console().clone(), host.metrics().clone());
        Self {
            console,
            metrics,
            peer,
            ticket,
            arrival,
            status: None,
            bytes: 0,
            broken: false,
            length: None,
            whole: false,
        }
    }

    /// Goes along with a response to its last byte.
    pub(super) fn follow(mut self, response: Response<Body>) -> Response<Body> {
        self.status = Some(response.status());
        if let Some(trace) = self.ticket.trace() {
            trace.answered(response.status(), response.headers(), self.ticket.build());
        }
        let length = response.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        self.length = length.and_then(|length| length.parse().ok());
        self.whole = response.body().is_end_stream();
        response.map(|body| Recorded { body, record: self }.boxed_unsync())
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let (module, time) = (self.ticket.module(), self.arrival.elapsed());
        self.console.access(&Access {
            id: &self.ticket.id,
            line: &self.ticket.line,
            module: module.map(|module| &**module),
            status: self.status,
            bytes: self.bytes,
            broken: self.broken,
            time,
            client: self.peer.address.to_string(),
        });
        if let Some(trace) = self.ticket.trace() {
            trace.over(self.bytes, self.broken, self.whole || self.length == Some(self.bytes));
        }
        let module = module.cloned().unwrap_or_else(|| "".into());
        self.metrics.request_ended(&module, self.status, time, self.bytes);
        self.peer.end();
    }
}

/// A body whose bytes are counted.
struct Recorded {
    body: Body,
    record: Record,
}

impl hyper::body::Body for Recorded {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => self.record.bytes += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(Broken)) => self.record.broken = true,
            None => self.record.whole = true,
        }
        self.record.whole |= self.body.is_end_stream();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What never became a request.
pub(super) struct Refused<'a> {
    pub(super) id: &'a str,
    pub(super) peer: &'a Peer,
    pub(super) status: StatusCode,
    pub(super) failure: &'a Failure,
    pub(super) bytes: usize,
}

impl Host {
    /// Writes down what never became a request.
    pub(super) fn record_refused(&self, &Refused { id, peer, status, failure, bytes }: &Refused<'_>) {
        self.metrics().request_counted(&"".into(), Some(status));
        self.metrics().failed(failure.code());
        self.console().access(&Access {
            id,
            line: "- -",
            module: None,
            status: Some(status),
            bytes: bytes as u64,
            broken: false,
            time: Duration::ZERO,
            client: peer.address.to_string(),
        });
    }
}
