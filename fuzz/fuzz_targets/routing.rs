//! Which route answers, against `matchit`; and what it is given, against `percent-encoding`.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use mik_fuzz::check_answer;
use mik_sdk::prelude::*;
use percent_encoding::{AsciiSet, utf8_percent_encode};

macro_rules! table {
    ($($number:literal $pattern:literal;)*) => {
        routes! {
            $(GET $pattern => number::<$number>,)*
            POST "/a/{x}" => number::<100>,
            DELETE "/{x}" => number::<101>,
        }

        const PATTERNS: &[(usize, &str)] = &[$(($number, $pattern)),*];
    };
}

table! {
    0 "/";
    1 "/a";
    2 "/a/";
    3 "/a/b";
    4 "/{x}";
    5 "/{x}/b";
    6 "/a/{x}";
    7 "/a/{x}/b";
    8 "/a/b/{*rest}";
    9 "/b/{x}.a";
    10 "/b/{x}.ba";
    11 "/b/{x}";
    12 "/ab/b{x}";
    13 "/ab/ba{x}";
    14 "/ab/{x}";
    15 "/{{x}}/a";
    16 "/{x}/{y}/a/{*rest}";
    17 "/ü/{x}";
}

fn number<const N: usize>(request: &Request) -> String {
    let params: Vec<_> = request.params().collect();
    format!("{N} {params:?}")
}

fuzz_target!(|path: &str| {
    static ROUTER: OnceLock<matchit::Router<usize>> = OnceLock::new();
    let router = ROUTER.get_or_init(|| {
        let mut router = matchit::Router::new();
        for (number, pattern) in PATTERNS {
            // A pattern says `ü`, a path says what it is escaped as.
            router.insert(utf8_percent_encode(pattern, &AsciiSet::EMPTY).to_string(), *number).expect("a pattern");
        }
        router
    });
    // What follows is the query, and no part of the route.
    let path = path.split('?').next().unwrap_or_default();
    let response = testing::get(path).send(handle);
    check_answer(&response);
    check_other_methods(path, &response);
    // Every path that another method answers, `GET` answers too. `matchit` compares bytes, and `%c3` is `%C3`.
    let path = &with_upper_case_escapes(path);
    let Ok(found) = router.at(path) else {
        assert_eq!(response.status(), 404);
        return;
    };
    let params: Option<Vec<_>> = found.params.iter().map(|(name, value)| Some((name, decode(value)?))).collect();
    match params {
        Some(params) => assert_eq!(response.text(), Some(format!("{} {params:?}", found.value).as_str())),
        None => assert_eq!(response.status(), StatusCode::BAD_REQUEST),
    }
});

/// `HEAD` is answered like `GET`, and every other method by a route or by what `Allow` says.
fn check_other_methods(path: &str, get: &Response) {
    let head = testing::head(path).send(handle);
    assert_eq!((head.status(), head.body().is_empty()), (get.status(), true));
    let put = testing::put(path).send(handle);
    check_answer(&put);
    assert!(matches!(put.status().as_u16(), 404 | 405), "{}", put.status());
    assert_eq!(put.status() == 404, get.status() == 404);
    let options = testing::options(path).send(handle);
    assert_eq!(options.header("allow"), put.header("allow"));
    assert_eq!(options.status() == 204, put.status() == 405);
}

fn with_upper_case_escapes(path: &str) -> String {
    let mut bytes = path.as_bytes().to_vec();
    for position in 0..bytes.len() {
        if let Some([b'%', digits @ ..]) = bytes.get_mut(position..position + 3)
            && digits.iter().all(u8::is_ascii_hexdigit)
        {
            digits.make_ascii_uppercase();
        }
    }
    String::from_utf8(bytes).expect("only ASCII letters have changed")
}

/// A value without its escapes. A `%` that escapes nothing is wrong, which `percent-encoding` does not say.
fn decode(value: &str) -> Option<String> {
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let is_strict = value.match_indices('%').all(|(position, _)| value.get(position + 1..).is_some_and(is_escape));
    let decoded = percent_encoding::percent_decode_str(value).decode_utf8().ok()?;
    is_strict.then(|| decoded.into_owned())
}
