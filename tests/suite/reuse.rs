//! Instances that answer more than one request: how many, and which never do.

use std::time::{Duration, Instant};

use mik_tests::guest::{PROBE, PROBE_P3};
use mik_tests::{Body, Server, Site, wait_until};

fn site(configuration: &str) -> Site {
    Site::new(&format!("[server]\n{configuration}\n")).with("probe", &PROBE).with("p3", &PROBE_P3)
}

/// The how manieth request of its instance this one was.
#[track_caller]
fn nth(server: &Server, module: &str) -> u32 {
    server.ask_for(&format!("/run/{module}/nth/10")).is(200).text().trim().parse().unwrap()
}

#[test]
fn every_request_has_an_instance_of_its_own_unless_told_otherwise() {
    let server = site("").serve();
    for module in ["probe", "p3"] {
        for _ in 0..20 {
            assert_eq!(nth(&server, module), 1);
        }
    }
}

#[test]
pub(crate) fn an_instance_answers_as_many_requests_as_it_may_and_one_at_a_time() {
    let server = site("instance_reuse = 3").serve();
    for module in ["probe", "p3"] {
        let mut most = 0;
        wait_until("an instance has answered three requests", || {
            let nth = nth(&server, module);
            assert!(nth <= 3, "{module}: {nth}");
            most = most.max(nth);
            most == 3
        });
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        assert!(nth(&server, module) <= 3);
                    }
                });
            }
        });
    }
    assert_eq!(server.stop().code, Some(0));
}

/// The name of the instance that answers, which then does something.
#[track_caller]
fn identity(server: &Server, then: u32) -> String {
    server.ask_for(&format!("/run/probe/identity/{then}")).is(200).text().to_owned()
}

#[test]
fn an_instance_that_another_request_should_not_find_answers_none() {
    let server = site("instance_reuse = 1000\nexecution_timeout_secs = 10").serve();
    server.compiles("/run/probe/ok");
    // One that did nothing wrong does.
    let good = identity(&server, 0);
    wait_until("the instance answers again", || identity(&server, 0) == good);
    // It trapped, it never ends, it was denied memory, it keeps resources, it keeps a request.
    for then in 1..=5 {
        let bad = identity(&server, then);
        for _ in 0..30 {
            assert_ne!(identity(&server, 0), bad, "{then}");
        }
    }
}

#[test]
fn what_is_a_requests_own_stays_so_in_an_instance_of_many() {
    let server = site("instance_reuse = 1000000\nexecution_timeout_secs = 3").serve();
    server.compiles("/run/probe/ok");
    server.compiles("/run/p3/ok");
    // Its time: an instance may live longer than any of its requests.
    let (begin, first) = (Instant::now(), identity(&server, 0));
    wait_until("the instance outlives a request's time", || {
        identity(&server, 0) == first && begin.elapsed() > Duration::from_secs(4)
    });
    server.ask_for("/run/probe/loop").is_failure(504, "deadline");
    server.ask_for("/run/p3/loop").is_failure(504, "deadline");
    server.ask_for("/run/p3/ok").is(200);
    // Its lines, the unfinished one too, and as many of them as any other's.
    for id in ["first", "second", "third"] {
        let id_header = [("x-request-id", id)];
        server.ask("GET", "/run/probe/print-unfinished", &id_header, Body::None).is(200);
        server.says(&format!("probe {id} | unfinished"));
        server.ask("GET", "/run/probe/print/5000", &id_header, Body::None).is(200);
        server.says(&format!("probe {id} | out 4999"));
    }
}

#[test]
fn a_body_that_is_not_finished_is_cut_at_once_in_an_instance_of_many() {
    let server = site("instance_reuse = 1000\nexecution_timeout_secs = 3600").serve();
    server.ask_for("/run/probe/ok").is(200);
    for _ in 0..3 {
        let raw = server.raw("GET /run/probe/unfinished HTTP/1.1\r\nhost: a\r\n\r\n");
        assert!(raw.starts_with("HTTP/1.1 200 ") && !raw.ends_with("0\r\n\r\n"), "{raw}");
        server.ask_for("/run/probe/never-set").is_failure(500, "no-response");
        assert_eq!(server.ask_for("/run/probe/ok").is(200).text(), "ok\n");
    }
}

#[test]
fn an_instance_of_many_has_no_more_memory_than_any() {
    let leaks = |server: &Server| -> Vec<_> { (0..30).map(|_| server.ask_for("/run/probe/leak/10").status).collect() };
    let server = site("memory_limit_mb = 32").serve();
    assert_eq!(leaks(&server), [200; 30]);
    let server = site("memory_limit_mb = 32\ninstance_reuse = 1000").serve();
    let statuses = leaks(&server);
    assert!(statuses.contains(&507) && statuses.iter().all(|status| [200, 507].contains(status)), "{statuses:?}");
    assert_eq!(server.ask_for("/run/probe/ok").is(200).text(), "ok\n");
}
