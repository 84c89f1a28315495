//! What becomes of a handler's response on the wire.

use mik_tests::Body;
use mik_tests::guest::HANDLER;

#[test]
fn responses_without_a_body_leave_none_on_the_wire() {
    let server = HANDLER.shared();
    // On one connection: a byte too many would be the beginning of the next response.
    let mut connection = server.open();
    for _ in 0..2 {
        let head = connection.ask("HEAD", "/give/1000", &[], Body::None).is(200);
        assert_eq!(head.header("content-length"), Some("1000"));
        assert_eq!(head.header("content-type"), Some("application/octet-stream"));

        let no_content = connection.ask("GET", "/status/204", &[], Body::None).is(204);
        assert_eq!(no_content.header("content-length"), None);
        assert_eq!(no_content.header("transfer-encoding"), None);

        let not_modified = connection.ask("GET", "/status/304", &[], Body::None).is(304);
        assert_eq!(not_modified.header("transfer-encoding"), None);

        let reset = connection.ask("GET", "/status/205", &[], Body::None).is(205);
        assert_eq!((reset.header("content-length"), reset.body.len()), (Some("0"), 0));

        connection.ask("HEAD", "/status/204", &[], Body::None).is(204);
        connection.ask("HEAD", "/nothing", &[], Body::None).is(404);
        assert_eq!(connection.ask("GET", "/", &[], Body::None).is(200).text(), "home");
    }
}

#[test]
fn a_response_on_the_wire_is_what_it_should_be_to_the_last_byte() {
    let server = HANDLER.shared();
    let head = |target: &str| format!("HEAD {target} HTTP/1.1\r\nhost: a\r\n\r\n");
    let requests = head("/") + &head("/status/204") + "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let raw = server.raw(requests);
    let parts: Vec<_> = raw.split("\r\n\r\n").collect();
    assert_eq!(parts.len(), 4, "{raw}");
    assert!(parts[0].starts_with("HTTP/1.1 200 OK\r\n"), "{raw}");
    assert!(parts[1].starts_with("HTTP/1.1 204 No Content\r\n"), "{raw}");
    assert!(parts[2].starts_with("HTTP/1.1 200 OK\r\n"), "{raw}");
    assert_eq!(parts[3], "home");
    assert_eq!(parts[0].matches("content-length: 4").count(), 1, "{raw}");
}

#[test]
fn a_length_that_is_known_is_announced() {
    let server = HANDLER.shared();
    for (target, length) in [("/", "4"), ("/give/0", "0"), ("/give/70000", "70000"), ("/status/404", "6")] {
        let reply = server.ask_for(target);
        assert_eq!(reply.header("content-length"), Some(length), "{target}");
        assert_eq!(reply.header("transfer-encoding"), None, "{target}");
    }
}

#[test]
fn repeated_headers_keep_their_order() {
    let reply = HANDLER.shared().ask_for("/repeated").is(200);
    assert_eq!(reply.headers_named("set-cookie"), ["b=1; Path=/", "a=2", "c=3"]);
    assert_eq!(reply.header("x-between"), Some("between"));
}

#[test]
fn every_status_goes_out_as_it_is() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    for status in [200, 201, 299, 301, 404, 418, 451, 500, 503, 599, 999] {
        connection.ask("GET", &format!("/status/{status}"), &[], Body::None).is(status);
    }
}

#[test]
fn what_is_not_a_handlers_to_send_is_a_500_that_names_it() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    for header in ["connection", "transfer-encoding", "keep-alive", "upgrade"] {
        let reply = connection.ask("GET", &format!("/header/{header}"), &[], Body::None);
        let reply = reply.is_failure(500, "invalid-response");
        assert!(reply.text().contains(&format!("`{header}`")), "{}", reply.text());
    }
    for status in [100, 103, 199] {
        let reply = connection.ask("GET", &format!("/status/{status}"), &[], Body::None);
        let reply = reply.is_failure(500, "invalid-response");
        assert!(reply.text().contains(&status.to_string()), "{}", reply.text());
    }
    connection.ask("GET", "/", &[], Body::None).is(200);
}

#[test]
fn a_handler_cannot_be_made_to_send_a_header_that_begins_another() {
    let reply = HANDLER.shared().ask_for("/header/x%0d%0aset-cookie:%20a").is_problem(500);
    assert_eq!(reply.header("set-cookie"), None);
}
