//! What guests' requests may take: time, turns, connections, memory.

use std::thread;

use mik_tests::{Names, Upstream, wait_until};

use super::{Site, body, is_error, private};

#[test]
pub(crate) fn a_response_over_the_limit_is_cut_short_whether_or_not_it_says_so_before() {
    let upstream = Upstream::http();
    let configuration = private(&[upstream.address().to_string()]) + "http_max_response_mb = 1\n";
    let site = Site::new("large", &configuration);
    let (limit, over) = (1_u64 << 20, (1_u64 << 20) + 1);
    let ask = |path: String, more: &str| site.ask_with(&format!("http://{}{path}", upstream.address()), more);
    for path in [format!("/bytes/{limit}"), format!("/chunked/{limit}")] {
        assert!(ask(path, "").contains(&format!("length {limit}\n")));
    }
    is_error(&ask(format!("/bytes/{over}"), ""), &format!("HttpResponseBodySize(Some({over}))"));
    let outcome = ask(format!("/chunked/{over}"), "");
    assert!(outcome.contains(&format!("response body size exceeds limit: {limit} bytes")), "{outcome}");
    // What is only announced is not sent.
    let outcome = ask(format!("/bytes/{over}"), "&method=HEAD");
    assert!(outcome.starts_with("status 200\n") && outcome.contains("length 0\n"), "{outcome}");
}

#[test]
fn a_server_that_never_answers_costs_the_request_its_time_and_nothing_else() {
    let upstream = Upstream::http();
    let configuration = private(&[upstream.address().to_string()]) + "execution_timeout_secs = 1\n";
    let site = Site::new("patient", &configuration);
    let never = format!("/outbound?url=http://{}/never&parallel=40", upstream.address());
    for _ in 0..3 {
        site.server.ask_for(&never).is_failure(504, "deadline");
    }
    // All turns and connections were given back.
    let outcome = site.ask_with(&format!("http://{}/ok", upstream.address()), "&parallel=40");
    assert_eq!(outcome.matches("status 200").count(), 40, "{outcome}");
}

#[test]
fn a_hundred_requests_at_once_go_out_a_few_at_a_time() {
    let upstream = Upstream::http();
    // All wait for each other, however busy the machine is.
    let configuration = private(&[upstream.address().to_string()]) + "execution_timeout_secs = 300\n";
    let site = Site::new("many", &configuration);
    let (url, per_instance, per_module) = (format!("http://{}/hold", upstream.address()), 32, 64);
    thread::scope(|scope| {
        let one = scope.spawn(|| site.ask_with(&url, "&parallel=100"));
        wait_until("one instance has its share", || upstream.held().0 == per_instance);
        let others = [(); 2].map(|()| scope.spawn(|| site.ask_with(&url, "&parallel=40")));
        wait_until("the module has its share", || upstream.held().0 == per_module);
        upstream.release();
        let outcome = one.join().unwrap();
        assert_eq!(outcome.matches("status 200").count(), 100, "{outcome}");
        for other in others {
            let outcome = other.join().unwrap();
            assert_eq!(outcome.matches("status 200").count(), 40, "{outcome}");
        }
    });
    assert_eq!(upstream.held(), (0, per_module));
}

#[test]
fn connections_that_wait_to_be_used_again_make_room_for_others() {
    let upstream = Upstream::http();
    let names: Vec<_> = (0..140).map(|host| format!("h{host}.test 127.0.0.1")).collect();
    let names = Names::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let site = Site::with_names("hosts", &private(&["*.test:*".to_owned()]), &names);
    for host in 0..140 {
        assert_eq!(body(&site.ask(&format!("http://h{host}.test:{}/ok", upstream.port()))), "ok");
    }
    assert_eq!(upstream.connections(), 140);
    assert!(upstream.most_open() <= 128, "{}", upstream.most_open());
}

#[test]
fn large_bodies_stream_through_both_ways_and_wait_for_who_is_slow() {
    let upstream = Upstream::http();
    let size = 192_u64 << 20;
    let configuration = private(&[upstream.address().to_string()]) + "http_max_response_mb = 500\n";
    let site = Site::new("streams", &configuration);
    assert_eq!(body(&site.ask(&format!("http://{}/ok", upstream.address()))), "ok");
    let before = site.server.peak_memory();

    let reply = site.server.ask_for(&format!("/relay?url=http://{}/chunked/{size}", upstream.address())).is(200);
    assert_eq!(reply.body.len() as u64, size);
    thread::scope(|scope| {
        let url = format!("http://{}/hold-body", upstream.address());
        let site = &site;
        let sent = scope.spawn(move || site.ask_with(&url, &format!("&method=POST&body={size}")));
        // The server does not read yet; what it is sent has to stay where it is.
        wait_until("the request is there", || upstream.held().0 == 1);
        upstream.release();
        assert_eq!(body(&sent.join().unwrap()), size.to_string());
    });
    // The system keeps count by processor and adds up roughly: what did not grow can be a few pages less.
    let grown = site.server.peak_memory().saturating_sub(before);
    assert!(grown < size / 2, "{grown} bytes more than before");
}
