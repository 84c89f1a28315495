//! From an answer to a wasi response: headers checked, length settled, body written as fast as the host takes it.

use crate::bindings::wasi::http::types::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use crate::bindings::wasi::io::streams::{OutputStream, StreamError};
use crate::content_length::Announced;
use crate::failure::{self, Failure};
use crate::host::{self, Response};
use crate::list::{Field, List, Text};
use crate::{field, framing};

/// What is to be sent: the handler's response or, in the same shape, a failure.
pub(crate) struct Answer {
    status: u16,
    headers: List<Field>,
    body: Option<Text>,
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        let (status, headers, body) = response.into_parts();
        Self { status, headers, body }
    }
}

/// The headers of a failure.
static PROBLEM: [Field; 1] = [Field { name: List::of(b"content-type"), value: List::of(b"application/problem+json") }];

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        Self { status: failure.status(), headers: List::of(&PROBLEM), body: Some(failure.problem()) }
    }
}

/// Sends `answer`, or the failure that it turns out to be.
///
/// The head goes out before the body is written, so a client sees the first bytes while the last are still on their
/// way. A client that goes away ends the writing, and nothing else.
pub(crate) fn send(outparam: ResponseOutparam, answer: Answer, is_head: bool) {
    let prepared = prepare(answer, is_head).or_else(|failure| prepare(failure.into(), is_head));
    let (response, body) = prepared.unwrap_or_else(|_| {
        // A host that refuses a problem's two plain headers is still given a response to send.
        let response = OutgoingResponse::new(Fields::new());
        let _ = response.set_status_code(500);
        (response, Text::EMPTY)
    });
    // Taken even where nothing is written: not every host can send a response whose body was never asked for.
    let outgoing_body = response.body();
    host::set(outparam, response);
    if let Ok(outgoing_body) = outgoing_body {
        write(outgoing_body, &body);
    }
}

/// A response that the host has accepted, and the bytes of its body: none where it must not have one.
fn prepare(answer: Answer, is_head: bool) -> Result<(OutgoingResponse, Text), Failure> {
    let Answer { status, headers, body } = answer;
    // An interim response is not an answer (RFC 9110 §15.2), and a status has three digits. Hosts should refuse the
    // others themselves; some accept them, and then fail in sending them.
    if !(200..=999).contains(&status) {
        return Err(Failure::ResponseStatus(status));
    }
    let fields = Fields::new();
    let mut announced = Announced::Nothing;
    for header in headers.iter() {
        if field::is(&header.name, field::CONTENT_LENGTH) {
            announced = announced.and(&header.value);
        } else if field::is_hop_by_hop(&header.name) || !host::append(&fields, header) {
            return Err(Failure::ResponseHeader(header.name));
        }
    }
    let given = body.as_ref().map(|body| body.len() as u64);
    let framing = framing::frame(status, is_head, announced, given)?;
    if let Some(length) = framing.content_length {
        let mut value = Text::EMPTY;
        failure::push_number(&mut value, length);
        // A host that sets the length itself may refuse this one, and will then do right.
        host::append(&fields, &Field { name: field::CONTENT_LENGTH.into(), value });
    }
    let response = OutgoingResponse::new(fields);
    response.set_status_code(status).map_err(|()| Failure::ResponseStatus(status))?;
    Ok((response, body.filter(|_| framing.sends_body).unwrap_or(Text::EMPTY)))
}

/// Writes the body and finishes it. Where writing fails the body is dropped unfinished, which is how a host is told
/// that it is not whole.
fn write(outgoing_body: OutgoingBody, bytes: &[u8]) {
    if !bytes.is_empty() {
        let Ok(stream) = outgoing_body.write() else { return };
        if write_all(&stream, bytes).is_err() {
            return;
        }
    }
    host::finish(outgoing_body);
}

/// Writes as much as the stream allows, whenever it allows some, and waits in between.
fn write_all(stream: &OutputStream, mut rest: &[u8]) -> Result<(), StreamError> {
    while !rest.is_empty() {
        let allowed = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
        let (now, later) = rest.split_at(allowed.min(rest.len()));
        if now.is_empty() {
            stream.subscribe().block();
        } else {
            stream.write(now)?;
            rest = later;
        }
    }
    stream.blocking_flush()
}
