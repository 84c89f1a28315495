//! One request as it is noted on its way. Those on the way ask the ticket for it; most often, in production, there is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::mask::{cut, headers, query};
use super::record::{
    CALLS_MOST, Call, DETAIL_MOST, Failed, InstanceState, PATH_MOST, Record, Span, State, milliseconds,
};
use super::recorder::{Recorder, now};
use crate::serve::peer::Peer;
use crate::serve::ticket::Ticket;

/// Waits that are shorter are not shown: nobody waited.
const SPAN_LEAST: Duration = Duration::from_micros(50);
/// The longest method that is kept, in bytes.
const METHOD_MOST: usize = 32;

/// A part of a request's time that is told once it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Stage {
    /// It waits for the build that runs.
    Held,
    /// It waits for its module to be compiled.
    Compiling,
    /// It waits for its turn among others.
    Queued,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Compiling => "compiling",
            Self::Queued => "queued",
        }
    }
}

/// The parts of a request's time that begin and end with what the guest does.
const STARTING: &str = "instance";
const GUEST: &str = "guest";
const BODY: &str = "body";

/// A request on its way.
pub(in crate::serve) struct Trace {
    recorder: Arc<Recorder>,
    sequence: u64,
    arrival: Instant,
    received: AtomicU64,
}

impl Trace {
    /// A request has arrived.
    pub(super) fn begin(recorder: &Arc<Recorder>, parts: &Parts, ticket: &Ticket, peer: &Peer) -> Self {
        let arrival = Instant::now();
        let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
        let sequence = recorder.begin(|sequence| Record {
            sequence,
            revision: 0,
            id: ticket.id.clone(),
            arrived: now(),
            method: cut(parts.method.as_str(), METHOD_MOST),
            path: cut(&query(path), PATH_MOST),
            version: format!("{:?}", parts.version),
            client: peer.address.to_string(),
            module: None,
            build: None,
            state: State::InFlight,
            status: None,
            failure: None,
            request_headers: headers(&parts.headers),
            response_headers: Vec::new(),
            received: 0,
            sent: 0,
            total: None,
            instance: None,
            cpu: None,
            memory: None,
            spans: Vec::new(),
            calls: Vec::new(),
            calls_left_out: 0,
            printed: ticket.printed.clone(),
            printed_bytes: 0,
        });
        Self { recorder: recorder.clone(), sequence, arrival, received: AtomicU64::new(0) }
    }

    /// The request's module is known.
    pub(in crate::serve) fn belongs_to(&self, module: &Arc<str>) {
        self.update(|record| record.module = Some(module.to_string()));
    }

