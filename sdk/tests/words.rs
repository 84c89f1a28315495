//! Clients are told of types in the words of JSON, not of Rust.
#![allow(clippy::unwrap_used, reason = "a test")]

use mik_sdk::prelude::*;

#[derive(Type)]
struct Order {
    items: Vec<Item>,
    payment: Option<Payment>,
    at: Option<Timestamp>,
}

#[derive(Type)]
struct Item {
    count: u8,
}

#[derive(Type)]
#[serde(tag = "kind")]
enum Payment {
    Invoice { days: u8 },
}

fn detail(text: &str) -> String {
    json::parse::<Order>(text.as_bytes()).err().unwrap().detail().unwrap().to_owned()
}

#[test]
fn no_name_of_rust_is_in_a_message() {
    for (text, expected) in [
        ("[]", "expected an object, found a list"),
        (r#"{"items":1}"#, "`/items`: expected a list, found a number"),
        (r#"{"items":[1]}"#, "`/items/0`: expected an object, found a number"),
        (r#"{"items":[{"count":"1"}]}"#, "`/items/0/count`: expected an integer from 0 to 255, found a string"),
        (r#"{"items":[],"payment":"x"}"#, "`/payment`: expected an object, found a string"),
        (r#"{"items":[],"payment":{"kind":"Invoice","days":300}}"#, "expected an integer from 0 to 255, found another"),
        (r#"{"items":[],"at":"yesterday"}"#, "such as 2025-01-16T10:30:00Z, found a string that is none"),
    ] {
        let detail = detail(text);
        assert!(detail.contains(expected), "{text}: {detail}");
    }
}

#[test]
fn what_is_wrong_with_the_whole_has_no_pointer_in_its_sentence() {
    let problem = json::parse::<f64>(b"1e400").err().unwrap();
    assert!(problem.detail().unwrap().starts_with("must be at most"), "{problem:?}");
}
