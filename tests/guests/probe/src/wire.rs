//! WASI HTTP in few words: a request to be read, a response to be written, piece by piece.

use crate::wasi::http::types::{ErrorCode, Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use crate::wasi::io::streams::{InputStream, OutputStream, StreamError};

/// A request and the place for its response.
pub struct Call {
    pub request: IncomingRequest,
    pub outparam: ResponseOutparam,
    pub path: String,
}

impl Call {
    pub fn new(request: IncomingRequest, outparam: ResponseOutparam) -> Self {
        let path = request.path_with_query().unwrap_or_default();
        Self { request, outparam, path }
    }

    /// The path with its query, as the host gave it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The first segment of the path.
    pub fn route(&self) -> &str {
        self.path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default()
    }

    /// What comes after it, as a number.
    pub fn argument(&self) -> u64 {
        let after = self.path.trim_start_matches('/').split(['/', '?']).nth(1);
        after.and_then(|argument| argument.parse().ok()).unwrap_or_default()
    }

    /// A whole response.
    pub fn answer(self, status: u16, headers: &[(&str, &str)], body: &[u8]) {
        let mut response = self.begin(status, headers);
        response.write(body);
        response.finish();
    }

    /// A whole response with headers that are there already.
    pub fn answer_with(self, fields: Fields, body: &[u8]) {
        let mut response = begin(self.outparam, 200, fields);
        response.write(body);
        response.finish();
    }

    /// The head of a response. Its body is yet to be written.
    pub fn begin(self, status: u16, headers: &[(&str, &str)]) -> Response {
        let fields = Fields::new();
        for (name, value) in headers {
            fields.append(&(*name).to_owned(), &value.as_bytes().to_vec()).expect("a header that may be set");
        }
        begin(self.outparam, status, fields)
    }

    pub fn fail(self, error: ErrorCode) {
        ResponseOutparam::set(self.outparam, Err(error));
    }
}

/// A whole response to a request that is not needed any more.
pub fn answer(outparam: ResponseOutparam, body: &[u8]) {
    let mut response = begin(outparam, 200, Fields::new());
    response.write(body);
    response.finish();
}

fn begin(outparam: ResponseOutparam, status: u16, fields: Fields) -> Response {
    let response = OutgoingResponse::new(fields);
    response.set_status_code(status).expect("a status that may be set");
    let body = response.body().expect("the response has a body");
    ResponseOutparam::set(outparam, Ok(response));
    let stream = body.write().expect("the body has a stream");
    Response { body, stream: Some(stream) }
}

/// A response of which the head is out.
pub struct Response {
    body: OutgoingBody,
    stream: Option<OutputStream>,
}

impl Response {
    /// Writes some of the body, as much at a time as the host takes. Says whether somebody still reads.
    pub fn write(&mut self, mut bytes: &[u8]) -> bool {
        let Some(stream) = &self.stream else { return false };
        while !bytes.is_empty() {
            stream.subscribe().block();
            let Ok(room) = stream.check_write() else { return false };
            let (now, later) = bytes.split_at(bytes.len().min(room as usize));
            if stream.write(now).is_err() {
                return false;
            }
            bytes = later;
        }
        stream.blocking_flush().is_ok()
    }

    pub fn finish(mut self) {
        drop(self.stream.take());
        // The host may not like it; some routes are about that.
        let _ = OutgoingBody::finish(self.body, None);
    }

    /// Leaves the body as it is, neither finished nor dropped.
    pub fn forget(mut self) {
        drop(self.stream.take());
        std::mem::forget(self.body);
    }
}

/// Reads a body to its end, handing on each piece. Says whether it ended well.
pub fn read(request: &IncomingRequest, mut piece: impl FnMut(&[u8])) -> Result<(), String> {
    let body = request.consume().map_err(|()| "consumed before".to_owned())?;
    let stream: InputStream = body.stream().map_err(|()| "no stream".to_owned())?;
    loop {
        match stream.blocking_read(64 << 10) {
            Ok(bytes) => piece(&bytes),
            Err(StreamError::Closed) => return Ok(()),
            Err(StreamError::LastOperationFailed(error)) => return Err(error.to_debug_string()),
        }
    }
}
