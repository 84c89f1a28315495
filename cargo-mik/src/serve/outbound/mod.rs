//! Requests that guests send: whether they may, how many at once, over which connections, and how much may come back.

mod address;
mod body;
mod connector;
mod error;
mod policy;
mod roots;
mod sight;

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use self::body::{RequestBody, ResponseBody, after};
use self::connector::{CONNECT_LONGEST, CONNECT_TIMEOUT, Connector};
use self::policy::Policy;
use self::sight::Sight;
use super::console::Console;
use super::slot::Slot;
use crate::project::{Destination, OutboundSettings, Scheme};

/// How many requests of one module's may be under way. The excess waits, for as long as its own request has.
const REQUESTS_MOST: usize = 64;
/// How many of them may be those of one instance, so that it leaves something to the others.
const REQUESTS_PER_INSTANCE: usize = 32;
/// How many connections a module may have open, those included that wait to be used again.
const CONNECTIONS_MOST: usize = 128;
/// How many of them may wait for the same server, and for how long. Servers close theirs after a minute or so, and a
/// request that crosses with that fails.
const IDLE_PER_HOST: usize = 32;
const IDLE_LONGEST: Duration = Duration::from_secs(30);

/// How many names a module may have resolved at once. Each takes a thread, and one that waits for a server that does not
/// answer can't be called back.
const LOOKUPS_MOST: usize = 16;

/// How much of a response may lie here over HTTP/2 until its guest reads it, in bytes; twice that of all on a connection.
const WINDOW: u32 = 1 << 20;

/// The largest head of a response, in bytes.
const HEAD_MOST: usize = 64 << 10;

/// A module's way out: its policy, and the connections that were made by it. Both go when the policy changes.
pub(super) struct Outlet {
    policy: Arc<Policy>,
    turns: Arc<Semaphore>,
    open: Arc<Semaphore>,
    lookups: Arc<Semaphore>,
    tls: OnceCell<Arc<ClientConfig>>,
    client: Mutex<Option<Client<Connector, RequestBody>>>,
}

impl Outlet {
    pub(super) fn new(settings: &OutboundSettings, module: Arc<str>, console: Console) -> Arc<Self> {
        Arc::new(Self {
            policy: Arc::new(Policy::new(settings.clone(), module, console)),
            turns: Arc::new(Semaphore::new(REQUESTS_MOST)),
            open: Arc::new(Semaphore::new(CONNECTIONS_MOST)),
            lookups: Arc::new(Semaphore::new(LOOKUPS_MOST)),
            tls: OnceCell::new(),
            client: Mutex::new(None),
        })
    }

    /// The client, with the connections that can be used again.
    async fn client(&self) -> Result<Client<Connector, RequestBody>, Error> {
        let tls = self.tls.get_or_try_init(|| roots::tls(self.policy.settings.ca_file.as_ref())).await?;
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        // Where all are taken, those that wait to be used again make room: a new client begins with none, and the old
        // one's are closed with it.
        if let Some(client) = &*client
            && self.open.available_permits() > 0
        {
            return Ok(client.clone());
        }
        let connector = Connector::new(self.policy.clone(), self.open.clone(), self.lookups.clone(), tls.clone());
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_LONGEST)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .http1_max_buf_size(HEAD_MOST)
            .http2_max_header_list_size(HEAD_MOST as u32)
            .http2_initial_stream_window_size(WINDOW)
            .http2_initial_connection_window_size(2 * WINDOW);
        Ok(client.insert(builder.build(connector)).clone())
    }

    async fn send(
        &self,
        destination: &Destination,
        request: Request<WasiBody>,
        options: RequestOptions,
        turns: Queued,
    ) -> Result<(Response<WasiBody>, Sent), Error> {
        let turns = turns.await?;

        let (mut parts, body) = request.into_parts();
        parts.uri = uri(destination, &parts.uri)?;
        // The client writes it, from the destination that was checked.
        parts.headers.remove(header::HOST);
        let is_head = parts.method == Method::HEAD;
        let (body, outcome) = RequestBody::new(body);
        let mut request = Request::from_parts(parts, body);

        let RequestOptions { connect_timeout, first_byte_timeout, between_bytes_timeout } = options;
        let connect_timeout = connect_timeout.map_or(CONNECT_LONGEST, |timeout| timeout.min(CONNECT_LONGEST));
        let mut connected = capture_connection(&mut request);
        let response = CONNECT_TIMEOUT.scope(connect_timeout, self.client().await?.request(request));
        let mut response = pin!(response);
        let answer = tokio::select! {
            biased;
            answer = &mut response => answer,
            () = async {
                connected.wait_for_connection_metadata().await;
                after(first_byte_timeout).await;
            } => return Err(Error::ConnectionReadTimeout),
        };
        let response = answer.map_err(|error| error::of_request(&error))?;

        // The client stops a head that comes in pieces; one that is there at once it takes.
        let head: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if head > HEAD_MOST {
            return Err(Error::HttpResponseHeaderSectionSize(u32::try_from(head).ok()));
        }
        let limit = self.policy.settings.max_response;
        if let Some(length) = announced(&response, is_head).filter(|length| *length > limit) {
            return Err(Error::HttpResponseBodySize(Some(length)));
        }
        let body = |incoming| ResponseBody::new(incoming, limit, between_bytes_timeout, turns).boxed_unsync();
        // A body that nobody reads to its end is neither sent nor failed.
        let sent = async move { outcome.await.unwrap_or(Ok(())) };
        Ok((response.map(body), Box::new(sent)))
    }
}

