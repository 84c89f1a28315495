//! The bodies of a request and its response on their way through the host: counted, timed, and never cut in silence.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, header, request};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep, timeout};
use wasmtime_wasi_http::{Error as HttpError, WasiBody};

use super::blame::Blame;
use super::failure::{Bounds, Failure};
use super::ticket::{End, Ticket};
use super::traffic::Pass;

/// A response's body as the server sends it.
pub(super) type Body = UnsyncBoxBody<Bytes, Broken>;

/// A body that can't be sent to its end. The connection (or the stream, in HTTP/2) is then ended so that it shows.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body broke off")]
pub(super) struct Broken;

/// How much of a body that nobody wants is still read, and for how long. A client that is not read from may never
/// read the answer: closing a connection with unread data resets it.
const DRAIN_MOST: u64 = 64 << 20;
const DRAIN_LONGEST: Duration = Duration::from_secs(5);

/// A request's body as the guest reads it.
pub(super) struct RequestBody {
    incoming: Option<Incoming>,
    /// The bytes that may still come.
    room: u64,
    ticket: Arc<Ticket>,
    /// The client waits for a word of ours before it sends anything.
    waits: bool,
    http2: bool,
}

impl RequestBody {
    pub(super) fn new(request: &request::Parts, incoming: Incoming, limit: u64, ticket: Arc<Ticket>) -> Self {
        let waits = request.headers.contains_key(header::EXPECT);
        let http2 = request.version == http::Version::HTTP_2;
        if let Some(tape) = ticket.tape().filter(|_| incoming.is_end_stream()) {
            tape.heard();
        }
        Self { incoming: Some(incoming), room: limit, ticket, waits, http2 }
    }
}

impl hyper::body::Body for RequestBody {
    type Data = Bytes;
    type Error = HttpError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, HttpError>>> {
        let this = &mut *self;
        this.waits = false;
        let http2 = this.http2;
        let Some(incoming) = &mut this.incoming else { return Poll::Ready(None) };
        let frame = Pin::new(&mut *incoming).poll_frame(cx);
        this.ticket.client.sends_slowly(frame.is_pending());
        let frame = ready!(frame);
        let result = match frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                match this.room.checked_sub(length) {
                    Some(room) => {
                        this.room = room;
                        if let (Some(tape), Some(data)) = (this.ticket.tape(), frame.data_ref()) {
                            tape.hear(data);
                            if incoming.is_end_stream() {
                                tape.heard();
                            }
                        }
                        if let Some(trace) = this.ticket.trace() {
                            trace.receive(length);
                        }
                        return Poll::Ready(Some(Ok(frame)));
                    }
                    None => {
                        this.ticket.refuse_body();
                        this.drain();
                        Err(HttpError::HttpRequestBodySize(None))
                    }
                }
            }
            Some(Err(error)) => {
                this.incoming = None;
                Err(HttpError::Hyper(error))
            }
            None => {
                // A stream that the client reset with NO_ERROR looks like an end and is none.
                let whole = !http2 || incoming.is_end_stream();
                this.incoming = None;
                if whole {
                    if let Some(tape) = this.ticket.tape() {
                        tape.heard();
                    }
                    return Poll::Ready(None);
                }
                Err(HttpError::ConnectionTerminated)
            }
        };
        Poll::Ready(Some(result))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or_else(SizeHint::new, Incoming::size_hint)
    }
}

impl RequestBody {
    /// Reads on for a while, into nothing.
    fn drain(&mut self) {
        let Some(mut incoming) = self.incoming.take() else { return };
        // Who waits to be asked has sent nothing, and reading would be asking.
        if self.waits || incoming.is_end_stream() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let read = async move {
            let mut room = DRAIN_MOST;
            while let Some(Ok(frame)) = incoming.frame().await {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                match room.checked_sub(length) {
                    Some(rest) => room = rest,
                    None => break,
                }
            }
        };
        runtime.spawn(timeout(DRAIN_LONGEST, read));
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        // Unless the guest was stopped because it was still waiting for more.
        if !self.ticket.is_over() {
            self.ticket.client.sends_slowly(false);
        }
        self.drain();
    }
}

/// What a response's head says of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The length that it announces.
    length: Option<u64>,
    /// Whether there is a body to be sent.
    sent: bool,
}

