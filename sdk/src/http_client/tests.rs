//! Requests and their responses, against the stub: what the host sees of it is tested with the host.

use std::cell::Cell;
use std::io::Read as _;
use std::rc::Rc;
use std::time::Duration;

use super::*;
use crate::testing::fetch::{self, Answer};
use crate::{IntoResponse, StatusCode};

fn to(status: StatusCode, location: &str) -> crate::Response {
    crate::Response::new(status).with_header("location", location)
}

#[test]
fn without_a_stub_there_is_no_network_and_no_panic() {
    assert_eq!(get("https://a.example/").send(), Err(Error::NoNetwork));
    assert_eq!(get("https://a.example/").retries(3).send(), Err(Error::NoNetwork));
    assert!(matches!(post("https://a.example/").body("a").stream(), Err(Error::NoNetwork)));
}

#[test]
fn a_request_goes_out_as_it_was_made() {
    let servers = fetch::stub(|_| StatusCode::OK);
    let response = post("HTTPS://A.example:443/b?c=d e#f").header("x-a", "1").header("x-a", "2").body("body").send();
    assert_eq!(response.unwrap().url(), "https://a.example/b?c=d%20e");
    let [sent] = &servers.requests()[..] else { panic!("one request") };
    assert_eq!((sent.method(), sent.url(), sent.text()), (Method::Post, "https://a.example/b?c=d%20e", Some("body")));
    let fields: Vec<_> = sent.headers().iter().collect();
    assert_eq!(fields, [("x-a", "1"), ("x-a", "2"), ("content-length", "4")]);
}

#[test]
fn a_length_is_said_where_one_is_expected() {
    let servers = fetch::stub(|_| StatusCode::OK);
    for request in [get("http://a/"), delete("http://a/"), post("http://a/"), put("http://a/").body("")] {
        request.send().unwrap();
    }
    put("http://a/").body_chunks(["ab", "", "c"]).send().unwrap();
    let sent = servers.requests();
    let lengths: Vec<_> = sent.iter().map(|sent| sent.header("content-length")).collect();
    assert_eq!(lengths, [None, None, Some("0"), Some("0"), None]);
    assert_eq!(sent[4].text(), Some("abc"));
}

