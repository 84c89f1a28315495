//! Requests by way of the host: `wasi:http/outgoing-handler`.

use super::url::{Scheme, Url};
use super::{Connection, Error, Result, Tls};
use crate::bindings::client_world::wasi::clocks::monotonic_clock;
use crate::bindings::client_world::wasi::http::outgoing_handler;
use crate::bindings::client_world::wasi::http::types::{self, ErrorCode};
use crate::bindings::wasi::io::poll::{Pollable, poll};
use crate::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::text::join;
use crate::{Headers, Method};

/// How much of a response is asked for at once.
const PIECE: u64 = 64 << 10;

pub(super) fn now() -> u64 {
    monotonic_clock::now()
}

/// What came of reading.
pub(super) enum Read {
    Piece(Vec<u8>),
    /// Not yet.
    Nothing,
    End,
    Failed(Error),
}

/// What is waited for: the first of these that happens.
#[derive(Default)]
pub(super) struct Waits {
    pollables: Vec<Pollable>,
    until: Option<u64>,
}

impl Waits {
    pub(super) fn until(&mut self, time: u64) {
        self.until = Some(self.until.map_or(time, |until| until.min(time)));
    }

    pub(super) fn wait(mut self) {
        if let Some(until) = self.until {
            self.pollables.push(monotonic_clock::subscribe_instant(until));
        }
        let all: Vec<&Pollable> = self.pollables.iter().collect();
        if !all.is_empty() {
            poll(&all);
        }
    }
}

/// How long a connection may take to be made, and how the host is told.
#[derive(Clone, Copy)]
pub(super) struct Connect {
    nanoseconds: u64,
    options: fn(u64) -> types::RequestOptions,
}

impl Connect {
    pub(super) fn within(nanoseconds: u64) -> Self {
        Self {
            nanoseconds,
            options: |nanoseconds| {
                let options = types::RequestOptions::new();
                // A host that can't is one that decides for itself.
                let _ = options.set_connect_timeout(Some(nanoseconds));
                options
            },
        }
    }
}

/// A request that the host does not have yet.
pub(super) struct Outgoing(types::OutgoingRequest);

impl Outgoing {
    pub(super) fn new(method: Method, url: &Url, headers: Headers) -> Result<Self> {
        let fields = types::Fields::new();
        for (name, value) in headers.into_vec() {
            let value = value.into_bytes();
            if fields.append(&name, &value).is_err() {
                return Err(Error::InvalidRequest(join(&["the host does not let `", &name, "` be set"])));
            }
        }
        let request = types::OutgoingRequest::new(fields);
        let method = match method {
            Method::Get => types::Method::Get,
            Method::Post => types::Method::Post,
            Method::Put => types::Method::Put,
            Method::Patch => types::Method::Patch,
            Method::Delete => types::Method::Delete,
            Method::Head => types::Method::Head,
            Method::Options => types::Method::Options,
        };
        let scheme = match url.scheme {
            Scheme::Http => types::Scheme::Http,
            Scheme::Https => types::Scheme::Https,
        };
        let is_set = request.set_method(&method).is_ok()
            && request.set_scheme(Some(&scheme)).is_ok()
            && request.set_authority(Some(&url.authority())).is_ok()
            && request.set_path_with_query(Some(&url.target)).is_ok();
        if is_set {
            Ok(Self(request))
        } else {
            Err(Error::InvalidUrl(join(&["the host does not take it: `", &url.to_text(), "`"])))
        }
    }

    /// Hands it to the host.
    pub(super) fn send(self, connect: Option<Connect>) -> Result<Call> {
        let options = connect.map(|connect| (connect.options)(connect.nanoseconds));
        match outgoing_handler::handle(self.0, options) {
            Ok(response) => Ok(Call { stream: None, body: None, response }),
            Err(code) => Err(error(&code, false)),
        }
    }
}

/// Where the body of a request goes. Children before parents: the host wants them dropped in this order.
pub(super) struct Sink {
    stream: Option<OutputStream>,
    body: Option<types::OutgoingBody>,
    is_flushing: bool,
}

impl Sink {
    pub(super) fn open(request: &Outgoing) -> Result<Self> {
        let body = request.0.body().map_err(|()| nothing())?;
        Ok(Self { stream: body.write().ok(), body: Some(body), is_flushing: false })
    }

    /// How many bytes can be written now; `None` where nobody reads them any more.
    pub(super) fn room(&self) -> Option<usize> {
        let room = self.stream.as_ref()?.check_write().ok()?;
        Some(usize::try_from(room).unwrap_or(usize::MAX))
    }

    /// Writes no more than there is room for.
    pub(super) fn write(&self, piece: &[u8]) {
        if let Some(stream) = &self.stream {
            // What is wrong is told by the next look for room.
            let _ = stream.write(piece);
        }
    }

    /// Ends the body; whether that is done. What has been written has to be out first.
    pub(super) fn finish(&mut self) -> Result<bool> {
        if !self.is_flushing
            && let Some(stream) = &self.stream
        {
            self.is_flushing = true;
            let _ = stream.flush();
            return Ok(false);
        }
        self.stream = None;
        match self.body.take().map(|body| types::OutgoingBody::finish(body, None)) {
            Some(Err(code)) => Err(error(&code, false)),
            _ => Ok(true),
        }
    }

    pub(super) fn wait(&self, waits: &mut Waits) {
        if let Some(stream) = &self.stream {
            waits.pollables.push(stream.subscribe());
        }
    }
}

