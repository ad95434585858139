//! Which fields a file has already.

use crate::bytes::used_at_random;

/// Field numbers by the tags of their prints: an open table of 8 bytes a slot, at most three quarters full.
///
/// Slots are in the order of tags but for collisions, so that a larger table is filled from front to back.
#[derive(Debug)]
pub(super) struct Known {
    /// Number plus 1 below, tag above; 0 is free.
    slots: Vec<u64>,
    filled: usize,
    /// So many slots are enough in the end, as far as anybody knows.
    enough: usize,
}

/// What a payload is known by: 96 bits of two hashes, both keyed with what no author of a journal knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Print {
    /// The file's own hash.
    pub(super) hash: u64,
    /// A part of another one.
    pub(super) tag: u32,
}

impl Known {
    /// A table for about so many fields, which may become more or fewer.
    pub(super) fn new(expected: u64) -> Self {
        let enough = usize::try_from(expected).map_or(0, super::chains::buckets);
        Self { slots: vec![0; 1 << 10], filled: 0, enough }
    }

    /// Its memory, for another table.
    pub(super) fn into_slots(self) -> Vec<u64> {
        self.slots
    }

    /// The number of the field with this print; `hashes` are those of all fields by number.
    #[inline]
    pub(super) fn find(&self, print: Print, hashes: &[u64]) -> Option<u32> {
        let mut at = self.start(print.tag);
        loop {
            let slot = self.slots.get(at).copied().unwrap_or_default();
            let number = (slot as u32).checked_sub(1)?;
            if (slot >> 32) as u32 == print.tag && hashes.get(number as usize) == Some(&print.hash) {
                return Some(number);
            }
            at = self.behind(at);
        }
    }

    /// What stands where a field is looked for first: to have asked brings it near.
    #[inline]
    pub(super) fn near(&self, tag: u32) -> u64 {
        self.slots.get(self.start(tag)).copied().unwrap_or_default()
    }

    /// Adds a field that is not there yet.
    #[inline]
    pub(super) fn add(&mut self, tag: u32, number: u32) {
        if (self.filled + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        self.filled += 1;
        self.insert(u64::from(tag) << 32 | u64::from(number + 1));
    }

    /// The first slot for a tag: as far from the front as the tag is among all tags.
    #[inline]
    fn start(&self, tag: u32) -> usize {
        ((u64::from(tag) * self.slots.len() as u64) >> u32::BITS) as usize
    }

    #[inline]
    fn behind(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }

    fn insert(&mut self, slot: u64) {
        let mut at = self.start((slot >> 32) as u32);
        loop {
            match self.slots.get_mut(at) {
                Some(free) if *free == 0 => return *free = slot,
                _ => at = self.behind(at),
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        // Clearing memory takes longer than filling it: once that is near, no more is taken than is needed in the end.
        let twice = self.slots.len() * 2;
        let size = if (twice / 4 * 3..twice * 2).contains(&self.enough) { self.enough } else { twice };
        let larger = vec![0; size];
        used_at_random(&larger);
        for slot in std::mem::replace(&mut self.slots, larger) {
            if slot != 0 {
                self.insert(slot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_again_and_none_by_half_a_print() {
        let print = |number: u64| Print { hash: (number / 3) << 33, tag: (number as u32) << 19 };
        // Whatever was expected, and also where it was too little.
        for expected in [0, 1, 2_000, 9_999, 10_000, 1 << 40] {
            let (mut known, mut hashes) = (Known::new(expected), Vec::new());
            for number in 0..10_000 {
                assert_eq!(known.find(print(number), &hashes), None);
                hashes.push(print(number).hash);
                known.add(print(number).tag, number as u32);
            }
            for number in 0..10_000 {
                assert_eq!(known.find(print(number), &hashes), Some(number as u32));
            }
            assert_eq!(known.find(Print { tag: 3 << 19, ..print(0) }, &hashes), None);
            assert_eq!(known.find(Print { hash: 1, ..print(0) }, &hashes), None);
            assert_eq!(known.into_slots().len() == 13_337, expected == 10_000, "{expected}");
        }
    }
}
