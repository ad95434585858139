//! Files that were closed in order and were damaged since: what their index cannot reach is found as soon as it is missed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use lastwords::testkit::synth::sample;
use lastwords::testkit::wound::{PAGE, Wound};
use support::{Answer, Folder, lastwords};

/// So many entries are several chunks.
const ENTRIES: u64 = 3000;

fn show(file: &str, options: &[&str]) -> Answer {
    lastwords(&[&["show", "--file", file, "-o", "export", "--all"], options].concat())
}

/// The number of each entry shown, in order.
fn seqnums(answer: &Answer) -> Vec<u64> {
    let number = |entry: &[u8]| {
        let line = entry.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"__SEQNUM="));
        std::str::from_utf8(line.unwrap()).unwrap().parse().unwrap()
    };
    answer.entries().into_iter().map(number).collect()
}

/// The entries by what names them.
fn by_cursor(answer: &Answer) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let entries = answer.entries().into_iter();
    entries.map(|entry| (entry.split(|byte| *byte == b'\n').next().unwrap().to_vec(), entry.to_vec())).collect()
}

/// A page behind the values that most entries share, and how many pages there are.
fn pages(bytes: &[u8]) -> (u64, u64) {
    let first = sample(ENTRIES).layout().entries[60] / PAGE;
    (first, bytes.len() as u64 / PAGE - 1)
}

#[test]
fn pages_that_changed_places_in_a_closed_file_cost_no_entry_that_is_whole() {
    let folder = Folder::new("closed-swapped");
    let bytes = sample(ENTRIES).build();
    let sound = show(folder.file("sound.journal", &bytes).to_str().unwrap(), &[]);
    assert_eq!((sound.status, sound.entries().len() as u64), (0, ENTRIES));
    let whole = by_cursor(&sound);
    let (first, last) = pages(&bytes);
    for page in [first, first + (last - first) / 2, last - 3] {
        let mut broken = bytes.clone();
        Wound::SwapPages(page, page + 2).apply(&mut broken);
        let path = folder.file("broken.journal", &broken);
        let file = path.to_str().unwrap();
        let mut told = seqnums(&show(file, &["--thorough"]));
        told.sort_unstable();
        assert!(told.len() as u64 > ENTRIES - 60, "{page}: {} of all, only pages were moved", told.len());
        for options in [&[][..], &["--threads", "1"], &["-r"]] {
            let answer = show(file, options);
            assert_eq!(answer.status, 3, "{page}: {}", answer.stderr);
            let shown = seqnums(&answer);
            let mut once = shown.clone();
            once.sort_unstable();
            assert_eq!(once, told, "{page} {options:?}: each entry once, none missing");
            let is_sorted = if options == ["-r"] { shown.is_sorted_by(|a, b| a > b) } else { shown.is_sorted() };
            assert!(is_sorted, "{page} {options:?}: in their place");
            let equal = by_cursor(&answer).iter().filter(|(cursor, entry)| whole.get(*cursor) == Some(entry)).count();
            assert!(equal as u64 > ENTRIES - 100, "{page}: {equal} as in the sound file");
            assert!(answer.stderr.contains("broken.journal: "), "{}", answer.stderr);
        }
        let few = show(file, &["-n", "7"]);
        assert_eq!(seqnums(&few).len(), 7, "{page}");
    }
}

#[test]
fn commands_that_count_go_by_the_walk_too() {
    let folder = Folder::new("closed-counted");
    let mut bytes = sample(ENTRIES).build();
    let (first, last) = pages(&bytes);
    let page = first + (last - first) / 3;
    Wound::SwapPages(page, page + 2).apply(&mut bytes);
    let path = folder.file("broken.journal", &bytes);
    let file = path.to_str().unwrap();
    let entries = show(file, &["--thorough"]).entries().len() as u64;
    let stats = lastwords(&["stats", file, "--by", "boot", "-o", "json"]);
    let groups = stats.json();
    let counted = groups["by"][0]["groups"].as_array().unwrap().iter().map(|group| group["entries"].as_u64());
    assert_eq!((stats.status, counted.sum()), (3, Some(entries)), "{}", stats.stderr);
    let beyond = lastwords(&["salvage", "--file", file, "-o", "export"]);
    assert!(!beyond.entries().is_empty(), "{}", beyond.stderr);
    let into = format!("{}/out/", folder.path().display());
    assert_eq!(lastwords(&["salvage", file, "--output", &into]).status, 3);
    assert_eq!(lastwords(&["show", &into, "-o", "export"]).entries().len() as u64, entries);
}

