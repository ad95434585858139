//! A fast hasher for maps whose keys are offsets.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A hasher of one multiplication, with a secret start so that no file can be made to collide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mix(u64);

impl Mix {
    /// A hasher with a start of its own.
    pub(crate) fn new() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl Default for Mix {
    fn default() -> Self {
        Self::new()
    }
}

impl BuildHasher for Mix {
    type Hasher = Self;

    #[inline]
    fn build_hasher(&self) -> Self {
        *self
    }
}

impl Hasher for Mix {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        match bytes.last_chunk() {
            _ if rest.is_empty() => {}
            Some(last) => self.write_u64(u64::from_le_bytes(*last)),
            None => self.write_u64(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
        }
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        let wide = u128::from(self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = (wide ^ (wide >> 64)) as u64;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
