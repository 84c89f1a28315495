//! `#[field(…)]`: the rules are checked, told with their places, and said in the schema.
#![allow(clippy::unwrap_used, reason = "a test")]

mod schemas;

use std::collections::BTreeMap;

use mik_sdk::json;
use mik_sdk::prelude::*;

/// Where something is wrong, and what; in one text.
fn violations<T: Type + mik_sdk::__private::serde::de::DeserializeOwned>(text: &str) -> Vec<String> {
    let problem = json::parse::<T>(text.as_bytes()).err().unwrap();
    assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY, "{problem:?}");
    let problem: json::Value = json::parse(problem.to_json().as_bytes()).unwrap();
    let errors = problem["errors"].as_array().unwrap().iter();
    errors.map(|it| format!("{} {}", it["pointer"].as_str().unwrap(), it["detail"].as_str().unwrap())).collect()
}

#[derive(Type)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Order {
    #[field(min = 2, max = 4)]
    short_name: String,
    #[field(min = 1, max = 10)]
    count: Option<u8>,
    #[field(min = -0.5, max = 1)]
    share: f64,
    #[field(min = 1, max_items = 2, unique)]
    tags: Vec<String>,
    #[field(max = 1)]
    notes: BTreeMap<String, Line>,
    #[field(format = "email", max_length = 20)]
    email: Option<String>,
    #[field(pattern = "^[A-Z]+$")]
    code: String,
    #[serde(flatten)]
    line: Line,
    payment: Payment,
    node: Option<Box<Node>>,
}

#[derive(Type)]
#[allow(dead_code)]
struct Line {
    #[field(min = 1)]
    amount: u32,
}

#[derive(Type)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code)]
enum Payment {
    Cash,
    Card {
        #[field(min_length = 4)]
        number: String,
    },
    Voucher(#[field(max = 3)] String),
    Both(Line, #[field(max = 9)] u8),
}

#[derive(Type)]
#[allow(dead_code)]
struct Node {
    #[field(max = 5)]
    value: i64,
    next: Vec<Node>,
}

const RIGHT: &str = r#"{"shortName":"äöüß","count":1,"share":-0.5,"tags":["a","b"],"notes":{},"email":"a@b.example",
    "code":"AB","amount":1,"payment":{"card":{"number":"1234"}},"node":{"value":5,"next":[]}}"#;

#[test]
fn a_value_that_keeps_to_its_rules_is_read() {
    assert!(json::parse::<Order>(RIGHT.as_bytes()).is_ok());
}

#[test]
fn every_violation_is_told_with_its_pointer() {
    let wrong = r#"{"shortName":"äöüßx","count":11,"share":1.5,"tags":["a","b","a"],
        "notes":{"a/b":{"amount":0},"c":{"amount":1}},"email":"nobody at all, really","code":"AbC","amount":0,
        "payment":{"card":{"number":"1"}},
        "node":{"value":6,"next":[{"value":1,"next":[]},{"value":7,"next":[{"value":99999999999999999999,"next":[]}]}]}}"#;
    assert_eq!(
        violations::<Order>(wrong),
        [
            "/node/next/1/next/0/value must be at most 9223372036854775807",
            "/shortName must have at most 4 characters",
            "/count must be at most 10",
            "/share must be at most 1",
            "/tags must have at most 2 items",
            "/tags must not have two equal items",
            "/notes must have at most 1 item",
            "/notes/a~1b/amount must be at least 1",
            "/email must have at most 20 characters",
            "/email must be an email address",
            "/code must match `^[A-Z]+$`",
            "/amount must be at least 1",
            "/payment/card/number must have at least 4 characters",
            "/node/value must be at most 5",
            "/node/next/1/value must be at most 5",
        ]
    );
}

