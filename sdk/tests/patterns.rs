//! `#[field(pattern = "…")]`: what fits is what the `regex` crate says of it.
#![allow(clippy::unwrap_used, reason = "a test")]

use mik_sdk::prelude::*;

macro_rules! same {
    ($($name:ident: $pattern:literal as $regex:literal, $texts:expr;)*) => {$(
        #[test]
        fn $name() {
            #[derive(Type)]
            struct Text(#[field(pattern = $pattern)] String);

            let regex = regex::Regex::new($regex).unwrap();
            for text in $texts {
                let json = json::to_vec(text).unwrap();
                let fits = json::parse::<Text>(&json).map(|text| text.0).is_ok();
                assert_eq!(fits, regex.is_match(text), "`{}` and {text:?}", $pattern);
            }
        }
    )*};
}

same! {
    everything_fits_nothing: "" as "", &["", "a", "ü"];
    ends_of_the_text: "^[a-z]+$" as "^[a-z]+$", &["", "a", "abc", "aBc", "a\n", "\na", "ü", "abc1"];
    somewhere_in_it: "b+c" as "b+c", &["", "abc", "bbc", "bc", "b", "cb", "abbcd", "ab c"];
    counted: "^[0-9]{3}-[0-9]{2,4}$" as "^[0-9]{3}-[0-9]{2,4}$", &["123-45", "123-4567", "123-45678", "12-345", "123-4"];
    choices: "^(GET|POST|x(y|z)*)$" as "^(GET|POST|x(y|z)*)$", &["GET", "POST", "GETS", "x", "xyzzy", "xyza", ""];
    characters_of_unicode: "^.ü[ä-ö🧀]$" as "^.ü[ä-ö🧀]$", &["aüä", "üüå", "🧀ü🧀", "aü", "aüz", "\nüä"];
    ascii_classes: r"^\d\D\w\W\s\S[\d-]$" as r"^[0-9][^0-9][0-9A-Za-z_][^0-9A-Za-z_][\t-\r \u{a0}][^\t-\r \u{a0}][0-9-]$",
        &["1a_- b-", "١a_- b-", "1aü- b1", "1aaü\u{a0}ü1", "1aa- \u{a0}1", "1aa- b"];
    words: r"\bcat\b" as r"(?-u:\b)cat(?-u:\b)", &["cat", "a cat!", "cats", "concat", "", "ca t", "übercat"];
    nothing_fits: r"a\bb" as r"a(?-u:\b)b", &["", "ab", "a b", "ba"];
    begins_or_ends: r"^a|b$" as r"^a|b$", &["ax", "xb", "xa", "bx", "", "ab"];
    escapes: r"^\/[^\/]+\.txt$" as r"^/[^/]+\.txt$", &["/a.txt", "/a/b.txt", "/.txt", "a.txt", "/aatxt"];
}
