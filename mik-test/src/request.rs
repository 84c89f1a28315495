//! One request, from the test to the component and back.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri, header};
use http_body_util::{BodyExt, Full};
use tokio::sync::oneshot;
use tokio::time::timeout;
use wasmtime::{Store, UpdateDeadline};
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{Error as HttpError, WasiHttpView};

use crate::outbound::Outbound;
use crate::output::Output;
use crate::state::State;
use crate::{Component, Error, Response, engine};

/// The largest body of a response, in bytes.
const BODY_MOST: usize = 256 << 20;

/// A request that is being put together.
#[derive(Debug)]
#[must_use]
pub struct Request<'a> {
    component: &'a Component,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl<'a> Request<'a> {
    pub(crate) fn new(component: &'a Component, method: &str, target: &str) -> Self {
        let (method, target) = (method.to_owned(), target.to_owned());
        Self { component, method, target, headers: Vec::new(), body: Vec::new() }
    }

    /// With one header more.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With a body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// With a body of JSON, written out, and its `content-type`.
    pub fn json(self, json: impl Into<String>) -> Self {
        self.header("content-type", "application/json").body(json.into())
    }

    /// Sends it to a fresh instance, and waits for the whole response.
    ///
    /// # Errors
    /// It is no request; the component fails, takes too long or gives no response; it sends a request that the test has no
    /// answer for.
    pub fn send(self) -> Result<Response, Error> {
        let message = self.message()?;
        let settings = &self.component.settings;
        let (outbound, output) = (Outbound::new(&settings.answers), Output::new());
        let state = State::new(settings, outbound.clone(), &output);
        let asked =
            engine::runtime()?.block_on(async { timeout(settings.time, self.ask(message, state, &output)).await });
        let logs = output.lines();
        // What came of it may be the component's way to cope with that.
        if let Some(call) = outbound.unexpected() {
            return Err(Error::Unexpected { method: call.method, url: call.url, logs });
        }
        let response = asked.map_err(|_| Error::TooSlow { limit: settings.time, logs: logs.clone() })??;
        let (parts, body) = response.into_parts();
        Ok(Response::new(&parts, body, logs, outbound.calls()))
    }

    async fn ask(
        &self,
        message: http::Request<Full<Bytes>>,
        state: State,
        output: &Output,
    ) -> Result<http::Response<Vec<u8>>, Error> {
        let trap = |error: wasmtime::Error| Error::Trap { message: format!("{error:?}"), logs: output.lines() };
        let none = |message: String| Error::NoResponse { message, logs: output.lines() };
        let code = &self.component.code;
        let mut store = Store::new(&code.engine, state);
        store.limiter(|state| &mut state.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|_| Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now()))));
        let message = message.map(|body| body.map_err(|never| -> HttpError { match never {} }));
        let request = store.data_mut().http().new_incoming_request(Scheme::Http, message).map_err(trap)?;
        let (sender, receiver) = oneshot::channel();
        let outparam = store.data_mut().http().new_response_outparam(sender).map_err(trap)?;
        let proxy = code.pre.instantiate_async(&mut store).await.map_err(trap)?;

        // The guest goes on while its body is read: it waits for room in it.
        let guest = async move {
            let handler = proxy.wasi_http_incoming_handler();
            let ended = handler.call_handle(&mut store, request, outparam).await;
            // The body's end shows when the store is gone.
            drop(store);
            ended
        };
        let answer = async {
            let response = match receiver.await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => return Err(none(format!("it gave the error {error:?}"))),
                Err(_) => return Err(none("it ended before it gave one".to_owned())),
            };
            let (parts, mut body) = response.into_parts();
            let mut bytes = Vec::new();
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|error| none(format!("its body broke off: {error:?}")))?;
                if let Some(data) = frame.data_ref() {
                    if bytes.len() + data.len() > BODY_MOST {
                        return Err(none(format!("its body is larger than {BODY_MOST} bytes")));
                    }
                    bytes.extend_from_slice(data);
                }
            }
            Ok(http::Response::from_parts(parts, bytes))
        };
        let (ended, answer) = tokio::join!(guest, answer);
        // A trap is the reason for whatever the response lacks.
        ended.map_err(trap)?;
        answer
    }

    /// The request as HTTP has it.
    fn message(&self) -> Result<http::Request<Full<Bytes>>, Error> {
        let invalid = |what: &str, message: String| Error::Invalid { what: what.to_owned(), message };
        let mut message = http::Request::new(Full::new(Bytes::from(self.body.clone())));
        *message.method_mut() =
            Method::from_bytes(self.method.as_bytes()).map_err(|error| invalid("the method", error.to_string()))?;
        let uri: Uri =
            self.target.parse().map_err(|error: http::uri::InvalidUri| invalid("the path", error.to_string()))?;
        // A host alone is a URI as well.
        if !self.target.starts_with('/') && uri.scheme().is_none() {
            return Err(invalid("the path", "it begins with `/`".to_owned()));
        }
        let host = uri.authority().map_or("localhost", |authority| authority.as_str()).to_owned();
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let uri = Uri::builder().scheme("http").authority(host.as_str()).path_and_query(path).build();
        *message.uri_mut() = uri.map_err(|error| invalid("the path", error.to_string()))?;
        for (name, value) in &self.headers {
            let name =
                HeaderName::from_bytes(name.as_bytes()).map_err(|error| invalid("a header", error.to_string()))?;
            let value =
                HeaderValue::from_bytes(value.as_bytes()).map_err(|error| invalid("a header", error.to_string()))?;
            message.headers_mut().append(name, value);
        }
        if let Ok(host) = HeaderValue::from_str(&host) {
            message.headers_mut().entry(header::HOST).or_insert(host);
        }
        if !self.body.is_empty() {
            message.headers_mut().entry(header::CONTENT_LENGTH).or_insert(self.body.len().into());
        }
        Ok(message)
    }
}
