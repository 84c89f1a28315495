//! Texts that are JSON, by the rules of RFC 8259.

use super::accepted;

#[rustfmt::skip]
const VALUES: &[&str] = &[
    // Section 3: the three names, at the top too.
    "null", "true", "false", "[null]", "[true]", "[false]", "[null,true,false]", r#"{"a":null,"b":true,"c":false}"#,
    // Section 2: white space is these four, anywhere between tokens.
    " null", "null ", "\tnull", "null\t", "\nnull", "null\n", "\rnull", "null\r", " \t\r\n null \r\n\t ", "[ ]", "[\t]",
    "[\n]", "[\r]", "{ }", "{\t}", "{\n}", "{\r}", "[ 1 ]", "[1 ,2]", "[1, 2]", "[1\n,\n2]", r#"{ "a":1}"#,
    r#"{"a" :1}"#, r#"{"a": 1}"#, r#"{"a":1 }"#, "{\"a\"\n:\r\n1\t,\"b\" : 2 }", "\n\n[\r\n1\r\n]\r\n",
    // Section 4: objects.
    "{}", r#"{"":0}"#, r#"{"a":1}"#, r#"{"a":1,"b":2}"#, r#"{"a":{"a":{"a":{}}}}"#, r#"{"a":[]}"#, r#"{"a b":1}"#,
    r#"{"a":1,"A":2}"#, r#"{"\u0061":1}"#, r#"{"\"":1}"#, r#"{"\\":1}"#, r#"{"a/b~c":1}"#, "{\"ü\":\"ü\"}",
    r#"{"\ud83e\udd80":1}"#, r#"{"\u0000":1}"#, "{\"\u{7f}\":1}", r#"{"0":0}"#, r#"{"null":null}"#,
    // The last of two values of a name counts.
    r#"{"a":1,"a":2}"#, r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#, r#"{"a":{"b":1},"a":{"c":1}}"#,
    // Section 5: arrays.
    "[]", "[[]]", "[[],[]]", "[[[[]]]]", "[{}]", "[{},{}]", "[1]", "[1,2,3]", r#"["a"]"#, r#"[1,"a",null,true,[],{}]"#,
    r#"[{"a":[{"b":[{}]}]}]"#, "[null,null,null,null]", "[[1,[2,[3,[4]]]]]",
];

#[rustfmt::skip]
const NUMBERS: &[&str] = &[
    // Section 6: integers.
    "0", "-0", "1", "-1", "9", "10", "-10", "100", "1234567890", "[0]", "[-0]", "[0,0]", r#"{"a":0}"#, "0 ", " 0",
    "0\n", "127", "128", "-128", "-129", "255", "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648",
    "-2147483648", "-2147483649", "4294967295", "4294967296", "9007199254740991", "9007199254740992",
    "9007199254740993", "-9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "18446744073709551615", "18446744073709551616", "170141183460469231731687303715884105727",
    "340282366920938463463374607431768211455", "340282366920938463463374607431768211456",
    "100000000000000000000000000000000000000000000000000000000000000000000000",
    // Fractions.
    "0.0", "-0.0", "0.1", "-0.1", "1.0", "1.5", "-1.5", "0.5", "10.01", "0.000001", "0.30000000000000004",
    "3.141592653589793", "2.718281828459045", "123.456", "-123.456", "1.7976931348623157",
    "0.00000000000000000000000000000000000000000000000000000001",
    // Exponents.
    "0e0", "0E0", "0e+0", "0e-0", "-0e0", "1e0", "1E0", "1e1", "1e+1", "1e-1", "1E+1", "1E-1", "1e01", "1e001", "1e-01",
    "1.0e1", "1.5e3", "1.5E-3", "-1.5e+3", "123e45", "123.456e78", "123.456e-78", "0e1", "0e999", "0.0e-999", "1e22",
    "1e23", "1e100", "1e-100", "1e308", "1e-308", "1.7976931348623157e308", "-1.7976931348623157e308",
    "2.2250738585072014e-308", "4.9e-324", "5e-324", "1e-400", "-1e-400", "123e-10000000",
];

