//! The JSON reader and writer, against `serde_json`.
#![no_main]

use std::collections::BTreeMap;
use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use mik_fuzz::check_json_problem;
use mik_sdk::json::{self, Value};
use mik_sdk::typed::Untyped;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// How deep the reader goes. `serde_json` stops one level earlier.
const MOST_LEVELS: usize = 128;

/// Types that both readers take from the same texts.
type Plain = (
    Vec<(i8, u16)>,
    BTreeMap<i32, f64>,
    BTreeMap<String, Option<Option<char>>>,
    Choice,
    Option<Box<str>>,
    i64,
    f64,
    i128,
);

#[derive(Debug, Deserialize, PartialEq, Serialize)]
enum Choice {
    #[serde(rename = "n")]
    Nothing,
    #[serde(rename = "t")]
    Text(String),
    #[serde(rename = "p")]
    Pair(bool, u64),
}

/// Types with fields, which `serde_json` would also take from a list.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Record {
    #[serde(rename = "a")]
    small: Option<u8>,
    #[serde(rename = "b", default)]
    list: Vec<Record>,
    #[serde(rename = "c", default)]
    tagged: Option<Tagged>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "k")]
enum Tagged {
    #[serde(rename = "x")]
    Number { x: f64 },
    #[serde(rename = "y")]
    Text { y: String },
}

fuzz_target!(|bytes: &[u8]| {
    as_value(bytes);
    as_type::<Plain>(bytes, true);
    as_type::<Choice>(bytes, true);
    as_type::<Vec<i16>>(bytes, true);
    as_type::<Vec<u64>>(bytes, true);
    as_type::<Vec<f64>>(bytes, true);
    as_type::<Vec<i128>>(bytes, true);
    as_type::<BTreeMap<char, String>>(bytes, true);
    as_type::<BTreeMap<u16, ()>>(bytes, true);
    as_type::<BTreeMap<i128, bool>>(bytes, true);
    as_type::<Record>(bytes, false);
    singles(bytes);
});

/// Reads a type of `serde`.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, mik_sdk::Problem> {
    json::parse::<Untyped<T>>(bytes).map(|value| value.0)
}

fn as_value(bytes: &[u8]) {
    let ours = json::parse::<Value>(bytes);
    let theirs = serde_json::from_slice::<Value>(bytes);
    let ignored = parse::<IgnoredAny>(bytes);
    match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => {
            // As text, because the numbers 0 and -0 are equal.
            assert_eq!(ours.to_string(), theirs.to_string());
            writes(ours);
        }
        (Ok(value), Err(error)) => assert_eq!(levels(value), MOST_LEVELS, "{error}"),
        (Err(problem), Ok(_)) => panic!("{problem:?}"),
        (Err(problem), Err(_)) => check_json_problem(problem, bytes),
    }
    match (&ours, &ignored) {
        (Ok(_), Err(problem)) => panic!("{problem:?}"),
        // What is passed over may be a number that no type holds; the rest is looked at as closely.
        (Err(problem), Ok(_)) => assert_eq!(problem.status(), 422, "{problem:?}"),
        _ => {}
    }
}

fn as_type<T: Debug + DeserializeOwned + PartialEq + Serialize>(bytes: &[u8], is_exact: bool) {
    match (parse::<T>(bytes), serde_json::from_slice::<T>(bytes)) {
        (Ok(ours), Ok(theirs)) => {
            assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
            writes(&ours);
        }
        // A zero with a sign is an integer for us.
        (Ok(ours), Err(error)) => assert!(!is_exact || has_negative_zero(bytes), "{ours:?}: {error}"),
        (Err(problem), Ok(theirs)) => {
            check_json_problem(&problem, bytes);
            let canonical = serde_json::to_vec(&theirs).expect("a value that was read can be written");
            assert!(!is_exact && parse::<T>(&canonical).is_ok(), "{theirs:?}: {problem:?}");
        }
        (Err(problem), Err(_)) => check_json_problem(&problem, bytes),
    }
}

/// Numbers by themselves, against the standard library: `serde_json` rounds an `f32` twice.
fn singles(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let is_number = serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_number());
    let Ok(expected) = text.trim_matches([' ', '\t', '\r', '\n']).parse::<f32>() else { return };
    match json::parse::<f32>(bytes) {
        Ok(number) => assert_eq!(number.to_bits(), expected.to_bits(), "{text}"),
        Err(_) => assert!(!is_number || expected.is_infinite(), "{text}"),
    }
}

/// What is written is what `serde_json` reads as the same.
fn writes<T: Debug + DeserializeOwned + PartialEq + Serialize>(value: &T) {
    let written = json::to_vec(value).expect("a value that was read can be written");
    let back: T = serde_json::from_slice(&written).expect("what is written is JSON");
    assert_eq!(format!("{back:?}"), format!("{value:?}"));
}

fn levels(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(levels).max().unwrap_or_default(),
        Value::Object(map) => 1 + map.values().map(levels).max().unwrap_or_default(),
        _ => 0,
    }
}

fn has_negative_zero(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"-0")
}
