//! The rules of types in a component, behind a real server: what breaks them never reaches a handler.

use mik_tests::guest::HANDLER;
use mik_tests::{Body, Reply};

fn post(id: &str, body: &str) -> Reply {
    let headers = [("content-type", "application/json"), ("x-request-id", id)];
    HANDLER.shared().ask("POST", "/orders", &headers, Body::Length(body.as_bytes()))
}

const ORDER: &str =
    r#"{"name":"äöüßäöüßäö","email":"ada@example.com","currency":"EUR","lines":[{"amount":100,"sizes":[0,255]}]}"#;

#[test]
fn a_body_that_keeps_to_the_rules_reaches_the_handler() {
    // Held, so that the server that is asked is the one whose log is read.
    let server = HANDLER.shared();
    assert_eq!(post("order-right", ORDER).is(200).text(), ORDER);
    server.says("handler order-right |");
}

#[test]
fn every_violation_of_a_body_is_told_and_the_handler_does_not_run() {
    let server = HANDLER.shared();
    let body = r#"{"name":"","email":"nobody","currency":"eur",
        "lines":[{"amount":101,"sizes":[]},{"amount":1,"sizes":[1,256,-1]},{"amount":101,"sizes":[]},{"amount":0,"sizes":[]}]}"#;
    let reply = post("order-wrong", body).is_problem(422);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    let problem = reply.json();
    let errors = problem["errors"].as_array().unwrap();
    let told: Vec<_> = errors
        .iter()
        .map(|error| format!("{} {}", error["pointer"].as_str().unwrap(), error["detail"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            "/lines/1/sizes/1 must be at most 255",
            "/lines/1/sizes/2 must be at least 0",
            "/name must have at least 1 character",
            "/email must be an email address",
            "/currency must match `^[A-Z]{3}$`",
            "/lines must have at most 3 items",
            "/lines must not have two equal items",
            "/lines/0/amount must be at most 100",
            "/lines/2/amount must be at most 100",
        ]
    );
    // The next request is answered after it, and its line is in the log by then.
    post("order-after", ORDER).is(200);
    server.says("handler order-after |");
    assert!(!server.log().contains("handler order-wrong |"), "{}", server.log());
}

#[test]
fn what_is_not_the_json_of_the_type_is_still_a_400_with_its_place() {
    let reply = post("order-type", "{\"name\":\"a\",\n \"email\":[]}").is_problem(400);
    let problem = reply.json();
    assert_eq!((&problem["pointer"], &problem["line"], &problem["column"]), (&"/email".into(), &2.into(), &10.into()));
}

#[test]
fn more_json_than_is_read_is_a_413() {
    let body = format!("{ORDER}{}", " ".repeat(1_000_000));
    post("order-large", &body).is_problem(413);
}

#[test]
fn a_parameter_that_breaks_a_rule_is_a_422_that_names_it() {
    let server = HANDLER.shared();
    assert_eq!(server.ask_for("/shelves/3").is(200).text(), r#"{"shelf":3,"limit":20,"since":null}"#);
    for (target, parameter, detail) in [
        ("/shelves/0", "shelf", "must be at least 1"),
        ("/shelves/1?limit=0", "limit", "must be at least 1"),
        ("/shelves/1?limit=101", "limit", "must be at most 100"),
        ("/shelves/1?since=2023-02-29", "since", "must be a date (`2024-02-29`)"),
    ] {
        let problem = server.ask_for(target).is_problem(422).json();
        assert_eq!(problem["errors"], serde_json::json!([{ "parameter": parameter, "detail": detail }]), "{target}");
    }
    server.ask_for("/shelves/one").is_problem(400);
    server.ask_for("/shelves/1?limit=4294967296").is_problem(400);
}
