//! The SDK's HTTP client in a component: what goes out over a socket, what comes back, and what becomes of it when it
//! does not.

use mik_tests::guest::{CLIENT, FETCH, HANDLER};
use mik_tests::{Body, DeafListener, Names, Reply, Server, Upstream};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The guest, allowed to send requests to this machine.
struct Site {
    server: Server,
    _directory: TempDir,
}

impl Site {
    #[track_caller]
    fn new() -> Self {
        Self::with("[server]\nhttp_allowed = [\"*\"]\nhttp_allow_private = true\nexecution_timeout_secs = 300\n")
    }

    #[track_caller]
    fn with(configuration: &str) -> Self {
        let (directory, mut command) = CLIENT.deployed(configuration);
        Self { server: Server::start(&mut command), _directory: directory }
    }

    fn post(&self, path: &str, asked: &Value, headers: &[(&str, &str)]) -> Reply {
        let body = asked.to_string();
        let headers = [headers, &[("content-type", "application/json")]].concat();
        self.server.ask("POST", path, &headers, Body::Length(body.as_bytes()))
    }

    /// Has one request sent.
    #[track_caller]
    fn send(&self, asked: Value) -> Value {
        self.post("/send", &json!([asked]), &[]).is(200).json()[0].clone()
    }

    /// Has one request sent; it fails with this.
    #[track_caller]
    fn fails(&self, asked: Value, error: &str) {
        let outcome = self.send(asked);
        assert_eq!(outcome["error"], error, "{outcome}");
    }

    /// Has one request sent, whose response is a 200, and gives its text.
    #[track_caller]
    fn text(&self, asked: Value) -> String {
        let outcome = self.send(asked);
        assert_eq!(outcome["status"], 200, "{outcome}");
        outcome["text"].as_str().unwrap().to_owned()
    }
}

fn at(upstream: &Upstream, path: &str) -> String {
    format!("http://{}{path}", upstream.address())
}

#[test]
fn fifty_megabytes_go_out_and_come_back_byte_for_byte() {
    const LENGTH: u64 = 50 << 20;
    let upstream = Upstream::http();
    let site = Site::new();
    // Each side reads only as fast as the other: all of it is never there at once.
    let reply = site.post("/echo", &json!({ "url": at(&upstream, "/echo"), "body": LENGTH }), &[]).is(200);
    assert_eq!(reply.json()["length"], LENGTH);
    let reply = site.post("/stream", &json!({ "url": at(&upstream, &format!("/chunked/{LENGTH}")) }), &[]).is(200);
    assert_eq!(reply.json(), json!({ "length": LENGTH, "error": null }));
}

#[test]
fn bodies_that_lie_in_memory_go_out_and_come_back_whole() {
    let upstream = Upstream::http();
    let site = Site::new();
    for length in [0, 1, 4095, 4096, 4097, 65_536, 5_000_000] {
        let url = at(&upstream, "/count");
        let outcome = site.text(json!({ "method": "POST", "url": url, "body": length }));
        assert_eq!(outcome, length.to_string());
        let outcome = site.send(json!({ "url": at(&upstream, &format!("/bytes/{length}")) }));
        assert_eq!((&outcome["status"], &outcome["length"]), (&json!(200), &json!(length)));
    }
    let outcome = site.send(json!({ "method": "PUT", "url": at(&upstream, "/echo"), "body": 5_000_000 }));
    assert_eq!(outcome["length"], 5_000_000);
    let outcome = site.send(json!({ "method": "HEAD", "url": at(&upstream, "/bytes/100") }));
    assert_eq!((&outcome["status"], &outcome["length"]), (&json!(200), &json!(0)));
}

#[test]
fn a_request_goes_out_as_it_was_written() {
    let upstream = Upstream::http();
    let site = Site::new();
    let url = at(&upstream, "/seen?a=%25&b=c d#e");
    let seen =
        site.text(json!({ "method": "POST", "url": url, "headers": [["x-own", "1"], ["x-own", "2"]], "body": 3 }));
    let expected = "POST /seen?a=%25&b=c%20d HTTP/1.1\nx-own: 1\nx-own: 2\ncontent-length: 3\nhost: ";
    assert!(seen.starts_with(expected), "{seen}");
    for (name, value) in [("host", "example.com"), ("x", "a\r\nb: c"), ("x y", "a"), ("connection", "close")] {
        let outcome = site.send(json!({ "url": at(&upstream, "/seen"), "headers": [[name, value]] }));
        let error = outcome["error"].as_str().unwrap();
        assert!(error.starts_with("InvalidRequest(") && error.contains(name), "{error}");
    }
}

