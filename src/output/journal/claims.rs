//! What an entry says twice, where it contradicts itself: its boot, and the hash of its fields.
//!
//! A sound file has no such entry. Which of the two was changed is told by the hash: with it, the fields are what was
//! logged, so that the boot they name is right and the one beside them is not.

use super::batch;
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::file::Entry;
use crate::format::hash::jenkins64;
use crate::format::{Id128, Inflater, is_sum};

/// Set in the numbers of fields that name a boot; no reader sends so many fields.
pub(super) const BOOT: u32 = 1 << 30;

/// The boots that fields name, and the one of the entry that is read.
#[derive(Debug, Default)]
pub(super) struct Boots {
    entry: Id128,
    /// Whether it may become another; asked once for each entry, since that reads all of its fields.
    may_change: Option<bool>,
    /// Whether it is not the one that the entry came with.
    is_changed: bool,
    /// The field that was met last, and the boot that it rightly names.
    own: (u32, Id128),
    sent: Vec<(u32, Id128)>,
}

impl Boots {
    /// Begins with an entry of this boot.
    pub(super) const fn begin(&mut self, boot: Id128) {
        self.entry = boot;
        self.may_change = None;
        self.is_changed = false;
    }

    /// The number of a field that names a boot.
    pub(super) fn number(&mut self, number: u32, boot: Id128) -> u32 {
        self.sent.push((number | BOOT, boot));
        number | BOOT
    }

    /// Whether the entry may have a field that was sent before.
    #[inline]
    pub(super) fn allows(&mut self, entry: &Entry<'_>, number: u32) -> bool {
        number & BOOT == 0 || self.own == (number, self.entry) || self.looks_up(entry, number)
    }

    fn looks_up(&mut self, entry: &Entry<'_>, number: u32) -> bool {
        // Numbers ascend.
        let named = self.sent.binary_search_by_key(&number, |(sent, _)| *sent);
        let Some((_, boot)) = named.ok().and_then(|at| self.sent.get(at)).copied() else { return true };
        let is_taken = self.takes(entry, boot);
        if is_taken {
            self.own = (number, boot);
        }
        is_taken
    }

    /// Whether the entry may have a field that names this boot; it becomes the entry's where all fields are as they were
    /// logged and none names that of the entry. Of two such fields the second is none of it.
    pub(super) fn takes(&mut self, entry: &Entry<'_>, named: Id128) -> bool {
        if named == self.entry || self.is_changed {
            return named == self.entry;
        }
        let own = self.entry;
        self.is_changed = *self.may_change.get_or_insert_with(|| !names(entry, own) && proven(entry));
        if self.is_changed {
            self.entry = named;
        }
        self.is_changed
    }

    /// Writes the boot into the stamp of an entry that has another one than it came with, and says so.
    pub(super) fn settle(&mut self, entry: &Entry<'_>, stamp: usize, out: &mut [u8], losses: &mut Losses) {
        if std::mem::take(&mut self.is_changed) {
            batch::set_boot(self.entry, out.get_mut(stamp..).unwrap_or_default());
            losses.structure(Corrupt::new(entry.offset(), "entry", Fault::of_boot(entry.boot_id().is_null())));
        }
    }
}

/// The boot that a `_BOOT_ID=` payload names.
pub(super) fn named(payload: &[u8]) -> Option<Id128> {
    std::str::from_utf8(payload.strip_prefix(b"_BOOT_ID=")?).ok()?.parse().ok()
}

/// What is wrong with a field that names another boot, at `at`.
#[cold]
pub(super) fn other_boot(at: Offset) -> Corrupt {
    Corrupt::new(at, "_BOOT_ID", Fault::Contradicts { what: "the boot of an entry that has it" })
}

/// Whether one of an entry's fields names a boot.
fn names(entry: &Entry<'_>, boot: Id128) -> bool {
    entry.fields().any(|field| field.is_ok_and(|field| named(field.payload()) == Some(boot)))
}

/// Whether an entry has the fields that it was written with.
fn proven(entry: &Entry<'_>) -> bool {
    let mut inflater = Inflater::default();
    hash(entry, &mut inflater).is_some_and(|(_, fits)| fits)
}

/// The hash of an entry's fields, and whether it can be the one that the entry states; `None` where one cannot be read.
pub(super) fn hash(entry: &Entry<'_>, inflater: &mut Inflater) -> Option<(u64, bool)> {
    let mut hashes = Vec::new();
    for at in entry.items() {
        let payload = entry.file().stored(at).and_then(|stored| entry.file().plain(&stored, inflater)).ok()?;
        hashes.push(jenkins64(payload));
    }
    let computed = hashes.iter().fold(0, |sum, hash| sum ^ hash);
    let stored = entry.head().xor_hash;
    Some((computed, computed == stored || is_sum(computed ^ stored, hashes.into_iter())))
}
