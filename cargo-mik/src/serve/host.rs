//! The host: takes a request, finds the module, has it answered, and answers itself where the module can't.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, Version, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::json;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use super::access::Record;
use super::blame::Blame;
use super::cache::CodeCache;
use super::catalogue::Stock;
use super::connection::{HEAD_MOST, HEADERS_MOST};
use super::console::Console;
use super::engine::Machine;
use super::error::ServeError;
use super::exchange::{Body, Head, RequestBody, ResponseBody};
use super::failure::{Bounds, Failure, full, without_body};
use super::journal::Journal;
use super::metrics::{self, Metrics};
use super::module::{Served, Table, build};
use super::open_file::OpenFiles;
use super::openapi;
use super::peer::Peer;
use super::request::guest_request;
use super::route::{Route, route};
use super::static_files;
use super::ticket::{REQUEST_ID, RequestIds, Ticket};
use super::turns::Turns;
use crate::project::ServerSettings;
use crate::report::Reporter;

/// The longest path with query that is passed on, in bytes.
pub(super) const URI_MOST: usize = 8 << 10;

/// Who reads the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Anybody.
    Production,
    /// The developer: problems say all there is to say.
    Development,
}

/// What is served, and how.
pub(super) struct Host {
    machine: Arc<Machine>,
    /// As they are now. What was taken from them when the server started, stays.
    settings: ArcSwap<ServerSettings>,
    mode: Mode,
    console: Console,
    metrics: Arc<Metrics>,
    code_cache: Option<CodeCache>,
    /// What is served; nothing until the first version is there.
    table: ArcSwapOption<Table>,
    stock: Stock,
    open_files: OpenFiles,
    /// The turns of all modules together.
    turns: Arc<Turns>,
    ids: RequestIds,
    stopping: AtomicBool,
}

impl Host {
    pub(super) fn new(settings: &ServerSettings, mode: Mode, reporter: &Reporter) -> Result<Self, ServeError> {
        let requests = settings.max_concurrent_requests;
        let metrics = Arc::new(Metrics::new());
        let machine = Arc::new(Machine::new(requests)?);
        let console = Console::new(reporter, Journal::open(settings, &metrics, reporter)?)?;
        Ok(Self {
            code_cache: settings.code_cache.as_ref().map(|cache| CodeCache::new(cache, &machine.engine, &console)),
            machine,
            settings: ArcSwap::from_pointee(settings.clone()),
            mode,
            console,
            metrics,
            table: ArcSwapOption::empty(),
            stock: Stock::new(),
            open_files: OpenFiles::new(),
            turns: Turns::new(requests),
            ids: RequestIds::new(),
            stopping: AtomicBool::new(false),
        })
    }

    pub(super) fn machine(&self) -> &Arc<Machine> {
        &self.machine
    }

    pub(super) fn code_cache(&self) -> Option<&CodeCache> {
        self.code_cache.as_ref()
    }

    pub(super) fn settings(&self) -> Arc<ServerSettings> {
        self.settings.load_full()
    }

