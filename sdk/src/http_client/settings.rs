//! What a request may take: time, bytes, redirects, another try; and where it may go.

use std::time::Duration;

use super::retry::{self, Retry};
use super::transport::Connect;
use super::{ClientRequest, address};

impl ClientRequest {
    /// How long all of it may take: redirects, retries and the response's body included.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use mik_sdk::http_client;
    ///
    /// let request = http_client::get("https://api.example.com/")
    ///     .timeout(Duration::from_secs(10))
    ///     .connect_timeout(Duration::from_secs(1))
    ///     .first_byte_timeout(Duration::from_secs(3))
    ///     .idle_timeout(Duration::from_secs(2));
    /// # let _ = request;
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.total = nanoseconds(timeout);
        self
    }

    /// [`timeout`](Self::timeout), in milliseconds.
    pub fn timeout_ms(mut self, milliseconds: u64) -> Self {
        self.timeouts.total = milliseconds.saturating_mul(1_000_000);
        self
    }

    /// [`timeout`](Self::timeout), in nanoseconds.
    pub fn timeout_ns(mut self, nanoseconds: u64) -> Self {
        self.timeouts.total = nanoseconds;
        self
    }

    /// How long it may take to find the server and to connect to it, TLS included. It is the host that measures this.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.connect = Some(Connect::within(nanoseconds(timeout)));
        self
    }

    /// How long the server may be silent until its response begins: since the request was sent, or since the server last took
    /// a piece of its body.
    pub fn first_byte_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.first_byte = Some(nanoseconds(timeout));
        self
    }

    /// How long the server may be silent in the middle of a response.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.idle = Some(nanoseconds(timeout));
        self
    }

    /// How large the response's body may be, in bytes. A larger one is [`TooLarge`](super::Error::TooLarge), as soon as that is
    /// known. [`stream`](Self::stream) has no limit unless one is set.
    ///
    /// ```
    /// use mik_sdk::http_client::{self, Error};
    ///
    /// match http_client::get("https://api.example.com/").max_response_size(64 << 10).send() {
    ///     Err(Error::TooLarge { limit }) => println!("more than {limit:?} bytes"),
    ///     outcome => drop(outcome),
    /// }
    /// ```
    pub fn max_response_size(mut self, bytes: u64) -> Self {
        self.max_response_size = bytes;
        self.is_size_limited = true;
        self
    }

    /// How many redirects are followed; with 0, a redirect is the response.
    ///
    /// 303 is followed with `GET`, and so are 301 and 302 after a `POST`; 307 and 308 repeat method and body (RFC 9110, 15.4).
    /// Where the origin changes, `authorization` and `cookie` stay behind; other secrets in headers of their own do not.
    ///
    /// ```
    /// use mik_sdk::http_client::{self, Error, Redirect};
    ///
    /// let request = http_client::get("https://example.com/").redirects(3);
    /// assert_ne!(request.send(), Err(Error::Redirect(Redirect::TooMany)));
    /// ```
    pub fn redirects(mut self, most: u32) -> Self {
        self.redirects = most;
        self
    }

    /// Follows redirects from `https` to `http`, too.
    pub fn allow_insecure_redirects(mut self) -> Self {
        self.is_downgrade_allowed = true;
        self
    }

    /// Sends it again, so many times at most, where that may help: there was no connection, it was lost, the server was silent
    /// or answered 429, 502, 503 or 504. Only what may be repeated is: `GET`, `HEAD`, `OPTIONS`, `PUT` and `DELETE`
    /// (RFC 9110, 9.2.2), with a body that is still there.
    ///
    /// The pause before it is the server's `retry-after`, else 100 milliseconds, doubled each time up to 10 seconds, of
    /// which half is chance. A pause that [`timeout`](Self::timeout) has no room for is not begun: the response, or the error,
    /// is then what there is.
    ///
    /// ```
    /// use mik_sdk::http_client;
    /// use mik_sdk::prelude::*;
    /// use mik_sdk::testing::fetch;
    ///
    /// let mut answers = vec![StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE];
    /// let servers = fetch::stub(move |_| answers.pop().unwrap());
    /// assert!(http_client::get("https://api.example.com/").retries(1).send()?.is_success());
    /// assert_eq!(servers.requests().len(), 2);
    /// # Ok::<(), Problem>(())
    /// ```
    pub fn retries(mut self, most: u32) -> Self {
        let is_any_method = self.retry.is_some_and(|retry| retry.is_any_method);
        self.retry = Some(Retry { left: most, is_any_method, pause: retry::pause });
        self
    }

    /// [`retries`](Self::retries), with methods too that may do something twice: for a server that knows a repetition by an
    /// `idempotency-key`.
    pub fn retries_of_any_method(mut self, most: u32) -> Self {
        self.retry = Some(Retry { left: most, is_any_method: true, pause: retry::pause });
        self
    }

    /// Sends nothing to hosts that are not the internet's: [`SsrfBlocked`](super::Error::SsrfBlocked). For URLs that somebody else
    /// has written. It holds for redirects, too.
    ///
    /// What is written is understood, however it is spelled: see [`is_private_address`](super::is_private_address). What a name
    /// resolves to only the host knows: `cargo mik` checks each address before it connects, and refuses those that are not
    /// the internet's ([`AddressDenied`](super::Error::AddressDenied)) unless `server.http_allow_private` is set. Leave that off where
    /// URLs come from outside.
    ///
    /// ```
    /// use mik_sdk::http_client::{self, Error};
    ///
    /// let outcome = http_client::get("http://0x7f.1/admin").deny_private_ips().send();
    /// assert_eq!(outcome, Err(Error::SsrfBlocked("0x7f.1".to_owned())));
    /// ```
    pub fn deny_private_ips(mut self) -> Self {
        self.denies = Some(address::is_private_address);
        self
    }

    /// Whether [`deny_private_ips`](Self::deny_private_ips) was asked for.
    #[must_use]
    pub const fn denies_private_ips(&self) -> bool {
        self.denies.is_some()
    }

    /// Sends no `traceparent` and `tracestate` but those that are set with [`header`](Self::header).
    pub fn without_trace(mut self) -> Self {
        self.is_traced = false;
        self
    }
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