/// The destination in its one spelling, and the path as it is.
fn uri(destination: &Destination, asked: &Uri) -> Result<Uri, Error> {
    let path = asked.path_and_query().map_or("/", |path| path.as_str());
    let uri = Uri::builder().scheme(destination.scheme.name()).authority(destination.authority()).path_and_query(path);
    uri.build().map_err(|_| Error::HttpRequestUriInvalid)
}

/// The length that a response announces for a body that it has.
fn announced(response: &Response<Incoming>, is_head: bool) -> Option<u64> {
    if is_head || response.status() == StatusCode::NOT_MODIFIED {
        return None;
    }
    response.headers().get(header::CONTENT_LENGTH).map(HeaderValue::to_str)?.ok()?.parse().ok()
}

/// One instance's way out.
pub(super) struct Outbound {
    outlet: Arc<Outlet>,
    turns: Arc<Semaphore>,
    slot: Arc<Slot>,
}

impl Outbound {
    pub(super) fn new(outlet: Arc<Outlet>, slot: Arc<Slot>) -> Self {
        Self { outlet, turns: Arc::new(Semaphore::new(REQUESTS_PER_INSTANCE)), slot }
    }

    /// Where a request goes, if it may.
    fn destination(&self, request: &Request<WasiBody>) -> Result<Destination, Error> {
        // A tunnel would lead to where nobody looks.
        if request.method() == Method::CONNECT {
            return Err(Error::HttpRequestMethodInvalid);
        }
        let uri = request.uri();
        let scheme = uri.scheme_str().and_then(Scheme::from_name).ok_or(Error::HttpProtocolError)?;
        let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
        let destination = Destination::new(scheme, authority.as_str()).ok_or(Error::HttpRequestUriInvalid)?;
        if self.outlet.policy.allows(&destination) { Ok(destination) } else { Err(Error::HttpRequestDenied) }
    }
}

/// A place in the queues of several kinds of turns.
type Queued = Pin<Box<dyn Future<Output = Result<[OwnedSemaphorePermit; 2], Error>> + Send>>;

/// Queues up for a turn of each kind, one after the other.
///
/// The place is taken now, and not when somebody looks whether it is one's turn: answers have to be read for others to have a
/// turn, and guests read theirs in the order in which they have asked. A request that is late behind all others of its guest would
/// wait for them, and they for it.
fn queue([first, second]: [Arc<Semaphore>; 2]) -> Queued {
    let mut turns: Queued = Box::pin(async move {
        let closed = |_| Error::ConnectionLimitReached;
        let first = first.acquire_owned().await.map_err(closed)?;
        Ok([first, second.acquire_owned().await.map_err(closed)?])
    });
    match turns.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(turns) => Box::pin(std::future::ready(turns)),
        Poll::Pending => turns,
    }
}

/// What became of the request's own body; the guest may ask.
type Sent = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Answer = Box<dyn Future<Output = Result<(Response<WasiBody>, Sent), Error>> + Send>;

impl WasiHttpHooks for Outbound {
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _response_processed: Sent,
    ) -> Answer {
        let destination = self.destination(&request);
        let sight =
            self.slot.ticket().and_then(|ticket| Sight::begin(ticket, &request, &destination, &self.outlet.policy));
        let destination = match destination {
            Ok(destination) => destination,
            Err(error) => return Box::new(std::future::ready(Err(error))),
        };
        let outlet = self.outlet.clone();
        let turns = queue([self.turns.clone(), outlet.turns.clone()]);
        let options = options.unwrap_or_default();
        Box::new(async move {
            let answer = outlet.send(&destination, request, options, turns).await;
            if let Some(sight) = sight {
                sight.end(answer.as_ref().map(|(response, _)| response.status()));
            }
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_are_taken_in_the_order_of_asking_whoever_looks_first() {
        let kinds = [Arc::new(Semaphore::new(1)), Arc::new(Semaphore::new(2))];
        let [mut one, mut two, mut three] = [(); 3].map(|()| queue(kinds.clone()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(three.as_mut().poll(&mut context).is_pending() && two.as_mut().poll(&mut context).is_pending());
        let Poll::Ready(Ok(first)) = one.as_mut().poll(&mut context) else { panic!("the first has a turn") };
        drop(first);
        assert!(three.as_mut().poll(&mut context).is_pending());
        let second = two.await.ok();
        assert!(second.is_some() && three.as_mut().poll(&mut context).is_pending());
        // Who leaves makes room.
        drop(second);
        assert!(three.await.is_ok());
    }
}