    pub(super) fn set_settings(&self, settings: &ServerSettings) {
        self.settings.store(Arc::new(settings.clone()));
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn console(&self) -> &Console {
        &self.console
    }

    pub(super) fn stock(&self) -> &Stock {
        &self.stock
    }

    pub(super) fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    pub(super) fn new_request_id(&self) -> String {
        self.ids.new_id()
    }

    pub(super) fn table(&self) -> Option<Arc<Table>> {
        self.table.load_full()
    }

    pub(super) fn set_table(&self, table: Table) {
        self.table.store(Some(Arc::new(table)));
    }

    /// Not ready any more: whoever balances load should look elsewhere.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// How many requests have no answer yet, or not all of it.
    pub(super) fn in_flight(&self) -> usize {
        self.turns.taken()
    }

    /// Answers a request, whatever happens.
    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>, peer: Arc<Peer>) -> Response<Body> {
        let arrival = Instant::now();
        let (mut parts, incoming) = request.into_parts();
        parts.extensions.insert(peer.scheme());
        let (version, is_head) = (parts.version, parts.method == Method::HEAD);
        let line = request_line(&parts);
        let bounds = Bounds::of(&self.settings.load());
        let ticket = Ticket::new(self.ids.of(&parts.headers), line, bounds.time);

        if peer.secure {
            ticket.secure();
        }
        let record = Record::begin(&self, peer, ticket.clone(), arrival);
        let mut response = match self.exchange(parts, incoming, &ticket, bounds).await {
            Ok(response) => response,
            Err(failure) => {
                self.metrics.failed(failure.code());
                let response = failure.response(&ticket.id, self.mode == Mode::Development);
                if is_head { without_body(response) } else { response }
            }
        };
        if let Ok(id) = HeaderValue::from_str(&ticket.id) {
            response.headers_mut().entry(REQUEST_ID).or_insert(id);
        }
        if self.is_stopping() && version < Version::HTTP_2 {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        record.follow(response)
    }

    async fn exchange(
        self: &Arc<Self>,
        parts: Parts,
        incoming: Incoming,
        ticket: &Arc<Ticket>,
        bounds: Bounds,
    ) -> Result<Response<Body>, Failure> {
        // Whatever the answer is, the body is either given to a guest or read into nothing.
        let body = RequestBody::new(&parts, incoming, bounds.body, ticket.clone());
        if parts.method == Method::CONNECT {
            return Err(Failure::Connect);
        }
        check_head(&parts)?;
        let asked = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        if asked.len() > URI_MOST {
            return Err(Failure::UriTooLong { limit: URI_MOST });
        }
        let (table, statics) = (self.table(), self.settings().static_directory.clone());
        let (served, seen) = match (route(asked), &table) {
            (Route::Live, _) => return health(&parts, "live"),
            (Route::Ready, None) => return Err(Failure::NotBuilt),
            (Route::Ready, Some(_)) if self.is_stopping() => return Err(Failure::Stopping),
            (Route::Ready, Some(_)) => return health(&parts, "ready"),
            (Route::Handlers, table) => return handlers(&parts, table.as_deref()),
            (Route::OpenApi(_), None) => return Err(Failure::NotBuilt),
            (Route::OpenApi(name), Some(table)) => {
                let (table, name) = (table.clone(), name.map(str::to_owned));
                // It reads files.
                let text = spawn_blocking(move || openapi::text(&table, name.as_deref())).await;
                return text_answer(&parts, text.map_err(|_| Failure::NotFound)??, "application/json");
            }
            (Route::Metrics, table) => return metrics_answer(&parts, &self.metrics, table.as_deref()),
            (Route::Static, _) if let Some(directory) = &statics => {
                return static_files::serve(&parts, directory, &self.open_files).await;
            }
            (Route::Reserved, _) => return Err(Failure::NotFound),
            (Route::Module { .. } | Route::Root | Route::Static, None) => return Err(Failure::NotBuilt),
            (Route::Module { name, rest }, Some(table)) => {
                let served = table.modules.get(name).ok_or_else(|| table.lacks(name))?;
                let seen = rest.path_and_query().map_err(|_| Failure::Malformed("the path is not valid"))?;
                (served.clone(), seen)
            }
            (Route::Root | Route::Static, Some(table)) => match &table.root {
                Some(root) => {
                    let seen = parts.uri.path_and_query().cloned();
                    (root.clone(), seen.unwrap_or_else(|| PathAndQuery::from_static("/")))
                }
                None if parts.uri.path() == "/health" => return health(&parts, "ready"),
                None if parts.uri.path() == "/metrics" => {
                    return metrics_answer(&parts, &self.metrics, Some(table));
                }
                None => return Err(self.nothing_at_root(table)),
            },
        };
        ticket.belongs_to(&served.name);
        let limit = bounds.body;
        if announced(&parts).is_some_and(|length| length > limit) {
            return Err(Failure::BodyTooLarge { limit });
        }
        let request = guest_request(parts, seen, body)?;
        self.serve(&served, request, ticket, bounds).await
    }

    /// Has a module answer, within its bounds.
    async fn serve(
        self: &Arc<Self>,
        served: &Arc<Served>,
        request: Request<RequestBody>,
        ticket: &Arc<Ticket>,
        bounds: Bounds,
    ) -> Result<Response<Body>, Failure> {
        served.traffic.check()?;
        // Before it takes a turn: who waits for a compilation keeps nobody else from anything.
        let version = self.ready(served, ticket, bounds).await?;
        let limit = self.settings.load().max_per_module_requests;
        let mut pass = served.traffic.enter(limit, &self.turns, ticket).await?;
        let method = request.method().clone();
        let (console, module) = (self.console.clone(), served.name.clone());
        let blame = Blame { console, module, ticket: ticket.clone() };
        // Until the body takes over: who drops this future has lost interest.
        let interest = ticket.gone.clone().drop_guard();

        // It may be another by now.
        let version = served.version().unwrap_or(version);
        let answer = version.handler.handle(ticket.clone(), request.map(BodyExt::boxed_unsync));
        let result = match timeout_at(ticket.deadline, answer).await {
            Err(_) => Err(Failure::of_time(ticket, bounds).await),
            Ok(Err(error)) => Err(Failure::judge(error, ticket, bounds).await),
            Ok(Ok(_)) if ticket.body_too_large() => Err(Failure::BodyTooLarge { limit: bounds.body }),
            Ok(Ok(response)) => {
                match Head::check(&method, &response) {
                    Err(failure) => Err(failure),
                    // From here on the body keeps watch.
                    Ok(head) => {
                        let (parts, guest) = response.into_parts();
                        ResponseBody::begin(guest, head, blame.clone(), bounds).await.map(|body| (parts, body))
                    }
                }
            }
        };
        match result {
            Ok((parts, body)) => {
                interest.disarm();
                Ok(Response::from_parts(parts, body.in_flight(pass).boxed_unsync()))
            }
            Err(failure) => {
                pass.failed(&failure);
                blame.tell(&failure);
                Err(failure)
            }
        }
    }

    fn nothing_at_root(&self, table: &Table) -> Failure {
        Failure::NothingHere { known: table.known() }
    }
}

/// Method and path, as the log and the terminal are told of them: no longer than a path may be, and with nothing in it
/// that moves a terminal's cursor. A path may have control characters in it, those from U+0080 on.
fn request_line(parts: &Parts) -> String {
    use std::fmt::Write as _;
    let mut line = String::new();
    for c in parts.method.as_str().chars().chain([' ']).chain(parts.uri.path().chars()) {
        if line.len() >= URI_MOST {
            line.push('…');
            break;
        }
        match c {
            c if c.is_control() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string does not fail.
                    let _ = write!(line, "%{byte:02X}");
                }
            }
            c => line.push(c),
        }
    }
    line
}

