//! What a cookie says, and what it never says.
#![allow(clippy::unwrap_used, reason = "a test")]

use proptest::prelude::*;

use super::*;
use crate::{Cookies, FromRequest, Method, Request};

fn field(cookie: Cookie) -> Result<String, &'static str> {
    cookie.to_field()
}

#[test]
fn the_examples_of_rfc_6265_section_3_1_can_be_said() {
    let plain = |name, value| Cookie::new(name, value).without_http_only().without_secure();
    assert_eq!(
        field(plain("SID", "31d4d96e407aad42").with_path("/")).unwrap(),
        "SID=31d4d96e407aad42; Path=/; SameSite=Lax"
    );
    assert_eq!(
        field(plain("SID", "31d4d96e407aad42").with_domain("example.com")).unwrap(),
        "SID=31d4d96e407aad42; Path=/; Domain=example.com; SameSite=Lax"
    );
    assert_eq!(
        field(Cookie::new("lang", "en-US").with_expires(1_623_233_894)).unwrap(),
        "lang=en-US; Path=/; Expires=Wed, 09 Jun 2021 10:18:14 GMT; HttpOnly; Secure; SameSite=Lax"
    );
}

#[test]
fn every_attribute_is_said() {
    let cookie = Cookie::new("a", "b")
        .with_path("/x")
        .with_domain("example.com")
        .with_max_age(60)
        .with_same_site(SameSite::None)
        .partitioned();
    let expected = "a=b; Path=/x; Domain=example.com; Max-Age=60; HttpOnly; Secure; SameSite=None; Partitioned";
    assert_eq!(field(cookie).unwrap(), expected);
    assert!(field(Cookie::removal("a")).unwrap().contains("Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT;"));
}

#[test]
fn what_browsers_drop_or_read_otherwise_is_refused() {
    let plain = || Cookie::new("a", "b");
    for (cookie, says) in [
        (Cookie::new("", "b"), "name"),
        (Cookie::new("a b", "c"), "name"),
        (Cookie::new("a=b", "c"), "name"),
        (Cookie::new("a\r\nset-cookie: x", "c"), "name"),
        (Cookie::new("ä", "c"), "name"),
        (plain().with_path("x"), "path"),
        (plain().with_path("/x; Domain=evil.example"), "path"),
        (plain().with_path("/x\r\n"), "path"),
        (plain().with_path(format!("/{}", "x".repeat(1024))), "path"),
        (plain().with_domain(""), "domain"),
        (plain().with_domain(".example.com"), "domain"),
        (plain().with_domain("a.example; Secure"), "domain"),
        (plain().with_same_site(SameSite::None).without_secure(), "SameSite"),
        (plain().partitioned().without_secure(), "Partitioned"),
        (Cookie::new("__Secure-a", "b").without_secure(), "prefix"),
        (Cookie::new("__HOST-a", "b").without_secure(), "prefix"),
        (Cookie::new("__Host-a", "b").with_path("/x"), "__Host-"),
        (Cookie::new("__Host-a", "b").with_domain("example.com"), "__Host-"),
        (Cookie::new("a", "b".repeat(4095)), "4096"),
    ] {
        let rule = field(cookie.clone()).unwrap_err();
        assert!(rule.contains(says), "{cookie:?}: {rule}");
    }
    assert!(field(Cookie::new("a", "b".repeat(4094))).is_ok());
}

#[test]
fn a_cookie_that_cannot_be_sent_leaves_nothing_of_the_response() {
    use crate::prelude::*;

    crate::routes! { GET "/" => wrong }
    fn wrong() -> Response {
        ok!({ "secret": 1 }).with_cookie(Cookie::new("a b", "c")).with_status(StatusCode::ACCEPTED)
    }

    let response = crate::testing::get("/").send(handle);
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!response.text().unwrap().contains("secret"));
    assert_eq!(response.header("set-cookie"), None);
}

proptest! {
    #[test]
    fn any_value_comes_back_and_says_nothing_else(value: String, name in "[-!#$&*+.0-9A-Z^_`a-z|~]{1,8}") {
        let field = field(Cookie::new(&name, &value));
        prop_assume!(value.len() < 1000 && !name.starts_with("__"));
        let field = field.unwrap();
        let pair = field.strip_suffix("; Path=/; HttpOnly; Secure; SameSite=Lax").unwrap();
        prop_assert!(pair.bytes().all(|byte| byte > b' ' && byte != b';' && byte != b',' && byte < 0x7f));
        let request = Request::new(Method::Get, "/").with_header("cookie", pair);
        let cookies = Cookies::from_request(&request).unwrap();
        let got = cookies.get(&name).unwrap();
        prop_assert_eq!(got, value);
    }
}