impl Head {
    /// Refuses heads that the server would refuse to write, by closing the connection.
    pub(super) fn check<B>(method: &Method, response: &Response<B>) -> Result<Self, Failure> {
        let invalid = |why: &str| Failure::InvalidResponse { why: why.to_owned() };
        let status = response.status();
        if status.is_informational() {
            return Err(invalid("its status is below 200"));
        }
        let mut lengths = response.headers().get_all(header::CONTENT_LENGTH).iter();
        let length = match (lengths.next(), lengths.next()) {
            (None, _) => None,
            (Some(_), Some(_)) => return Err(invalid("it has more than one `content-length`")),
            (Some(length), None) => {
                let digits = length.to_str().ok().filter(|length| length.bytes().all(|byte| byte.is_ascii_digit()));
                let length = digits.and_then(|length| length.parse().ok());
                Some(length.ok_or_else(|| invalid("its `content-length` is not a number"))?)
            }
        };
        let sent = method != Method::HEAD && !matches!(status.as_u16(), 204 | 304);
        Ok(Self { length, sent })
    }
}

/// A guest's response body on its way out. While it lives the request is in flight.
pub(super) struct ResponseBody {
    guest: WasiBody,
    /// What was read ahead.
    first: Option<Frame<Bytes>>,
    /// Bytes still to come, where the head says how many there are.
    left: Option<u64>,
    /// Whether it goes out at all.
    sent: bool,
    whole: bool,
    breaking: bool,
    deadline: Pin<Box<Sleep>>,
    bounds: Bounds,
    blame: Blame,
    pass: Option<Pass>,
}

/// How long a response's head is held back for the first of its body. A guest that fails right after the head thus
/// gets an honest status; one that streams slowly loses next to nothing.
const HEAD_HELD: Duration = Duration::from_millis(10);

const TOO_LONG: &str = "its body is longer than its `content-length`";

/// How long a failure is held back from the server, so that it can send what it has.
const BREAK_HELD: Duration = Duration::from_millis(20);

impl ResponseBody {
    /// Takes over a guest's body, having seen that it begins well.
    ///
    /// # Errors
    /// The body has already broken off.
    pub(super) async fn begin(
        mut guest: WasiBody,
        Head { length, sent }: Head,
        blame: Blame,
        bounds: Bounds,
    ) -> Result<Self, Failure> {
        let ticket = &blame.ticket;
        // A response to HEAD is whole without its body, whatever length it announces. To the guest's host that is a body
        // that breaks off, so it is not asked.
        let mut whole = guest.is_end_stream() || !sent;
        let mut first = None;
        if sent && !guest.is_end_stream() {
            tokio::select! {
                biased;
                frame = guest.frame() => match frame {
                    Some(Ok(frame)) => first = Some(frame),
                    Some(Err(error)) => return Err(broken(ticket, bounds, Some(&error))),
                    None if ticket.end().is_some_and(End::leaves_open) => return Err(broken(ticket, bounds, None)),
                    None => whole = true,
                },
                () = sleep(HEAD_HELD) => {}
            }
        }
        let announced = length.filter(|length| *length > 0);
        if sent
            && whole
            && first.is_none()
            && let Some(length) = announced
        {
            return Err(Failure::InvalidResponse { why: format!("its body is empty, not {length} bytes long") });
        }
        let ahead = first.as_ref().and_then(Frame::data_ref).map_or(0, |data| data.len() as u64);
        if length.is_some_and(|length| ahead > length) {
            return Err(Failure::InvalidResponse { why: TOO_LONG.to_owned() });
        }
        let deadline = Box::pin(tokio::time::sleep_until(ticket.deadline));
        Ok(Self { guest, first, left: length, sent, whole, breaking: false, deadline, bounds, blame, pass: None })
    }

    /// Takes over the request's pass, which ends with the body.
    pub(super) fn in_flight(mut self, pass: Pass) -> Self {
        self.pass = Some(pass);
        self
    }

    /// Ends the body so that the client notices. What was sent before must be out by then, the head above all: the
    /// server throws away what it still holds when it learns of the failure. So it learns a moment later.
    fn break_off(&mut self, failure: &Failure, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        self.blame.tell(failure);
        if let Some(pass) = &mut self.pass {
            pass.failed(failure);
        }
        self.breaking = true;
        self.blame.ticket.gone.cancel();
        self.deadline.as_mut().reset(Instant::now() + BREAK_HELD);
        self.deadline.as_mut().poll(cx).map(|()| Some(Err(Broken)))
    }