#[test]
fn requests_at_once_are_under_way_at_once() {
    let upstream = Upstream::http();
    let site = Site::new();
    // Nobody is answered until all are there: one after the other, none ever would be.
    let asked = vec![json!({ "url": at(&upstream, "/gather/20") }); 20];
    let outcomes = site.post("/send-all", &Value::Array(asked), &[]).is(200).json();
    let outcomes = outcomes.as_array().unwrap();
    assert_eq!(outcomes.len(), 20);
    assert!(outcomes.iter().all(|outcome| outcome["text"] == "ok"), "{outcomes:?}");
}

#[test]
fn one_of_many_that_fails_leaves_the_others_alone_and_in_order() {
    let upstream = Upstream::http();
    let site = Site::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let asked = json!([
        { "url": at(&upstream, "/bytes/3000000") },
        { "url": format!("http://{closed}/") },
        { "url": "nonsense" },
        { "method": "POST", "url": at(&upstream, "/count"), "body": 2_000_000 },
        { "url": at(&upstream, "/never"), "timeout": 100 },
        { "url": at(&upstream, "/ok") },
    ]);
    let outcomes = site.post("/send-all", &asked, &[]).is(200).json();
    assert_eq!(outcomes[0]["length"], 3_000_000);
    assert_eq!(outcomes[1]["error"], "ConnectionError(Refused)");
    assert!(outcomes[2]["error"].as_str().unwrap().starts_with("InvalidUrl("));
    assert_eq!(outcomes[3]["text"], "2000000");
    assert_eq!(outcomes[4]["error"], "Timeout { timeout_ms: Some(100) }");
    assert_eq!(outcomes[5]["text"], "ok");
}

#[test]
fn each_timeout_has_its_own_error() {
    let upstream = Upstream::http();
    let deaf = DeafListener::new();
    let site = Site::new();
    let never = at(&upstream, "/never");
    site.fails(json!({ "url": never, "timeout": 100 }), "Timeout { timeout_ms: Some(100) }");
    site.fails(json!({ "url": never, "first_byte": 100 }), "FirstByteTimeout");
    site.fails(json!({ "url": at(&upstream, "/stall"), "idle": 100 }), "IdleTimeout");
    site.fails(json!({ "url": at(&upstream, "/stall"), "timeout": 100 }), "Timeout { timeout_ms: Some(100) }");
    site.fails(json!({ "url": format!("http://{}/", deaf.address()), "connect": 100 }), "ConnectTimeout");
    let reply = site.post("/stream", &json!({ "url": at(&upstream, "/stall"), "idle": 100 }), &[]).is(200);
    assert_eq!(reply.json(), json!({ "length": 10, "error": "IdleTimeout" }));
    // The client is told what failed, and nothing more.
    let reply = site.post("/fail", &json!({ "url": never, "timeout": 100 }), &[]).is_problem(504);
    assert!(!reply.text().contains("127.0.0.1"), "{}", reply.text());
}

#[test]
fn what_goes_wrong_is_told_apart() {
    let upstream = Upstream::http();
    let names = Names::new(&["nobody.test", "secure.test 127.0.0.1"]);
    let (_directory, mut command) = CLIENT.deployed("[server]\nhttp_allowed = [\"*\"]\nhttp_allow_private = true\n");
    let site = Site { server: Server::start(names.give(&mut command)), _directory };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    site.fails(json!({ "url": format!("http://{closed}/") }), "ConnectionError(Refused)");
    site.fails(json!({ "url": format!("https://secure.test:{}/", upstream.port()) }), "TlsError(Protocol)");
    site.fails(json!({ "url": at(&upstream, "/lose/1") }), "ConnectionError(Lost)");
    site.fails(json!({ "url": at(&upstream, "/short") }), "Incomplete");
    site.fails(json!({ "url": at(&upstream, "/header/1000000") }), "TooLarge { limit: None }");
    site.fails(json!({ "url": at(&upstream, "/bytes/1001"), "max": 1000 }), "TooLarge { limit: Some(1000) }");
    site.fails(json!({ "url": at(&upstream, "/chunked/1001"), "max": 1000 }), "TooLarge { limit: Some(1000) }");
    site.fails(json!({ "url": at(&upstream, "/bytes/11000000") }), "TooLarge { limit: Some(10485760) }");
    let outcome = site.send(json!({ "url": "http://nobody.test/" }));
    assert!(outcome["error"].as_str().unwrap().starts_with("DnsError("), "{outcome}");
    let untrusted = Upstream::https(&["secure.test"], &["http/1.1"]);
    site.fails(json!({ "url": format!("https://secure.test:{}/", untrusted.port()) }), "TlsError(Certificate)");
    site.post("/fail", &json!({ "url": format!("http://{closed}/") }), &[]).is_problem(502);
}

