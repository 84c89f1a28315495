//! What goes wrong with a request that a guest sends, in WASI's words. They are those of RFC 9209, which tells them apart.

use std::error::Error as StdError;
use std::io;

use hyper_util::client::legacy;
use rustls::AlertDescription;
use wasmtime_wasi_http::Error;

/// Why there is no connection.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum ConnectError {
    /// Every address is one that the policy forbids.
    #[error("the address is not allowed")]
    Prohibited,
    /// The name has no address, or the resolver doesn't tell.
    #[error("the name can't be resolved: {0}")]
    Dns(String),
    #[error("the name was not resolved in time")]
    DnsTimeout,
    #[error("the connection was refused")]
    Refused,
    #[error("there is no way to the address")]
    Unroutable,
    #[error("the connection was not made in time")]
    Timeout,
    #[error("the connection can't be made")]
    Unavailable,
    #[error("the server's certificate can't be trusted")]
    Certificate,
    #[error("the server ended TLS: {0:?}")]
    Alert(AlertDescription),
    #[error("the server doesn't speak TLS")]
    Tls,
}

impl ConnectError {
    /// Why a TCP connection or a TLS handshake failed.
    pub(super) fn of(error: &(dyn StdError + 'static)) -> Self {
        if let Some(error) = find::<Self>(error) {
            return error.clone();
        }
        if let Some(error) = find::<rustls::Error>(error) {
            return match error {
                rustls::Error::InvalidCertificate(_) => Self::Certificate,
                rustls::Error::AlertReceived(alert) => Self::Alert(*alert),
                _ => Self::Tls,
            };
        }
        match find::<io::Error>(error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => Self::Refused,
            Some(io::ErrorKind::TimedOut) => Self::Timeout,
            Some(
                io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::AddrNotAvailable
                | io::ErrorKind::NetworkDown,
            ) => Self::Unroutable,
            _ => Self::Unavailable,
        }
    }
}

impl From<&ConnectError> for Error {
    fn from(error: &ConnectError) -> Self {
        match error {
            ConnectError::Prohibited => Self::DestinationIpProhibited,
            ConnectError::Dns(why) => Self::DnsError { rcode: Some(why.clone()), info_code: None },
            ConnectError::DnsTimeout => Self::DnsTimeout,
            ConnectError::Refused => Self::ConnectionRefused,
            ConnectError::Unroutable => Self::DestinationIpUnroutable,
            ConnectError::Timeout => Self::ConnectionTimeout,
            ConnectError::Unavailable => Self::DestinationUnavailable,
            ConnectError::Certificate => Self::TlsCertificateError,
            ConnectError::Alert(alert) => {
                Self::TlsAlertReceived { alert_id: Some(u8::from(*alert)), alert_message: Some(format!("{alert:?}")) }
            }
            ConnectError::Tls => Self::TlsProtocolError,
        }
    }
}

/// Why there is no response.
pub(super) fn of_request(error: &legacy::Error) -> Error {
    if error.is_connect() {
        return Error::from(&ConnectError::of(error));
    }
    match find::<hyper::Error>(error) {
        Some(error) => of_exchange(error, Error::ConnectionTerminated),
        None => Error::HttpProtocolError,
    }
}

/// Why a response's body breaks off.
pub(super) fn of_body(error: &hyper::Error) -> Error {
    of_exchange(error, Error::HttpResponseIncomplete)
}

fn of_exchange(error: &hyper::Error, incomplete: Error) -> Error {
    if let Some(own) = find::<Error>(error) {
        return copy(own);
    }
    if error.is_parse_too_large() {
        return Error::HttpResponseHeaderSectionSize(None);
    }
    let is_lost = find::<io::Error>(error).is_some() || error.is_closed() || error.is_canceled();
    if error.is_incomplete_message() || error.is_body_write_aborted() || is_lost {
        return incomplete;
    }
    Error::HttpProtocolError
}

/// An error of a request's own body, for the second who asks.
pub(super) fn copy(error: &Error) -> Error {
    match error {
        Error::HttpRequestBodySize(size) => Error::HttpRequestBodySize(*size),
        Error::ConnectionTerminated => Error::ConnectionTerminated,
        _ => Error::HttpProtocolError,
    }
}

/// The first of its kind among an error and its causes. An `io::Error` may be all around the cause.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
