//! Some entries of a merge by themselves, in the order that the whole merge gives them.

use std::ops::Range;

use super::rises::{Care, rises};
use super::{Journal, Merge, Stretch};
use crate::corrupt::Offset;
use crate::file::JournalFile;
use crate::format::Monotonic;

impl Journal {
    /// A merge of the entries in some slots of these stretches, and of a few more: in the order that [`Merge::of`] gives
    /// all of them. `None` where only a merge of all tells that order.
    ///
    /// Where numbers and times rise along every file, what comes first hangs on the two entries alone that are compared.
    /// But entries of one moment wait for those before them in their file, so these are merged too. Each slot list
    /// ascends.
    #[must_use]
    pub fn merge_among<'s>(
        &self,
        wanted: impl Iterator<Item = (&'s Stretch, Vec<usize>)> + Clone,
    ) -> Option<Merge<'_>> {
        let stretches = wanted.clone().map(|(stretch, _)| stretch);
        let is_sound = stretches.clone().all(|stretch| !self.is_damaged(stretch.file as usize));
        if !is_sound || !rises(self.files(), stretches, Care::Great) {
            return None;
        }
        let lists = wanted.map(|(stretch, slots)| {
            let file = self.files().get(stretch.file as usize);
            (stretch, file.map(|file| with_moments(file, stretch, &slots)).unwrap_or_default())
        });
        Some(Merge::among(self.files(), lists))
    }
}

/// The entries in `slots`, each behind those of the same moment in its file.
fn with_moments(file: &JournalFile, stretch: &Stretch, slots: &[usize]) -> Vec<Offset> {
    let (mut offsets, mut free) = (Vec::with_capacity(slots.len()), stretch.slots.start);
    let mut all = file.slots(0..file.slot_count());
    for slot in slots {
        let mut moment = |slot| file.entry(all.at(slot)).ok().map(|entry| entry.monotonic());
        let from = moment_from(free..*slot, &mut moment);
        free = slot.saturating_add(1);
        offsets.extend((from..free).map(|slot| all.at(slot)));
    }
    offsets
}

/// The first slot of the moment that the one behind a range lies in, within that range.
fn moment_from(before: Range<usize>, moment: &mut impl FnMut(usize) -> Option<Monotonic>) -> usize {
    let at = moment(before.end);
    before.clone().rev().find(|slot| moment(*slot) != at).map_or(before.start, |other| other.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::super::backwards::tests::{Dice, journal};
    use crate::journal::{Journal, Merge, Piece, Place, Stretch};

    /// Compares some entries of every merge with those of all; how many merges of some there were, of how many.
    fn compare(journal: &Journal, dice: &mut Dice) -> (usize, usize) {
        let (mut some, mut groups) = (0, 0);
        for piece in journal.order().pieces() {
            let Piece::Merge(members) = piece else { continue };
            let stretches: Vec<&Stretch> = members.iter().map(|index| &journal.order().stretches()[*index]).collect();
            let of = 1 + dice.roll(8);
            // What is chosen is the same in each copy of an entry, as with its fields.
            let is_wanted = |place: &Place| {
                let entry = journal.entry(*place);
                entry.is_ok_and(|entry| (entry.monotonic().0 / 2 + entry.head().xor_hash).is_multiple_of(of))
            };
            let slots = |stretch: &Stretch| {
                let file = &journal.files()[stretch.file as usize];
                let place = |slot| Place { file: stretch.file, at: file.entry_at(slot) };
                stretch.slots.clone().filter(|slot| is_wanted(&place(*slot))).collect::<Vec<_>>()
            };
            groups += 1;
            let Some(merge) = journal.merge_among(stretches.iter().map(|stretch| (*stretch, slots(stretch)))) else {
                continue;
            };
            some += 1;
            let all = Merge::of(journal.files(), stretches.iter().copied());
            assert_eq!(merge.filter(is_wanted).collect::<Vec<_>>(), all.filter(is_wanted).collect::<Vec<_>>());
        }
        (some, groups)
    }

    #[test]
    fn some_entries_come_in_the_order_of_all() {
        let mut dice = Dice(11);
        let (mut some, mut groups) = (0, 0);
        for turn in 0..400 {
            let journal = journal(&mut dice, turn % 4 == 0, turn % 3 > 0);
            let (one, more) = compare(&journal, &mut dice);
            (some, groups) = (some + one, groups + more);
        }
        assert!(some > 100 && some < groups, "{some} of {groups}");
    }
}
