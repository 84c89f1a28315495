//! A handler that sends the requests it is told to, and says what became of them.

#[path = "../../../src/payload.rs"]
mod payload;

use std::io::{self, Read};
use std::time::Duration;

use mik_sdk::http_client::{ClientRequest, Method, Response as Answer, fetch_all};
use mik_sdk::prelude::*;

/// How much of a body is told.
const TOLD_MOST: usize = 2000;

routes! {
    /// One after the other
    POST "/send" => send,
    /// All at once
    POST "/send-all" => send_all,
    /// Sends so many bytes to an echo, from a reader, and reads them back, as a stream
    POST "/echo" => echo,
    /// Gets a stream and says how long it was until its end, or until it broke off
    POST "/stream" => stream,
    /// Leaves the error to `?`
    POST "/fail" => fail,
}

#[derive(Type)]
struct Ask {
    method: Option<String>,
    url: String,
    #[field(default)]
    headers: Vec<Vec<String>>,
    /// So many bytes of a body.
    body: Option<u64>,
    timeout: Option<u64>,
    connect: Option<u64>,
    first_byte: Option<u64>,
    idle: Option<u64>,
    max: Option<u64>,
    redirects: Option<u32>,
    retries: Option<u32>,
    #[field(default)]
    denies_private: bool,
    #[field(default)]
    is_untraced: bool,
}

#[derive(Type)]
struct Outcome {
    error: Option<String>,
    status: Option<u16>,
    url: Option<String>,
    length: usize,
    text: String,
}

impl Ask {
    fn request(&self) -> ClientRequest {
        let method = match self.method.as_deref() {
            Some("HEAD") => Method::Head,
            Some("POST") => Method::Post,
            Some("PUT") => Method::Put,
            Some("DELETE") => Method::Delete,
            _ => Method::Get,
        };
        let mut request = http_client::request(method, &self.url);
        for header in &self.headers {
            request = request.header(&header[0], &header[1]);
        }
        if let Some(length) = self.body {
            request = request.body(payload::bytes(1, length as usize));
        }
        let duration = Duration::from_millis;
        if let Some(timeout) = self.timeout {
            request = request.timeout(duration(timeout));
        }
        if let Some(timeout) = self.connect {
            request = request.connect_timeout(duration(timeout));
        }
        if let Some(timeout) = self.first_byte {
            request = request.first_byte_timeout(duration(timeout));
        }
        if let Some(timeout) = self.idle {
            request = request.idle_timeout(duration(timeout));
        }
        if let Some(bytes) = self.max {
            request = request.max_response_size(bytes);
        }
        if let Some(most) = self.redirects {
            request = request.redirects(most);
        }
        if let Some(most) = self.retries {
            request = request.retries(most);
        }
        if self.denies_private {
            request = request.deny_private_ips();
        }
        if self.is_untraced {
            request = request.without_trace();
        }
        request
    }
}

fn told(outcome: Result<Answer, http_client::Error>) -> Outcome {
    match outcome {
        Ok(response) => Outcome {
            error: None,
            status: Some(response.status),
            url: Some(response.url().to_owned()),
            length: response.bytes().len(),
            text: String::from_utf8_lossy(response.bytes().get(..TOLD_MOST).unwrap_or(response.bytes())).into_owned(),
        },
        Err(error) => {
            Outcome { error: Some(format!("{error:?}")), status: None, url: None, length: 0, text: String::new() }
        }
    }
}

fn send(Json(asked): Json<Vec<Ask>>) -> Json<Vec<Outcome>> {
    Json(asked.iter().map(|ask| told(ask.request().send())).collect())
}

fn send_all(Json(asked): Json<Vec<Ask>>) -> Json<Vec<Outcome>> {
    Json(fetch_all(asked.iter().map(Ask::request)).into_iter().map(told).collect())
}

/// The same bytes as `payload::bytes`, without all of them being there at once.
struct Payload {
    at: u64,
    length: u64,
}

impl Read for Payload {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = usize::try_from(self.length - self.at).unwrap_or(usize::MAX).min(buffer.len());
        for byte in &mut buffer[..length] {
            *byte = pattern(self.at);
            self.at += 1;
        }
        Ok(length)
    }
}

/// A byte that tells where it belongs.
fn pattern(at: u64) -> u8 {
    (at ^ (at >> 8) ^ (at >> 16)) as u8
}

fn echo(Json(ask): Json<Ask>) -> Result<Response, Problem> {
    let length = ask.body.unwrap_or_default();
    let request = http_client::post(&ask.url).timeout_ms(300_000).body_reader(Payload { at: 0, length });
    let mut stream = request.stream()?;
    let mut at = 0;
    while let Some(chunk) = stream.chunk()? {
        for byte in chunk {
            if byte != pattern(at) {
                return Err(Problem::internal(format!("byte {at} is another")));
            }
            at += 1;
        }
    }
    Ok(ok!({ "length": at }))
}

fn stream(Json(ask): Json<Ask>) -> Response {
    let mut stream = match ask.request().stream() {
        Ok(stream) => stream,
        Err(error) => return ok!({ "length": 0, "error": format!("{error:?}") }),
    };
    let mut length = 0;
    loop {
        match stream.chunk() {
            Ok(Some(chunk)) => length += chunk.len(),
            Ok(None) => return ok!({ "length": length, "error": null }),
            Err(error) => return ok!({ "length": length, "error": format!("{error:?}") }),
        }
    }
}

fn fail(Json(ask): Json<Ask>) -> Result<Response, Problem> {
    let response = ask.request().send()?;
    Ok(ok!({ "status": response.status() }))
}
