//! Reader and writer against `serde_json`, and what is said about what is wrong.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Value, parse, to_vec};
use crate::typed::Untyped;

/// Texts that are JSON, and texts that are nearly.
const TEXTS: &[&str] = &[
    "null",
    " true ",
    "false",
    "nul",
    "nulll",
    "",
    " ",
    "0",
    "-0",
    "-0.0",
    "01",
    "-",
    "-a",
    "1.",
    "1.5",
    ".5",
    "1e3",
    "1E+3",
    "1e",
    "1e-400",
    "1e400",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "3.141592653589793238462643383279",
    "123456789012345678901234567890",
    "\"\"",
    "\"a\"",
    "\"ü\u{1f980}\"",
    r#""\u00fc\ud83e\udd80\n\t\\\/\"\b\f\r""#,
    r#""\ud800""#,
    r#""\ud800\ud800""#,
    r#""\udc00""#,
    r#""\u12"#,
    r#""\u12g4""#,
    r#""\x""#,
    "\"a\nb\"",
    "\"a\u{7f}\"",
    "\"a",
    "\"a\\",
    "[]",
    "[ ]",
    "[1,2]",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1",
    "[",
    "]",
    "{}",
    "{ \"a\" : 1 , \"b\" : [ { } ] }",
    "{\"a\":1,}",
    "{\"a\"}",
    "{\"a\":}",
    "{a:1}",
    "{1:1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,\"a\":2}",
    "{",
    "1 2",
    "\u{feff}1",
    "'a'",
    "// comment\n1",
    "NaN",
    "Infinity",
];

#[test]
fn what_is_json_is_what_serde_json_says() {
    for text in TEXTS {
        let ours = parse::<Value>(text.as_bytes()).ok();
        let theirs = serde_json::from_str::<Value>(text).ok();
        assert_eq!(ours, theirs, "{text}");
        // What is passed over is read as strictly, but for a number that no type holds; `serde_json` looks less closely.
        let ignored = parse::<Untyped<serde::de::IgnoredAny>>(text.as_bytes()).is_ok();
        assert!(ignored || theirs_is_none(text), "{text}");
        assert!(!ignored || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(), "{text}");
    }
}

fn theirs_is_none(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_err()
}

#[test]
fn what_is_written_is_what_serde_json_writes() {
    for text in TEXTS {
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            assert_eq!(to_vec(&value).unwrap(), serde_json::to_vec(&value).unwrap());
        }
    }
    let every_character: String = (0..0x300).filter_map(char::from_u32).collect();
    assert_eq!(to_vec(&every_character).unwrap(), serde_json::to_vec(&every_character).unwrap());
    for number in [0, 1, -1, 9, 10, 99, i64::MAX, i64::MIN] {
        assert_eq!(to_vec(&number).unwrap(), serde_json::to_vec(&number).unwrap());
    }
    assert_eq!(to_vec(&u64::MAX).unwrap(), u64::MAX.to_string().as_bytes());
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Circle(f64),
    Line(i8, u128),
    Box { width: Option<u16>, name: String },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(i64);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    One { x: f32 },
    Two,
}

