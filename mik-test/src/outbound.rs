//! Requests that the component sends, and what the test answers in place of other servers.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full};
use wasmtime_wasi_http::{Error as HttpError, RequestOptions, WasiBody, WasiHttpHooks};

/// The largest body of a request that a component sends, in bytes.
const BODY_MOST: usize = 64 << 20;

/// A request that the component has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    /// Its method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Where it went: scheme, host, path and query.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Its body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its body as text; what is not UTF-8 in it is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What a server answers, in the test's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Refused,
    Timeout,
}

impl Reply {
    /// An answer with a status and nothing else.
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), failure: None }
    }

    /// An answer of 200 with text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(200).header("content-type", "text/plain; charset=utf-8").body(text.into())
    }

    /// An answer of 200 with JSON, written out.
    pub fn json(json: impl Into<String>) -> Self {
        Self::new(200).header("content-type", "application/json").body(json.into())
    }

    /// Nobody listens there.
    pub fn refused() -> Self {
        Self { failure: Some(Failure::Refused), ..Self::new(0) }
    }

    /// No answer in time. The component learns of it at once.
    pub fn timeout() -> Self {
        Self { failure: Some(Failure::Timeout), ..Self::new(0) }
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With one header more.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With another body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// As HTTP has it; an error, where it stands for one or HTTP has no such answer.
    fn response(self) -> Result<http::Response<WasiBody>, HttpError> {
        match self.failure {
            Some(Failure::Refused) => return Err(HttpError::ConnectionRefused),
            Some(Failure::Timeout) => return Err(HttpError::ConnectionReadTimeout),
            None => {}
        }
        let invalid = |what: &str| HttpError::InternalError(Some(format!("the test's reply has {what}")));
        let body = Full::new(Bytes::from(self.body)).map_err(|never| match never {}).boxed_unsync();
        let mut response = http::Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).map_err(|_| invalid("no such status"))?;
        for (name, value) in self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid("no such header"))?;
            let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid("no such value of a header"))?;
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }
}

/// A closure that answers, or leaves a request to others.
pub(crate) type Answers = Arc<dyn Fn(&Call) -> Option<Reply> + Send + Sync>;

/// What one request's instance sends, and what it is answered.
#[derive(Clone)]
pub(crate) struct Outbound {
    answers: Arc<[Answers]>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    calls: Vec<Call>,
    unexpected: Option<Call>,
}

impl Outbound {
    pub(crate) fn new(answers: &[Answers]) -> Self {
        Self { answers: answers.into(), seen: Arc::default() }
    }

    /// What was sent, in its order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).calls.clone()
    }

    /// The first that nobody has answered.
    pub(crate) fn unexpected(&self) -> Option<Call> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).unexpected.clone()
    }

    async fn answer(self, request: http::Request<WasiBody>) -> Result<http::Response<WasiBody>, HttpError> {
        let (parts, mut body) = request.into_parts();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let mut call = Call { method: parts.method.to_string(), url: parts.uri.to_string(), headers, body: Vec::new() };
        while let Some(frame) = body.frame().await {
            if let Some(data) = frame?.data_ref() {
                if call.body.len() + data.len() > BODY_MOST {
                    return Err(HttpError::HttpRequestBodySize(None));
                }
                call.body.extend_from_slice(data);
            }
        }
        let reply = self.answers.iter().find_map(|answers| answers(&call));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.calls.push(call.clone());
        match reply {
            Some(reply) => reply.response(),
            None => {
                seen.unexpected.get_or_insert(call);
                Err(HttpError::HttpRequestDenied)
            }
        }
    }
}

type Sent = Box<dyn Future<Output = Result<(), HttpError>> + Send>;
type Answer = Box<dyn Future<Output = Result<(http::Response<WasiBody>, Sent), HttpError>> + Send>;

impl WasiHttpHooks for Outbound {
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _response_processed: Sent,
    ) -> Answer {
        let outbound = self.clone();
        Box::new(async move {
            let response = outbound.answer(request).await?;
            Ok((response, Box::new(std::future::ready(Ok(()))) as Sent))
        })
    }
}
