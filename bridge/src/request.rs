//! From a wasi request to the record a handler takes: all of it, or a [`Failure`].

use crate::arena;
use crate::bindings::wasi::http::types::IncomingRequest;
use crate::bindings::wasi::io::streams::InputStream;
use crate::content_length::Announced;
use crate::failure::Failure;
use crate::host::{self, Read, Request};
use crate::list::{Field, List, Text};
use crate::utf8::is_utf8;
use crate::{body_limit, field, method};

/// How much is asked of the stream at a time: large enough that a body of the largest usual size takes few calls,
/// small enough that the buffer between host and body stays in one memory page.
const CHUNK: u64 = 64 * 1024;

/// Takes the request in, whole. What can be refused without reading the body is refused before it is read.
pub(crate) fn receive(request: IncomingRequest, method: Text) -> Result<Request, Failure> {
    let method = method::translate(&method).ok_or(Failure::MethodNotImplemented(method))?;
    let limit = body_limit::from_environment(&host::environment())?;
    let headers = host::entries(&request.headers());
    let announced = check(&headers)?;
    let headers = with_host(headers, host::authority(&request));
    let path = host::path_with_query(&request).filter(|path| !path.is_empty()).unwrap_or_else(|| "/".into());
    let body = body(&request, announced, limit)?;
    Ok(Request { method, path, headers, body })
}

/// Makes sure that the headers can be handed on as strings, and finds the length that they announce.
fn check(headers: &[Field]) -> Result<Option<u64>, Failure> {
    let mut announced = Announced::Nothing;
    for Field { name, value } in headers {
        if !is_utf8(value) {
            return Err(Failure::HeaderNotUtf8(*name));
        }
        if field::is(name, field::CONTENT_LENGTH) {
            announced = announced.and(value);
        }
    }
    match announced {
        Announced::Nothing => Ok(None),
        Announced::Length(length) => Ok(Some(length)),
        Announced::Nonsense => Err(Failure::RequestLengthMalformed),
    }
}

/// Hosts move `host` out of the headers; handlers look for it there.
fn with_host(headers: List<Field>, authority: Option<Text>) -> List<Field> {
    match authority {
        Some(value) if !value.is_empty() && !headers.iter().any(|it| field::is(&it.name, field::HOST)) => {
            arena::append(arena::append(List::EMPTY, &[Field { name: field::HOST.into(), value }]), &headers)
        }
        _ => headers,
    }
}

/// The body: `None` where there are no bytes, whether or not the request could have had some.
fn body(request: &IncomingRequest, announced: Option<u64>, limit: u64) -> Result<Option<Text>, Failure> {
    if announced.is_some_and(|length| length > limit) {
        return Err(Failure::BodyTooLarge(limit));
    }
    let incoming_body = request.consume().map_err(|()| Failure::BodyUnavailable)?;
    let stream = incoming_body.stream().map_err(|()| Failure::BodyUnavailable)?;
    let read = read(&stream, announced, limit);
    // Children go before their parents, and trailers are left unread: a handler has no place for them.
    drop(stream);
    drop(incoming_body);

    let bytes = read?;
    if announced.is_some_and(|length| length != bytes.len() as u64) {
        return Err(Failure::BodyIncomplete);
    }
    Ok((!bytes.is_empty()).then_some(bytes))
}

/// Reads to the end of the stream, or to one byte over the limit. Only the end is an end.
///
/// The host puts each chunk where the arena ends, which is where the one before it ended. So the body comes together by
/// itself, and is copied only where a host puts something in between.
fn read(stream: &InputStream, announced: Option<u64>, limit: u64) -> Result<Text, Failure> {
    let mut body = Text::EMPTY;
    loop {
        let room = limit.saturating_sub(body.len() as u64).saturating_add(1);
        match host::blocking_read(stream, room.min(CHUNK)) {
            Read::Chunk(chunk) if chunk.len() as u64 >= room => return Err(Failure::BodyTooLarge(limit)),
            // A host whose blocking read gives nothing is asked again when it has something.
            Read::Chunk(chunk) if chunk.is_empty() => stream.subscribe().block(),
            Read::Chunk(chunk) => {
                body = if body.is_empty() { chunk } else { joined(body, chunk)? };
                // What is still to come has to find room: where the host asks for memory and there is none, all ends.
                arena::reserve(announced.map_or(CHUNK, |length| length.saturating_sub(body.len() as u64)))?;
            }
            Read::End => return Ok(body),
            Read::Failed => return Err(Failure::BodyIncomplete),
        }
    }
}

/// The body with one more chunk.
fn joined(body: Text, chunk: Text) -> Result<Text, Failure> {
    if let Some(joined) = body.joined(&chunk) {
        return Ok(joined);
    }
    arena::reserve((body.len() + chunk.len()) as u64)?;
    Ok(arena::append(body, &chunk))
}
