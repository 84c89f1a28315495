//! The dashboard as programs see it: JSON, events, bounds, and who is refused.

use mik_tests::guest::PROBE;
use mik_tests::{Body, Project, Server, Site, Upstream, wait_until};
use serde_json::{Value, json};

use super::{look, look_as, only, requests, serve};

/// The names of a request's parts.
fn parts(request: &Value) -> Vec<&str> {
    request["spans"].as_array().unwrap().iter().map(|span| span["name"].as_str().unwrap()).collect()
}

#[test]
fn a_request_is_shown_with_what_it_took_and_what_was_printed() {
    let server = serve(&Site::new("").with("probe", &PROBE));
    let reply = server.ask_for("/run/probe/print/2").is(200);
    let request = only(&server);
    assert_eq!(request["id"], reply.header("x-request-id").unwrap());
    for (key, value) in [
        ("sequence", json!(1)),
        ("method", json!("GET")),
        ("path", json!("/run/probe/print/2")),
        ("version", json!("HTTP/1.1")),
        ("module", json!("probe")),
        ("state", json!("answered")),
        ("status", json!(200)),
        ("failure", json!(null)),
        ("sent", json!("printed\n".len())),
        ("instance", json!("fresh")),
    ] {
        assert_eq!(request[key], value, "{request:#}");
    }
    assert_eq!(request["build"].as_str().unwrap().len(), 12, "{request:#}");
    // Its first request had it compiled, or taken from the cache.
    let parts: Vec<_> = parts(&request).into_iter().filter(|part| !["compiling", "queued"].contains(part)).collect();
    assert_eq!(parts, ["instance", "guest", "body"]);
    let (total, cpu) = (request["total"].as_f64().unwrap(), request["cpu"].as_f64().unwrap());
    assert!(cpu > 0.0 && cpu <= total + 1000.0, "{request:#}");
    for span in request["spans"].as_array().unwrap() {
        let (from, to) = (span["from"].as_f64().unwrap(), span["to"].as_f64().unwrap());
        assert!(0.0 <= from && from <= to && to <= total, "{request:#}");
    }
    // A memory of wasm's has 64 KiB at least.
    assert!(request["memory"].as_u64() >= Some(64 << 10), "{request:#}");
    let lines = request["lines"].as_array().unwrap();
    assert_eq!(lines[0], json!({ "stream": "stdout", "text": "out 0" }));
    assert_eq!(lines[1], json!({ "stream": "stderr", "text": "err 0" }));
    assert_eq!(lines.last().unwrap()["text"], "no line end");
}

