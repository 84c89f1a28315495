//! Connections: many of them, idle ones, hasty ones, and those that speak something else. None of them is left without
//! an answer, and none of them takes what others need.

use std::process::Command;

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Body, Connection, Http2, Program, Server, wait_until};

#[test]
fn idle_connections_are_no_requests() {
    let (_directory, mut command) = HANDLER.deployed("[server]\nmax_concurrent_requests = 2\n");
    let server = Server::start(&mut command);
    let mut idle: Vec<_> = (0..200).map(|_| server.open()).collect();
    for connection in &mut idle {
        connection.ask("GET", "/", &[], Body::None).is(200);
    }
    server.ask_for("/_mik/health/live").is(200);
    assert_eq!(server.ask_for("/").is(200).text(), "home");
    // They are all still there.
    for connection in &mut idle {
        connection.ask("GET", "/_mik/health/live", &[], Body::None).is(200);
    }
}

#[cfg(unix)]
#[test]
fn more_connections_than_the_system_allows_do_not_end_the_server() {
    let mut command: Command = Program::shell("ulimit -n 96 && exec \"$0\" run \"$@\"");
    let server = Server::start(command.arg(Program::mik().get_program()).arg(PROBE.component()));
    server.ask_for("/ok").is(200);
    // Some are let in, some are told that there is no room, the rest is closed at once or waits.
    let flood: Vec<_> = (0..300).map(|_| server.open()).collect();
    server.says("too many connections");
    let is_told = |mut connection: Connection| {
        connection.finish();
        let rest = String::from_utf8(connection.rest()).unwrap();
        rest.starts_with("HTTP/1.1 503 ") && rest.contains("urn:mik:error:too-many-connections")
    };
    let told: Vec<_> = flood.into_iter().map(is_told).collect();
    assert!(told.contains(&true) && told.contains(&false), "{told:?}");
    wait_until("there is room again", || {
        server.open().get_unless_closed("/ok").is_some_and(|reply| reply.status == 200)
    });
}

#[test]
fn what_is_no_request_is_answered_with_a_problem() {
    let server = PROBE.shared();
    let long = |count| "x".repeat(count);
    let many: String = (0..101).map(|number| format!("x-{number}: 1\r\n")).collect();
    for (bytes, status, name) in [
        ("nonsense\r\n\r\n".to_owned(), 400, "malformed-request"),
        ("\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), 400, "malformed-request"),
        ("GET /ok HTTP/9.9\r\nhost: a\r\n\r\n".to_owned(), 400, "malformed-request"),
        ("GET /ok HTTP/1.1\r\nhost a\r\n\r\n".to_owned(), 400, "malformed-request"),
        (
            "GET /ok HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", long(9000)), 414, "uri-too-long"),
        (format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", long(200_000)), 431, "head-too-large"),
        (format!("GET /ok HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", long(70_000)), 431, "head-too-large"),
        (format!("GET /ok HTTP/1.1\r\nhost: a\r\n{many}\r\n"), 431, "head-too-large"),
    ] {
        let mut connection = server.open();
        connection.send(&bytes);
        let reply = connection.receive("GET").is_failure(status, name);
        assert!(reply.header("date").is_some(), "{:?}", reply.headers);
        if status != 414 {
            assert_eq!(reply.header("connection"), Some("close"));
            assert_eq!(connection.rest(), b"");
        }
    }
}

#[test]
fn what_comes_before_nonsense_is_answered_as_ever() {
    let server = PROBE.shared();
    let mut connection = server.open();
    connection.send("GET /body/100000 HTTP/1.1\r\nhost: a\r\n\r\nGET /ok HTTP/1.1\r\nhost: a\r\n\r\nnonsense\r\n\r\n");
    assert_eq!(connection.receive("GET").is(200).body.len(), 100_000);
    assert_eq!(connection.receive("GET").is(200).text(), "ok\n");
    connection.receive("GET").is_failure(400, "malformed-request");
    assert_eq!(connection.rest(), b"");
}

#[test]
fn a_connection_serves_one_request_after_another() {
    let server = PROBE.shared();
    let mut connection = server.open();
    for _ in 0..10 {
        connection.ask("GET", "/ok", &[], Body::None).is(200);
        assert_eq!(connection.ask("POST", "/echo", &[], Body::Chunked(b"back")).is(200).text(), "back");
    }
    let reply = connection.ask("GET", "/ok", &[("connection", "close")], Body::None).is(200);
    assert_eq!(reply.header("connection"), Some("close"));
    assert_eq!(connection.rest(), b"");
}

#[test]
fn http2_is_spoken_with_those_who_know() {
    let server = PROBE.shared();
    let client = Http2::open(server.address());
    let sent: Vec<_> = (0..20).map(|size| client.send("GET", &format!("/body/{}", size * 5000), &[], b"")).collect();
    for (size, sent) in sent.into_iter().enumerate() {
        assert_eq!(client.receive(sent).unwrap().is(200).body.len(), size * 5000);
    }
    assert_eq!(client.ask("POST", "/echo", &[], &[b'x'; 300_000]).is(200).body.len(), 300_000);
    client.ask("GET", "/trap", &[], b"").is_failure(500, "trap");
    client.ask("GET", "/_mik/metrics", &[], b"").is(200);
}

#[test]
fn the_limits_on_heads_hold_in_http2_as_well() {
    let server = PROBE.shared();
    let client = Http2::open(server.address());
    let large = "x".repeat(70_000);
    client.ask("GET", "/ok", &[("x", large.as_str())], b"").is_failure(431, "head-too-large");
    let many: Vec<_> = (0..101).map(|number| (format!("x-{number}"), "1")).collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    client.ask("GET", "/ok", &many, b"").is_failure(431, "head-too-large");
    client.ask("GET", &format!("/{}", "x".repeat(9000)), &[], b"").is_failure(414, "uri-too-long");
    // The connection is none the worse for it.
    client.ask("GET", "/ok", &[], b"").is(200);
}

#[test]
fn requests_that_are_taken_back_leave_nothing_behind() {
    let server = PROBE.serve();
    let client = Http2::open(server.address());
    for _ in 0..2000 {
        client.reset("/loop");
    }
    assert_eq!(server.ask_for("/ok").is(200).text(), "ok\n");
    wait_until("nothing is in flight but the question", || {
        server.ask_for("/_mik/metrics").is(200).text().contains("\nmik_requests_in_flight 1\n")
    });
    drop(client);
    server.open().ask("GET", "/ok", &[], Body::None).is(200);
}
