//! Whether a value has come before, in little memory however many there are: a blocked Bloom filter, and who is asked where
//! that is not sure.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use crate::bytes::Mix;

/// The bits of a value lie in one line of the processor's cache.
const WORDS: usize = 8;
/// So many for each value, of as many times that which are there.
const BITS: u32 = 4;
const SHARE: u64 = 16;
/// Lines at least and at most, which is from 64 KiB up to 32 MiB.
const LINES: (usize, usize) = (1 << 10, 1 << 19);

/// So many that came again are known without being asked for: files repeat the same.
const AGAIN: usize = 1 << 18;

/// Values that came, as bits that several may share.
#[derive(Debug)]
pub(super) struct Seen {
    /// A key that no journal knows, so that none can be made whose values seem to be one.
    key: RandomState,
    lines: Vec<[u64; WORDS]>,
    /// What came again, by a second key, so that no two of so few share a hash.
    again: HashSet<(u64, u64), Mix>,
    other_key: RandomState,
}

impl Seen {
    /// None yet of as many as `most`.
    pub(super) fn of(most: u64) -> Self {
        let wanted = most.saturating_mul(SHARE) / (WORDS as u64 * 64);
        let lines = usize::try_from(wanted).unwrap_or(usize::MAX).clamp(LINES.0, LINES.1).next_power_of_two();
        Self {
            key: RandomState::new(),
            lines: vec![[0; WORDS]; lines],
            again: HashSet::with_hasher(Mix::new()),
            other_key: RandomState::new(),
        }
    }

    /// Takes a value; whether it is new, which `is_known` tells where it may be.
    pub(super) fn insert(&mut self, value: &[u8], is_known: impl FnOnce(&[u8]) -> bool) -> bool {
        let hash = self.key.hash_one(value);
        if self.mark(hash) {
            return true;
        }
        let both = (hash, self.other_key.hash_one(value));
        if self.again.contains(&both) {
            return false;
        }
        let is_known = is_known(value);
        if is_known {
            if self.again.len() >= AGAIN {
                self.again.clear();
            }
            self.again.insert(both);
        }
        !is_known
    }

    /// Sets the bits of a hash; whether any was not set.
    fn mark(&mut self, hash: u64) -> bool {
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
        let mut asked = 0;
        assert!((0..50_000).all(|n| seen.insert(&text(n), |_| {
            asked += 1;
            false
        })));
        assert!(asked < 500, "{asked}");
        assert!((0..50_000).all(|n| !seen.insert(&text(n), |_| true)));
        assert!((0..50_000).all(|n| !seen.insert(&text(n), |_| unreachable!("it came again before"))));
        assert!(Seen::of(u64::MAX).lines.len() * 64 <= 32 << 20);
    }
}
