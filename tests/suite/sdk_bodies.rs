//! What axum users extract and answer, behind a real server: `examples/auth` and `examples/upload` over HTTP.

use mik_tests::guest::{AUTH, UPLOAD};
use mik_tests::payload;
use mik_tests::{Body, Reply, Server};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A recorded request: one header field, an empty line, the body.
fn recorded(sent: &[u8]) -> (&str, &[u8]) {
    let end = sent.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (std::str::from_utf8(&sent["Content-Type: ".len()..end]).unwrap(), &sent[end + 4..])
}

fn send(server: &Server, path: &str, content_type: &str, body: Body<'_>) -> Reply {
    server.ask("POST", path, &[("content-type", content_type)], body)
}

#[test]
fn the_examples_pass_their_own_tests() {
    AUTH.passes_its_own_tests();
    UPLOAD.passes_its_own_tests();
}

#[test]
fn forms_of_curl_python_and_browsers_arrive_as_they_were_sent() {
    let server = UPLOAD.shared();
    let file: Vec<u8> = (0..=255).chain(*b"\r\n--boundary\r\n").collect();
    for sent in [
        &include_bytes!("../../sdk/tests/multipart/curl.http")[..],
        include_bytes!("../../sdk/tests/multipart/requests.http"),
        include_bytes!("../../sdk/tests/multipart/undici.http"),
    ] {
        let (content_type, body) = recorded(sent);
        for body in Body::both(body) {
            let parts = send(&server, "/forms", content_type, body).is(200).json();
            let text = "ü & \"quoted\"\r\nsecond line";
            assert_eq!(
                parts["parts"],
                json!([
                    { "name": "text", "file": null, "type": null, "size": text.len(), "sha256": sha256(text.as_bytes()) },
                    { "name": "empty", "file": null, "type": null, "size": 0, "sha256": sha256(b"") },
                    { "name": "file", "file": "a\"b ü;.bin", "type": "application/octet-stream", "size": file.len(),
                      "sha256": sha256(&file) },
                ])
            );
        }
    }
}

#[test]
fn an_upload_of_nine_megabytes_arrives_byte_for_byte() {
    let server = UPLOAD.shared();
    let file = payload::bytes(7, 9_000_000);
    let mut body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big\"\r\n\r\n".to_vec();
    body.extend_from_slice(&file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    for whole in Body::both(&body) {
        let part = send(&server, "/forms", "multipart/form-data; boundary=b", whole).is(200).json();
        assert_eq!(
            (&part["parts"][0]["size"], &part["parts"][0]["sha256"]),
            (&json!(file.len()), &json!(sha256(&file)))
        );
    }
    let reply = send(&server, "/bytes", "application/octet-stream", Body::Chunked(&file)).is(200).json();
    assert_eq!(reply, json!({ "size": file.len(), "sha256": sha256(&file) }));
}

#[test]
fn an_upload_that_is_cut_short_is_refused() {
    let server = UPLOAD.shared();
    let (content_type, body) = recorded(include_bytes!("../../sdk/tests/multipart/curl.http"));
    for len in [0, 1, 30, 80, 150, 300, 400, body.len() - 60, body.len() - 5, body.len() - 3] {
        for cut in Body::both(&body[..len]) {
            let problem = send(&server, "/forms", content_type, cut).is_problem(400);
            assert!(
                problem.json()["detail"].as_str().unwrap().starts_with("the form cannot be read"),
                "{}",
                problem.text()
            );
        }
    }
}

#[test]
fn a_document_says_what_is_wrong_with_it() {
    let server = UPLOAD.shared();
    let document = |parts: &str| {
        let body = format!("{parts}--b--\r\n");
        send(&server, "/documents", "multipart/form-data; boundary=b", Body::Length(body.as_bytes()))
    };
    let field =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nabc\r\n";
    let whole = document(&(field("title", "T") + &field("tags", "a") + &field("tags", "ü") + file)).is(200).json();
    assert_eq!((&whole["tags"], &whole["file"]["file"]), (&json!(["a", "ü"]), &json!("a.txt")));

    assert!(document(&field("title", "T")).is_problem(400).text().contains("`file`"));
    assert!(document(file).is_problem(400).text().contains("`title`"));
    let problem = document(&(field("title", "") + file)).is_problem(422).json();
    assert_eq!(problem["errors"][0]["parameter"], "title", "{problem}");
    send(&server, "/documents", "text/plain", Body::Length(b"x")).is_problem(415);
    let many = field("tags", "").repeat(1001);
    document(&many).is_problem(413);
}

#[test]
fn a_download_is_a_file_whose_parts_can_be_asked_for() {
    let server = UPLOAD.shared();
    let whole: Vec<u8> = (0..=255).cycle().take(9_000_000).collect();
    let reply = server.ask_for("/download/9000000").is(200);
    assert!(reply.body == whole);
    assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"9000000.bin\""));
    let etag = reply.header("etag").unwrap();

    let ask = |headers: &[(&str, &str)]| server.ask("GET", "/download/9000000", headers, Body::None);
    let reply = ask(&[("range", "bytes=8999990-"), ("if-range", etag)]).is(206);
    assert_eq!(reply.header("content-range"), Some("bytes 8999990-8999999/9000000"));
    assert_eq!(reply.body, whole[8_999_990..]);
    assert_eq!(ask(&[("range", "bytes=9000000-")]).is_problem(416).header("content-range"), Some("bytes */9000000"));
    assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", "\"other\"")]).is(200).body.len(), whole.len());
    assert!(ask(&[("if-none-match", etag)]).is(304).body.is_empty());
    server.ask_for("/download/10485761").is_problem(400);
}

