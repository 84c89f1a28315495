//! Every way in which a guest can fail, in one table: what its client gets, and that the next request to the same module
//! and one to another are answered. Never an empty reply, and the log says of each why.

use mik_tests::guest::{HANDLER, PROBE, PROBE_P3};
use mik_tests::{Body, Server, Site};

/// What the client gets.
#[derive(Clone, Copy)]
enum Gets {
    /// A problem of this status and name.
    Problem(u16, &'static str),
    /// The head of a response, and then the end of the connection instead of the body's.
    Cut,
    /// Either of the two, by what the guest manages to send before it fails: a problem of this name, or a cut.
    Broken(&'static str),
    /// A whole response with this body: the guest fails when nobody is hurt by it any more.
    Whole(&'static str),
}

use Gets::{Broken, Cut, Problem, Whole};

/// What fails at once.
const QUICK: &[(&str, Gets)] = &[
    // Before the head.
    ("/run/probe/trap", Problem(500, "trap")),
    ("/run/probe/recurse", Problem(500, "trap")),
    ("/run/probe/resources/20000", Problem(500, "trap")),
    ("/run/probe/status/99", Problem(500, "trap")),
    ("/run/probe/status/1000", Problem(500, "trap")),
    ("/run/probe/never-set", Problem(500, "no-response")),
    ("/run/probe/error", Problem(502, "invalid-response")),
    ("/run/probe/status/101", Problem(502, "invalid-response")),
    ("/run/probe/status/103", Problem(502, "invalid-response")),
    ("/run/probe/memory", Problem(507, "memory-limit")),
    ("/run/p3/trap", Problem(500, "trap")),
    ("/run/p3/error", Problem(502, "invalid-response")),
    ("/run/p3/status/103", Problem(502, "invalid-response")),
    ("/run/unreachable/", Problem(500, "trap")),
    ("/run/divides-by-zero/", Problem(500, "trap")),
    ("/run/out-of-bounds/", Problem(500, "trap")),
    ("/run/calls-nothing/", Problem(500, "trap")),
    ("/run/recurses/", Problem(500, "trap")),
    ("/run/grows-tables/", Problem(500, "trap")),
    ("/run/drops-what-is-not-there/", Problem(500, "trap")),
    ("/run/returns/", Problem(500, "no-response")),
    // Before there is anything to fail.
    ("/run/start-traps/", Problem(500, "start")),
    ("/run/start-is-too-large/", Problem(507, "memory-limit")),
    // With the head out, or about to be.
    ("/run/probe/trap-after-head", Broken("trap")),
    ("/run/probe/length/0", Broken("invalid-response")),
    ("/run/probe/trap-in-body/100", Cut),
    ("/run/p3/trap-in-body/100", Cut),
    ("/run/probe/length/99", Cut),
    ("/run/probe/unfinished", Cut),
    ("/run/probe/too-long", Whole(HUNDRED)),
    // With everything out.
    ("/run/probe/trap-after-body", Whole("all of it\n")),
    ("/run/probe/loop-after-body", Whole("all of it\n")),
    ("/run/p3/loop-after-body", Whole("all of it\n")),
];

/// What fails when its time is up.
const SLOW: &[(&str, Gets)] = &[
    ("/run/probe/loop", Problem(504, "deadline")),
    ("/run/probe/flood", Problem(504, "deadline")),
    ("/run/probe/sleep/3600000", Problem(504, "deadline")),
    ("/run/probe/loop-in-body", Cut),
    ("/run/p3/loop", Problem(504, "deadline")),
    ("/run/p3/sleep/3600000", Problem(504, "deadline")),
    ("/run/loops/", Problem(504, "deadline")),
    ("/run/start-loops/", Problem(504, "deadline")),
];

/// As many as it announced, of the 150 that it wrote.
const HUNDRED: &str = concat!(
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
);

/// Guests that are nothing but a few instructions: what they do as they start, and when they are asked.
const WRITTEN: &[(&str, &str)] = &[
    ("unreachable", "(func (export \"handle\") (param i32 i32) unreachable)"),
    ("divides-by-zero", "(func (export \"handle\") (param i32 i32) (drop (i32.div_u (i32.const 1) (i32.const 0))))"),
    (
        "out-of-bounds",
        "(memory 1) (func (export \"handle\") (param i32 i32) (i32.store (i32.const 0x7fffffff) (i32.const 0)))",
    ),
    (
        "calls-nothing",
        "(table 1 funcref) (type $none (func))
         (func (export \"handle\") (param i32 i32) (call_indirect (type $none) (i32.const 0)))",
    ),
    ("recurses", "(func $deeper (export \"handle\") (param i32 i32) (call $deeper (local.get 0) (local.get 1)))"),
    (
        "grows-tables",
        "(table 1 funcref)
         (func (export \"handle\") (param i32 i32)
           (loop $more
             (br_if $more (i32.ge_s (table.grow (ref.null func) (i32.const 10000)) (i32.const 0))))
           unreachable)",
    ),
    ("drops-what-is-not-there", "(func (export \"handle\") (param i32 i32) (call $drop (i32.const 12345)))"),
    ("returns", "(func (export \"handle\") (param i32 i32))"),
    ("loops", "(func (export \"handle\") (param i32 i32) (loop $on (br $on)))"),
    ("start-traps", "(func (export \"handle\") (param i32 i32)) (func $start unreachable) (start $start)"),
    ("start-loops", "(func (export \"handle\") (param i32 i32)) (func $start (loop $on (br $on))) (start $start)"),
    ("start-is-too-large", "(memory 2000) (func (export \"handle\") (param i32 i32))"),
];

/// A component with this code that answers HTTP, as far as its type is concerned.
fn written(code: &str) -> Vec<u8> {
    let component = format!(
        r#"(component
            (import "wasi:http/types@0.2.0" (instance $types
                (export "incoming-request" (type (sub resource)))
                (export "response-outparam" (type (sub resource)))))
            (alias export $types "incoming-request" (type $request))
            (alias export $types "response-outparam" (type $outparam))
            (core func $drop (canon resource.drop $request))
            (core module $code (import "host" "drop" (func $drop (param i32))) {code})
            (core instance $code (instantiate $code (with "host" (instance (export "drop" (func $drop))))))
            (func $handle (param "request" (own $request)) (param "response-out" (own $outparam))
                (canon lift (core func $code "handle")))
            (instance $handler (export "handle" (func $handle)))
            (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))"#
    );
    wat::parse_str(component).unwrap()
}

#[test]
fn whatever_a_guest_does_its_client_has_an_answer_and_the_next_request_too() {
    let mut site = Site::new("[server]\nexecution_timeout_secs = 10\nmemory_limit_mb = 64\n")
        .with("probe", &PROBE)
        .with("p3", &PROBE_P3)
        .with("other", &HANDLER);
    for (name, code) in WRITTEN {
        site = site.with_component(name, written(code));
    }
    let server = site.serve();
    std::thread::scope(|scope| {
        for row in SLOW {
            let server = &server;
            scope.spawn(move || check(server, row));
        }
        for row in QUICK {
            check(&server, row);
        }
    });
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
}

/// One row of the table.
fn check(server: &Server, (target, gets): &(&str, Gets)) {
    let id = target.replace('/', "-");
    let raw =
        server.raw(format!("GET {target} HTTP/1.1\r\nhost: a\r\nx-request-id: {id}\r\nconnection: close\r\n\r\n"));
    let is_cut = || raw.starts_with("HTTP/1.1 200 ") && !raw.ends_with("0\r\n\r\n") && !raw.ends_with(HUNDRED);
    match gets {
        Problem(status, name) => assert_problem(&raw, *status, name, &id),
        Cut => assert!(is_cut(), "{target}: {raw}"),
        Broken(_) if is_cut() => {}
        Broken(name) => assert_problem(&raw, if *name == "trap" { 500 } else { 502 }, name, &id),
        Whole(body) => {
            assert!(raw.starts_with("HTTP/1.1 200 "), "{target}: {raw}");
            assert!(raw.contains(body) && (raw.ends_with(body) || raw.ends_with("0\r\n\r\n")), "{target}: {raw}");
        }
    }
    assert!(raw.to_lowercase().contains(&format!("x-request-id: {id}\r\n")), "{target}: {raw}");

    // The same module, where it ever answers, and another one.
    for well in ["/run/probe/ok", "/run/p3/ok"] {
        if target.starts_with(well.trim_end_matches("ok")) {
            assert_eq!(server.ask_for(well).is(200).text(), "ok\n", "{target}");
        }
    }
    assert_eq!(server.ask_for("/run/other/").is(200).text(), "home", "{target}");
    // Whoever runs the server is told, with the client's name for the request.
    server.says(&format!("(request {id})"));
}

#[track_caller]
fn assert_problem(raw: &str, status: u16, name: &str, id: &str) {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{id}: {raw:?}"));
    assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{raw}");
    assert!(head.contains("content-type: application/problem+json\r\n"), "{raw}");
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["type"], format!("urn:mik:error:{name}"), "{raw}");
    assert_eq!((&problem["status"], &problem["request_id"]), (&status.into(), &id.into()), "{raw}");
    assert_eq!(problem["instance"], format!("urn:mik:request:{id}"), "{raw}");
}

#[test]
fn what_a_guest_may_not_send_its_own_call_refuses() {
    let server = PROBE.shared();
    for name in ["connection", "transfer-encoding", "keep-alive", "upgrade", "host", "x(a", "x@a"] {
        let reply = server.raw(format!("GET /header?{name} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"));
        assert!(reply.starts_with("HTTP/1.1 200 ") && reply.contains("Err(HeaderError::"), "{name}: {reply}");
    }
    assert_eq!(server.ask_for("/header?x-fine").is(200).text(), "Ok(())\n");
}

#[test]
fn a_guest_can_set_many_headers_and_not_any_number_of_them() {
    let server = PROBE.shared();
    let headers = |count| server.raw(format!("GET /headers/{count} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"));
    let raw = headers(500);
    assert!(raw.starts_with("HTTP/1.1 200 "), "{raw}");
    assert_eq!(raw.matches("\r\nx-").count(), 500 + 1, "{raw}");
    assert!(headers(100_000).starts_with("HTTP/1.1 500 "));
    assert_eq!(server.ask_for("/ok").is(200).text(), "ok\n");
}

#[test]
fn a_problem_is_for_a_head_request_too_and_has_no_body() {
    let server = PROBE.shared();
    let reply = server.ask("HEAD", "/trap", &[], Body::None).is(500);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert!(reply.header("content-length").is_some_and(|length| length != "0"));
}