/// A request that the host has, and its response. Children before parents, here too.
pub(super) struct Call {
    stream: Option<InputStream>,
    body: Option<types::IncomingBody>,
    response: types::FutureIncomingResponse,
}

impl Call {
    /// Status and header fields, once they are there.
    pub(super) fn head(&mut self) -> Option<Result<(u16, Headers)>> {
        let response = match self.response.get()? {
            Ok(Ok(response)) => response,
            Ok(Err(code)) => return Some(Err(error(&code, false))),
            Err(()) => return Some(Err(nothing())),
        };
        let mut headers = Headers::new();
        for (name, value) in response.headers().entries() {
            headers.append(name, String::from_utf8(value).unwrap_or_else(|error| latin1(error.as_bytes())));
        }
        let status = response.status();
        let Ok(body) = response.consume() else {
            return Some(Err(nothing()));
        };
        self.stream = body.stream().ok();
        self.body = Some(body);
        Some(Ok((status, headers)))
    }

    pub(super) fn read(&self) -> Read {
        let Some(stream) = &self.stream else {
            return Read::Failed(nothing());
        };
        match stream.read(PIECE) {
            Ok(piece) if piece.is_empty() => Read::Nothing,
            Ok(piece) => Read::Piece(piece),
            Err(StreamError::Closed) => Read::End,
            Err(StreamError::LastOperationFailed(why)) => Read::Failed(match types::http_error_code(&why) {
                Some(code) => error(&code, true),
                None => Error::Incomplete,
            }),
        }
    }

    pub(super) fn wait(&self, waits: &mut Waits) {
        waits.pollables.push(match &self.stream {
            Some(stream) => stream.subscribe(),
            None => self.response.subscribe(),
        });
    }
}

#[cold]
fn nothing() -> Error {
    Error::Other("the host gave no response".to_owned())
}

/// Bytes that are not UTF-8, as what they were when headers were defined.
#[cold]
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// What the host says went wrong, as something to match on.
#[inline(never)]
fn error(code: &ErrorCode, has_head: bool) -> Error {
    let invalid = |why: &str| Error::InvalidRequest(why.to_owned());
    match code {
        ErrorCode::DnsError(payload) => Error::DnsError(payload.rcode.clone().unwrap_or_default()),
        ErrorCode::DnsTimeout | ErrorCode::ConnectionTimeout => Error::ConnectTimeout,
        ErrorCode::DestinationNotFound | ErrorCode::DestinationUnavailable => {
            Error::ConnectionError(Connection::Unavailable)
        }
        ErrorCode::DestinationIpProhibited => Error::AddressDenied,
        ErrorCode::DestinationIpUnroutable => Error::ConnectionError(Connection::Unroutable),
        ErrorCode::ConnectionRefused => Error::ConnectionError(Connection::Refused),
        ErrorCode::ConnectionTerminated if has_head => Error::Incomplete,
        ErrorCode::ConnectionTerminated => Error::ConnectionError(Connection::Lost),
        ErrorCode::ConnectionLimitReached => Error::ConnectionError(Connection::TooMany),
        ErrorCode::ConnectionReadTimeout | ErrorCode::ConnectionWriteTimeout | ErrorCode::HttpResponseTimeout => {
            if has_head {
                Error::IdleTimeout
            } else {
                Error::FirstByteTimeout
            }
        }
        ErrorCode::TlsCertificateError => Error::TlsError(Tls::Certificate),
        ErrorCode::TlsAlertReceived(payload) => Error::TlsError(Tls::Alert(payload.alert_id)),
        ErrorCode::TlsProtocolError => Error::TlsError(Tls::Protocol),
        ErrorCode::HttpRequestDenied => Error::Denied,
        ErrorCode::HttpRequestLengthRequired | ErrorCode::HttpRequestBodySize(_) => {
            invalid("the body is not as long as it says")
        }
        ErrorCode::HttpRequestMethodInvalid => invalid("the method"),
        ErrorCode::HttpRequestUriInvalid | ErrorCode::HttpRequestUriTooLong => {
            Error::InvalidUrl("the host does not take it".to_owned())
        }
        ErrorCode::HttpRequestHeaderSectionSize(_)
        | ErrorCode::HttpRequestHeaderSize(_)
        | ErrorCode::HttpRequestTrailerSectionSize(_)
        | ErrorCode::HttpRequestTrailerSize(_) => invalid("its headers are too large"),
        ErrorCode::HttpResponseIncomplete => Error::Incomplete,
        ErrorCode::HttpResponseHeaderSectionSize(_)
        | ErrorCode::HttpResponseHeaderSize(_)
        | ErrorCode::HttpResponseBodySize(_)
        | ErrorCode::HttpResponseTrailerSectionSize(_)
        | ErrorCode::HttpResponseTrailerSize(_) => Error::TooLarge { limit: None },
        ErrorCode::HttpResponseTransferCoding(_)
        | ErrorCode::HttpResponseContentCoding(_)
        | ErrorCode::HttpUpgradeFailed
        | ErrorCode::HttpProtocolError
        | ErrorCode::LoopDetected => Error::ResponseError("it is no HTTP".to_owned()),
        ErrorCode::ConfigurationError => Error::Other("the host is not set up for it".to_owned()),
        ErrorCode::InternalError(why) => Error::Other(why.clone().unwrap_or_default()),
    }
}