#[test]
fn what_the_host_does_not_allow_is_an_error_that_says_so() {
    let upstream = Upstream::http();
    let site = Site::with("");
    site.fails(json!({ "url": at(&upstream, "/ok"), "retries": 3 }), "Denied");
    let names = Names::new(&["inside.test 127.0.0.1"]);
    let (_directory, mut command) = CLIENT.deployed("[server]\nhttp_allowed = [\"inside.test:*\"]\n");
    let site = Site { server: Server::start(names.give(&mut command)), _directory };
    // A name that leads inside, as only the host can know.
    let url = format!("http://inside.test:{}/ok", upstream.port());
    site.fails(json!({ "url": url, "denies_private": true }), "AddressDenied");
    assert_eq!(upstream.connections(), 0);
}

#[test]
fn private_addresses_are_denied_in_every_spelling_and_behind_redirects() {
    let upstream = Upstream::http();
    let port = upstream.port();
    let site = Site::new();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "169.254.169.254",
        "metadata.google.internal",
    ] {
        let url = format!("http://{host}:{port}/ok");
        let error = format!("SsrfBlocked({:?})", host.to_ascii_lowercase());
        site.fails(json!({ "url": url, "denies_private": true }), &error);
    }
    for host in ["%31%32%37.0.0.1", "127%2e0.0.1", "user@127.0.0.1", "127.0.0.1\\@example.com"] {
        let outcome = site.send(json!({ "url": format!("http://{host}:{port}/ok"), "denies_private": true }));
        assert!(outcome["error"].as_str().unwrap().starts_with("InvalidUrl("), "{outcome}");
    }
    assert_eq!(upstream.connections(), 0);
    // A name of the internet is asked for, and is only unknown here.
    let names = Names::new(&["fcbarcelona.com 127.0.0.1"]);
    let configuration = "[server]\nhttp_allowed = [\"*\"]\nhttp_allow_private = true\n";
    let (_directory, mut command) = CLIENT.deployed(configuration);
    let site = Site { server: Server::start(names.give(&mut command)), _directory };
    let url = |path: &str| format!("http://fcbarcelona.com:{port}{path}");
    assert_eq!(site.text(json!({ "url": url("/ok"), "denies_private": true })), "ok");
    let inside = format!("/to?http://0x7f.1:{port}/ok");
    assert_eq!(site.text(json!({ "url": url(&inside) })), "ok");
    let before = upstream.requests();
    site.fails(json!({ "url": url(&inside), "denies_private": true }), "SsrfBlocked(\"0x7f.1\")");
    assert_eq!(upstream.requests(), before + 1);
}

#[test]
fn redirects_are_followed_and_credentials_stay_with_their_origin() {
    let (upstream, other) = (Upstream::http(), Upstream::http());
    let site = Site::new();
    let secrets = json!([["authorization", "secret"], ["cookie", "a=b"], ["x-own", "1"]]);
    let seen = |url: String| site.text(json!({ "url": url, "headers": secrets }));
    let here = seen(at(&upstream, "/to?/seen"));
    assert!(here.contains("authorization: secret\ncookie: a=b\nx-own: 1\n"), "{here}");
    let there = seen(at(&upstream, &format!("/to?{}", at(&other, "/seen"))));
    assert!(there.contains("x-own: 1\n") && !there.contains("authorization") && !there.contains("cookie"), "{there}");
    for (status, method) in [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")] {
        let url = at(&upstream, &format!("/redirect/{status}?/seen"));
        let seen = site.text(json!({ "method": "POST", "url": url, "body": 10 }));
        assert!(seen.starts_with(&format!("{method} /seen ")), "{status}: {seen}");
        assert_eq!(seen.contains("content-length: 10\n"), method == "POST", "{status}: {seen}");
    }
    let circle = at(&upstream, &format!("/to?{}", at(&other, "/ok")));
    let outcome = site.send(json!({ "url": circle, "redirects": 0 }));
    assert_eq!((&outcome["status"], &outcome["text"]), (&json!(302), &json!("elsewhere")));
    let url = at(&upstream, &format!("/to?{circle}"));
    site.fails(json!({ "url": url, "redirects": 1 }), "Redirect(TooMany)");
    assert_eq!(site.send(json!({ "url": url }))["url"], at(&other, "/ok"));
    site.fails(json!({ "url": at(&upstream, "/to?ftp://a/") }), "Redirect(Invalid)");
}

