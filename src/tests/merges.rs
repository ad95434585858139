//! Many files are one journal: however its entries are spread over files, the whole comes back, each entry once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use lastwords::journal::{Journal, Place};
use lastwords::query::{Query, Selection};
use lastwords::testkit::synth::{Record, Synth, sample};
use support::{Content, Folder, content, journal_of, lastwords};

const RECORDS: u64 = 240;

fn places(journal: &Journal) -> Vec<Place> {
    let mut places = Vec::new();
    Selection::of(journal, &Query::default()).each(false, |place| {
        places.push(place);
        true
    });
    places
}

fn contents(journal: &Journal) -> Vec<Content> {
    places(journal).into_iter().map(|place| content(journal, place)).collect()
}

fn seqnums(journal: &Journal) -> Vec<u64> {
    places(journal).into_iter().map(|place| journal.entry(place).unwrap().seqnum().0).collect()
}

fn build(records: impl IntoIterator<Item = Record>, file: u64, seqnum_id: u8) -> Vec<u8> {
    let empty = Synth::new().file_id([0x40 + file as u8; 16]).seqnum_id([seqnum_id; 16]);
    records.into_iter().fold(empty, Synth::entry).build()
}

fn journal(files: Vec<Vec<u8>>) -> Journal {
    let names: Vec<String> = (0..files.len()).map(|file| format!("{file}.journal")).collect();
    journal_of(names.iter().map(String::as_str).zip(files))
}

/// Asserts that a journal is the sample: the same entries in the same order, and the same two boots.
fn assert_whole(name: &str, spread: &Journal) {
    let whole = journal(vec![sample(RECORDS).build()]);
    assert_eq!(contents(spread), contents(&whole), "{name}");
    let boots = |journal: &Journal| -> Vec<_> {
        let facts = |(at, boot): (usize, &lastwords::Boot)| {
            (boot.id, journal.entry_count(at), boot.first.realtime, boot.last.monotonic)
        };
        journal.boots().iter().enumerate().map(facts).collect()
    };
    assert_eq!(boots(spread), boots(&whole), "{name}");
}

/// Spreads the sample over files; `of` names the file of the record with this index.
fn spread(files: u64, seqnum_id: impl Fn(u64) -> u8, of: impl Fn(u64) -> u64) -> Journal {
    let records = sample(RECORDS).records().to_vec();
    let part =
        |file| records.iter().zip(0..).filter(|(_, at)| of(*at) == file).map(|(record, _)| record.clone()).collect();
    let parts: Vec<Vec<Record>> = (0..files).map(part).collect();
    assert!(parts.iter().all(|part| !part.is_empty()));
    journal(parts.into_iter().zip(0..).map(|(part, file)| build(part, file, seqnum_id(file))).collect())
}

#[test]
fn entries_dealt_out_to_files_come_back_in_order() {
    for files in 2..=5 {
        assert_whole("one numbering, dealt out", &spread(files, |_| 0x5e, |at| at % files));
        assert_whole("one numbering each, dealt out", &spread(files, |file| file as u8, |at| at % files));
        let share = RECORDS.div_ceil(files);
        assert_whole("one numbering, cut", &spread(files, |_| 0x5e, |at| at / share));
        assert_whole("one numbering each, cut", &spread(files, |file| file as u8, |at| at / share));
        let last_first = |at| files - 1 - at / share;
        assert_whole("one numbering, cut, names the other way round", &spread(files, |_| 0x5e, last_first));
        assert_whole("one numbering each, the other way round", &spread(files, |file| file as u8, last_first));
        let uneven = |at: u64| if at < RECORDS / 2 { 0 } else { (at * 7 / 3) % files };
        assert_whole("one numbering, uneven", &spread(files, |_| 0x5e, uneven));
        assert_whole("two numberings", &spread(files, |file| file as u8 % 2, |at| at % files));
    }
}

#[test]
fn copies_count_once() {
    let whole = sample(RECORDS).build();
    assert_whole("three copies", &journal(vec![whole.clone(), whole.clone(), whole.clone()]));
    let some = |from: usize, to: usize| build(sample(RECORDS).records()[from..to].to_vec(), 1, 0x5e);
    assert_whole("a copy and its beginning", &journal(vec![whole.clone(), some(0, 100)]));
    assert_whole("its end and a copy", &journal(vec![some(200, 240), whole.clone()]));
    assert_whole("a copy and its middle", &journal(vec![whole, some(50, 130)]));
    assert_whole("parts that overlap", &journal(vec![some(0, 130), some(110, 240)]));
    assert_whole("parts that overlap, twice", &journal(vec![some(100, 240), some(0, 140), some(90, 150)]));
}