#[test]
fn what_a_variant_carries_is_checked() {
    for (payment, expected) in [
        (r#"{"voucher":"1234"}"#, &["/voucher must have at most 3 characters"][..]),
        (r#"{"both":[{"amount":0},10]}"#, &["/both/0/amount must be at least 1", "/both/1 must be at most 9"]),
    ] {
        assert_eq!(violations::<Payment>(payment), expected);
    }
    assert!(json::parse::<Payment>(br#""cash""#).is_ok());
}

#[test]
fn a_tag_is_where_serde_puts_it() {
    #[derive(Type)]
    #[serde(tag = "kind")]
    #[allow(dead_code)]
    enum Inside {
        A {
            #[field(max = 1)]
            x: u8,
        },
        B(Line),
    }
    #[derive(Type)]
    #[serde(tag = "kind", content = "of")]
    #[allow(dead_code)]
    enum Beside {
        A(#[field(max = 1)] u8),
    }
    #[derive(Type)]
    #[serde(untagged)]
    #[allow(dead_code)]
    enum Nowhere {
        A(#[field(max = 1)] u8),
        B(String),
    }
    assert_eq!(violations::<Inside>(r#"{"kind":"A","x":2}"#), ["/x must be at most 1"]);
    assert_eq!(violations::<Inside>(r#"{"kind":"B","amount":0}"#), ["/amount must be at least 1"]);
    assert_eq!(violations::<Beside>(r#"{"kind":"A","of":2}"#), ["/of must be at most 1"]);
    assert_eq!(violations::<Nowhere>("2"), [" must be at most 1"]);
}

#[test]
fn a_number_that_was_out_of_range_is_told_once() {
    #[derive(Type)]
    #[allow(dead_code)]
    struct Small {
        #[field(min = 1)]
        a: u8,
        #[field(max = 7)]
        b: i8,
    }
    assert_eq!(violations::<Small>(r#"{"a":-1,"b":9}"#), ["/a must be at least 0", "/b must be at most 7"]);
}

#[test]
fn a_query_and_a_path_name_the_parameter() {
    #[derive(Query)]
    #[allow(dead_code)]
    struct List {
        #[field(default = 20, min = 1, max = 100)]
        limit: u32,
        #[field(default, max_items = 2)]
        tag: Vec<Tag>,
    }
    #[derive(Type)]
    struct Tag(#[field(max = 3)] String);
    #[derive(Path)]
    #[allow(dead_code)]
    struct Place {
        #[field(min = 1)]
        shelf: u32,
    }
    routes! {
        GET "/lists/{shelf}" => list,
        GET "/tags/{tag}" => tag,
        GET "/pairs/{left}/{right}" => pair,
    }
    fn list(_: Path<Place>, _: Query<List>) {}
    fn tag(Path(tag): Path<Tag>) -> String {
        tag.0
    }
    fn pair(_: Path<(u8, Tag)>) {}
    let errors = |target: &str, status: u16| {
        let response = testing::get(target).send(handle);
        assert_eq!(response.status().as_u16(), status, "{:?}", response.text());
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
        let problem: json::Value = response.json().unwrap();
        problem["errors"].to_string()
    };
    assert_eq!(testing::get("/lists/1?limit=100&tag=a").send(handle).status(), StatusCode::NO_CONTENT);
    assert_eq!(errors("/lists/0", 422), r#"[{"detail":"must be at least 1","parameter":"shelf"}]"#);
    assert_eq!(
        errors("/lists/1?limit=0&tag=abcd&tag=a&tag=b", 422),
        r#"[{"detail":"must be at least 1","parameter":"limit"},{"detail":"must have at most 2 items","parameter":"tag"},{"detail":"must have at most 3 characters","parameter":"tag"}]"#
    );
    assert_eq!(errors("/tags/abcd", 422), r#"[{"detail":"must have at most 3 characters","parameter":"tag"}]"#);
    assert_eq!(errors("/pairs/1/abcd", 422), r#"[{"detail":"must have at most 3 characters","parameter":"right"}]"#);
    // What cannot be read at all is another thing.
    assert_eq!(errors("/lists/1?limit=4294967296", 400), "null");
}

#[test]
fn more_json_than_is_read_is_a_413() {
    routes! {
        POST "/lists" => list,
    }
    fn list(Json(list): Json<Vec<u8>>) -> String {
        list.len().to_string()
    }
    let body = |spaces: usize| format!("[1{}]", " ".repeat(spaces));
    let post =
        |spaces| testing::post("/lists").header("content-type", "application/json").body(body(spaces)).send(handle);
    assert_eq!(post(json::MAX_SIZE - 3).text(), Some("1"));
    let response = post(json::MAX_SIZE - 2);
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(response.text().unwrap().contains("1000000 bytes"), "{response:?}");
}

#[test]
fn many_violations_below_a_long_key_are_not_each_told_with_it() {
    #[derive(Type)]
    #[allow(dead_code)]
    struct Code(#[field(max = 2)] String);

    let key = "k".repeat(200_000);
    let codes = format!(r#"{{"{key}": [{}]}}"#, ["\"abc\""; 90].join(","));
    let numbers = format!(r#"{{"{key}": [{}]}}"#, ["256"; 90].join(","));
    for problem in [
        json::parse::<BTreeMap<String, Vec<Code>>>(codes.as_bytes()).err().unwrap(),
        json::parse::<BTreeMap<String, Vec<u8>>>(numbers.as_bytes()).err().unwrap(),
    ] {
        let told = problem.to_json();
        assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.len() < 1_000_000 && told.ends_with("\"truncated\":true}"), "{} bytes", told.len());
    }
}

/// Text that `serde` is told how to read and write, in both ways at once or in one.
mod as_it_is {
    use mik_sdk::__private::serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

#[test]
fn what_is_converted_keeps_to_the_rules_of_its_type_all_the_same() {
    #[derive(Type)]
    #[allow(dead_code)]
    struct Code(#[field(max = 2)] String);

    #[derive(Type)]
    #[allow(dead_code)]
    struct Converted {
        #[serde(serialize_with = "as_it_is::serialize")]
        written: Code,
        #[serde(deserialize_with = "as_it_is::deserialize")]
        read: Option<Code>,
        #[serde(with = "as_it_is")]
        both: Vec<Code>,
        #[serde(with = "as_it_is")]
        foreign: std::time::Duration,
    }

    let text = r#"{ "written": "abc", "read": "abc", "both": ["a", "abc"], "foreign": { "secs": 1, "nanos": 0 } }"#;
    let says = "must have at most 2 characters";
    assert_eq!(violations::<Converted>(text), ["/written", "/read", "/both/1"].map(|place| format!("{place} {says}")));
}

#[test]
fn a_limit_of_a_small_float_is_itself_within_the_limit() {
    #[derive(Type)]
    #[allow(dead_code)]
    struct Share {
        #[field(min = 0.7, max = 0.7)]
        share: f32,
        #[field(max = 16777217)]
        count: f32,
    }

    assert!(json::parse::<Share>(br#"{ "share": 0.7, "count": 16777217 }"#).is_ok());
    let wrong = violations::<Share>(r#"{ "share": 0.71, "count": 16777219 }"#);
    assert_eq!(wrong, ["/share must be at most 0.7", "/count must be at most 16777217"]);
    assert_eq!(violations::<Share>(r#"{ "share": 0.69, "count": 0 }"#), ["/share must be at least 0.7"]);
}
