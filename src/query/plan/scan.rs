//! The slots of a file whose entries match, found by reading every entry.

use std::ops::Range;

use rayon::prelude::*;

use super::Judge;
use super::bitmap::Bitmap;
use crate::corrupt::Losses;
use crate::file::{Entry, JournalFile};
use crate::format::Inflater;
use crate::query::{Matches, Term};

/// So many slots are read by one worker at a time; a multiple of the bits in a word.
const PART: usize = 16 << 10;

/// The matching slots. An entry that cannot be read is among them, to be counted where it is shown: it might have matched.
pub(super) fn slots(file: &JournalFile, matches: &Matches, losses: &mut Losses) -> Bitmap {
    let len = file.slot_count();
    let budget = file.budget();
    let part = |start: usize| {
        let (mut set, mut losses) = (Bitmap::new(PART.min(len - start)), Losses::default());
        part(file, start..len.min(start + PART), Judge::sharing(matches, 0, &budget), &mut set, &mut losses);
        (set, losses)
    };
    let starts: Vec<usize> = (0..len).step_by(PART).collect();
    let parts: Vec<_> = starts.into_par_iter().map(part).collect();
    Bitmap::joined(parts.into_iter().map(|(set, found)| {
        losses.add(found);
        set
    }))
}

fn part(file: &JournalFile, range: Range<usize>, mut judge: Judge, set: &mut Bitmap, losses: &mut Losses) {
    for (slot, entry) in file.entries(range).enumerate() {
        match entry {
            Ok(entry) if !judge.holds(0, &entry) => {}
            _ => set.insert(slot),
        }
    }
    judge.into_losses().into_values().for_each(|found| losses.add(found));
}

/// Leaves in `set` only the slots whose entries match; for sets that are small beside the file.
pub(super) fn narrow(file: &JournalFile, matches: &Matches, set: &mut Bitmap, losses: &mut Losses) {
    let mut judge = Judge::of(matches);
    retain(file, set, |entry| judge.holds(0, entry));
    judge.into_losses().into_values().for_each(|found| losses.add(found));
}

/// Leaves in `set`, the slots of entries with a value that fits, only those where the one that is asked fits.
pub(super) fn narrow_to_asked(file: &JournalFile, term: &Term, set: &mut Bitmap) {
    let mut inflater = Inflater::default();
    retain(file, set, |entry| term.fits_where_asked(entry, &mut inflater));
}

/// Leaves in `set` only the slots whose entries are wanted. What cannot be read stays, to be counted where it is shown.
fn retain(file: &JournalFile, set: &mut Bitmap, mut is_wanted: impl FnMut(&Entry<'_>) -> bool) {
    let mut from = 0;
    while let Some(slot) = set.first(from, file.slot_count()) {
        from = slot + 1;
        if file.entry(file.entry_at(slot)).is_ok_and(|entry| !is_wanted(&entry)) {
            set.remove(slot);
        }
    }
}

/// Puts one slot into `set`, or takes it out, by reading its entry. One that cannot be read is left as it is.
pub(super) fn test(file: &JournalFile, slot: usize, matches: &Matches, set: &mut Bitmap) {
    if let Ok(entry) = file.entry(file.entry_at(slot)) {
        if Judge::of(matches).holds(0, &entry) { set.insert(slot) } else { set.remove(slot) }
    }
}