#[rustfmt::skip]
const STRINGS: &[&str] = &[
    // Section 7: strings, and every escape.
    r#""""#, r#""a""#, r#"" ""#, r#""abc""#, r#""a b""#, r#"["",""]"#, r#""\"""#, r#""\\""#, r#""\/""#, r#""/""#,
    r#""\b""#, r#""\f""#, r#""\n""#, r#""\r""#, r#""\t""#, r#""\"\\\/\b\f\n\r\t""#, r#""a\nb\nc""#, r#""\\n""#,
    r#""\\\\""#, r#""\\\"""#, r#""\\u0041""#, r#""'""#, r#""//""#, r#""/*""#, r##""#""##, r#""{}[],:""#, r#""null""#,
    r#""1""#, r#""\u0000""#, r#""\u0001""#, r#""\u001f""#, r#""\u0020""#, r#""\u0022""#, r#""\u005c""#, r#""\u0041""#,
    r#""\u007F""#, r#""\u0080""#, r#""\u00e9""#, r#""\u00E9""#, r#""\u00Ee""#, r#""\u07ff""#, r#""\u0800""#,
    r#""\u2028""#, r#""\u2029""#, r#""\ud7ff""#, r#""\ue000""#, r#""\ufdd0""#, r#""\ufeff""#, r#""\uFFFE""#,
    r#""\uffff""#, r#""\u00410""#, r#""\u0041\u0042""#, r#""x\u0041y""#,
    // Characters beyond the first 65536 are two escapes.
    r#""\ud800\udc00""#, r#""\uD800\uDC00""#, r#""\udbff\udfff""#, r#""\ud83e\udd80""#, r#""\uD83E\udd80x""#,
    r#""\ud834\udd1e\ud834\udd1e""#, r#""\udbff\udffe""#,
    // What need not be escaped is not.
    "\"\u{7f}\"", "\"\u{80}\"", "\"\u{9f}\"", "\"ü\"", "\"\u{7ff}\"", "\"\u{800}\"", "\"€\"", "\"\u{2028}\"",
    "\"\u{2029}\"", "\"\u{d7ff}\"", "\"\u{e000}\"", "\"\u{feff}\"", "\"\u{fffe}\"", "\"\u{ffff}\"", "\"\u{10000}\"",
    "\"🦀\"", "\"\u{10ffff}\"", "\"a\u{301}\"", "\"ü\\u00fc\"", "\"🦀\\n🦀\"", "[\"ü\",\"🦀\"]",
];

#[test]
fn every_value_of_the_grammar_is_taken() {
    for text in VALUES.iter().chain(NUMBERS).chain(STRINGS) {
        accepted(text.as_bytes());
    }
}

#[test]
fn every_character_is_taken_as_itself_and_as_its_escapes() {
    for character in (0..=0x0010_ffff).step_by(7).chain(0..0x300).filter_map(char::from_u32) {
        let escapes: String = character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
        let escaped = format!("\"{escapes}\"");
        assert_eq!(mik_sdk::json::parse::<char>(escaped.as_bytes()).unwrap(), character, "{escaped}");
        if character >= ' ' && !['"', '\\'].contains(&character) {
            let plain = format!("\"{character}\"");
            assert_eq!(mik_sdk::json::parse::<char>(plain.as_bytes()).unwrap(), character, "{escaped}");
        }
    }
}

#[test]
fn what_is_long_or_deep_is_taken() {
    let long = format!("\"{}\"", "ü\\n".repeat(50_000));
    assert_eq!(accepted(long.as_bytes()).as_str().unwrap().chars().count(), 100_000);
    let many = format!("[{}1]", "1,".repeat(50_000));
    assert_eq!(accepted(many.as_bytes()).as_array().unwrap().len(), 50_001);
    let names: Vec<String> = (0..10_000).map(|number| format!("\"{number}\":{number}")).collect();
    assert_eq!(accepted(format!("{{{}}}", names.join(",")).as_bytes()).as_object().unwrap().len(), 10_000);
    // `serde_json` stops at 127 levels, we at 128.
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        accepted([open.repeat(127), "1".into(), close.repeat(127)].concat().as_bytes());
        let deeper = [open.repeat(128), "1".into(), close.repeat(128)].concat();
        mik_sdk::json::parse::<serde_json::Value>(deeper.as_bytes()).unwrap();
    }
}
