//! `show -o journal`: what is written reads back as what it was made from, by us and by journalctl.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test that cannot be run says so")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lastwords::testkit::synth::{Codec, Record, Synth};
use support::{Answer, DEMO, Folder, files_in, is_journal, lastwords, testdata};

/// An export stream by lines, without what another numbering changes.
fn unnumbered(stream: &[u8]) -> Vec<&[u8]> {
    let lines = stream.split(|byte| *byte == b'\n').map(|line| match line.strip_prefix(b"__CURSOR=s=") {
        // What follows the seqnum and its id.
        Some(cursor) => &cursor[cursor.windows(3).position(|part| part == b";b=").unwrap()..],
        None => line,
    });
    lines.filter(|line| !line.starts_with(b"__SEQNUM")).collect()
}

fn export(path: &Path, more: &[&str]) -> Answer {
    let path = path.to_str().unwrap();
    lastwords(&[&["show", path, "-o", "export"], more].concat())
}

/// The files that were written for a target: itself, `NAME-2.journal` and so on.
fn parts_of(target: &Path) -> Vec<PathBuf> {
    let stem = target.file_stem().unwrap().to_str().unwrap();
    let next = (2..).map(|number| target.with_file_name(format!("{stem}-{number}.journal")));
    [target.to_owned()].into_iter().chain(next).take_while(|path| path.exists()).collect()
}

fn export_of_all(paths: &[PathBuf]) -> Answer {
    let paths = paths.iter().map(|path| path.to_str().unwrap());
    lastwords(&["show"].into_iter().chain(paths).chain(["-o", "export"]).collect::<Vec<_>>())
}

/// Writes what a query of `source` gives, and compares both exports; the answer of writing.
fn round_trip(source: &Path, target: &Path, more: &[&str]) -> Answer {
    parts_of(target).iter().for_each(|part| std::fs::remove_file(part).unwrap());
    let paths = [source.to_str().unwrap(), target.to_str().unwrap()];
    let answer = lastwords(&[&["show", paths[0], "--output", paths[1]], more].concat());
    let wanted = export(source, more);
    assert_eq!((answer.status, answer.stdout.len()), (wanted.status, 0), "{}: {answer:?}", source.display());
    let found = export_of_all(&parts_of(target));
    assert_eq!((found.status, found.stderr.as_str()), (0, ""), "{}", source.display());
    let same = if answer.stderr.contains("numbered anew") {
        unnumbered(&found.stdout) == unnumbered(&wanted.stdout)
    } else {
        assert!(answer.stderr.contains("sequence numbers kept"), "{}", answer.stderr);
        found.stdout == wanted.stdout
    };
    assert!(same, "{} {more:?}: the exports differ", source.display());
    answer
}

/// The journalctl that is installed, or the one that `JOURNALCTL` names.
fn journalctl(args: &[&str]) -> Option<Output> {
    let program = std::env::var("JOURNALCTL").unwrap_or_else(|_| "journalctl".to_owned());
    let output = Command::new(program).args(args).args(["--no-pager", "--quiet"]).output();
    if output.is_err() {
        println!("not asked, since there is no journalctl: {}", args.join(" "));
    }
    output.ok()
}

/// Whether journalctl finds a file whole and reads the same from it as we do.
fn agrees(path: &Path) {
    let text = path.to_str().unwrap();
    let Some(verified) = journalctl(&["--verify", "--file", text]) else { return };
    assert!(verified.status.success(), "{text}: {}", String::from_utf8_lossy(&verified.stderr));
    let theirs = journalctl(&["--file", text, "-o", "export"]).unwrap().stdout;
    let ours = export(path, &[]).stdout;
    // Before 254 it does not show numbers.
    let lines = |stream: &[u8]| {
        let lines = stream.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"__SEQNUM"));
        lines.map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    assert!(lines(&theirs) == lines(&ours), "{text}: journalctl shows something else");
}

#[test]
fn every_journal_comes_back_as_it_was_in_both_layouts() {
    let folder = Folder::new("written-all");
    let target = folder.path().join("copy.journal");
    let mut sources = files_in("small", is_journal);
    assert!(sources.len() > 25);
    sources.extend([testdata("small"), support::root().join(DEMO)]);
    for source in &sources {
        for layout in ["compact", "regular"] {
            let answer = round_trip(source, &target, &["--layout", layout]);
            assert_eq!(answer.status, 0, "{answer:?}");
            parts_of(&target).iter().for_each(|part| agrees(part));
        }
    }
}

