//! What a handler sees of a request: what the client sent, byte for byte and in its order.

use mik_tests::guest::{HANDLER, PROBE};
use mik_tests::{Body, Reply};

/// Paths and queries that something between the socket and the handler could want to tidy up.
const TARGETS: [&str; 10] = [
    "/raw/%2F%20a%2Bb+c?x=%00&y=\u{fc}-escapes&&z",
    "/raw/a//b/./../c/",
    "/raw/%c3%bc/%C3%BC",
    "/raw/%61?%61=%61",
    "/raw/x?",
    "/raw/x??a=?&b=/",
    "/raw/x?a=1;b=2&a=3&=&&=4",
    "/raw/x?%ff%FE=%",
    "/raw/x?'`{}|^[]\\",
    "/raw/;p=1/~_-.!$&'()*,=:@",
];

#[test]
fn paths_and_queries_arrive_byte_for_byte() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    for target in TARGETS {
        let at_root = connection.ask("GET", target, &[], Body::None).is(200);
        assert_eq!(at_root.text(), target);
        let below = connection.ask("GET", &format!("/run/handler{target}"), &[], Body::None).is(200);
        assert_eq!(below.text(), target);
    }
}

#[test]
fn a_module_without_a_path_sees_a_slash_and_its_query() {
    let server = PROBE.shared();
    for (target, seen) in [
        ("/run/probe/seen?a=%2F", "path /seen?a=%2F\n"),
        ("/run/probe/seen/run/probe/x?y", "path /seen/run/probe/x?y\n"),
        ("/run/probe//seen", "path //seen\n"),
    ] {
        let reply = server.ask_for(target);
        assert!(reply.text().contains(seen), "{target}: {}", reply.text());
    }
    let server = HANDLER.shared();
    for target in ["/run/handler", "/run/handler?a=b", "/run/handler/", "/"] {
        assert_eq!(server.ask_for(target).is(200).text(), "home");
    }
}

#[test]
fn a_query_may_be_long_and_not_too_long() {
    let server = HANDLER.shared();
    let target = format!("/raw/x?{}", "q".repeat(8 * 1024 - "/raw/x?".len()));
    assert_eq!(server.ask_for(&target).is(200).text(), target);
    server.ask_for(&format!("{target}q")).is_failure(414, "uri-too-long");
}

#[test]
fn an_absolute_target_is_taken_apart() {
    let server = HANDLER.shared();
    let headers = [("host", "other.test")];
    let reply = server.ask("GET", "http://named.test:81/headers", &headers, Body::None).is(200);
    // RFC 9112 §3.2.2: the authority of the request line is the one that counts.
    assert_eq!(seen(&reply, "host"), ["named.test:81"]);
}

#[test]
fn the_authority_arrives_as_the_host() {
    let server = HANDLER.shared();
    for host in ["example.test", "example.test:8080", "[::1]:3000", "127.0.0.1"] {
        let reply = server.ask("GET", "/headers", &[("host", host)], Body::None).is(200);
        assert_eq!(seen(&reply, "host"), [host]);
    }
}

#[test]
fn headers_arrive_in_order_and_repeated_ones_each() {
    let server = HANDLER.shared();
    let sent = [
        ("x-zebra", "1"),
        ("x-apple", "a, b"),
        ("cookie", "a=1"),
        ("x-mango", ""),
        ("accept", "text/html"),
        ("x-tab", "tab\tin it"),
        ("X-Capital", "K\u{fc}che"),
    ];
    let reply = server.ask("GET", "/headers", &sent, Body::None).is(200);
    let names: Vec<_> = all_seen(&reply).into_iter().filter(|(name, _)| name != "host").collect();
    let expected: Vec<_> = sent.iter().map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned())).collect();
    assert_eq!(names, expected);

    let repeated = [("x-many", "3"), ("x-one", "one"), ("X-Many", "1"), ("x-many", "2"), ("x-many", "3")];
    let reply = server.ask("GET", "/headers", &repeated, Body::None).is(200);
    assert_eq!(seen(&reply, "x-many"), ["3", "1", "2", "3"]);
    assert_eq!(seen(&reply, "x-one"), ["one"]);
}

#[test]
fn a_header_that_is_not_utf8_is_a_400_that_names_it() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    connection.send(b"GET /headers HTTP/1.1\r\nhost: a\r\nx-bytes: \xff\xfe\r\n\r\n");
    let reply = connection.receive("GET").is_failure(400, "invalid-header");
    assert!(reply.text().contains("`x-bytes`"), "{}", reply.text());
    connection.ask("GET", "/", &[], Body::None).is(200);
}

#[test]
fn every_method_that_handlers_know_arrives() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let reply = connection.ask(method, "/method", &[], Body::None).is(200);
        assert_eq!(reply.text(), format!("it was {method}"));
    }
    let reply = connection.ask("HEAD", "/method", &[], Body::None).is(200);
    assert_eq!(reply.header("x-method"), Some("HEAD"));
}

#[test]
fn methods_that_handlers_do_not_know_are_501() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    for method in ["TRACE", "PROPFIND", "get", "M-SEARCH"] {
        let reply = connection.ask(method, "/method", &[], Body::None);
        let reply = reply.is_failure(501, "method-not-implemented");
        assert!(reply.text().contains(&format!("`{method}`")), "{}", reply.text());
    }
    // A tunnel is another matter: the server says no before anybody else is asked.
    server.ask("CONNECT", "example.test:443", &[], Body::None).is_failure(501, "method-not-implemented");
}

#[test]
fn a_request_id_is_the_clients_or_a_new_one() {
    let server = HANDLER.shared();
    let reply = server.ask("GET", "/", &[("x-request-id", "from-the-client.1")], Body::None).is(200);
    assert_eq!(reply.header("x-request-id"), Some("from-the-client.1"));
    let ids = [server.ask_for("/"), server.ask_for("/")].map(|reply| reply.header("x-request-id").map(str::to_owned));
    assert!(ids[0].is_some() && ids[0] != ids[1], "{ids:?}");
}

#[test]
fn a_client_that_waits_to_be_asked_is_asked() {
    let server = HANDLER.shared();
    let mut connection = server.open();
    connection.send("POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n");
    assert_eq!(connection.receive_head().status, 100);
    connection.send("hello");
    assert_eq!(connection.receive("POST").is(200).text(), "hello");
}

/// The handler's headers, in the order in which it has them.
#[track_caller]
fn all_seen(reply: &Reply) -> Vec<(String, String)> {
    let pairs = reply.json();
    let text = |value: &serde_json::Value| value.as_str().expect("a header is text").to_owned();
    pairs.as_array().expect("headers are a list").iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}

#[track_caller]
fn seen(reply: &Reply, name: &str) -> Vec<String> {
    all_seen(reply).into_iter().filter(|(other, _)| other == name).map(|(_, value)| value).collect()
}
