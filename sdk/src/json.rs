//! JSON in and out, for any type of `serde`.
//!
//! The texts are those of `serde_json`, and so is [`Value`]; the tests compare. Reader and writer are our own because they
//! are in every component: what an error says about a floating-point number costs `serde_json` more bytes than all of this.

mod access;
mod deserialize;
mod key;
mod place;
mod read;
mod serialize;
mod value;
mod write;

pub use mik_sdk_macros::json;
use serde::Serialize;
use serde::de::DeserializeOwned;
pub use serde_json::{Map, Number, Value};

pub use value::{
    JsonValue, ToJson, ValueBuilder, ValueReader, arr, bool, float, int, null, obj, str, try_parse, try_parse_full,
};
#[doc(hidden)]
pub use value::{to_list, to_object, to_value};
pub use write::Writer;

use crate::problem::Problem;
use crate::text::{number, push_number};
use crate::typed::{Checker, Type, refusal};

/// Reads JSON.
///
/// ```
/// let numbers: Vec<u8> = mik_sdk::json::parse(b"[1, 2]")?;
/// assert_eq!(numbers, [1, 2]);
///
/// let problem = mik_sdk::json::parse::<Vec<u8>>(b"[1,\n true]").unwrap_err();
/// assert_eq!(problem.status().as_u16(), 400);
/// assert!(problem.to_json().ends_with(r#""line":2,"column":2,"pointer":"/1"}"#), "{problem:?}");
///
/// let problem = mik_sdk::json::parse::<Vec<u8>>(b"[1, 256]").unwrap_err();
/// assert_eq!(problem.status().as_u16(), 422);
/// assert!(problem.to_json().ends_with(r#""errors":[{"pointer":"/1","detail":"must be at most 255"}]}"#), "{problem:?}");
/// # Ok::<(), mik_sdk::Problem>(())
/// ```
///
/// # Errors
///
/// 400, with line, column and JSON Pointer, where the bytes are not the JSON of a `T`. More than 128 levels are not read.
///
/// 422, where they are, and numbers are out of the range of their types, or values break the rules of `T`: with every such
/// place as `errors`, or the first hundred and `"truncated": true`.
pub fn parse<T: DeserializeOwned + Type>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = read::Reader::new(bytes)?;
    let value = match T::deserialize(&mut reader) {
        Ok(value) => value,
        Err(mismatch) => return Err(reader.problem(mismatch)),
    };
    let mut violations = reader.finish()?;
    value.check(&mut Checker::new(&mut violations));
    if violations.is_empty() { Ok(value) } else { Err(refusal::of_body(&violations)) }
}

/// How many bytes of JSON a request may have where the handler's environment does not say: `MIK_MAX_JSON_SIZE`.
///
/// A value takes several times the memory of its text, so that what is read as JSON is bounded more tightly than a body
/// (10 MiB, `MIK_MAX_BODY_SIZE`). What a handler reads by itself, with [`parse`], is bounded by where it comes from.
pub const MAX_SIZE: usize = 1_000_000;

/// A body, if it is not too large to be read as JSON.
#[inline(never)]
pub(crate) fn bounded(body: &[u8]) -> Result<&[u8], Problem> {
    if body.len() <= MAX_SIZE {
        return Ok(body);
    }
    let limit = crate::env::get("MIK_MAX_JSON_SIZE").and_then(|limit| number(&limit)).unwrap_or(MAX_SIZE);
    if body.len() <= limit {
        return Ok(body);
    }
    let mut detail = String::from("a body of JSON may have ");
    push_number(&mut detail, limit as u64);
    detail.push_str(" bytes here (`MIK_MAX_JSON_SIZE`)");
    Err(Problem::payload_too_large(detail))
}

/// Writes JSON.
///
/// ```
/// assert_eq!(mik_sdk::json::to_vec(&["a", "b"])?, br#"["a","b"]"#);
/// # Ok::<(), mik_sdk::Problem>(())
/// ```
///
/// # Errors
///
/// 500, where the value has no JSON: a map whose keys are not strings.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Problem> {
    let mut writer = Writer::new();
    writer.value(value);
    writer.finish()
}

#[cfg(test)]
mod tests;
