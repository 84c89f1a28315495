//! Queries against `form_urlencoded`, and numbers in them against what no type holds.
#![allow(clippy::unwrap_used, reason = "a test")]

use mik_sdk::prelude::*;
use proptest::prelude::*;

#[derive(Type, Debug, Default, PartialEq)]
struct Input {
    #[field(default)]
    a: Vec<String>,
    #[field(default, rename = "b c")]
    b: Vec<String>,
    n: Option<f64>,
    m: Option<f32>,
    i: Option<i8>,
}

routes! {
    GET "/" => read,
}

fn read(Query(input): Query<Input>) -> String {
    format!("{input:?}")
}

fn get(query: &str) -> Response {
    testing::get(format!("/?{query}")).send(handle)
}

/// The values of a name, as `form_urlencoded` has them.
fn values(query: &str, name: &str) -> Vec<String> {
    form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .collect()
}

fn is_read_as_by_form_urlencoded(query: &str) {
    let expected = Input { a: values(query, "a"), b: values(query, "b c"), ..Input::default() };
    assert_eq!(get(query).text().unwrap(), format!("{expected:?}"), "{query}");
    let request = Request::new(Method::GET, format!("/?{query}"));
    assert_eq!(request.query_all("a"), expected.a, "{query}");
}

#[test]
fn a_query_is_read_as_form_urlencoded_reads_it() {
    for query in [
        "",
        "&",
        "&&",
        "=",
        "==",
        "a",
        "a=",
        "a=b",
        "=b",
        "a=b=c",
        "a==",
        "a=b&a=c",
        "a=b&&a=c",
        "&a=b&",
        "a=b;a=c",
        "a+=b",
        "b+c=1",
        "b%20c=1",
        "b c=1",
        "a=+",
        "a=%2B",
        "a=%20",
        "a=b+c%2Bd",
        "%61=b",
        "a=%",
        "a=%2",
        "a=%zz",
        "a=%%41",
        "a=%C3%BC",
        "a=%c3%bc",
        "a=ü",
        "a=%FF",
        "a=%C3",
        "a=%00",
        "a=%0d%0a",
        "a=?",
        "a=/",
        "a=#",
        "a=%23",
        "a=%26",
        "a=%3D",
        "a[]=1",
        "A=1",
        "a.b=1",
        "a=%F0%9F%A6%80",
        "a=%ED%A0%80",
        "a=1&b+c=2&a=3&b%20c=4",
    ] {
        is_read_as_by_form_urlencoded(query);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_query_is_read_as_form_urlencoded_reads_it(query in "([ab]|b[+]c|=|&|[+]|%[0-9a-fA-F]{0,2}|ü|[^nmi]){0,24}") {
        // An escape may spell the name of a number.
        prop_assume!(["n", "m", "i"].iter().all(|name| values(&query, name).is_empty()));
        is_read_as_by_form_urlencoded(&query);
    }

    #[test]
    fn what_is_escaped_comes_back(texts in prop::collection::vec(any::<String>(), 0..4)) {
        let query: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(texts.iter().map(|text| ("a", text))).finish();
        let expected = Input { a: texts, ..Input::default() };
        let response = get(&query);
        prop_assert_eq!(response.text().unwrap(), format!("{expected:?}"));
    }
}

#[test]
fn a_number_is_finite_and_in_range() {
    for query in ["n=1.5", "n=-0", "n=1e308", "n=5e-324", "m=3.4e38", "i=-128", "i=127"] {
        assert_eq!(get(query).status(), StatusCode::OK, "{query}");
    }
    for query in [
        "n=NaN",
        "n=nan",
        "n=inf",
        "n=-inf",
        "n=infinity",
        "n=1e309",
        "n=",
        "n=+",
        "n=1,5",
        "n=0x1",
        "m=3.5e38",
        "m=NaN",
        "i=128",
        "i=-129",
        "i=1.0",
        "i=1e0",
        "i=99999999999999999999",
        "i=",
        "i=1&i=2",
    ] {
        let response = get(query);
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(response.header("content-type"), Some("application/problem+json"));
    }
}

#[test]
fn a_number_that_is_none_of_its_type_is_told_in_plain_words() {
    for (query, detail) in [
        ("i=128", "query parameter `i`: `128` is not an integer from -128 to 127"),
        ("i=", "query parameter `i`: `` is not an integer from -128 to 127"),
        ("i=99999999999999999999", "query parameter `i`: `99999999999999999999` is not an integer from -128 to 127"),
        ("n=x", "query parameter `n`: `x` is not a number of 64 bits"),
    ] {
        let response = get(query);
        let problem: json::Value = json::parse(response.body()).unwrap();
        assert_eq!((response.status(), &problem["detail"]), (StatusCode::BAD_REQUEST, &json!(detail)), "{query}");
    }
}
