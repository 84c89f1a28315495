//! Requests of our own, one after the other and with no socket: the same host as a server's, asked over a connection that
//! is a piece of memory. Or a server elsewhere, asked in the same way.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, duplex};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::yield_now;
use tokio::time::timeout;

use super::connection::Connections;
use super::error::{Detail, ServeError};
use super::host::Host;
use super::mode::Mode;
use super::module::Site;
use super::peer::Peer;
use super::recorder::headers;
use super::server::Stop;
use super::ticket::BUILD;
use crate::project::ServerSettings;
use crate::recording::Request;
use crate::report::Reporter;

/// How much of an answer may lie in memory until it is taken.
const BETWEEN: usize = 64 << 10;
/// How long an instance may go on after its answer is there, beyond the time that its request has.
const END_LONGEST: Duration = Duration::from_secs(1);
/// How often others get a turn before the next request: an instance that has just become free takes one to say so.
const TURNS: usize = 16;
/// What of a request's headers says how it is sent: that is decided here.
const OF_SENDING: [&str; 4] = ["connection", "content-length", "transfer-encoding", "upgrade"];

/// Where requests are sent.
pub struct Local {
    runtime: Runtime,
    end: End,
}

enum End {
    Here { host: Arc<Host>, connections: Arc<Connections> },
    There { authority: String },
}

/// A piece of an answer, as it comes.
pub enum Piece<'a> {
    /// Its head; once, and before all else.
    Head(Head),
    /// A piece of its body.
    Body(&'a [u8]),
}

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// Names and values, in their order.
    pub headers: Vec<(String, String)>,
}

/// How a request was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// Whether the body broke off.
    pub is_broken: bool,
    /// From the first byte of the request to the last of the answer.
    pub time: Duration,
    /// What it took to make the instance, where one was made for it and it is ours.
    pub instantiation: Option<Duration>,
    /// How long the guest has had the request, where it is ours.
    pub guest: Option<Duration>,
}

impl Local {
    /// A host like a server's, with nothing to serve yet.
    ///
    /// # Errors
    /// It can't start; requests can't be recorded where they should.
    pub fn here(settings: &ServerSettings, reporter: &Reporter) -> Result<Self, ServeError> {
        let host = Arc::new(Host::new(settings, Mode::Development, reporter)?);
        let connections = Arc::new(Connections::new(host.clone(), Stop::default(), None));
        Ok(Self { runtime: runtime()?, end: End::Here { host, connections } })
    }

    /// A server that runs, by its URL: `http://127.0.0.1:3000`.
    ///
    /// # Errors
    /// That is no such URL.
    pub fn there(url: &str) -> Result<Self, ServeError> {
        let wrong = |why: &str| ServeError::NoAnswer { url: url.to_owned(), source: Detail(why.to_owned()) };
        let parsed: Uri = url.parse().map_err(|_| wrong("that is no URL: write http://127.0.0.1:3000"))?;
        let authority = parsed.authority().ok_or_else(|| wrong("it has no host: write http://127.0.0.1:3000"))?;
        match parsed.scheme_str() {
            Some("http") => {}
            _ => return Err(wrong("only http:// is spoken here: serve without a certificate for this")),
        }
        if parsed.path() != "/" {
            return Err(wrong("it has a path: paths are those of the requests"));
        }
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self { runtime: runtime()?, end: End::There { authority: format!("{}:{port}", authority.host()) } })
    }

    /// Serves a site from now on, and says what compiling it took.
    ///
    /// # Errors
    /// A component can't be read, compiled or linked.
    pub fn put(&self, site: &Site, settings: &ServerSettings) -> Result<Duration, ServeError> {
        let begin = Instant::now();
        if let End::Here { host, .. } = &self.end {
            host.put(site, settings)?;
            for directory in site.directories() {
                host.stock_up(directory);
            }
        }
        Ok(begin.elapsed())
    }

    /// Sends a request, and hands on the answer as it comes, until it is over or nobody wants more of it. When this gives
    /// something back the guest has come to its end as well, and what it had to say has been said.
    ///
    /// # Errors
    /// It is no request; nobody answers; the answer can't be handed on.
    pub fn ask(
        &self,
        request: &Request,
        take: &mut dyn FnMut(Piece<'_>) -> io::Result<ControlFlow<()>>,
    ) -> Result<Answered, ServeError> {
        let default = match &self.end {
            End::Here { .. } => "localhost",
            End::There { authority } => authority,
        };
        let message = message(request, default)?;
        self.runtime.block_on(async {
            match &self.end {
                End::Here { host, connections } => {
                    let (client, server) = duplex(BETWEEN);
                    let peer = Arc::new(Peer::ourselves());
                    let (connections, observed) = (connections.clone(), peer.clone());
                    let serving = tokio::spawn(async move { connections.serve_ourselves(server, observed).await });
                    let mut answered = send(client, message, "this component", take).await?;
                    if let Some(ticket) = peer.last().filter(|ticket| ticket.build().is_some()) {
                        let rest = host.settings().execution_timeout.saturating_add(END_LONGEST);
                        // One that does not end is ended by the host; and what it says after that comes too late.
                        drop(timeout(rest, ticket.wait()).await);
                        answered.instantiation = ticket.instantiation();
                        answered.guest = ticket.guest_time();
                    }
                    drop(timeout(END_LONGEST, serving).await);
                    for _ in 0..TURNS {
                        yield_now().await;
                    }
                    Ok(answered)
                }
                End::There { authority } => {
                    let stream = TcpStream::connect(authority).await.map_err(|error| no_answer(authority, &error))?;
                    // A socket that refuses is one that has already been closed.
                    drop(stream.set_nodelay(true));
                    send(stream, message, authority, take).await
                }
            }
        })
    }

    /// Writes and says what is still to be written and said.
    pub fn close(self) {
        if let End::Here { host, .. } = &self.end {
            host.close();
        }
        self.runtime.shutdown_background();
    }
}