#[test]
fn every_shape_of_serde_goes_out_and_in_again() {
    type Everything =
        (Vec<Shape>, BTreeMap<i32, bool>, BTreeMap<char, (Unit, Wrapped)>, Vec<Tagged>, Option<Option<char>>, (), i128);
    let everything: Everything = (
        vec![
            Shape::Nothing,
            Shape::Circle(1e300),
            Shape::Circle(0.1),
            Shape::Line(-128, u128::MAX),
            Shape::Box { width: None, name: "a/b".into() },
        ],
        BTreeMap::from([(-1, true), (7, false)]),
        BTreeMap::from([('ü', (Unit, Wrapped(i64::MIN)))]),
        vec![Tagged::One { x: 0.1 }, Tagged::Two],
        Some(Some('"')),
        (),
        i128::MIN,
    );
    let text = to_vec(&everything).unwrap();
    assert_eq!(text, serde_json::to_vec(&everything).unwrap());
    assert_eq!(parse::<Untyped<Everything>>(&text).unwrap().0, everything);
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct User {
    name: String,
    age: u8,
    #[serde(default)]
    tags: Vec<Shape>,
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (text, expected) in [
        ("{", "it ends too early line 1 column 2"),
        ("[]", "expected an object, found a list line 1 column 1"),
        ("{\n  \"name\": 5 }", "`/name`: expected a string, found a number line 2 column 11"),
        (r#"{"ü":1,"name":"a"}"#, "`ü` is none of `name`, `age`, `tags` line 1 column 2"),
        (r#"{"name":"a"}"#, "`age` is missing line 1 column 1"),
        (
            r#"{"name":"a","age":1.0}"#,
            "`/age`: expected an integer from 0 to 255, found a number that is not an integer line 1 column 19",
        ),
        (
            r#"{"name":"a","age":1,"tags":["Nothing",{"Circle":"x"}]}"#,
            "`/tags/1/Circle`: expected a number, found a string line 1 column 49",
        ),
        (r#"{"name":"a","age":1} x"#, "it goes on after its end line 1 column 22"),
        (r#"{"name":"a","name":"b"}"#, "`name` is given more than once line 1 column 13"),
    ] {
        let problem: Value =
            serde_json::from_str(&parse::<Untyped<User>>(text.as_bytes()).unwrap_err().to_json()).unwrap();
        let said =
            format!("{} line {} column {}", problem["detail"].as_str().unwrap(), problem["line"], problem["column"]);
        let said = said.strip_prefix("the body is not the JSON expected here: ").unwrap();
        assert_eq!(said, expected, "{text}");
    }
    assert_eq!(parse::<String>(b"\"a\xff\"").unwrap_err().status().as_u16(), 400);
}

#[test]
fn where_it_is_wrong_is_where_the_reader_stood() {
    for (text, pointer) in [
        (r#"{"a":[{"b/c":tru}]}"#, "/a/0/b~1c"),
        (r#"{"a":[1,2"#, "/a"),
        (r#"{"a":{"~":[] "b""#, "/a"),
        (r#"{"a":{},"b":"\x"}"#, "/b"),
        ("[[],[[1,]]]", "/1/0"),
        ("[1] 2", ""),
        (r#"{"\u0061":nul}"#, "/a"),
    ] {
        let problem: Value = serde_json::from_str(&parse::<Value>(text.as_bytes()).unwrap_err().to_json()).unwrap();
        assert_eq!(problem["pointer"].as_str().unwrap_or_default(), pointer, "{text}: {problem}");
    }
}

#[test]
fn numbers_out_of_range_are_all_told_at_once() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Numbers {
        bytes: BTreeMap<String, Vec<u8>>,
        small: i8,
        wide: u128,
        single: f32,
        double: (f64, i64),
        none: Option<u16>,
    }
    let text = br#" { "bytes": { "a": [1, 256, 255, -1], "b~/": [1000000000000000000000] }, "small": -129,
        "wide": -1, "single": 1e39, "double": [-1e999, 9223372036854775808], "none": 65536 }"#;
    let problem = parse::<Untyped<Numbers>>(text).unwrap_err();
    assert_eq!(problem.status().as_u16(), 422);
    let problem: Value = serde_json::from_str(&problem.to_json()).unwrap();
    let errors: Vec<_> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["pointer"].as_str().unwrap(), error["detail"].as_str().unwrap()))
        .collect();
    assert_eq!(
        errors,
        [
            ("/bytes/a/1", "must be at most 255"),
            ("/bytes/a/3", "must be at least 0"),
            ("/bytes/b~0~1/0", "must be at most 255"),
            ("/small", "must be at least -128"),
            ("/wide", "must be at least 0"),
            ("/single", "must be at most 3.4028235e38"),
            ("/double/0", "must be at least -1.7976931348623157e308"),
            ("/double/1", "must be at most 9223372036854775807"),
            ("/none", "must be at most 65535"),
        ]
    );
    // What serde keeps in between, before it knows which type it is, and what only the type refuses.
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(#[allow(dead_code)] std::num::NonZeroU8),
    }
    assert_eq!(parse::<Untyped<Vec<std::num::NonZeroU8>>>(b"[1, 0]").unwrap_err().status().as_u16(), 422);
    assert_eq!(parse::<Untyped<Either>>(b"256").unwrap_err().status().as_u16(), 400);
    assert!(
        parse::<i8>(b"-128").is_ok() && parse::<u64>(b"18446744073709551615").is_ok() && parse::<u8>(b"-0").is_ok()
    );
}

#[test]
fn what_is_told_is_bounded() {
    let text = format!("[{}256]", "256,".repeat(100_000));
    let problem: Value = serde_json::from_str(&parse::<Vec<u8>>(text.as_bytes()).unwrap_err().to_json()).unwrap();
    assert_eq!(problem["errors"].as_array().unwrap().len(), 100);
    assert_eq!(problem["truncated"], true);
}

#[test]
fn depth_is_bounded() {
    let nested = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
    assert!(parse::<Value>(nested(128).as_bytes()).is_ok());
    assert!(parse::<Value>(nested(129).as_bytes()).is_err());
    assert!(parse::<Untyped<serde::de::IgnoredAny>>(nested(100_000).as_bytes()).is_err());
}

#[test]
fn a_value_without_json_is_a_500() {
    let odd = BTreeMap::from([((1, 2), 3)]);
    assert_eq!(to_vec(&odd).unwrap_err().status().as_u16(), 500);
}

#[test]
fn an_f32_is_rounded_once_and_is_never_infinite() {
    // Halfway between two of them but for its last digit, which an `f64` does not hold.
    assert_eq!(parse::<f32>(b"1.00000017881393432617187499").unwrap().to_bits(), 0x3f80_0001);
    assert_eq!(parse::<f32>(b"3.4028234e38").unwrap().to_bits(), f32::MAX.to_bits());
    assert!(parse::<f32>(b"3.5e38").unwrap_err().to_json().contains("must be at most 3.4028235e38"));
}

#[test]
fn a_key_that_is_a_number_is_spelled_as_json_spells_it() {
    assert_eq!(parse::<BTreeMap<i8, ()>>(br#"{"-1":null,"0":null}"#).unwrap().len(), 2);
    for key in ["+1", "01", "-01", "1.0", "1e0", " 1", "1 ", "", "128"] {
        let text = ["{\"", key, "\":null}"].concat();
        assert_eq!(parse::<BTreeMap<i8, ()>>(text.as_bytes()).unwrap_err().status().as_u16(), 400, "{text}");
    }
}
