//! Who wants a part of a journal opens the files that can hold it, and sees what all files together would show.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::PathBuf;

use lastwords::file::{JournalFile, Options};
use lastwords::format::Realtime;
use lastwords::journal::{Extent, Journal};
use lastwords::query::{Query, Selection};
use lastwords::testkit::synth::{Record, Synth};
use support::{Folder, lastwords};

const FILES: u64 = 30;
const ENTRIES: u64 = 20;

/// The clocks of an entry: a second apart; in the middle of file 15 a second boot begins an hour later.
fn clocks(seqnum: u64) -> (u8, u64, u64) {
    let (boot, since, wall) = if seqnum <= 15 * ENTRIES + 10 { (1, 0, 0) } else { (2, 15 * ENTRIES + 10, 3600) };
    (boot, (1_000_000 + seqnum + wall) * 1_000_000, (seqnum - since) * 1_000_000)
}

/// The second that an entry was received in, as times are written.
fn second(seqnum: u64) -> Realtime {
    Realtime(clocks(seqnum).1)
}

/// One file after the other, the last one in use.
fn series(folder: &Folder, clocks: impl Fn(u64) -> (u8, u64, u64)) -> Vec<PathBuf> {
    let file = |file: u64| {
        let numbers = file * ENTRIES + 1..=(file + 1) * ENTRIES;
        let record = |seqnum| {
            let (boot, realtime, monotonic) = clocks(seqnum);
            Record::new(seqnum).boot(boot).at(realtime, monotonic).field(format!("MESSAGE={seqnum}"))
        };
        let (first, realtime) = (*numbers.start(), clocks(*numbers.start()).1);
        let synth = numbers.map(record).fold(Synth::new().file_id([file as u8; 16]), Synth::entry);
        if file + 1 == FILES {
            return folder.file("system.journal", &synth.state(1).build());
        }
        folder.file(&format!("system@{}-{first:016x}-{realtime:016x}.journal", "5e".repeat(16)), &synth.build())
    };
    let mut paths: Vec<PathBuf> = (0..FILES).map(file).collect();
    paths.sort();
    paths
}

fn query(extent: &Extent) -> Query {
    Query { last: extent.last, since: extent.since, until: extent.until, ..Query::default() }
}

fn shown(journal: &Journal, query: &Query) -> Vec<u64> {
    let mut numbers = Vec::new();
    Selection::of(journal, query).walk(|chunk| {
        numbers.extend(chunk.places.iter().map(|place| journal.entry(*place).unwrap().seqnum().0));
        true
    });
    numbers
}

/// How many files are left out; what is shown must be what all files show.
fn left_out(paths: &[PathBuf], extent: Extent) -> usize {
    let part = Journal::of_extent(paths, Vec::new(), Options::default(), &extent);
    let whole = Journal::of_files(paths, Vec::new(), Options::default());
    assert_eq!(shown(&part, &query(&extent)), shown(&whole, &query(&extent)), "{extent:?}");
    assert_eq!((part.files().len(), whole.left_out()), (whole.files().len(), 0));
    part.left_out()
}

fn last(entries: usize) -> Extent {
    Extent { last: Some(entries), ..Extent::default() }
}

fn span(from: u64, to: u64) -> Extent {
    Extent { last: None, since: Some(second(from)), until: Some(second(to)) }
}

#[test]
fn the_last_entries_are_in_the_newest_files() {
    let folder = Folder::new("extent-last");
    let paths = series(&folder, clocks);
    // What the file in use holds is not known beforehand, and the newest closed one has no witness behind it.
    assert_eq!(left_out(&paths, last(1)), 28);
    assert_eq!(left_out(&paths, last(20)), 28);
    assert_eq!(left_out(&paths, last(21)), 27);
    assert_eq!(left_out(&paths, last(200)), 19);
    assert_eq!(left_out(&paths, last(10_000)), 0);
    assert_eq!(
        shown(&Journal::of_extent(&paths, Vec::new(), Options::default(), &last(3)), &query(&last(3))),
        [598, 599, 600]
    );
}

#[test]
fn a_span_of_time_leaves_out_files_before_and_behind() {
    let folder = Folder::new("extent-span");
    let paths = series(&folder, clocks);
    // Beside the span stay the file in use, the newest closed one, and the one in which the boot changes.
    assert_eq!(left_out(&paths, span(205, 215)), 26);
    assert_eq!(left_out(&paths, Extent { until: None, ..span(563, 0) }), 27);
    assert_eq!(left_out(&paths, Extent { since: None, ..span(0, 1) }), 26);
    // With a time the last ones are those within it.
    assert_eq!(left_out(&paths, Extent { last: Some(5), ..span(205, 215) }), 26);
    assert_eq!(left_out(&paths, Extent::default()), 0);
}

#[test]
fn a_clock_that_was_set_keeps_its_file() {
    let folder = Folder::new("extent-clock");
    // Entry 110, in the sixth file, was received by a clock that was four hundred seconds ahead, as were those behind it.
    let set = |seqnum: u64| {
        let (boot, realtime, monotonic) = clocks(seqnum);
        (boot, realtime + if (110..=125).contains(&seqnum) { 400_000_000 } else { 0 }, monotonic)
    };
    let paths = series(&folder, set);
    // Beside those of any span: the file of the span, the next one, less than a second behind it, and the two in which
    // the clock was ahead.
    assert_eq!(left_out(&paths, span(505, 520)), 23);
}

