//! Requests that guests send: whether they may, and where to. Nothing is allowed yet; the policy of
//! `server.http_allowed` goes here.

use std::sync::Arc;

use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::console::Console;
use crate::report::Event;

/// One instance's way out.
pub(super) struct Outbound {
    module: Arc<str>,
    console: Console,
    /// One line a request is enough for the developer to see what is wrong.
    told: bool,
}

impl Outbound {
    pub(super) fn new(module: Arc<str>, console: Console) -> Self {
        Self { module, console, told: false }
    }
}

/// What became of the request's own body; the guest may ask.
type Sent = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Answer = Box<dyn Future<Output = Result<(http::Response<WasiBody>, Sent), Error>> + Send>;

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _response_processed: Sent,
    ) -> Answer {
        if !std::mem::replace(&mut self.told, true) {
            let host = request.uri().authority().map_or("another host", |authority| authority.as_str());
            let note = format!("`{}` asked for `{host}`: outbound HTTP is not allowed", self.module);
            self.console.emit(Event::Note(note));
        }
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}
