//! Random numbers that are the same each time: SplitMix64, whose numbers no other version of a crate will change.

use std::convert::Infallible;

use rand::TryRng;

pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.next() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for piece in bytes.chunks_mut(8) {
            let next = self.next().to_le_bytes();
            piece.iter_mut().zip(next).for_each(|(byte, next)| *byte = next);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_seed_alone() {
        let mut chance = Chance::new(0);
        // The reference implementation's first number.
        assert_eq!(chance.next(), 0xe220_a839_7b1d_cdaf);
        let mut bytes = [0; 9];
        let (mut one, mut other) = (Chance::new(7), Chance::new(7));
        let Ok(()) = one.try_fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], other.next().to_le_bytes());
    }
}
