//! Failures as answers: what each is called, its status, and its body as `application/problem+json`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Body as _;
use serde::Serialize;

use super::backtrace;
use super::error::ServeError;
use super::exchange::Body;
use super::ticket::REQUEST_ID;
use crate::project::ServerSettings;

/// How long a client is told to wait before it comes back to a server that is about to start, or to stop.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why a request has no answer of the guest's own.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// Nothing is there.
    NotFound,
    /// Nothing is mounted at `/`, and something is elsewhere.
    NothingHere { known: Vec<String> },
    /// No module has that name.
    ModuleNotFound { asked: String, known: Vec<String> },
    /// The module does not say what it answers.
    NoDocument { module: String, why: String },
    /// Who asks may not look at what is there.
    Forbidden { why: &'static str },
    /// One of our own URLs, asked in a way it does not answer.
    MethodNotAllowed,
    /// The client wants a tunnel.
    Connect,
    /// A request that no guest could be given.
    Malformed(&'static str),
    /// The body is over the limit, in bytes.
    BodyTooLarge { limit: u64 },
    /// The path and query are over the limit, in bytes.
    UriTooLong { limit: usize },
    /// The request's head is over the limits.
    HeadTooLarge { bytes: usize, headers: usize },
    /// The request's head did not come to its end in time.
    HeadTooSlow { limit: Duration },
    /// There are as many connections as there may be.
    NoRoom,
    /// The client speaks plainly on a port that doesn't.
    SpeaksHttps,
    /// The file is not what the client takes it for.
    PreconditionFailed,
    /// The file has no such part; the header that says how long it is.
    RangeNotSatisfiable { length: Option<HeaderValue> },
    /// The guest trapped.
    Trap { error: Arc<wasmtime::Error> },
    /// The guest could not even start.
    Start { error: Arc<wasmtime::Error> },
    /// The module's file can't be served.
    Unusable { error: Arc<ServeError> },
    /// The request's time was up before the module was compiled.
    NotCompiled { limit: Duration },
    /// The guest returned and never said what the response is.
    NoResponse,
    /// The guest gave a response that can't be sent.
    InvalidResponse { why: String },
    /// Too many requests are in flight: what there are as many of as may be, and when one is likely to be over.
    Overloaded { what: String, free_in: Duration },
    /// The module has failed again and again, of this the last time; when it is tried again.
    CircuitOpen { next: Duration, last: &'static str },
    /// The request's time is up; whether the client was waited for when it was.
    Deadline { limit: Duration, slow_client: bool },
    /// The guest needed more memory than it may have, in bytes.
    MemoryLimit { limit: u64 },
    /// The project has not been built yet.
    NotBuilt,
    /// The server has been told to stop.
    Stopping,
}

/// The limits of a request and of the instance that answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) time: Duration,
    pub(super) memory: u64,
    pub(super) body: u64,
    /// How many requests one instance may answer.
    pub(super) reuse: usize,
}

impl Bounds {
    pub(super) fn of(settings: &ServerSettings) -> Self {
        let ServerSettings { execution_timeout, memory_limit, max_body_size, instance_reuse, .. } = *settings;
        Self { time: execution_timeout, memory: memory_limit, body: max_body_size, reuse: instance_reuse }
    }
}

impl Failure {
    /// Status, code and title: the same for every failure of a kind.
    fn describe(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound | Self::NothingHere { .. } => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::ModuleNotFound { .. } => (StatusCode::NOT_FOUND, "module-not-found", "Module not found"),
            Self::NoDocument { .. } => (StatusCode::NOT_FOUND, "no-openapi", "No OpenAPI document"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed"),
            Self::Forbidden { .. } => (StatusCode::FORBIDDEN, "forbidden", "Forbidden"),
            Self::Connect => (StatusCode::NOT_IMPLEMENTED, "method-not-implemented", "Method not implemented"),
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed-request", "Malformed request"),
            Self::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "Request body too large"),
            Self::UriTooLong { .. } => (StatusCode::URI_TOO_LONG, "uri-too-long", "URI too long"),
            Self::HeadTooLarge { .. } => {
                (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "head-too-large", "Request head too large")
            }
            Self::HeadTooSlow { .. } => (StatusCode::REQUEST_TIMEOUT, "head-too-slow", "Request head too slow"),
            Self::NoRoom => (StatusCode::SERVICE_UNAVAILABLE, "too-many-connections", "Too many connections"),
            Self::SpeaksHttps => (StatusCode::BAD_REQUEST, "speaks-https", "This port speaks HTTPS"),
            Self::PreconditionFailed => (StatusCode::PRECONDITION_FAILED, "precondition-failed", "Precondition failed"),
            Self::RangeNotSatisfiable { .. } => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "range-not-satisfiable", "Range not satisfiable")
            }
            Self::Trap { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "trap", "The handler failed"),
            Self::Start { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "start", "The handler could not start"),
            // What the client sees is the same: whoever looks after the server has something to mend.
            Self::Unusable { .. } => (StatusCode::INTERNAL_SERVER_ERROR, "start", "The handler could not start"),
            Self::NotCompiled { .. } => (StatusCode::GATEWAY_TIMEOUT, "deadline", "The request took too long"),
            Self::NoResponse => (StatusCode::INTERNAL_SERVER_ERROR, "no-response", "The handler gave no response"),
            Self::InvalidResponse { .. } => {
                (StatusCode::BAD_GATEWAY, "invalid-response", "Invalid response from the handler")
            }
            Self::Overloaded { .. } => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too many requests in flight"),
            Self::CircuitOpen { .. } => (StatusCode::SERVICE_UNAVAILABLE, "circuit-open", "The handler keeps failing"),
            Self::Deadline { .. } => (StatusCode::GATEWAY_TIMEOUT, "deadline", "The request took too long"),
            Self::MemoryLimit { .. } => {
                (StatusCode::INSUFFICIENT_STORAGE, "memory-limit", "The handler needs more memory than it may have")
            }
            Self::NotBuilt => (StatusCode::SERVICE_UNAVAILABLE, "not-built", "The project does not build yet"),
            Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping", "The server is stopping"),
        }
    }

    /// The name in `urn:mik:error:<code>`.
    pub(super) fn code(&self) -> &'static str {
        self.describe().1
    }

    /// What happened this time. `candid` says things that only the developer should read.
    fn detail(&self, candid: bool) -> String {
        match self {
            Self::NotFound => "there is nothing at this path".to_owned(),
            Self::NothingHere { known } if known.is_empty() => "no module is served".to_owned(),
            Self::NothingHere { known } => format!("modules answer at /run/<name>/: {}", known.join(", ")),
            Self::ModuleNotFound { asked, known } if known.is_empty() => {
                format!("there is no module `{asked}`; none is served")
            }
            Self::ModuleNotFound { asked, known } => {
                format!("there is no module `{asked}`; there is {}", known.join(", "))
            }
            Self::NoDocument { module, why } => format!("`{module}` has none: {why}"),
            Self::MethodNotAllowed => "this address answers GET and HEAD".to_owned(),
            Self::Forbidden { why } => (*why).to_owned(),
            Self::Connect => "this server is no proxy".to_owned(),
            Self::Malformed(what) => (*what).to_owned(),
            Self::BodyTooLarge { limit } => format!("the limit is {limit} bytes"),
            Self::UriTooLong { limit } => format!("the limit for path and query is {limit} bytes"),
            Self::HeadTooLarge { bytes, headers } => {
                format!("the limit for a request's head is {bytes} bytes and {headers} headers")
            }
            Self::HeadTooSlow { limit } => format!("the limit for a request's head is {}", seconds(*limit)),
            Self::NoRoom => "there are as many connections as there may be; come back in a moment".to_owned(),
            Self::SpeaksHttps => "the request came without TLS: write `https://` in place of `http://`".to_owned(),
            Self::PreconditionFailed => "the file has changed".to_owned(),
            Self::RangeNotSatisfiable { .. } => "the file does not have these bytes".to_owned(),
            Self::Trap { error } | Self::Start { error } if candid => backtrace::describe(error),
            Self::Trap { .. } => "it stopped in the middle of its work; the server's log says why".to_owned(),
            Self::Unusable { error } if candid => error.told(),
            Self::Start { .. } | Self::Unusable { .. } => "the server's log says why".to_owned(),
            Self::NotCompiled { limit } => {
                format!("it was still being compiled after {}; come back in a moment", seconds(*limit))
            }
            Self::NoResponse => "it ended without a response".to_owned(),
            Self::InvalidResponse { why } => why.clone(),
            Self::Overloaded { what, .. } => format!("{what} are in flight, and no more may be"),
            Self::CircuitOpen { next, last } => {
                format!(
                    "it failed several times in a row, the last time with `{last}`; it is tried again in {}",
                    seconds(whole_seconds(*next))
                )
            }
            Self::Deadline { limit, slow_client: false } => format!("the limit is {}", seconds(*limit)),
            Self::Deadline { limit, slow_client: true } => {
                format!("the limit is {}, and the client was still being waited for", seconds(*limit))
            }
            Self::MemoryLimit { limit } => format!("the limit is {limit} bytes"),
            Self::NotBuilt => "the terminal that runs `cargo mik serve` says why".to_owned(),
            Self::Stopping => "come back when it has started again".to_owned(),
        }
    }

    /// What the developer is told on the terminal, where the guest is at fault: what it did, and the particulars.
    pub(super) fn blame(&self) -> Option<(String, Option<String>)> {
        Some(match self {
            Self::Trap { error } => ("trapped".to_owned(), Some(backtrace::describe(error))),
            Self::Start { error } => ("could not start".to_owned(), Some(backtrace::describe(error))),
            Self::NoResponse => ("ended without a response".to_owned(), None),
            Self::InvalidResponse { why } => ("gave a response that can't be sent".to_owned(), Some(why.clone())),
            Self::Deadline { limit, slow_client } => {
                let client = "at the end the server was waiting for the client".to_owned();
                (format!("took longer than {}", seconds(*limit)), slow_client.then_some(client))
            }
            Self::MemoryLimit { limit } => (format!("needed more than {} MiB of memory", limit >> 20), None),
            Self::NotFound
            | Self::NothingHere { .. }
            | Self::ModuleNotFound { .. }
            | Self::NoDocument { .. }
            | Self::MethodNotAllowed
            | Self::Forbidden { .. }
            | Self::Connect
            | Self::Malformed(_)
            // Told when it was found out.
            | Self::Unusable { .. }
            | Self::NotCompiled { .. }
            | Self::BodyTooLarge { .. }
            | Self::UriTooLong { .. }
            | Self::HeadTooLarge { .. }
            | Self::HeadTooSlow { .. }
            | Self::NoRoom
            | Self::SpeaksHttps
            | Self::PreconditionFailed
            | Self::RangeNotSatisfiable { .. }
            | Self::Overloaded { .. }
            | Self::CircuitOpen { .. }
            | Self::NotBuilt
            | Self::Stopping => return None,
        })
    }

    /// The answer, RFC 9457.
    pub(super) fn response(&self, request: &str, candid: bool) -> Response<Body> {
        let (status, code, title) = self.describe();
        let problem = Problem {
            problem_type: format!("urn:mik:error:{code}"),
            title,
            status: status.as_u16(),
            detail: self.detail(candid),
            instance: format!("urn:mik:request:{request}"),
            request_id: request,
        };
        let mut response = Response::new(full(serde_json::to_vec(&problem).unwrap_or_default()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Ok(id) = HeaderValue::from_str(request) {
            headers.insert(REQUEST_ID, id);
        }
        match self {
            Self::Overloaded { free_in: after, .. } | Self::CircuitOpen { next: after, .. } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(*after).as_secs()));
            }
            Self::NoRoom | Self::NotBuilt | Self::Stopping | Self::NotCompiled { .. } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER.as_secs()));
            }
            Self::RangeNotSatisfiable { length: Some(length) } => {
                headers.insert(header::CONTENT_RANGE, length.clone());
            }
            Self::MethodNotAllowed => {
                let allowed = [Method::GET, Method::HEAD].map(|method| method.to_string()).join(", ");
                if let Ok(allowed) = HeaderValue::from_str(&allowed) {
                    headers.insert(header::ALLOW, allowed);
                }
            }
            _ => {}
        }
        response
    }
}

