//! The SDK in a component, behind a real server: what it answers by itself, and what it gets from the host.

use mik_tests::guest::HANDLER;
use mik_tests::{Body, Reply};

fn post_json(target: &str, content_type: &str, body: &str) -> Reply {
    HANDLER.shared().ask("POST", target, &[("content-type", content_type)], Body::Length(body.as_bytes()))
}

#[test]
fn a_path_that_no_route_has_is_a_404() {
    let reply = HANDLER.shared().ask_for("/nothing/here").is_problem(404);
    assert_eq!(reply.json()["title"], "Not Found");
}

#[test]
fn a_method_that_no_route_has_is_a_405_that_says_which_there_are() {
    let server = HANDLER.shared();
    let reply = server.ask("POST", "/items/7", &[], Body::None).is_problem(405);
    assert_eq!(reply.header("allow"), Some("GET, HEAD, DELETE, OPTIONS"));
    let reply = server.ask("OPTIONS", "/items", &[], Body::None).is(204);
    assert_eq!(reply.header("allow"), Some("POST, OPTIONS"));
}

#[test]
fn json_goes_in_and_out() {
    let reply = post_json("/items", "application/json; charset=utf-8", r#"{"name":"Käse \ud83e\uddc0","count":255}"#);
    let reply = reply.is(201);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.text(), r#"{"name":"Käse 🧀","count":255}"#);
}

#[test]
fn json_that_is_wrong_is_a_400_with_line_and_column() {
    for (body, line, column) in [
        ("{\n  \"name\": \"a\",\n  \"count\": true\n}", 3, 12),
        ("{\"name\":\"a\",\"count\":1,}", 1, 23),
        ("{\"name\":\"a\",\n\"count\":\"1\"}", 2, 9),
    ] {
        let reply = post_json("/items", "application/json", body).is_problem(400);
        let problem = reply.json();
        assert_eq!((&problem["line"], &problem["column"]), (&line.into(), &column.into()), "{body}: {problem}");
    }
    post_json("/items", "application/json", "").is_problem(400);
}

#[test]
fn a_body_that_is_not_json_is_a_415() {
    post_json("/items", "text/plain", r#"{"name":"a","count":1}"#).is_problem(415);
    let body = Body::Length(br#"{"name":"a","count":1}"#);
    HANDLER.shared().ask("POST", "/items", &[], body).is_problem(415);
}

#[test]
fn a_path_parameter_that_does_not_parse_is_a_400_that_names_it() {
    let server = HANDLER.shared();
    assert_eq!(server.ask_for("/items/7").is(200).text(), "item 7");
    for wrong in ["seven", "-1", "4294967296", "7.5", "%FF"] {
        let reply = server.ask_for(&format!("/items/{wrong}")).is_problem(400);
        assert!(reply.text().contains("`id`"), "{}", reply.text());
    }
    server.ask_for("/items/100").is_problem(404);
}

#[test]
fn a_query_is_read_into_its_type() {
    let server = HANDLER.shared();
    let reply = server.ask_for("/search?q=a+b%2B&tag=x&page=2&tag=%C3%BC&unknown=1").is(200);
    assert_eq!(reply.text(), r#"{"q":"a b+","page":2,"tag":["x","ü"]}"#);
    for (target, named) in [("/search", "`q`"), ("/search?q=a&page=-1", "`page`")] {
        let reply = server.ask_for(target).is_problem(400);
        assert!(reply.text().contains(named), "{}", reply.text());
    }
}

#[test]
fn an_error_left_to_the_question_mark_is_told_to_the_log_and_not_to_the_client() {
    let server = HANDLER.shared();
    assert_eq!(server.ask_for("/sum/1,2,3").is(200).text(), "6");
    let id = [("x-request-id", "question-mark")];
    let reply = server.ask("GET", "/sum/1,two", &id, Body::None).is_problem(500);
    assert!(!reply.text().contains("digit"), "{}", reply.text());
    let line = server.says("handler question-mark |");
    assert!(line.contains("invalid digit found in string"), "{line}");
}

#[test]
fn a_panic_is_a_500_and_the_message_is_in_the_log() {
    let server = HANDLER.shared();
    let id = [("x-request-id", "the-panic")];
    let mut connection = server.open();
    let reply = connection.ask("GET", "/panic", &id, Body::None).is_failure(500, "trap");
    assert!(!reply.text().contains("asked to panic"), "{}", reply.text());
    connection.ask("GET", "/", &[], Body::None).is(200);
    server.says("handler the-panic | asked to panic");
}

#[test]
fn the_clock_is_the_hosts() {
    let seconds = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let before = seconds();
    let time = HANDLER.shared().ask_for("/time").is(200).json();
    let after = seconds();
    let now = time["seconds"].as_u64().unwrap();
    assert!((before..=after).contains(&now), "{before} {time} {after}");
    assert!((before * 1000..(after + 1) * 1000).contains(&time["millis"].as_u64().unwrap()), "{before} {time} {after}");
    assert!(time["iso"].as_str().unwrap().ends_with('Z'), "{time}");
}

#[test]
fn random_values_are_others_each_time() {
    let server = HANDLER.shared();
    let [one, other] = [(); 2].map(|()| server.ask_for("/random").is(200).json());
    for name in ["uuid", "hex", "number"] {
        assert_ne!(one[name], other[name]);
    }
    assert_eq!(one["hex"].as_str().unwrap().len(), 64);
    assert_eq!(one["uuid"].as_str().unwrap().as_bytes()[14], b'4', "{one}");
}

#[test]
fn a_log_line_is_one_json_object_with_the_request_before_it() {
    let server = HANDLER.shared();
    let text = format!("two\nlines, \"quotes\", \u{1b}[31m and {}", "more ".repeat(500));
    let id = [("x-request-id", "the-log-line")];
    server.ask("POST", "/log", &id, Body::Length(text.as_bytes())).is(204);
    let line = server.says("handler the-log-line |");
    let json = line.split_once("| ").unwrap().1;
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(json["level"], "warn");
    assert_eq!(json["message"], "a line from the handler");
    assert_eq!(json["text"], text);
    assert_eq!((&json["count"], &json["yes"]), (&3.into(), &true.into()));
    assert!(!server.log().contains("nobody asked for this"));
}
