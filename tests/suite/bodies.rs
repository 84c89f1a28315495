//! Bodies both ways: of every size that was ever wrong, byte for byte, with a length and in chunks, and cut off.

use mik_tests::guest::HANDLER;
use mik_tests::{Body, Server, payload};
use serde_json::json;

const MIB: usize = 1 << 20;

/// Nothing, the least, around the size of one write, several writes, many, and nearly the limit.
const SIZES: [usize; 8] = [0, 1, 4095, 4096, 4097, 64 << 10, MIB, 9 * MIB];

/// The limit when nothing is configured.
const LIMIT: usize = 10 * MIB;

#[test]
fn every_byte_value_is_in_the_payloads() {
    let bytes = payload::bytes(1, 64 << 10);
    let missing: Vec<_> = (0..=u8::MAX).filter(|byte| !bytes.contains(byte)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_ne!(bytes, payload::bytes(3, 64 << 10));
}

#[test]
fn bodies_come_back_byte_for_byte() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    for size in SIZES {
        let bytes = payload::bytes(size as u64, size);
        for body in Body::both(&bytes) {
            let reply = connection.ask("POST", "/echo", &[], body).is(200);
            assert_eq!(reply.header("content-length"), Some(size.to_string().as_str()));
            assert!(reply.body == bytes, "{size} bytes came back as others");
        }
    }
}

#[test]
fn uploads_reach_the_handler_byte_for_byte() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    for size in SIZES {
        let bytes = payload::bytes(size as u64, size);
        for body in Body::both(&bytes) {
            let reply = connection.ask("POST", &format!("/receive?seed={size}"), &[], body).is(200);
            assert_eq!(reply.json(), json!({ "length": size, "exact": true }));
        }
    }
}

#[test]
fn downloads_arrive_byte_for_byte() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    for size in SIZES {
        let reply = connection.ask("GET", &format!("/give/{size}"), &[], Body::None).is(200);
        assert_eq!(reply.header("content-length"), Some(size.to_string().as_str()));
        assert!(reply.body == payload::bytes(size as u64, size), "{size} bytes came as others");
    }
}

#[test]
fn a_body_of_exactly_the_limit_is_taken() {
    let server = HANDLER.shared();
    let bytes = payload::bytes(1, LIMIT);
    for body in Body::both(&bytes) {
        let reply = server.ask("POST", "/receive?seed=1", &[], body).is(200);
        assert_eq!(reply.json(), json!({ "length": LIMIT, "exact": true }));
    }
}

#[test]
fn a_body_over_the_limit_is_a_413_and_never_reaches_the_handler() {
    let server = HANDLER.serve();
    let bytes = payload::bytes(1, LIMIT + 1);
    for body in Body::both(&bytes) {
        let reply = server.ask("POST", "/receive?seed=1&name=large", &[], body).is_failure(413, "body-too-large");
        assert_eq!(reply.json()["detail"], format!("the limit is {LIMIT} bytes"));
    }
    server.ask("POST", "/receive?seed=1&name=small", &[], Body::Length(b"")).is(200);
    assert_reached(&server.stop().log, &["small"]);
}

#[test]
fn a_body_that_is_announced_over_the_limit_is_refused_before_it_is_sent() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    connection.send(format!("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n", LIMIT + 1));
    connection.receive("POST").is_failure(413, "body-too-large");
}

#[test]
fn an_upload_that_nobody_reads_leaves_the_connection_to_the_next_request() {
    let server = HANDLER.shared();
    let bytes = payload::bytes(1, LIMIT + 1);
    for body in Body::both(&bytes[..MIB]) {
        let mut connection = server.open();
        connection.ask("PROPFIND", "/echo", &[], body).is_failure(501, "method-not-implemented");
        connection.ask("POST", "/nothing", &[], body).is_problem(404);
        connection.ask("POST", "/run/nobody/", &[], body).is_failure(404, "module-not-found");
        assert_eq!(connection.ask("GET", "/", &[], Body::None).is(200).text(), "home");
    }
    for body in Body::both(&bytes) {
        let mut connection = server.open();
        connection.ask("POST", "/echo", &[], body).is_failure(413, "body-too-large");
        assert_eq!(connection.ask("GET", "/", &[], Body::None).is(200).text(), "home");
    }
}

#[test]
fn a_client_that_reads_slowly_gets_all_of_it_and_holds_nobody_up() {
    let server = HANDLER.shared();
    let mut slow = server.open();
    slow.send(format!("GET /give/{} HTTP/1.1\r\nhost: a\r\n\r\n", 9 * MIB));
    slow.receive_head().is(200);
    let mut body = Vec::new();
    while body.len() < 9 * MIB {
        body.extend(slow.receive_exactly(MIB));
        server.ask_for("/").is(200);
    }
    assert!(body == payload::bytes(9 * MIB as u64, 9 * MIB), "nine MiB came as others");
    assert_eq!(slow.ask("GET", "/", &[], Body::None).is(200).text(), "home");
}

