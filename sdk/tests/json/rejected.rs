//! Texts that are nearly JSON: each breaks one rule of RFC 8259.

use super::rejected;

#[rustfmt::skip]
const VALUES: &[&str] = &[
    // A text is one value (section 2).
    "", " ", "\n", "1 2", "1,2", "1,", ",1", ",", ":", "null null", "nullnull", "null,", "[] []", "[][]", "{}{}", "[]1",
    "{}a", "\"a\"\"b\"", "\"a\" b", "[1]]", "{\"a\":1}}", "]", "}", "[1]x", "1a", "1 a", "a1", "_", "*", "?", "!", "&",
    ".", "+", "\\",
    // White space is four characters and no other; there are no comments.
    "\u{b}1", "\u{c}1", "\u{a0}1", "1\u{a0}", "\u{2028}1", "\u{2060}1", "\u{3000}1", "\u{85}1", "[1\u{c}]",
    "[1,\u{b}2]", "1\0", "\x001", "[1\0]", "\u{feff}", "\u{feff}null", "null\u{feff}", "[\u{feff}1]", "// a\n1", "1 // a",
    "/* a */1", "1/**/", "[1/**/,2]", "{\"a\":/**/1}", "# a\n1", "1#", "1;", "<!-- -->1", "\\n1",
    // Section 3: three names, in lower case.
    "n", "nu", "nul", "nulll", "t", "tr", "tru", "truee", "f", "fals", "falsee", "Null", "NULL", "True", "TRUE",
    "False", "nil", "none", "None", "undefined", "NaN", "nan", "-NaN", "Infinity", "-Infinity", "inf", "-inf",
    "+Infinity", "[nul]", "[tru]", "[fals]", "n ull", "tru e", "[nulll]", "{\"a\":tru}", "yes", "on",
    // Section 4: objects.
    "{", "{\"", "{\"a", "{\"a\"", "{\"a\"}", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
    "{\"a\":1,,}", "{\"a\":1,,\"b\":2}", "{,}", "{,\"a\":1}", "{\"a\" 1}", "{\"a\",1}", "{\"a\";1}", "{\"a\"=1}",
    "{\"a\":1;\"b\":2}", "{:1}", "{1}", "{1:1}", "{null:1}", "{true:1}", "{[]:1}", "{{}:1}", "{a:1}", "{'a':1}",
    "{\"a\"::1}", "{\"a\":1:2}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "{]", "{\"a\":[}", "{\"a\":{}", "{\"a\"\"b\":1}",
    "{\"a\":\"b\"\"c\"}", "{\"a\" : }", "{ , }", "{\"a\":1,\"b\"}", "{\"a\":1,\"b\":}", "{\"a\":1,2}", "{\"a\":1,b:2}",
    "{(\"a\":1)}", "{\"a\":1,\"a\"}", "{...}",
    // Section 5: arrays.
    "[", "[[", "[1", "[1,", "[1,]", "[1,,]", "[1,,2]", "[,]", "[,1]", "[,,]", "[1 2]", "[1;2]", "[1:2]", "[1}", "[}",
    "[{]", "[{}", "[[]", "[\"a\"", "[\"a\",", "[\"a\" \"b\"]", "[\"a\":1]", "[1]2", "[a]", "[-]", "[1,null,]",
    "[,null]", "(1)", "[1)", "[...]", "[*]", "[1,2", "[1,2}", "[\"a\",]", "[[],]", "[{},]", "[ , ]", "[1 , ]", "[1\n,",
    "[\n",
];

#[rustfmt::skip]
const NUMBERS: &[&str] = &[
    // Section 6: a digit first, no zero before another, digits after a point and after an `e`.
    "-", "--", "--1", "+1", "+0", "-+1", "+-1", "- 1", "1-", "1+", "1+1", "00", "01", "-01", "-00", "000", "012",
    "0123", "-0123", "00.1", "01e1", "1.", "-1.", "0.", "-0.", ".1", "-.1", ".", "-.", ".0", "1..2", "1.2.3", "1.a",
    "1.-1", "1.+1", "1. 1", "1 .1", "0.e1", "1.e1", ".e1", ".1e1", "1e", "1E", "1e+", "1e-", "1e+ 1", "1e 1", "1ee1",
    "1e1e1", "1e1.5", "1e.5", "1e+-1", "1e++1", "1ea", "e1", "-e1", "e", "E1", "0e", "0e+", "0.1e", "0.1e-", "1.5e3.",
    "0x1", "0x", "0X1F", "0b1", "0o7", "1f", "1L", "1n", "1u8", "1d", "0d", "1_000", "1,000", "1 000", "1'000", "$1",
    "1%", "1a", "1e1a", "0.1a", "-a", "-null", "\u{ff11}", "\u{661}", "1\u{ff10}", "½", "∞", "−1", "[1.]", "[.1]",
    "[01]", "[-]", "[+1]", "[1e]", "{\"a\":01}", "{\"a\":1.}", "[0x1]", "[-01]", "[1e+]", "[- 1]", "[0 1]", "[1.2.3]",
];

#[rustfmt::skip]
const STRINGS: &[&str] = &[
    // Section 7: quotes around, controls escaped, and no other escapes than these.
    "\"", "\"a", "a\"", "\"\\\"", "\"a\\\"", "\"\\", "\"\\\\\\\"", "'a'", "'", "`a`", "\u{201c}a\u{201d}", "a", "abc",
    "\"a\"b\"", "\"\"\"", "\"a\"b", "\"\0\"", "\"\u{1}\"", "\"\u{8}\"", "\"\t\"", "\"\n\"", "\"a\nb\"", "\"\u{c}\"",
    "\"\r\"", "\"\r\n\"", "\"\u{1b}\"", "\"\u{1f}\"", "\"a\u{1f}", r#""\a""#, r#""\c""#, r#""\e""#, r#""\v""#,
    r#""\x""#, r#""\x41""#, r#""\0""#, r#""\1""#, r#""\'""#, r#""\ ""#, r#""\`""#, r#""\N""#, r#""\B""#, r#""\T""#,
    r#""\U0041""#, r#""\{""#, r#""\-""#, r#""\ü""#, "\"\\\n\"", "\"\\\u{1}\"", "\"\\\0\"", "\"\\🦀\"", "\\u0041",
    "\"\\u0041", r#""\u""#, r#""\u0""#, r#""\u00""#, r#""\u004""#, r#""\u{41}""#, r#""\u 041""#, r#""\u00 1""#,
    r#""\u004g""#, r#""\ug041""#, r#""\u-041""#, r#""\u+041""#, r#""\u0x41""#, r#""\u00ü1""#, "\"\\u00\n1\"",
    "\"\\u004\u{661}\"",
    // Half of a pair is no character.
    r#""\ud800""#, r#""\uD800""#, r#""\udbff""#, r#""\udc00""#, r#""\udfff""#, r#""\uDFFF""#, r#""\ud800a""#,
    r#""a\ud800""#, r#""\ud800\n""#, r#""\ud800\\""#, r#""\ud800\u""#, r#""\ud800\ud""#, r#""\ud800\udc""#,
    r#""\ud800\udc0""#, r#""\ud800\u0041""#, r#""\ud800\ud800""#, r#""\ud800\udbff""#, r#""\ud800\ue000""#,
    r#""\ud800 \udc00""#, r#""\ud800x\udc00""#, r#""\udc00\ud800""#, r#""\udc00\udc00""#, r#""\ud800\ud800\udc00""#,
    r#""\ud83e""#, r#"["\ud800"]"#, r#"{"\ud800":1}"#, r#"{"a":"\udc00"}"#,
    // The same in lists and as names.
    "[\"", "[\"a]", "[\"\n\"]", "[\"\\x\"]", "[\"\\u004\"]", "{\"\n\":1}", "{\"\\x\":1}", "{\"\\u004\":1}", "{\"a:1}",
    "{\"a\":\"b}", "{\"a\":\"\t\"}",
];

/// Not UTF-8 (section 8.1): bytes that begin nothing, ends without a beginning, beginnings without an end, characters that are
/// written too long, halves of pairs, and what is above the last character.
#[rustfmt::skip]
const BYTES: &[&[u8]] = &[
    b"\x80", b"\xff", b"\xfe", b"\xc0", b"\xf8", b"\"\x80\"", b"\"\xbf\"", b"\"\xff\"", b"\"\xfe\"", b"\"\xc3\"",
    b"\"\xc3", b"\"\xc3(\"", b"\"\xe2\x82\"", b"\"\xe2\x82", b"\"\xe2(\xa1\"", b"\"\xf0\x9f\xa6\"", b"\"\xf0\x9f\"",
    b"\"\xf0\"", b"\"\xf0(\x8c\xbc\"", b"\"\xc0\x80\"", b"\"\xc0\xaf\"", b"\"\xc1\xbf\"", b"\"\xe0\x80\x80\"",
    b"\"\xe0\x9f\xbf\"", b"\"\xf0\x80\x80\x80\"", b"\"\xf0\x8f\xbf\xbf\"", b"\"\xed\xa0\x80\"", b"\"\xed\xbf\xbf\"",
    b"\"\xed\xa0\xbd\xed\xb8\x80\"", b"\"\xf4\x90\x80\x80\"", b"\"\xf5\x80\x80\x80\"", b"\"\xf8\x88\x80\x80\x80\"",
    b"\"\xfc\x84\x80\x80\x80\x80\"", b"\"\xc3\xbc\xbc\"", b"[\"\xff\"]", b"{\"\xff\":1}", b"{\"a\":\"\xff\"}",
    b"[\xff]", b"[1,\xe9]", b"1\xff", b"\xff1", b"\xfe\xff\0n\0u\0l\0l", b"\xff\xfen\0u\0l\0l\0", b"\0n\0u\0l\0l",
    b"n\0u\0l\0l\0", b"\xef\xbb\xbf", b"\xef\xbb\xbf{}", b"\xef\xbb1", b"\xe9\"", b"\"\xe9\"", b"\"caf\xe9\"",
    b"\"\\\xff\"", b"\"\\u00\xff1\"",
];

#[test]
fn every_broken_rule_is_found() {
    for text in VALUES.iter().chain(NUMBERS).chain(STRINGS) {
        rejected(text.as_bytes());
    }
}

#[test]
fn what_is_not_utf_8_is_rejected() {
    for text in BYTES {
        // What `serde_json` passes over it does not look at: only as a value does it have to agree.
        rejected(text);
    }
}

#[test]
fn a_text_without_its_end_is_rejected_wherever_it_is_cut() {
    let text = r#"{"a":[1,-2.5e+3,"ü\n\ud83e\udd80",{"b":null}],"c":{"d":true,"e":false}}"#;
    super::accepted(text.as_bytes());
    for end in 0..text.len() {
        rejected(&text.as_bytes()[..end]);
    }
}

#[test]
fn what_is_too_large_is_rejected() {
    for text in ["1e309", "-1e309", "1.8e308", "1e400", "1e99999999999999999999", "[1e309]", "9".repeat(400).as_str()] {
        let problem = mik_sdk::json::parse::<serde_json::Value>(text.as_bytes()).unwrap_err();
        assert!(problem.to_json().contains("1.7976931348623157e308"), "{problem:?}");
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_too_deep_is_rejected() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        for levels in [129, 1000, 100_000] {
            let closed = [open.repeat(levels), "1".into(), close.repeat(levels)].concat();
            rejected(closed.as_bytes());
            rejected(open.repeat(levels).as_bytes());
        }
    }
}
