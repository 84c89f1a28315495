//! `derive(Type)` on every kind of type, and what it does to `serde`'s attributes.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use std::fmt::Debug;

use mik_sdk::json;
use mik_sdk::prelude::*;

#[derive(Type, Debug, PartialEq)]
struct Everything {
    #[field(rename = "userName", docs = "who")]
    user_name: String,
    #[field(default = 20)]
    limit: u32,
    #[field(default)]
    tags: Vec<String>,
    nick: Option<String>,
    kind: Kind,
    wrapped: Wrapped,
    pair: Pair,
    #[field(deprecated, x_note = "kept")]
    map: BTreeMap<String, Uuid>,
}

#[derive(Type, Debug, PartialEq)]
enum Kind {
    Small,
    #[field(rename = "LARGE")]
    Large,
    Of {
        #[field(default = 7)]
        size: u8,
    },
    Pair(i8, i8),
}

#[derive(Type, Debug, PartialEq)]
struct Wrapped(String);

#[derive(Type, Debug, PartialEq)]
struct Pair(u8, bool);

#[derive(Type, Debug, PartialEq)]
struct Empty;

#[derive(Type, Debug, PartialEq)]
struct Page<T, const N: usize = 2>
where
    T: Clone,
{
    items: Vec<T>,
    next: Option<T>,
}

#[derive(Type, Debug, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Strict {
    first_name: String,
}

fn goes_round<T>(value: &T, text: &str)
where
    T: serde_free::RoundTrip,
{
    assert_eq!(value.text(), text);
    value.comes_back(text);
}

/// What the derives promise, said without naming `serde`: the test's crate does not need it either.
mod serde_free {
    use super::{Debug, json};
    use mik_sdk::__private::serde::Serialize;
    use mik_sdk::__private::serde::de::DeserializeOwned;

    pub(super) trait RoundTrip {
        fn text(&self) -> String;
        fn comes_back(&self, text: &str);
    }

    impl<T: Serialize + DeserializeOwned + PartialEq + Debug + mik_sdk::Type> RoundTrip for T {
        fn text(&self) -> String {
            String::from_utf8(json::to_vec(self).unwrap()).unwrap()
        }

        fn comes_back(&self, text: &str) {
            assert_eq!(&json::parse::<T>(text.as_bytes()).unwrap(), self);
        }
    }
}

#[test]
fn every_kind_of_type_goes_out_and_in_again() {
    goes_round(&Empty, "null");
    goes_round(&Wrapped("a".into()), r#""a""#);
    goes_round(&Pair(1, true), "[1,true]");
    goes_round(&Kind::Large, r#""LARGE""#);
    goes_round(&Kind::Of { size: 1 }, r#"{"Of":{"size":1}}"#);
    goes_round(&Kind::Pair(1, -1), r#"{"Pair":[1,-1]}"#);
    goes_round(&Page::<_, 3> { items: vec![1], next: Some(2) }, r#"{"items":[1],"next":2}"#);
    goes_round(&Strict { first_name: "A".into() }, r#"{"firstName":"A"}"#);
}

#[test]
fn what_is_left_out_has_its_default() {
    let text = br#"{"userName":"Ada","kind":{"Of":{}},"wrapped":"w","pair":[1,false],"map":{}}"#;
    let everything: Everything = json::parse(text).unwrap();
    let expected = Everything {
        user_name: "Ada".into(),
        limit: 20,
        tags: Vec::new(),
        nick: None,
        kind: Kind::Of { size: 7 },
        wrapped: Wrapped("w".into()),
        pair: Pair(1, false),
        map: BTreeMap::new(),
    };
    assert_eq!(everything, expected);
    assert!(json::parse::<Strict>(br#"{"firstName":"A","x":1}"#).is_err());
}
