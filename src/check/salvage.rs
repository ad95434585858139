//! Entries that the index does not reach, told from what only looks like them.

use std::collections::BTreeMap;

use super::account::Account;
use super::light;
use super::reach::reached;
use super::starts::Starts;
use crate::corrupt::{Losses, Offset};
use crate::file::{Entry, Findings, JournalFile, Reach};
use crate::format::{Id128, Realtime, Seqnum};

/// What a file holds beyond its index, and what of its index is not true any more.
#[derive(Clone, Debug, Default)]
pub struct Salvage {
    /// Entries that lie wholly in the file and that the main array does not reach, by seqnum, then by place; one whose
    /// seqnum cannot be right stands at its place.
    pub entries: Vec<Salvaged>,
    /// What looks like entries and is not this file's: remains of other files in its blocks, by place.
    pub foreign: Vec<Salvaged>,
    /// Places that the main array names and that hold an entry by its looks only: its bytes were overwritten.
    pub overwritten: Vec<Offset>,
    /// The file in numbers.
    pub account: Account,
    /// Damage met on the way: objects that are not what they should be.
    pub losses: Losses,
    pub(super) lost: BTreeMap<Offset, Vec<usize>>,
    /// The boots of entries by their own fields, where their heads state others.
    pub(super) boots: BTreeMap<Offset, Id128>,
    /// The seqnums that entries stand at whose own do not fit in.
    pub(super) seqnums: BTreeMap<Offset, Seqnum>,
    /// Of the salvaged, those that the main array names and that reading by it alone does not give, by place.
    pub(super) refused: Vec<Offset>,
}

/// An entry that was found without the index: where, and what its own bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the format's own")]
pub struct Salvaged {
    pub at: Offset,
    pub seqnum: Seqnum,
    pub realtime: Realtime,
    pub boot_id: Id128,
}

impl Salvaged {
    pub(super) fn of(entry: &Entry<'_>) -> Self {
        let (seqnum, realtime, boot_id) = (entry.seqnum(), entry.realtime(), entry.boot_id());
        Self { at: entry.offset(), seqnum, realtime, boot_id }
    }
}

impl Salvage {
    /// Looks at all objects of a file.
    ///
    /// In a file whose objects and index agree this reads object headers only, and does not notice payloads that were
    /// overwritten. Otherwise it is [`Salvage::thorough`].
    #[must_use]
    pub fn of(file: &JournalFile) -> Self {
        let (reached, slots) = reached(file);
        match light::account(file, &reached, slots) {
            Some(account) => Self { account, ..Self::default() }.with_claims(file),
            None => Self::settled(file, || Self::deep(file, &reached)),
        }
    }

    /// Looks at all objects of a file and at their content: every payload is inflated and hashed, once.
    #[must_use]
    pub fn thorough(file: &JournalFile) -> Self {
        let (reached, _) = reached(file);
        Self::settled(file, || Self::deep(file, &reached))
    }

    /// As [`Salvage::thorough`] where the file's options ask for that, else as [`Salvage::of`].
    #[must_use]
    pub fn asked(file: &JournalFile) -> Self {
        if file.options().thorough { Self::thorough(file) } else { Self::of(file) }
    }

    /// The items of the entry at `at` whose DATA is gone or is not theirs, by their position in the entry, ascending;
    /// `None` for an entry that is whole.
    ///
    /// There may be none of an incomplete entry: its hash tells that it had other or more payloads, and not which; or its
    /// seqnum cannot be right.
    #[must_use]
    pub fn lost_items(&self, at: Offset) -> Option<&[usize]> {
        self.lost.get(&at).map(Vec::as_slice)
    }

    /// The entries that are not whole, each with the positions of lost items; reached ones too.
    pub fn incomplete(&self) -> impl ExactSizeIterator<Item = (Offset, &[usize])> {
        self.lost.iter().map(|(at, lost)| (*at, lost.as_slice()))
    }

    /// All readable entries: those of the main array in its order, with the salvaged ones in their place by seqnum.
    #[must_use]
    pub fn merged(&self, file: &JournalFile) -> Vec<Offset> {
        let is_named = |found: &&Salvaged| self.refused.binary_search(&found.at).is_ok();
        let mut found = self.entries.iter().filter(|found| !is_named(found)).peekable();
        let mut all = Vec::new();
        let mut seen = Starts::of(file.image().len());
        let slots = file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len());
        for entry in slots.filter_map(|at| file.entry_as_stated(at).ok()) {
            if self.overwritten.binary_search(&entry.offset()).is_ok() || !seen.insert(entry.offset()) {
                continue;
            }
            let own = self.number(entry.offset(), entry.seqnum());
            while let Some(before) = found.next_if(|found| self.number(found.at, found.seqnum) < own) {
                all.push(before.at);
            }
            all.push(entry.offset());
        }
        all.extend(found.map(|found| found.at));
        all
    }

    /// The seqnum that an entry stands at: its own, where that fits in.
    fn number(&self, at: Offset, own: Seqnum) -> Seqnum {
        self.seqnums.get(&at).copied().unwrap_or(own)
    }

    /// What the reader is to take up so that it gives the entries that `reach` asks for; `None` where its index does.
    ///
    /// Salvaged entries stand in their place by seqnum, overwritten ones are left out, and so are lost items.
    #[must_use]
    pub fn findings(&self, file: &JournalFile, reach: Reach) -> Option<Findings> {
        let salvaged = || self.entries.iter().map(|found| found.at).collect::<Vec<_>>();
        let lost = self.lost.iter().map(|(at, items)| (*at, items.clone()));
        let entries = &self.account.entries;
        let agrees = entries.salvaged == 0 && entries.overwritten == 0 && entries.unreadable == 0;
        let findings = match reach {
            Reach::Index => None,
            Reach::Beyond => Some(Findings::new(salvaged(), salvaged(), lost)),
            Reach::All if agrees && self.lost.is_empty() && self.boots.is_empty() => None,
            Reach::All => Some(Findings::new(self.merged(file), salvaged(), lost)),
        };
        let seqnums = self.seqnums.iter().map(|(at, seqnum)| (*at, *seqnum));
        let boots = self.boots.iter().map(|(at, boot)| (*at, *boot));
        findings.map(|findings| findings.with_boots(boots).with_seqnums(seqnums))
    }
}
