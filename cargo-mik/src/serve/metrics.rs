//! What can be counted and measured of the server, for Prometheus. Every label has few values: those of the program, and
//! the names of modules that are served.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// What the text is: OpenMetrics, which Prometheus reads as its own.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of time, in seconds: from what a small handler takes to the default time limit.
const TIMES: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0, 30.0];

/// The server's numbers.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Labels<2>, Counter>,
    durations: Family<Labels<1>, Histogram, Times>,
    failures: Family<Labels<1>, Counter>,
    response_bytes: Counter,
    in_flight: Gauge,
    connections: Gauge,
    connections_opened: Counter,
    instances: Family<Labels<1>, Counter>,
    instantiations: Histogram,
    compilations: Histogram,
    modules: Gauge,
    log_lines_lost: Counter,
}

/// Names and values of labels. The names are the program's.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Labels<const N: usize>([(&'static str, Arc<str>); N]);

impl<const N: usize> EncodeLabelSet for Labels<N> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        for (name, value) in &self.0 {
            (*name, &**value).encode(encoder.encode_label())?;
        }
        Ok(())
    }
}

#[derive(Clone)]
struct Times;

impl MetricConstructor<Histogram> for Times {
    fn new_metric(&self) -> Histogram {
        Histogram::new(TIMES)
    }
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("mik");
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", build);
        let this = Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(Times),
            failures: Family::default(),
            response_bytes: Counter::default(),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            connections_opened: Counter::default(),
            instances: Family::default(),
            instantiations: Times.new_metric(),
            compilations: Times.new_metric(),
            modules: Gauge::default(),
            log_lines_lost: Counter::default(),
            registry,
        };
        this.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("requests", "Requests answered, by module and class of status", self.requests.clone());
        let help = "From a request's arrival to the last byte of its answer";
        registry.register_with_unit("request_duration", help, Unit::Seconds, self.durations.clone());
        registry.register("failures", "Answers of the host in place of a module's, by code", self.failures.clone());
        let help = "Bytes of answers' bodies";
        registry.register_with_unit("response_body", help, Unit::Bytes, self.response_bytes.clone());
        registry.register("requests_in_flight", "Requests without an answer, or all of it", self.in_flight.clone());
        registry.register("connections", "Open connections", self.connections.clone());
        registry.register("connections_opened", "Connections accepted", self.connections_opened.clone());
        registry.register("instances", "Instances made, by module", self.instances.clone());
        let help = "What it took to make an instance";
        registry.register_with_unit("instantiation", help, Unit::Seconds, self.instantiations.clone());
        let help = "What it took to compile a component";
        registry.register_with_unit("compilation", help, Unit::Seconds, self.compilations.clone());
        registry.register("modules", "Modules that are served", self.modules.clone());
        registry.register("log_lines_lost", "Lines that the log could not take", self.log_lines_lost.clone());
        self
    }

    /// A request has arrived.
    pub(super) fn request_began(&self) {
        self.in_flight.inc();
    }

    /// A request is over: with a status, unless the client went away before there was one.
    pub(super) fn request_ended(&self, module: &Arc<str>, status: Option<StatusCode>, time: Duration, bytes: u64) {
        self.in_flight.dec();
        self.request_counted(module, status);
        self.durations.get_or_create(&Labels([("module", module.clone())])).observe(time.as_secs_f64());
        self.response_bytes.inc_by(bytes);
    }

    /// Something was answered that is no request, or is one that is counted elsewhere.
    pub(super) fn request_counted(&self, module: &Arc<str>, status: Option<StatusCode>) {
        let class = match status.map(|status| status.as_u16() / 100) {
            Some(1) => "1xx",
            Some(2) => "2xx",
            Some(3) => "3xx",
            Some(4) => "4xx",
            Some(_) => "5xx",
            None => "none",
        };
        self.requests.get_or_create(&Labels([("module", module.clone()), ("status", class.into())])).inc();
    }

    /// The host answered with a failure of this code.
    pub(super) fn failed(&self, code: &'static str) {
        self.failures.get_or_create(&Labels([("code", code.into())])).inc();
    }

    pub(super) fn connection_opened(&self) {
        self.connections.inc();
        self.connections_opened.inc();
    }

    pub(super) fn connection_closed(&self) {
        self.connections.dec();
    }

    /// An instance was made.
    pub(super) fn instance_made(&self, module: &Arc<str>, time: Duration) {
        self.instances.get_or_create(&Labels([("module", module.clone())])).inc();
        self.instantiations.observe(time.as_secs_f64());
    }

    /// A component was compiled.
    pub(super) fn compiled(&self, time: Duration) {
        self.compilations.observe(time.as_secs_f64());
    }

    /// Lines are lost to the log.
    pub(super) fn log_lost(&self, lines: u64) {
        self.log_lines_lost.inc_by(lines);
    }

    /// All of it as text.
    pub(super) fn text(&self, modules: usize) -> String {
        self.modules.set(i64::try_from(modules).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a string does not fail. What is there of a text without its end is refused by who reads it.
        match encode(&mut text, &self.registry) {
            Ok(()) | Err(std::fmt::Error) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_can_be_read_as_text() {
        let metrics = Metrics::new();
        metrics.request_began();
        metrics.request_ended(&"hello".into(), Some(StatusCode::NOT_FOUND), Duration::from_millis(3), 12);
        metrics.failed("not-found");
        metrics.compiled(Duration::from_secs(2));
        let text = metrics.text(1);
        for line in [
            "mik_requests_total{module=\"hello\",status=\"4xx\"} 1\n",
            "mik_request_duration_seconds_bucket{le=\"0.005\",module=\"hello\"} 1\n",
            "mik_failures_total{code=\"not-found\"} 1\n",
            "mik_response_body_bytes_total 12\n",
            "mik_requests_in_flight 0\n",
            "mik_compilation_seconds_count 1\n",
            "mik_modules 1\n",
            &format!("mik_build_info{{version=\"{}\"}} 1\n", env!("CARGO_PKG_VERSION")),
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
