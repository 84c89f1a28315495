//! What the handler makes of other servers' answers, without other servers.

use std::time::Duration;

use mik_sdk::http_client::{Connection, Error};
use mik_sdk::prelude::*;
use mik_sdk::testing::fetch::{self, Answer};

use super::handle;

const TEA: &str = "https://tea.example.com/price";
const COFFEE: &str = "https://coffee.example.com/price";

fn shops() -> testing::Environment {
    testing::env([("SHOPS", format!("{TEA} {COFFEE}"))])
}

#[test]
fn the_price_is_what_the_shop_says() {
    let _environment = shops();
    let _servers = fetch::expect([fetch::get(format!("{COFFEE}?item=a%26b%20%C3%BC")).answers(Json(31).into_response())]);
    testing::get("/price/1/a&b%20%C3%BC").send(handle).assert_status(200).assert_json(&json!(31));
}

#[test]
fn a_shop_that_is_busy_is_asked_again_and_nobody_waits() {
    let _environment = shops();
    let mut busy = 2;
    let servers = fetch::stub(move |_| {
        busy -= 1;
        if busy >= 0 { Answer::from(StatusCode::SERVICE_UNAVAILABLE) } else { Json(31).into_response().into() }
    });
    testing::get("/price/0/tea").send(handle).assert_status(200);
    assert_eq!(servers.requests().len(), 3);
}

#[test]
fn what_fails_there_is_a_502_or_a_504_here() {
    let _environment = shops();
    for (answer, status) in [
        (Answer::never(), 504),
        (Error::ConnectionError(Connection::Refused).into(), 502),
        (StatusCode::INTERNAL_SERVER_ERROR.into(), 502),
        ("not a number".into_response().into(), 502),
        (StatusCode::NOT_FOUND.into(), 404),
    ] {
        let _servers = fetch::stub(move |_| answer.clone());
        testing::get("/price/0/tea").send(handle).assert_problem(status);
    }
}

#[test]
fn the_cheapest_is_found_among_those_that_answer_in_time() {
    let _environment = shops();
    let servers = fetch::expect([
        fetch::get(format!("{TEA}?item=tea")).answers(Answer::from(Json(1).into_response()).after(Duration::from_secs(3))),
        fetch::get(format!("{COFFEE}?item=tea")).answers(Json(7).into_response()),
    ]);
    let expected = json!({ "price": 7, "shop": COFFEE, "silent": [TEA] });
    testing::get("/cheapest/tea").send(handle).assert_status(200).assert_json(&expected);
    drop(servers);
    let _servers = fetch::stub(|_| Answer::never());
    testing::get("/cheapest/tea").send(handle).assert_problem(502);
}

#[test]
fn an_order_goes_out_as_json_with_a_key_that_stays_the_same() {
    let _environment = shops();
    let mut is_first = true;
    let servers = fetch::stub(move |_| match std::mem::take(&mut is_first) {
        true => Answer::from(Error::ConnectionError(Connection::Lost)),
        false => "thank you".into_response().into(),
    });
    let response = testing::post("/orders").json(&json!({ "item": "tea", "count": 2 })).send(handle);
    response.assert_status(201).assert_json(&json!({ "shop_says": "thank you" }));
    let sent = servers.requests();
    assert_eq!(sent[0].json::<json::Value>(), Ok(json!({ "item": "tea", "count": 2 })));
    assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"));
    testing::post("/orders").json(&json!({ "item": "tea", "count": 101 })).send(handle).assert_problem(422);
}

#[test]
fn a_page_of_this_network_is_not_shown() {
    let servers = fetch::stub(|_| "hello".into_response());
    testing::get("/preview?url=https://example.org/").send(handle).assert_status(200).assert_text("hello");
    for url in ["http://localhost/", "http://2130706433/", "http://[::ffff:10.0.0.1]/", "ftp://example.org/", "what"] {
        testing::get(format!("/preview?url={url}")).send(handle).assert_problem(400);
    }
    assert_eq!(servers.requests().len(), 1);
}
