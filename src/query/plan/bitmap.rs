/// A set of slots of one file's main array: one bit each, so that its size is a hundredth of the entries' own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::query) struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    /// An empty set over `len` slots.
    pub(in crate::query) fn new(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)] }
    }

    /// Sets that follow one another as one; all but the last have a multiple of 64 slots.
    pub(in crate::query) fn joined(parts: impl IntoIterator<Item = Self>) -> Self {
        Self { words: parts.into_iter().flat_map(|part| part.words).collect() }
    }

    /// How many slots are in the set.
    pub(in crate::query) fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(in crate::query) fn insert(&mut self, slot: usize) {
        if let Some(word) = self.words.get_mut(slot / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    pub(in crate::query) fn remove(&mut self, slot: usize) {
        if let Some(word) = self.words.get_mut(slot / 64) {
            *word &= !(1 << (slot % 64));
        }
    }

    pub(in crate::query) fn and(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(in crate::query) fn or(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Takes all slots below `len` that are not in the set.
    pub(in crate::query) fn invert(&mut self, len: usize) {
        for word in &mut self.words {
            *word = !*word;
        }
        if let (Some(last), used @ 1..) = (self.words.last_mut(), len % 64) {
            *last &= u64::MAX >> (64 - used);
        }
    }

    pub(in crate::query) fn contains(&self, slot: usize) -> bool {
        self.words.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    /// The first slot of the set in `from..to`.
    pub(in crate::query) fn first(&self, from: usize, to: usize) -> Option<usize> {
        let mut index = from / 64;
        let mut word = self.words.get(index)? & (u64::MAX << (from % 64));
        while word == 0 {
            index += 1;
            if index * 64 >= to {
                return None;
            }
            word = *self.words.get(index)?;
        }
        Some(index * 64 + word.trailing_zeros() as usize).filter(|slot| *slot < to)
    }

    /// The last slot of the set in `from..to`.
    pub(in crate::query) fn last(&self, from: usize, to: usize) -> Option<usize> {
        let end = to.min(self.words.len() * 64).checked_sub(1)?;
        let mut index = end / 64;
        let mut word = self.words.get(index)? & (u64::MAX >> (63 - end % 64));
        while word == 0 {
            index = index.checked_sub(1)?;
            word = *self.words.get(index)?;
        }
        Some(index * 64 + 63 - word.leading_zeros() as usize).filter(|slot| *slot >= from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_from_both_ends_across_words() {
        let mut set = Bitmap::new(200);
        for slot in [0, 63, 64, 130, 199] {
            set.insert(slot);
        }
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(slot) = set.first(from, 200) {
            found.push(slot);
            from = slot + 1;
        }
        assert_eq!(found, [0, 63, 64, 130, 199]);
        assert_eq!(set.first(131, 199), None);
        assert_eq!(set.last(0, 199), Some(130));
        assert_eq!(set.last(65, 130), None);
        assert_eq!(set.last(0, 1), Some(0));
        assert_eq!(set.last(0, 0), None);
        set.remove(63);
        assert!(!set.contains(63) && set.contains(64));
        set.invert(200);
        assert!(set.contains(63) && !set.contains(64) && set.contains(198) && set.last(0, 256) == Some(198));
    }
}
