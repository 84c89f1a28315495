//! What several targets ask of an answer.

pub mod behaviour;

use mik_sdk::{Problem, Response};
use serde_json::Value;

/// What has to hold of every answer, whatever the request was.
///
/// # Panics
///
/// Where it does not: a fuzz target is told by a panic.
pub fn check_answer(response: &Response) {
    for (name, value) in response.headers().iter() {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        assert!(!name.is_empty() && name.bytes().all(is_token), "the name of a field: {name:?}");
        assert!(value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f)), "{name}: {value:?}");
    }
    if response.header("content-type") == Some("application/problem+json") {
        check_problem(response.text().expect("a problem is text"), response.status().as_u16());
    }
}

/// What has to hold of the text of a problem (RFC 9457).
///
/// # Panics
///
/// Where it does not.
pub fn check_problem(text: &str, status: u16) {
    let problem: Value = serde_json::from_str(text).expect("a problem is JSON");
    assert_eq!(problem["status"], status, "{text}");
    assert!(problem["title"].is_string(), "{text}");
    assert!(matches!(problem["detail"], Value::Null | Value::String(_)), "{text}");
    assert!(status >= 400, "{text}");
}

/// What is said of JSON that cannot be read, a 400 that points into the text; or of what does not keep to its type, a 422
/// that names every place.
///
/// # Panics
///
/// Where it does not.
pub fn check_json_problem(problem: &Problem, bytes: &[u8]) {
    let text = problem.to_json();
    let status = problem.status().as_u16();
    check_problem(&text, status);
    let problem: Value = serde_json::from_str(&text).expect("a problem is JSON");
    if status == 422 {
        let errors = problem["errors"].as_array().expect("the violations");
        assert!((1..=100).contains(&errors.len()), "{text}");
        let is_said = |error: &Value| error["pointer"].is_string() && error["detail"].is_string();
        assert!(errors.iter().all(is_said), "{text}");
        // What can be read is JSON.
        assert!(serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok(), "{text}");
        return;
    }
    assert_eq!(status, 400, "{text}");
    let line = problem["line"].as_u64().expect("a line") as usize;
    let column = problem["column"].as_u64().expect("a column") as usize;
    let of_line = bytes.split(|byte| *byte == b'\n').nth(line - 1).expect("a line of the text");
    // One past the end is where something is missing.
    assert!((1..=of_line.len() + 1).contains(&column), "{text}");
}
