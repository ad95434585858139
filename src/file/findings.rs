//! What a check found beyond a file's index, taken up by the reader.
//!
//! The main array is what a file says of its entries. Where it is torn, a check knows better: which entries there are, in
//! which order, and which of their payloads are gone. With its [`Findings`] every reader above sees those entries in
//! their place, and asks for them as for any others.

use std::collections::HashMap;

use super::JournalFile;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::{Id128, Seqnum};

/// The entries of a file as a check found them; they take the place of the main array.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    slots: Vec<Offset>,
    /// Slots by the place of their entry, where the slots do not ascend.
    by_place: Vec<(Offset, usize)>,
    salvaged: Vec<Offset>,
    lost: HashMap<Offset, Vec<usize>>,
    /// The boots of entries whose heads state others.
    boots: HashMap<Offset, Id128>,
    /// The seqnums that entries stand at whose own do not fit in.
    seqnums: HashMap<Offset, Seqnum>,
}

/// Marks the place of an item whose payload is gone: no object lies at an odd place.
const LOST: u64 = 1;

impl Findings {
    /// The entries at `slots`, in this order; those in `salvaged` are beyond the index, and the items of `lost` hold
    /// other bytes by now.
    #[must_use]
    pub fn new(
        slots: Vec<Offset>,
        mut salvaged: Vec<Offset>,
        lost: impl IntoIterator<Item = (Offset, Vec<usize>)>,
    ) -> Self {
        let mut by_place = Vec::new();
        if !slots.is_sorted() {
            by_place = slots.iter().copied().zip(0..).collect();
            by_place.sort_unstable();
        }
        salvaged.sort_unstable();
        Self {
            slots,
            by_place,
            salvaged,
            lost: lost.into_iter().collect(),
            boots: HashMap::new(),
            seqnums: HashMap::new(),
        }
    }

    /// With the boots of entries that name another one in a field than in their heads, which no hash covers.
    #[must_use]
    pub fn with_boots(self, boots: impl IntoIterator<Item = (Offset, Id128)>) -> Self {
        Self { boots: boots.into_iter().collect(), ..self }
    }

    /// With the seqnums that entries stand at whose own those before and behind contradict.
    #[must_use]
    pub fn with_seqnums(self, seqnums: impl IntoIterator<Item = (Offset, Seqnum)>) -> Self {
        Self { seqnums: seqnums.into_iter().collect(), ..self }
    }

    /// The entries, in order.
    #[must_use]
    pub fn slots(&self) -> &[Offset] {
        &self.slots
    }

    /// The first slot whose entry does not lie before `at`; where slots do not ascend, the one of the entry at `at`.
    pub(super) fn slot_from(&self, at: Offset) -> usize {
        if self.by_place.is_empty() {
            return self.slots.partition_point(|slot| *slot < at);
        }
        let found = self.by_place.partition_point(|(place, _)| *place < at);
        self.by_place.get(found).filter(|(place, _)| *place == at).map_or(self.slots.len(), |(_, slot)| *slot)
    }
}

impl JournalFile {
    /// Takes the entries that a check found for those of the file, in place of its main array; once, and before slots are
    /// asked for. What a second check found is not taken.
    pub fn adopt(&self, findings: Findings) {
        let _ = self.findings.set(Box::new(findings));
    }

    /// Notes that a check has been through all objects and hashed their payloads, so that what it did not find lost is as
    /// long as its size says, whatever lies behind it.
    pub(crate) fn set_checked(&self) {
        let _ = self.checked.set(());
    }

    /// Whether a check has been through all objects and hashed their payloads.
    pub(super) fn is_checked(&self) -> bool {
        self.checked.get().is_some()
    }

    /// What a check found, where it was taken up.
    #[must_use]
    pub fn findings(&self) -> Option<&Findings> {
        self.findings.get().map(Box::as_ref)
    }

    /// Whether the entry at `at` is one that the index does not reach; only [`Findings`] tell.
    #[must_use]
    pub fn is_salvaged(&self, at: Offset) -> bool {
        self.findings.get().is_some_and(|findings| findings.salvaged.binary_search(&at).is_ok())
    }

    /// The items of an entry whose payload is gone, ascending; `None` for an entry that is whole.
    #[inline]
    pub(super) fn lost_items(&self, at: Offset) -> Option<&[usize]> {
        self.findings.get().and_then(|findings| findings.lost.get(&at)).map(Vec::as_slice)
    }

    /// The boot of an entry whose head states another one.
    #[inline]
    pub(super) fn boot_instead(&self, at: Offset) -> Option<Id128> {
        let boots = &self.findings.get()?.boots;
        if boots.is_empty() { None } else { boots.get(&at).copied() }
    }

    /// The seqnum that the entry at `at` stands at, where its own does not fit in.
    pub(super) fn seqnum_instead(&self, at: Offset) -> Option<Seqnum> {
        self.findings.get()?.seqnums.get(&at).copied()
    }

    /// What is wrong at the place of an item, which may be one that is marked as lost.
    #[cold]
    pub(super) fn explained(&self, at: Offset, damage: Corrupt) -> Corrupt {
        if self.findings.get().is_some() && at.0 % 8 == LOST {
            return Corrupt::new(Offset(at.0 & !LOST), "data", Fault::Replaced);
        }
        damage
    }
}

/// The place of an item, marked when its position is among the lost ones.
#[inline]
pub(super) fn marked(position: usize, at: Offset, lost: Option<&[usize]>) -> Offset {
    match lost {
        Some(lost) if lost.binary_search(&position).is_ok() => Offset(at.0 & !7 | LOST),
        _ => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_found_by_the_place_of_their_entry_in_any_order() {
        let places = |places: &[u64]| places.iter().copied().map(Offset).collect::<Vec<_>>();
        let rising = Findings::new(places(&[8, 24, 40]), Vec::new(), []);
        assert_eq!([0, 8, 16, 40, 48].map(|at| rising.slot_from(Offset(at))), [0, 0, 1, 2, 3]);
        let moved = Findings::new(places(&[40, 8, 24]), Vec::new(), []);
        assert_eq!([8, 24, 40, 16, 48].map(|at| moved.slot_from(Offset(at))), [1, 2, 0, 3, 3]);
    }

    #[test]
    fn a_lost_item_has_a_place_where_nothing_lies() {
        assert_eq!(marked(0, Offset(64), Some(&[1])), Offset(64));
        assert_eq!(marked(1, Offset(64), Some(&[1])), Offset(65));
    }
}