#[test]
fn a_request_that_was_lost_is_sent_again_if_it_may_be() {
    let site = Site::new();
    let upstream = Upstream::http();
    assert_eq!(site.text(json!({ "method": "PUT", "url": at(&upstream, "/lose/2"), "body": 100, "retries": 2 })), "ok");
    assert_eq!(upstream.requests(), 3);
    let upstream = Upstream::http();
    assert_eq!(site.text(json!({ "url": at(&upstream, "/busy/1"), "retries": 1 })), "ok");
    let upstream = Upstream::http();
    let post = json!({ "method": "POST", "url": at(&upstream, "/lose/1"), "body": 1, "retries": 2 });
    site.fails(post, "ConnectionError(Lost)");
    assert_eq!(upstream.requests(), 1);
    let upstream = Upstream::http();
    assert_eq!(site.send(json!({ "url": at(&upstream, "/busy/5"), "retries": 2 }))["status"], 503);
    assert_eq!(upstream.requests(), 3);
}

#[test]
fn the_trace_of_a_request_goes_on_to_those_that_are_sent_for_it() {
    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let upstream = Upstream::http();
    let site = Site::new();
    let url = at(&upstream, "/seen");
    let asked = json!([{ "url": url }, { "url": url }, { "url": url, "is_untraced": true }]);
    let outcomes = site.post("/send", &asked, &[("traceparent", PARENT), ("tracestate", "a=1")]).is(200).json();
    let parent = |outcome: &Value| {
        let lines = outcome["text"].as_str().unwrap().lines();
        lines.filter_map(|line| line.strip_prefix("traceparent: ")).map(str::to_owned).next()
    };
    let (one, two) = (parent(&outcomes[0]).unwrap(), parent(&outcomes[1]).unwrap());
    for parent in [&one, &two] {
        assert_eq!((&parent[..36], &parent[52..]), (&PARENT[..36], "-01"), "{parent}");
        assert_ne!(parent, PARENT);
    }
    assert_ne!(one, two);
    assert!(outcomes[0]["text"].as_str().unwrap().contains("tracestate: a=1\n"));
    assert_eq!(parent(&outcomes[2]), None);
    // The next request has no trace, and nothing is left of this one's.
    assert_eq!(parent(&site.send(json!({ "url": url }))), None);
}

#[test]
fn a_component_that_sends_no_requests_asks_the_host_for_nothing_more() {
    let asks = |component: &std::path::Path| {
        let bytes = fs_err::read(component).unwrap();
        let name = b"wasi:http/outgoing-handler@";
        bytes.windows(name.len()).any(|window| window == name)
    };
    assert!(asks(CLIENT.component()));
    assert!(!asks(HANDLER.component()));
}

#[test]
fn the_example_passes_its_own_tests() {
    FETCH.passes_its_own_tests();
}

#[test]
fn the_example_asks_all_shops_at_once_and_names_the_silent_ones() {
    let upstream = Upstream::http();
    let shops = ["/price/31", "/never", "/price/7", "/bytes/10"].map(|path| at(&upstream, path));
    let configuration = format!(
        "[server]\nhttp_allowed = [\"127.0.0.1:*\"]\nhttp_allow_private = true\n[server.env]\nSHOPS = {:?}\n",
        shops.join(" ")
    );
    let (_directory, mut command) = FETCH.deployed(&configuration);
    let server = Server::start(&mut command);
    let reply = server.ask_for("/cheapest/tea").is(200).json();
    assert_eq!(reply, json!({ "price": 7, "shop": shops[2], "silent": [shops[1], shops[3]] }));
    assert_eq!(server.ask_for("/price/0/tea").is(200).text(), "31");
    server.ask_for("/price/1/tea").is_problem(504);
    server.ask_for("/price/3/tea").is_problem(502);
    server.ask_for("/price/9/tea").is_problem(404);
    server.ask_for(&format!("/preview?url={}", at(&upstream, "/ok"))).is_problem(400);
    let order = Body::Length(br#"{"item":"tea","count":1}"#);
    let reply = server.ask("POST", "/orders", &[("content-type", "application/json")], order).is(201);
    assert_eq!(reply.json(), json!({ "shop_says": "31" }));
    // The log says what the client is not told.
    server.says("it took too long");
}
