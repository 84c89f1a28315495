//! One connection from its first byte to its last: which protocol it speaks, how long it may lie idle, and how it ends
//! without losing a request.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::failure::Failure;
use super::host::Host;
use super::peer::Peer;
use super::server::Stop;
use super::stall::Stall;
use super::tls::{self, Tls};
use super::wire::Wire;

/// How long a client may take for a request's head, and how long a connection may lie idle.
const HEAD_LONGEST: Duration = Duration::from_secs(30);
/// How long a client may leave an answer unread.
const WRITE_LONGEST: Duration = Duration::from_secs(30);
/// How long an HTTP/2 connection without a request may lie idle. A client that means to use it again asks sooner.
const IDLE_LONGEST: Duration = Duration::from_secs(90);
/// The most that a request's head may have, in bytes and in headers.
pub(super) const HEAD_MOST: usize = 64 << 10;
pub(super) const HEADERS_MOST: usize = 100;
/// How many requests one HTTP/2 connection may have in flight.
const STREAMS_MOST: u32 = 128;
/// How many requests an HTTP/2 client may have begun and reset before the server has looked at them, and how many it
/// may provoke the server to reset: more is an attack, and the connection ends.
const RESETS_MOST: usize = 64;
/// How long connections without a request are given when the server stops: one may be on its way. What is asked in
/// this time is answered, and told that the connection ends.
const LAST_REQUEST: Duration = Duration::from_millis(200);
/// How long an HTTP/2 client without a request may take to go once it is told that the connection ends.
const GOING_LONGEST: Duration = Duration::from_secs(2);
/// What a client that speaks HTTP/2 sends first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What all connections have in common.
pub(super) struct Connections {
    pub(super) host: Arc<Host>,
    stop: Stop,
    tls: Option<Arc<Tls>>,
    head_longest: Duration,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

impl Connections {
    pub(super) fn new(host: Arc<Host>, stop: Stop, tls: Option<Arc<Tls>>) -> Self {
        Self::with_patience(host, stop, tls, HEAD_LONGEST)
    }

    fn with_patience(host: Arc<Host>, stop: Stop, tls: Option<Arc<Tls>>, head_longest: Duration) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(head_longest)
            .max_headers(HEADERS_MOST)
            .max_buf_size(HEAD_MOST);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .keep_alive_interval(HEAD_LONGEST)
            .keep_alive_timeout(HEAD_LONGEST)
            .max_concurrent_streams(STREAMS_MOST)
            .max_pending_accept_reset_streams(RESETS_MOST)
            .max_local_error_reset_streams(RESETS_MOST)
            // Beyond it the answer has no body. Up to it the host says what is too large.
            .max_header_list_size(2 * HEAD_MOST as u32);
        Self { host, stop, tls, head_longest, http1, http2 }
    }

    /// Serves a connection. What goes wrong on it is the client's: it went away, or does not speak HTTP. It has been
    /// answered where that is possible.
    pub(super) async fn serve(&self, stream: TcpStream, address: SocketAddr) {
        // Answers go out at once. Without it, the last packet of each waits for an acknowledgement of the one before.
        // A socket that refuses is one that has already been closed.
        drop(stream.set_nodelay(true));
        let peer = Arc::new(Peer::new(address, self.tls.is_some()));
        let Some(tls) = &self.tls else {
            return self.speak(Stall::new(stream, WRITE_LONGEST), peer, false).await;
        };
        let opened = tokio::select! {
            opened = tls.open(stream) => opened,
            () = self.last_moment() => return,
        };
        match opened {
            Ok(tls::Opened::Encrypted { stream, http2 }) => {
                self.speak(Stall::new(*stream, WRITE_LONGEST), peer, http2).await;
            }
            Ok(tls::Opened::Plain(stream)) => {
                // Best effort: it has come to the wrong place.
                drop(self.host.refuse(Stall::new(stream, WRITE_LONGEST), &peer, &Failure::SpeaksHttps).await);
            }
            Err(_) => {}
        }
    }

    /// Serves a connection of our own, which is a piece of memory.
    pub(super) async fn serve_ourselves(&self, stream: DuplexStream, peer: Arc<Peer>) {
        self.speak(Stall::new(stream, WRITE_LONGEST), peer, false).await;
    }

