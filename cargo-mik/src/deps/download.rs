//! Downloads: `https`, and `http` on this machine; bounded, tried again where that can heal, gone on with where they broke off.

use std::io::Read;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use ureq::http::{HeaderMap, Response, StatusCode, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};
use url::{Host, Url};

use super::component::MOST_BYTES;
use super::problem::Problem;
use crate::report::{Event, Progress, Reporter};

/// How often it is tried in all.
const TRIES: u32 = 4;
/// How long is waited before the second try; each further wait is twice as long.
const PAUSE: Duration = Duration::from_millis(300);
/// A server that asks for a longer wait is not waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How many redirects are followed.
const MOST_REDIRECTS: usize = 10;
/// How long a server may take to be reached, and to begin its answer.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a server may send nothing.
const SILENCE: Duration = Duration::from_secs(60);

/// Checks that a URL is one that is fetched from.
pub(super) fn check(text: &str) -> Result<Url, Problem> {
    let wrong = |what: &str, help| Problem::Url { url: text.to_owned(), what: what.to_owned(), help };
    let whole = "write the whole of it, such as `https://example.com/db.wasm`";
    let url = Url::parse(text).map_err(|error| wrong(&format!("is no URL: {error}"), whole))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("has a login in it", "leave it out: it would be in version control"));
    }
    match url.scheme() {
        "https" if url.has_host() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(wrong("is not encrypted", "write `https`; `http` is for this machine alone")),
        _ => Err(wrong("is not fetched from", whole)),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_loopback(),
        None => false,
    }
}

/// Downloads what a URL leads to.
pub(super) fn download(text: &str, reporter: &Reporter) -> Result<Vec<u8>, Problem> {
    document(text, MOST_BYTES, reporter)
}

/// The same, of so many bytes at most.
pub(super) fn document(text: &str, most: u64, reporter: &Reporter) -> Result<Vec<u8>, Problem> {
    let url = check(text)?;
    let mut bytes = Partial::default();
    let mut tries = 1;
    let result = loop {
        let failure = match attempt(&url, most, &mut bytes, reporter) {
            Ok(()) => break Ok(bytes.content),
            Err(failure) => failure,
        };
        match failure.pause(tries) {
            Some(pause) if tries < TRIES => {
                reporter.detail("Waiting", format!("{:.1} s: {}", pause.as_secs_f32(), failure.message));
                std::thread::sleep(pause);
            }
            _ => break Err(failure.into_problem(text, tries)),
        }
        tries += 1;
    };
    reporter.emit(Event::ProgressEnd);
    result
}

/// What has come so far, and what tells whether the rest is of the same.
#[derive(Default)]
struct Partial {
    content: Vec<u8>,
    tag: Option<String>,
}

/// Why a try has failed.
struct Failure {
    message: String,
    status: Option<StatusCode>,
    /// How long the server asks to wait.
    after: Option<Duration>,
    can_heal: bool,
    help: &'static str,
    problem: Option<Box<Problem>>,
}

impl Failure {
    fn new(message: impl Into<String>, can_heal: bool, help: &'static str) -> Self {
        Self { message: message.into(), status: None, after: None, can_heal, help, problem: None }
    }

    fn of_status(status: StatusCode, headers: &HeaderMap) -> Self {
        let can_heal = matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504);
        let after = headers.get(header::RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?));
        Self { status: Some(status), after, ..Self::new(format!("it answers {status}"), can_heal, "") }
    }

    /// How long to wait before it is tried again; nothing, where that heals nothing.
    fn pause(&self, tries: u32) -> Option<Duration> {
        let pause = self.after.unwrap_or(PAUSE * 2_u32.pow(tries.saturating_sub(1)));
        (self.can_heal && pause <= LONGEST_PAUSE).then_some(pause)
    }

    fn into_problem(self, url: &str, tries: u32) -> Problem {
        let url = url.to_owned();
        match (self.problem, self.status) {
            (Some(problem), _) => *problem,
            (None, Some(status)) => Problem::Status { url, status: status.as_u16(), tries },
            (None, None) => Problem::Download { url, message: self.message, tries, help: self.help },
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem: Some(Box::new(problem)), ..Self::new("", false, "") }
    }
}

