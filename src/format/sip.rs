//! SipHash-2-4, word by word: for who does something else between the words.

use super::Id128;

/// The state of a hash that has taken some words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sip([u64; 4]);

impl Sip {
    /// The hash of nothing yet.
    #[inline]
    pub(super) fn keyed(key: Id128) -> Self {
        let [first, second] = key.halves().map(u64::from_le_bytes);
        // "somepseudorandomlygeneratedbytes", by the function's definition.
        Self([
            first ^ 0x736f_6d65_7073_6575,
            second ^ 0x646f_7261_6e64_6f6d,
            first ^ 0x6c79_6765_6e65_7261,
            second ^ 0x7465_6462_7974_6573,
        ])
    }

    /// Takes the next 8 bytes.
    #[inline]
    pub(super) fn word(&mut self, word: u64) {
        let [_, _, _, d] = &mut self.0;
        *d ^= word;
        self.round();
        self.round();
        let [a, ..] = &mut self.0;
        *a ^= word;
    }

    /// The hash of `bytes`, of which all but `rest` was taken.
    #[inline]
    pub(super) fn end(mut self, rest: &[u8], bytes: &[u8]) -> u64 {
        let (words, rest) = rest.as_chunks();
        words.iter().for_each(|word| self.word(u64::from_le_bytes(*word)));
        let last = match bytes.last_chunk() {
            // One load and a shift, as what stands before is known.
            Some(last) => {
                u64::from_le_bytes(*last).unbounded_shr(64_u32.saturating_sub((rest.len() as u32).saturating_mul(8)))
            }
            None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        self.word(last | (bytes.len() as u64) << 56);
        let [_, _, c, _] = &mut self.0;
        *c ^= 0xff;
        (0..4).for_each(|_| self.round());
        self.0.iter().fold(0, |hash, word| hash ^ word)
    }

    #[inline]
    fn round(&mut self) {
        let [mut a, mut b, mut c, mut d] = self.0;
        a = a.wrapping_add(b);
        c = c.wrapping_add(d);
        b = b.rotate_left(13) ^ a;
        d = d.rotate_left(16) ^ c;
        a = a.rotate_left(32);
        c = c.wrapping_add(b);
        a = a.wrapping_add(d);
        b = b.rotate_left(17) ^ c;
        d = d.rotate_left(21) ^ a;
        c = c.rotate_left(32);
        self.0 = [a, b, c, d];
    }
}