#[test]
fn json_goes_out_with_its_type_and_bytes_are_json_already() {
    let servers = fetch::stub(|_| StatusCode::OK);
    let json = br#"{"a":1}"#.to_vec();
    post("http://a/").json(&crate::json!({ "a": 1 })).send().unwrap();
    post("http://a/").json(&json).send().unwrap();
    post("http://a/").json(&json[..]).send().unwrap();
    post("http://a/").json(br#"{"a":1}"#).send().unwrap();
    for sent in servers.requests() {
        assert_eq!((sent.header("content-type"), sent.body()), (Some("application/json"), &json[..]));
    }
    post("http://a/").json(&[1_u32, 2]).send().unwrap();
    assert_eq!(servers.requests()[4].text(), Some("[1,2]"));
    let keys = std::collections::BTreeMap::from([((1, 2), 3)]);
    assert!(matches!(post("http://a/").json(&keys).send(), Err(Error::InvalidRequest(_))));
}

#[test]
fn a_header_that_could_begin_another_is_not_sent() {
    let servers = fetch::stub(|_| StatusCode::OK);
    for request in [get("http://a/").header("x", "a\r\nb: c"), get("http://a/").header("x y", "a")] {
        assert!(matches!(request.send(), Err(Error::InvalidRequest(_))));
    }
    assert!(servers.requests().is_empty());
}

#[test]
fn redirects_are_followed_within_bounds() {
    let servers = fetch::stub(|sent| match sent.url() {
        "https://a.example/" => to(StatusCode::FOUND, "/b"),
        "https://a.example/b" => to(StatusCode::TEMPORARY_REDIRECT, "//b.example/c"),
        "https://b.example/c" => "there".into_response(),
        _ => to(StatusCode::FOUND, "/circle"),
    });
    let response = get("https://a.example/").header("authorization", "secret").send().unwrap();
    assert_eq!((response.text(), response.url()), (Some("there"), "https://b.example/c"));
    let sent = servers.requests();
    assert_eq!(sent.iter().map(|sent| sent.header("authorization").is_some()).collect::<Vec<_>>(), [true, true, false]);

    assert_eq!(get("https://a.example/").redirects(0).send().unwrap().status, 302);
    assert_eq!(get("https://a.example/").redirects(1).send(), Err(Error::Redirect(Redirect::TooMany)));
    assert!(get("https://a.example/").redirects(2).send().is_ok());
    let before = servers.requests().len();
    assert_eq!(get("https://a.example/circle").send(), Err(Error::Redirect(Redirect::TooMany)));
    assert_eq!(servers.requests().len() - before, 11);
}

#[test]
fn private_hosts_are_denied_at_the_first_and_at_every_other_step() {
    let servers = fetch::stub(|_| to(StatusCode::FOUND, "http://0x7f.1/admin"));
    assert_eq!(get("http://2130706433/").deny_private_ips().send(), Err(Error::SsrfBlocked("2130706433".to_owned())));
    assert!(servers.requests().is_empty());
    assert_eq!(get("http://a.example/").deny_private_ips().send(), Err(Error::SsrfBlocked("0x7f.1".to_owned())));
    assert_eq!(servers.requests().len(), 1);
}

#[test]
fn a_response_over_its_limit_is_an_error_and_one_at_it_is_not() {
    let body = "x".repeat(5000);
    let _servers = fetch::stub(move |_| body.clone().into_response());
    assert_eq!(get("http://a/").max_response_size(5000).send().unwrap().bytes().len(), 5000);
    assert_eq!(get("http://a/").max_response_size(4999).send(), Err(Error::TooLarge { limit: Some(4999) }));
    let mut stream = get("http://a/").max_response_size(4999).stream().unwrap();
    let error = std::iter::from_fn(|| stream.chunk().map(|_| ()).err().map_or(Some(None), |it| Some(Some(it))))
        .flatten()
        .next();
    assert_eq!(error, Some(Error::TooLarge { limit: Some(4999) }));
    // It has no end, however often it is asked for.
    assert!(stream.chunk().is_err());
    let _servers = fetch::stub(|_| Response::new(200, vec![("content-length".into(), "11000000".into())], Vec::new()));
    assert!(matches!(get("http://a/").send(), Err(Error::TooLarge { .. })));
    assert!(head("http://a/").send().is_ok());
}

#[test]
fn a_stream_gives_the_body_piece_by_piece() {
    let bytes: Vec<u8> = (0..10_000_u32).map(|number| number as u8).collect();
    let body = bytes.clone();
    let _servers = fetch::stub(move |_| body.clone().into_response());
    let mut stream = get("http://a/").stream().unwrap();
    assert_eq!((stream.status(), stream.header("content-type")), (200, Some("application/octet-stream")));
    let first = stream.chunk().unwrap().unwrap();
    assert_eq!(first, bytes[..first.len()]);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, bytes[first.len()..]);
    assert_eq!(stream.chunk(), Ok(None));
}

#[test]
fn a_body_from_a_reader_goes_out_whole_and_once() {
    let bytes: Vec<u8> = (0..200_000_u32).map(|number| number as u8).collect();
    let servers = fetch::stub(|_| StatusCode::SERVICE_UNAVAILABLE);
    let response = put("http://a/").body_reader(std::io::Cursor::new(bytes.clone())).retries(3).send().unwrap();
    assert_eq!(response.status, 503);
    let [sent] = &servers.requests()[..] else { panic!("one request") };
    assert_eq!(sent.body(), bytes);

    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let outcome = put("http://a/").body_reader(Broken).send();
    assert_eq!(outcome, Err(Error::BodyError("the disk is gone".to_owned())));
}

