//! What the entries are like one after the other: whether their numbers can be kept, what the header says of them.

use std::collections::HashSet;

use super::{Seqnums, Stamp};
use crate::format::{Id128, Seqnum};

/// The entries so far.
#[derive(Debug, Default)]
pub(super) struct Course {
    pub(super) head: Option<Stamp>,
    pub(super) tail: Option<Stamp>,
    boots: HashSet<Id128>,
    broken: Option<Seqnums>,
    pub(super) refused: u64,
    pub(super) backwards: u64,
}

impl Course {
    /// Whether the clock of a boot would go back with this entry, which `journalctl --verify` faults.
    #[inline]
    pub(super) fn goes_back(&self, stamp: &Stamp) -> bool {
        self.tail.is_some_and(|tail| tail.boot_id == stamp.boot_id && tail.monotonic > stamp.monotonic)
    }

    /// Takes the next entry.
    #[inline]
    pub(super) fn note(&mut self, stamp: &Stamp) {
        self.backwards += u64::from(self.goes_back(stamp));
        let Some(before) = self.tail.replace(*stamp) else {
            self.head = Some(*stamp);
            self.boots.insert(stamp.boot_id);
            return;
        };
        if before.boot_id != stamp.boot_id {
            self.boots.insert(stamp.boot_id);
        }
        if before.seqnum_id != stamp.seqnum_id {
            self.broken.get_or_insert(Seqnums::OfSeveral);
        } else if before.seqnum >= stamp.seqnum {
            self.broken.get_or_insert(Seqnums::Disordered);
        }
    }

    /// Whether all have the numbers that they came with.
    pub(super) fn seqnums(&self) -> Seqnums {
        self.broken.unwrap_or(Seqnums::Kept)
    }

    /// The `seqnum_id` of the file, and the numbers of its first and last of `entries`.
    pub(super) fn numbers(&self, own: Id128, entries: u64) -> (Id128, Seqnum, Seqnum) {
        match (self.broken, self.head, self.tail) {
            (None, Some(head), Some(tail)) => (head.seqnum_id, head.seqnum, tail.seqnum),
            (Some(_), Some(_), Some(_)) => (own, Seqnum(1), Seqnum(entries)),
            _ => (own, Seqnum(0), Seqnum(0)),
        }
    }

    /// How many boots there are.
    pub(super) fn boots(&self) -> u64 {
        self.boots.len() as u64
    }
}

impl Stamp {
    /// Whether a journal can hold an entry of this stamp.
    #[inline]
    pub(super) fn is_sound(&self) -> bool {
        !self.boot_id.is_null() && self.seqnum.0 > 0 && self.realtime.is_valid() && self.monotonic.is_valid()
    }
}
