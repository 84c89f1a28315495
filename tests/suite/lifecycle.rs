//! How a server ends: what has begun is finished, nobody is kept waiting, and others are left alone.

use std::sync::atomic::{AtomicUsize, Ordering};

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Body, Connection, Http2, Server, Signal, wait_until};

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

#[test]
fn idle_connections_do_not_hold_up_the_end() {
    let server = PROBE.serve();
    let mut idle: Vec<_> = (0..100).map(|_| server.open()).collect();
    for connection in &mut idle {
        connection.ask("GET", "/ok", &[], Body::None).is(200);
    }
    let http2: Vec<_> = (0..10).map(|_| Http2::open(server.address())).collect();
    for client in &http2 {
        client.ask("GET", "/ok", &[], b"").is(200);
    }
    // None of them lets go by itself: it is the server that closes them.
    assert_eq!(server.stop().code, Some(0));
    for connection in idle {
        assert_eq!(connection.rest(), b"");
    }
}

#[test]
fn nothing_is_lost_under_load() {
    let server = PROBE.serve();
    let answered = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = server.open();
                    loop {
                        // Where the server closed while nothing was asked, the client may ask elsewhere. What it has begun
                        // to answer is whole.
                        let Some(reply) = connection.get_unless_closed("/body/20000") else { return false };
                        let reply = reply.is(200);
                        assert_eq!(reply.body.len(), 20_000);
                        answered.fetch_add(1, Ordering::Relaxed);
                        if reply.header("connection") == Some("close") {
                            assert_eq!(connection.rest(), b"");
                            return true;
                        }
                    }
                })
            })
            .collect();
        wait_until("the load is on", || answered.load(Ordering::Relaxed) > 100);
        server.signal(Signal::Terminate);
        let told = clients.into_iter().filter_map(|client| client.join().unwrap().then_some(())).count();
        assert!(told > 0, "somebody was told that the connection ends");
    });
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn who_is_in_the_middle_of_asking_gets_an_answer_and_whoever_asks_hears_that_it_stops() {
    let server = PROBE.serve();
    let mut ready = server.open();
    ready.send("GET /_mik/health/ready HTTP/1.1\r\nhost: a\r\n");
    let mut begun = server.open();
    begun.send("GET /ok HTTP/1.1\r\nhost: a\r\n");
    let mut used = server.open();
    used.ask("GET", "/ok", &[], Body::None).is(200);
    used.send("GET /ok HT");
    let slow = begin(&server, 100);

    server.signal(Signal::Terminate);
    server.says("Stopping");
    ready.send("\r\n");
    let reply = ready.receive("GET").is_failure(503, "stopping");
    assert!(reply.header("retry-after").is_some());
    begun.send("\r\n");
    assert_eq!(begun.receive("GET").is(200).header("connection"), Some("close"));
    used.receive("GET").is_failure(503, "stopping");
    drop(slow);
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn streams_that_have_begun_are_finished() {
    let server = PROBE.serve();
    let client = Http2::open(server.address());
    let slow = client.send("GET", "/drip/5", &[], b"");
    server.says("| drip 0");
    server.signal(Signal::Terminate);
    wait_until("the connection takes no more", || client.is_closed());
    assert_eq!(client.receive(slow).unwrap().is(200).text(), "0\n1\n2\n3\n4\n");
    assert_eq!(server.wait(), Some(0));
}

#[test]
fn what_does_not_finish_is_given_so_long_and_no_longer() {
    let (_directory, mut command) = HANDLER.deployed("[server]\nshutdown_timeout_secs = 1\n");
    let server = Server::start(&mut command);
    let mut connection = server.open();
    connection.send("GET /loop HTTP/1.1\r\nhost: a\r\n\r\n");
    wait_until("it is in flight", || {
        server.ask_for("/_mik/metrics").is(200).text().contains("\nmik_requests_in_flight 2\n")
    });
    // Its own time would be thirty seconds.
    assert_eq!(server.stop().code, Some(0));
    assert_eq!(connection.rest(), b"");
}

#[test]
fn a_terminal_that_takes_nothing_more_keeps_no_server_from_answering_or_ending() {
    let server = PROBE.serve();
    server.is_not_listened_to();
    // More than a pipe holds.
    for _ in 0..3 {
        server.ask_for("/print/10000").is(200);
    }
    assert_eq!(server.stop().code, Some(0));
}