    /// So much of the request's body has come.
    pub(in crate::serve) fn receive(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A part of its time is over that began at a moment.
    pub(in crate::serve) fn spent(&self, stage: Stage, since: Instant) {
        let to = Instant::now();
        if to.saturating_duration_since(since) >= SPAN_LEAST {
            self.update(|record| record.spans.push(self.span(stage.name(), since, Some(to))));
        }
    }

    /// An instance has the request: one that was `made` for it, from one moment to another, or one that there was.
    pub(in crate::serve) fn given(&self, made: Option<(Instant, Instant)>) {
        let begin = Instant::now();
        self.update(|record| {
            record.instance = Some(if made.is_some() { InstanceState::Fresh } else { InstanceState::Used });
            record.spans.extend(made.map(|(from, to)| self.span(STARTING, from, Some(to))));
            record.spans.push(self.span(GUEST, begin, None));
        });
    }

    /// The guest has given the head of its response, and may go on with the body.
    pub(in crate::serve) fn head(&self) {
        let now = Instant::now();
        self.update(|record| {
            self.close(record, GUEST, now);
            record.spans.push(self.span(BODY, now, None));
        });
    }

    /// The instance is done with the request.
    pub(in crate::serve) fn left(&self, cpu: Duration, memory: u64) {
        let now = Instant::now();
        self.update(|record| {
            record.cpu = Some(milliseconds(cpu));
            record.memory = Some(memory);
            self.close(record, GUEST, now);
        });
    }

    /// The guest has printed something.
    pub(in crate::serve) fn printed(&self) {
        self.update(|record| record.printed_bytes = record.printed.bytes());
    }

    /// There is no answer of the guest's, or not all of it. Who says why says more than who says that.
    pub(in crate::serve) fn failed(&self, code: &'static str, detail: Option<&str>) {
        self.update(|record| {
            let detail = detail.map(|detail| cut(detail, DETAIL_MOST));
            let known = record.failure.take().filter(|known| known.code == code).and_then(|known| known.detail);
            record.failure = Some(Failed { code, detail: detail.or(known) });
        });
    }

    /// The answer's head is there.
    pub(in crate::serve) fn answered(&self, status: StatusCode, of: &HeaderMap, build: Option<&HeaderValue>) {
        self.update(|record| {
            record.status = Some(status.as_u16());
            record.response_headers = headers(of);
            record.build = build.and_then(|build| build.to_str().ok()).map(str::to_owned);
        });
    }

    /// It is over.
    pub(in crate::serve) fn over(&self, sent: u64, broken: bool, whole: bool) {
        let now = Instant::now();
        self.update(|record| {
            // These have no body, whatever their head says.
            let whole = whole || record.method == "HEAD" || matches!(record.status, Some(204 | 304));
            record.state = match (broken, whole) {
                (true, _) => State::Broken,
                (false, true) => State::Answered,
                (false, false) => State::Gone,
            };
            record.sent = sent;
            record.received = self.received.load(Ordering::Relaxed);
            record.total = Some(self.at(now));
            self.close(record, GUEST, now);
            self.close(record, BODY, now);
        });
    }

    /// The guest sends a request: whether it may, and by which entry or why not.
    pub(in crate::serve) fn call<B>(
        &self,
        request: &http::Request<B>,
        verdict: Result<String, String>,
    ) -> Option<usize> {
        let from = self.at(Instant::now());
        let (allowed, verdict) = match verdict {
            Ok(rule) => (true, rule),
            Err(why) => (false, why),
        };
        let mut number = None;
        self.update(|record| {
            if record.calls.len() >= CALLS_MOST {
                record.calls_left_out += 1;
                return;
            }
            number = Some(record.calls.len());
            record.calls.push(Call {
                method: cut(request.method().as_str(), METHOD_MOST),
                url: cut(&query(&request.uri().to_string()), PATH_MOST),
                allowed,
                verdict: cut(&verdict, 512),
                status: None,
                error: None,
                from,
                to: (!allowed).then_some(from),
            });
        });
        number
    }

    /// What came of a call; `denied` where it went nowhere, and why that is so.
    fn called(&self, number: usize, outcome: Result<StatusCode, String>, denied: Option<&str>) {
        let to = self.at(Instant::now());
        self.update(|record| {
            let Some(call) = record.calls.get_mut(number) else { return };
            call.to = Some(to);
            match outcome {
                Ok(status) => call.status = Some(status.as_u16()),
                Err(error) => call.error = Some(cut(&error, 512)),
            }
            if let Some(why) = denied {
                call.allowed = false;
                call.verdict = why.to_owned();
            }
        });
    }

    fn update(&self, more: impl FnOnce(&mut Record)) {
        self.recorder.update(self.sequence, more);
    }

    /// Milliseconds from its arrival to a moment.
    fn at(&self, moment: Instant) -> f64 {
        milliseconds(moment.saturating_duration_since(self.arrival))
    }

    fn span(&self, name: &'static str, from: Instant, to: Option<Instant>) -> Span {
        Span { name, from: self.at(from), to: to.map(|to| self.at(to)) }
    }

    fn close(&self, record: &mut Record, name: &str, at: Instant) {
        let open = record.spans.iter_mut().find(|span| span.name == name && span.to.is_none());
        if let Some(span) = open {
            span.to = Some(self.at(at));
        }
    }
}

/// A request of a guest's that is under way.
pub(in crate::serve) struct CallTrace {
    pub(in crate::serve) ticket: Arc<Ticket>,
    pub(in crate::serve) number: usize,
}

impl CallTrace {
    /// What came of it; `denied` where it went nowhere, and why that is so.
    pub(in crate::serve) fn over(&self, outcome: Result<StatusCode, String>, denied: Option<&str>) {
        if let Some(trace) = self.ticket.trace() {
            trace.called(self.number, outcome, denied);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::serve::mode::Mode;

    /// A record of which nothing is known.
    pub(in crate::serve::dashboard) fn record(sequence: u64) -> Record {
        let (parts, ()) = http::Request::get("/").body(()).unwrap().into_parts();
        let ticket = Ticket::new("id".to_owned(), String::new(), Duration::MAX, Mode::Development);
        let recorder = Arc::new(Recorder::new());
        let peer = Peer::new(([127, 0, 0, 1], 1).into(), false);
        Trace::begin(&recorder, &parts, &ticket, &peer);
        let record = (*recorder.since(0).requests[0]).clone();
        Record { sequence, ..record }
    }

    fn trace() -> (Arc<Recorder>, Trace) {
        let recorder = Arc::new(Recorder::new());
        let (parts, ()) = http::Request::get("/a?token=1").body(()).unwrap().into_parts();
        let ticket = Ticket::new("id".to_owned(), String::new(), Duration::MAX, Mode::Development);
        let peer = Peer::new(([127, 0, 0, 1], 1).into(), false);
        let trace = Trace::begin(&recorder, &parts, &ticket, &peer);
        (recorder, trace)
    }

    #[test]
    fn a_request_that_is_over_has_no_part_that_lasts() {
        let (recorder, trace) = trace();
        trace.given(None);
        trace.head();
        trace.over(5, false, true);
        trace.left(Duration::from_millis(2), 1 << 20);
        let record = recorder.since(0).requests[0].clone();
        assert_eq!((record.state, record.sent, record.instance), (State::Answered, 5, Some(InstanceState::Used)));
        assert!(record.spans.len() == 2 && record.spans.iter().all(|span| span.to.is_some()));
        assert_eq!((record.cpu, record.memory, &*record.path), (Some(2.0), Some(1 << 20), "/a?token=•••"));
    }

    #[test]
    fn calls_are_bounded_and_the_reason_for_a_failure_stays() {
        let (recorder, trace) = trace();
        let request = http::Request::get("http://a.example/").body(()).unwrap();
        for _ in 0..CALLS_MOST + 3 {
            trace.call(&request, Err("not listed".to_owned()));
        }
        trace.called(CALLS_MOST, Ok(StatusCode::OK), None);
        trace.failed("trap", Some("why"));
        trace.failed("trap", None);
        let record = recorder.since(0).requests[0].clone();
        assert_eq!((record.calls.len(), record.calls_left_out), (CALLS_MOST, 3));
        assert_eq!(record.failure.as_ref().unwrap().detail.as_deref(), Some("why"));
    }
}
