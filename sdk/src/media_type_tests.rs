//! Which type a client wants: the examples of RFC 9110, and what is no example.
#![allow(clippy::unwrap_used, reason = "a test")]

use super::*;

fn quality(accept: &[&str], offer: &str) -> u16 {
    Wishes::new(&mut accept.iter().copied()).quality(offer)
}

#[test]
fn the_examples_of_rfc_9110_section_12_5_1() {
    let accept = "audio/*; q=0.2, audio/basic";
    assert_eq!((quality(&[accept], "audio/basic"), quality(&[accept], "audio/mpeg")), (1000, 200));

    let accept = "text/plain; q=0.5, text/html,\r\n text/x-dvi; q=0.8, text/x-c".replace("\r\n", "");
    for (offer, expected) in [("text/html", 1000), ("text/x-c", 1000), ("text/x-dvi", 800), ("text/plain", 500)] {
        assert_eq!(quality(&[&accept], offer), expected, "{offer}");
    }

    // The most specific range that fits decides, wherever it stands.
    let accept = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5";
    for (offer, expected) in [
        ("text/plain;format=flowed", 1000),
        ("text/plain", 700),
        ("text/html", 300),
        ("image/jpeg", 500),
        ("text/plain;format=fixed", 400),
        ("text/html;level=3", 300),
    ] {
        assert_eq!(quality(&[accept], offer), expected, "{offer}");
    }
}

#[test]
fn a_type_with_more_parameters_than_any_has_is_none() {
    let with = |count: usize| (0..count).fold("a/b".to_owned(), |text, number| text + &format!("; p{number}=x"));
    assert!(MediaType::parse(&with(32)).is_some());
    assert!(MediaType::parse(&with(33)).is_none());
}

#[test]
fn fields_that_come_twice_are_one_list() {
    assert_eq!(quality(&["text/html;q=0.1", "application/json"], "application/json"), 1000);
    assert_eq!(quality(&["text/html;q=0.1", "application/json"], "text/html"), 100);
    assert_eq!(quality(&["text/html;q=0.1", "application/json"], "image/png"), 0);
}

#[test]
fn nothing_said_is_everything_taken() {
    for accept in [&[][..], &[""], &[" , "], &["nonsense", "a/b;q=high"]] {
        assert_eq!(quality(accept, "text/html"), 1000, "{accept:?}");
    }
}

#[test]
fn a_quality_of_zero_is_a_refusal() {
    assert_eq!(quality(&["*/*, text/html;q=0"], "text/html"), 0);
    assert_eq!(quality(&["*/*, text/html;q=0.000"], "text/plain"), 1000);
}

#[test]
fn words_stand_for_types() {
    for (accept, word, is_taken) in [
        ("application/json", "json", true),
        ("application/vnd.api+json", "json", true),
        ("text/*", "html", true),
        ("text/*", "json", false),
        ("application/*", "json", true),
        ("application/xhtml+xml", "html", false),
        ("text/html", "json", false),
        ("application/json;q=0, */*", "json", false),
    ] {
        assert_eq!(quality(&[accept], word) > 0, is_taken, "{accept} {word}");
    }
}

#[test]
fn weights_are_as_the_rfc_writes_them() {
    for (text, expected) in
        [("0", Some(0)), ("1", Some(1000)), ("0.5", Some(500)), ("0.123", Some(123)), ("1.", Some(1000))]
    {
        assert_eq!(thousandths(text), expected, "{text}");
    }
    for wrong in ["", "2", "1.001", "0.1234", "-1", "0,5", ".5", "00.5", "0.5x", "1e0"] {
        assert_eq!(thousandths(wrong), None, "{wrong}");
    }
}

#[test]
fn the_better_offer_wins_and_the_first_of_equals() {
    let wishes = Wishes::new(&mut ["text/html;q=0.5, application/json"].into_iter());
    let preferred = |offers: &[&'static str]| best(offers, |offer| wishes.quality(offer));
    assert_eq!(preferred(&["text/html", "application/json"]), Some("application/json"));
    assert_eq!(preferred(&["text/html", "image/png"]), Some("text/html"));
    assert_eq!(preferred(&["image/png"]), None);
    let anything = Wishes::new(&mut ["*/*"].into_iter());
    assert_eq!(best(&["b/b", "a/a"], |offer| anything.quality(offer)), Some("b/b"));
}

#[test]
fn languages_are_looked_up() {
    let preferred = |accept: &str, offers: &[&'static str]| preferred_language(&mut [accept].into_iter(), offers);
    // RFC 9110, 12.5.4.
    let accept = "da, en-gb;q=0.8, en;q=0.7";
    assert_eq!(preferred(accept, &["en-US", "en-GB"]), Some("en-GB"));
    assert_eq!(preferred(accept, &["en", "da"]), Some("da"));
    assert_eq!(preferred(accept, &["fr"]), None);
    assert_eq!(preferred("de-AT", &["en", "de"]), Some("de"));
    assert_eq!(preferred("de", &["en", "de-CH"]), Some("de-CH"));
    assert_eq!(preferred("den", &["de"]), None);
    assert_eq!(preferred("fr, *;q=0.1", &["en", "de"]), Some("en"));
    assert_eq!(preferred("", &["en", "de"]), Some("en"));
}

#[test]
fn media_types_are_taken_apart() {
    let media_type = MediaType::parse("multipart/form-data; boundary=\"a b\"").unwrap();
    assert_eq!((media_type.kind(), media_type.subtype()), ("multipart", "form-data"));
    assert_eq!(media_type.parameter("BOUNDARY").as_deref(), Some("a b"));
    for wrong in ["", "/", "a/", "/b", "a b/c", "a/b; c", "a/b; c=d; C=e", "a/b/c", "ü/b", "a/b;c=\"d"] {
        assert_eq!(MediaType::parse(wrong), None, "{wrong}");
    }
}
