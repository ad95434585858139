//! What all files of a journal consist of, and how many entries are missing among them.
//!
//! Every entry has a number, so that what is missing between two that are there can be counted. One counter may run
//! through files of several series: journald up to 252 gives the journals of users a `seqnum_id` of their own and numbers
//! from the system's counter. What is missing in one file may lie in another, so all files of a counter are counted
//! together.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::Journal;
use crate::check::{Account, Salvage, Seqnums};
use crate::file::JournalFile;
use crate::format::{Id128, Seqnum};

/// The accounts of all files, and of the counters that number their entries.
#[derive(Clone, Debug, Serialize)]
pub struct Accounts {
    /// By file, in the order of [`Journal::files`].
    pub files: Vec<Account>,
    /// The counters, by machine.
    pub counters: Vec<Counter>,
}

/// The numbers that one counter gave, as far as they are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counter {
    /// The machine.
    pub machine_id: Id128,
    /// The series that it numbers.
    pub seqnum_ids: Vec<Id128>,
    /// The lowest number that is there. What lay below was vacuumed, or is in files that are not here.
    pub first: Seqnum,
    /// The highest.
    pub last: Seqnum,
    /// How many numbers are there.
    pub found: u64,
    /// How many are missing between the lowest and the highest: no more entries than that were lost.
    pub missing: u64,
    /// How many stretches they are.
    pub holes: u64,
    #[serde(skip)]
    runs: Vec<(u64, u64)>,
}

/// The files that are not as their index says, and the counters of their machines.
#[derive(Clone, Debug)]
pub struct Damage<'j> {
    /// The account of each, with its index in [`Journal::files`].
    pub files: Vec<(usize, &'j Account)>,
    /// The counters, by machine; sound files count too.
    pub counters: Vec<Counter>,
}

impl Accounts {
    /// Counts everything: files that were not walked on opening are walked now, which reads all of their objects' heads.
    #[must_use]
    pub fn of(journal: &Journal) -> Self {
        let account = |(index, file): (usize, &JournalFile)| match journal.salvage(index) {
            Some(salvage) => salvage.account.clone(),
            None => Salvage::of(file).account,
        };
        let files: Vec<Account> = journal.files().par_iter().enumerate().map(account).collect();
        let counters = counters(journal.files().iter().zip(files.iter().map(|account| &account.seqnums)));
        Self { files, counters }
    }
}

impl Journal {
    /// The files that were walked and have something else to say than their index, with all counters of their machines;
    /// `None` where there is no such file.
    ///
    /// Of other files the header tells which numbers they have, as long as none is missing in them; else their objects'
    /// heads are read.
    #[must_use]
    pub fn damage(&self) -> Option<Damage<'_>> {
        let walked = (0..self.files().len()).filter_map(|index| Some((index, &self.salvage(index)?.account)));
        let damaged: Vec<(usize, &Account)> = walked.filter(|(_, account)| !account.is_sound()).collect();
        let machine = |index: usize| self.files().get(index).map(|file| file.header().machine_id);
        let machines: BTreeSet<Id128> = damaged.iter().filter_map(|(index, _)| machine(*index)).collect();
        let of = |(index, file)| (file, self.seqnums(index, file));
        let files = self.files().par_iter().enumerate();
        let files: Vec<_> = files.filter(|(_, file)| machines.contains(&file.header().machine_id)).map(of).collect();
        let counters = counters(files.iter().map(|(file, seqnums)| (*file, seqnums)));
        (!damaged.is_empty()).then_some(Damage { files: damaged, counters })
    }

    /// The numbers that the entries of a file have.
    fn seqnums(&self, index: usize, file: &JournalFile) -> Seqnums {
        if let Some(salvage) = self.salvage(index) {
            return salvage.account.seqnums.clone();
        }
        let header = file.header();
        let (first, last) = (header.head_entry_seqnum, header.tail_entry_seqnum);
        let is_unbroken = last.0.checked_sub(first.0).and_then(|steps| steps.checked_add(1)) == Some(header.n_entries);
        if is_unbroken && first.0 > 0 {
            return Seqnums { first, last, runs: vec![(first.0, last.0)], ..Seqnums::default() };
        }
        Salvage::of(file).account.seqnums
    }
}

