//! Mistakes are shown at the user's own words, and say what to write.

#[test]
fn mistakes_are_shown_where_they_are() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/mistakes/routes/*.rs");
    cases.compile_fail("tests/mistakes/types/*.rs");
    #[cfg(not(any(feature = "http-client", feature = "multipart", feature = "signed-cookies")))]
    cases.compile_fail("tests/mistakes/features/*.rs");
    #[cfg(feature = "http-client")]
    cases.compile_fail("tests/mistakes/fetch/*.rs");
}
