//! Connections of guests: a name is resolved, every address is checked, and only what was checked is connected to. There
//! is no second look at the name that could be told something else.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector, dns::Name};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use tower::Service;

use super::error::ConnectError;
use super::policy::Policy;
use crate::project::{Destination, Scheme};

/// The longest that a connection may take to be made, TLS included, whatever the guest says.
pub(super) const CONNECT_LONGEST: Duration = Duration::from_secs(10);

/// How many addresses of a name are looked at. Nobody who means well has more.
const ADDRESSES_MOST: usize = 16;
/// How many names are resolved at once for all modules: the threads are those that others need as well.
static LOOKUPS: Semaphore = Semaphore::const_new(128);

/// How much longer a connection has than the lookup of its name, so that it can be told which of the two took too long.
const AFTER_LOOKUP: Duration = Duration::from_millis(10);

tokio::task_local! {
    /// How long the request that needs a connection waits for it.
    pub(super) static CONNECT_TIMEOUT: Duration;
}

/// Until when a connection that is asked for now is waited for.
fn deadline() -> Instant {
    // Connections are begun where the request is polled that needs them.
    Instant::now() + CONNECT_TIMEOUT.try_with(|longest| *longest).unwrap_or(CONNECT_LONGEST)
}

type Error = Box<dyn std::error::Error + Send + Sync>;
type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Makes connections as a module's policy allows, with TLS or without, in time.
#[derive(Clone)]
pub(super) struct Connector {
    https: HttpsConnector<Checked>,
    policy: Arc<Policy>,
}

impl Connector {
    /// `open` bounds the connections that are open, `lookups` the names that are resolved.
    pub(super) fn new(
        policy: Arc<Policy>,
        open: Arc<Semaphore>,
        lookups: Arc<Semaphore>,
        tls: Arc<ClientConfig>,
    ) -> Self {
        let checked = Checked { policy: policy.clone(), open, lookups };
        Self { https: HttpsConnector::from((checked, tls)), policy }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<Stream>>;
    type Error = Error;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.https.poll_ready(cx)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let deadline = deadline() + AFTER_LOOKUP;
        let policy = self.policy.clone();
        let destination = destination(&uri);
        let connecting = self.https.call(uri);
        Box::pin(async move {
            let error = match timeout_at(deadline, connecting).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => error,
                Err(_) => return Err(ConnectError::Timeout.into()),
            };
            let why = ConnectError::of(&*error);
            if let (ConnectError::Certificate, Some(destination)) = (&why, destination) {
                policy.tell_of_certificate(&destination, &error.to_string());
            }
            Err(why.into())
        })
    }
}

/// Makes TCP connections to addresses that have been checked.
#[derive(Clone)]
struct Checked {
    policy: Arc<Policy>,
    open: Arc<Semaphore>,
    lookups: Arc<Semaphore>,
}

impl Service<Uri> for Checked {
    type Response = TokioIo<Stream>;
    type Error = Error;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self { policy, open, lookups } = self.clone();
        let deadline = deadline();
        Box::pin(async move {
            let destination = destination(&uri).ok_or(ConnectError::Unavailable)?;
            let open = open.acquire_owned().await?;
            let found = match destination.address() {
                Some(address) => vec![SocketAddr::new(address, destination.port)],
                None => look_up(&destination, lookups, deadline).await?,
            };
            let addresses = policy.permit(&destination, found)?;
            // hyper's own connector tries them one after the other, each family without waiting long for the other
            // (RFC 8305). Where the URL has an address it takes that, which is the one that was checked.
            let mut connector = HttpConnector::new_with_resolver(Resolved(addresses));
            connector.enforce_http(false);
            connector.set_nodelay(true);
            connector.set_connect_timeout(Some(CONNECT_LONGEST));
            let stream = connector.call(uri).await?.into_inner();
            Ok(TokioIo::new(Stream { stream, _open: open }))
        })
    }
}

/// Where a URL of the client's goes: it has been through this before.
fn destination(uri: &Uri) -> Option<Destination> {
    Destination::new(Scheme::from_name(uri.scheme_str()?)?, uri.authority()?.as_str())
}

/// The addresses of a name, by the system's own resolver.
async fn look_up(
    destination: &Destination,
    lookups: Arc<Semaphore>,
    deadline: Instant,
) -> Result<Vec<SocketAddr>, Error> {
    let (name, port) = (destination.host.to_string(), destination.port);
    let look_up = async move {
        // They stay with the thread, whether or not anybody still waits for it.
        let turns = (lookups.acquire_owned().await?, LOOKUPS.acquire().await?);
        let found = tokio::task::spawn_blocking(move || {
            let _turns = turns;
            (name.as_str(), port).to_socket_addrs().map(|found| found.take(ADDRESSES_MOST).collect::<Vec<_>>())
        });
        Ok::<_, Error>(found.await?)
    };
    match timeout_at(deadline, look_up).await {
        Err(_) => Err(ConnectError::DnsTimeout.into()),
        Ok(Err(error)) => Err(error),
        Ok(Ok(Ok(found))) if found.is_empty() => Err(ConnectError::Dns("no addresses".to_owned()).into()),
        Ok(Ok(Ok(found))) => Ok(found),
        Ok(Ok(Err(error))) => {
            let text = error.to_string();
            let why = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
            Err(ConnectError::Dns(why.to_owned()).into())
        }
    }
}

/// A resolver that has been asked already.
#[derive(Clone)]
struct Resolved(Vec<SocketAddr>);

impl Service<Name> for Resolved {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Error;
    type Future = std::future::Ready<Result<Self::Response, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Name) -> Self::Future {
        std::future::ready(Ok(std::mem::take(&mut self.0).into_iter()))
    }
}

/// A connection that counts among the module's for as long as it is open.
pub(super) struct Stream {
    stream: TcpStream,
    _open: OwnedSemaphorePermit,
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        Poll::Ready(Ok(()))
    }
}
