//! A filter finds what reading every entry finds, also where the index has been damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use lastwords::file::{JournalFile, Options};
use lastwords::format::Inflater;
use lastwords::journal::Place;
use lastwords::testkit::synth::{Layout, Synth, sample};
use lastwords::{Journal, Matches, Query, Selection};

const TERMS: [&[&str]; 4] = [&["PRIORITY=6"], &["PRIORITY!=6"], &["MESSAGE~=1"], &["_SYSTEMD_UNIT=*", "PRIORITY<=4"]];

fn journal(bytes: Vec<u8>) -> Journal {
    Journal::from_files(vec![JournalFile::from_bytes(Path::new("wounded"), bytes, Options::default()).unwrap()])
}

fn walked(journal: &Journal, matches: Matches) -> Vec<Place> {
    let query = Query { matches, ..Query::default() };
    let mut places = Vec::new();
    Selection::of(journal, &query).each(false, |place| {
        places.push(place);
        true
    });
    places
}

/// Asserts that each filter gives the entries that satisfy it.
fn filters_are_right(journal: &Journal, what: &str) {
    let all = walked(journal, Matches::default());
    for terms in TERMS {
        let matches = Matches::read(terms).unwrap();
        let mut inflater = Inflater::default();
        let mut holds = |place: &Place| journal.entry(*place).is_ok_and(|entry| matches.holds(&entry, &mut inflater));
        let wanted: Vec<Place> = all.iter().filter(|place| holds(place)).copied().collect();
        let mut found = walked(journal, matches.clone());
        // An entry that the index names and that cannot be read is passed on, to be counted as lost.
        found.retain(|place| journal.entry(*place).is_ok());
        assert!(found == wanted, "{what}: {terms:?}: {} entries where {} hold it", found.len(), wanted.len());
    }
}

fn wounded(name: &str, wound: impl Fn(&mut Vec<u8>, &Layout)) {
    for synth in [sample(80), Synth::compact(sample(80), false)] {
        let (mut bytes, layout) = (synth.build(), synth.layout());
        wound(&mut bytes, &layout);
        filters_are_right(&journal(bytes), name);
    }
}

fn put(bytes: &mut [u8], at: u64, value: u64) {
    let at = usize::try_from(at).unwrap();
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn a_sound_index_is_right() {
    wounded("sound", |_, _| {});
}

#[test]
fn a_data_hash_table_that_was_lost_is_noticed() {
    wounded("size of the table", |bytes, _| put(bytes, 112, 0));
    wounded("place of the table", |bytes, _| put(bytes, 104, 1 << 40));
    wounded("zeros in the table", |bytes, _| {
        let at = |offset: usize| u64::from_le_bytes(bytes[offset..offset + 8].try_into().unwrap());
        let (from, len) = (usize::try_from(at(104)).unwrap(), usize::try_from(at(112)).unwrap());
        bytes[from..from + len].fill(0);
    });
}

/// A disk loses a page, and the values whose buckets lay there are found nowhere.
#[test]
fn a_page_of_the_data_hash_table_that_was_lost_is_noticed() {
    let mut bytes = sample(800).buckets(1024, 11).build();
    let sound = journal(bytes.clone());
    let header = sound.files()[0].header();
    let first = usize::try_from(header.data_hash_table_offset.0).unwrap().next_multiple_of(4096);
    bytes[first..first + 4096].fill(0);
    let wounded = journal(bytes);
    for place in walked(&sound, Matches::default()).into_iter().step_by(7) {
        let message = sound.entry(place).unwrap().get("MESSAGE").unwrap().into_owned();
        let terms = || Matches::read(&[[b"MESSAGE=", message.as_slice()].concat()]).unwrap();
        let found = walked(&sound, terms());
        assert!(found.contains(&place));
        assert_eq!(walked(&wounded, terms()), found, "{}", String::from_utf8_lossy(&message));
    }
}

#[test]
fn a_list_of_entries_that_lies_is_noticed() {
    wounded("entry of a value", |bytes, layout| {
        layout.data.iter().for_each(|data| put(bytes, data.offset + 40, data.offset));
    });
    wounded("count of a value", |bytes, layout| {
        layout.data.iter().filter(|data| data.entries.len() > 3).for_each(|data| put(bytes, data.offset + 56, 1 << 50));
    });
    wounded("list of a value", |bytes, layout| {
        layout.data.iter().filter(|data| data.entries.len() > 3).for_each(|data| put(bytes, data.offset + 48, 0));
    });
}

#[test]
fn journals_that_crashes_left_are_filtered_right() {
    let broken = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/broken");
    let mut seen = 0;
    for path in std::fs::read_dir(broken).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(file) = JournalFile::open(&path, Options::default()) else { continue };
        filters_are_right(&Journal::from_files(vec![file]), &path.display().to_string());
        seen += 1;
    }
    assert!(seen >= 7, "only {seen} files");
}
