//! What is known of one request: values, each of them bounded.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use crate::report::GuestStream;
use crate::serve::printed::Printed;

/// The longest path with its query that is kept, in bytes, and the longest word on a failure.
pub(super) const PATH_MOST: usize = 2 << 10;
pub(super) const DETAIL_MOST: usize = 4 << 10;
/// The most requests of a guest's own that are kept of one request.
pub(super) const CALLS_MOST: usize = 64;
/// What a record takes by itself, about, in bytes.
const RECORD_BYTES: usize = 600;

/// One request. Times are milliseconds since it arrived.
#[derive(Clone, Serialize)]
pub(super) struct Record {
    /// Which it was since the server started, from 1.
    pub(super) sequence: u64,
    /// What was known of it last was new then.
    pub(super) revision: u64,
    /// `x-request-id`.
    pub(super) id: String,
    /// When it arrived, in milliseconds since 1970.
    pub(super) arrived: f64,
    pub(super) method: String,
    pub(super) path: String,
    /// `HTTP/1.1` or `HTTP/2.0`.
    pub(super) version: String,
    pub(super) client: String,
    pub(super) module: Option<String>,
    /// `x-mik-build`.
    pub(super) build: Option<String>,
    /// How it stands.
    pub(super) state: State,
    pub(super) status: Option<u16>,
    pub(super) failure: Option<Failed>,
    pub(super) request_headers: Vec<(String, String)>,
    pub(super) response_headers: Vec<(String, String)>,
    /// Bytes of the bodies.
    pub(super) received: u64,
    pub(super) sent: u64,
    /// From its arrival to the last byte of its answer.
    pub(super) total: Option<f64>,
    pub(super) instance: Option<InstanceState>,
    /// How long the instance had a processor for it: an estimate.
    pub(super) cpu: Option<f64>,
    /// The most memory that the instance has had, in bytes.
    pub(super) memory: Option<u64>,
    pub(super) spans: Vec<Span>,
    pub(super) calls: Vec<Call>,
    /// How many calls are not among these.
    pub(super) calls_left_out: usize,
    #[serde(rename = "lines", serialize_with = "lines")]
    pub(super) printed: Arc<Printed>,
    /// How much of memory its lines were known to take last: they come from elsewhere.
    #[serde(skip)]
    pub(super) printed_bytes: usize,
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// There is no answer, or not all of it.
    InFlight,
    /// It has its answer.
    Answered,
    /// Its answer broke off.
    Broken,
    /// The client went away before there was an answer, or before its end.
    Gone,
}

/// Where a request's instance came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum InstanceState {
    /// It was made for the request.
    Fresh,
    /// It had answered others.
    Used,
}

/// Why the host had to answer.
#[derive(Clone, Serialize)]
pub(super) struct Failed {
    /// The last part of `urn:mik:error:<code>`.
    pub(super) code: &'static str,
    pub(super) detail: Option<String>,
}

/// A part of a request's time.
#[derive(Clone, Serialize)]
pub(super) struct Span {
    pub(super) name: &'static str,
    pub(super) from: f64,
    /// Nothing while it lasts.
    pub(super) to: Option<f64>,
}

/// A request that the guest has sent.
#[derive(Clone, Serialize)]
pub(super) struct Call {
    pub(super) method: String,
    /// Where to, without secrets.
    pub(super) url: String,
    pub(super) allowed: bool,
    /// By which entry of `server.http_allowed`, or why not.
    pub(super) verdict: String,
    pub(super) status: Option<u16>,
    /// What went wrong, in WASI's words.
    pub(super) error: Option<String>,
    pub(super) from: f64,
    /// Until there was a head, or a failure.
    pub(super) to: Option<f64>,
}

impl Record {
    /// What it takes of memory, about, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let headers = |headers: &[(String, String)]| -> usize {
            headers.iter().map(|(name, value)| name.len() + value.len() + 48).sum()
        };
        let calls = self.calls.iter().map(|call| {
            let error = call.error.as_ref().map_or(0, String::len);
            call.method.len() + call.url.len() + call.verdict.len() + error + 160
        });
        let detail = self.failure.as_ref().and_then(|failure| failure.detail.as_ref()).map_or(0, String::len);
        let texts = self.id.len() + self.method.len() + self.path.len() + self.client.len() + detail;
        RECORD_BYTES
            + texts
            + headers(&self.request_headers)
            + headers(&self.response_headers)
            + calls.sum::<usize>()
            + self.spans.len() * size_of::<Span>()
            + self.printed_bytes
    }
}

/// Milliseconds, to the microsecond.
pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}

fn lines<S: Serializer>(printed: &Arc<Printed>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Line<'a> {
        stream: GuestStream,
        text: &'a str,
    }
    let lines = printed.lines();
    let mut sequence = serializer.serialize_seq(Some(lines.len()))?;
    for line in &lines {
        sequence.serialize_element(&Line { stream: line.stream, text: &line.text })?;
    }
    sequence.end()
}
