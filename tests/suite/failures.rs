//! What a failure says, and to whom. Which failures there are is in `failure_table`.

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Body, Server};

#[test]
fn a_failure_leaves_the_connection_to_the_next_request() {
    let server = PROBE.shared();
    let mut connection = server.open();
    for (target, status, name) in [("/trap", 500, "trap"), ("/error", 502, "invalid-response")] {
        let reply = connection.ask("GET", target, &[], Body::None).is_failure(status, name);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(connection.ask("GET", "/ok", &[], Body::None).is(200).text(), "ok\n");
    }
}

#[test]
fn a_problem_says_nothing_of_the_insides_in_production_and_the_log_does() {
    let server = PROBE.shared();
    let id = [("x-request-id", "insides")];
    let reply = server.ask("GET", "/trap", &id, Body::None).is_failure(500, "trap");
    assert!(!reply.text().contains("misbehaviour"), "{}", reply.text());
    server.says("probe insides | asked to trap");
}

#[test]
pub(crate) fn a_handler_over_its_limits_is_told_which_and_the_developer_why() {
    let project = HANDLER.configured("limited", "[server]\nmemory_limit_mb = 16\n");
    let server = Server::start(&mut project.command("serve"));
    fails(&server, "/memory", 507, "memory-limit", "the limit is 16777216 bytes");
    // In development the answer names what the handler did.
    fails(&server, "/panic", 500, "trap", "unreachable");
    drop(server);

    project.write("mik.toml", "[server]\nexecution_timeout_secs = 1\n");
    let server = Server::start(&mut project.command("serve"));
    fails(&server, "/loop", 504, "deadline", "the limit is 1 second");
}

/// One request fails as it should, and the next on the same connection does not.
#[track_caller]
fn fails(server: &Server, target: &str, status: u16, name: &str, detail: &str) {
    let mut connection = server.open();
    let reply = connection.ask("GET", target, &[], Body::None).is_failure(status, name);
    assert!(reply.json()["detail"].as_str().unwrap().contains(detail), "{}", reply.text());
    connection.ask("GET", "/", &[], Body::None).is(200);
}

#[test]
fn a_module_that_is_not_there_is_a_404_that_says_which_are() {
    let server = PROBE.shared();
    for target in ["/run/other", "/run/other/", "/run/other/ok", "/run/Probe/ok", "/run/prob%65/ok"] {
        let reply = server.ask_for(target).is_failure(404, "module-not-found");
        assert!(reply.text().contains("probe"), "{}", reply.text());
    }
}

#[test]
fn requests_that_are_not_http_are_told_so() {
    let server = PROBE.shared();
    for request in [
        "GET /ok HTTP/1.1\r\n\r\n",
        "GET /ok HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        "GET /ok HTTP/1.1\r\nhost: a b\r\n\r\n",
    ] {
        let mut connection = server.open();
        connection.send(request);
        connection.receive("GET").is_failure(400, "malformed-request");
    }
    assert!(server.raw("nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
}
