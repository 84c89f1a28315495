//! Servers that guests send requests to: real ones, on this machine, in the clear or with a certificate of their own
//! making. What they answer is in the path.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body_util::{BodyExt, Either};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};
use tokio_rustls::TlsAcceptor;

/// A server for as long as it lives. It answers by path:
///
/// - `/ok`: `ok`; `/seen`: the request as it came; `/count`: how many bytes its body had
/// - `/to?<URL>`: a redirect there
/// - `/bytes/N`, `/chunked/N`: so many bytes, with their length before them or without
/// - `/header/N`: a header so long
/// - `/short`: a body that is cut off; `/stall`: one that begins and never goes on; `/never`: nothing at all
/// - `/price/N`: so much, as JSON
/// - `/echo`: the body, as it comes; `/redirect/STATUS?URL`: a redirect with that status
/// - `/gather/N`: `ok`, once so many requests for it are there at the same time
/// - `/lose/N`, `/busy/N`: the first so many get no answer, or a 503 that asks for another try at once; then `ok`
/// - `/hold`: `ok`, once [`Upstream::release`] has been called; `/hold-body`: the same, and the body is read only then
pub struct Upstream {
    address: SocketAddr,
    authority_pem: Option<String>,
    state: Arc<State>,
    _runtime: Runtime,
}

#[derive(Default)]
struct State {
    connections: AtomicUsize,
    open: Mutex<Held>,
    requests: AtomicUsize,
    gathered: watch::Sender<usize>,
    failed: AtomicUsize,
    held: Mutex<Held>,
    released: watch::Sender<bool>,
}

#[derive(Default)]
struct Held {
    now: usize,
    most: usize,
}

impl Upstream {
    /// A server in the clear, HTTP/1.1 and HTTP/2.
    pub fn http() -> Self {
        Self::start(None)
    }

    /// A server with TLS for these names, certified by an authority of its own. `protocols` is what it offers by ALPN.
    pub fn https(names: &[&str], protocols: &[&str]) -> Self {
        Self::start(Some((names, protocols)))
    }

