//! The JSON reader and writer against RFC 8259 and against `serde_json`: which texts they take, what they make of them, as
//! any type, and what they write.
//!
//! The tables are written from the RFC's grammar, rule by rule; both readers have to agree with each line of them.
#![allow(clippy::unwrap_used, reason = "a test")]

mod accepted;
mod numbers;
mod rejected;
mod types;
mod writing;

use std::fmt::Debug;

use mik_sdk::typed::Untyped;
use mik_sdk::{Problem, json};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

/// Reads a type of `serde`, checked or not.
fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Problem> {
    json::parse::<Untyped<T>>(text).map(|value| value.0)
}

/// Both readers take the text for the same value.
#[track_caller]
fn accepted(text: &[u8]) -> Value {
    let shown = String::from_utf8_lossy(text);
    let theirs: Value = serde_json::from_slice(text).unwrap_or_else(|error| panic!("serde_json: {shown}: {error}"));
    let ours: Value = json::parse(text).unwrap_or_else(|problem| panic!("{shown}: {problem:?}"));
    assert!(is_same(&ours, &theirs), "{shown}: {ours} {theirs}");
    assert!(parse::<IgnoredAny>(text).is_ok(), "{shown}");
    ours
}

/// Whether two values are the same. `serde_json` is wrong in the last bit of some long fractions, unless it is told not to
/// be; what is right there is in `numbers`.
fn is_same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) if ours.is_f64() && theirs.is_f64() => {
            let bits = |number: &serde_json::Number| number.as_f64().unwrap().to_bits();
            bits(ours).abs_diff(bits(theirs)) <= 1
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| is_same(ours, theirs))
        }
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.keys().eq(theirs.keys())
                && ours.values().zip(theirs.values()).all(|(ours, theirs)| is_same(ours, theirs))
        }
        _ => ours == theirs,
    }
}

/// Neither reader takes the text, whatever it is read for.
#[track_caller]
fn rejected(text: &[u8]) {
    let shown = String::from_utf8_lossy(text);
    assert!(serde_json::from_slice::<Value>(text).is_err(), "serde_json: {shown}");
    for problem in [json::parse::<Value>(text).err(), parse::<IgnoredAny>(text).err()] {
        let problem = problem.unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(problem.status(), 400, "{shown}");
        let said: Value = serde_json::from_str(&problem.to_json()).unwrap();
        assert!(said["line"].as_u64() >= Some(1) && said["column"].as_u64() >= Some(1), "{shown}: {said}");
    }
}

/// Both readers read the text as the same `T`, or neither does.
#[track_caller]
fn same<T: Debug + DeserializeOwned>(text: &str) {
    let ours = parse::<T>(text.as_bytes()).ok();
    let theirs = serde_json::from_str::<T>(text).ok();
    let name = std::any::type_name::<T>();
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{text} as {name}");
}

/// What is written is what `serde_json` reads as the same value, and so do we.
#[track_caller]
fn goes_round<T: Debug + DeserializeOwned + PartialEq + Serialize>(value: &T) {
    let written = json::to_vec(value).unwrap();
    let shown = String::from_utf8_lossy(&written);
    assert_eq!(&serde_json::from_slice::<T>(&written).unwrap(), value, "{shown}");
    assert_eq!(&parse::<T>(&written).unwrap(), value, "{shown}");
}
