//! A connection of the test's own: HTTP/1.1 as it is on the wire, with nothing made up, put in order or kept from sight.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use crate::tls::Encrypted;
use crate::{Certificate, PATIENCE, Reply};

/// The sizes of a chunked body's chunks, over and over: around the sizes at which streams like to be cut.
const CHUNKS: [usize; 6] = [1, 4095, 4096, 4097, 3, 65_536];

/// A request's body.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// None.
    None,
    /// With its length before it.
    Length(&'a [u8]),
    /// In chunks, with no length.
    Chunked(&'a [u8]),
}

impl<'a> Body<'a> {
    /// The same bytes, framed in each of the two ways.
    pub fn both(bytes: &'a [u8]) -> [Self; 2] {
        [Self::Length(bytes), Self::Chunked(bytes)]
    }
}

/// Nobody waits on a connection for ever, and what is sent goes out at once.
fn prepare(stream: &TcpStream) {
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
    stream.set_nodelay(true).expect("packets can be sent at once");
}

/// A connection to a server. It stays open from request to request, as long as the server lets it.
pub struct Connection {
    stream: BufReader<Box<dyn Stream>>,
}

/// What a connection goes over.
trait Stream: Read + Write + Send {
    fn finish(&mut self) -> std::io::Result<()>;
}

impl Stream for TcpStream {
    fn finish(&mut self) -> std::io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

impl Stream for Encrypted {
    fn finish(&mut self) -> std::io::Result<()> {
        self.conn.send_close_notify();
        self.flush()
    }
}

impl Connection {
    /// A connection that is open.
    #[track_caller]
    pub(crate) fn of(stream: TcpStream) -> Self {
        prepare(&stream);
        Self { stream: BufReader::new(Box::new(stream)) }
    }

    /// Opens an encrypted connection, to a server that has this certificate.
    ///
    /// # Errors
    /// It has another.
    pub fn open_encrypted(address: SocketAddr, certificate: &Certificate) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).expect("it listens");
        prepare(&stream);
        Ok(Self { stream: BufReader::new(Box::new(certificate.connect(stream, "http/1.1")?)) })
    }

    /// Sends a GET and reads the response; nothing, where the server has closed the connection before it began one. A
    /// response that is cut off fails the test.
    #[track_caller]
    pub fn get_unless_closed(&mut self, target: &str) -> Option<Reply> {
        let request = format!("GET {target} HTTP/1.1\r\nhost: example.test\r\n\r\n");
        let sent = self.stream.get_mut().write_all(request.as_bytes());
        let begun = sent.and_then(|()| self.stream.fill_buf().map(|bytes| !bytes.is_empty()));
        begun.unwrap_or(false).then(|| self.receive("GET"))
    }

    /// Sends bytes as they are.
    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(bytes.as_ref()).expect("the server reads");
    }

    /// Sends a request and reads the response.
    #[track_caller]
    pub fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: Body<'_>) -> Reply {
        let mut request = format!("{method} {target} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request.push_str("host: example.test\r\n");
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        match body {
            Body::None => self.send(request + "\r\n"),
            Body::Length(bytes) => {
                self.send(format!("{request}content-length: {}\r\n\r\n", bytes.len()));
                self.send(bytes);
            }
            Body::Chunked(bytes) => {
                self.send(request + "transfer-encoding: chunked\r\n\r\n");
                self.send_chunks(bytes);
                self.send("0\r\n\r\n");
            }
        }
        self.receive(method)
    }

    /// Sends a body in chunks, all but the last one, which ends it.
    #[track_caller]
    pub fn send_chunks(&mut self, mut bytes: &[u8]) {
        for size in CHUNKS.into_iter().cycle() {
            if bytes.is_empty() {
                return;
            }
            let (chunk, rest) = bytes.split_at(size.min(bytes.len()));
            let mut framed = format!("{:x}\r\n", chunk.len()).into_bytes();
            framed.extend_from_slice(chunk);
            framed.extend_from_slice(b"\r\n");
            self.send(framed);
            bytes = rest;
        }
    }

    /// Reads the response to a request with this method. One that is cut off fails the test.
    #[track_caller]
    pub fn receive(&mut self, method: &str) -> Reply {
        let mut reply = self.receive_head();
        let bodiless = method == "HEAD" || matches!(reply.status, 204 | 304);
        if bodiless {
            return reply;
        }
        if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = self.receive_chunks();
        } else {
            let length = reply.header("content-length").expect("a body has a length or chunks");
            reply.body = vec![0; length.parse().expect("the length is a number")];
            self.stream.read_exact(&mut reply.body).expect("the body is whole");
        }
        reply
    }

    /// Reads a response's head and leaves its body for the test to read.
    #[track_caller]
    pub fn receive_head(&mut self) -> Reply {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let read = self.stream.read_until(b'\n', &mut head).expect("the server answers");
            assert!(read > 0, "the connection ended after {:?}", String::from_utf8_lossy(&head));
        }
        Reply::parse(&head)
    }

    /// Reads a chunked body to its last chunk.
    #[track_caller]
    pub fn receive_chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let mut size = String::new();
            self.stream.read_line(&mut size).expect("a chunk has a size");
            let size = usize::from_str_radix(size.trim_end(), 16).expect("the body is whole");
            let mut chunk = vec![0; size + 2];
            self.stream.read_exact(&mut chunk).expect("the chunk is whole");
            assert_eq!(chunk.split_off(size), b"\r\n");
            if size == 0 {
                return body;
            }
            body.append(&mut chunk);
        }
    }

    /// Reads some bytes of a body: exactly so many.
    #[track_caller]
    pub fn receive_exactly(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).expect("the bytes come");
        bytes
    }

    /// Says that nothing more will be sent.
    #[track_caller]
    pub fn finish(&mut self) {
        self.stream.get_mut().finish().expect("the connection is open");
    }

    /// Waits until the server closes, and gives what comes before that. A reset is an end as well.
    pub fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        while let Ok(1..) = self.stream.by_ref().take(64 << 10).read_to_end(&mut rest) {}
        rest
    }
}
