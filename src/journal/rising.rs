//! What of an entry no hash covers, held against its neighbours: seqnums rise along a file, and each entry has a boot.

use std::collections::HashSet;

use super::Place;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::{Entry, Search};
use crate::format::{Id128, Seqnum};

/// What one reader of entries saw last of each file.
///
/// It holds every entry against one that lies before or behind it, so that a seqnum which a flipped bit changed is
/// noticed there, or at the next entry, and where another boot begins asks the entry's fields. Costs a few comparisons for
/// each.
#[derive(Clone, Debug, Default)]
pub struct Rising {
    last: Vec<(Offset, Seqnum, Id128)>,
    /// The boots that entries name in their fields, too.
    boots: HashSet<Id128>,
}

impl Rising {
    /// Takes note of an entry that is read.
    ///
    /// # Errors
    /// When its seqnum and that of the entry seen last in the same file do not rise with their places, or the header of
    /// a closed file has none like it; and when it names no boot, or another one than its fields do, as no writer leaves
    /// it. Files that a check went through are not asked again.
    #[inline]
    pub fn see(&mut self, place: Place, entry: &Entry<'_>) -> Result<(), Corrupt> {
        let (at, seqnum, boot) = (entry.offset(), entry.seqnum(), entry.boot_id());
        let Some(last) = self.last.get_mut(place.file as usize) else {
            self.last.resize(place.file as usize + 1, (Offset(0), Seqnum(0), Id128::default()));
            return self.see(place, entry);
        };
        let (before, lower, boot_before) = std::mem::replace(last, (at, seqnum, boot));
        let header = entry.file().header();
        let is_rising = at.cmp(&before) == seqnum.cmp(&lower);
        let is_known = header.head_entry_seqnum <= seqnum && seqnum <= header.tail_entry_seqnum;
        // The first of a file is held against none.
        if is_rising && is_known && boot == boot_before && !boot.is_null() {
            return Ok(());
        }
        self.check_boot(entry)?;
        doubted(entry, is_rising)
    }

    /// Whether an entry names a boot, and no other in its fields.
    #[cold]
    fn check_boot(&mut self, entry: &Entry<'_>) -> Result<(), Corrupt> {
        let boot = entry.boot_id();
        if self.boots.contains(&boot) || entry.file().findings().is_some() {
            return Ok(());
        }
        if boot.is_null() || Search::of(entry.file()).boot(entry).is_some_and(|named| named != boot) {
            return Err(Corrupt::new(entry.offset(), "entry", Fault::of_boot(boot.is_null())));
        }
        self.boots.insert(boot);
        Ok(())
    }
}

/// What is wrong with an entry that does not fit in with another, or with the header, which may be older.
#[cold]
fn doubted(entry: &Entry<'_>, is_rising: bool) -> Result<(), Corrupt> {
    let (file, header) = (entry.file(), entry.file().header());
    let is_closed = header.state.is_closed();
    let is_told = is_closed && header.n_entries == file.arrays().len() as u64;
    if file.findings().is_some() {
        return Ok(());
    }
    let is_known = header.head_entry_seqnum <= entry.seqnum() && entry.seqnum() <= header.tail_entry_seqnum;
    if is_rising && (is_known || !is_told) {
        return Ok(());
    }
    let fault = Fault::Value { found: entry.seqnum().0, must: "between the seqnums before and behind" };
    Err(Corrupt::new(entry.offset(), "entry", fault))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::{JournalFile, Options};
    use crate::journal::Journal;
    use crate::testkit::synth::sample;

    /// How many of the entries, in this order, do not fit in.
    fn misfits(bytes: Vec<u8>, is_reversed: bool) -> usize {
        let file = JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap();
        let journal = Journal::from_files(vec![file]);
        let mut places: Vec<_> = journal.files()[0].slots(0..20).map(|at| Place { file: 0, at }).collect();
        if is_reversed {
            places.reverse();
        }
        let mut rising = Rising::default();
        // None that is 0 is read.
        let is_misfit = |place: Place| journal.entry(place).map_or(true, |entry| rising.see(place, &entry).is_err());
        places.into_iter().map(is_misfit).filter(|is_misfit| *is_misfit).count()
    }

    #[test]
    fn an_entry_that_names_no_boot_is_noticed() {
        let synth = sample(20);
        // None stands before the first one, in either direction.
        for entry in [0, 7, 19] {
            let (mut bytes, entries) = (synth.build(), synth.layout().entries);
            bytes[entries[entry] as usize + 40..][..16].fill(0);
            assert_eq!([false, true].map(|is_reversed| misfits(bytes.clone(), is_reversed)), [1, 1], "{entry}");
        }
    }

    #[test]
    fn an_entry_of_a_boot_that_its_field_does_not_name_is_noticed() {
        let synth = sample(20);
        for at in synth.layout().entries {
            let mut bytes = synth.build();
            bytes[at as usize + 45] ^= 4;
            assert_eq!([false, true].map(|is_reversed| misfits(bytes.clone(), is_reversed)), [1, 1], "entry at {at}");
        }
    }

    #[test]
    fn every_bit_of_a_seqnum_is_noticed_either_way() {
        let synth = sample(20);
        let (sound, entries) = (synth.build(), synth.layout().entries);
        assert_eq!([false, true].map(|is_reversed| misfits(sound.clone(), is_reversed)), [0, 0]);
        for at in entries {
            for bit in 0..64 {
                let mut bytes = sound.clone();
                bytes[at as usize + 16 + bit / 8] ^= 1 << (bit % 8);
                for is_reversed in [false, true] {
                    assert!(misfits(bytes.clone(), is_reversed) > 0, "entry at {at}, bit {bit}, {is_reversed}");
                }
            }
        }
    }
}
