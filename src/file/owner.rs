//! Whether a payload is that of the entry whose item names its place.
//!
//! In a page's place another page of the same file may lie that fits object for object: every place that an entry names
//! then holds a payload, and another entry's. A payload of which only one entry is known says which one, and a look at that
//! costs nothing; where it names another entry, the item's own hash tells, or that of the whole entry. Who shows a field or
//! two of each entry, as short lines do, does not look: there it would cost more than a hundredth.

use super::Entry;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::Stored;

impl<'data> Entry<'data> {
    /// The payload of one of its DATA as stored: as [`JournalFile::stored`](super::JournalFile::stored), and it is this entry's own.
    ///
    /// # Errors
    /// When no DATA object lies there, or one of another entry does by now and no check has been through this file yet.
    #[inline]
    pub fn stored(&self, at: Offset) -> Result<Stored<'data>, Corrupt> {
        let stored = self.file().stored(at)?;
        self.check_owner(&stored)?;
        Ok(stored)
    }

    /// Whether the payload of one of its DATA is its own.
    ///
    /// # Errors
    /// When the DATA is of another entry, and no check has been through this file yet.
    #[inline]
    pub fn check_owner(&self, stored: &Stored<'_>) -> Result<(), Corrupt> {
        if stored.n_entries == 1 && stored.entry != self.offset() { self.doubted(stored.at) } else { Ok(()) }
    }

    /// What the hash says that the item states, or in compact files that of the entry; the payload's own word of its entry
    /// may be what is damaged, or older than the rest.
    #[cold]
    fn doubted(&self, at: Offset) -> Result<(), Corrupt> {
        if self.file().is_checked() {
            return Ok(());
        }
        let stated = self.stored_items().pairs().find(|(item, _)| *item == at).and_then(|(_, stated)| stated);
        let is_wrong = match stated {
            Some(stated) => self.file().data(at).is_ok_and(|data| data.hash != stated),
            None => self.file().has_hash_of_payloads(self) == Some(false),
        };
        if is_wrong { Err(Corrupt::new(at, "data", Fault::Replaced)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::{JournalFile, Options};
    use crate::testkit::synth::{Record, Synth};

    /// Entries with a field of their own, in objects of one size.
    fn synth(compact: bool) -> Synth {
        let entry = |n: u64| Record::new(n).field(b"SHARED=by all").field(format!("OWN=the value of {n}")).bare();
        (1..6).fold(Synth::new().compact(compact), |synth, n| synth.entry(entry(n)))
    }

    fn open(bytes: Vec<u8>) -> JournalFile {
        JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap()
    }

    /// Those of an entry's fields that can be read, and the damage.
    fn fields(file: &JournalFile, slot: usize) -> (Vec<Vec<u8>>, Vec<Fault>) {
        let entry = file.entry(file.entry_at(slot)).unwrap();
        let (read, damaged): (Vec<_>, Vec<_>) = entry.fields().partition(Result::is_ok);
        let read = read.into_iter().map(|field| field.unwrap().payload().to_vec()).collect();
        (read, damaged.into_iter().map(|damage| damage.unwrap_err().fault).collect())
    }

    #[test]
    fn anothers_payload_in_the_place_of_an_own_one_is_noticed() {
        for compact in [false, true] {
            let synth = synth(compact);
            let mut bytes = synth.build();
            let place =
                |n: u64| synth.layout().find_data(format!("OWN=the value of {n}").as_bytes()).unwrap().offset as usize;
            let size = u64::from_le_bytes(bytes[place(2) + 8..place(2) + 16].try_into().unwrap()) as usize;
            bytes.copy_within(place(2)..place(2) + size, place(4));
            let file = open(bytes);
            assert_eq!(fields(&file, 3), (vec![b"SHARED=by all".to_vec()], vec![Fault::Replaced]), "{compact}");
            assert_eq!(fields(&file, 1).1, [], "{compact}");
            // Who went through the whole file knows better.
            file.set_checked();
            assert_eq!(fields(&file, 3).1, [], "{compact}");
        }
    }

    #[test]
    fn an_entry_with_a_value_twice_keeps_payloads_that_name_another_entry() {
        let fields = |n: u64| [format!("OWN=the value of {n}"), format!("TAG={n}"), format!("TAG={n}")];
        let entry = |n: u64| fields(n).into_iter().fold(Record::new(n).bare(), Record::field);
        for compact in [false, true] {
            let synth = (1..4).fold(Synth::new().compact(compact), |synth, n| synth.entry(entry(n)));
            let mut bytes = synth.build();
            let at = synth.layout().find_data(b"OWN=the value of 2").unwrap().offset as usize;
            bytes[at + 40..at + 48].copy_from_slice(&synth.layout().entries[0].to_le_bytes());
            let file = open(bytes);
            let entry = file.entry(file.entry_at(1)).unwrap();
            assert!(entry.fields().all(|field| field.is_ok()), "{compact}");
        }
    }

    #[test]
    fn a_payload_that_only_names_another_entry_is_still_the_entrys_own() {
        for compact in [false, true] {
            let synth = synth(compact);
            let mut bytes = synth.build();
            let at = synth.layout().find_data(b"OWN=the value of 4").unwrap().offset as usize;
            bytes[at + 40..at + 48].copy_from_slice(&synth.layout().entries[0].to_le_bytes());
            assert_eq!(fields(&open(bytes), 3).1, [], "{compact}");
        }
    }
}
