//! The listener: where the server listens, how it accepts, and how it comes to an end without losing a request.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::connection::Connections;
use super::error::ServeError;
use super::host::Host;
use super::open_file::open_files_most;
use super::tls::Tls;
use crate::report::Event;
use crate::tools::process;

/// How many connections the system holds for us while we are busy.
const BACKLOG: u32 = 1024;
/// How many connections there may be, whatever the system would give: each costs memory before it has asked anything.
const CONNECTIONS_MOST: usize = 10_000;
/// The descriptors that are kept back from connections: for components, logs, and what guests ask for.
const DESCRIPTORS_KEPT: usize = 64;
/// How many connections beyond that are told so at the same time. Further ones wait.
const TURNED_AWAY_MOST: usize = 16;
/// How long to wait before accepting again when the system has no more descriptors.
const BREATHER: Duration = Duration::from_millis(50);
/// How often the log is told that there are too many connections.
const TOLD_EVERY: Duration = Duration::from_secs(60);

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
pub(super) async fn serve(listener: TcpListener, host: Arc<Host>, tls: Option<Arc<Tls>>, stop: Stop) {
    let connections = Arc::new(Connections::new(host.clone(), stop.clone(), tls));
    let files = host.settings().static_directory.as_ref().map_or(0, |_| open_files_most());
    let room = Arc::new(Semaphore::new(connections_most(files)));
    let turned_away = Arc::new(Semaphore::new(TURNED_AWAY_MOST));
    let mut complaint = Complaint::default();
    // Each connection holds a sender. When all are gone the last receive ends.
    let (open, mut closed) = mpsc::channel::<Infallible>(1);
    let accept = |stream: TcpStream, address: SocketAddr, complaint: &mut Complaint| {
        let (connections, open) = (connections.clone(), open.clone());
        if let Ok(place) = room.clone().try_acquire_owned() {
            tokio::spawn(async move {
                connections.host.metrics().connection_opened();
                connections.serve(stream, address).await;
                connections.host.metrics().connection_closed();
                drop((place, open));
            });
            return;
        }
        complaint.make(&connections.host, "there are too many connections; further ones are answered with 503");
        // No room even for that: the connection is closed.
        if let Ok(place) = turned_away.clone().try_acquire_owned() {
            tokio::spawn(async move {
                connections.turn_away(stream, address).await;
                drop((place, open));
            });
        }
    };

    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => accept(stream, address, &mut complaint),
                // Either this one connection's fault, or the machine is short of something: neither ends a server.
                Err(error) if is_connection_error(&error) => {}
                Err(error) => {
                    complaint.make(&host, &format!("connections can't be accepted for the moment: {error}"));
                    sleep(BREATHER).await;
                }
            },
            () = stop.drain.cancelled() => break,
        }
    }

    // Clients that were already let in by the system have been promised an answer. Asking the system itself: what the
    // runtime knows of it may be of a moment ago.
    if let Ok(listener) = listener.into_std() {
        while let Ok((stream, address)) = listener.accept() {
            if stream.set_nonblocking(true).is_ok()
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                accept(stream, address, &mut complaint);
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

/// How many connections there may be at once: what the system gives, less what is needed besides, for so many static
/// files among it.
fn connections_most(files: usize) -> usize {
    let descriptors = process::descriptors_most().unwrap_or(CONNECTIONS_MOST + DESCRIPTORS_KEPT + files);
    let kept = (DESCRIPTORS_KEPT + files).min(descriptors / 2);
    descriptors.saturating_sub(kept).clamp(1, CONNECTIONS_MOST)
}

/// What the log is told of connections, now and then.
#[derive(Default)]
struct Complaint {
    made: Option<Instant>,
}

impl Complaint {
    fn make(&mut self, host: &Host, what: &str) {
        if self.made.is_none_or(|made| made.elapsed() >= TOLD_EVERY) {
            self.made = Some(Instant::now());
            host.console().emit(Event::Note(what.to_owned()));
        }
    }
}
