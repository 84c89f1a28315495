//! Queries, read into a type, against `form_urlencoded` and the standard library.
#![no_main]

use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use mik_fuzz::check_answer;
use mik_sdk::prelude::*;

#[derive(Type, Debug, Default, PartialEq)]
struct Input {
    a: Option<u8>,
    #[field(default)]
    b: Vec<i64>,
    c: Option<String>,
    d: Option<bool>,
    e: Option<f64>,
    f: Option<i128>,
    g: Option<char>,
    h: Option<Kind>,
}

#[derive(Type, Debug, PartialEq)]
enum Kind {
    Small,
    Large,
}

routes! {
    GET "/" => read,
}

fn read(Query(input): Query<Input>, request: &Request) -> String {
    // The request itself reads the same pairs.
    assert_eq!(request.query("c"), input.c.as_deref());
    format!("{input:?}")
}

fuzz_target!(|query: &str| {
    let response = testing::get(format!("/?{query}")).send(handle);
    check_answer(&response);
    match expected(query) {
        Some(input) => assert_eq!(response.text(), Some(format!("{input:?}").as_str())),
        None => assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{:?}", response.text()),
    }
});

/// The same, said in the plainest way.
fn expected(query: &str) -> Option<Input> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    // More are not told apart.
    if pairs.len() > 1000 {
        return None;
    }
    let values = |name: &str| pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect();
    let b: Vec<&str> = values("b");
    Some(Input {
        // As in JSON, a zero may have a sign.
        a: only::<i64>(values("a"))?.map_or(Some(None), |number| u8::try_from(number).ok().map(Some))?,
        b: b.into_iter().map(|value| value.parse().ok()).collect::<Option<_>>()?,
        c: only(values("c"))?,
        d: only(values("d"))?,
        e: only::<f64>(values("e"))?.map_or(Some(None), |number| number.is_finite().then_some(Some(number)))?,
        f: only(values("f"))?,
        g: only(values("g"))?,
        h: match values("h").as_slice() {
            [] => None,
            ["Small"] => Some(Kind::Small),
            ["Large"] => Some(Kind::Large),
            _ => return None,
        },
    })
}

fn only<T: FromStr>(values: Vec<&str>) -> Option<Option<T>> {
    match values.as_slice() {
        [] => Some(None),
        [value] => value.parse().ok().map(Some),
        _ => None,
    }
}
