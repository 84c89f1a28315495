//! Servers under test: each owns its port and its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ureq::http::{Request, Response};
use ureq::{Agent, AsSendBody};

/// How long something may take before the test fails: a compile on a busy machine included.
const PATIENCE: Duration = Duration::from_secs(300);

/// A running server.
pub struct Server {
    child: Child,
    address: SocketAddr,
    lines: Receiver<String>,
    log: Arc<Mutex<String>>,
    agent: Agent,
}

impl Server {
    /// Starts a command that serves, on a free port, and waits until it says where.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let mut server = Self::start_unready(command);
        let line = server.wait_for("Serving http://");
        let url = line.split("http://").nth(1).expect("the line has a URL").trim_end_matches('/');
        server.address = url.parse().expect("the URL has an address");
        server
    }

    /// Starts a command that may not come as far as serving.
    pub fn start_unready(command: &mut Command) -> Self {
        let mut child = command
            .args(["--port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("stderr is piped");
        let (sender, lines) = channel();
        let log = Arc::new(Mutex::new(String::new()));
        let copy = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = copy.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
                drop(log);
                drop(sender.send(line));
            }
        });
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .build()
            .new_agent();
        Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), lines, log, agent }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL below it. The path goes out as it is.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits for a line of the log that contains a text, and gives it. Lines that came before are gone.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if line.contains(text) => return line,
                Ok(_) => {}
                Err(_) => panic!("`{text}` was not said:\n{}", self.log()),
            }
        }
    }

    /// All that it has said.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Sends a GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Response<Vec<u8>> {
        self.send(Request::get(self.url(path)).body(()).expect("a request"))
    }

    /// Sends a POST.
    #[track_caller]
    pub fn post(&self, path: &str, body: &[u8]) -> Response<Vec<u8>> {
        self.send(Request::post(self.url(path)).body(body).expect("a request"))
    }

    /// Sends a request and reads the whole response.
    #[track_caller]
    pub fn send(&self, request: Request<impl AsSendBody>) -> Response<Vec<u8>> {
        let response = self.agent.run(request).unwrap_or_else(|error| panic!("{error}\n{}", self.log()));
        let (head, body) = response.into_parts();
        let mut bytes = Vec::new();
        body.into_with_config().limit(u64::MAX).reader().read_to_end(&mut bytes).expect("the body is whole");
        Response::from_parts(head, bytes)
    }

    /// A connection of the test's own, for what a well-behaved client would not send.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        stream
    }

    /// Sends bytes as they are and gives everything that comes back until the server closes.
    pub fn raw(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_ref()).expect("it reads");
        let mut response = Vec::new();
        drop(stream.read_to_end(&mut response));
        String::from_utf8_lossy(&response).into_owned()
    }

    /// Sends a signal.
    #[allow(unsafe_code, reason = "std has no way to send a signal other than SIGKILL")]
    pub fn signal(&self, signal: i32) {
        // SAFETY: the process is a child that has not been waited for, so the number is still its own.
        unsafe { libc::kill(self.child.id().cast_signed(), signal) };
    }

    /// Waits for its end and gives its exit code.
    pub fn wait(mut self) -> Option<i32> {
        self.child.wait().expect("it can be waited for").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
