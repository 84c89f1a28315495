//! Groups of routes in a component behind a real server, and a handler that was written for mik-sdk 0.1.

use mik_tests::guest::{EARLIER, GROUPS};
use mik_tests::{Body, Reply};

const APP: (&str, &str) = ("origin", "https://app.example");
const ADA: (&str, &str) = ("authorization", "Bearer Ada");

fn groups(method: &str, target: &str, headers: &[(&str, &str)]) -> Reply {
    GROUPS.shared().ask(method, target, headers, Body::None)
}

#[test]
fn layers_run_around_the_routes_of_their_group() {
    let reply = groups("GET", "/api/me", &[ADA]).is(200);
    assert_eq!((reply.text(), reply.header("x-content-type-options")), ("Ada", Some("nosniff")));
    let reply = groups("GET", "/api/me", &[]).is_problem(401);
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    groups("GET", "/api/admin/report", &[ADA]).is(200);
    groups("GET", "/api/admin/report", &[("authorization", "Bearer Bob")]).is_problem(403);
    let reply = groups("POST", "/api/items/7", &[ADA]).is(201);
    assert_eq!((reply.header("location"), reply.text()), (Some("/api/items/7"), r#"{"id":7,"by":"Ada"}"#));
}

#[test]
fn what_no_route_has_is_answered_by_the_fallback_inside_the_layers_of_its_group() {
    let reply = groups("GET", "/nowhere", &[]).is_problem(404);
    assert_eq!(reply.json()["detail"], "nothing is at /nowhere");
    groups("GET", "/api/nowhere", &[]).is_problem(401);
    let reply = groups("GET", "/api/nowhere", &[ADA, APP]).is_problem(404);
    assert_eq!(reply.json()["detail"], "nothing is at /api/nowhere");
    assert_eq!(reply.header("access-control-allow-origin"), Some(APP.1));
    let reply = groups("DELETE", "/api/me", &[ADA, APP]).is_problem(405);
    assert_eq!(reply.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(reply.header("access-control-allow-origin"), Some(APP.1));
}

#[test]
fn a_browser_is_told_what_pages_of_other_origins_may_do() {
    let asks = |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization"),
        ];
        groups("OPTIONS", "/api/items/7", &headers).is(204)
    };
    let reply = asks(APP.1);
    assert_eq!(reply.header("access-control-allow-origin"), Some(APP.1));
    assert_eq!(reply.header("access-control-allow-methods"), Some("POST, OPTIONS"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("authorization, content-type"));
    assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(reply.header("access-control-max-age"), Some("600"));
    let reply = asks("https://evil.example");
    assert_eq!(reply.header("access-control-allow-origin"), None);
    assert_eq!(
        reply.headers_named("vary"),
        ["origin", "access-control-request-method, access-control-request-headers"]
    );
    let reply = groups("GET", "/public/time", &[("origin", "https://evil.example")]).is(200);
    assert_eq!((reply.header("access-control-allow-origin"), reply.header("vary")), (Some("*"), None));
}

fn earlier(method: &str, target: &str, content_type: &str, body: &str) -> Reply {
    EARLIER.shared().ask(method, target, &[("content-type", content_type)], Body::Length(body.as_bytes()))
}

#[test]
fn a_handler_that_was_written_for_mik_sdk_0_1_is_built_and_served() {
    let server = EARLIER.shared();
    for path in ["/", "/?a=b"] {
        assert_eq!(server.ask_for(path).is(200).text(), r#"{"message":"Welcome!","version":"0.1.0"}"#);
    }
    assert_eq!(server.ask_for("/old").is(302).header("location"), Some("/items"));
    assert_eq!(server.ask_for("/shelves/a%2Fb/7").is(200).text(), r#"{"shelf":"a/b","number":7}"#);
    assert_eq!(server.ask_for("/items/1").is(200).text(), r#"{"id":"1","name":"Lamp"}"#);
    server.ask_for("/items/7").is_problem(404);
    server.ask_for("/items?limit=1000").is_problem(422);
    server.ask_for("/clock").is(200);
    let reply = earlier("POST", "/items", "application/json", r#"{"name":"Lamp","price":7}"#).is(201);
    let id = reply.json()["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(reply.header("location"), Some(format!("/items/{id}").as_str()));
    earlier("POST", "/items", "application/json", r#"{"name":"","price":7}"#).is_problem(422);
    let form = "application/x-www-form-urlencoded";
    let reply = earlier("POST", "/totals", form, "amount=1&amount=20").is(200);
    assert_eq!(reply.json()["total"], 21);
    let reply = earlier("POST", "/search", "application/json", r#"{"name":"Ada","tags":["a"]}"#).is(200);
    assert_eq!(reply.json()["reply"]["name"], "Ada");
}
