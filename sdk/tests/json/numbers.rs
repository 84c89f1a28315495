//! Numbers, to the last bit: as every type, at every border, and at random.

use mik_sdk::json;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{goes_round, same};

/// Where an integer type ends, or a float begins to lose digits.
#[rustfmt::skip]
const BORDERS: [&str; 34] = [
    "0", "-0", "1", "-1", "127", "128", "-128", "-129", "255", "256", "32767", "32768", "-32768", "-32769", "65535",
    "65536", "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "18446744073709551615", "18446744073709551616", "170141183460469231731687303715884105727",
    "170141183460469231731687303715884105728", "-170141183460469231731687303715884105728",
    "-170141183460469231731687303715884105729", "340282366920938463463374607431768211455",
    "340282366920938463463374607431768211456",
];

/// Written otherwise than as integers, and other values.
const NO_INTEGERS: [&str; 14] =
    ["1.0", "0.0", "-0.0", "1.5", "1e0", "1e2", "-1e2", "1E-1", "\"1\"", "null", "true", "[1]", "{\"a\":1}", "[]"];

/// Halfway cases, the smallest, the largest, those that take a long time to get right.
#[rustfmt::skip]
const HARD: &[&str] = &[
    "0.1", "0.2", "0.3", "0.30000000000000004", "1e23", "8.5e-324", "4.9406564584124654e-324",
    "2.4703282292062327e-324", "2.4703282292062328e-324",
    "2.225073858507201136057409796709131975934819546351645648023426109724822222021076945516529523908135087914149158913039621106870086438694594645527657207407820621743379988141063267329253552286881372149012981122451451889849057222307285255133155755015914397476397983411801999323962548289017107081850690630666655994938275772572015763062690663332647565300009245888316433037779791869612049497390377829704905051080609940730262937128958950003583799967207254304360284078895771796150945516748243471030702609144621572289880258182545180325707018860872113128079512233426288368622321503775666622503982534335974568884423900265498198385487948292206894721689831099698365846814022854243330660339850886445804001034933970427567186443383770486037861622771738545623065874679014086723327636718751234567890123456789012345678901e-308",
    "9007199254740993", "9007199254740992.5", "9007199254740993.0000000000000000000001", "1.7976931348623157e308",
    "1.7976931348623158e308",
    "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
    "6.02214076e23", "6.62607015e-34", "1.602176634e-19", "3.141592653589793238462643383279502884197",
    "123456789012345678901234567890",
    "0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "5e-324", "1e-323", "2.2250738585072011e-308", "2.2250738585072012e-308", "2.2250738585072014e-308",
    "1.00000005960464477539062500001", "1.0000000596046448", "16777217", "16777219", "1.1754943508222875e-38",
    "1.4012984643248170e-45", "3.4028234663852886e38",
];

#[test]
fn integers_end_where_their_types_end() {
    for text in BORDERS.into_iter().chain(NO_INTEGERS) {
        // A zero with a sign is an integer for us; `serde_json` reads it as a float, and refuses it.
        if text == "-0" {
            continue;
        }
        same::<i8>(text);
        same::<i16>(text);
        same::<i32>(text);
        same::<i64>(text);
        same::<i128>(text);
        same::<isize>(text);
        same::<u8>(text);
        same::<u16>(text);
        same::<u32>(text);
        same::<u64>(text);
        same::<u128>(text);
        same::<usize>(text);
        same::<Option<u8>>(text);
        same::<Vec<u8>>(&format!("[{text}]"));
    }
    assert_eq!(json::parse::<i8>(b"-0").unwrap(), 0);
    assert_eq!(json::parse::<u64>(b"-0").unwrap(), 0);
}

/// As the standard library reads it, which is right to the last bit; `serde_json` by default is not.
#[track_caller]
fn is_exact(text: &str) {
    let expected: f64 = text.parse().unwrap();
    let number: f64 = json::parse(text.as_bytes()).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
    assert_eq!(number.to_bits(), expected.to_bits(), "{text}");
    let expected: f32 = text.parse().unwrap();
    match json::parse::<f32>(text.as_bytes()) {
        Ok(number) => assert_eq!(number.to_bits(), expected.to_bits(), "{text}"),
        Err(_) => assert!(expected.is_infinite(), "{text}"),
    }
    let value: serde_json::Value = json::parse(text.as_bytes()).unwrap();
    assert_eq!(value.as_f64(), Some(text.parse().unwrap()), "{text}");
}

#[test]
fn floats_are_right_to_the_last_bit() {
    for text in HARD.iter().chain(&BORDERS) {
        is_exact(text);
        is_exact(&format!("-{}", text.trim_start_matches('-')));
    }
}

#[test]
fn ten_thousand_random_floats_are_right_to_the_last_bit_and_go_round() {
    let bits = any::<u64>().prop_filter("a number", |bits| f64::from_bits(*bits).is_finite());
    let texts = ("-?(0|[1-9][0-9]{0,25})", "([.][0-9]{1,30})?", "([eE][+-]?[0-9]{1,2})?");
    runner(10_000)
        .run(&(bits, texts, any::<u32>()), |(bits, (integer, fraction, exponent), narrow)| {
            let number = f64::from_bits(bits);
            is_exact(&number.to_string());
            is_exact(&format!("{number:e}"));
            is_exact(&[integer, fraction, exponent].concat());
            let back: f64 = json::parse(&json::to_vec(&number).unwrap()).unwrap();
            assert_eq!(back.to_bits(), bits);
            let narrow = f32::from_bits(narrow);
            if narrow.is_finite() {
                let back: f32 = json::parse(&json::to_vec(&narrow).unwrap()).unwrap();
                assert_eq!(back.to_bits(), narrow.to_bits());
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn random_integers_go_round_in_every_type() {
    runner(2000)
        .run(&any::<(i128, u128)>(), |(signed, unsigned)| {
            goes_round(&(signed as i8, signed as i16, signed as i32, signed as i64, signed));
            goes_round(&(unsigned as u8, unsigned as u16, unsigned as u32, unsigned as u64, unsigned));
            same::<i64>(&signed.to_string());
            same::<u64>(&unsigned.to_string());
            same::<i32>(&(signed as i64).to_string());
            Ok(())
        })
        .unwrap();
}

/// The same numbers on every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}
