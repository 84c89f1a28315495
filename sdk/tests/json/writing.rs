//! What is written, against what `serde_json` writes.

use std::collections::BTreeMap;

use mik_sdk::json;
use mik_sdk::prelude::*;
use proptest::prelude::*;
use serde_json::Value;

use super::{goes_round, is_same};

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\\x00-\\x7f\"\\\\]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..8).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

fn is_read_as_by_serde_json(text: &[u8]) {
    let (ours, theirs) = (json::parse::<Value>(text).ok(), serde_json::from_slice::<Value>(text).ok());
    let is_same = match (&ours, &theirs) {
        (Some(ours), Some(theirs)) => is_same(ours, theirs),
        (ours, theirs) => ours.is_none() && theirs.is_none(),
    };
    assert!(is_same, "{}: {ours:?} {theirs:?}", text.escape_ascii());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_value_is_written_as_serde_json_writes_it(value in values()) {
        let written = json::to_vec(&value).unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&written), value.to_string());
        goes_round(&value);
    }

    #[test]
    fn any_bytes_are_read_as_serde_json_reads_them(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        is_read_as_by_serde_json(&bytes);
    }

    #[test]
    fn a_text_with_one_byte_changed_is_read_as_serde_json_reads_it(value in values(), at in any::<usize>(), byte in any::<u8>()) {
        let mut text = value.to_string().into_bytes();
        let at = at % text.len();
        text[at] = byte;
        is_read_as_by_serde_json(&text);
    }
}

#[test]
fn what_json_has_no_number_for_is_null() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(json::to_vec(&number).unwrap(), serde_json::to_vec(&number).unwrap());
        assert_eq!(json::to_vec(&(number as f32)).unwrap(), b"null");
    }
}

#[test]
fn what_has_no_json_is_a_problem_in_both() {
    let odd = BTreeMap::from([(vec![1], 2)]);
    assert!(serde_json::to_vec(&odd).is_err());
    assert_eq!(json::to_vec(&odd).unwrap_err().status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[test]
fn what_the_macros_write_is_what_serde_json_writes() {
    let (text, list, nothing) = ("\u{0}\"\\\u{7f}ü🦀", [1, 2], None::<u8>);
    let response: Response =
        ok!({ "te\"xt": text, "list": list, "deep": { "nothing": nothing, "number": 1.5 }, "all": [true, null] });
    let expected = serde_json::json!({
        "te\"xt": text, "list": list, "deep": { "nothing": nothing, "number": 1.5 }, "all": [true, null]
    });
    assert_eq!(serde_json::from_slice::<Value>(response.body()).unwrap(), expected);
}
