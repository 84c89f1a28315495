//! What `#[field(format = …)]` and `#[field(pattern = …)]` take, against crates that know these formats, and `regex`.
#![no_main]

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use fluent_uri::{Uri, UriRef};
use libfuzzer_sys::fuzz_target;
use mik_fuzz::check_problem;
use mik_sdk::json;
use mik_sdk::prelude::*;
use mik_sdk::typed::formats;
use regex::Regex;

/// The patterns as `regex` has them: `\d`, `\w` and `\b` of ECMA-262 are those of ASCII.
const PATTERNS: [(&str, &str); 7] = [
    ("/slug", r"^[a-z0-9]+(-[a-z0-9]+)*$"),
    ("/month", r"^[0-9]{4}-[0-9]{2}$"),
    ("/word", r"(?-u:\b)(foo|bar)+(?-u:\b)"),
    ("/abb", r"^(a|b)*abb$"),
    ("/foreign", r"[^\x00-\x7f]"),
    ("/short", r"^[^x]{2,5}$"),
    ("/umlaut", r"^[a-zäöüß]*(é|🦀)?[^0-9A-Za-z_]$"),
];

#[derive(Type)]
struct Texts {
    #[field(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: String,
    #[field(pattern = r"^\d{4}-\d{2}$")]
    month: String,
    #[field(pattern = r"\b(foo|bar)+\b")]
    word: String,
    #[field(pattern = r"^(a|b)*abb$")]
    abb: String,
    #[field(pattern = r"[^\x00-\x7f]")]
    foreign: String,
    #[field(pattern = r"^[^x]{2,5}$")]
    short: String,
    #[field(pattern = r"^[a-zäöüß]*(é|🦀)?\W$")]
    umlaut: String,
    #[field(min = 2, max = 4)]
    length: String,
    #[field(unique, max = 3)]
    characters: Vec<char>,
}

fuzz_target!(|text: &str| {
    check_formats(text);
    check_rules(text);
});

fn check_formats(text: &str) {
    let ours = |is: fn(&str) -> bool, expected: bool, name: &str| assert_eq!(is(text), expected, "{name}: {text:?}");
    ours(formats::ipv4, text.parse::<Ipv4Addr>().is_ok(), "ipv4");
    ours(formats::ipv6, text.parse::<Ipv6Addr>().is_ok(), "ipv6");
    ours(formats::uuid, text.len() == 36 && Uuid::try_parse(text).is_ok(), "uuid");
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
    ours(formats::byte, GeneralPurpose::new(&STANDARD, lenient).decode(text).is_ok(), "byte");
    // Of addresses in brackets, RFC 3986 has some for versions to come, and `fluent-uri` has zones.
    if !text.contains('[') {
        ours(formats::uri, Uri::parse(text).is_ok(), "uri");
        ours(formats::uri_reference, UriRef::parse(text).is_ok(), "uri-reference");
    }
    if formats::url(text) {
        assert!(formats::uri(text), "{text}");
    }
    if formats::email(text) {
        let (_, host) = text.rsplit_once('@').expect("an address has an @");
        assert!(formats::hostname(host) && !text.contains(char::is_whitespace), "{text}");
    }
    // A moment that can be read is one, but for leap seconds and what separates date and time.
    if let Ok(moment) = text.parse::<mik_sdk::time::Timestamp>() {
        assert!(formats::date_time(text) || text.as_bytes().get(10) == Some(&b' '), "{text}: {moment}");
    }
    if let Some((date, time)) = text.split_once('T') {
        assert_eq!(formats::date_time(text), formats::date(date) && formats::time(time), "{text}");
    }
    // No oracle for these: they have to come to an end, and say yes or no.
    let _ = (formats::duration(text), formats::json_pointer(text));
}

fn check_rules(text: &str) {
    static REGEXES: OnceLock<Vec<Regex>> = OnceLock::new();
    let regexes = REGEXES.get_or_init(|| PATTERNS.iter().map(|(_, regex)| Regex::new(regex).expect("one")).collect());
    let fields = ["slug", "month", "word", "abb", "foreign", "short", "umlaut", "length"];
    let mut input: serde_json::Map<_, _> = fields.iter().map(|name| ((*name).to_owned(), text.into())).collect();
    let characters: Vec<String> = text.chars().take(5).map(String::from).collect();
    input.insert("characters".to_owned(), characters.clone().into());
    let input = serde_json::to_vec(&input).expect("it can be written");

    let mut expected: Vec<&str> = Vec::new();
    expected
        .extend(PATTERNS.iter().zip(regexes).filter(|(_, regex)| !regex.is_match(text)).map(|((name, _), _)| *name));
    let length = text.chars().count();
    if !(2..=4).contains(&length) {
        expected.push("/length");
    }
    let is_distinct = characters.iter().enumerate().all(|(at, one)| !characters[..at].contains(one));
    expected.extend(["/characters"].repeat(usize::from(characters.len() > 3) + usize::from(!is_distinct)));
    match json::parse::<Texts>(&input) {
        Ok(_) => assert_eq!(expected, [""; 0]),
        Err(problem) => {
            let said = problem.to_json();
            check_problem(&said, 422);
            let said: serde_json::Value = serde_json::from_str(&said).expect("a problem is JSON");
            let errors = said["errors"].as_array().expect("the violations");
            let pointers: Vec<&str> = errors.iter().filter_map(|error| error["pointer"].as_str()).collect();
            assert_eq!(pointers, expected, "{text:?}: {said}");
        }
    }
}
