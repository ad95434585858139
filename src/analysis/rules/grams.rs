//! Many literals looked for at a quarter of a message's bytes.

use std::fmt;

/// Bytes that are looked at together, from every fourth byte of a message on.
const GRAM: usize = 4;
/// Whatever contains so much of a literal has a whole gram of it at one of the places looked at.
const PART: usize = 2 * GRAM - 1;
/// A set of hashes of 16 bits, in words of 64.
const WORDS: usize = 1 << 10;
/// What most text consists of, the most frequent first.
const FREQUENT: &[u8] = b" etaoinsrhldcumpfgwy:0123456789.-";

/// The grams of a part of each literal.
#[derive(Clone)]
pub(super) struct Grams {
    /// The hashes of all grams: most grams of a message are none of them.
    seen: Box<[u64; WORDS]>,
    /// How many hashes are in the words before each.
    before: Box<[u32; WORDS]>,
    /// By the hash of their gram: those of the first hash, those of the second, and so on.
    known: Vec<Vec<Known>>,
}

/// A gram of a literal.
#[derive(Clone, Debug)]
struct Known {
    gram: [u8; GRAM],
    /// Where it stands in the literal.
    at: usize,
    literal: Vec<u8>,
    voice: u64,
}

impl Default for Grams {
    fn default() -> Self {
        Self { seen: Box::new([0; WORDS]), before: Box::new([0; WORDS]), known: Vec::new() }
    }
}

impl fmt::Debug for Grams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grams").field("known", &self.known).finish_non_exhaustive()
    }
}

impl Grams {
    /// Whether a literal is long enough to be found.
    pub(super) const fn can_find(literal: &str) -> bool {
        literal.len() >= PART
    }

    /// Those of literals that [can be found](Self::can_find); each stands for the bits beside it.
    pub(super) fn of(literals: &[(String, u64)]) -> Self {
        let mut grams = Self::default();
        let mut known = Vec::new();
        for (literal, voice) in literals {
            grams.add(literal.as_bytes(), *voice, &mut known);
        }
        known.sort_by_key(|known| place(known.gram));
        grams.known = known.chunk_by(|one, two| place(one.gram) == place(two.gram)).map(<[Known]>::to_vec).collect();
        let mut before = 0_u32;
        for (word, seen) in grams.before.iter_mut().zip(grams.seen.iter()) {
            *word = before;
            before = before.saturating_add(seen.count_ones());
        }
        grams
    }

    fn add(&mut self, literal: &[u8], voice: u64, known: &mut Vec<Known>) {
        let parts = literal.windows(PART).enumerate();
        let Some((start, part)) = parts.max_by_key(|(_, part)| rarest(part)) else { return };
        for (at, gram) in (start..).zip(part.windows(GRAM)) {
            let Some(gram) = gram.first_chunk().copied() else { continue };
            let (word, bit) = place(gram);
            if let Some(word) = self.seen.get_mut(word) {
                *word |= bit;
            }
            known.push(Known { gram, at, literal: literal.to_vec(), voice });
        }
    }

    /// The bits of all literals that a message contains.
    #[inline]
    pub(super) fn voices_in(&self, message: &[u8]) -> u64 {
        let mut voices = 0;
        let (grams, _) = message.as_chunks::<GRAM>();
        for (at, gram) in (0..).step_by(GRAM).zip(grams) {
            let (word, bit) = place(*gram);
            if self.seen.get(word).is_some_and(|word| word & bit != 0) {
                voices |= self.voices_at(message, at, *gram);
            }
        }
        voices
    }

    /// The bits of the literals that a message contains round a gram.
    #[inline(never)]
    fn voices_at(&self, message: &[u8], at: usize, gram: [u8; GRAM]) -> u64 {
        let (word, bit) = place(gram);
        let lower = self.seen.get(word).map_or(0, |seen| (seen & bit.wrapping_sub(1)).count_ones());
        let group = self.before.get(word).map_or(lower, |before| before.saturating_add(lower));
        let same = self.known.get(group as usize).into_iter().flatten().filter(|known| known.gram == gram);
        let is_here = |known: &&Known| {
            let rest = at.checked_sub(known.at).and_then(|start| message.get(start..));
            rest.is_some_and(|rest| rest.starts_with(&known.literal))
        };
        same.filter(is_here).fold(0, |voices, known| voices | known.voice)
    }
}

/// The word and the bit of a gram.
#[inline]
const fn place(gram: [u8; GRAM]) -> (usize, u64) {
    let hash = u32::from_le_bytes(gram).wrapping_mul(0x9e37_79b1);
    ((hash >> 22) as usize, 1 << (hash >> 16 & 63))
}

/// How rare the most frequent gram of a part is in text.
fn rarest(part: &[u8]) -> usize {
    let rank = |byte: &u8| FREQUENT.iter().position(|known| known == byte).unwrap_or(FREQUENT.len());
    part.windows(GRAM).map(|gram| gram.iter().map(rank).sum()).min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LITERALS: [&str; 5] = ["blocked", "unblocked", "soft lockup - CPU#", "\u{fffd}\u{fffd}\u{fffd}", "blocked"];

    fn grams() -> Grams {
        let literals = LITERALS.iter().enumerate().map(|(bit, literal)| ((*literal).to_owned(), 1 << bit));
        Grams::of(&literals.collect::<Vec<_>>())
    }

    #[test]
    fn a_literal_is_found_wherever_it_stands() {
        let grams = grams();
        for (bit, literal) in LITERALS.iter().enumerate() {
            for before in 0..9 {
                for after in 0..5 {
                    let message = format!("{}{literal}{}", ".".repeat(before), ".".repeat(after));
                    assert_ne!(grams.voices_in(message.as_bytes()) & 1 << bit, 0, "{message}");
                }
            }
        }
    }

    #[test]
    fn all_that_are_found_are_there_and_are_all_that_are_there() {
        for message in ["", "loc", "locked", "block", "it unblocked.", "a soft lockup - CPU 3", "blockedblocked"] {
            let there = LITERALS.iter().enumerate().filter(|(_, literal)| message.contains(*literal));
            let expected = there.fold(0, |bits, (bit, _)| bits | 1 << bit);
            assert_eq!(grams().voices_in(message.as_bytes()), expected, "{message}");
        }
    }

    #[test]
    fn what_is_too_short_is_told() {
        assert!(LITERALS.iter().all(|literal| Grams::can_find(literal)));
        assert!(!Grams::can_find("frozen"));
        assert_eq!(Grams::of(&[("frozen".to_owned(), 1)]).voices_in(b"frozen solid"), 0);
    }
}