#[test]
fn why_says_what_it_could_not_read() {
    let folder = Folder::new("closed-why");
    let synth = sample(300);
    let entries = synth.layout().entries;
    let mut bytes = synth.build();
    // Entries near the end of the newest boot, which every verdict reads.
    for at in &entries[290..296] {
        Wound::Zero { from: *at, len: 64 }.apply(&mut bytes);
    }
    let path = folder.file("broken.journal", &bytes);
    let file = path.to_str().unwrap();
    for options in [&["why", "-b", "0"][..], &["why", "-b", "0", "--strict"], &["boots"]] {
        let answer = lastwords(&[options, &[file]].concat());
        assert_eq!(answer.status, 3, "{options:?}: {}", answer.stderr);
        assert!(answer.stderr.contains("broken.journal: "), "{options:?}: {}", answer.stderr);
    }
    let accounts = lastwords(&["why", "-b", "0", "-o", "json", file]).json()["accounts"].clone();
    assert_eq!(accounts[0]["entries"]["unreadable"].as_u64(), Some(6), "{accounts}");
}

/// A hole in one file of a machine, against the numbers that all of its files have and had.
#[test]
fn what_is_missing_is_counted_over_all_files_of_the_machine() {
    let folder = Folder::new("closed-accounts");
    let mut torn = None;
    for entry in std::fs::read_dir(support::testdata("demo").join("84aa495b7a814afba75e63bef421138c")).unwrap() {
        let path = entry.unwrap().path();
        let (name, mut bytes) = (support::name(&path), std::fs::read(&path).unwrap());
        if name.contains("-00000000000004b6-") {
            let from = bytes.len() as u64 / 2;
            Wound::Zero { from, len: 4 * PAGE }.apply(&mut bytes);
            torn = Some(name.clone());
        }
        folder.file(&name, &bytes);
    }
    let path = folder.path().to_str().unwrap();
    let (sound, left) = (show_all(support::DEMO), show_all(path));
    let lost = (sound.len() - left.len()) as u64;
    assert!(lost > 10, "{lost}");
    let rows = lastwords(&["boots", path, "-o", "json"]).json();
    let rows = rows.as_array().unwrap();
    let accounts: Vec<_> = rows.iter().filter_map(|row| row["accounts"].as_array()).flatten().collect();
    assert_eq!(accounts.len(), 1, "each damaged file once");
    assert!(accounts[0]["file"].as_str().unwrap().ends_with(&torn.unwrap()));
    let all = &rows.last().unwrap()["accounts_in_all"];
    let missing = all["counters"].as_array().unwrap().iter().filter_map(|counter| counter["missing"].as_u64());
    // No number of the demo is missing where all is sound, so that the bound is exact.
    assert_eq!((all["files"].as_u64(), missing.sum::<u64>()), (Some(1), lost), "{all}");
}

/// Values of one length in objects of one length: a page fits in another's place object for object, and what an entry
/// names there are values, of which it has never had one.
#[test]
#[cfg(feature = "lz4")]
fn values_of_another_entry_are_not_shown_for_an_entrys_own() {
    let folder = Folder::new("closed-copied");
    let sound = support::testdata("small/state-archived-247.journal");
    let whole = by_cursor(&show(sound.to_str().unwrap(), &[]));
    let mut bytes = std::fs::read(&sound).unwrap();
    let [from, to] = [53, 88].map(|page| page * PAGE as usize);
    bytes.copy_within(from..from + PAGE as usize, to);
    let path = folder.file("broken.journal", &bytes);
    let file = path.to_str().unwrap();
    for options in [&[][..], &["--threads", "1"], &["-r"], &["--thorough"], &["--strict"]] {
        let answer = show(file, options);
        assert_eq!(answer.status, 3, "{options:?}: {}", answer.stderr);
        let shown = by_cursor(&answer);
        assert_eq!(shown.len(), whole.len(), "{options:?}");
        let fields = |entry: &[u8]| entry.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
        let others = shown.iter().filter(|(cursor, entry)| **entry != whole[*cursor]);
        let lost = others.map(|(cursor, entry)| {
            let (left, all) = (fields(entry), fields(&whole[cursor]));
            let strange: Vec<_> = left.iter().filter(|field| !all.contains(field)).collect();
            assert_eq!(strange, [b"_LASTWORDS_LOST=5"], "{options:?}");
        });
        assert_eq!(lost.count(), 1, "{options:?}");
    }
    for format in ["json", "verbose"] {
        let answer = lastwords(&["show", "--file", file, "-o", format]);
        assert_eq!(answer.status, 3, "{format}: {}", answer.stderr);
        let again = lastwords(&["show", "--file", file, "-o", format, "--thorough"]);
        assert_eq!(answer.stdout, again.stdout, "{format}");
    }
}

/// The names of all entries of a directory.
fn show_all(path: &str) -> Vec<u64> {
    seqnums(&lastwords(&["show", path, "-o", "export"]))
}
