//! The host: takes a request, finds the module, has it answered, and answers itself where the module can't.

use std::sync::{Arc, OnceLock};

use arc_swap::{ArcSwap, ArcSwapOption};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, Version, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::access::Record;
use super::blame::Blame;
use super::cache::CodeCache;
use super::catalogue::Stock;
use super::console::Console;
use super::dashboard::{Dashboard, Stage};
use super::error::ServeError;
use super::exchange::{Body, Head, RequestBody, ResponseBody};
use super::failure::{Bounds, Failure, without_body};
use super::hold::Hold;
use super::journal::Journal;
use super::machines::Machines;
use super::metrics::Metrics;
use super::mode::Mode;
use super::module::{Served, Table};
use super::named_host;
use super::open_file::OpenFiles;
use super::openapi;
use super::own::{handlers, health, metrics_answer, text_answer};
use super::pages::{self, Pages};
use super::peer::Peer;
use super::recorder::{Recorder, Taped};
use super::request::{URI_MOST, announced, check_head, guest_request, request_line};
use super::route::{Route, route};
use super::static_files;
use super::ticket::{BUILD, REQUEST_ID, RequestIds, Ticket};
use super::turns::Turns;
use crate::project::ServerSettings;
use crate::report::Reporter;

/// What is served, and how.
pub(super) struct Host {
    machines: Machines,
    /// As they are now. What was taken from them when the server started, stays.
    settings: ArcSwap<ServerSettings>,
    mode: Mode,
    console: Console,
    recorder: Option<Recorder>,
    metrics: Arc<Metrics>,
    code_cache: Option<CodeCache>,
    /// What is served; nothing until the first version is there.
    table: ArcSwapOption<Table>,
    stock: Stock,
    open_files: OpenFiles,
    /// The turns of all modules together.
    turns: Arc<Turns>,
    ids: RequestIds,
    stopped: CancellationToken,
    hold: Hold,
    /// Where a browser is shown how the builds stand.
    pages: OnceLock<Pages>,
    /// Where requests are shown, if they are.
    dashboard: Option<Dashboard>,
}

impl Host {
    pub(super) fn new(settings: &ServerSettings, mode: Mode, reporter: &Reporter) -> Result<Self, ServeError> {
        let requests = settings.max_concurrent_requests;
        let metrics = Arc::new(Metrics::new());
        let machines = Machines::new(requests, mode)?;
        let engine = &machines.first().engine;
        let console = Console::new(reporter, Journal::open(settings, &metrics, reporter)?)?;
        Ok(Self {
            code_cache: settings.code_cache.as_ref().map(|cache| CodeCache::new(cache, engine, &console)),
            machines,
            settings: ArcSwap::from_pointee(settings.clone()),
            recorder: Recorder::open(settings.recording.as_ref(), &console)?,
            mode,
            console,
            metrics,
            table: ArcSwapOption::empty(),
            stock: Stock::new(),
            open_files: OpenFiles::new(),
            turns: Turns::new(requests),
            ids: RequestIds::new(),
            stopped: CancellationToken::new(),
            hold: Hold::new(settings.hold),
            pages: OnceLock::new(),
            dashboard: Dashboard::new(settings.dashboard, mode),
        })
    }

    pub(super) fn machines(&self) -> &Machines {
        &self.machines
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
        self.stopped.cancel();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopped.is_cancelled()
    }

    /// Writes and says what is still to be written and said, and nothing after.
    pub(super) fn close(&self) {
        if let Some(recorder) = &self.recorder {
            recorder.close();
        }
        self.console.close();
    }

    /// Cancelled once it has been told to stop.
    pub(super) fn stopped(&self) -> CancellationToken {
        self.stopped.clone()
    }

    pub(super) fn hold(&self) -> &Hold {
        &self.hold
    }

    pub(super) fn pages(&self) -> Option<&Pages> {
        self.pages.get()
    }

    /// From now on a browser is shown how the builds stand.
    pub(super) fn show_pages(&self) {
        self.pages.get_or_init(Pages::new);
    }

