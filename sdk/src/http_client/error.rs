//! What can go wrong with a request, as something that a handler can match on.

use std::fmt;

use http::StatusCode;

use crate::text::join;
use crate::{Problem, log};

/// Why there is no response, from what the host says happened (`wasi:http/types.error-code`) and never from its words.
///
/// `?` makes a [`Problem`] of it: 504 where time ran out, 500 where the request itself is wrong, else 502. What happened
/// goes to the log; the client is told no host and no address.
///
/// ```
/// use mik_sdk::http_client::{self, Error};
/// use mik_sdk::prelude::*;
///
/// fn price() -> Result<String, Problem> {
///     match http_client::get("https://prices.example.com/today").send() {
///         Ok(response) => Ok(response.text().unwrap_or("unknown").to_owned()),
///         Err(error) if error.is_timeout() => Ok("ask again later".to_owned()),
///         Err(Error::Denied) => Err(Problem::internal("prices are not among `server.http_allowed`")),
///         Err(error) => Err(error.into()),
///     }
/// }
/// # let _ = price;
/// ```
///
/// It is not a [`std::error::Error`]: of those, `?` makes a bare 500.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The URL is not one of `http` or `https`, and why.
    InvalidUrl(String),
    /// The request can't be sent as it is: a header that could begin another, two lengths that differ.
    InvalidRequest(String),
    /// [`deny_private_ips`](super::ClientRequest::deny_private_ips) was asked for, and this host is not the internet's.
    SsrfBlocked(String),
    /// The host does not let this handler send requests there: it is not among `server.http_allowed`.
    Denied,
    /// The name is allowed, and leads to an address that is not: see `server.http_allow_private`.
    AddressDenied,
    /// The name has no address, and what the resolver says.
    DnsError(String),
    /// There is no connection, or it was lost before the response began.
    ConnectionError(Connection),
    /// TLS was not agreed on.
    TlsError(Tls),
    /// All of it took longer than [`timeout`](super::ClientRequest::timeout) allows.
    Timeout {
        /// What was allowed, in milliseconds; `None` where the host decided.
        timeout_ms: Option<u64>,
    },
    /// The connection was not made in [time](super::ClientRequest::connect_timeout), or the name not resolved.
    ConnectTimeout,
    /// The response did not begin in [time](super::ClientRequest::first_byte_timeout).
    FirstByteTimeout,
    /// The body of the response stood still for [too long](super::ClientRequest::idle_timeout).
    IdleTimeout,
    /// The response is larger than [allowed](super::ClientRequest::max_response_size), here or by the host.
    TooLarge {
        /// How many bytes would have been taken; `None` where the host decided.
        limit: Option<u64>,
    },
    /// The response's body broke off. What came is not handed over.
    Incomplete,
    /// The server answered with something that is not HTTP, or not what was asked for.
    ResponseError(String),
    /// A redirect was not followed.
    Redirect(Redirect),
    /// The body that was to be sent could not be read.
    BodyError(String),
    /// There is no network in `cargo test`, and nothing stands in for it: see `mik_sdk::testing::fetch`.
    NoNetwork,
    /// Something else, in the host's words.
    Other(String),
}

/// What became of a connection.
///
/// ```
/// use mik_sdk::http_client::{self, Connection, Error, Tls};
/// use mik_sdk::prelude::*;
///
/// /// Whether the server is there at all, trusted or not.
/// fn is_up(url: &str) -> Result<bool, Problem> {
///     match http_client::head(url).timeout_ms(2000).send() {
///         Ok(_) | Err(Error::TlsError(Tls::Certificate)) => Ok(true),
///         Err(Error::ConnectionError(Connection::Refused | Connection::Unroutable)) => Ok(false),
///         Err(error) => Err(error.into()),
///     }
/// }
///
/// let refused = |_: &_| Error::ConnectionError(Connection::Refused);
/// let _servers = testing::fetch::stub(refused);
/// assert_eq!(is_up("https://a.example/"), Ok(false));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Connection {
    /// Nobody listens there.
    Refused,
    /// It was lost before the response began.
    Lost,
    /// There is no way to the address.
    Unroutable,
    /// The server is known and can't be reached.
    Unavailable,
    /// The host has too many open.
    TooMany,
}

/// Why TLS was not agreed on.
///
/// ```
/// use mik_sdk::http_client::{Error, Tls};
///
/// let error = Error::TlsError(Tls::Certificate);
/// assert!(error.is_tls_error() && !error.is_retryable());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tls {
    /// Nobody who is trusted has certified the server: `server.http_ca_file` adds an authority.
    Certificate,
    /// The server ended it with this alert (RFC 8446, 6).
    Alert(Option<u8>),
    /// The server does not speak TLS, or none that is spoken here.
    Protocol,
}

/// Why a redirect was not followed.
///
/// ```
/// use mik_sdk::http_client::{self, Error, Redirect};
/// use mik_sdk::prelude::*;
///
/// let _servers = testing::fetch::stub(|_| redirect!("http://a.example/"));
/// assert_eq!(http_client::get("https://a.example/").send(), Err(Error::Redirect(Redirect::Insecure)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Redirect {
    /// There were [more than allowed](super::ClientRequest::redirects), perhaps in a circle.
    TooMany,
    /// It leads from `https` to `http`.
    Insecure,
    /// It leads to no URL of `http` or `https`.
    Invalid,
    /// The body would have to be sent again, and was read from something that can be read once.
    BodyIsGone,
}