#[test]
fn a_name_cannot_say_another_header_field() {
    let server = UPLOAD.shared();
    let mirror = |name: &str| {
        let every_byte: Vec<u8> = (0..=255).collect();
        let reply = send(&server, &format!("/mirror/{name}"), "text/plain", Body::Length(&every_byte)).is(200);
        assert_eq!(reply.body, every_byte);
        assert_eq!(reply.header("x-injected"), None);
        reply.header("content-disposition").unwrap().to_owned()
    };
    assert_eq!(mirror("a.bin"), r#"attachment; filename="a.bin""#);
    assert_eq!(
        mirror("%C3%BC%22%0D%0Ax-injected:%20yes"),
        r#"attachment; filename="____x-injected: yes"; filename*=UTF-8''%C3%BC%22%0D%0Ax-injected%3A%20yes"#
    );
    assert_eq!(mirror("..%2F..%2Fpasswd"), r#"attachment; filename="passwd""#);
}

/// The example, with its environment.
fn auth() -> (Server, tempfile::TempDir) {
    let configuration =
        format!("[server.env]\nSESSION_KEY = \"{KEY}\"\nPASSWORD = \"correct horse\"\nAPI_TOKEN = \"t0ken\"\n");
    let (directory, mut command) = AUTH.deployed(&configuration);
    (Server::start(command.env("PORT", "0")), directory)
}

fn login(server: &Server, user: &str) -> Reply {
    let body = format!("user={user}&password=correct+horse");
    send(server, "/login", "application/x-www-form-urlencoded", Body::Length(body.as_bytes()))
}

#[test]
fn a_session_is_a_cookie_that_cannot_be_made_up() {
    let (server, _directory) = auth();
    let get = |path: &str, cookies: &[&str]| {
        let fields: Vec<_> = cookies.iter().map(|cookie| ("cookie", *cookie)).collect();
        server.ask("GET", path, &fields, Body::None)
    };
    let reply = login(&server, "grace").is(204);
    let field = reply.header("set-cookie").unwrap();
    let cookie = field.split(';').next().unwrap();
    assert!(field.ends_with("; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict"), "{field}");

    assert_eq!(get("/account/me", &[cookie]).is(200).json(), json!({ "user": "grace" }));
    // Among others, in fields of their own, and behind one that somebody else has put there.
    for cookies in [&["a=b", cookie, "c=d"][..], &[&format!("__Host-session=1 ada.00; {cookie}")]] {
        assert_eq!(get("/account/me", cookies).is(200).json(), json!({ "user": "grace" }));
    }
    get("/account/secrets", &[cookie]).is_problem(403);
    get("/account/me", &[]).is_problem(401);
    for forged in [
        cookie.replace("grace", "ada"),
        cookie.replace("__Host-session", "__host-session"),
        cookie.replace('.', ""),
        cookie.to_uppercase(),
        format!("{cookie}0"),
        "__Host-session=".to_owned(),
    ] {
        get("/account/secrets", &[&forged]).is_problem(401);
    }
    let ada = login(&server, "ada").is(204);
    let ada = ada.header("set-cookie").unwrap().split(';').next().unwrap();
    assert_eq!(get("/account/secrets", &[ada]).is(200).text(), "42");

    let reply = server.ask("POST", "/logout", &[("cookie", cookie)], Body::None).is(204);
    assert!(
        reply.header("set-cookie").unwrap().starts_with("__Host-session=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970")
    );
}

#[test]
fn a_cookie_cannot_say_another_attribute() {
    let (server, _directory) = auth();
    // No such user, so nothing is set at all, whatever the name would say.
    let reply = login(&server, "ada%0D%0Aset-cookie:+a=b;+Domain=evil.example").is_problem(401);
    assert_eq!(reply.header("set-cookie"), None);
    assert!(login(&server, "").is_problem(422).text().contains("user"));
    send(&server, "/login", "application/json", Body::Length(b"{}")).is_problem(415);
    let many = "a=b&".repeat(1001);
    send(&server, "/login", "application/x-www-form-urlencoded", Body::Length(many.as_bytes())).is_problem(413);
}

#[test]
fn a_program_shows_its_token() {
    let (server, _directory) = auth();
    let ask = |fields: &[&str]| {
        let fields: Vec<_> = fields.iter().map(|field| ("authorization", *field)).collect();
        server.ask("GET", "/api/status", &fields, Body::None)
    };
    assert_eq!(ask(&["bearer t0ken"]).is(200).json(), json!({ "status": "fine" }));
    for (fields, status, challenge) in [
        (&[][..], 401, "Bearer"),
        (&["Basic dDBrZW4="], 401, "Bearer"),
        (&["Bearer wrong"], 401, "Bearer error=\"invalid_token\""),
        (&["Bearer"], 400, "Bearer error=\"invalid_request\""),
        (&["Bearer t0ken", "Bearer t0ken"], 400, "Bearer error=\"invalid_request\""),
    ] {
        let reply = ask(fields).is_problem(status);
        assert_eq!(reply.header("www-authenticate"), Some(challenge), "{fields:?}");
    }
}

#[test]
fn without_its_key_nobody_gets_in() {
    let server = AUTH.serve();
    let reply: Value = login(&server, "ada").is_problem(500).json();
    assert_eq!(reply.get("detail"), None, "{reply}");
    server.says("PASSWORD is not set");
}
