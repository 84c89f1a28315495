//! The dashboard's own answers: the page, what is known as JSON, and the events. They are read, never written to.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderValue, Method, Response, header};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::feed::Feed;
use super::guard;
use super::page::{self, View};
use super::recorder::{REQUESTS_MOST, Recorder};
use super::trace::Trace;
use crate::project::DashboardAccess;
use crate::serve::exchange::Body;
use crate::serve::failure::{Failure, RETRY_AFTER, full, without_body};
use crate::serve::mode::Mode;
use crate::serve::peer::Peer;
use crate::serve::ticket::Ticket;

/// How many pages may listen at once. A browser has no more than six connections to a server.
const LISTENERS_MOST: usize = 16;

/// What a server has that shows its requests.
pub(in crate::serve) struct Dashboard {
    access: DashboardAccess,
    recorder: Arc<Recorder>,
    listeners: Arc<Semaphore>,
    /// Tells this server from the one that was there before it.
    run: String,
}

impl Dashboard {
    /// The dashboard, unless there is to be none: where nothing is said of it, while something is developed.
    pub(in crate::serve) fn new(access: Option<DashboardAccess>, mode: Mode) -> Option<Self> {
        let access = access.unwrap_or(match mode {
            Mode::Development => DashboardAccess::Local,
            Mode::Production => DashboardAccess::Off,
        });
        (access != DashboardAccess::Off).then(|| Self {
            access,
            recorder: Arc::new(Recorder::new()),
            listeners: Arc::new(Semaphore::new(LISTENERS_MOST)),
            run: format!("{:016x}", RandomState::new().hash_one(std::process::id())),
        })
    }

    /// What a request is noted with on its way: nothing, where it is to one of our own addresses.
    pub(in crate::serve) fn begin(&self, parts: &Parts, ticket: &Ticket, peer: &Peer) -> Option<Trace> {
        let path = parts.uri.path();
        let is_own = path == "/_mik" || path.starts_with("/_mik/");
        (!is_own).then(|| {
            ticket.printed.keep();
            Trace::begin(&self.recorder, parts, ticket, peer)
        })
    }

    /// Where builds are noted.
    pub(in crate::serve) fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Answers a request to one of the dashboard's addresses. The answer to who listens ends when the server has `stopped`.
    ///
    /// # Errors
    /// Who asks may not look, asks for something else than to look, or is one too many.
    pub(in crate::serve) fn answer(
        &self,
        parts: &Parts,
        view: View,
        stopped: CancellationToken,
    ) -> Result<Response<Body>, Failure> {
        guard::check(parts, self.access)?;
        if parts.method != Method::GET && parts.method != Method::HEAD {
            return Err(Failure::MethodNotAllowed);
        }
        let (body, content_type) = match view {
            View::Page => (full(page::html()), "text/html; charset=utf-8"),
            View::Requests => {
                let news = self.recorder.since(0);
                let mut requests: Vec<_> = news.requests.iter().map(|record| &**record).collect();
                requests.sort_unstable_by_key(|record| record.sequence);
                let text = json!({ "run": self.run, "most": REQUESTS_MOST, "requests": requests }).to_string();
                (full(text), "application/json")
            }
            View::Builds => (full(json!({ "builds": self.recorder.since(0).builds }).to_string()), "application/json"),
            View::Events if parts.method == Method::HEAD => (full(String::new()), "text/event-stream"),
            View::Events => {
                let place = self.listeners.clone().try_acquire_owned().map_err(|_| Failure::Overloaded {
                    what: format!("{LISTENERS_MOST} pages of the dashboard"),
                    free_in: RETRY_AFTER,
                })?;
                let last = parts.headers.get("last-event-id").and_then(|last| last.to_str().ok());
                let feed = Feed::new(&self.recorder, &self.run, last, place, stopped);
                (feed.boxed_unsync(), "text/event-stream")
            }
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, content_type),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(policy) = HeaderValue::from_str(page::policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        Ok(if parts.method == Method::HEAD { without_body(response) } else { response })
    }
}
