//! Header fields and bodies of every kind, by way of every extractor: each request has an answer, and nothing in it begins
//! another header field.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mik_fuzz::check_answer;
use mik_sdk::prelude::*;
use mik_sdk::{Basic, Bearer, Cookie, Cookies, Form, Multipart, Uri};

#[derive(Type)]
struct Input {
    a: Option<u8>,
    #[field(default, max = 3)]
    b: Vec<String>,
}

routes! {
    POST "/headers" => headers,
    POST "/cookies" => cookies,
    POST "/set" => set,
    POST "/bearer" => bearer,
    POST "/basic" => basic,
    POST "/form" => form,
    POST "/json" => json_body,
    POST "/multipart" => multipart,
    POST "/multipart/fields" => fields,
}

fn headers(request: &Request, uri: Uri) -> String {
    let accepted = ["text/html", "application/json", "image/*", "*/*"].map(|it| request.accepts(it));
    let preferred = request.preferred(&["text/html", "application/json"]);
    let language = request.preferred_language(&["en", "de-CH"]);
    if let Some(parent) = request.traceparent() {
        let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        assert!(parent.trace_id().len() == 32 && is_hex(parent.trace_id()));
        assert!(parent.parent_id().len() == 16 && is_hex(parent.parent_id()));
    }
    let kinds = (request.is_json(), request.is_form(), request.is_html(), request.content_type());
    format!("{accepted:?} {preferred:?} {language:?} {kinds:?} {:?} {:?}", request.host(), uri.path())
}

fn cookies(cookies: Cookies) -> String {
    cookies.iter().map(|(name, _)| cookies.get(name).expect("a cookie that is there").into_owned()).collect()
}

/// What a client sends is a name, a value, a path and a domain of a cookie.
fn set(Text(text): Text) -> Response {
    let mut parts = text.splitn(4, '|');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let cookie = Cookie::new(part(), part()).with_path(part()).with_domain(part());
    no_content!().with_cookie(cookie)
}

fn bearer(Bearer(token): Bearer) -> String {
    assert!(!token.is_empty() && token.bytes().all(|byte| byte > b' ' && byte < 0x7f), "{token:?}");
    token.to_owned()
}

fn basic(basic: Basic) -> String {
    format!("{basic:?}")
}

fn form(Form(input): Form<Input>) -> String {
    assert!(input.b.len() <= 3);
    format!("{:?}", input.a)
}

fn json_body(json: Option<Json<Input>>) -> String {
    json.map(|Json(input)| format!("{:?}", input.a)).unwrap_or_default()
}

fn multipart(multipart: Multipart, request: &Request) -> String {
    let body = request.body().unwrap_or_default();
    let mut length = 0;
    for part in multipart.iter() {
        // A name can be shown, and is no path.
        assert!(part.file_name().is_none_or(|name| !name.contains(['\r', '\n'])), "{:?}", part.file_name());
        length += part.bytes().len();
        let _ = (part.name(), part.content_type(), part.text());
    }
    assert!(length <= body.len());
    multipart.len().to_string()
}

fn fields(multipart: Multipart) -> Result<String, Problem> {
    let input: Input = multipart.fields()?;
    Ok(format!("{:?}", input.a))
}

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((bytes, &b""[..]), |end| (&bytes[..end], &bytes[end + 2..]));
    let head = String::from_utf8_lossy(head);
    let fields = || head.split('\n').filter_map(|line| line.split_once(": "));
    for path in ["headers", "cookies", "set", "bearer", "basic", "form", "json", "multipart", "multipart/fields"] {
        let call = testing::post(format!("/{path}")).body(body);
        let response = fields().fold(call, |call, (name, value)| call.header(name, value)).send(handle);
        check_answer(&response);
        if path == "set" {
            check_cookie(&response);
        }
    }
});

/// One cookie, or none: and what it says has no attribute that nobody gave it.
fn check_cookie(response: &Response) {
    let mut cookies = response.headers().get_all("set-cookie");
    let Some(cookie) = cookies.next() else { return };
    assert!(cookies.next().is_none());
    let mut parts = cookie.split("; ");
    assert!(parts.next().is_some_and(|pair| pair.contains('=') && !pair.contains(';')), "{cookie}");
    for part in parts {
        let name = part.split('=').next().unwrap_or_default();
        assert!(["Path", "Domain", "HttpOnly", "Secure", "SameSite"].contains(&name), "{cookie}");
    }
}
