//! The slots of entries that come upon one another, file by file.

use crate::corrupt::Offset;
use crate::file::{JournalFile, Slice};

/// So far from the slot before is looked for the next one: some entries that several files hold are passed over.
const STEPS: usize = 4;

/// Finds the slot of one entry after the other: next to that of the one before in the same file, or by bisection.
#[derive(Debug, Default)]
pub(super) struct Near<'j>(Vec<Option<Known<'j>>>);

/// The slots of a file, as long as they ascend, and the one found last.
#[derive(Debug)]
struct Known<'j> {
    slots: Option<Slice<'j, 'j>>,
    last: usize,
}

impl<'j> Known<'j> {
    /// Looks once through all slots: where any two do not ascend, bisection alone says which one is an entry's, so that
    /// it is the same from either end.
    fn of(file: &'j JournalFile) -> Self {
        let slots = file.slots(0..file.slot_count());
        let ascends = slots.clone().is_sorted_by(|one, two| one < two);
        Self { slots: ascends.then_some(slots), last: 0 }
    }

    /// The slot of the entry at `at`, if it is next to the one found last.
    fn beside(&mut self, at: Offset) -> Option<usize> {
        let (slots, last) = (self.slots.as_mut()?, self.last);
        let mut is_at = |slot: &usize| slots.range().contains(slot) && slots.at(*slot) == at;
        let onward = (0..STEPS).map(|step| last.wrapping_add(step)).find(&mut is_at);
        onward.or_else(|| (1..STEPS).map(|step| last.wrapping_sub(step)).find(&mut is_at))
    }
}

impl<'j> Near<'j> {
    /// The slot of the entry at `at`, as [`JournalFile::slot_from`] gives it.
    #[inline]
    pub(super) fn slot(&mut self, index: u32, file: &'j JournalFile, at: Offset) -> usize {
        let index = index as usize;
        if self.0.len() <= index {
            self.0.resize_with(index + 1, || None);
        }
        let Some(known) = self.0.get_mut(index) else { return file.slot_from(at) };
        let known = known.get_or_insert_with(|| Known::of(file));
        known.last = known.beside(at).unwrap_or_else(|| file.slot_from(at));
        known.last
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::sample;

    #[test]
    fn slots_are_those_of_the_bisection_whichever_way_entries_come() {
        let file = JournalFile::from_bytes(Path::new("made"), sample(50).build(), Options::default()).unwrap();
        let all: Vec<Offset> = file.slots(0..50).collect();
        let ways = [(0..50).collect::<Vec<_>>(), (0..50).rev().collect(), (0..200).map(|turn| turn * 7 % 50).collect()];
        for way in ways {
            let mut near = Near::default();
            assert!(way.iter().all(|slot| near.slot(3, &file, all[*slot]) == *slot));
        }
        // What is no entry's place has the slot of the next entry.
        for at in [Offset(0), Offset(all[20].0 + 8), Offset(u64::MAX)] {
            assert_eq!(Near::default().slot(0, &file, at), file.slot_from(at));
        }
    }
}
