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
    pub(super) fn new() -> Self {
        Self { slots: vec![0; 1 << 10], filled: 0 }
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
            at = (at + 1) & (self.slots.len() - 1);
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

    /// The first slot for a tag: as many of its upper bits as the table's size has.
    fn start(&self, tag: u32) -> usize {
        (u64::from(tag) << self.slots.len().trailing_zeros() >> u32::BITS) as usize
    }

    fn insert(&mut self, slot: u64) {
        let mut at = self.start((slot >> 32) as u32);
        loop {
            match self.slots.get_mut(at) {
                Some(free) if *free == 0 => return *free = slot,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    #[cold]
    fn grow(&mut self) {
        let twice = vec![0; self.slots.len() * 2];
        used_at_random(&twice);
        for slot in std::mem::replace(&mut self.slots, twice) {
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
        let (mut known, mut hashes) = (Known::new(), Vec::new());
        let print = |number: u64| Print { hash: (number / 3) << 33, tag: (number as u32) << 19 };
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
    }
}