#[test]
fn a_client_that_goes_away_in_the_middle_leaves_the_server_as_it_was() {
    let server = HANDLER.serve();
    let mut leaving = server.open();
    leaving.send(format!("GET /give/{} HTTP/1.1\r\nhost: a\r\n\r\n", 9 * MIB));
    leaving.receive_head().is(200);
    leaving.receive_exactly(MIB);
    drop(leaving);
    server.ask_for("/").is(200);
    // A request that is still in flight would be waited for.
    let ended = server.stop();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.log.contains("error"), "{}", ended.log);
}

#[test]
fn requests_at_the_same_time_keep_their_bodies_apart() {
    let server = HANDLER.shared();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let server = &server;
            scope.spawn(move || {
                let mut connection = server.open();
                for round in 0..4 {
                    let bytes = payload::bytes(client * 4 + round, 100_000);
                    for body in Body::both(&bytes) {
                        assert!(connection.ask("POST", "/echo", &[], body).is(200).body == bytes, "{client} {round}");
                    }
                }
            });
        }
    });
}

#[test]
pub(crate) fn the_limit_and_the_memory_are_those_of_the_manifest() {
    let limit = 12 * MIB;
    let project = HANDLER.configured("roomy", "[server]\nmax_body_size_mb = 12\nmemory_limit_mb = 64\n");
    let server = Server::start(&mut project.command("serve"));
    let bytes = payload::bytes(1, limit + 1);
    // A bridge that lets a growing body move keeps the places where it was, and then this is far too much.
    for body in Body::both(&bytes[..limit]) {
        let reply = server.ask("POST", "/receive?seed=1", &[], body).is(200);
        assert_eq!(reply.json(), json!({ "length": limit, "exact": true }));
    }
    for body in Body::both(&bytes[..9 * MIB]) {
        assert!(
            server.ask("POST", "/echo", &[], body).is(200).body == bytes[..9 * MIB],
            "nine MiB came back as others"
        );
    }
    for body in Body::both(&bytes) {
        let reply = server.ask("POST", "/receive?seed=1", &[], body).is_failure(413, "body-too-large");
        assert_eq!(reply.json()["detail"], format!("the limit is {limit} bytes"));
    }
}

#[test]
fn a_truncated_upload_never_reaches_the_handler() {
    let server = HANDLER.serve();
    let head = "POST /receive?seed=1&name=cut HTTP/1.1\r\nhost: a\r\n";
    let bytes = payload::bytes(1, 100_000);
    let half = &bytes[..50_000];

    // Half of what was announced: closed at once, and closed for writing only, so that the answer can be read.
    for waits in [false, true] {
        let mut connection = server.open();
        connection.send(format!("{head}content-length: {}\r\n\r\n", bytes.len()));
        connection.send(half);
        if waits {
            connection.finish();
            assert_refused(&connection.rest());
        }
    }
    // Whole chunks without the last one that ends the body, and half a chunk.
    for (waits, more) in [(false, ""), (true, ""), (false, "ffff\r\nabc"), (true, "ffff\r\nabc")] {
        let mut connection = server.open();
        connection.send(format!("{head}transfer-encoding: chunked\r\n\r\n"));
        connection.send_chunks(half);
        connection.send(more);
        if waits {
            connection.finish();
            assert_refused(&connection.rest());
        }
    }

    let reply = server.ask("POST", "/receive?seed=1&name=whole", &[], Body::Length(&bytes)).is(200);
    assert_eq!(reply.json(), json!({ "length": bytes.len(), "exact": true }));
    // Once the server has ended nothing can reach anybody any more.
    assert_reached(&server.stop().log, &["whole"]);
}

/// A connection that broke in the middle of a request may end without a word, and has no success on it.
#[track_caller]
fn assert_refused(rest: &[u8]) {
    let rest = String::from_utf8_lossy(rest);
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 400 "), "{rest}");
}

/// The handler says each time that it is reached.
#[track_caller]
fn assert_reached(log: &str, expected: &[&str]) {
    let lines = log.lines().filter(|line| line.contains(r#""message":"reached""#));
    let names: Vec<_> = lines.map(|line| line.split(r#""name":""#).nth(1).unwrap().trim_end_matches("\"}")).collect();
    assert_eq!(names, expected, "{log}");
}