impl From<ureq::Error> for Failure {
    fn from(error: ureq::Error) -> Self {
        use ureq::Error;
        let down = "is the server there, and the network? `HTTPS_PROXY` names a proxy";
        match error {
            Error::Rustls(error) => Self::of_tls(&error),
            Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(error) => Self::of_tls(error),
                None => Self::new(error.to_string(), true, down),
            },
            Error::HostNotFound => {
                Self::new("its host is not known", true, "is the name right, and is there a network?")
            }
            Error::Timeout(_) | Error::ConnectionFailed => Self::new(error.to_string(), true, down),
            Error::Protocol(_) => Self::new(error.to_string(), true, "is it a web server?"),
            other => Self::new(other.to_string(), false, down),
        }
    }
}

impl Failure {
    fn of_tls(error: &rustls::Error) -> Self {
        let help = "an authority of your own is trusted where `SSL_CERT_FILE` names its certificate";
        Self::new(format!("TLS: {error}"), false, help)
    }
}

/// The wait that a server asks for: seconds, or a date.
fn retry_after(text: &str) -> Option<Duration> {
    match text.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let date = httpdate::parse_http_date(text.trim()).ok()?;
            Some(date.duration_since(SystemTime::now()).unwrap_or_default())
        }
    }
}

/// One try. What has come of the body stays when it breaks off.
fn attempt(url: &Url, most: u64, bytes: &mut Partial, reporter: &Reporter) -> Result<(), Failure> {
    let (response, whole) = follow(url, bytes)?;
    if !whole {
        bytes.content.clear();
    }
    let length = response.body().content_length().map(|rest| rest.saturating_add(bytes.content.len() as u64));
    let too_large = || Failure::from(Problem::TooLarge { from: format!("`{url}`"), most });
    if length.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    bytes.tag = strong_tag(response.headers());
    let mut reader = response.into_body().into_with_config().limit(u64::MAX).reader();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let position = length.map(|length| (bytes.content.len() as u64, length));
        reporter.emit(Event::Progress(Progress { verb: "Downloading", message: url.to_string(), position }));
        let read = reader.read(&mut buffer).map_err(|error| match error.downcast::<ureq::Error>() {
            Ok(error) => Failure::from(error),
            Err(error) => Failure::from(ureq::Error::Io(error)),
        })?;
        if read == 0 {
            break;
        }
        bytes.content.extend_from_slice(buffer.get(..read).unwrap_or_default());
        if bytes.content.len() as u64 > most {
            return Err(too_large());
        }
    }
    match length {
        Some(length) if bytes.content.len() as u64 != length => {
            Err(Failure::new("it was cut short", true, "is the network stable? Try again"))
        }
        _ => Ok(()),
    }
}

