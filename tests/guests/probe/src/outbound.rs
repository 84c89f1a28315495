//! Requests of the guest's own. The query says which: `?url=http://host/path`, then, each with `&` before it, `method=`,
//! `body=` (so many bytes), `redirects=` (followed so many times), `connect=`, `first=` and `between=` (timeouts in
//! milliseconds), `times=` (one after the other), `parallel=` (at once), `header=name:value`.

use crate::wasi::http::outgoing_handler;
use crate::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions,
    Scheme,
};
use crate::wasi::io::streams::StreamError;
use crate::wire::Call;

/// How much of a response's body is given back as text.
const TOLD_MOST: usize = 1000;

/// Sends requests and says what became of each.
pub fn outbound(call: Call) {
    let ask = Ask::read(call.path());
    let mut text = String::new();
    if let Some(parallel) = ask.number("parallel") {
        let sent: Vec<_> = (0..parallel).map(|_| ask.send(&ask.url)).collect();
        for outcome in sent {
            text += &told(outcome.and_then(wait));
        }
    } else {
        for _ in 0..ask.number("times").unwrap_or(1) {
            text += &told(ask.follow());
        }
    }
    call.answer(200, &[("content-type", "text/plain")], text.as_bytes());
}

/// Sends a request and passes on the response's body, each piece as it comes.
pub fn relay(call: Call) {
    let ask = Ask::read(call.path());
    let incoming = match ask.follow() {
        Ok(incoming) => incoming,
        Err(error) => return call.answer(502, &[], format!("error {error:?}\n").as_bytes()),
    };
    let body = incoming.consume().expect("consumed once");
    let stream = body.stream().expect("one stream");
    let mut response = call.begin(incoming.status(), &[]);
    while let Ok(bytes) = stream.blocking_read(64 << 10) {
        if !response.write(&bytes) {
            break;
        }
    }
    drop(stream);
    response.finish();
}

struct Ask {
    url: String,
    pairs: Vec<(String, String)>,
}

impl Ask {
    fn read(path: &str) -> Self {
        let query = path.split_once('?').map_or("", |(_, query)| query);
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), unescape(value))
        };
        let pairs: Vec<_> = query.split('&').map(pair).collect();
        let url = pairs.iter().find(|(name, _)| name == "url").map(|(_, url)| url.clone());
        Self { url: url.unwrap_or_default(), pairs }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.text(name)?.parse().ok()
    }

    /// Sends the request, and others to where the responses say it should go.
    fn follow(&self) -> Result<IncomingResponse, ErrorCode> {
        let mut url = self.url.clone();
        let mut left = self.number("redirects").unwrap_or(0);
        loop {
            let response = wait(self.send(&url)?)?;
            let location = response.headers().get(&"location".to_owned()).into_iter().next();
            match location {
                Some(location) if left > 0 => url = String::from_utf8_lossy(&location).into_owned(),
                _ => return Ok(response),
            }
            left -= 1;
        }
    }

    fn send(&self, url: &str) -> Result<FutureIncomingResponse, ErrorCode> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let wrong = |what: &str| ErrorCode::InternalError(Some(what.to_owned()));
        let fields = Fields::new();
        for (_, header) in self.pairs.iter().filter(|(name, _)| name == "header") {
            let (name, value) = header.split_once(':').unwrap_or((header, ""));
            let value = value.as_bytes().to_vec();
            fields.append(&name.to_owned(), &value).map_err(|error| wrong(&format!("header {error:?}")))?;
        }
        let request = OutgoingRequest::new(fields);
        let scheme = match scheme {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => Scheme::Other(other.to_owned()),
        };
        request.set_scheme(Some(&scheme)).map_err(|()| wrong("scheme"))?;
        request.set_authority(Some(authority)).map_err(|()| wrong("authority"))?;
        request.set_path_with_query(Some(path)).map_err(|()| wrong("path"))?;
        let method = self.text("method").unwrap_or("GET").to_owned();
        let method = match method.as_str() {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "CONNECT" => Method::Connect,
            _ => Method::Other(method),
        };
        request.set_method(&method).map_err(|()| wrong("method"))?;

        let options = RequestOptions::new();
        let nanoseconds = |name| self.number(name).map(|milliseconds| milliseconds * 1_000_000);
        options.set_connect_timeout(nanoseconds("connect")).map_err(|()| wrong("connect"))?;
        options.set_first_byte_timeout(nanoseconds("first")).map_err(|()| wrong("first"))?;
        options.set_between_bytes_timeout(nanoseconds("between")).map_err(|()| wrong("between"))?;

        let body = request.body().map_err(|()| wrong("body"))?;
        let future = outgoing_handler::handle(request, Some(options))?;
        if let Some(length) = self.number("body") {
            write(&body, length);
        }
        OutgoingBody::finish(body, None)?;
        Ok(future)
    }
}

/// Writes so many bytes, as much at a time as the host takes, for as long as somebody takes them.
fn write(body: &OutgoingBody, mut left: u64) {
    let stream = body.write().expect("one stream");
    let piece = vec![b'u'; 64 << 10];
    while left > 0 {
        stream.subscribe().block();
        let Ok(room) = stream.check_write() else { return };
        let now = left.min(room).min(piece.len() as u64);
        if stream.write(&piece[..now as usize]).is_err() {
            return;
        }
        left -= now;
    }
    let _ = stream.blocking_flush();
}

fn wait(future: FutureIncomingResponse) -> Result<IncomingResponse, ErrorCode> {
    future.subscribe().block();
    match future.get() {
        Some(Ok(outcome)) => outcome,
        other => Err(ErrorCode::InternalError(Some(format!("nothing: {:?}", other.map(|_| ()))))),
    }
}

/// One line for the response, one for each header, one for the length of its body, and what the body says.
fn told(outcome: Result<IncomingResponse, ErrorCode>) -> String {
    let response = match outcome {
        Ok(response) => response,
        Err(error) => return format!("error {error:?}\n"),
    };
    let mut text = format!("status {}\n", response.status());
    for (name, value) in response.headers().entries() {
        text += &format!("header {name}: {}\n", String::from_utf8_lossy(&value));
    }
    let body = response.consume().expect("consumed once");
    let stream = body.stream().expect("one stream");
    let (mut length, mut said) = (0, Vec::new());
    loop {
        match stream.blocking_read(64 << 10) {
            Ok(bytes) => {
                length += bytes.len();
                let room = TOLD_MOST - said.len();
                said.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => {
                return text + &format!("broke off after {length}: {}\n", error.to_debug_string());
            }
        }
    }
    text + &format!("length {length}\n{}\n", String::from_utf8_lossy(&said))
}

/// `%26` as `&`.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