/// A journal of one boot whose clock goes back twice, as where a machine went on from a snapshot.
fn clock_goes_back() -> Vec<u8> {
    let clocks = [10, 20, 30, 15, 16, 40, 5, 50].map(|seconds| seconds * 1_000_000);
    let records = (1..).zip(clocks).map(|(number, clock)| {
        let record = Record::new(number).at(1_700_000_000_000_000 + number * 1000, clock);
        record
            .field(format!("MESSAGE=line {number}"))
            .field("SAME=in all")
            .field([b"LONG=".as_slice(), &[b'x'; 700]].concat())
    });
    records.fold(Synth::new().codec(Codec::Zstd), Synth::entry).build()
}

#[test]
fn a_clock_that_goes_back_begins_another_file() {
    let folder = Folder::new("written-clock");
    let source = folder.file("source.journal", &clock_goes_back());
    let target = folder.path().join("copy.journal");
    for layout in ["compact", "regular"] {
        let answer = round_trip(&source, &target, &["--layout", layout]);
        assert!(answer.stderr.contains("3 files"), "{}", answer.stderr);
        let parts = parts_of(&target);
        let entries =
            |path: &PathBuf| export(path, &[]).text().lines().filter(|line| line.starts_with("MESSAGE=")).count();
        assert_eq!(parts.iter().map(entries).collect::<Vec<_>>(), [3, 3, 2]);
        parts.iter().for_each(|part| agrees(part));
    }
}

