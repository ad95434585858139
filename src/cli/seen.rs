//! Whether a value may have come before, in little memory however many there are: a blocked Bloom filter.

use std::hash::{BuildHasher, RandomState};

/// The bits of a value lie in one line of the processor's cache.
const WORDS: usize = 8;
/// So many for each value, of as many times that which are there.
const BITS: u32 = 4;
const SHARE: u64 = 16;
/// Lines at least and at most, which is from 64 KiB up to 32 MiB.
const LINES: (usize, usize) = (1 << 10, 1 << 19);

/// Values that came, as bits that several may share.
#[derive(Debug)]
pub(super) struct Seen {
    /// A key that no journal knows, so that none can be made whose values seem to be one.
    key: RandomState,
    lines: Vec<[u64; WORDS]>,
}

impl Seen {
    /// None yet of as many as `most`.
    pub(super) fn of(most: u64) -> Self {
        let wanted = most.saturating_mul(SHARE) / (WORDS as u64 * 64);
        let lines = usize::try_from(wanted).unwrap_or(usize::MAX).clamp(LINES.0, LINES.1).next_power_of_two();
        Self { key: RandomState::new(), lines: vec![[0; WORDS]; lines] }
    }

    /// Takes a value; whether it has surely not come before.
    pub(super) fn insert(&mut self, value: &[u8]) -> bool {
        let hash = self.key.hash_one(value);
        let line = (hash >> (WORDS * 64).ilog2().saturating_mul(BITS)) as usize & self.lines.len().saturating_sub(1);
        let Some(words) = self.lines.get_mut(line) else { return true };
        let mut is_new = false;
        for nth in 0..BITS {
            let bit = (hash >> (WORDS * 64).ilog2().saturating_mul(nth)) as usize % (WORDS * 64);
            let Some(word) = words.get_mut(bit / 64) else { continue };
            is_new |= *word & (1 << (bit % 64)) == 0;
            *word |= 1 << (bit % 64);
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_never_taken_for_new_and_what_did_not_seldom_for_known() {
        let mut seen = Seen::of(50_000);
        let text = |n: u32| format!("value {n}").into_bytes();
        let taken = (0..50_000).filter(|n| !seen.insert(&text(*n))).count();
        assert!(taken < 500, "{taken}");
        assert!((0..50_000).all(|n| !seen.insert(&text(n))));
        assert!(Seen::of(u64::MAX).lines.len() * 64 <= 32 << 20);
    }
}
