//! An address that never answers: it listens, and has no room for another connection.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Duration;

/// A listener that nobody gets through to.
pub struct DeafListener {
    address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl DeafListener {
    /// Fills a queue of connections that nobody accepts.
    #[allow(unsafe_code, reason = "std has no way to ask for a short queue")]
    #[allow(clippy::new_without_default, reason = "it does things")]
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        // SAFETY: the descriptor is the listener's, which is alive.
        assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0, "the queue can be made short");
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200)).ok();
        let waiting = std::iter::from_fn(connect).take(1000).collect::<Vec<_>>();
        assert!(waiting.len() < 1000, "the queue has no end");
        Self { address, _listener: listener, _waiting: waiting }
    }

    /// Where it does not answer.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
