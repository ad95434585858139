//! From the entries that DATA objects name to slots of the main array.

use std::ops::Range;

use super::bitmap::Bitmap;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::{JournalFile, Slice};
use crate::format::Data;

/// So many entries of DATA with a single one are gathered before they are looked for together.
const GATHERED: usize = 1 << 18;

/// Marks the slots of the entries that DATA objects name.
#[derive(Debug)]
pub(super) struct Marker<'f> {
    file: &'f JournalFile,
    set: Bitmap,
    single: Vec<Offset>,
}

impl<'f> Marker<'f> {
    pub(super) fn new(file: &'f JournalFile) -> Self {
        Self { file, set: Bitmap::new(file.slot_count()), single: Vec::new() }
    }

    /// Marks the entries that use `data`.
    ///
    /// # Errors
    /// When its list is damaged, or names what is not in the main array.
    pub(super) fn data(&mut self, data: &Data<'_>) -> Result<(), Corrupt> {
        if data.n_entries == 1 && data.entry.is_some() && !data.entry_array.is_some() {
            self.single.push(data.entry);
            return if self.single.len() >= GATHERED { self.flush() } else { Ok(()) };
        }
        let entries = self.file.entries_of(data);
        self.mark(entries.iter(), data.at)?;
        // A writer that was interrupted may be one ahead of its count.
        if (entries.len() as u64).abs_diff(data.n_entries) > 1 {
            let fault = Fault::Count { claimed: data.n_entries, found: entries.len() as u64 };
            return Err(Corrupt::new(data.at, "list of a value's entries", fault));
        }
        entries.damage().map_or(Ok(()), |damage| Err(damage.clone()))
    }

    /// The slots.
    ///
    /// # Errors
    /// As [`Marker::data`].
    pub(super) fn finish(mut self) -> Result<Bitmap, Corrupt> {
        self.flush()?;
        Ok(self.set)
    }

    fn flush(&mut self) -> Result<(), Corrupt> {
        let mut single = std::mem::take(&mut self.single);
        single.sort_unstable();
        single.dedup();
        self.mark(single.iter().copied(), Offset(0))
    }

    /// Marks entries by offset, ascending. The main array ascends too: each is looked for behind the one before.
    fn mark(&mut self, entries: impl Iterator<Item = Offset>, list: Offset) -> Result<(), Corrupt> {
        let len = self.file.slot_count();
        let mut entries = entries.peekable();
        // What comes of one part of a file lies in one part of its main array.
        let mut from = entries.peek().map_or(len, |at| self.file.slot_from(*at));
        let mut slots = self.file.slots(0..len);
        let mut before = Offset(0);
        for at in entries {
            let Some(slot) = find(&mut slots, at, from..len) else {
                // Before 250 journald named an entry twice that has the value twice.
                if at == before {
                    continue;
                }
                let fault = Fault::Value { found: at.0, must: "an entry of the main array, in its order" };
                return Err(Corrupt::new(list, "list of a value's entries", fault));
            };
            self.set.insert(slot);
            (from, before) = (slot + 1, at);
        }
        Ok(())
    }
}

/// The slot of the entry at `at`, which is not before those given: in strides that double, then by bisection.
#[inline]
fn find(slots: &mut Slice<'_, '_>, at: Offset, within: Range<usize>) -> Option<usize> {
    let (mut low, mut high, mut stride) = (within.start, within.start, 1);
    while high < within.end && slots.at(high) < at {
        low = high + 1;
        high = (high + stride).min(within.end);
        stride *= 2;
    }
    while low < high {
        let middle = low.midpoint(high);
        if slots.at(middle) < at { low = middle + 1 } else { high = middle }
    }
    (low < within.end && slots.at(low) == at).then_some(low)
}