/// Records as another writer of the same entries numbers them, as journald does for those it takes over from `/run`.
fn renumbered(from: usize, to: usize) -> Vec<u8> {
    let records = sample(RECORDS).records()[from..to].to_vec();
    build(records.into_iter().zip(9001..).map(|(record, seqnum)| Record { seqnum, ..record }), 7, 0x77)
}

#[test]
fn a_renumbered_copy_counts_once() {
    let whole = sample(RECORDS).build();
    assert_whole("renumbered as a whole", &journal(vec![whole.clone(), renumbered(0, 240)]));
    assert_whole("renumbered, the copy first", &journal(vec![renumbered(0, 240), whole.clone()]));
    assert_whole("the end renumbered", &journal(vec![whole.clone(), renumbered(180, 240)]));
    assert_whole("the beginning renumbered", &journal(vec![renumbered(0, 60), whole]));
    let end = build(sample(RECORDS).records()[100..].to_vec(), 2, 0x5e);
    assert_whole("the beginning only renumbered", &journal(vec![renumbered(0, 120), end]));
}

#[test]
fn two_equal_entries_of_one_file_are_two() {
    let twice = |seqnum| Record::new(seqnum).at(1_700_000_000_000_000, 5).field("MESSAGE=again");
    let whole = build((1..=4).map(twice), 0, 0x5e);
    let other = build((3..=4).map(twice), 1, 0x5e);
    assert_eq!(seqnums(&journal(vec![whole.clone()])), [1, 2, 3, 4]);
    assert_eq!(seqnums(&journal(vec![whole.clone(), whole.clone()])), [1, 2, 3, 4]);
    assert_eq!(seqnums(&journal(vec![other, whole])), [1, 2, 3, 4]);
}

#[test]
fn seqnums_order_what_the_clocks_do_not() {
    // The clock stands still, jumps back, and stands still again.
    let stamp = |seqnum| match seqnum {
        1..=20 => (1_700_000_500_000_000, 1_000_000),
        21..=40 => (1_600_000_000_000_000 + seqnum, 1_000_000 + seqnum),
        _ => (1_600_000_000_000_000, 2_000_000),
    };
    let record = |seqnum| {
        let (realtime, monotonic) = stamp(seqnum);
        Record::new(seqnum).at(realtime, monotonic).field(format!("MESSAGE={seqnum}"))
    };
    for files in 1..=4 {
        let part = |file| build((1..=60).filter(|seqnum| seqnum % files == file).map(record), file, 0x5e);
        let journal = journal((0..files).map(part).collect());
        assert_eq!(seqnums(&journal), (1..=60).collect::<Vec<_>>(), "{files} files");
        assert_eq!(journal.boots().len(), 1);
    }
}

#[test]
fn a_wall_clock_that_was_wrong_in_the_first_boot_does_not_reorder_boots_of_one_numbering() {
    let record = |seqnum: u64| {
        let (boot, realtime) = if seqnum <= 10 { (1, 2_000_000_000_000_000) } else { (2, 1_500_000_000_000_000) };
        Record::new(seqnum).boot(boot).at(realtime + seqnum, seqnum % 10 + 1)
    };
    for files in 1..=3 {
        let part = |file| build((1..=20).filter(|seqnum| seqnum / 10 % files == file).map(record), file, 0x5e);
        let parts: Vec<_> = (0..files).map(part).collect();
        assert_eq!(journal(parts).boots().iter().map(|boot| boot.id.0[0]).collect::<Vec<_>>(), [1, 2], "{files}");
    }
}

#[test]
fn the_command_reads_a_spread_journal_as_one() {
    let folder = Folder::new("spread");
    let records = sample(RECORDS).records().to_vec();
    let whole = folder.file("whole/system.journal", &sample(RECORDS).build());
    for file in 0..3_u64 {
        let part = records.iter().filter(|record| record.seqnum % 3 == file || record.seqnum > 200).cloned();
        folder.file(&format!("spread/user-{file}.journal"), &build(part, file, 0x5e));
    }
    let spread = folder.path().join("spread");
    for format in ["short-precise", "short-monotonic", "cat"] {
        let show = |path: &std::path::Path| lastwords(&["show", path.to_str().unwrap(), "-o", format]);
        let (ours, theirs) = (show(&spread), show(&whole));
        assert_eq!((ours.status, ours.stderr.as_str()), (0, ""), "{format}");
        assert!(ours.stdout == theirs.stdout, "{format}");
    }
}