    /// Answers that there is no room for one more connection.
    pub(super) async fn turn_away(&self, stream: TcpStream, address: SocketAddr) {
        // Encrypted, it would take the very work that there is no room for.
        if self.tls.is_none() {
            let peer = Peer::new(address, false);
            drop(self.host.refuse(Stall::new(stream, WRITE_LONGEST), &peer, &Failure::NoRoom).await);
        }
    }

    /// When connections without a request are over.
    async fn last_moment(&self) {
        self.stop.drain.cancelled().await;
        sleep(LAST_REQUEST).await;
    }

    async fn speak<S>(&self, mut stream: Stall<S>, peer: Arc<Peer>, only_http2: bool)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut ahead = BytesMut::new();
        let protocol = tokio::select! {
            read = read_ahead(&mut stream, &mut ahead) => match read {
                Ok(protocol) => Ok(protocol),
                Err(_) => return,
            },
            () = sleep(self.head_longest) => Err(Failure::HeadTooSlow { limit: self.head_longest }),
            () = self.last_moment() => Err(Failure::Stopping),
        };
        match protocol {
            Ok(Protocol::Http2) => self.speak_http2(Wire::http2(stream, ahead.freeze()), peer).await,
            Ok(Protocol::Http1) if !only_http2 => self.speak_http1(stream, ahead.freeze(), peer).await,
            // It has agreed to speak HTTP/2, and doesn't.
            Ok(Protocol::Http1) => {}
            // Who has said nothing is told nothing.
            Err(_) if ahead.is_empty() => {}
            Err(failure) => drop(self.host.refuse(stream, &peer, &failure).await),
        }
    }

    async fn speak_http1<S>(&self, stream: Stall<S>, ahead: Bytes, peer: Arc<Peer>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn({
            let (host, peer) = (self.host.clone(), peer.clone());
            move |request: Request<Incoming>| {
                let answer = host.clone().answer(request, peer.clone());
                Box::pin(async move { Ok::<_, Infallible>(answer.await) })
            }
        });
        let mut connection = self.http1.serve_connection(TokioIo::new(Wire::http1(stream, ahead)), service);
        // Without the end of the stream: there may be an answer to put before it.
        let ended = tokio::select! {
            ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => Some(ended),
            () = self.last_moment() => None,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                Pin::new(&mut connection).graceful_shutdown();
                poll_fn(|cx| connection.poll_without_shutdown(cx)).await
            }
        };
        let http1::Parts { io, read_buf, .. } = connection.into_parts();
        let wire = io.into_inner();
        let refused = self.refused(ended.err().as_ref(), wire.held(), !read_buf.is_empty());
        // The client may be gone by now.
        match refused {
            Some(failure) if !peer.is_busy() => drop(self.host.refuse(wire.into_stream(), &peer, &failure).await),
            _ => drop(wire.close().await),
        }
    }

    /// Why the last that came was no request, or not yet one.
    fn refused(&self, error: Option<&hyper::Error>, held: Option<StatusCode>, begun: bool) -> Option<Failure> {
        match (error, held) {
            (Some(error), Some(status)) if error.is_parse() => Some(match status {
                StatusCode::URI_TOO_LONG => Failure::UriTooLong { limit: super::request::URI_MOST },
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
                    Failure::HeadTooLarge { bytes: HEAD_MOST, headers: HEADERS_MOST }
                }
                _ => Failure::Malformed("what came is not valid HTTP/1.1 or HTTP/2"),
            }),
            (Some(error), _) if error.is_timeout() && begun => Some(Failure::HeadTooSlow { limit: self.head_longest }),
            (Some(error), _) if error.is_incomplete_message() && begun => {
                Some(Failure::Malformed("the request ends in the middle of its head"))
            }
            (None, _) if begun && self.stop.drain.is_cancelled() => Some(Failure::Stopping),
            _ => None,
        }
    }

    async fn speak_http2<S>(&self, wire: Wire<Stall<S>>, peer: Arc<Peer>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn({
            let (host, peer) = (self.host.clone(), peer.clone());
            move |request: Request<Incoming>| {
                let answer = host.clone().answer(request, peer.clone());
                async move { Ok::<_, Infallible>(answer.await) }
            }
        });
        let mut connection = pin!(self.http2.serve_connection(TokioIo::new(wire), service));
        tokio::select! {
            _ = connection.as_mut() => return,
            () = idle(&peer, IDLE_LONGEST) => {}
            () = self.stop.drain.cancelled() => {}
        }
        // The client is told which of its requests are still answered, and what it has begun goes on.
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            _ = connection.as_mut() => {}
            () = idle(&peer, GOING_LONGEST) => {}
        }
    }
}

