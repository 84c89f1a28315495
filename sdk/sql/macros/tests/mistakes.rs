//! Mistakes are shown at the user's own words. Here and not beside the other tests: what those need would be compiled for
//! these again.

#[test]
fn mistakes_are_shown_where_they_are() {
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}
