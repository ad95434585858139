//! Pages of a file as bits.

use super::PAGE;

/// A set of pages: one bit for each.
#[derive(Debug)]
pub(in crate::check) struct Pages(Vec<u64>);

impl Pages {
    /// No pages of a file with `len` bytes.
    pub(in crate::check) fn of(len: u64) -> Self {
        Self(vec![0; usize::try_from(len / PAGE / 64).unwrap_or_default().saturating_add(1)])
    }

    pub(in crate::check) fn insert(&mut self, page: u64) {
        let word = usize::try_from(page / 64).unwrap_or(usize::MAX);
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (page % 64);
        }
    }

    pub(in crate::check) fn contains(&self, page: u64) -> bool {
        let word = usize::try_from(page / 64).ok().and_then(|word| self.0.get(word));
        word.is_some_and(|word| word >> (page % 64) & 1 != 0)
    }
}