#[test]
fn what_heals_is_repeated_and_the_rest_is_not() {
    let answers = |mut answers: Vec<Answer>| {
        answers.reverse();
        fetch::stub(move |_| answers.pop().expect("no more requests"))
    };
    let lost = || Answer::from(Error::ConnectionError(Connection::Lost));
    let servers = answers(vec![lost(), StatusCode::SERVICE_UNAVAILABLE.into(), "ok".into_response().into()]);
    assert_eq!(put("http://a/").body("again").retries(2).send().unwrap().text(), Some("ok"));
    assert!(servers.requests().iter().all(|sent| sent.text() == Some("again")));

    let servers = answers(vec![lost(), lost()]);
    assert_eq!(get("http://a/").retries(1).send(), Err(Error::ConnectionError(Connection::Lost)));
    assert_eq!(servers.requests().len(), 2);
    let servers = answers(vec![lost()]);
    assert!(post("http://a/").retries(5).send().is_err());
    assert_eq!(servers.requests().len(), 1);
    let _servers = answers(vec![lost(), StatusCode::OK.into()]);
    assert!(post("http://a/").retries_of_any_method(1).send().is_ok());
}

#[test]
fn a_pause_is_as_long_as_the_server_asks_and_never_longer_than_there_is_time() {
    let busy = || crate::Response::new(StatusCode::TOO_MANY_REQUESTS).with_header("retry-after", "5");
    let count = Rc::new(Cell::new(0));
    let counted = count.clone();
    let _servers = fetch::stub(move |_| {
        counted.set(counted.get() + 1);
        if counted.get() < 3 { busy() } else { StatusCode::OK.into_response() }
    });
    let started = transport::now();
    assert_eq!(get("http://a/").retries(5).send().unwrap().status, 200);
    assert_eq!(Duration::from_nanos(transport::now() - started), Duration::from_secs(10));
    count.set(0);
    // There is time for one pause of the two: what came last is what there is.
    assert_eq!(get("http://a/").retries(5).timeout(Duration::from_secs(9)).send().unwrap().status, 429);
    assert_eq!(count.get(), 2);
}

#[test]
fn each_timeout_has_its_own_name() {
    let _servers = fetch::stub(|sent| match sent.url() {
        "http://a/slow" => Answer::from(StatusCode::OK).after(Duration::from_secs(2)),
        _ => Answer::never(),
    });
    let second = Duration::from_secs(1);
    assert_eq!(get("http://a/").timeout(second).send(), Err(Error::Timeout { timeout_ms: Some(1000) }));
    assert_eq!(get("http://a/").first_byte_timeout(second).send(), Err(Error::FirstByteTimeout));
    assert_eq!(get("http://a/slow").first_byte_timeout(second).send(), Err(Error::FirstByteTimeout));
    assert!(get("http://a/slow").first_byte_timeout(3 * second).timeout(3 * second).send().is_ok());
    assert_eq!(get("http://a/").send(), Err(Error::Timeout { timeout_ms: Some(30_000) }));
}

#[test]
fn requests_at_once_take_as_long_as_the_slowest_and_come_in_order() {
    let servers = fetch::stub(|sent| {
        let number: u64 = sent.url().rsplit('/').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        match number {
            3 => Answer::from(Error::ConnectionError(Connection::Refused)),
            number => Answer::from(number.to_string().into_response()).after(Duration::from_secs(10 - number)),
        }
    });
    let started = transport::now();
    let outcomes = fetch_all((0..10).map(|number| get(format!("http://a/{number}"))));
    assert_eq!(Duration::from_nanos(transport::now() - started), Duration::from_secs(10));
    assert_eq!(servers.requests().len(), 10);
    for (number, outcome) in outcomes.into_iter().enumerate() {
        match number {
            3 => assert_eq!(outcome, Err(Error::ConnectionError(Connection::Refused))),
            _ => assert_eq!(outcome.unwrap().text(), Some(&*number.to_string())),
        }
    }
    assert!(fetch_all([]).is_empty());
}