/// What a request gives: a response, or why there is none.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether time ran out, whichever.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::ConnectTimeout | Self::FirstByteTimeout | Self::IdleTimeout)
    }

    /// Whether the same request may well succeed if it is sent again: the network failed, and neither the request nor
    /// somebody's decision. [`retries`](super::ClientRequest::retries) asks this.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        self.is_timeout() || matches!(self, Self::DnsError(_) | Self::ConnectionError(_) | Self::Incomplete)
    }

    /// Whether the request itself is what is wrong.
    #[must_use]
    pub const fn is_client_error(&self) -> bool {
        matches!(self, Self::InvalidUrl(_) | Self::InvalidRequest(_) | Self::SsrfBlocked(_))
    }

    /// Whether TLS was not agreed on.
    #[must_use]
    pub const fn is_tls_error(&self) -> bool {
        matches!(self, Self::TlsError(_))
    }

    /// Whether [`deny_private_ips`](super::ClientRequest::deny_private_ips) stopped it.
    #[must_use]
    pub const fn is_ssrf_blocked(&self) -> bool {
        matches!(self, Self::SsrfBlocked(_))
    }

    /// How many milliseconds were allowed, where all of it took too long.
    #[must_use]
    pub const fn timeout_ms(&self) -> Option<u64> {
        match self {
            Self::Timeout { timeout_ms } => *timeout_ms,
            _ => None,
        }
    }

    /// What there is to say of it beyond its name: two texts, of which the second may be empty.
    fn words(&self) -> (&'static str, &str) {
        match self {
            Self::InvalidUrl(why) => ("invalid URL: ", why),
            Self::InvalidRequest(why) => ("invalid request: ", why),
            Self::SsrfBlocked(host) => ("not a host of the internet: ", host),
            Self::Denied => ("not allowed by `server.http_allowed`", ""),
            Self::AddressDenied => ("the name leads to an address that is not allowed", ""),
            Self::DnsError(why) => ("the name has no address: ", why),
            Self::ConnectionError(connection) => ("no connection: ", connection.as_str()),
            Self::TlsError(tls) => ("no TLS: ", tls.as_str()),
            Self::Timeout { .. } => ("it took too long", ""),
            Self::ConnectTimeout => ("the connection was not made in time", ""),
            Self::FirstByteTimeout => ("the response did not begin in time", ""),
            Self::IdleTimeout => ("the response stood still for too long", ""),
            Self::TooLarge { .. } => ("the response is too large", ""),
            Self::Incomplete => ("the response broke off", ""),
            Self::ResponseError(why) => ("invalid response: ", why),
            Self::Redirect(redirect) => ("redirect not followed: ", redirect.as_str()),
            Self::BodyError(why) => ("the request's body cannot be read: ", why),
            Self::NoNetwork => ("no network in a native test: give the answers with `mik_sdk::testing::fetch`", ""),
            Self::Other(why) => ("request failed: ", why),
        }
    }
}

impl Connection {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Lost => "lost",
            Self::Unroutable => "no way there",
            Self::Unavailable => "unavailable",
            Self::TooMany => "too many are open",
        }
    }
}

impl Tls {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "the certificate is not trusted",
            Self::Alert(_) => "the server ended it",
            Self::Protocol => "the server does not speak it",
        }
    }
}

impl Redirect {
    const fn as_str(self) -> &'static str {
        match self {
            Self::TooMany => "there were too many",
            Self::Insecure => "from https to http",
            Self::Invalid => "to no URL",
            Self::BodyIsGone => "the body can be sent once",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, why) = self.words();
        formatter.write_str(what)?;
        formatter.write_str(why)
    }
}

macro_rules! as_str {
    ($($type:ty)*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    )*};
}

as_str!(Connection Tls Redirect);

impl From<Error> for Problem {
    #[inline(never)]
    fn from(error: Error) -> Self {
        let (what, why) = error.words();
        log::error!("{}", join(&["request to another server: ", what, why]));
        let status = match &error {
            error if error.is_timeout() => StatusCode::GATEWAY_TIMEOUT,
            Error::InvalidUrl(_) | Error::InvalidRequest(_) | Error::BodyError(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_GATEWAY,
        };
        Self::new(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_that_it_failed_and_not_where() {
        for (error, status) in [
            (Error::Timeout { timeout_ms: Some(5) }, 504),
            (Error::ConnectTimeout, 504),
            (Error::FirstByteTimeout, 504),
            (Error::IdleTimeout, 504),
            (Error::DnsError("db.internal has none".to_owned()), 502),
            (Error::ConnectionError(Connection::Refused), 502),
            (Error::TlsError(Tls::Alert(Some(40))), 502),
            (Error::Denied, 502),
            (Error::SsrfBlocked("10.0.0.1".to_owned()), 502),
            (Error::Redirect(Redirect::TooMany), 502),
            (Error::TooLarge { limit: Some(1) }, 502),
            (Error::InvalidUrl("10.0.0.1".to_owned()), 500),
            (Error::InvalidRequest("x-secret".to_owned()), 500),
        ] {
            let problem = Problem::from(error.clone());
            assert_eq!((problem.status().as_u16(), problem.detail()), (status, None), "{error}");
        }
    }
}
