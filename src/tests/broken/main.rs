//! Damaged files: what is intact is shown, what is not is said, and nothing is made up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod bombs;
mod counts;
mod shrinking;
mod wounds;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use lastwords::corrupt::Losses;
use serde_json::Value;
use support::{Answer, Folder, export_entries, lastwords, testdata};

fn expected() -> BTreeMap<String, Value> {
    serde_json::from_str(&fs::read_to_string(testdata("broken/expected.json")).unwrap()).unwrap()
}

fn exported(file: &str) -> Answer {
    lastwords(&["show", "--file", file, "-o", "export", "--all"])
}

fn lines(entry: &[u8]) -> Vec<&[u8]> {
    entry.split(|byte| *byte == b'\n').collect()
}

/// Where an entry of an export stream stands: its cursor without the hash, which is the first to go where one is torn,
/// and without the series, which no object tells where the header is lost.
fn cursor(entry: &[u8]) -> &[u8] {
    let line = lines(entry)[0];
    let place = |part: &[u8]| line.windows(3).position(|there| there == part).expect("a cursor has all its parts");
    &line[place(b";i=")..place(b";x=")]
}

/// The entries of a sound file by their cursors.
fn by_cursor(stream: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    export_entries(stream).into_iter().map(|entry| (cursor(entry).to_vec(), entry.to_vec())).collect()
}

/// Whether a shown entry is the sound one, or the sound one without some fields and with a note that they are lost.
fn is_part_of(shown: &[u8], sound: &[u8]) -> bool {
    let (mut fields, sound_lines) = (lines(shown).split_off(1), lines(sound));
    let count = fields.len();
    fields.retain(|line| !line.starts_with(b"_LASTWORDS_LOST="));
    let noted = fields.len() < count;
    let without_series = b"__SEQNUM_ID=00000000000000000000000000000000";
    fields.retain(|line| line != without_series);
    let is_whole = fields.len() + 2 >= sound_lines.len();
    fields.iter().all(|line| sound_lines.contains(line)) && (is_whole || noted)
}

#[test]
fn what_is_shown_of_a_broken_copy_is_as_in_the_sound_file() {
    let base = exported("testdata/broken/unharmed.journal");
    assert_eq!((base.status, base.stderr.as_str()), (0, ""));
    let sound = by_cursor(&base.stdout);
    assert_eq!(sound.len(), 316);
    for name in expected().keys().filter(|name| *name != "killed-in-mid-write.journal") {
        let answer = exported(&format!("testdata/broken/{name}"));
        for entry in answer.entries() {
            let whole = sound.get(cursor(entry)).unwrap_or_else(|| panic!("{name} has an entry of its own"));
            assert!(is_part_of(entry, whole), "{name}: {}", String::from_utf8_lossy(entry));
        }
    }
}

#[test]
fn a_broken_file_shows_at_least_what_journalctl_shows_of_it() {
    let ours = [
        ("array-looped.journal", 316),
        ("array-lost.journal", 316),
        ("array-zeroed.journal", 316),
        ("header-lost.journal", 316),
        ("killed-in-mid-write.journal", 293),
        ("pages-lost.journal", 305),
        ("truncated-60.journal", 181),
        ("unharmed.journal", 316),
        ("zeroed-tail.journal", 176),
    ];
    let expected = expected();
    assert_eq!(expected.len(), ours.len());
    for (name, least) in ours {
        let shown = exported(&format!("testdata/broken/{name}")).entries().len() as u64;
        let theirs = expected[name]["entries_journalctl_257"].as_u64().unwrap();
        assert!(shown >= theirs.max(least), "{name}: {shown} entries, journalctl {theirs}, once {least}");
    }
}

#[test]
fn damage_is_said_with_the_files_name_and_in_the_exit_status() {
    for (name, status) in [
        ("array-looped.journal", 3),
        ("array-zeroed.journal", 3),
        ("header-lost.journal", 3),
        ("pages-lost.journal", 3),
        ("truncated-60.journal", 3),
        ("zeroed-tail.journal", 3),
    ] {
        let file = format!("testdata/broken/{name}");
        let answer = exported(&file);
        assert_eq!(answer.status, status, "{name}: {}", answer.stderr);
        let sentence = format!("lastwords: {file}: ");
        assert!(answer.stderr.lines().any(|line| line.starts_with(&sentence)), "{name}: {}", answer.stderr);
    }
}

