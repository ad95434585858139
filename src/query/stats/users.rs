//! How many entries use a DATA object: its own count, held against its list.

use std::collections::BTreeMap;

use super::weigh::name;
use crate::corrupt::{Fault, Losses, Offset};
use crate::file::JournalFile;
use crate::format::Stored;

/// What was asked of the lists lately: shared DATA come again and again, and are asked once.
#[derive(Debug)]
pub(super) struct Users {
    /// Names of DATA whose count agrees with their list, each in the place that its offset has.
    agreed: Box<[u64; PLACES]>,
    /// How many users the lists of other DATA have.
    others: BTreeMap<u64, u64>,
    /// What the lists of each file may still cost.
    left: BTreeMap<u32, u64>,
}

const PLACES: usize = 1 << 13;

impl Default for Users {
    fn default() -> Self {
        Self { agreed: Box::new([u64::MAX; PLACES]), others: BTreeMap::new(), left: BTreeMap::new() }
    }
}

impl Users {
    /// The same with the number of users that its list has, where its own count is another; that is said in `losses`.
    #[inline]
    pub(super) fn checked<'data>(
        &mut self,
        file: &JournalFile,
        index: u32,
        stored: Stored<'data>,
        losses: &mut BTreeMap<u32, Losses>,
    ) -> Stored<'data> {
        let name = name(index, stored.at).unwrap_or(u64::MAX - 1);
        let place = (name ^ name >> 13) as usize % PLACES;
        if (stored.n_entries <= 1 && is_single(file, stored.at)) || self.agreed[place] == name {
            return stored;
        }
        self.ask(file, (index, place, name), stored, losses)
    }

    #[cold]
    fn ask<'data>(
        &mut self,
        file: &JournalFile,
        (index, place, name): (u32, usize, u64),
        stored: Stored<'data>,
        losses: &mut BTreeMap<u32, Losses>,
    ) -> Stored<'data> {
        if let Some(n_entries) = self.others.get(&name) {
            return Stored { n_entries: *n_entries, ..stored };
        }
        let left = self.left.entry(index).or_insert_with(|| file.list_budget());
        let before = *left;
        match file.users(&stored, left) {
            // What cost something is not paid for again.
            Ok(_) if *left < before => {
                self.others.insert(name, stored.n_entries);
                stored
            }
            Ok(_) => {
                self.agreed[place] = name;
                stored
            }
            Err(damage) => {
                let n_entries = if let Fault::Count { found, .. } = damage.fault { found } else { stored.n_entries };
                losses.entry(index).or_default().structure(damage);
                self.others.insert(name, n_entries);
                Stored { n_entries, ..stored }
            }
        }
    }
}

/// Where the list of a DATA begins that has more than one user.
const ARRAY_AT: u64 = 48;

/// Whether the DATA at `at` has no list of further users.
#[inline]
fn is_single(file: &JournalFile, at: Offset) -> bool {
    file.image().from(Offset(at.0 + ARRAY_AT)).first_chunk() == Some(&[0; 8])
}