/// The build that an answer is of, where it says so.
impl Head {
    /// The first digits of the component's digest, where the answer says whose it is.
    pub fn build(&self) -> Option<&str> {
        let found = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(BUILD));
        found.map(|(_, value)| value.as_str())
    }
}

/// One thread: what is done when a request is over has been done before the next.
fn runtime() -> Result<Runtime, ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| ServeError::Start { source: Detail(error.to_string()) })
}

fn no_answer(url: &str, error: &dyn std::error::Error) -> ServeError {
    let mut why = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        why = format!("{why}: {cause}");
        source = cause.source();
    }
    ServeError::NoAnswer { url: url.to_owned(), source: Detail(why) }
}

/// A request as HTTP has it: a URL's host goes into the header `host`, where there is none.
fn message(request: &Request, default_host: &str) -> Result<http::Request<Full<Bytes>>, ServeError> {
    let wrong = |why: String| ServeError::NoRequest {
        method: request.method.clone(),
        target: request.target.clone(),
        source: Detail(why),
    };
    let uri: Uri = request.target.parse().map_err(|error: http::uri::InvalidUri| wrong(error.to_string()))?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    // A host alone is a URI as well.
    if !request.target.starts_with('/') && uri.scheme().is_none() {
        return Err(wrong("it is neither a path nor a URL with its `http://`".to_owned()));
    }
    let method = Method::from_bytes(request.method.as_bytes()).map_err(|_| wrong("that is no method".to_owned()))?;
    let mut message = http::Request::new(Full::new(Bytes::from(request.body.clone())));
    *message.method_mut() = method;
    *message.uri_mut() = path.parse().map_err(|error: http::uri::InvalidUri| wrong(error.to_string()))?;
    for (name, value) in &request.headers {
        if OF_SENDING.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            continue;
        }
        let named =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong(format!("`{name}` is no header's name")))?;
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| wrong(format!("the value of `{name}` has something in it that no header may have")))?;
        message.headers_mut().append(named, value);
    }
    let host = uri.authority().map_or(default_host, |authority| authority.as_str());
    if let Ok(host) = HeaderValue::from_str(host) {
        message.headers_mut().entry(header::HOST).or_insert(host);
    }
    Ok(message)
}

async fn send(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    message: http::Request<Full<Bytes>>,
    whom: &str,
    take: &mut dyn FnMut(Piece<'_>) -> io::Result<ControlFlow<()>>,
) -> Result<Answered, ServeError> {
    let begin = Instant::now();
    let failed = |error: hyper::Error| no_answer(whom, &error);
    let taken = |source| ServeError::Output { source };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    // What goes wrong with it, the request finds out.
    tokio::spawn(async move { drop(connection.await) });
    let response = sender.send_request(message).await.map_err(failed)?;
    let (parts, mut body) = response.into_parts();
    let mut answered = Answered::default();
    let head = Head { status: parts.status.as_u16(), headers: headers(&parts.headers) };
    let mut goes_on = take(Piece::Head(head)).map_err(taken)?.is_continue();
    while goes_on {
        match body.frame().await {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    goes_on = take(Piece::Body(data)).map_err(taken)?.is_continue();
                }
            }
            Some(Err(_)) => {
                answered.is_broken = true;
                break;
            }
            None => break,
        }
    }
    answered.time = begin.elapsed();
    Ok(answered)
}
