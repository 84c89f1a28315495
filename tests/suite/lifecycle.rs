//! How a server ends: what has begun is finished, nobody is kept waiting, and others are left alone.

use mik_tests::guest::PROBE;
use mik_tests::{Body, Connection, Server, Signal};

const SIGNALS: [Signal; 2] = [Signal::Terminate, Signal::Interrupt];

/// A request that says when it has begun, and is not over soon.
fn begin(server: &Server, lines: u32) -> Connection {
    let mut connection = server.open();
    connection.send(format!("GET /drip/{lines} HTTP/1.1\r\nhost: a\r\n\r\n"));
    server.says("| drip 0");
    connection
}

#[test]
fn a_server_that_is_told_to_stop_finishes_what_has_begun() {
    for signal in SIGNALS {
        let server = PROBE.serve();
        let mut idle = server.open();
        idle.ask("GET", "/ok", &[], Body::None).is(200);
        let silent = server.open();
        let mut slow = begin(&server, 5);

        server.signal(signal);
        server.says("Stopping");
        // Idle connections close while the request is still in flight.
        assert_eq!(idle.rest(), b"");
        assert_eq!(silent.rest(), b"");
        assert_eq!(slow.receive("GET").is(200).text(), "0\n1\n2\n3\n4\n");
        assert_eq!(slow.rest(), b"");

        let ended = server.end();
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        assert!(ended.log.contains("one request in flight"), "{}", ended.log);
    }
}

#[test]
fn an_idle_server_ends_when_it_is_told_to() {
    for signal in SIGNALS {
        let server = PROBE.serve();
        server.ask_for("/ok").is(200);
        server.signal(signal);
        assert_eq!(server.wait(), Some(0));
    }
}

#[test]
fn a_second_signal_ends_what_has_begun() {
    let server = PROBE.serve();
    let slow = begin(&server, 10_000);
    server.signal(Signal::Interrupt);
    server.says("again to stop at once");
    server.signal(Signal::Interrupt);
    assert_eq!(server.wait(), Some(0));
    let rest = slow.rest();
    assert!(!rest.ends_with(b"0\r\n\r\n"), "a body that was cut is not whole");
}

#[test]
fn a_client_that_goes_away_ends_its_request_and_no_other() {
    let server = PROBE.serve();
    drop(begin(&server, 10_000));
    let mut other = server.open();
    assert_eq!(other.ask("GET", "/drip/2", &[], Body::None).is(200).text(), "0\n1\n");
    drop(other);
    // With ten thousand lines still in flight it would not come to its end by itself.
    assert_eq!(server.stop().code, Some(0));
}

#[test]
fn two_servers_on_free_ports_leave_each_other_alone() {
    let (one, other) = (PROBE.serve(), PROBE.serve());
    assert_ne!(one.address(), other.address());
    for server in [&one, &other] {
        server.ask_for("/ok").is(200);
    }
    assert_eq!(one.stop().code, Some(0));
    other.ask_for("/ok").is(200);
}