#[test]
fn a_sound_file_is_read_in_silence_and_what_only_a_walk_finds_is_said() {
    let sound = exported("testdata/broken/unharmed.journal");
    assert_eq!((sound.status, sound.stderr.as_str()), (0, ""));
    let file = "testdata/broken/killed-in-mid-write.journal";
    let killed = exported(file);
    let said = format!("lastwords: {file}: 1 entry salvaged beyond the index\n");
    assert_eq!((killed.status, &killed.stderr, killed.entries().len()), (3, &said, 293));
    let strict = lastwords(&["show", "--strict", "--file", file, "-o", "export"]);
    assert_eq!((strict.status, strict.stderr.as_str(), strict.entries().len()), (0, "", 292));
    let salvaged = lastwords(&["salvage", "--file", file, "-o", "export", "--provenance"]);
    assert_eq!((salvaged.status, salvaged.entries().len()), (3, 1));
    let entry = String::from_utf8_lossy(salvaged.entries()[0]).into_owned();
    assert!(entry.contains("\n_LASTWORDS_REACH=salvaged"), "{entry}");
    // The entry's place is where its object lies: an ENTRY, with the number that is shown.
    let number =
        |name: &str| -> usize { entry.lines().find_map(|line| line.strip_prefix(name)?.parse().ok()).unwrap() };
    let (bytes, at) = (fs::read(testdata("broken/killed-in-mid-write.journal")).unwrap(), number("_LASTWORDS_OFFSET="));
    assert_eq!(bytes[at], 3);
    assert_eq!(bytes[at + 16..at + 24], (number("__SEQNUM=") as u64).to_le_bytes());
}

/// The entries of an export stream as a sorted list, by where they stand.
fn places(answer: &Answer) -> Vec<Vec<u8>> {
    let mut places: Vec<_> = answer.entries().iter().map(|entry| cursor(entry).to_vec()).collect();
    places.sort();
    places
}

/// How each entry is reached.
fn exported_with(file: &str, option: &str) -> Vec<String> {
    let answer = lastwords(&["show", "--file", file, "-o", "json", option]);
    let entry =
        |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap()["_LASTWORDS_REACH"].as_str().map(str::to_owned);
    let lines = answer.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.filter_map(entry).collect()
}

#[test]
fn what_the_index_gives_and_what_is_salvaged_together_are_what_is_shown() {
    for name in expected().keys() {
        let file = format!("testdata/broken/{name}");
        let [shown, strict, salvaged] = [&["show"][..], &["show", "--strict"], &["salvage"]]
            .map(|args| lastwords(&[args, &["--file", &file, "-o", "export"]].concat()));
        let mut parts = [places(&strict), places(&salvaged)].concat();
        parts.sort();
        assert_eq!(parts, places(&shown), "{name}");
        let by_index = exported_with(&file, "--provenance").iter().filter(|reach| *reach == "index").count();
        assert_eq!(by_index, strict.entries().len(), "{name}");
        let info = serde_json::from_slice::<Value>(&lastwords(&["info", &file, "-o", "json"]).stdout).unwrap();
        let entries = &info["files"][0]["account"]["entries"];
        let counts = [&entries["by_index"], &entries["salvaged"]].map(|count| count.as_u64().unwrap() as usize);
        assert_eq!(counts, [strict.entries().len(), salvaged.entries().len()], "{name}");
    }
}

#[test]
fn a_broken_file_among_sound_ones_costs_only_itself() {
    let args = ["show", "-o", "export", "testdata/broken/header-lost.journal", "testdata/broken/unharmed.journal"];
    let answer = lastwords(&args);
    // Both hold the same entries.
    assert_eq!((answer.status, answer.entries().len()), (3, 316));
    assert!(answer.stderr.contains("header-lost.journal: "), "{}", answer.stderr);
}

#[test]
fn every_command_survives_every_broken_file() {
    for name in expected().keys() {
        let file = format!("testdata/broken/{name}");
        for args in [&["boots", &file][..], &["why", &file], &["info", &file], &["fields", &file, "MESSAGE"]] {
            let answer = lastwords(args);
            assert!((0..=3).contains(&answer.status), "{args:?}: {}", answer.status);
            // Of an abrupt end `why` tells by its status, whatever could not be read.
            let is_told = answer.status >= 2 || (args[0] == "why" && answer.status == 1 && name != "unharmed.journal");
            assert_eq!(is_told, !answer.stderr.is_empty(), "{args:?}: {}", answer.stderr);
        }
    }
}

#[test]
#[cfg(feature = "zstd")]
fn salvage_writes_a_sound_file_of_all_that_can_be_read() {
    let folder = Folder::new("rescued");
    let into = format!("{}/out/", folder.path().display());
    let args = ["salvage", "testdata/broken/array-lost.journal", "--output", &into];
    let answer = lastwords(&args);
    assert_eq!(answer.status, 3, "{}", answer.stderr);
    let shown = exported("testdata/broken/array-lost.journal");
    let written = lastwords(&["show", &into, "-o", "export", "--all"]);
    assert_eq!((written.status, written.stderr.as_str()), (0, ""));
    let without_numbers = |answer: &Answer| -> Vec<Vec<Vec<u8>>> {
        let fields = |entry: &&[u8]| lines(entry).into_iter().skip(1).map(<[u8]>::to_vec).collect();
        answer.entries().iter().map(fields).collect()
    };
    assert_eq!(shown.entries().len(), 316);
    assert_eq!(without_numbers(&written), without_numbers(&shown), "nothing but the cursor may differ");
    assert_eq!(lastwords(&["verify", "-q", &into]).status, 0);
    // What is there is not replaced.
    let again = lastwords(&args);
    assert_eq!(again.status, 2, "{}", again.stderr);
    assert!(again.stderr.contains("exists already, and nothing is overwritten"), "{}", again.stderr);
}
