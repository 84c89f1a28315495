//! Connections: where the server listens, how it accepts, and how it comes to an end without losing a request.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::error::ServeError;
use super::host::Host;
use super::stall::Stall;

/// How many connections the system holds for us while we are busy.
const BACKLOG: u32 = 1024;
/// How long a client may take for a request's head, and how long a connection may lie idle.
const HEAD_LONGEST: Duration = Duration::from_secs(30);
/// How long a client may leave an answer unread.
const WRITE_LONGEST: Duration = Duration::from_secs(30);
/// The most that a request's head may have, in bytes and in headers.
const HEAD_MOST: usize = 64 << 10;
const HEADERS_MOST: usize = 100;
/// How many requests one HTTP/2 connection may have in flight.
const STREAMS_MOST: u32 = 128;
/// How long connections without a request are given when the server stops: one may be on its way. What is asked in
/// this time is answered, and told that the connection ends.
const LAST_REQUEST: Duration = Duration::from_millis(200);
/// How long to wait before accepting again when the system has no more descriptors.
const BREATHER: Duration = Duration::from_millis(50);

/// Listens.
///
/// # Errors
/// The address is taken, or is not this machine's.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    try_listen(address).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortInUse { address },
        _ => ServeError::Bind { address, source },
    })
}

fn try_listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Unix: a server that is started again gets its port back at once, while connections of the last one linger.
    // On Windows the same option would let two servers share a port.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// What `serve` is told about its end.
#[derive(Clone, Default)]
pub(super) struct Stop {
    /// Accept nothing more, and finish what has begun.
    pub(super) drain: CancellationToken,
    /// End at once.
    pub(super) now: CancellationToken,
}

/// Accepts and serves connections until told to stop, then finishes what has begun.
pub(super) async fn serve(listener: TcpListener, host: Arc<Host>, stop: Stop) {
    let builder = Arc::new(connections());
    // Each connection holds a sender. When all are gone the last receive ends.
    let (open, mut closed) = mpsc::channel::<Infallible>(1);
    let accept = |stream: TcpStream| {
        let connection = connection(stream, host.clone(), builder.clone(), stop.clone());
        let open = open.clone();
        tokio::spawn(async move {
            connection.await;
            drop(open);
        });
    };

    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => accept(stream),
                // Either this one connection's fault, or the machine is short of something: neither ends a server.
                Err(error) if is_connection_error(&error) => {}
                Err(_) => sleep(BREATHER).await,
            },
            () = stop.drain.cancelled() => break,
        }
    }

    // Clients that were already let in by the system have been promised an answer. Asking the system itself: what the
    // runtime knows of it may be of a moment ago.
    if let Ok(listener) = listener.into_std() {
        while let Ok((stream, _)) = listener.accept() {
            if stream.set_nonblocking(true).is_ok()
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                accept(stream);
            }
        }
    }
    drop(open);
    let drained = timeout(host.settings().shutdown_timeout, closed.recv());
    tokio::select! {
        _ = drained => {}
        () = stop.now.cancelled() => {}
    }
}

fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

type Builder = auto::Builder<TokioExecutor>;

/// HTTP/1.1 and HTTP/2 without TLS, whichever the client speaks.
fn connections() -> Builder {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LONGEST)
        .max_headers(HEADERS_MOST)
        .max_buf_size(HEAD_MOST);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD_LONGEST)
        .keep_alive_timeout(HEAD_LONGEST)
        .max_concurrent_streams(STREAMS_MOST)
        .max_header_list_size(HEAD_MOST as u32);
    builder
}

async fn connection(stream: TcpStream, host: Arc<Host>, builder: Arc<Builder>, stop: Stop) {
    // Answers go out at once. Without it, the last packet of each waits for an acknowledgement of the one before.
    // A socket that refuses is one that has already been closed.
    drop(stream.set_nodelay(true));

    let asked = Arc::new(AtomicBool::new(false));
    let service = service_fn({
        let asked = asked.clone();
        move |request| {
            asked.store(true, Ordering::Relaxed);
            let answer = host.clone().answer(request);
            async move { Ok::<_, Infallible>(answer.await) }
        }
    });
    let io = TokioIo::new(Stall::new(stream, WRITE_LONGEST));
    let mut connection = pin!(builder.serve_connection(io, service));

    // A client that doesn't ask for anything is not waited for: hyper counts only once it knows the protocol.
    // Errors are the client's: it went away, or what it speaks is not HTTP. It has been answered where possible.
    let silence = sleep(HEAD_LONGEST);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = silence => {}
        () = stop.drain.cancelled() => {}
    }
    if !stop.drain.is_cancelled() {
        if !asked.load(Ordering::Relaxed) {
            return;
        }
        tokio::select! {
            _ = connection.as_mut() => return,
            () = stop.drain.cancelled() => {}
        }
    }
    if timeout(LAST_REQUEST, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        // Errors as above.
        drop(connection.await);
    }
}
