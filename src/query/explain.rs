//! How a query runs, file by file: beforehand what is intended, afterwards what was done.

use super::plan::{Plan, index};
use super::window::{self, Window};
use super::{Reason, Selection};

/// How the entries of one file are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Not at all: it has no entry of the wanted boot.
    OtherBoot,
    /// Not at all: none of its entries was received in the wanted time.
    OtherTime,
    /// All are wanted.
    All,
    /// By its hash tables and lists.
    Index,
    /// By reading each.
    Scan(Reason),
}

/// What is intended with one file.
#[derive(Clone, Copy, Debug)]
pub struct Intent {
    /// The index of the file in [`Journal::files`](crate::Journal::files).
    pub file: usize,
    /// How its entries are to be found.
    pub way: Way,
    /// How many entries are in question, by boot and time.
    pub entries: usize,
    /// At most so many of them match, by the counts of the file's own values; `None` where these do not tell.
    pub at_most: Option<u64>,
}

/// What was done with one file.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    /// The index of the file in [`Journal::files`](crate::Journal::files).
    pub file: usize,
    /// Why its index was not used, where it was not.
    pub scanned: Option<Reason>,
    /// How many entries of the file match, whatever their boot and time.
    pub matching: usize,
}

impl Selection<'_> {
    /// What is intended with each file, as far as it is known before an entry is read; cost: a few look-ups per file.
    #[must_use]
    pub fn intents(&self) -> Vec<Intent> {
        (0..self.journal.files().len()).map(|file| self.intent(file)).collect()
    }

    fn intent(&self, index: usize) -> Intent {
        let of_boot = self.query.boot.and_then(|boot| self.journal.boots().get(boot));
        let none = |way| Intent { file: index, way, entries: 0, at_most: Some(0) };
        if of_boot.is_some_and(|boot| boot.files.binary_search(&index).is_err()) {
            return none(Way::OtherBoot);
        }
        let entries = self.entries_in_question(index);
        if entries == 0 {
            return none(Way::OtherTime);
        }
        let all = Some(entries as u64);
        let (way, at_most) = if self.query.matches.is_empty() {
            (Way::All, all)
        } else if self.query.no_index {
            (Way::Scan(Reason::Asked), None)
        } else if self.journal.is_damaged(index) {
            (Way::Scan(Reason::Damaged), None)
        } else {
            let found = self.journal.files().get(index).map(|file| index::at_most(file, &self.query.matches));
            match found {
                Some(Ok(at_most)) => (Way::Index, at_most.map(|at_most| at_most.min(entries as u64))),
                _ => (Way::Scan(Reason::Contradicted), None),
            }
        };
        Intent { file: index, way, entries, at_most }
    }

    fn entries_in_question(&self, index: usize) -> usize {
        let stretches = (0..self.journal.order().stretches().len()).filter_map(|stretch| self.stretch(stretch));
        let stretches = stretches.filter(|stretch| stretch.file as usize == index);
        let slots = stretches.map(|stretch| match self.journal.files().get(index) {
            Some(file) => match window::of(file, stretch, &self.query) {
                Window::Exact(slots) => slots.len(),
                Window::Each => stretch.slots.len(),
            },
            None => 0,
        });
        slots.sum()
    }

    /// What was done so far with the files whose entries were looked for; files of which only some entries were read
    /// are not among them.
    #[must_use]
    pub fn deeds(&self) -> Vec<Deed> {
        let deed = |(file, plan): (usize, &Plan)| Deed { file, scanned: plan.scanned, matching: plan.slots.count() };
        self.made().map(deed).collect()
    }
}
