//! A server of files over a real socket: what it has can change, and it fails as it is told to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::wait_until;

/// A server for as long as the value lives: `http`, on this machine.
pub struct FileServer {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    files: BTreeMap<String, Vec<u8>>,
    redirects: BTreeMap<String, String>,
    /// So many of the next requests are answered with this status.
    refused: (u32, u16),
    /// The next bodies end after so many bytes.
    cut: Vec<usize>,
    /// Bodies stop after so many bytes, until this is another.
    held: Option<usize>,
    holding: bool,
    /// The head of every request.
    requests: Vec<String>,
    is_over: bool,
}

impl FileServer {
    /// A server that has nothing.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let state = Arc::new(State::default());
        let accepting = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if accepting.lock().is_over {
                    break;
                }
                let state = Arc::clone(&accepting);
                // A client that is gone is no failure.
                std::thread::spawn(move || drop(state.serve(stream)));
            }
        });
        Self { address, state }
    }

    /// The URL of a file.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Puts a file there, or another in its place.
    pub fn put(&self, path: &str, content: impl Into<Vec<u8>>) {
        self.state.lock().files.insert(path.to_owned(), content.into());
    }

    /// Has a path lead elsewhere.
    pub fn redirect(&self, path: &str, target: &str) {
        self.state.lock().redirects.insert(path.to_owned(), target.to_owned());
    }

    /// Has the next requests be answered with a status.
    pub fn refuse(&self, number: u32, status: u16) {
        self.state.lock().refused = (number, status);
    }

    /// Has the next bodies break off, each after so many bytes.
    pub fn cut(&self, after: &[usize]) {
        self.state.lock().cut = after.iter().rev().copied().collect();
    }

    /// Has bodies stop after so many bytes.
    pub fn hold(&self, after: usize) {
        let mut inner = self.state.lock();
        (inner.held, inner.holding) = (Some(after), false);
    }

    /// Waits until a body has stopped there.
    pub fn wait_for_hold(&self) {
        wait_until("a body that is held", || self.state.lock().holding);
    }

    /// Lets bodies go on.
    pub fn release(&self) {
        self.state.lock().held = None;
        self.state.changed.notify_all();
    }

    /// The heads of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().requests.clone()
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.state.lock().is_over = true;
        self.release();
        // Whoever accepts looks up once more.
        drop(TcpStream::connect(self.address));
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One request a connection.
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
        let range = head
            .to_ascii_lowercase()
            .split_once("range: bytes=")
            .and_then(|(_, rest)| rest.split('-').next()?.parse().ok());
        let (status, more, body, cut) = {
            let mut inner = self.lock();
            inner.requests.push(head);
            if inner.refused.0 > 0 {
                inner.refused.0 -= 1;
                (inner.refused.1, "retry-after: 0\r\n".to_owned(), Vec::new(), None)
            } else if let Some(target) = inner.redirects.get(&path) {
                (302, format!("location: {target}\r\n"), Vec::new(), None)
            } else {
                match (inner.files.get(&path).cloned(), range) {
                    (None, _) => (404, String::new(), b"nothing".to_vec(), None),
                    (Some(body), range) => {
                        let start: usize = range.unwrap_or(0).min(body.len());
                        let cut = inner.cut.pop();
                        let status = if start > 0 { 206 } else { 200 };
                        let more = format!(
                            "etag: \"{}\"\r\ncontent-range: bytes {start}-{}/{}\r\n",
                            body.len(),
                            body.len() - 1,
                            body.len()
                        );
                        (status, more, body[start..].to_vec(), cut)
                    }
                }
            }
        };
        write!(stream, "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n{more}\r\n", body.len())?;
        let held = self.lock().held.filter(|held| *held <= body.len());
        let first = cut.or(held).unwrap_or(body.len()).min(body.len());
        stream.write_all(&body[..first])?;
        stream.flush()?;
        if cut.is_some() {
            return Ok(());
        }
        if held.is_some() {
            let mut inner = self.lock();
            inner.holding = true;
            while inner.held.is_some() {
                inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
            }
        }
        stream.write_all(&body[first..])
    }
}