/// Ends when there has been no request for so long.
async fn idle(peer: &Peer, longest: Duration) {
    loop {
        let before = peer.begun();
        sleep(longest).await;
        if !peer.is_busy() && peer.begun() == before {
            return;
        }
    }
}

enum Protocol {
    Http1,
    Http2,
}

/// Reads as much as it takes to tell the protocol.
async fn read_ahead(stream: &mut (impl AsyncRead + Unpin), ahead: &mut BytesMut) -> std::io::Result<Protocol> {
    loop {
        let ended = stream.read_buf(ahead).await? == 0;
        let common = PREFACE.iter().zip(ahead.iter()).take_while(|(one, other)| one == other).count();
        if common == PREFACE.len() {
            return Ok(Protocol::Http2);
        }
        if ended || common < ahead.len() {
            return Ok(Protocol::Http1);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt, duplex};

    use super::super::mode::Mode;
    use super::*;
    use crate::project::ServerSettings;
    use crate::report::{Reporter, Shell};

    const PATIENCE: Duration = Duration::from_millis(50);

    /// A connection with nothing behind it, and how it is told to stop.
    fn connect() -> (DuplexStream, Stop) {
        let reporter = Reporter::new(Shell::from_write(Box::new(std::io::sink()), Box::new(std::io::sink())));
        let settings = ServerSettings { max_concurrent_requests: 1, ..ServerSettings::default() };
        let host = Arc::new(Host::new(&settings, Mode::Production, &reporter).unwrap());
        let stop = Stop::default();
        let connections = Connections::with_patience(host, stop.clone(), None, PATIENCE);
        let (client, server) = duplex(4096);
        let peer = Arc::new(Peer::new(SocketAddr::from(([127, 0, 0, 1], 1)), false));
        tokio::spawn(async move { connections.speak(Stall::new(server, WRITE_LONGEST), peer, false).await });
        (client, stop)
    }

    /// All that comes back for these bytes until the connection ends.
    async fn rest(client: &mut DuplexStream) -> String {
        let mut rest = String::new();
        client.read_to_string(&mut rest).await.unwrap();
        rest
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_told_so_and_silence_is_not() {
        for (head, status) in [("G", "408 "), ("PRI * HTTP", "408 "), ("GET / HTTP/1.1\r\nhost:", "408 "), ("", "")] {
            let (mut client, _stop) = connect();
            client.write_all(head.as_bytes()).await.unwrap();
            let rest = rest(&mut client).await;
            assert_eq!(rest.get(9..13).unwrap_or_default(), status, "{head}: {rest}");
            assert_eq!(rest.contains("urn:mik:error:head-too-slow"), !status.is_empty(), "{rest}");
        }
    }

    #[tokio::test]
    async fn a_connection_that_has_been_used_ends_in_silence_when_it_lies_idle() {
        let (mut client, _stop) = connect();
        client.write_all(b"GET /_mik/health/live HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let rest = rest(&mut client).await;
        assert!(rest.starts_with("HTTP/1.1 200 ") && rest.ends_with("{\"status\":\"live\"}"), "{rest}");
    }

    #[tokio::test]
    async fn a_head_that_is_cut_off_is_no_request() {
        let (mut client, _stop) = connect();
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n").await.unwrap();
        client.shutdown().await.unwrap();
        let rest = rest(&mut client).await;
        assert!(rest.starts_with("HTTP/1.1 400 ") && rest.contains("in the middle of its head"), "{rest}");
    }
}