    pub(super) fn dashboard(&self) -> Option<&Dashboard> {
        self.dashboard.as_ref()
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
        parts.extensions.insert(peer.address);
        let (version, is_head) = (parts.version, parts.method == Method::HEAD);
        let line = request_line(&parts);
        let bounds = Bounds::of(&self.settings.load());
        let ticket = Ticket::new(self.ids.of(&parts.headers), line, bounds.time, self.mode);

        if peer.secure {
            ticket.secure();
        }
        let asked = self.pages().and_then(|pages| pages.asked(&parts));
        // What is recorded is the handler's own.
        let shows_builds = self.settings.load().overlay && self.recorder.is_none();
        let gets_script =
            shows_builds && pages::is_navigation(&parts.method, &parts.headers) && named_host::is_certain(&parts);
        if let Some(recorder) = &self.recorder {
            ticket.record(recorder.begin(&parts));
        }
        if let Some(trace) = self.dashboard.as_ref().and_then(|dashboard| dashboard.begin(&parts, &ticket, &peer)) {
            ticket.show(trace);
        }
        let record = Record::begin(&self, peer, ticket.clone(), arrival);
        let mut is_answer = false;
        let mut response = match self.exchange(parts, incoming, &ticket, bounds).await {
            Ok(response) => {
                is_answer = true;
                response
            }
            Err(failure) => {
                self.metrics.failed(failure.code());
                if let Some(trace) = ticket.trace() {
                    trace.failed(failure.code(), None);
                }
                let response = self.told(&failure, asked, &ticket).await;
                if is_head { without_body(response) } else { response }
            }
        };
        if let Ok(id) = HeaderValue::from_str(&ticket.id) {
            response.headers_mut().entry(REQUEST_ID).or_insert(id);
        }
        if let Some(build) = ticket.build().filter(|_| self.mode == Mode::Development) {
            response.headers_mut().insert(BUILD, build.clone());
            if gets_script && is_answer {
                response = pages::add_script(response);
            }
        }
        if self.is_stopping() && version < Version::HTTP_2 {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        let response = record.follow(response);
        match ticket.tape().filter(|_| ticket.module().is_some()) {
            Some(tape) => Taped::follow(tape, response),
            None => response,
        }
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
        let route = route(asked);
        if matches!(route, Route::Root | Route::Module { .. }) {
            let since = std::time::Instant::now();
            self.hold.pass(ticket, &self.stopped).await;
            ticket.spent(Stage::Held, since);
        }
        let (table, statics) = (self.table(), self.settings().static_directory.clone());
        let (served, seen) = match (route, &table) {
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
            (Route::Dashboard(view), _) if let Some(dashboard) = &self.dashboard => {
                return dashboard.answer(&parts, view, self.stopped());
            }
            (Route::Static, _) if let Some(directory) = &statics => {
                return static_files::serve(&parts, directory, &self.open_files).await;
            }
            (Route::Build(path), _) if let Some(pages) = self.pages() => return pages.answer(path, &parts, self),
            (Route::Reserved | Route::Build(_) | Route::Dashboard(_), _) => return Err(Failure::NotFound),
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
        let since = std::time::Instant::now();
        let version = self.ready(served, ticket, bounds).await?;
        ticket.spent(Stage::Compiling, since);
        let limit = self.settings.load().max_per_module_requests;
        let since = std::time::Instant::now();
        let mut pass = served.traffic.enter(limit, &self.turns, ticket).await?;
        ticket.spent(Stage::Queued, since);
        let method = request.method().clone();
        let (console, module) = (self.console.clone(), served.name.clone());
        let blame = Blame { console, module, ticket: ticket.clone() };
        // Until the body takes over: who drops this future has lost interest.
        let interest = ticket.gone.clone().drop_guard();

        // It may be another by now.
        let version = served.version().unwrap_or(version);
        ticket.answered_by(version.build());
        let answer = version.handler.handle(ticket.clone(), request.map(BodyExt::boxed_unsync));
        let answered = timeout_at(ticket.deadline, answer).await;
        if let (Some(trace), Ok(Ok(_))) = (ticket.trace(), &answered) {
            trace.head();
        }
        let result = match answered {
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
