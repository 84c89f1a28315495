//! Servers under test: each owns its port and its end.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tempfile::TempDir;
use ureq::http::{Request, Response};
use ureq::{Agent, AsSendBody};

use crate::log::Log;
use crate::{Body, Connection, PATIENCE, Reply, wait_until};

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    log: Log,
    agent: Agent,
    /// What it serves.
    directory: Option<Arc<TempDir>>,
}

/// What asks a program to end.
#[derive(Clone, Copy, Debug)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt = libc::SIGINT as isize,
    /// What supervisors send.
    Terminate = libc::SIGTERM as isize,
}

/// How a server ended and what it said until then.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Its standard error.
    pub log: String,
}

impl Server {
    /// Starts a command that serves, on a free port, and waits until it says where.
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        Self::start_as_is(command.args(["--port", "0"]))
    }

    /// Starts a command that serves, on whatever port it chooses, and waits until it says where.
    #[track_caller]
    pub fn start_as_is(command: &mut Command) -> Self {
        Self::spawn(command).at("Serving http://")
    }

    /// Starts a command that serves HTTPS, on a free port, and waits until it says where.
    #[track_caller]
    pub fn start_encrypted(command: &mut Command) -> Self {
        Self::spawn(command.args(["--port", "0"])).at("Serving https://")
    }

    /// Starts a command on a free port that may not come as far as serving. It has no address yet.
    pub fn start_unready(command: &mut Command) -> Self {
        Self::spawn(command.args(["--port", "0"]))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = Log::of(child.stderr.take().expect("stderr is piped"));
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .build()
            .new_agent();
        Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), log, agent, directory: None }
    }

    /// Has a directory be there until it has ended.
    pub(crate) fn keeping(mut self, directory: Arc<TempDir>) -> Self {
        self.directory = Some(directory);
        self
    }

    /// Waits until a module is compiled: on a busy machine that takes longer than some tests give a request.
    #[track_caller]
    pub fn compiles(&self, target: &str) {
        wait_until(target, || !self.ask_for(target).text().contains("still being compiled"));
    }

    /// Waits for a line with this text and takes the server's address from it.
    #[track_caller]
    pub fn at(mut self, text: &str) -> Self {
        let line = self.wait_for(text);
        let url = line.split("://").nth(1).expect("the line has a URL");
        let authority = url.split('/').next().expect("the URL has an authority");
        self.address = authority.parse().expect("the URL has an address");
        self
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process, for what the system knows of it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A URL below it. The path goes out as it is.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Waits for a line of the log that contains a text, and gives it. Lines that came before are gone.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.log.next(text)
    }

    /// Waits for a line of the log that contains a text, whenever it is said or was said.
    #[track_caller]
    pub fn says(&self, text: &str) -> String {
        self.log.any(text)
    }

    /// All that it has said.
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// Reads nothing of its log until its end: what it says stays in the pipe, until there is no room for more.
    pub fn is_not_listened_to(&self) {
        self.log.pause();
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
    #[track_caller]
    pub fn connect(&self) -> TcpStream {
        let stream = self.reach();
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        stream
    }

    /// A connection of the test's own that speaks HTTP/1.1.
    #[track_caller]
    pub fn open(&self) -> Connection {
        Connection::of(self.reach())
    }

    /// A connection, or what the server has to say of there being none.
    #[track_caller]
    fn reach(&self) -> TcpStream {
        TcpStream::connect(self.address).unwrap_or_else(|error| {
            let status = format!("/proc/{}/status", self.child.id());
            let state = fs_err::read_to_string(status).unwrap_or_else(|error| error.to_string());
            let state = state.lines().find(|line| line.starts_with("State:")).unwrap_or(&state).to_owned();
            panic!("{}: {error}; the process: {state}; it said:\n{}", self.address, self.log())
        })
    }

    /// Sends a request on a connection of its own and reads the response, both as they are on the wire.
    #[track_caller]
    pub fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: Body<'_>) -> Reply {
        self.open().ask(method, target, headers, body)
    }

    /// A GET on a connection of its own.
    #[track_caller]
    pub fn ask_for(&self, target: &str) -> Reply {
        self.ask("GET", target, &[], Body::None)
    }

    /// Sends bytes as they are and gives everything that comes back until the server closes.
    pub fn raw(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_ref()).expect("it reads");
        let mut response = Vec::new();
        drop(stream.read_to_end(&mut response));
        String::from_utf8_lossy(&response).into_owned()
    }

    /// The most memory that it has had at once, in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.memory_as("VmHWM:")
    }

    /// The memory that it has now, in bytes.
    pub fn memory(&self) -> u64 {
        self.memory_as("VmRSS:")
    }

    fn memory_as(&self, name: &str) -> u64 {
        let status = fs_err::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it is alive");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the system keeps count");
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
        kibibytes << 10
    }

    /// How many files, sockets and the like it has open.
    pub fn open_files(&self) -> usize {
        fs_err::read_dir(format!("/proc/{}/fd", self.child.id())).expect("it is alive").count()
    }

    /// Sends a signal.
    #[allow(unsafe_code, reason = "std has no way to send a signal other than SIGKILL")]
    pub fn signal(&self, signal: Signal) {
        // SAFETY: the process is a child that has not been waited for, so the number is still its own.
        unsafe { libc::kill(self.child.id().cast_signed(), signal as i32) };
    }

    /// Tells it to stop, as a supervisor does, and waits for its end.
    pub fn stop(self) -> Ended {
        self.signal(Signal::Terminate);
        self.end()
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let code = self.child.wait().expect("it can be waited for").code();
        Ended { code, log: self.log.end() }
    }

    /// Waits for its end and gives its exit code.
    pub fn wait(self) -> Option<i32> {
        self.end().code
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
