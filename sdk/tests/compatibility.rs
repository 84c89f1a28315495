//! A handler that was written for mik-sdk 0.1 compiles, and answers as it did.

#![deny(warnings)]
#![allow(dead_code, unreachable_pub, reason = "what a crate of its own exports is not exported here")]

#[path = "../../tests/guests/earlier/src/lib.rs"]
mod earlier;

use earlier::handle;
use mik_sdk::json::Value;
use mik_sdk::prelude::*;

fn json_of(call: testing::Call) -> (u16, Value) {
    let response = call.send(handle);
    (response.status().as_u16(), response.json().unwrap_or_default())
}

#[test]
fn alternatives_are_one_route() {
    for path in ["/", "", "/?a=b"] {
        assert_eq!(json_of(testing::get(path)), (200, json!({ "message": "Welcome!", "version": "0.1.0" })));
    }
    for path in ["/old", "/older"] {
        let response = testing::get(path).send(handle);
        assert_eq!((response.status(), response.header("location")), (StatusCode::FOUND, Some("/items")));
    }
    let response = testing::get("/elsewhere?page=2").send(handle);
    assert_eq!((response.status().as_u16(), response.header("location")), (308, Some("/items?page=2")));
}

#[test]
fn inputs_are_typed_in_the_route_and_checked() {
    let (status, body) = json_of(testing::get("/items?limit=10&sortBy=price&filter=a"));
    assert_eq!(status, 200);
    let expected = json!({
        "page": 1, "limit": 10, "sort_by": "price", "share": 3.0, "is_first": true, "filter": "a", "nothing": null,
        "nested": { "items": ["one", "price", 3] },
    });
    assert_eq!(body, expected);
    assert_eq!(json_of(testing::get("/items?limit=1000")).0, 422);
    assert_eq!(json_of(testing::get("/items?page=one")).0, 400);
    let place = json_of(testing::get("/shelves/a%2Fb/7"));
    assert_eq!(place, (200, json!({ "shelf": "a/b", "number": 7 })));
    assert_eq!(json_of(testing::get("/items/1")), (200, json!({ "id": "1", "name": "Lamp" })));
    assert_eq!(json_of(testing::get("/items/one")).0, 400);
    let (status, problem) = json_of(testing::get("/items/7"));
    assert_eq!((status, &problem["detail"]), (404, &json!("There is no item 7")));
    let (status, body) = json_of(testing::put("/items/2").json(&json!({ "name": "Stool", "price": 7 })));
    assert_eq!((status, body), (200, json!({ "item": { "id": "2", "name": "Stool", "price": 7 } })));
    assert_eq!(json_of(testing::put("/items/9").json(&json!({ "name": "Stool", "price": 7 }))).0, 404);
}

#[test]
fn what_is_made_says_where_it_is() {
    let response = testing::post("/items").json(&json!({ "name": "Lamp", "price": 7, "tags": ["new"] })).send(handle);
    let body: Value = response.json().unwrap();
    let id = body["id"].as_str().unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.header("location"), Some(format!("/items/{id}").as_str()));
    assert_eq!((&body["first_tag"], id.len()), (&json!("new"), 36));
    for (body, expected) in [
        (json!({ "name": " Lamp", "price": 7 }), 400),
        (json!({ "name": "Lamp", "price": 7_000_000 }), 422),
        (json!({ "name": "", "price": 7 }), 422),
        (json!({ "name": "Lamp" }), 400),
    ] {
        assert_eq!(json_of(testing::post("/items").json(&body)).0, expected, "{body}");
    }
}

#[test]
fn json_is_looked_into_without_a_type() {
    let body = json!({ "name": "Ada", "address": { "city": "London" }, "tags": ["a", "b"], "flags": { "vip": true } });
    let (status, body) = json_of(testing::post("/search").json(&body));
    let reply = json!({
        "name": "Ada", "city": "London", "age": -1, "tags": ["a", "b"], "second": "b", "vip": true, "nothing": null,
        "fields": 4,
    });
    assert_eq!((status, body), (200, json!({ "reply": reply, "is_null": true })));
    let broken = testing::post("/search").header("content-type", "application/json").body("{");
    assert_eq!(json_of(broken).1["detail"], "That is not JSON");
    assert_eq!(json_of(testing::post("/search").body("{}")).1["detail"], "Send JSON");
}

#[test]
fn forms_and_bodies_are_read() {
    let form = testing::post("/totals")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("amount=1&amount=20&currency=CHF");
    let expected = json!({ "total": 21, "currency": "CHF", "type": "application/x-www-form-urlencoded" });
    assert_eq!(json_of(form), (200, expected));
    assert_eq!(testing::post("/jobs").send(handle).status(), StatusCode::ACCEPTED);
    assert_eq!(json_of(testing::post("/jobs").body("abc")), (202, json!({ "bytes": 3 })));
}

#[test]
fn errors_are_problems() {
    for (call, status, detail) in [
        (testing::delete("/items/1"), 409, json!("Somebody is buying it")),
        (testing::delete("/items/2"), 403, json!(null)),
        (testing::delete("/items/9"), 404, json!("There is no item 9")),
        (testing::get("/errors/bad"), 400, json!("It makes no sense")),
        (testing::get("/errors/gone"), 410, json!(null)),
    ] {
        let (is, problem) = json_of(call);
        assert_eq!((is, &problem["detail"]), (status, &detail));
    }
    assert_eq!(testing::delete("/items/3").send(handle).status(), StatusCode::NO_CONTENT);
    let expected = json!({
        "type": "urn:shop:validation", "title": "Validation Error", "status": 422, "detail": "Invalid input",
        "instance": "/errors/full", "field": "email", "limits": { "max": 7 },
    });
    assert_eq!(json_of(testing::get("/errors/full?a=b")), (422, expected));
}

#[test]
fn lists_are_taken_apart() {
    let expected = json!({ "ids": [1, 2], "buyers": ["Ada", "Bob"], "tags": ["x", "y z"], "count": 2 });
    assert_eq!(json_of(testing::get("/identifiers?tag=x&tag=y+z")), (200, expected));
    assert_eq!(json_of(testing::get("/sizes")), (200, json!({ "sizes": ["small", "large"] })));
}

#[test]
fn the_host_is_asked_by_the_same_names() {
    let (status, body) = json_of(testing::get("/clock"));
    assert_eq!((status, &body["is_late"], &body["token"]), (200, &json!(false), &json!(16)));
}
