//! Forms and queries against `form_urlencoded` and `serde_urlencoded`.
#![allow(clippy::unwrap_used, reason = "a test")]

use mik_sdk::prelude::*;
use proptest::prelude::*;

fn request(body: &str) -> Request {
    Request::new(Method::POST, format!("/?{body}"))
        .with_header("content-type", "application/x-www-form-urlencoded")
        .with_body(body)
}

#[derive(Type, Clone, Debug, PartialEq)]
struct Fields {
    text: String,
    number: i64,
    small: u8,
    #[field(default)]
    flag: bool,
    maybe: Option<String>,
}

#[derive(Type, Clone, Debug, PartialEq)]
struct Lists {
    name: String,
    #[field(default)]
    tags: Vec<String>,
    #[field(default)]
    numbers: Vec<i32>,
}

fn status<T>(result: Result<T, Rejection>) -> u16 {
    result.map_or_else(|problem| problem.status().as_u16(), |_| 200)
}

#[test]
fn what_a_form_may_not_be_is_refused() {
    let form = |content_type: &str, body: &str| {
        let request = Request::new(Method::POST, "/").with_header("content-type", content_type).with_body(body);
        status(Form::<Lists>::from_request(&request))
    };
    let urlencoded = "application/x-www-form-urlencoded";
    assert_eq!(form(urlencoded, "name=a"), 200);
    assert_eq!(form("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "name=a"), 200);
    assert_eq!(form("text/plain", "name=a"), 415);
    assert_eq!(form(urlencoded, ""), 400);
    assert_eq!(form(urlencoded, "name=a&name=b"), 400);
    assert_eq!(form(urlencoded, &format!("name=a{}", "&tags=x".repeat(999))), 200);
    assert_eq!(form(urlencoded, &format!("name=a{}", "&tags=x".repeat(1000))), 413);
    // Names are compared with each other: all of them together are no longer than that allows.
    assert_eq!(form(urlencoded, &format!("name=a&{}=x", "n".repeat((256 << 10) - 4))), 200);
    assert_eq!(form(urlencoded, &format!("name=a&{}=x", "n".repeat((256 << 10) - 3))), 413);
    assert_eq!(status(Form::<Lists>::from_request(&Request::new(Method::POST, "/"))), 415);
    assert!(<Option<Form<Lists>>>::from_request(&Request::new(Method::POST, "/")).unwrap().is_none());
}

#[test]
fn a_field_that_breaks_its_rules_is_a_422_that_names_it() {
    #[derive(Type, Debug)]
    struct Bounded {
        #[field(min = 1, max = 3)]
        name: String,
    }
    let request = request("name=toolong");
    let problem = Form::<Bounded>::from_request(&request).unwrap_err();
    assert_eq!(problem.status(), 422);
    assert!(problem.to_json().contains("\"name\""), "{problem}");
    assert_eq!(Form::<Bounded>::from_request(&self::request("name=abc")).unwrap().0.name, "abc");
}

#[test]
fn what_cannot_be_a_form_is_a_500() {
    for value in [json!([1]), json!({ "a": { "b": 1 } }), json!("a")] {
        assert_eq!(Form(value).into_response().status(), 500);
    }
}

proptest! {
    #[test]
    fn pairs_are_those_of_form_urlencoded(body in "[ -~ü]{0,40}|([a-c%+=&]|%[0-9A-Fa-f]{2}){0,30}") {
        let request = request(&body);
        let pairs: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        for (name, _) in &pairs {
            let values: Vec<&str> = pairs.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect();
            prop_assert_eq!(request.form_all(name), &values);
            prop_assert_eq!(request.form(name), values.first().copied());
            // A `#` never reaches a server, and a target that has one is no target.
            prop_assert_eq!(request.query_all(name), &values);
        }
        prop_assert_eq!(request.form("no such name"), None);
    }

    #[test]
    fn typed_fields_are_those_of_serde_urlencoded(text: String, number: i64, small: u8, flag: bool, maybe in prop::option::of(".{0,9}")) {
        let fields = Fields { text, number, small, flag, maybe };
        let written = serde_urlencoded::to_string(&fields).unwrap();
        prop_assert_eq!(&Form::<Fields>::from_request(&request(&written)).unwrap().0, &fields);
        let response = Form(fields.clone()).into_response();
        prop_assert_eq!(response.header("content-type"), Some("application/x-www-form-urlencoded"));
        prop_assert_eq!(response.text(), Some(written.as_str()));
    }

    #[test]
    fn what_is_accepted_and_what_not_is_what_serde_urlencoded_says(body in "(text|number|small|flag|maybe|other)=[0-9tef-]{0,4}(&(text|number|small|flag|maybe)=(true|false|[0-9-]{0,4})){0,5}") {
        #[derive(serde::Deserialize, Debug, PartialEq)]
        struct Theirs { text: String, number: i64, small: u8, #[serde(default)] flag: bool, maybe: Option<String> }
        let ours = Form::<Fields>::from_request(&request(&body));
        match serde_urlencoded::from_str::<Theirs>(&body) {
            Ok(Theirs { text, number, small, flag, maybe }) => {
                prop_assert_eq!(ours.unwrap().0, Fields { text, number, small, flag, maybe });
            }
            Err(_) => prop_assert!(ours.is_err(), "{}", body),
        }
    }

    #[test]
    fn lists_go_out_as_they_come_in(name: String, tags: Vec<String>, numbers: Vec<i32>) {
        let lists = Lists { name, tags, numbers };
        let response = Form(lists.clone()).into_response();
        prop_assert_eq!(Form::<Lists>::from_request(&request(response.text().unwrap())).unwrap().0, lists);
    }
}
