//! What is lost in the files that are not as their index says, for JSON.

use serde::Serialize;

use crate::check::{Account, Bytes, Entries, Objects};
use crate::journal::{Counter, Journal};

/// What a file consists of that is not as its index says.
#[derive(Clone, Debug, Serialize)]
pub struct FileAccount<'j> {
    /// The file.
    pub file: String,
    /// The part of the written bytes that is accounted for, from 0 to 1.
    pub accounted: f64,
    /// No more entries than that are lost in it, as far as no other file has them.
    pub lost: u64,
    /// The file in numbers.
    #[serde(flatten)]
    pub account: &'j Account,
    /// Its index in [`Journal::files`].
    #[serde(skip)]
    pub index: usize,
}

/// Several files together.
#[derive(Clone, Debug, Serialize)]
pub struct InAll {
    /// How many files they are.
    pub files: usize,
    /// The part of their written bytes that is accounted for, from 0 to 1.
    pub accounted: f64,
    /// Where their bytes go.
    pub bytes: Bytes,
    /// Their objects by type.
    pub objects: Objects,
    /// Their entries, by how they were found.
    pub entries: Entries,
    /// No more entries than that are lost, by gaps in their numbers and by what headers claim: the sum over the counters.
    pub lost: u64,
    /// Which numbers of entries are missing, by what numbers them: over all files of their machines, sound ones too.
    pub counters: Vec<Counter>,
}

impl InAll {
    /// The sum of some accounts.
    #[must_use]
    pub fn of<'a>(accounts: impl ExactSizeIterator<Item = &'a Account>, counters: Vec<Counter>) -> Self {
        let files = accounts.len();
        let total = Account::total(accounts);
        let (bytes, objects, entries) = (total.bytes, total.objects, total.entries);
        let lost = counters.iter().map(|counter| counter.lost).fold(0, u64::saturating_add);
        Self { files, accounted: total.share(), bytes, objects, entries, lost, counters }
    }
}

/// The accounts of all files that are not as their index says, and their sum; nothing where there is none.
#[must_use]
pub fn accounts(journal: &Journal) -> (Vec<FileAccount<'_>>, Option<InAll>) {
    let Some(damage) = journal.damage() else { return (Vec::new(), None) };
    let all = InAll::of(damage.files.iter().map(|(_, account)| *account), damage.counters);
    let name = |index: usize| journal.files().get(index).map(|file| file.path().display().to_string());
    let files = damage.files.into_iter().zip(damage.lost).map(|((index, account), lost)| FileAccount {
        file: name(index).unwrap_or_default(),
        accounted: account.share(),
        lost,
        account,
        index,
    });
    (files.collect(), Some(all))
}