    /// Lets through what was announced, and no more: in HTTP/2 the client would take the rest for the server's error, and
    /// in HTTP/1.1 it would be the beginning of the next response.
    fn pass_on(&mut self, mut frame: Frame<Bytes>) -> Option<Frame<Bytes>> {
        if let (Some(data), Some(left)) = (frame.data_mut(), &mut self.left) {
            let room = usize::try_from(*left).unwrap_or(usize::MAX);
            if data.len() > room {
                data.truncate(room);
                self.blame.tell(&Failure::InvalidResponse { why: TOO_LONG.to_owned() });
                if data.is_empty() {
                    return None;
                }
            }
            *left -= data.len() as u64;
            // The server asks for no more than the head announced.
            self.whole |= *left == 0;
        }
        // Until more is asked for, it is the client that has to read.
        self.blame.ticket.client.reads_slowly(true);
        Some(frame)
    }
}

impl hyper::body::Body for ResponseBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let this = &mut *self;
        if !this.sent {
            return Poll::Ready(None);
        }
        if this.breaking {
            return this.deadline.as_mut().poll(cx).map(|()| Some(Err(Broken)));
        }
        if let Some(frame) = this.first.take() {
            return Poll::Ready(this.pass_on(frame).map(Ok));
        }
        match Pin::new(&mut this.guest).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(this.pass_on(frame).map(Ok)),
            Poll::Ready(Some(Err(error))) => {
                let failure = broken(&this.blame.ticket, this.bounds, Some(&error));
                this.break_off(&failure, cx)
            }
            // The body of a guest that trapped ends like any other.
            Poll::Ready(None) if !this.whole && this.blame.ticket.end().is_some_and(End::leaves_open) => {
                let failure = broken(&this.blame.ticket, this.bounds, None);
                this.break_off(&failure, cx)
            }
            Poll::Ready(None) => {
                this.whole = true;
                Poll::Ready(None)
            }
            Poll::Pending => {
                if this.deadline.as_mut().poll(cx).is_pending() {
                    this.blame.ticket.client.reads_slowly(false);
                    return Poll::Pending;
                }
                let failure = Failure::deadline(&this.blame.ticket, this.bounds);
                this.break_off(&failure, cx)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.whole && self.guest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.first, self.whole) {
            (None, true) if self.guest.is_end_stream() => SizeHint::with_exact(0),
            _ => SizeHint::new(),
        }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        if self.whole
            && let Some(pass) = &mut self.pass
        {
            pass.answered();
        }
        // The client has gone away in the middle. What the guest would go on to do is of no use to anybody.
        if !self.whole {
            self.blame.ticket.gone.cancel();
        }
    }
}

/// Why a body broke off.
fn broken(ticket: &Ticket, bounds: Bounds, error: Option<&HttpError>) -> Failure {
    match (ticket.end(), error) {
        (Some(End::Badly { error, .. }), _) => Failure::of_end(error, ticket, bounds),
        (_, Some(error)) => Failure::noted(ticket, bounds)
            .unwrap_or_else(|| Failure::InvalidResponse { why: format!("its body broke off: {error}") }),
        (_, None) => Failure::InvalidResponse { why: "its body was never finished".to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_that_cannot_be_sent_are_refused() {
        let with = |status: u16, lengths: &[&str]| {
            let mut response = Response::builder().status(status);
            for length in lengths {
                response = response.header(header::CONTENT_LENGTH, *length);
            }
            Head::check(&Method::GET, &response.body(()).unwrap())
        };
        assert_eq!(with(200, &[]).unwrap(), Head { length: None, sent: true });
        assert_eq!(with(200, &["5"]).unwrap(), Head { length: Some(5), sent: true });
        assert_eq!(with(304, &["5"]).unwrap(), Head { length: Some(5), sent: false });
        for (status, lengths) in [(101, &[][..]), (200, &["x"]), (200, &["+5"]), (200, &["5", "5"]), (200, &["-1"])] {
            with(status, lengths).unwrap_err();
        }
    }
}
