//! How much is asked of a module at once, and how often it may fail before it is left alone.

use std::thread;

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Body, Connection, Reply, Server, Site, wait_until};

/// A request that is in flight until the connection is dropped.
fn hold(server: &Server, id: &str) -> Connection {
    let mut connection = server.open();
    connection.send(format!("GET /run/probe/drip/100000 HTTP/1.1\r\nhost: a\r\nx-request-id: {id}\r\n\r\n"));
    server.says(&format!("probe {id} | drip 0"));
    connection
}

/// How a module stands: `in_flight` or `circuit`.
fn state(server: &Server, module: &str, key: &str) -> serde_json::Value {
    let list = server.ask_for("/_mik/handlers").is(200).json();
    let handlers = list["handlers"].as_array().unwrap();
    handlers.iter().find(|handler| handler["name"] == module).unwrap()["traffic"][key].clone()
}

/// The seconds after which a client is told to come back.
#[track_caller]
fn retry_after(reply: &Reply) -> u64 {
    reply.header("retry-after").unwrap().parse().unwrap()
}

fn site(configuration: &str) -> Site {
    Site::new(configuration).with("probe", &PROBE).with("other", &HANDLER)
}

#[test]
pub(crate) fn the_excess_of_requests_to_one_module_gets_a_503_and_holds_up_no_other() {
    let site =
        site("[server]\nmax_per_module_requests = 2\nmax_concurrent_requests = 3\nexecution_timeout_secs = 600\n");
    let server = site.serve();
    let (one, two) = (hold(&server, "one"), hold(&server, "two"));
    // While many wait for the busy module, the others have the server's last turn.
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..20).map(|_| scope.spawn(|| server.ask_for("/run/probe/ok"))).collect();
        for _ in 0..20 {
            assert_eq!(server.ask_for("/run/other/").is(200).text(), "home");
        }
        for excess in waiting {
            let reply = excess.join().unwrap().is_failure(503, "overloaded");
            assert!((1..=600).contains(&retry_after(&reply)), "{:?}", reply.headers);
            assert!(reply.text().contains("2 requests to `probe`"), "{}", reply.text());
        }
    });
    assert_eq!(state(&server, "probe", "in_flight"), 2);
    server.ask_for("/_mik/health/live").is(200);
    // A client that goes away frees its place.
    drop(one);
    wait_until("a place is free", || server.ask_for("/run/probe/ok").status == 200);
    drop(two);
    wait_until("nothing is in flight", || state(&server, "probe", "in_flight") == 0);
    assert_eq!(server.stop().code, Some(0));
}

#[test]
fn a_request_that_waits_gets_the_place_that_comes_free_and_who_left_the_queue_does_not() {
    let server = site("[server]\nmax_per_module_requests = 1\n").serve();
    thread::scope(|scope| {
        // Each holds the only place for a while, and nobody is sent away.
        let requests: Vec<_> = (0..8).map(|_| scope.spawn(|| server.ask_for("/run/probe/sleep/20"))).collect();
        // Clients that do not stay for their turn.
        for _ in 0..8 {
            server.open().send("GET /run/probe/ok HTTP/1.1\r\nhost: a\r\n\r\n");
        }
        let statuses: Vec<_> = requests.into_iter().map(|request| request.join().unwrap().status).collect();
        assert!(statuses.contains(&200), "{statuses:?}");
    });
    wait_until("nothing is in flight", || state(&server, "probe", "in_flight") == 0);
    assert_eq!(server.ask_for("/run/probe/ok").is(200).text(), "ok\n");
}

#[test]
fn a_changed_number_of_requests_to_a_module_holds_at_once() {
    let project = PROBE.configured("turns", "[server]\nmax_per_module_requests = 1\n");
    let server = Server::start(&mut project.command("serve"));
    let mut held = server.open();
    held.send("GET /drip/100000 HTTP/1.1\r\nhost: a\r\n\r\n");
    server.says("| drip 0");
    server.ask_for("/ok").is_failure(503, "overloaded");
    project.write("mik.toml", "[server]\nmax_per_module_requests = 2\n");
    server.wait_for("Rebuilding");
    wait_until("there is a second place", || server.ask_for("/ok").status == 200);
    drop(held);
}

/// Fails until the circuit is open.
fn open(server: &Server) {
    for _ in 0..5 {
        server.ask_for("/run/probe/trap").is_failure(500, "trap");
    }
    assert_eq!(state(server, "probe", "circuit"), "open");
}

