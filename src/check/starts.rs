//! Places in a file as bits, so that remembering all objects costs a sixty-fourth of its size.

use crate::corrupt::Offset;

/// A set of places: one bit for every 8 bytes of the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Starts {
    words: Vec<u64>,
}

/// The word and the bit of a place; `None` where no object can start.
pub(super) fn bit(at: Offset) -> Option<(usize, u64)> {
    let slot = at.0 / 8;
    at.is_aligned().then_some((usize::try_from(slot / 64).ok()?, 1 << (slot % 64)))
}

impl Starts {
    /// No places of a file with `len` bytes.
    pub(crate) fn of(len: u64) -> Self {
        let words = usize::try_from(len / 512).unwrap_or_default().saturating_add(1);
        Self { words: vec![0; words] }
    }

    /// Adds a place; `false` when it was there or lies beyond the file.
    pub(crate) fn insert(&mut self, at: Offset) -> bool {
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

    /// The bits of the word with this number; none of one beyond the file.
    pub(super) fn word(&self, word: usize) -> u64 {
        self.words.get(word).copied().unwrap_or_default()
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

    /// The places, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Offset> + '_ {
        places(self.words.iter().copied())
    }

    /// The places of any of the sets, ascending.
    pub(super) fn union<'a, const N: usize>(sets: [&'a Self; N]) -> impl Iterator<Item = Offset> + 'a {
        let len = sets.iter().map(|set| set.words.len()).max().unwrap_or_default();
        places((0..len).map(move |word| sets.iter().fold(0, |all, set| all | set.word(word))))
    }
}

/// The places that words have as bits.
fn places(words: impl Iterator<Item = u64>) -> impl Iterator<Item = Offset> {
    (0_u64..).step_by(512).zip(words).flat_map(|(from, mut word)| {
        let next = move || {
            let bit = (word != 0).then(|| u64::from(word.trailing_zeros()));
            word &= word.wrapping_sub(1);
            bit
        };
        std::iter::from_fn(next).map(move |bit| Offset(from.saturating_add(bit.saturating_mul(8))))
    })
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
        assert_eq!(Starts::union([one, three]).map(|at| at.0).collect::<Vec<_>>(), [208, 1024, 4992]);
        assert_eq!(Starts::union([one, two, three]).map(|at| at.0).collect::<Vec<_>>(), [208, 1024, 4992]);
    }
}
