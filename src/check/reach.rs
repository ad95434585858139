//! How far the index reaches: what it names, and what of that is given where nobody looks further.

use super::salvage::{Salvage, Salvaged};
use super::starts::Starts;
use crate::corrupt::Offset;
use crate::file::JournalFile;
use crate::format::limits;

impl Salvage {
    /// Counts the places that the main array names behind the end of the file, each once.
    pub(super) fn look_outside(&mut self, file: &JournalFile, reached: &Starts) {
        let slots = file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len());
        let outside = slots.filter(|at| at.0 >= file.image().len() && !reached.contains(*at));
        let mut outside: Vec<Offset> = outside.collect();
        outside.sort_unstable();
        outside.dedup();
        for damage in outside.into_iter().filter_map(|at| file.entry_as_stated(at).err()) {
            self.unreadable(damage);
        }
    }

    /// Takes for salvaged what is not among the places that the file as its own header has it read gives.
    pub(super) fn hold_against(&mut self, file: &JournalFile, mut given: Starts) {
        for found in &self.entries {
            given.insert(found.at);
        }
        let mut others = self.merged(file);
        others.retain(|at| !given.contains(*at));
        self.entries.extend(others.iter().filter_map(|at| Some(Salvaged::of(&file.entry_as_stated(*at).ok()?))));
        self.entries.sort_by_key(|found| (found.seqnum, found.at));
        self.refused.extend(&others);
        self.refused.sort_unstable();
        let entries = &mut self.account.entries;
        entries.by_index = entries.by_index.saturating_sub(others.len() as u64);
        entries.salvaged = self.entries.len() as u64;
    }
}

/// The entries that the main array names and that are not given where nobody looks further.
pub(super) fn refused(file: &JournalFile, reached: &Starts) -> Vec<Offset> {
    reached.iter().filter(|at| file.entry_as_stated(*at).is_ok() && !file.gives(*at)).collect()
}

/// The places of the entries that a file gives where nobody looks further than its index.
pub(super) fn given(file: &JournalFile) -> Starts {
    let mut given = Starts::of(file.image().len());
    let slots = file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len());
    for at in slots.filter(|at| file.gives(*at)) {
        given.insert(at);
    }
    given
}

/// Where the last entry ends that the main array names; the end of the file where none can be read.
pub(super) fn end_of_index(file: &JournalFile) -> Offset {
    let len = file.arrays().len();
    let last = file.arrays().iter(file.image(), file.layout(), len.saturating_sub(1)..len).next();
    let entry = last.and_then(|at| file.entry_as_stated(at).ok());
    let end = entry.and_then(|entry| entry.offset().checked_add(entry.size() as u64));
    end.unwrap_or(Offset(file.image().len()))
}

/// The places that the main array names, and how many of its slots name one.
pub(super) fn reached(file: &JournalFile) -> (Starts, u64) {
    let mut reached = Starts::of(file.image().len());
    let slots = file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len());
    let distinct = slots.filter(|at| at.0 >= limits::HEADER_LEAST && reached.insert(*at)).count();
    (reached, distinct as u64)
}
