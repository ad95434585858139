//! The same as journalctl: what it printed of every file in `testdata`, held against what this command prints.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use support::{Answer, DEMO, files_in, lastwords, name, testdata};

/// The recorded answers with this ending, each with the arguments that name what was read.
fn recorded(ending: &str) -> Vec<(PathBuf, [String; 2])> {
    let place = |path: PathBuf| match name(&path).strip_suffix(ending).unwrap() {
        "demo" => (path, ["--directory".to_owned(), DEMO.to_owned()]),
        file => {
            let input = ["--file".to_owned(), format!("testdata/small/{file}")];
            (path, input)
        }
    };
    files_in("answers", |name| name.ends_with(ending)).into_iter().map(place).collect()
}

/// What `show` prints of an input, which must be whole and sound.
fn shown(input: &[String; 2], format: &str) -> Answer {
    let [option, value] = input;
    let answer = lastwords(&["show", option, value, "-o", format]);
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{value} as {format}");
    answer
}

/// Fails at the first line that differs.
fn assert_same(place: &str, ours: &[u8], theirs: &[u8]) {
    let text = |line: Option<&[u8]>| line.map(|line| String::from_utf8_lossy(line).into_owned());
    let (mut ours, mut theirs) = (ours.split_inclusive(|b| *b == b'\n'), theirs.split_inclusive(|b| *b == b'\n'));
    for number in 1.. {
        let (our, their) = (ours.next(), theirs.next());
        assert_eq!(text(our), text(their), "{place}, line {number}");
        assert!(our == their, "{place}, line {number} differs in bytes that are no text");
        if our.is_none() {
            return;
        }
    }
}

/// Compares every recorded answer of a format, each after the change that makes up for the age of the recording;
/// returns how many there were.
fn compare(format: &str, ours: impl Fn(Vec<u8>) -> Vec<u8>, theirs: impl Fn(Vec<u8>) -> Vec<u8>) -> usize {
    let answers = recorded(&format!(".{format}"));
    for (path, input) in &answers {
        let answer = theirs(fs::read(path).unwrap());
        assert!(!answer.is_empty(), "{}", path.display());
        assert_same(&name(path), &ours(shown(input, format).stdout), &answer);
    }
    answers.len()
}

/// systemd 252 exports no seqnums; the lines are left out where they stand, directly behind the times.
fn without_seqnums(stream: Vec<u8>) -> Vec<u8> {
    let mut kept = Vec::with_capacity(stream.len());
    for line in stream.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(b"__SEQNUM=") && !line.starts_with(b"__SEQNUM_ID=") {
            kept.extend_from_slice(line);
        }
    }
    kept
}

/// systemd 252 writes offsets as `+0000`; with the colon, what continues a message stands one column further right.
fn with_colons(text: Vec<u8>) -> Vec<u8> {
    let mut changed = Vec::with_capacity(text.len() + text.len() / 64);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        match line.split_at_checked("2026-10-12T05:58:09.291483".len()) {
            Some((stamp, rest)) if rest.starts_with(b"+0000 ") && stamp[10] == b'T' => {
                changed.extend([stamp, b"+00:00", &rest[5..]].concat());
            }
            _ if line.starts_with(b" ") => changed.extend([b" ", line].concat()),
            _ => changed.extend_from_slice(line),
        }
    }
    changed
}

#[test]
fn every_export_stream_is_journalctls_with_seqnums() {
    assert_eq!(compare("export", without_seqnums, |theirs| theirs), 28);
}

#[test]
fn every_short_listing_is_journalctls() {
    assert_eq!(compare("short", |ours| ours, |theirs| theirs), 29);
}

#[test]
fn every_listing_with_precise_times_is_journalctls_with_newer_offsets() {
    assert_eq!(compare("short-iso-precise", |ours| ours, with_colons), 6);
}

#[test]
fn every_list_of_messages_is_journalctls() {
    assert_eq!(compare("cat", |ours| ours, |theirs| theirs), 5);
}

fn objects(lines: &[u8]) -> Vec<Value> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[test]
fn every_json_object_is_journalctls_with_seqnums() {
    let mut answers = recorded(".json");
    answers.extend(recorded(".json.zst"));
    assert_eq!(answers.len(), 6);
    for (path, input) in answers {
        let bytes = fs::read(&path).unwrap();
        let packed = name(&path).ends_with(".zst");
        let theirs = objects(&if packed { zstd::stream::decode_all(&bytes[..]).unwrap() } else { bytes });
        let mut ours = objects(&shown(&input, "json").stdout);
        for object in &mut ours {
            for member in ["__SEQNUM", "__SEQNUM_ID"] {
                assert!(object.as_object_mut().unwrap().remove(member).is_some(), "{member} in {object}");
            }
        }
        assert_eq!(ours.len(), theirs.len(), "{}", path.display());
        for (our, their) in ours.iter().zip(&theirs) {
            assert_eq!(our, their, "{}", path.display());
        }
    }
}

#[test]
fn the_boots_of_the_demo_are_journalctls() {
    let listing = fs::read_to_string(testdata("answers/demo.list-boots")).unwrap();
    let theirs: Vec<Vec<&str>> = listing.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    let answer = lastwords(&["boots", DEMO, "--output", "json"]);
    let answer = answer.json();
    let ours = answer.as_array().unwrap();
    assert_eq!((ours.len(), theirs.len()), (8, 8));
    for (our, their) in ours.iter().zip(theirs) {
        assert_eq!([our["index"].to_string(), our["boot_id"].as_str().unwrap().to_owned()], their[..2]);
        for (member, at) in [("first_entry", 3), ("last_entry", 7)] {
            let seconds = i64::try_from(our[member].as_u64().unwrap() / 1_000_000).unwrap();
            let time = jiff::Timestamp::from_second(seconds).unwrap();
            assert_eq!(time.strftime("%F %T UTC").to_string(), their[at..at + 3].join(" "), "{member}");
        }
    }
}

/// The header lines of one file, by their labels.
fn labelled<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix(": "))
}

#[test]
fn every_header_says_what_journalctl_reads_in_it() {
    let answers = recorded(".header").into_iter().filter(|(path, _)| name(path) != "demo.header");
    let mut compared = 0;
    for (path, [_, file]) in answers {
        let theirs = fs::read_to_string(&path).unwrap();
        let ours = lastwords(&["info", &file, "-o", "json"]).json()["files"][0].clone();
        for (label, member) in [
            ("File ID", "file_id"),
            ("Machine ID", "machine_id"),
            ("Sequential number ID", "seqnum_id"),
            ("State", "state"),
            ("Header size", "header_size"),
            ("Arena size", "arena_size"),
            ("Entry objects", "n_entries"),
            ("Objects", "n_objects"),
            ("Data objects", "n_data"),
            ("Field objects", "n_fields"),
            ("Tag objects", "n_tags"),
            ("Entry array objects", "n_entry_arrays"),
            ("Deepest data hash chain", "data_hash_chain_depth"),
            ("Deepest field hash chain", "field_hash_chain_depth"),
        ] {
            let their = labelled(&theirs, label).unwrap_or_else(|| panic!("{label} in {}", path.display()));
            let our = ours[member].to_string();
            assert_eq!(our.trim_matches('"'), their, "{label} of {file}");
            compared += 1;
        }
    }
    assert_eq!(compared, 28 * 14);
}
