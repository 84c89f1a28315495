//! A way to a server that is not always good: what comes by it is the server's, save where it is told to fail.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is answered with this status and these header lines.
    Answer(u16, &'static str),
    /// The connection ends after so many bytes of the answer.
    Cut(usize),
}

/// A listener that hands requests on, each on a connection of its own. For requests without a body.
pub struct Faulty {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    faults: Vec<(String, Fault)>,
    seen: Vec<String>,
}

impl Faulty {
    /// The way to a server.
    pub fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // What breaks here is what is tested.
                thread::spawn(move || drop(hand_on(stream, server, &state)));
            }
        });
        Self { address, state }
    }

    /// Its name in references.
    pub fn name(&self) -> String {
        self.address.to_string()
    }

    /// Has the next requests whose first line contains a text fail, one fault each.
    pub fn fail(&self, text: &str, faults: impl IntoIterator<Item = Fault>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.faults.extend(faults.into_iter().map(|fault| (text.to_owned(), fault)));
    }

    /// The heads of the requests so far whose first line contains a text.
    pub fn seen(&self, text: &str) -> Vec<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |head: &&String| head.lines().next().is_some_and(|line| line.contains(text));
        state.seen.iter().filter(is_it).cloned().collect()
    }
}

fn hand_on(client: TcpStream, server: SocketAddr, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let line = head.lines().next().unwrap_or_default().to_owned();
    let fault = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.seen.push(head.clone());
        let place = state.faults.iter().position(|(text, _)| line.contains(text.as_str()));
        place.map(|place| state.faults.remove(place).1)
    };
    let mut client = client;
    if let Some(Fault::Answer(status, lines)) = fault {
        write!(client, "HTTP/1.1 {status} Fault\r\ncontent-length: 0\r\nconnection: close\r\n{lines}\r\n")?;
        return client.shutdown(Shutdown::Both);
    }
    let mut server = TcpStream::connect(server)?;
    server.write_all(head.replacen("\r\n", "\r\nconnection: close\r\n", 1).as_bytes())?;
    let mut left = match fault {
        Some(Fault::Cut(after)) => after,
        _ => usize::MAX,
    };
    let mut buffer = [0; 4096];
    while left > 0 {
        let count = server.read(&mut buffer)?.min(left);
        if count == 0 {
            break;
        }
        client.write_all(&buffer[..count])?;
        left -= count;
    }
    client.shutdown(Shutdown::Both)
}