/// The counters of the files, each with the numbers that these have.
fn counters<'f>(files: impl Iterator<Item = (&'f JournalFile, &'f Seqnums)>) -> Vec<Counter> {
    let mut series: BTreeMap<(Id128, Id128), Vec<(u64, u64)>> = BTreeMap::new();
    for (file, seqnums) in files.filter(|(_, seqnums)| !seqnums.runs.is_empty()) {
        let header = file.header();
        series.entry((header.machine_id, header.seqnum_id)).or_default().extend(&seqnums.runs);
    }
    let mut counters: Vec<Counter> = Vec::new();
    for ((machine_id, seqnum_id), runs) in series {
        let runs = joined(runs);
        match counters.iter_mut().find(|counter| counter.machine_id == machine_id && counter.takes(&runs)) {
            Some(counter) => {
                counter.seqnum_ids.push(seqnum_id);
                counter.runs = joined(counter.runs.drain(..).chain(runs).collect());
            }
            None => counters.push(Counter { machine_id, seqnum_ids: vec![seqnum_id], runs, ..Counter::default() }),
        }
    }
    counters.iter_mut().for_each(Counter::count);
    counters
}

impl Counter {
    /// Whether another series fits into the holes: it has no number that is there already, and some between those.
    fn takes(&self, runs: &[(u64, u64)]) -> bool {
        let (Some(first), Some(last)) = (self.runs.first(), self.runs.last()) else { return false };
        let (Some(other_first), Some(other_last)) = (runs.first(), runs.last()) else { return false };
        let interleaves = first.0 < other_last.1 && other_first.0 < last.1;
        let collides = |(from, to): &(u64, u64)| {
            let next = self.runs.partition_point(|(_, end)| end < from);
            self.runs.get(next).is_some_and(|(start, _)| start <= to)
        };
        interleaves && !runs.iter().any(collides)
    }

    fn count(&mut self) {
        let bounds = self.runs.first().zip(self.runs.last());
        let (first, last) = bounds.map_or((0, 0), |(first, last)| (first.0, last.1));
        (self.first, self.last) = (Seqnum(first), Seqnum(last));
        let lengths = self.runs.iter().map(|(from, to)| to.saturating_sub(*from).saturating_add(1));
        self.found = lengths.fold(0, u64::saturating_add);
        self.holes = self.runs.len().saturating_sub(1) as u64;
        let span = last.saturating_sub(first).saturating_add(1);
        self.missing = if self.runs.is_empty() { 0 } else { span.saturating_sub(self.found) };
    }
}

/// Stretches ascending and apart.
fn joined(mut runs: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    runs.sort_unstable();
    let mut all: Vec<(u64, u64)> = Vec::with_capacity(runs.len());
    for (from, to) in runs {
        match all.last_mut() {
            Some((_, end)) if from <= end.saturating_add(1) => *end = to.max(*end),
            _ => all.push((from, to)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(runs: &[(u64, u64)]) -> Counter {
        let mut counter = Counter { runs: joined(runs.to_vec()), ..Counter::default() };
        counter.count();
        counter
    }

    #[test]
    fn what_is_missing_is_counted_between_the_ends_only() {
        let counter = counter(&[(10, 12), (13, 20), (25, 25), (18, 21)]);
        assert_eq!((counter.first, counter.last), (Seqnum(10), Seqnum(25)));
        assert_eq!((counter.found, counter.missing, counter.holes), (13, 3, 1));
    }

    #[test]
    fn a_series_that_fits_into_the_holes_of_another_shares_its_counter() {
        let system = counter(&[(1, 4), (8, 9), (12, 20)]);
        assert!(system.takes(&[(5, 7), (11, 11)]));
        assert!(!system.takes(&[(7, 8)]), "a number that is there already");
        assert!(!system.takes(&[(21, 30)]), "nothing in common");
    }
}