#[test]
fn a_module_that_keeps_failing_is_left_alone_and_tried_again_with_one_request() {
    let server = site("").serve();
    open(&server);
    server.says("its circuit is open");
    let reply = server.ask_for("/run/probe/ok").is_failure(503, "circuit-open");
    assert!((1..=5).contains(&retry_after(&reply)), "{:?}", reply.headers);
    assert!(reply.text().contains("the last time with `trap`"), "{}", reply.text());
    // It is this module's circuit, and no other's.
    server.ask_for("/run/other/").is(200);
    server.ask_for("/_mik/health/ready").is(200);

    // The first request to be let in again is in flight, and no other is let in.
    let mut attempt = None;
    wait_until("an attempt is made", || {
        let mut connection = server.open();
        connection.send("GET /run/probe/drip/100000 HTTP/1.1\r\nhost: a\r\n\r\n");
        let let_in = connection.receive_head().status == 200;
        attempt = let_in.then_some(connection);
        let_in
    });
    assert_eq!(state(&server, "probe", "circuit"), "half-open");
    let reply = server.ask_for("/run/probe/ok").is_failure(503, "circuit-open");
    assert!((1..=30).contains(&retry_after(&reply)), "{:?}", reply.headers);
    // A client that goes away proves nothing: the next request is the attempt.
    drop(attempt);
    wait_until("the circuit is closed", || server.ask_for("/run/probe/ok").status == 200);
    server.says("its circuit is closed");
    assert_eq!(state(&server, "probe", "circuit"), "closed");
    server.ask_for("/run/probe/trap").is_failure(500, "trap");
}

#[test]
fn an_attempt_that_fails_leaves_the_module_alone_for_twice_as_long() {
    let server = site("").serve();
    open(&server);
    wait_until("an attempt is made", || server.ask_for("/run/probe/trap").status == 500);
    let reply = server.ask_for("/run/probe/ok").is_failure(503, "circuit-open");
    assert!((6..=10).contains(&retry_after(&reply)), "{:?}", reply.headers);
}

#[test]
fn another_version_of_a_module_is_not_left_alone_for_what_the_last_one_did() {
    let site = site("");
    let server = site.serve();
    open(&server);
    // The same component with a custom section more.
    let mut component = fs_err::read(PROBE.component()).unwrap();
    component.extend([0, 2, 1, b'x']);
    site.replace("probe", component);
    wait_until("the new version answers", || server.ask_for("/run/probe/ok").status == 200);
    // Not because an attempt was made.
    assert!(!server.log().contains("its circuit is closed"), "{}", server.log());
}

#[test]
fn what_a_guest_answers_and_what_clients_do_never_opens_the_circuit() {
    let server = site("[server]\nexecution_timeout_secs = 5\n").serve();
    server.compiles("/run/probe/ok");
    for _ in 0..10 {
        server.ask_for("/run/probe/nothing").is(404);
        server.ask_for("/run/probe/status/500").is(500);
        server.ask_for("/run/probe/status/101").is_failure(502, "invalid-response");
        server.ask_for("/run/probe/never-set").is_failure(500, "no-response");
        server.ask_for("/run/nobody/").is_failure(404, "module-not-found");
        drop(hold(&server, "leaves"));
    }
    // Uploads that never come to their end: the server has waited for the client, not for the guest.
    let mut uploads: Vec<_> = (0..8).map(|_| server.open()).collect();
    for upload in &mut uploads {
        upload.send("POST /run/probe/count HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf of it");
    }
    for upload in &mut uploads {
        let reply = upload.receive("POST").is_failure(504, "deadline");
        assert!(reply.text().contains("the client was still being waited for"), "{}", reply.text());
    }
    assert_eq!(state(&server, "probe", "circuit"), "closed");
    server.ask_for("/run/probe/ok").is(200);
}

#[test]
fn a_developer_sees_the_failure_each_time() {
    let project = HANDLER.configured("developer", "");
    let server = Server::start(&mut project.command("serve"));
    for _ in 0..12 {
        server.ask_for("/panic").is_failure(500, "trap");
    }
    server.ask_for("/").is(200);
}

#[test]
fn guests_that_never_end_hold_up_nobody() {
    let server = site("[server]\nexecution_timeout_secs = 3600\n").serve();
    let busy = thread::available_parallelism().unwrap().get() + 1;
    let loops: Vec<_> = (0..busy)
        .map(|_| {
            let mut connection = server.open();
            connection.send("GET /run/probe/loop HTTP/1.1\r\nhost: a\r\n\r\n");
            connection
        })
        .collect();
    wait_until("all of them are busy", || state(&server, "probe", "in_flight") == busy);
    let mut connection = server.open();
    for _ in 0..100 {
        assert_eq!(connection.ask("GET", "/run/other/", &[], Body::None).is(200).text(), "home");
    }
    assert_eq!(state(&server, "probe", "in_flight"), busy, "they are at it still");
    drop(loops);
    wait_until("none is left", || state(&server, "probe", "in_flight") == 0);
}
