//! Randomness that is the same each time.

use std::cell::RefCell;

use super::scope::{self, Scope};

thread_local! {
    static STATE: RefCell<Option<u64>> = const { RefCell::new(None) };
}

/// Randomness that a test has seeded: see [`seed`].
///
/// ```
/// use mik_sdk::testing::{self, Seed};
///
/// let _seed: Seed = testing::seed(7);
/// ```
#[derive(Debug)]
#[must_use = "numbers are the same only as long as this is kept: `let _seed = testing::seed(…)`"]
pub struct Seed {
    _scope: Scope<u64>,
}

/// Makes [`random`](crate::random) on this thread give the same numbers for the same seed, until what this returns is
/// dropped. They are fit for nothing but tests.
///
/// ```
/// use mik_sdk::prelude::*;
///
/// let first = { let _seed = testing::seed(7); random::uuid() };
/// let again = { let _seed = testing::seed(7); random::uuid() };
/// assert_eq!(first, again);
/// assert_ne!(first, random::uuid());
/// ```
pub fn seed(seed: u64) -> Seed {
    Seed { _scope: Scope::enter(&STATE, seed) }
}

/// As many bytes, where the test on this thread has given a seed.
pub(crate) fn bytes(len: usize) -> Option<Vec<u8>> {
    scope::with(&STATE, |state| (0..len).map(|_| (next(state) >> 56) as u8).collect())
}

/// SplitMix64 (Steele, Lea and Flood, 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_numbers_are_those_of_the_generator() {
        let mut state = 1_234_567;
        let numbers = [(); 3].map(|()| super::next(&mut state));
        assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }
}
