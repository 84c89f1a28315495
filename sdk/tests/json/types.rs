//! Every kind of type that `serde` knows, read from what fits it and from what does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{goes_round, same};

/// One text of every shape, and some that fit a type below.
#[rustfmt::skip]
const SHAPES: &[&str] = &[
    "null", "true", "0", "1", "-1", "1.5", "300", "\"\"", "\"a\"", "\"ab\"", "\"ü\"", "\"🦀\"", "\"1\"", "\"true\"",
    "\"\\n\"", "\"Unit\"", "\"Other\"", "[]", "[1]", "[1,2]", "[1,2,3]", "[1,\"a\"]", "[true,null]", "[[1],[2]]",
    "[null]", "[\"a\",\"b\"]", "[\"Unit\",{\"New\":1}]", "{}", "{\"a\":1}", "{\"a\":null}", "{\"b\":1}",
    "{\"a\":1,\"b\":\"x\"}", "{\"b\":\"x\",\"a\":1}", "{\"a\":1,\"c\":2}", "{\"a\":1,\"a\":2}", "{\"1\":1}",
    "{\"-1\":1,\"300\":2}", "{\"true\":1}", "{\"ü\":1}", "{\"\":1}", "{\"Unit\":null}", "{\"Unit\":1}",
    "{\"Unit\":null,\"New\":1}", "{\"New\":1}", "{\"New\":null}", "{\"New\":\"x\"}", "{\"Tuple\":[1,true]}",
    "{\"Tuple\":[1]}", "{\"Tuple\":[1,true,2]}", "{\"Tuple\":{}}", "{\"Struct\":{\"x\":1}}",
    "{\"Struct\":{\"x\":1,\"y\":2}}", "{\"Struct\":{}}", "{\"Other\":1}", "{\"kind\":\"one\",\"x\":1}",
    "{\"x\":1,\"kind\":\"one\"}", "{\"kind\":\"two\"}", "{\"kind\":\"three\"}", "{\"kind\":1}",
    "{\"t\":\"One\",\"c\":5}", "{\"c\":5,\"t\":\"One\"}", "{\"t\":\"Two\"}", "{\"a\":1,\"x\":true,\"y\":[1]}",
    "{\"a\":{\"a\":{\"a\":null}}}", "{\"a\":\"\\u0061\"}",
];

/// Shapes, but for lists: `serde_json` takes a list of its fields for a struct, and we do not.
fn no_lists() -> impl Iterator<Item = &'static str> {
    SHAPES.iter().copied().filter(|text| !text.starts_with('[') && !text.contains(":["))
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
enum Choice {
    Unit,
    New(u8),
    Tuple(i64, bool),
    Struct { x: u8 },
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tagged {
    One { x: u8 },
    Two,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    One(u8),
    Two,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
enum Untagged {
    Number(u8),
    Text(String),
    List(Vec<u8>),
    Map { a: Option<u8> },
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Record {
    a: u8,
    #[serde(default)]
    b: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: Option<u8>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Flat {
    a: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Nested {
    a: Option<Box<Nested>>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Unit;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct New(u8);

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Pair(u8, String);

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
struct Transparent {
    inner: Vec<u8>,
}

macro_rules! all_shapes {
    ($texts:expr, $($type:ty),* $(,)?) => {
        for text in $texts {
            $(same::<$type>(text);)*
        }
    };
}

#[test]
fn every_shape_is_for_the_types_that_serde_json_takes_it_for() {
    all_shapes!(
        SHAPES.iter().copied(),
        bool, char, String, (), f64, Box<str>, serde_json::Value, Option<bool>, Option<Option<u8>>, Option<()>, Option<String>,
        Vec<u8>, Vec<Option<u8>>, Vec<Vec<u8>>, Vec<String>, Vec<()>, [u8; 2], [u8; 0], (u8,), (u8, String), (bool, ()), BTreeSet<u8>,
        BTreeMap<String, u8>, BTreeMap<String, Option<u8>>, BTreeMap<i16, u8>, BTreeMap<u8, u8>, BTreeMap<i128, u8>,
        BTreeMap<char, u8>, BTreeMap<Box<str>, serde_json::Value>, Unit, New, Pair, Transparent, Choice,
        Vec<Choice>, Option<Choice>, Adjacent, Result<u8, String>, std::net::IpAddr, uuid::Uuid,
    );
    all_shapes!(no_lists(), Record, Strict, Nested, Tagged, Untagged, Option<Record>, Box<Record>, BTreeMap<String, Record>,
        std::time::Duration);
}

/// Not compared on every shape: of a name that is no `bool` and no ASCII, `serde_json` makes a `str` that is no UTF-8.
#[test]
fn a_name_may_be_a_bool() {
    for text in [r#"{"true":1}"#, r#"{"false":1,"true":2}"#, r#"{"tru":1}"#, r#"{"True":1}"#, r#"{"":1}"#, r#"{"1":1}"#]
    {
        same::<BTreeMap<bool, u8>>(text);
    }
    assert!(super::parse::<BTreeMap<bool, u8>>("{\"ü\":1}".as_bytes()).is_err());
}

#[test]
fn a_type_that_takes_what_is_left_takes_it() {
    all_shapes!(no_lists(), Flat);
}

#[test]
fn a_struct_is_an_object_and_no_list_of_its_fields() {
    assert!(serde_json::from_str::<Record>(r#"[1,"x"]"#).is_ok());
    assert!(super::parse::<Record>(br#"[1,"x"]"#).is_err());
    assert!(super::parse::<Choice>(br#"{"Struct":[1]}"#).is_err());
}

#[test]
fn every_kind_of_type_goes_round() {
    goes_round(&(true, 'ü', String::from("\u{0}\u{1f}\"\\/\u{7f}\u{2028}🦀"), (), Some(Some(1_u8))));
    goes_round(&vec![Choice::Unit, Choice::New(1), Choice::Tuple(-1, true), Choice::Struct { x: 255 }]);
    goes_round(&vec![Tagged::One { x: 1 }, Tagged::Two]);
    goes_round(&vec![Adjacent::One(1), Adjacent::Two]);
    goes_round(&vec![
        Untagged::Number(1),
        Untagged::Text("a".into()),
        Untagged::List(vec![1]),
        Untagged::Map { a: None },
    ]);
    goes_round(&(
        Record { a: 1, b: None },
        Strict { a: Some(2) },
        Unit,
        New(3),
        Pair(4, "b".into()),
        Transparent { inner: vec![5] },
    ));
    goes_round(&Flat { a: 1, rest: BTreeMap::from([("x".into(), serde_json::json!({ "y": [1.5, null, -0.0] }))]) });
    goes_round(&Nested { a: Some(Box::new(Nested { a: Some(Box::new(Nested { a: None })) })) });
    goes_round(&BTreeMap::from([(i128::MIN, u128::MAX), (0, 0), (i128::MAX, 1)]));
    goes_round(&BTreeMap::from([(true, 'a'), (false, '\u{0}')]));
    goes_round(&BTreeMap::from([('"', 1), ('\\', 2), ('🦀', 3)]));
    goes_round(&HashMap::from([(String::from("\"\n"), f64::MIN_POSITIVE)]));
    goes_round(&(f64::MAX, f64::MIN, f64::EPSILON, 5e-324_f64, 0.1_f64, f32::MAX, f32::MIN_POSITIVE, 0.1_f32));
    goes_round(&(std::net::IpAddr::from([127, 0, 0, 1]), std::time::Duration::from_nanos(1), uuid::Uuid::from_u128(1)));
}
