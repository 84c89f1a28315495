//! Forms with files as others send them. `multipart/*.http` is what curl 7.88, python's requests 2.34 and Node's `fetch` (the
//! algorithm of browsers) sent of one form: `text`, `empty`, and a file of every byte with a line that looks like a boundary.
#![cfg(feature = "multipart")]
#![allow(clippy::unwrap_used, reason = "a test")]

use mik_sdk::{Method, Request};

const CURL: &[u8] = include_bytes!("multipart/curl.http");
const REQUESTS: &[u8] = include_bytes!("multipart/requests.http");
const UNDICI: &[u8] = include_bytes!("multipart/undici.http");

/// The request of a file: one header field, an empty line, the body.
fn request(sent: &[u8]) -> Request {
    let end = sent.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let content_type = std::str::from_utf8(&sent["Content-Type: ".len()..end]).unwrap();
    Request::new(Method::POST, "/").with_header("content-type", content_type).with_body(&sent[end + 4..])
}

/// The same with another boundary.
fn with_boundary(sent: &[u8], boundary: &str) -> Vec<u8> {
    let sent =
        String::from_utf8(sent.iter().flat_map(|byte| char::from(*byte).to_string().into_bytes()).collect()).unwrap();
    let old = sent.split_once("boundary=").unwrap().1.split_once('\r').unwrap().0.to_owned();
    sent.replace(&old, boundary).chars().map(|character| u8::try_from(character).unwrap()).collect()
}

fn file() -> Vec<u8> {
    (0..=255).chain(*b"\r\n--boundary\r\n").collect()
}

#[test]
fn what_others_send_is_what_they_sent() {
    let chrome = with_boundary(UNDICI, "----WebKitFormBoundary7MA4YWxkTrZu0gW");
    let firefox = with_boundary(UNDICI, "----geckoformboundary2f0e5c0c2b9a4d1d8e6f7a8b9c0d1e2f");
    for sent in [CURL, REQUESTS, UNDICI, &chrome, &firefox] {
        let request = request(sent);
        let form = request.multipart().unwrap();
        assert_eq!(form.iter().map(|part| part.name()).collect::<Vec<_>>(), ["text", "empty", "file"]);
        assert_eq!(form.get("text").unwrap().text(), Some("ü & \"quoted\"\r\nsecond line"));
        assert_eq!(form.get("empty").unwrap().bytes(), b"");
        let part = form.file("file").unwrap();
        assert_eq!(part.file_name(), Some("a\"b ü;.bin"));
        assert_eq!(part.content_type(), Some("application/octet-stream"));
        assert_eq!(part.bytes(), file());
    }
}

#[test]
fn what_others_send_is_refused_wherever_it_is_cut() {
    for sent in [CURL, REQUESTS, UNDICI] {
        let whole = request(sent);
        let body = whole.body().unwrap();
        let content_type = whole.content_type().unwrap();
        // They end with a line break that belongs to nothing.
        for len in 0..body.len() - 2 {
            let cut = Request::new(Method::POST, "/").with_header("content-type", content_type).with_body(&body[..len]);
            assert_eq!(cut.multipart().unwrap_err().status(), 400, "{len}");
        }
    }
}