/// Heads that are too large. In HTTP/1.1 most of them end before they are here.
fn check_head(parts: &Parts) -> Result<(), Failure> {
    let bytes: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > HEAD_MOST || parts.headers.len() > HEADERS_MOST {
        return Err(Failure::HeadTooLarge { bytes: HEAD_MOST, headers: HEADERS_MOST });
    }
    Ok(())
}

/// The length that a message announces for its body.
fn announced(parts: &Parts) -> Option<u64> {
    parts.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn health(parts: &Parts, status: &str) -> Result<Response<Body>, Failure> {
    own_answer(parts, &json!({ "status": status }))
}

fn handlers(parts: &Parts, table: Option<&Table>) -> Result<Response<Body>, Failure> {
    let root = table.and_then(|table| table.root.as_ref());
    let modules = table.into_iter().flat_map(|table| table.modules.values());
    let handlers: Vec<_> = modules
        .map(|served| {
            json!({
                "name": *served.name,
                "url": format!("/run/{}/", served.name),
                "root": root.is_some_and(|root| Arc::ptr_eq(root, served)),
                "build": served.file().digest.as_deref().map(build),
                "state": served.standing().name(),
                "code_size": served.version().map(|version| version.code.size),
                "traffic": served.traffic.state(),
            })
        })
        .collect();
    own_answer(parts, &json!({ "handlers": handlers }))
}

fn metrics_answer(parts: &Parts, metrics: &Metrics, table: Option<&Table>) -> Result<Response<Body>, Failure> {
    text_answer(parts, metrics.text(table.map_or(0, |table| table.modules.len())), metrics::CONTENT_TYPE)
}

fn own_answer(parts: &Parts, content: &serde_json::Value) -> Result<Response<Body>, Failure> {
    text_answer(parts, content.to_string(), "application/json")
}

fn text_answer(parts: &Parts, text: String, content_type: &'static str) -> Result<Response<Body>, Failure> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Failure::MethodNotAllowed);
    }
    let mut response = Response::new(full(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(if parts.method == Method::HEAD { without_body(response) } else { response })
}
