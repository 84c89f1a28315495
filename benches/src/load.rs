//! The client: connections that send one request after another and read each answer to its end. It does as little as it
//! can, since it shares the machine with the server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;

/// Longer than any server takes that works.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer that is read.
const ANSWER: usize = 64 << 10;
/// How many times a connection takes down for the percentiles.
const TIMES: usize = 1 << 20;

/// What a server did under load.
pub(crate) struct Load {
    /// Answers in a second.
    pub(crate) rate: f64,
    /// The time that the slowest in a hundred took at least.
    pub(crate) slow: Duration,
}

/// Puts a server under load for some time, after some for getting warm.
pub(crate) fn load(address: SocketAddr, target: &str, connections: u16, time: Duration) -> Outcome<Load> {
    let warm = (time / 5).max(Duration::from_millis(500));
    send(address, target, connections, warm)?;
    let begin = Instant::now();
    let (count, mut times) = send(address, target, connections, time)?;
    let elapsed = begin.elapsed();
    times.sort_unstable();
    let slow = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Ok(Load { rate: count as f64 / elapsed.as_secs_f64(), slow })
}

fn send(address: SocketAddr, target: &str, connections: u16, time: Duration) -> Outcome<(u64, Vec<Duration>)> {
    let end = Instant::now() + time;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(move || -> Result<_, String> {
                    let mut connection = Connection::open(address, target).map_err(|error| error.to_string())?;
                    let (mut count, mut times) = (0, Vec::new());
                    loop {
                        let begin = Instant::now();
                        if begin >= end {
                            return Ok((count, times));
                        }
                        connection.ask().map_err(|error| error.to_string())?;
                        count += 1;
                        if times.len() < TIMES {
                            times.push(begin.elapsed());
                        }
                    }
                })
            })
            .collect();
        let (mut count, mut times) = (0, Vec::new());
        for thread in threads {
            let (counted, timed) = thread.join().map_err(|_| "a connection's thread has panicked")??;
            count += counted;
            times.extend(timed);
        }
        Ok((count, times))
    })
}

/// A connection that stays open from request to request.
pub(crate) struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
    filled: usize,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr, target: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let request = format!("GET {target} HTTP/1.1\r\nhost: {address}\r\n\r\n").into_bytes();
        Ok(Self { stream, request, buffer: vec![0; ANSWER], filled: 0 })
    }

    /// Sends a request and reads the answer, which has to be a good one.
    pub(crate) fn ask(&mut self) -> Outcome {
        self.stream.write_all(&self.request)?;
        self.filled = 0;
        loop {
            let rest =
                self.buffer.get_mut(self.filled..).filter(|rest| !rest.is_empty()).ok_or("the answer is too long")?;
            match self.stream.read(rest)? {
                0 => return Err("the server has closed the connection".into()),
                read => self.filled += read,
            }
            if is_whole(self.answer())? {
                return Ok(());
            }
        }
    }

    /// The last answer, head and body.
    pub(crate) fn answer(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }
}

/// Whether an answer has come to its end.
fn is_whole(answer: &[u8]) -> Outcome<bool> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(answer)? else { return Ok(false) };
    if head.code != Some(200) {
        return Err(format!("the server answers:\n{}", String::from_utf8_lossy(answer)).into());
    }
    let header = |name: &str| head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
    let body = answer.get(length..).unwrap_or_default();
    match header("content-length") {
        Some(length) => Ok(body.len() >= std::str::from_utf8(length.value)?.parse::<usize>()?),
        None if header("transfer-encoding").is_some() => Ok(body.ends_with(b"0\r\n\r\n")),
        None => Err("the answer has no end".into()),
    }
}
