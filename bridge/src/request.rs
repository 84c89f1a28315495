//! From a wasi request to the record a handler takes: all of it, or a [`Failure`].

use alloc::vec::Vec;

use crate::bindings::mik::core::handler::RequestData;
use crate::bindings::wasi::cli::environment::get_environment;
use crate::bindings::wasi::http::types::{IncomingRequest, Method};
use crate::bindings::wasi::io::streams::{InputStream, StreamError};
use crate::content_length::Announced;
use crate::failure::Failure;
use crate::{Text, body_limit, field, method};

/// How much is asked of the stream at a time: large enough that a body of the largest usual size takes few calls,
/// small enough that the buffer between host and body stays in one memory page.
const CHUNK: usize = 64 * 1024;

/// Takes the request in, whole. What can be refused without reading the body is refused before it is read.
pub(crate) fn receive(request: IncomingRequest, method: Method) -> Result<RequestData, Failure> {
    let method = method::translate(method).map_err(Failure::MethodNotImplemented)?;
    let limit = body_limit::from_environment(&get_environment())?;
    let mut headers = request.headers().entries();
    let announced = check(&headers)?;
    add_host(&mut headers, request.authority());
    let path = request.path_with_query().filter(|path| !path.is_empty()).unwrap_or_else(|| b"/".into());
    let body = body(&request, announced, limit)?;
    Ok(RequestData { method, path, headers, body })
}

/// Makes sure that the headers can be handed on as strings, and finds the length that they announce.
fn check(headers: &[(Text, Text)]) -> Result<Option<u64>, Failure> {
    let mut announced = Announced::Nothing;
    for (name, value) in headers {
        if core::str::from_utf8(value).is_err() {
            return Err(Failure::HeaderNotUtf8(name.clone()));
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
fn add_host(headers: &mut Vec<(Text, Text)>, authority: Option<Text>) {
    let Some(authority) = authority else { return };
    if !authority.is_empty() && !headers.iter().any(|(name, _)| field::is(name, field::HOST)) {
        headers.insert(0, (field::HOST.into(), authority));
    }
}

/// The body: `None` where there are no bytes, whether or not the request could have had some.
fn body(request: &IncomingRequest, announced: Option<u64>, limit: u64) -> Result<Option<Vec<u8>>, Failure> {
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

/// Reads to the end of the stream, or to one byte over the limit. Only `closed` is an end.
fn read(stream: &InputStream, announced: Option<u64>, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        let room = limit.saturating_sub(body.len() as u64).saturating_add(1);
        let chunk = match stream.blocking_read(room.min(CHUNK as u64)) {
            Ok(chunk) => chunk,
            Err(StreamError::Closed) => return Ok(body),
            Err(StreamError::LastOperationFailed(_)) => return Err(Failure::BodyIncomplete),
        };
        if chunk.len() as u64 >= room {
            return Err(Failure::BodyTooLarge(limit));
        }
        if chunk.is_empty() {
            // A host whose blocking read gives nothing is asked again when it has something.
            stream.subscribe().block();
        } else {
            append(&mut body, chunk)?;
            make_room(&mut body, announced)?;
        }
    }
}

/// Appends `chunk` and frees it. Most bodies are one chunk, which then is the body and is not copied.
fn append(body: &mut Vec<u8>, chunk: Vec<u8>) -> Result<(), Failure> {
    if body.is_empty() {
        *body = chunk;
    } else {
        body.try_reserve_exact(chunk.len()).map_err(|_| Failure::BodyOverMemory)?;
        body.extend_from_slice(&chunk);
    }
    Ok(())
}

/// Makes room for what is still to come, now that the body is the last thing in memory and the arena can let it grow
/// where it is. Once the next chunk lies above it, growing would mean moving.
fn make_room(body: &mut Vec<u8>, announced: Option<u64>) -> Result<(), Failure> {
    let more = match announced {
        Some(announced) => usize::try_from(announced).unwrap_or(usize::MAX).saturating_sub(body.len()),
        None => CHUNK,
    };
    body.try_reserve_exact(more).map_err(|_| Failure::BodyOverMemory)
}
