//! The entries of a file in the order of its main array, or of what a check found instead.

use std::ops::Range;

use super::slice::Slice;
use super::{Entry, JournalFile};
use crate::corrupt::{Corrupt, Offset};

impl JournalFile {
    /// How many slots it has: the entries that the index reaches, or those that a check found.
    #[must_use]
    pub fn slot_count(&self) -> usize {
        self.findings().map_or(self.arrays().len(), |found| found.slots().len())
    }

    /// The offsets of the entries in a range of slots, from either end.
    #[must_use]
    pub fn slots(&self, range: Range<usize>) -> Slice<'_, '_> {
        let Some(findings) = self.findings() else {
            return self.arrays().iter(self.image(), self.layout(), range);
        };
        self.arrays().iter(self.image(), self.layout(), 0..0).instead(findings.slots(), range)
    }

    /// The first slot whose entry does not lie before `at`, by bisection; where slots do not ascend, that of the entry
    /// at `at`, or their number.
    #[must_use]
    pub fn slot_from(&self, at: Offset) -> usize {
        match self.findings() {
            Some(findings) => findings.slot_from(at),
            None => self.arrays().position(&self.image(), self.layout(), at),
        }
    }

    /// The entries in a range of slots, from either end; an unreadable one is an `Err` and the next follows.
    pub fn entries(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = Result<Entry<'_>, Corrupt>> + '_ {
        self.slots(range).map(|at| self.entry(at))
    }

    /// The offset of the entry in slot `index`, 0 beyond the last.
    #[must_use]
    pub fn entry_at(&self, index: usize) -> Offset {
        self.slots(index..index.saturating_add(1)).next().unwrap_or_default()
    }

    /// The first slot in `range` whose entry is not `before` something, by bisection over entries so ordered.
    ///
    /// Unreadable entries are passed over towards the end of the range.
    pub fn bisect(&self, range: Range<usize>, before: impl Fn(&Entry<'_>) -> bool) -> usize {
        let (mut low, mut high) = (range.start, range.end.min(self.slot_count()));
        while low < high {
            let middle = low.midpoint(high);
            let readable = self.entries(middle..high).enumerate().find_map(|(step, entry)| Some((step, entry.ok()?)));
            match readable {
                Some((step, entry)) if before(&entry) => low = middle.saturating_add(step).saturating_add(1),
                _ => high = middle,
            }
        }
        low
    }
}
