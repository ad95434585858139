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
use super::counter::{Counter, Part, counters};
use crate::check::{Account, Salvage};
use crate::file::JournalFile;
use crate::format::Id128;

/// The accounts of all files, and of the counters that number their entries.
#[derive(Clone, Debug, Serialize)]
pub struct Accounts {
    /// By file, in the order of [`Journal::files`].
    pub files: Vec<Account>,
    /// By file: no more entries than that are lost in it, see [`Damage::lost`].
    pub lost: Vec<u64>,
    /// The counters, by machine.
    pub counters: Vec<Counter>,
}

/// The files that are not as their index says, and the counters of their machines.
#[derive(Clone, Debug)]
pub struct Damage<'j> {
    /// The account of each, with its index in [`Journal::files`].
    pub files: Vec<(usize, &'j Account)>,
    /// For each of these: no more entries than that are lost in it. An entry that its header claims and whose number
    /// stands in another file is not lost; a number that two files may have lost is counted for both.
    pub lost: Vec<u64>,
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
        let parts: Vec<Part> =
            journal.files().iter().zip(&files).map(|(file, account)| Part::of(file, account)).collect();
        let (counters, lost) = counters(&parts);
        Self { files, lost, counters }
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
        let files = self.files().par_iter().enumerate();
        let files = files.filter(|(_, file)| machines.contains(&file.header().machine_id));
        let (indices, parts): (Vec<usize>, Vec<Part>) =
            files.map(|(index, file)| (index, self.numbers(index, file))).unzip();
        let (counters, by_part) = counters(&parts);
        let lost: BTreeMap<usize, u64> = indices.into_iter().zip(by_part).collect();
        let lost = damaged.iter().map(|(index, _)| lost.get(index).copied().unwrap_or_default()).collect();
        (!damaged.is_empty()).then_some(Damage { files: damaged, lost, counters })
    }

    /// How many entries are lost at most in each file that was walked and lost any, as [`Journal::damage`] says.
    ///
    /// Where no file claims more than was found in it, this costs nothing.
    #[must_use]
    pub fn lost(&self) -> BTreeMap<usize, u64> {
        let tells = |index: usize| self.salvage(index).is_some_and(|salvage| salvage.account.claims.lost > 0);
        let damage = (0..self.files().len()).any(tells).then(|| self.damage()).flatten();
        let by_file = damage.into_iter().flat_map(|damage| damage.files.into_iter().zip(damage.lost));
        by_file.map(|((index, _), lost)| (index, lost)).filter(|(_, lost)| *lost > 0).collect()
    }

    /// The numbers that the entries of a file have, and those that it claims.
    fn numbers(&self, index: usize, file: &JournalFile) -> Part {
        if let Some(salvage) = self.salvage(index) {
            return Part::of(file, &salvage.account);
        }
        let header = file.header();
        let (first, last) = (header.head_entry_seqnum.0, header.tail_entry_seqnum.0);
        let is_unbroken = last.checked_sub(first).and_then(|steps| steps.checked_add(1)) == Some(header.n_entries);
        if is_unbroken && first > 0 {
            return Part::unbroken(file, (first, last));
        }
        Part::of(file, &Salvage::of(file).account)
    }
}