/// A time as HTTP has it: no shorter than it is, and never nothing.
fn whole_seconds(time: Duration) -> Duration {
    let begun = u64::from(time.subsec_nanos() > 0);
    Duration::from_secs(time.as_secs().saturating_add(begun).max(1))
}

pub(super) fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        1.0 => "1 second".to_owned(),
        seconds => format!("{seconds} seconds"),
    }
}

/// RFC 9457 §3, with the request's id by itself as well.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    problem_type: String,
    title: &'a str,
    status: u16,
    detail: String,
    instance: String,
    request_id: &'a str,
}

/// A body that is there as a whole.
pub(super) fn full(content: impl Into<Bytes>) -> Body {
    Full::new(content.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A response of our own as the answer to HEAD: the length it would have, and nothing of it. hyper leaves bodies out in
/// HTTP/1.1 only; in HTTP/2 it sends them, which clients take for an error of the protocol.
pub(super) fn without_body(mut response: Response<Body>) -> Response<Body> {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response.map(|_| full(Bytes::new()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn problem(failure: &Failure, candid: bool) -> (Response<()>, serde_json::Value) {
        let (parts, body) = failure.response("r1", candid).into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (Response::from_parts(parts, ()), serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_failure_is_a_problem_with_its_request() {
        let (response, problem) = problem(&Failure::BodyTooLarge { limit: 10 }, false).await;
        assert_eq!(response.status(), 413);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        assert_eq!(response.headers()[REQUEST_ID], "r1");
        assert_eq!(
            problem,
            json!({
                "type": "urn:mik:error:body-too-large",
                "title": "Request body too large",
                "status": 413,
                "detail": "the limit is 10 bytes",
                "instance": "urn:mik:request:r1",
                "request_id": "r1",
            })
        );
    }

    #[tokio::test]
    async fn an_answer_to_head_has_the_length_and_no_body() {
        let (parts, body) = without_body(Failure::Stopping.response("r1", false)).into_parts();
        let whole = Failure::Stopping.response("r1", false).into_body().collect().await.unwrap().to_bytes();
        assert_eq!(parts.headers[header::CONTENT_LENGTH], whole.len().to_string());
        assert!(body.is_end_stream());
    }

    #[tokio::test]
    async fn only_the_developer_reads_of_traps() {
        let error = Arc::new(wasmtime::format_err!("secret"));
        let failure = Failure::Trap { error };
        let (_, production) = problem(&failure, false).await;
        let (_, development) = problem(&failure, true).await;
        assert!(!production.to_string().contains("secret"));
        assert!(development["detail"].as_str().unwrap().contains("secret"));
    }

    #[tokio::test]
    async fn who_is_sent_away_is_told_when_to_come_back() {
        for (milliseconds, seconds) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (29_500, "30")] {
            let time = Duration::from_millis(milliseconds);
            let overloaded = Failure::Overloaded { what: "10 requests".to_owned(), free_in: time };
            for failure in [overloaded, Failure::CircuitOpen { next: time, last: "trap" }] {
                let (response, _) = problem(&failure, false).await;
                assert_eq!(response.status(), 503);
                assert_eq!(response.headers()[header::RETRY_AFTER], seconds);
            }
        }
    }
}