/// Asks for what is missing, by way of redirects; says whether the answer goes on with what is there.
fn follow(url: &Url, bytes: &Partial) -> Result<(Response<Body>, bool), Failure> {
    let mut url = url.clone();
    for _ in 0..=MOST_REDIRECTS {
        let agent = agent(&url);
        let mut request = agent.get(url.as_str()).header("accept", "application/wasm, */*");
        if let (Some(tag), false) = (&bytes.tag, bytes.content.is_empty()) {
            request = request.header("range", format!("bytes={}-", bytes.content.len())).header("if-range", tag);
        }
        let response = request.call()?;
        let status = response.status();
        if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            let target = response.headers().get(header::LOCATION).and_then(|value| url.join(value.to_str().ok()?).ok());
            let Some(target) = target else {
                return Err(Failure::new("it redirects to nowhere", false, "open the URL to see what is there"));
            };
            // From one machine to another nobody is sent in the clear, nor from the internet to this machine.
            if is_loopback(&target) && !is_loopback(&url) {
                return Err(Failure::new(
                    "it redirects to this machine",
                    false,
                    "name the place itself, if it is meant",
                ));
            }
            url = check(target.as_str())?;
            continue;
        }
        if status == StatusCode::PARTIAL_CONTENT && !bytes.content.is_empty() {
            let start = format!("bytes {}-", bytes.content.len());
            let range = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
            if range.is_some_and(|range| range.starts_with(&start)) {
                return Ok((response, true));
            }
            return Err(Failure::new("it goes on elsewhere than it was asked to", false, "try again"));
        }
        return match status {
            StatusCode::OK => Ok((response, false)),
            status => Err(Failure::of_status(status, response.headers())),
        };
    }
    Err(Failure::new("it redirects without end", false, "open the URL to see what is there"))
}

/// What names these bytes and no others.
fn strong_tag(headers: &HeaderMap) -> Option<String> {
    let tag = headers.get(header::ETAG)?.to_str().ok()?;
    (!tag.starts_with("W/")).then(|| tag.to_owned())
}

fn agent(url: &Url) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(concat!("cargo-mik/", env!("CARGO_PKG_VERSION")))
        .timeout_resolve(Some(ANSWER))
        .timeout_connect(Some(ANSWER))
        .timeout_recv_response(Some(ANSWER))
        .timeout_per_read(Some(SILENCE))
        .tls_config(TlsConfig::builder().root_certs(roots()).build());
    // No proxy has a way to this machine's own services.
    let config = if is_loopback(url) { config.proxy(None) } else { config };
    config.build().new_agent()
}

/// Whom TLS trusts: those whom the system does, or `SSL_CERT_FILE` and `SSL_CERT_DIR` name; Mozilla's where there are none.
fn roots() -> RootCerts {
    static ROOTS: OnceLock<RootCerts> = OnceLock::new();
    let of_the_system = || {
        let native = rustls_native_certs::load_native_certs().certs;
        let asked = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
        // Who says whom to trust and names nobody trusts nobody.
        if native.is_empty() && !asked {
            return RootCerts::WebPki;
        }
        let certificates: Vec<_> = native.iter().map(|it| Certificate::from_der(it).to_owned()).collect();
        RootCerts::new_with_certs(&certificates)
    };
    ROOTS.get_or_init(of_the_system).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for url in ["https://example.com/a", "http://localhost:80/a", "http://127.0.0.1/a", "http://[::1]:3000/a"] {
            check(url).unwrap();
        }
        for (url, says) in [
            ("http://example.com/a", "is not encrypted"),
            ("http://10.0.0.1/a", "is not encrypted"),
            ("http://localhost.example.com/a", "is not encrypted"),
            ("ftp://example.com/a", "is not fetched from"),
            ("file:///etc/passwd", "is not fetched from"),
            ("db.wasm", "is no URL"),
            ("https://user:secret@example.com/a", "has a login in it"),
        ] {
            assert!(check(url).unwrap_err().to_string().contains(says), "{url}");
        }
    }

    #[test]
    fn a_server_says_in_seconds_or_by_a_date_when_to_come_again() {
        assert_eq!(retry_after("3"), Some(Duration::from_secs(3)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(retry_after("soon"), None);
    }

    #[test]
    fn each_wait_is_longer_and_what_heals_nothing_is_not_waited_for() {
        let failure = Failure::new("reset", true, "");
        assert!(failure.pause(1) < failure.pause(2) && failure.pause(3) < Some(LONGEST_PAUSE));
        assert_eq!(Failure::new("no", false, "").pause(1), None);
        let long = Failure { after: Some(Duration::from_secs(3600)), ..failure };
        assert_eq!(long.pause(1), None);
    }
}
