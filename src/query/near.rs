//! The slots of entries that come upon one another, file by file.

use crate::corrupt::Offset;
use crate::file::{JournalFile, Slice};

/// So far from the slot before is looked for the next one: some entries that several files hold are passed over.
const STEPS: usize = 4;

/// Finds the slot of one entry after the other: next to that of the one before in the same file, or by bisection.
#[derive(Debug, Default)]
pub(super) struct Near<'j>(Vec<Option<(Slice<'j, 'j>, usize)>>);

impl<'j> Near<'j> {
    /// The slot of the entry at `at`, as [`JournalFile::slot_from`] gives it.
    #[inline]
    pub(super) fn slot(&mut self, index: u32, file: &'j JournalFile, at: Offset) -> usize {
        let index = index as usize;
        if self.0.len() <= index {
            self.0.resize_with(index + 1, || None);
        }
        let Some(known) = self.0.get_mut(index) else { return file.slot_from(at) };
        let (slots, last) = known.get_or_insert_with(|| (file.slots(0..file.slot_count()), 0));
        let mut is_at = |slot: &usize| slots.range().contains(slot) && slots.at(*slot) == at;
        let onward = (0..STEPS).map(|step| last.wrapping_add(step)).find(&mut is_at);
        let slot = onward.or_else(|| (1..STEPS).map(|step| last.wrapping_sub(step)).find(&mut is_at));
        *last = slot.unwrap_or_else(|| file.slot_from(at));
        *last
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
