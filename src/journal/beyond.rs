//! Files that turn out to be damaged only while they are read.
//!
//! A file that was closed in order is taken by its index, without a look at its objects. Where an entry cannot be read
//! all the same, the index is not all there is to the file, and it is walked like one that was never closed.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::Journal;
use super::open::{Opened, open, take_up};
use crate::check::Salvage;
use crate::corrupt::{Corrupt, Losses, Offset};
use crate::file::Reach;

/// So many places are kept of each file: who has met as much damage need not count it.
const KEPT: usize = 4096;

/// What could not be read so far, by file.
#[derive(Debug, Default)]
pub(super) struct Unread(Mutex<BTreeMap<usize, (HashSet<Offset>, Losses)>>);

impl Unread {
    /// Adds damage that was not met before.
    #[cold]
    pub(super) fn note(&self, file: usize, damage: &Corrupt, add: fn(&mut Losses, Corrupt)) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (places, losses) = files.entry(file).or_default();
        if places.len() < KEPT && places.insert(damage.at) {
            add(losses, damage.clone());
        }
    }
}

impl Journal {
    /// Notes a field that could not be read and was left out.
    #[cold]
    pub fn note_field(&self, file: usize, damage: &Corrupt) {
        self.unread.note(file, damage, Losses::field);
    }

    /// Notes an entry that is not as it was written.
    #[cold]
    pub(crate) fn note_fault(&self, file: usize, damage: &Corrupt) {
        self.unread.note(file, damage, Losses::structure);
    }

    /// The entries that somebody asked for and that could not be read, and the fields that were noted, by file; at most a
    /// few thousand of each.
    #[must_use]
    pub fn unread(&self) -> Vec<(usize, Losses)> {
        let files = self.unread.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.iter().map(|(file, (_, losses))| (*file, losses.clone())).collect()
    }

    /// Those of the files with damage that may hold more than their index says: a walk has not shown it yet.
    #[must_use]
    pub fn worth_a_walk<'l>(&self, losses: impl IntoIterator<Item = (usize, &'l Losses)>) -> Vec<usize> {
        let may_hold_more = |index: usize| {
            let file = self.files.get(index);
            let is_open = self.salvages.get(index).is_some_and(|walked| walked.get().is_none());
            is_open && file.is_some_and(|file| file.options().reach == Reach::All && !file.has_vanished())
        };
        let damaged = losses.into_iter().filter(|(_, losses)| losses.tells_of_damage());
        damaged.map(|(index, _)| index).filter(|index| may_hold_more(*index)).collect()
    }

    /// Walks files and takes up what their index does not reach; the order of all entries is worked out anew, so that
    /// boots may have other indices, and what could not be read is forgotten. Files that were left out are opened first.
    pub fn look_beyond(&mut self, files: &[usize]) {
        self.complete();
        for index in files {
            let (Some(file), Some(walked)) = (self.files.get(*index), self.salvages.get(*index)) else { continue };
            let salvage = Salvage::thorough(file);
            take_up(file, &salvage, Reach::All);
            let _ = walked.set(Box::new(salvage));
        }
        self.order = OnceLock::new();
        self.unread = Unread::default();
    }

    /// Opens the files that were left out, each in its place; one that cannot be opened stays without entries.
    fn complete(&mut self) {
        for index in std::mem::take(&mut self.left_out) {
            let (Some(file), Some(walked)) = (self.files.get_mut(index), self.salvages.get_mut(index)) else {
                continue;
            };
            match open(file.path(), file.options()) {
                Ok(Opened { file: whole, salvage }) => {
                    *file = whole;
                    *walked = salvage.map_or_else(OnceLock::new, OnceLock::from);
                }
                Err(error) => self.failed.push(error),
            }
        }
    }
}
