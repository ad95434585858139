//! Which fields a file has already.

/// Field numbers by hash: an open table of 8 bytes a slot, at most three quarters full.
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
        let mut at = self.start(print.hash);
        loop {
            let slot = self.slots.get(at).copied().unwrap_or_default();
            let number = (slot as u32).checked_sub(1)?;
            if (slot >> 32) as u32 == print.tag && hashes.get(number as usize) == Some(&print.hash) {
                return Some(number);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Adds a field that is not there yet; its hash is the last of `hashes`.
    #[inline]
    pub(super) fn add(&mut self, print: Print, number: u32, hashes: &[u64]) {
        if (self.filled + 1) * 4 > self.slots.len() * 3 {
            self.grow(hashes);
        }
        self.filled += 1;
        self.insert(print.hash, u64::from(print.tag) << 32 | u64::from(number + 1));
    }

    fn start(&self, hash: u64) -> usize {
        (hash >> 32) as usize & (self.slots.len() - 1)
    }

    fn insert(&mut self, hash: u64, slot: u64) {
        let mut at = self.start(hash);
        loop {
            match self.slots.get_mut(at) {
                Some(free) if *free == 0 => return *free = slot,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    #[cold]
    fn grow(&mut self, hashes: &[u64]) {
        let twice = vec![0; self.slots.len() * 2];
        for slot in std::mem::replace(&mut self.slots, twice) {
            if let Some(hash) = (slot as u32).checked_sub(1).and_then(|number| hashes.get(number as usize)) {
                self.insert(*hash, slot);
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
        let print = |number: u64| Print { hash: (number / 3) << 33, tag: number as u32 };
        for number in 0..10_000 {
            assert_eq!(known.find(print(number), &hashes), None);
            hashes.push(print(number).hash);
            known.add(print(number), number as u32, &hashes);
        }
        for number in 0..10_000 {
            assert_eq!(known.find(print(number), &hashes), Some(number as u32));
        }
        assert_eq!(known.find(Print { hash: 0, tag: 3 }, &hashes), None);
        assert_eq!(known.find(Print { hash: 1, tag: 0 }, &hashes), None);
    }
}
