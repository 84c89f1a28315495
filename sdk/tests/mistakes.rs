//! Mistakes are shown at the user's own words, and say what to write.

#[test]
fn mistakes_are_shown_where_they_are() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/mistakes/routes/*.rs");
    cases.compile_fail("tests/mistakes/types/*.rs");
    // The compiler lists extractors that there are, and `Multipart` is one of them.
    #[cfg(not(feature = "multipart"))]
    cases.compile_fail("tests/mistakes/extractors/*.rs");
    // With the document, what is wrong with a `before` function is said once more.
    #[cfg(not(feature = "openapi"))]
    cases.compile_fail("tests/mistakes/layers/*.rs");
    #[cfg(feature = "http-client")]
    cases.compile_fail("tests/mistakes/fetch/*.rs");
    #[cfg(not(any(feature = "http-client", feature = "multipart", feature = "signed-cookies")))]
    cases.compile_fail("tests/mistakes/features/*.rs");
}
