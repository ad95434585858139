//! Places in a file as bits, so that remembering all objects costs a sixty-fourth of its size.

use std::collections::HashMap;

use crate::bytes::Mix;
use crate::corrupt::Offset;

/// A set of places: one bit for every 8 bytes of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Starts {
    words: Vec<u64>,
}

/// The word and the bit of a place; `None` where no object can start.
fn bit(at: Offset) -> Option<(usize, u64)> {
    let slot = at.0 / 8;
    at.is_aligned().then_some((usize::try_from(slot / 64).ok()?, 1 << (slot % 64)))
}

impl Starts {
    /// No places of a file with `len` bytes.
    pub(super) fn of(len: u64) -> Self {
        let words = usize::try_from(len / 512).unwrap_or_default().saturating_add(1);
        Self { words: vec![0; words] }
    }

    /// Adds a place; `false` when it was there or lies beyond the file.
    pub(super) fn insert(&mut self, at: Offset) -> bool {
        let Some((word, bit)) = bit(at) else { return false };
        let Some(word) = self.words.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether a place is in the set.
    pub(super) fn contains(&self, at: Offset) -> bool {
        bit(at).is_some_and(|(word, bit)| self.words.get(word).is_some_and(|word| word & bit != 0))
    }

    /// The first place behind `from` and before `to`.
    pub(super) fn between(&self, from: Offset, to: Offset) -> Option<Offset> {
        let first = usize::try_from(from.0 / 512).ok()?;
        let words = (0_u64..).step_by(512).zip(&self.words).skip(first).take_while(|(start, _)| *start < to.0);
        let places = words.flat_map(|(start, word)| {
            let bits = (0_u64..64).filter(move |bit| word >> bit & 1 != 0);
            bits.map(move |bit| Offset(start.saturating_add(bit.saturating_mul(8))))
        });
        places.take_while(|at| *at < to).find(|at| *at > from)
    }

    /// The places of any of the sets, ascending.
    pub(super) fn union<'a>(sets: [&'a Self; 3]) -> impl Iterator<Item = Offset> + 'a {
        let [one, two, three] = sets.map(|set| set.words.iter());
        let words = one.zip(two).zip(three).map(|((one, two), three)| one | two | three);
        (0_u64..).step_by(512).zip(words).flat_map(|(from, word)| {
            let bits = (0_u64..64).filter(move |bit| word >> bit & 1 != 0);
            bits.map(move |bit| Offset(from.saturating_add(bit.saturating_mul(8))))
        })
    }
}

/// What is remembered of sound payloads.
#[derive(Debug)]
pub(super) enum Memory {
    /// All of them.
    All(Payloads),
    /// Some of those that are worth it.
    Some(HashMap<Offset, u64, Mix>),
}

/// How many are remembered where memory is short: as many as a table has room for without growing beyond 2^21 places.
const REMEMBERED_MOST: usize = 1_800_000;

impl Memory {
    /// Room for all payloads of a file with `len` bytes, a fiftieth of it and 8 bytes for each.
    pub(super) fn of_all(len: u64) -> Self {
        Self::All(Payloads::of(len))
    }

    /// Room for some, 64 MiB at most.
    pub(super) fn of_some() -> Self {
        Self::Some(HashMap::default())
    }

    /// Whether the payload of a DATA that so many entries have is to be remembered; the others must be read again.
    pub(super) fn wants(&self, n_entries: u64, is_compressed: bool) -> bool {
        match self {
            Self::All(_) => true,
            Self::Some(held) => (n_entries != 1 || is_compressed) && held.len() < REMEMBERED_MOST,
        }
    }

    /// Adds the payload of the DATA at `at`, which lies behind all added before.
    pub(super) fn push(&mut self, at: Offset, hash: u64) {
        match self {
            Self::All(all) => all.push(at, hash),
            Self::Some(held) => _ = held.insert(at, hash),
        }
    }

    /// The hash of the payload of the DATA at `at`, if a sound one lies there and is remembered.
    pub(super) fn get(&self, at: Offset) -> Option<u64> {
        match self {
            Self::All(all) => all.get(at),
            Self::Some(held) => held.get(&at).copied(),
        }
    }

    /// Whether sound payloads may lie where nothing is remembered.
    pub(super) const fn forgets(&self) -> bool {
        matches!(self, Self::Some(_))
    }
}

/// The Jenkins hash of every sound payload, found by the place of its DATA.
///
/// Entries hold the XOR of these hashes, in files with keyed hashes too.
#[derive(Debug, Default)]
pub(super) struct Payloads {
    starts: Starts,
    /// How many places lie before each word of the set, as far as places were added.
    before: Vec<u32>,
    hashes: Vec<u64>,
}

impl Payloads {
    pub(super) fn of(len: u64) -> Self {
        Self { starts: Starts::of(len), before: Vec::new(), hashes: Vec::new() }
    }

    /// Adds the payload of the DATA at `at`, which lies behind all added before.
    pub(super) fn push(&mut self, at: Offset, hash: u64) {
        let (Some((word, _)), Ok(count)) = (bit(at), u32::try_from(self.hashes.len())) else { return };
        if self.starts.insert(at) {
            if self.before.len() <= word {
                self.before.resize(word.saturating_add(1), count);
            }
            self.hashes.push(hash);
        }
    }

    /// The hash of the payload of the DATA at `at`, if a sound one lies there.
    pub(super) fn get(&self, at: Offset) -> Option<u64> {
        let (word, bit) = bit(at)?;
        let bits = *self.starts.words.get(word)?;
        if bits & bit == 0 {
            return None;
        }
        let lower = (bits & bit.wrapping_sub(1)).count_ones();
        let index = self.before.get(word)?.saturating_add(lower);
        self.hashes.get(usize::try_from(index).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_ascending_and_once() {
        let mut sets = [Starts::of(5000), Starts::of(5000), Starts::of(5000)];
        assert!(sets[0].insert(Offset(4992)) && sets[0].insert(Offset(208)) && !sets[0].insert(Offset(208)));
        assert!(sets[1].insert(Offset(208)) && sets[2].insert(Offset(1024)));
        assert!(!sets[1].insert(Offset(209)) && !sets[1].insert(Offset(1 << 40)) && !sets[1].contains(Offset(209)));
        let [one, two, three] = &sets;
        assert_eq!(Starts::union([one, two, three]).map(|at| at.0).collect::<Vec<_>>(), [208, 1024, 4992]);
    }

    #[test]
    fn a_payload_is_found_by_its_place_and_only_there() {
        let mut payloads = Payloads::of(1 << 16);
        let places: Vec<u64> = (26..8000).filter(|n| n % 7 == 0 || n % 11 == 3).map(|n| n * 8).collect();
        for at in &places {
            payloads.push(Offset(*at), at * 3);
            assert_eq!(payloads.get(Offset(*at)), Some(at * 3));
        }
        let found = (0..1 << 16).filter(|at| payloads.get(Offset(*at)) == Some(at * 3)).collect::<Vec<_>>();
        assert_eq!(found, places);
    }
}