#[test]
fn where_the_next_file_cannot_be_made_there_is_none() {
    let folder = Folder::new("written-next");
    let source = folder.file("source.journal", &clock_goes_back());
    let taken = folder.file("copy-3.journal", b"mine");
    let target = folder.path().join("copy.journal");
    let answer = lastwords(&["show", source.to_str().unwrap(), "--output", target.to_str().unwrap()]);
    assert!(answer.status == 2 && answer.stderr.contains("copy-3.journal"), "{answer:?}");
    assert_eq!(std::fs::read(taken).unwrap(), b"mine");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn what_is_readable_of_damaged_files_is_written_soundly() {
    let folder = Folder::new("written-broken");
    let target = folder.path().join("copy.journal");
    let mut written = 0;
    for source in files_in("broken", is_journal) {
        if export(&source, &[]).status == 3 {
            assert_eq!(round_trip(&source, &target, &[]).status, 3);
            agrees(&target);
            written += 1;
        }
    }
    assert!(written >= 5, "only {written} files");
}

#[test]
fn excerpts_of_every_kind_are_what_the_query_gives() {
    let folder = Folder::new("written-excerpt");
    let (demo, target) = (support::root().join(DEMO), folder.path().join("excerpt.journal"));
    for more in [
        &["-b", "-1"][..],
        &["-p", "err"],
        &["-n", "5"],
        &["-n", "+5"],
        &["_TRANSPORT=kernel", "-b", "-2"],
        &["-g", "(?i)error"],
        &["_COMM=never"],
        &["--around", "2026-10-12 17:30", "--context", "7"],
    ] {
        round_trip(&demo, &target, more);
        agrees(&target);
    }
}

#[test]
fn a_reversed_query_is_written_in_the_order_of_time() {
    let folder = Folder::new("written-reverse");
    let target = folder.path().join("excerpt.journal");
    let answer = lastwords(&["show", DEMO, "-r", "-n", "4", "--output", target.to_str().unwrap()]);
    assert!(answer.stderr.contains("4 entries of 1 boot"), "{}", answer.stderr);
    let wanted = export(&support::root().join(DEMO), &["-n", "4"]);
    assert!(unnumbered(&export(&target, &[]).stdout) == unnumbered(&wanted.stdout));
}

#[test]
fn fields_can_be_left_out_of_an_excerpt() {
    let folder = Folder::new("written-fields");
    let target = folder.path().join("excerpt.journal");
    let path = target.to_str().unwrap();
    lastwords(&["show", DEMO, "--output-fields", "MESSAGE,PRIORITY", "-o", "journal", "--to", path]);
    let names = lastwords(&["fields", path]);
    let names: Vec<&str> = names.text().lines().filter_map(|line| line.split_whitespace().next()).collect();
    for name in ["MESSAGE", "PRIORITY", "_BOOT_ID"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(!names.contains(&"_HOSTNAME"), "{names:?}");
    agrees(&target);
}

/// Bytes without a pattern, the same each time.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    let byte = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(byte).collect()
}

/// A record of fields that are picked by its number: repeats, empty values, bytes that are no text, long ones.
fn odd_record(number: u64) -> Record {
    let dice = noise(number, 16);
    let mut record = Record::new(number * 3).boot(1 + (number / 70) as u8);
    for (index, pick) in dice.iter().enumerate().take(3 + usize::from(dice[15] % 9)) {
        let field = match pick % 8 {
            0 => b"EMPTY=".to_vec(),
            1 => [b"BLOB=".as_slice(), &noise(u64::from(*pick), usize::from(*pick))].concat(),
            2 => format!("SAME={}", pick % 3).into_bytes(),
            3 => [b"LONG=".as_slice(), &vec![b'a' + pick % 7; 507 + usize::from(*pick % 11)]].concat(),
            4 => [b"NOISE=".as_slice(), &noise(number, 600)].concat(),
            5 => format!("N{}=\n\n=é", index).into_bytes(),
            6 => format!("MESSAGE={number}\t{index}").into_bytes(),
            _ => format!("_PID={}", number % 5).into_bytes(),
        };
        record = record.field(field);
    }
    if number.is_multiple_of(97) {
        record.field([b"HUGE=".as_slice(), &noise(number, 1 << 20)].concat())
    } else {
        record
    }
}

#[test]
fn made_entries_of_every_kind_come_back() {
    let folder = Folder::new("written-made");
    let target = folder.path().join("copy.journal");
    for (round, codec) in (0..).zip([Codec::None, Codec::Zstd, Codec::ZstdNoSize, Codec::Lz4, Codec::Xz]) {
        let records = (1..=200).map(|number| odd_record(round * 1000 + number));
        let synth = records.fold(Synth::new().codec(codec).compact(round % 2 == 0).keyed(round % 3 > 0), Synth::entry);
        let source = folder.file("made.journal", &synth.build());
        for layout in ["compact", "regular"] {
            assert_eq!(round_trip(&source, &target, &["--layout", layout]).status, 0);
            agrees(&target);
        }
    }
}

#[test]
fn journalctl_finds_boots_fields_and_cursors_in_an_excerpt() {
    let folder = Folder::new("written-queries");
    let target = folder.path().join("copy.journal");
    round_trip(&support::root().join(DEMO), &target, &[]);
    let file = target.to_str().unwrap();
    let last = export(&target, &["-n", "200"]);
    let cursor = last.text().lines().find_map(|line| line.strip_prefix("__CURSOR=")).unwrap().to_owned();
    for question in [
        &["-b"][..],
        &["-b", "-3"],
        &["--list-boots"],
        &["PRIORITY=3"],
        &["_TRANSPORT=kernel", "PRIORITY=6", "-b", "-1"],
        &["--cursor", cursor.as_str()],
        &["--after-cursor", cursor.as_str(), "-n", "10"],
        &["-F", "_COMM"],
    ] {
        let Some(theirs) = journalctl(&[&["--file", file, "-o", "short-unix"], question].concat()) else { return };
        // The source answers the same, but for what depends on its numbers.
        let ours = lastwords(&[&["show", "--file", file, "-o", "short-unix", "--quiet"], question].concat());
        assert!(theirs.status.success() && !theirs.stdout.is_empty(), "{question:?}");
        let lines = |text: &[u8]| {
            let mut lines: Vec<_> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            if question.contains(&"-F") {
                lines.sort();
            }
            lines
        };
        if !question.contains(&"--list-boots") {
            assert!(lines(&theirs.stdout) == lines(&ours.stdout), "{question:?}");
        }
    }
}

/// A journal of two boots.
fn two_boots() -> Synth {
    let record = |number: u64| {
        let boot = if number <= 100 { 3 } else { 4 };
        let time = (1_700_000_000_000_000 + number * 1000, number * 1000);
        Record::new(number).boot(boot).at(time.0, time.1).field(format!("MESSAGE=line {number}"))
    };
    (1..=200).map(record).fold(Synth::new().compact(false), Synth::entry)
}

/// A payload that names one of its boots.
fn boot_field(boot: u8) -> Vec<u8> {
    [b"_BOOT_ID=".as_slice(), format!("{boot:02x}").repeat(16).as_bytes()].concat()
}

/// Salvages a file; what was said, and what was written.
fn salvaged(folder: &Folder, bytes: &[u8]) -> (String, Answer) {
    let source = folder.file("system.journal", bytes);
    let into = folder.path().join("into");
    let answer = lastwords(&["salvage", source.to_str().unwrap(), "--output", into.to_str().unwrap()]);
    assert_eq!(answer.status, 3, "{answer:?}");
    let machine = std::fs::read_dir(&into).unwrap().next().unwrap().unwrap().path();
    let files: Vec<PathBuf> = std::fs::read_dir(machine).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(lastwords(&["verify", "-q", files[0].to_str().unwrap()]).status, 0);
    agrees(&files[0]);
    let written = export(&files[0], &[]);
    std::fs::remove_dir_all(into).unwrap();
    (answer.stderr, written)
}

#[test]
fn an_entry_that_contradicts_itself_is_made_sound_and_that_is_said() {
    let folder = Folder::new("written-claims");
    let (synth, sound) = (two_boots(), two_boots().build());
    let layout = synth.layout();
    let wanted = export(&folder.file("sound.journal", &sound), &[]);
    // One bit of the boot or of the hash in the head: what the fields prove is what was logged.
    for (within, said) in [(40, "contradicts the boot that its own field names"), (56, "stored hash")] {
        let mut bytes = sound.clone();
        bytes[layout.entries[50] as usize + within] ^= 4;
        let (stderr, written) = salvaged(&folder, &bytes);
        assert!(stderr.contains(said) && stderr.contains("sequence numbers kept"), "{stderr}");
        assert!(written.stdout == wanted.stdout, "{said}: the export is not that of the sound file");
    }
    // The field of another boot: nothing proves it, and the head stays.
    let (entry, mut bytes) = (layout.entries[50] as usize, sound.clone());
    let [own, other] = [3, 4].map(|boot| layout.find_data(&boot_field(boot)).unwrap().offset);
    let item = (entry + 64..).step_by(16).find(|at| bytes[*at..*at + 8] == own.to_le_bytes()).unwrap();
    bytes.copy_within(other as usize + 16..other as usize + 24, item + 8);
    bytes[item..item + 8].copy_from_slice(&other.to_le_bytes());
    let (stderr, written) = salvaged(&folder, &bytes);
    assert!(stderr.contains("1 entry without all of its fields, 1 field left out"), "{stderr}");
    let entries = written.entries().iter().map(|entry| String::from_utf8(entry.to_vec()).unwrap()).collect::<Vec<_>>();
    assert_eq!(entries.len(), 200);
    assert!(entries[50].contains(&String::from_utf8(boot_field(3)).unwrap()), "{}", entries[50]);
    assert!(entries[50].contains("LASTWORDS_LOST=1\n") && entries[50].contains("MESSAGE=line 51\n"), "{}", entries[50]);
}

#[test]
fn a_main_array_out_of_order_is_no_reason_for_many_files() {
    let folder = Folder::new("written-unsorted");
    let (layout, sound) = (two_boots().layout(), two_boots().build());
    let wanted = export(&folder.file("sound.journal", &sound), &[]);
    let array =
        layout.arrays.iter().filter(|array| array.used == array.capacity).max_by_key(|array| array.used).unwrap();
    let slots = array.offset as usize + 24..array.offset as usize + 24 + array.used as usize * 8;
    let mut bytes = sound.clone();
    let turned: Vec<u8> = sound[slots.clone()].chunks(8).rev().flatten().copied().collect();
    bytes[slots].copy_from_slice(&turned);
    let (stderr, written) = salvaged(&folder, &bytes);
    assert!(stderr.contains("200 entries of 2 boots, sequence numbers kept"), "{stderr}");
    assert!(written.stdout == wanted.stdout, "the export is not that of the sound file");
}