#[test]
fn a_trace_goes_along_unless_it_shall_not() {
    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let servers = fetch::stub(|_| StatusCode::OK);
    trace::begin(&crate::Request::new(Method::Get, "/").with_header("traceparent", PARENT));
    get("http://a/").send().unwrap();
    get("http://a/").without_trace().send().unwrap();
    get("http://a/").header("traceparent", "mine").send().unwrap();
    let sent = servers.requests();
    assert!(sent[0].header("traceparent").is_some_and(|it| it.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-")));
    assert_ne!(sent[0].header("traceparent"), Some(PARENT));
    assert_eq!((sent[1].header("traceparent"), sent[2].header("traceparent")), (None, Some("mine")));
}

#[test]
#[should_panic(
    expected = "this request was not expected:\n  GET http://a/other\n    x-a: 1\nthese were:\n  POST http://a/\n    hello"
)]
fn a_request_that_was_not_expected_is_told_with_those_that_were() {
    let _servers = fetch::expect([fetch::post("http://a/").body("hello")]);
    let _ = get("http://a/other").header("x-a", "1").send();
}

#[test]
#[should_panic(expected = "expected requests were not sent:\n  GET http://a/second\n")]
fn a_request_that_was_expected_and_never_came_is_told() {
    let _servers = fetch::expect([fetch::get("http://a/first"), fetch::get("http://a/second")]);
    get("http://a/first").send().unwrap();
}

#[test]
fn expected_requests_are_told_apart_by_all_that_is_said_of_them() {
    let _servers = fetch::expect([
        fetch::post("http://a/").json(&crate::json!({ "a": [1, 2] })).answers(StatusCode::CREATED),
        fetch::post("http://a/").header("x-a", "1").answers(StatusCode::ACCEPTED),
        fetch::post("http://a/").body("text").answers(StatusCode::CONFLICT),
    ]);
    let status = |request: ClientRequest| request.send().unwrap().status;
    assert_eq!(status(post("http://a/").body("text")), 409);
    assert_eq!(status(post("http://a/").header("x-a", "1")), 202);
    assert_eq!(status(post("http://a/").body(" {\"a\": [1,\n2]}")), 201);
    let before = fetch::stub(|_| StatusCode::IM_A_TEAPOT);
    assert_eq!(status(get("http://a/")), 418);
    drop(before);
}

#[test]
fn what_0_1_handlers_write_still_compiles() {
    fn handler(url: &str, id: Option<&str>) -> Result<Vec<u8>> {
        let bytes: Vec<u8> = vec![1, 2];
        let token = String::from("t");
        let user_url = format!("{url}/users");
        let response = crate::fetch!(GET & user_url).deny_private_ips().with_trace_id(id).send()?;
        if response.status != 200 || response.status() >= 400 || !response.is_success() {
            return Err(Error::ResponseError(format!("status {}", response.status())));
        }
        let _: Vec<&str> = response.header_all("set-cookie");
        crate::fetch!(POST user_url, headers: { "Authorization": format!("Bearer {token}"), "X-T": token }, body: &bytes, timeout: 30000).send()?;
        crate::fetch!(PUT format!("{url}/x"), json: { "a": 1, "b": { "c": [token] } }).timeout_ms(5000).send()?;
        match get(url).body(b"raw").send() {
            Ok(response) => Ok(response.body()),
            Err(Error::Timeout { timeout_ms }) => Err(Error::Timeout { timeout_ms }),
            Err(Error::DnsError(message)) => Err(Error::Other(message.to_string())),
            Err(Error::ConnectionError(message)) => Err(Error::Other(format!("{message}"))),
            Err(error) if error.is_retryable() || error.is_client_error() => Err(error),
            Err(error) => Err(error),
        }
    }
    let servers = fetch::stub(|_| StatusCode::OK);
    assert_eq!(handler("https://a.example", Some("7")), Ok(Vec::new()));
    let sent = servers.requests();
    assert_eq!(sent[0].header("x-trace-id"), Some("7"));
    assert_eq!((sent[1].header("x-t"), sent[1].body()), (Some("t"), &[1, 2][..]));
    assert_eq!(sent[2].text(), Some(r#"{"a":1,"b":{"c":["t"]}}"#));
}
