//! What is lost, and what the index gives of the rest.

use std::collections::BTreeSet;

use super::super::is_suspect;
use super::*;
use crate::corrupt::Offset;
use crate::testkit::synth::sample;

/// The entries that a file gives where nobody looks beyond its index.
fn by_index(file: &JournalFile) -> BTreeSet<u64> {
    let slots = file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len());
    slots.filter_map(|at| Some(file.entry(at).ok()?.offset().0)).collect()
}

#[test]
fn of_a_file_that_was_cut_the_index_and_the_salvaged_are_all_and_the_rest_is_lost() {
    for (keyed, compact) in [(true, true), (false, false)] {
        let sound = sample(90).keyed(keyed).compact(compact).build();
        for len in (1024..sound.len()).step_by(488) {
            let Some(file) = open(&sound[..len]).filter(super::super::header_fits) else { continue };
            let given = by_index(&file);
            let salvage = Salvage::of(&file);
            let all: BTreeSet<u64> = salvage.merged(&file).iter().map(|at| at.0).collect();
            let salvaged: BTreeSet<u64> = salvage.entries.iter().map(|found| found.at.0).collect();
            assert_eq!(Salvage::of(&file).account, salvage.account, "{len}: asked again");
            assert_eq!(&given | &salvaged, all, "{len}");
            assert!(given.is_disjoint(&salvaged), "{len}");
            let account = &salvage.account;
            let (claims, found) = (&account.claims, all.len() as u64);
            assert_eq!(
                (account.entries.by_index, account.entries.salvaged),
                (given.len() as u64, salvaged.len() as u64)
            );
            assert_eq!((claims.entries, claims.absent, claims.lost), (90, 90 - found, 90 - found), "{len}");
            assert_eq!(claims.before + account.seqnums.missing + claims.behind, 90 - found, "{len}");
            assert_eq!(
                account.is_sound(),
                found == 90 && account.bytes.damaged + account.bytes.unaccounted == 0,
                "{len}"
            );
        }
    }
}

#[test]
fn an_entry_that_its_payloads_prove_is_given_though_what_follows_it_is_damaged() {
    let synth = sample(20);
    let (mut bytes, layout) = (synth.build(), synth.layout());
    let entry = Offset(layout.entries[4]);
    let size = u64::from_le_bytes(bytes[entry.0 as usize + 8..][..8].try_into().unwrap());
    let behind = (entry.0 + size).next_multiple_of(8) as usize;
    bytes[behind + 8..behind + 16].fill(0xff);
    assert!(open(&bytes).unwrap().entry(entry).is_ok());
    // Of one that they do not prove nobody knows where it ends.
    bytes[entry.0 as usize + 56] ^= 1;
    assert!(open(&bytes).unwrap().entry(entry).is_err());
}

#[test]
fn places_behind_the_end_of_the_file_are_entries_that_cannot_be_read() {
    let sound = sample(90).build();
    let file = open(&sound[..sound.len() * 2 / 3]).unwrap();
    let named =
        file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len()).filter(|at| at.is_some()).count();
    let account = Salvage::of(&file).account;
    assert!(account.entries.unreadable > 0);
    assert_eq!(account.entries.by_index + account.entries.unreadable, named as u64);
}

/// A file as it is where the header on the disk is from before the first entry, and the rest from later.
fn with_first_header(keyed: bool, state: u8) -> Vec<u8> {
    let mut bytes = sample(60).keyed(keyed).build();
    let word = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    // Behind the tables nothing is known: the last object is the second of them.
    let last = word(&bytes, 104).max(word(&bytes, 120)) - 16;
    for (at, value) in [(136, last), (144, 2), (152, 0), (160, 0), (168, 0), (176, 0), (184, 0), (192, 0), (200, 0)] {
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
    bytes[16] = state;
    bytes
}

#[test]
fn a_header_from_before_the_first_entry_hides_none() {
    for (keyed, state) in [(true, 0), (true, 1), (true, 2), (false, 0), (false, 1), (false, 2)] {
        let file = open(&with_first_header(keyed, state)).unwrap();
        assert!(is_suspect(&file), "{keyed} {state}");
        let found = Salvage::of(&file);
        assert_eq!((found.entries.len(), found.foreign.len()), (60, 0), "{keyed} {state}");
    }
}

#[test]
fn what_was_written_since_an_older_header_is_met_behind_pages_as_old() {
    let sound = sample(900).state(0).build();
    assert!(!is_suspect(&open(&sound).unwrap()));
    let place = |index: usize| {
        let file = open(&sound).unwrap();
        file.arrays().iter(file.image(), file.layout(), index..index + 1).next().unwrap().0 as usize
    };
    let from = place(9);
    for gap in [0, 1, 20] {
        let mut bytes = sound.clone();
        bytes[136..144].copy_from_slice(&(from as u64).to_le_bytes());
        let size = usize::try_from(u64::from_le_bytes(bytes[from + 8..from + 16].try_into().unwrap())).unwrap();
        let behind = from + size.next_multiple_of(8);
        bytes[behind..behind + gap * 4096].fill(0);
        assert!(is_suspect(&open(&bytes).unwrap()), "{gap} of {} pages", (sound.len() - behind) / 4096);
    }
}

#[test]
fn remains_behind_a_gap_are_no_entries_of_a_file_that_has_none() {
    let mut bytes = with_first_header(false, 1);
    let file = open(&bytes).unwrap();
    let first = file.objects(&(Offset(file.header().tail_object_offset.0)..Offset(bytes.len() as u64))).nth(1);
    let first = first.unwrap().unwrap().at.0 as usize;
    bytes.splice(first..first, [0; 4096]);
    let file = open(&bytes).unwrap();
    assert_eq!(Salvage::of(&file).entries.len(), 0);
}

#[test]
fn a_wrong_number_beside_an_entry_takes_nothing_from_it() {
    for keyed in [true, false] {
        let synth = sample(300).keyed(keyed);
        let (mut bytes, layout) = (synth.build(), synth.layout());
        let before = layout.entries[199] as usize;
        bytes[before + 16 + 4] ^= 0x80;
        // And what many entries have, the one behind among them, is garbled.
        let shared = layout.find_data(b"SYSLOG_IDENTIFIER=unit1").unwrap().offset as usize;
        let name = bytes[shared..].windows(5).position(|text| text == b"unit1").unwrap();
        bytes[shared + name] ^= 1;
        let salvage = Salvage::of(&open(&bytes).unwrap());
        let lost = salvage.lost_items(Offset(layout.entries[200])).map(<[usize]>::len);
        assert_eq!(lost, Some(1), "{keyed}: its message stays");
    }
}
