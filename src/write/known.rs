//! Which fields a file has already.

use crate::bytes::used_at_random;

/// Field numbers by their prints: an open table of 8 bytes a slot, half full at most.
///
/// Nearly every field that is looked for is a new one, so that what counts is how soon a free slot is met, and that the
/// look-up need not be done again to put the field there.
#[derive(Debug)]
pub(super) struct Known {
    /// Number plus 1 below, tag above; 0 is free.
    slots: Vec<u64>,
    filled: usize,
    /// So many slots are enough in the end, as far as anybody knows.
    enough: usize,
}

/// What a payload is known by: 96 bits of two hashes, of which one is keyed with what no author of a journal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    /// The file's own hash.
    pub(super) hash: u64,
    /// Jenkins' hash, of which 32 bits tell fields apart.
    pub(super) jenkins: u64,
}

impl Print {
    #[inline]
    const fn tag(self) -> u32 {
        self.jenkins as u32
    }
}

/// A copy may have some fields more than what it is of.
const SPARE: usize = 1 << 8;

impl Known {
    /// A table for about so many fields, which may become more or fewer.
    pub(super) fn new(expected: u64) -> Self {
        let enough = usize::try_from(expected).map_or(0, |expected| expected.saturating_mul(2).saturating_add(SPARE));
        Self { slots: vec![0; 1 << 10], filled: 0, enough }
    }

    /// Its memory, for another table.
    pub(super) fn into_slots(self) -> Vec<u64> {
        self.slots
    }

    /// The number of the field with this print, or else the free slot for it; `hashes` are those of all fields by number.
    #[inline]
    pub(super) fn find(&self, print: Print, hashes: &[u64]) -> Result<u32, usize> {
        let mut at = self.start(print.hash);
        loop {
            let slot = self.slots.get(at).copied().unwrap_or_default();
            let Some(number) = (slot as u32).checked_sub(1) else { return Err(at) };
            if (slot >> 32) as u32 == print.tag() && hashes.get(number as usize) == Some(&print.hash) {
                return Ok(number);
            }
            at = self.behind(at);
        }
    }

    /// What stands where a field is looked for first: to have asked brings it near.
    #[inline]
    pub(super) fn near(&self, hash: u64) -> u64 {
        self.slots.get(self.start(hash)).copied().unwrap_or_default()
    }

    /// Adds a field that is not there yet, the last of `hashes`, into the slot that was found free for it.
    #[inline]
    pub(super) fn add(&mut self, free: usize, print: Print, hashes: &[u64]) {
        if let Some(slot) = self.slots.get_mut(free) {
            *slot = u64::from(print.tag()) << 32 | hashes.len() as u64;
        }
        self.filled += 1;
        if self.filled * 2 > self.slots.len() {
            self.grow(hashes);
        }
    }

    /// The first slot for a hash: as far from the front as the hash is among all hashes.
    #[inline]
    fn start(&self, hash: u64) -> usize {
        (((hash >> 32) * self.slots.len() as u64) >> u32::BITS) as usize
    }

    #[inline]
    fn behind(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }

    #[cold]
    fn grow(&mut self, hashes: &[u64]) {
        let twice = self.slots.len() * 2;
        // New memory takes longer than filling it: once that is near, all that is needed in the end is taken at once.
        let is_near = (twice..=twice * 8).contains(&self.enough);
        let larger = vec![0; if is_near { self.enough } else { twice }];
        used_at_random(&larger);
        for slot in std::mem::replace(&mut self.slots, larger).into_iter().filter(|slot| *slot != 0) {
            let hash = hashes.get((slot as u32 - 1) as usize).copied().unwrap_or_default();
            let mut at = self.start(hash);
            while self.slots.get(at).is_some_and(|other| *other != 0) {
                at = self.behind(at);
            }
            self.slots.get_mut(at).into_iter().for_each(|free| *free = slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_again_and_none_by_half_a_print() {
        let print =
            |number: u64| Print { hash: (number / 3).wrapping_mul(0x9e37_79b9_7f4a_7c15), jenkins: number << 19 };
        // Whatever was expected, and also where it was too little.
        for expected in [0, 1, 2_000, 49_999, 50_000, 1 << 40] {
            let (mut known, mut hashes) = (Known::new(expected), Vec::new());
            for number in 0..50_000 {
                let free = known.find(print(number), &hashes).expect_err("it is not there");
                hashes.push(print(number).hash);
                known.add(free, print(number), &hashes);
            }
            for number in 0..50_000 {
                assert_eq!(known.find(print(number), &hashes), Ok(number as u32));
            }
            assert!(known.find(Print { jenkins: 3 << 19, ..print(0) }, &hashes).is_err());
            assert!(known.find(Print { hash: 1, ..print(0) }, &hashes).is_err());
            assert_eq!(known.into_slots().len() == 100_000 + SPARE, expected == 50_000, "{expected}");
        }
    }
}