    fn start(tls: Option<(&[&str], &[&str])>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime can be made");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let (acceptor, authority_pem) = tls.map(|(names, protocols)| certified(names, protocols)).unzip();
        let state = Arc::new(State::default());
        runtime.spawn(accept(listener, acceptor, state.clone()));
        Self { address, authority_pem, state, _runtime: runtime }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The certificate of its authority, PEM.
    pub fn authority_pem(&self) -> &str {
        self.authority_pem.as_deref().expect("it has TLS")
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.state.open.lock().unwrap_or_else(PoisonError::into_inner).now
    }

    /// How many connections were open at most.
    pub fn most_open(&self) -> usize {
        self.state.open.lock().unwrap_or_else(PoisonError::into_inner).most
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }

    /// How many requests to `/hold` wait now, and how many waited at most.
    pub fn held(&self) -> (usize, usize) {
        let held = self.state.held.lock().unwrap_or_else(PoisonError::into_inner);
        (held.now, held.most)
    }

    /// Lets those that wait go on, and all that come after.
    pub fn release(&self) {
        self.state.released.send_replace(true);
    }
}

/// An authority's certificate as PEM, and TLS with a certificate that it has signed.
fn certified(names: &[&str], protocols: &[&str]) -> (TlsAcceptor, String) {
    let key = || KeyPair::generate().expect("a key can be made");
    let parameters = |names: Vec<String>| CertificateParams::new(names).expect("names for a certificate");
    let mut authority = parameters(Vec::new());
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = key();
    let pem = authority.self_signed(&authority_key).expect("an authority signs itself").pem();
    let issuer = Issuer::new(authority, authority_key);
    let server_key = key();
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    let certificate = parameters(names).signed_by(&server_key, &issuer).expect("an authority signs");

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let private = PrivatePkcs8KeyDer::from(server_key.serialize_der()).into();
    let builder = builder.expect("versions of TLS").with_no_client_auth();
    let mut config = builder.with_single_cert(vec![certificate.der().clone()], private).expect("a certificate");
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    (TlsAcceptor::from(Arc::new(config)), pem)
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        state.connections.fetch_add(1, Ordering::SeqCst);
        drop(stream.set_nodelay(true));
        let (acceptor, state) = (acceptor.clone(), state.clone());
        tokio::spawn(async move {
            let _open = Counted::new(&state.open);
            let service = service_fn(|request| answer(request, state.clone()));
            let builder = Builder::new(TokioExecutor::new());
            // A client that goes away is no failure here: some tests are about that.
            match acceptor {
                None => drop(builder.serve_connection(TokioIo::new(stream), service).await),
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        drop(builder.serve_connection(TokioIo::new(stream), service).await);
                    }
                }
            }
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<State>,
) -> Result<Response<Either<Pieces, Incoming>>, io::Error> {
    state.requests.fetch_add(1, Ordering::SeqCst);
    if request.uri().path() == "/echo" {
        return Ok(Response::new(Either::Right(request.into_body())));
    }
    respond(request, state).await.map(|response| response.map(Either::Left))
}

async fn respond(request: Request<Incoming>, state: Arc<State>) -> Result<Response<Pieces>, io::Error> {
    let path = request.uri().path().to_owned();
    let (route, argument) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    let number = argument.parse::<u64>().unwrap_or_default();
    let text = |text: &str| Response::new(Pieces::text(text));
    Ok(match route {
        "ok" => text("ok"),
        "seen" => text(&seen(&request)),
        "count" => text(&count(request).await.to_string()),
        "price" => text(argument),
        "gather" => {
            state.gathered.send_modify(|gathered| *gathered += 1);
            drop(state.gathered.subscribe().wait_for(|gathered| *gathered as u64 >= number).await);
            text("ok")
        }
        "lose" if (state.failed.fetch_add(1, Ordering::SeqCst) as u64) < number => {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        "busy" if (state.failed.fetch_add(1, Ordering::SeqCst) as u64) < number => {
            let mut response = text("busy");
            *response.status_mut() = hyper::StatusCode::SERVICE_UNAVAILABLE;
            response.headers_mut().insert("retry-after", 0.into());
            response
        }
        "lose" | "busy" => text("ok"),
        "to" | "redirect" => {
            let mut response = text("elsewhere");
            let status = if route == "to" { 302 } else { number as u16 };
            *response.status_mut() = hyper::StatusCode::from_u16(status).expect("a status");
            let location = request.uri().query().unwrap_or_default().parse().expect("a URL is a header");
            response.headers_mut().insert("location", location);
            response
        }
        "bytes" => {
            let mut response = Response::new(Pieces::bytes(number, Then::End));
            response.headers_mut().insert("content-length", number.into());
            response
        }
        "chunked" => Response::new(Pieces::bytes(number, Then::End)),
        "header" => {
            let mut response = text("ok");
            let long = "h".repeat(number as usize).parse().expect("letters are a header");
            response.headers_mut().insert("x-long", long);
            response
        }
        "short" => {
            let mut response = Response::new(Pieces::bytes(10, Then::Break));
            response.headers_mut().insert("content-length", 100.into());
            response
        }
        "stall" => Response::new(Pieces::bytes(10, Then::Stall)),
        "never" => std::future::pending().await,
        "hold" => {
            hold(&state).await;
            text("ok")
        }
        "hold-body" => {
            hold(&state).await;
            text(&count(request).await.to_string())
        }
        _ => {
            let mut response = text("no such route");
            *response.status_mut() = hyper::StatusCode::NOT_FOUND;
            response
        }
    })
}

/// The request as it came, line by line.
fn seen(request: &Request<Incoming>) -> String {
    let mut text = format!("{} {} {:?}\n", request.method(), request.uri(), request.version());
    for (name, value) in request.headers() {
        text += &format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()));
    }
    text
}

async fn count(request: Request<Incoming>) -> u64 {
    let mut body = request.into_body();
    let mut count = 0;
    while let Some(Ok(frame)) = body.frame().await {
        count += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    count
}

async fn hold(state: &State) {
    let held = Counted::new(&state.held);
    let mut released = state.released.subscribe();
    drop(released.wait_for(|released| *released).await);
    drop(held);
}

/// One of those that are counted, for as long as it is there.
struct Counted<'a>(&'a Mutex<Held>);

impl<'a> Counted<'a> {
    fn new(held: &'a Mutex<Held>) -> Self {
        let mut now = held.lock().unwrap_or_else(PoisonError::into_inner);
        now.now += 1;
        now.most = now.most.max(now.now);
        Self(held)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).now -= 1;
    }
}

/// A body, piece by piece as it is asked for.
struct Pieces {
    text: Bytes,
    left: u64,
    then: Then,
    /// How long a failure is held back from the server, which would throw away with it what it has not sent yet.
    pause: Option<Pin<Box<Sleep>>>,
}

#[derive(Clone, Copy)]
enum Then {
    End,
    Break,
    Stall,
}

impl Pieces {
    fn text(text: &str) -> Self {
        Self { text: Bytes::copy_from_slice(text.as_bytes()), left: text.len() as u64, then: Then::End, pause: None }
    }

    fn bytes(count: u64, then: Then) -> Self {
        Self { text: Bytes::from(vec![b'd'; 64 << 10]), left: count, then, pause: None }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let now = self.left.min(self.text.len() as u64);
        self.left -= now;
        match (now, self.then) {
            (0, Then::End) => Poll::Ready(None),
            (0, Then::Break) => {
                let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(Duration::from_millis(50))));
                ready!(pause.as_mut().poll(cx));
                Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
            }
            (0, Then::Stall) => Poll::Pending,
            (now, _) => Poll::Ready(Some(Ok(Frame::data(self.text.slice(..now as usize))))),
        }
    }
}