#[test]
fn a_failure_is_shown_with_its_reason_and_an_answer_that_breaks_off_as_such() {
    let server = serve(&Site::new("").with("probe", &PROBE));
    server.ask_for("/run/probe/trap").is_failure(500, "trap");
    let request = only(&server);
    assert_eq!((&request["failure"]["code"], &request["status"]), (&json!("trap"), &json!(500)));
    assert!(request["failure"]["detail"].as_str().unwrap().contains("trapped: "), "{request:#}");
    assert!(request["memory"].as_u64() > Some(0), "{request:#}");

    server.raw("GET /run/probe/trap-in-body/100 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    server.ask_for("/run/nobody/").is_failure(404, "module-not-found");
    wait_until("both are over", || requests(&server).iter().all(|request| request["state"] != "in-flight"));
    let requests = requests(&server);
    assert_eq!((&requests[1]["state"], &requests[1]["failure"]["code"]), (&json!("broken"), &json!("trap")));
    assert_eq!((&requests[2]["module"], &requests[2]["failure"]["code"]), (&json!(null), &json!("module-not-found")));
}

#[test]
fn calls_of_a_guest_are_shown_with_the_entry_that_allows_them_or_why_none_does() {
    let upstream = Upstream::http();
    let site = Site::new(&format!("[server]\nhttp_allowed = [\"127.0.0.1:{}\"]\n", upstream.port()));
    let site = site.with("probe", &PROBE);
    let server = serve(&site);
    server.ask_for(&format!("/run/probe/outbound?url=http://{}/ok", upstream.address())).is(200);
    server.ask_for("/run/probe/outbound?url=http://denied.example/secrets%3Ftoken=1").is(200);
    let requests = requests(&server);
    let (allowed, denied) = (&requests[0]["calls"][0], &requests[1]["calls"][0]);
    assert_eq!(
        (&allowed["allowed"], &allowed["status"], &allowed["method"]),
        (&json!(true), &json!(200), &json!("GET"))
    );
    assert_eq!(allowed["verdict"], format!("by \"127.0.0.1:{}\" of server.http_allowed", upstream.port()));
    assert!(allowed["to"].as_f64() >= allowed["from"].as_f64(), "{allowed:#}");
    assert_eq!((&denied["allowed"], &denied["status"]), (&json!(false), &json!(null)));
    assert!(denied["url"].as_str().unwrap().starts_with("http://denied.example/"), "{denied:#}");
    let verdict = denied["verdict"].as_str().unwrap();
    assert!(verdict.starts_with("no entry of server.http_allowed in ") && verdict.contains("mik.toml"), "{denied:#}");

    // By its name it may; its address is one that it may not.
    site.configure("[server]\nhttp_allowed = [\"localhost:*\"]\n");
    let server = serve(&site);
    server.ask_for(&format!("/run/probe/outbound?url=http://localhost:{}/ok", upstream.port())).is(200);
    let call = &only(&server)["calls"][0];
    assert_eq!((&call["allowed"], &call["error"]), (&json!(false), &json!("DestinationIpProhibited")), "{call:#}");
    assert!(call["verdict"].as_str().unwrap().contains("server.http_allow_private"), "{call:#}");
}

#[test]
fn secrets_are_not_kept() {
    let server = serve(&Site::new("").with("probe", &PROBE));
    let secrets =
        [("authorization", "Bearer s3cret"), ("cookie", "session=s3cret"), ("x-api-key", "s3cret"), ("accept", "a/b")];
    server.ask("GET", "/run/probe/ok?access_token=s3cret&q=1", &secrets, Body::None).is(200);
    let text = look(&server, "/_mik/requests").is(200).text().to_owned();
    assert!(!text.contains("s3cret") && text.contains("Bearer •••") && text.contains("access_token=•••&q=1"), "{text}");
}

#[test]
fn the_last_500_are_kept_and_what_is_our_own_is_not() {
    let server = serve(&Site::new("").with("probe", &PROBE));
    let mut connection = server.open();
    let mut send = |count: usize| {
        for _ in 0..count {
            connection.ask("GET", "/run/probe/print/1", &[], Body::None).is(200);
        }
    };
    send(600);
    look(&server, "/_mik/handlers").is(200);
    let kept = requests(&server);
    let sequences: Vec<_> = kept.iter().map(|request| request["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (101..=600).collect::<Vec<_>>());
    assert!(kept.iter().all(|request| request["module"] == "probe"));

    // As full as it gets: ten times as many take no more.
    let before = server.memory();
    send(4400);
    let after = server.memory();
    assert_eq!(requests(&server)[0]["sequence"], 4501);
    assert!(after < before + (24 << 20), "{} KiB, then {} KiB", before >> 10, after >> 10);
}

#[test]
fn it_is_for_its_developer_alone_and_only_to_be_read() {
    let server = serve(&Site::new("").with("probe", &PROBE));
    for target in ["/_mik/", "/_mik/requests", "/_mik/builds", "/_mik/events"] {
        for refused in [
            ("host", "evil.example"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("x-forwarded-for", "192.0.2.1"),
        ] {
            look_as(&server, "GET", target, &[refused]).is_failure(403, "forbidden");
        }
        look_as(&server, "POST", target, &[("content-length", "0")]).is_failure(405, "method-not-allowed");
        let reply =
            look_as(&server, "HEAD", target, &[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")]);
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, None), "{target}");
        assert_eq!(reply.header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    let page = look(&server, "/_mik").is(200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("require-trusted-types-for 'script'"),
        "{policy}"
    );

    // In production there is none, and nothing is written down, unless it is asked for.
    let server = PROBE.serve();
    for target in ["/_mik/", "/_mik/requests", "/_mik/builds", "/_mik/events"] {
        look(&server, target).is_failure(404, "not-found");
    }
}

#[test]
fn who_may_look_can_be_said_and_a_developer_may_by_default() {
    let project = Project::saying("looked-at", "hello");
    let server = Server::start(&mut project.command("serve"));
    look(&server, "/_mik/").is(200);
    drop(server);
    let server = Server::start(&mut project.command("serve --dashboard=off"));
    look(&server, "/_mik/").is_failure(404, "not-found");
    drop(server);
    let server = Server::start(&mut project.command("serve --dashboard=remote"));
    look_as(&server, "GET", "/_mik/requests", &[("host", "192.0.2.7:3000"), ("x-forwarded-for", "192.0.2.1")]).is(200);
    look_as(&server, "GET", "/_mik/requests", &[("host", "evil.example")]).is_failure(403, "forbidden");
    project.run("serve --dashboard=everybody").code(2).says("remote");
}

/// One event: its name, its position, its data.
fn event(text: &str) -> (String, String, Value) {
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    };
    (field("event"), field("id"), serde_json::from_str(&field("data")).unwrap_or_default())
}

/// A page that listens.
struct Listener(mik_tests::Connection, String);

impl Listener {
    #[track_caller]
    fn open(server: &Server, last: &str) -> Self {
        let mut connection = server.open();
        let host = server.address();
        connection.send(format!("GET /_mik/events HTTP/1.1\r\nhost: {host}\r\nlast-event-id: {last}\r\n\r\n"));
        let head = connection.receive_head();
        assert_eq!((head.status, head.header("content-type")), (200, Some("text/event-stream")));
        Self(connection, String::new())
    }

    /// The next event of a name. Chunks are read byte by byte, and their sizes are no part of any event.
    #[track_caller]
    fn next(&mut self, name: &str) -> (String, Value) {
        loop {
            while !self.1.contains("\n\n") {
                let byte = self.0.receive_exactly(1);
                self.1.push(char::from(byte[0]));
            }
            let (text, rest) = self.1.split_once("\n\n").unwrap();
            let (text, rest) = (text.to_owned(), rest.to_owned());
            self.1 = rest;
            let (named, id, data) = event(&text);
            if named == name {
                return (id, data);
            }
        }
    }
}

fn sequences(data: &Value) -> Vec<u64> {
    data["requests"].as_array().unwrap().iter().map(|request| request["sequence"].as_u64().unwrap()).collect()
}

#[test]
fn a_listener_is_told_of_requests_as_they_come_and_goes_on_where_it_was() {
    let server = serve(&Site::new("").with("probe", &PROBE));
    let mut listener = Listener::open(&server, "");
    assert_eq!(listener.next("hello").1["anew"], true);
    server.ask_for("/run/probe/ok").is(200);
    let mut seen = (String::new(), json!(null));
    while seen.1["requests"][0]["memory"].is_null() {
        seen = listener.next("requests");
        assert_eq!(sequences(&seen.1), [1]);
    }
    drop(listener);

    server.ask_for("/run/probe/ok").is(200);
    server.ask_for("/run/probe/ok").is(200);
    let mut listener = Listener::open(&server, &seen.0);
    assert_eq!(listener.next("hello").1["anew"], false);
    let (_, data) = listener.next("requests");
    assert_eq!((sequences(&data), &data["missed"]), (vec![2, 3], &json!(0)));
}

#[test]
fn listeners_are_bounded_and_hold_up_no_end() {
    let server = serve(&Site::new("").with("probe", &PROBE));
    let mut listeners: Vec<_> = (0..16).map(|_| Listener::open(&server, "")).collect();
    look(&server, "/_mik/events").is_failure(503, "overloaded");
    listeners.pop();
    wait_until("a place is free", || {
        let mut connection = server.open();
        connection.send(format!("GET /_mik/events HTTP/1.1\r\nhost: {}\r\n\r\n", server.address()));
        connection.receive_head().status == 200
    });
    server.signal(mik_tests::Signal::Terminate);
    for Listener(connection, _) in listeners {
        let rest = connection.rest();
        assert!(rest.ends_with(b"0\r\n\r\n"), "the body has its end");
    }
    assert_eq!(server.end().code, Some(0));
}

#[test]
fn builds_are_told_with_their_stages_and_sizes_and_why_one_failed() {
    let project = Project::saying("built", "one");
    let server = Server::start(&mut project.command("serve"));
    project.edit("src/lib.rs", "\"one\"", "\"one and more than before\"");
    server.wait_for("Rebuilding");
    server.wait_for("Live ");
    project.edit("src/lib.rs", "fn home", "fn hom");
    server.wait_for("the last good version goes on serving");
    let builds = look(&server, "/_mik/builds").is(200).json()["builds"].clone();
    let [first, second, third] = builds.as_array().unwrap().as_slice() else { panic!("{builds:#}") };
    assert_eq!((&first["outcome"], &first["cause"]), (&json!("live"), &json!("start")));
    assert!(second["cause"].as_str().unwrap().ends_with("lib.rs changed"), "{second:#}");
    let component = &second["components"][0];
    assert_eq!((&component["name"], &component["before"]), (&json!(project.name()), &first["components"][0]["size"]));
    assert_eq!(component["size"], fs_err::metadata(project.component("debug")).unwrap().len());
    assert_eq!(Some(component["build"].as_str().unwrap()), server.ask_for("/").is(200).header("x-mik-build"));
    let stages = second["stages"].as_array().unwrap();
    for stage in ["plan", "cargo", "encode", "compose", "compile"] {
        assert!(stages.iter().any(|known| known[0] == stage && known[1].is_f64()), "{stage}: {second:#}");
    }
    assert_eq!(third["outcome"], "failed");
    assert!(third["error"].as_str().is_some_and(|error| !error.is_empty()), "{third:#}");
}
