//! Bytes that nobody would make up: every value, in no order, and the same for the same seed. The handler among the
//! test guests has this very file, so that each side can tell whether the other's bytes are the right ones.

/// So many bytes: xorshift64*, the high byte of each number.
pub fn bytes(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 56) as u8
    };
    (0..count).map(|_| next()).collect()
}
