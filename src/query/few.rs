//! The wanted entries of a merge where they are few: these are merged, and not all.

use super::Places;
use super::plan::Bitmap;
use crate::journal::{Merge, Stretch};

/// Of all entries no more than one of so many; else a merge of all takes no longer.
const ONE_OF: usize = 4;

/// A merge of fewer entries than this takes less than to find out whether it may be left out.
const MANY: usize = 1024;

impl<'s, 'j> Places<'s, 'j> {
    /// A merge of the entries of `stretches` that their files' plans have, and of some more; `None` where they are not
    /// few, or where only a merge of all tells their order.
    pub(super) fn few(&self, stretches: &[Stretch]) -> Option<Merge<'j>> {
        let all: usize = stretches.iter().map(|stretch| stretch.slots.len()).sum();
        let is_damaged = |stretch: &Stretch| self.selection.journal.is_damaged(stretch.file as usize);
        if all < MANY || stretches.iter().any(is_damaged) {
            return None;
        }
        let mut left = all / ONE_OF;
        let of = |stretch: &Stretch| of(&self.plan(stretch.file)?.slots, stretch, &mut left);
        let wanted: Vec<Vec<usize>> = stretches.iter().map(of).collect::<Option<_>>()?;
        self.selection.journal.merge_among(stretches.iter().zip(wanted))
    }
}

/// The slots of a set in a stretch, as long as there are few.
fn of(set: &Bitmap, stretch: &Stretch, left: &mut usize) -> Option<Vec<usize>> {
    let (mut slots, mut from) = (Vec::new(), stretch.slots.start);
    while let Some(slot) = set.first(from, stretch.slots.end) {
        *left = left.checked_sub(1)?;
        slots.push(slot);
        from = slot + 1;
    }
    Some(slots)
}