#[test]
fn a_clock_that_was_wrong_to_the_end_of_a_file_keeps_it() {
    // journald begins a new file where the clock jumps back.
    for (from, by) in [(110, 400_000_000_i64), (110, -400_000_000)] {
        let folder = Folder::new("extent-jump");
        let set = |seqnum: u64| {
            let (boot, realtime, monotonic) = clocks(seqnum);
            (boot, realtime.saturating_add_signed(if (from..=120).contains(&seqnum) { by } else { 0 }), monotonic)
        };
        let paths = series(&folder, set);
        for extent in [span(505, 520), Extent { until: None, ..span(505, 0) }, Extent { since: None, ..span(0, 5) }] {
            assert!(left_out(&paths, extent) > 0, "{extent:?}");
        }
    }
}

#[test]
fn entries_that_cannot_be_read_do_not_count() {
    let folder = Folder::new("extent-zeroed");
    let paths = series(&folder, clocks);
    let newest = paths.iter().find(|path| path.to_str().unwrap().contains("-0000000000000231-")).unwrap();
    let sound = fs::read(newest).unwrap();
    let file = JournalFile::open(newest, Options::default()).unwrap();
    // What lies further inside is met by reading, see the last test.
    for slots in [19..20, 17..20, 0..20] {
        let mut bytes = sound.clone();
        for slot in slots {
            bytes[file.entry_at(slot).0 as usize..][..64].fill(0);
        }
        fs::write(newest, bytes).unwrap();
        for entries in [21, 25, 30] {
            assert_eq!(left_out(&paths, last(entries)), 0);
        }
    }
}

#[test]
fn where_names_headers_and_entries_disagree_all_files_are_opened() {
    let folder = Folder::new("extent-lies");
    let paths = series(&folder, clocks);
    let sound = fs::read(&paths[7]).unwrap();
    // The numbers of the first and the last entry, their count, the first time, the state, and the first entry itself.
    for at in [160, 168, 152, 184, 16, first_entry(&sound) + 16, first_entry(&sound) + 24] {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        fs::write(&paths[7], bytes).unwrap();
        assert_eq!(left_out(&paths, last(1)), 0, "{at}");
    }
    // A header that counts less than there is, in itself without contradiction.
    let mut bytes = sound.clone();
    bytes[160..168].copy_from_slice(&139_u64.to_le_bytes());
    bytes[152] -= 1;
    fs::write(&paths[7], bytes).unwrap();
    assert_eq!(left_out(&paths, last(1)), 0);
    fs::write(&paths[7], &sound[..sound.len() - 100]).unwrap();
    assert_eq!(left_out(&paths, last(1)), 0);
    fs::write(&paths[7], &sound).unwrap();
    assert_eq!(left_out(&paths, last(1)), 28);
    // Without a file behind it there is no witness for what a header says of the end: that file alone is opened.
    assert_eq!(left_out(&[&paths[..8], &paths[9..]].concat(), last(1)), 26);
    let aside = folder.file(&format!("system@{:016x}-{:016x}.journal~", second(300).0, 7), &sound);
    let with = |path: PathBuf| paths.iter().cloned().chain([path]).collect::<Vec<_>>();
    assert_eq!(left_out(&with(aside), last(1)), 0);
    assert_eq!(left_out(&with(folder.file("user-1000.journal", &sound)), last(1)), 0);
}

/// Where the main array's first slot points to, in a compact file.
fn first_entry(bytes: &[u8]) -> usize {
    let array = u64::from_le_bytes(bytes[176..184].try_into().unwrap()) as usize;
    u32::from_le_bytes(bytes[array + 24..array + 28].try_into().unwrap()) as usize
}

#[test]
fn an_older_file_in_use_is_no_newest_one() {
    let folder = Folder::new("extent-older");
    let paths = series(&folder, clocks);
    let older = Synth::new().entry(Record::new(7).field("MESSAGE=older")).state(1).build();
    folder.file("system.journal", &older);
    assert_eq!(left_out(&paths, last(25)), 0);
}

#[test]
fn damage_among_the_last_entries_opens_the_rest() {
    let folder = Folder::new("extent-damage");
    let mut paths = series(&folder, clocks);
    // All entries of the newest closed file are gone, and only reading them tells.
    let newest = paths.iter().position(|path| path.to_str().unwrap().contains("0000000000000231-")).unwrap();
    let mut bytes = fs::read(&paths[newest]).unwrap();
    for at in (272..bytes.len() - 8).step_by(8) {
        // Entries but the first: type 3, and their seqnum is not the file's first.
        if bytes[at] == 3 && bytes[at + 16..at + 18] != [0x31, 2] && bytes[at + 17] == 2 {
            bytes[at] = 0;
        }
    }
    fs::write(&paths[newest], bytes).unwrap();
    paths.sort();
    let directory = folder.path().to_str().unwrap();
    let answer = lastwords(&["show", directory, "-n", "30", "-o", "cat"]);
    assert_eq!(answer.status, 3, "{}", answer.stderr);
    let lines: Vec<u64> = answer.text().lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!((lines.len(), lines.last()), (30, Some(&600)));
    assert!(lines.contains(&552), "older files fill up what is lost: {lines:?}");
}
