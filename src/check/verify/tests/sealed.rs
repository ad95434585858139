//! Seals, on files that real journalds sealed.

use super::*;
use crate::check::verify::{Key, Proof};
use crate::corrupt::Offset;
use crate::format::TIME_LIMIT;
use crate::testkit::wound::{flip_bit, put_u64};

pub(super) fn sealed(version: u32) -> (Vec<u8>, Key) {
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/small");
    let path = small.join(format!("state-sealed-{version}.journal"));
    let key = std::fs::read_to_string(path.with_extension("key")).unwrap();
    (std::fs::read(path).unwrap(), key.parse().unwrap())
}

fn check(bytes: Vec<u8>, key: &Key) -> (Findings, Proof) {
    let file = JournalFile::from_bytes(Path::new("sealed"), bytes, crate::file::Options::default()).unwrap();
    let report = verify(&file, &Options { threads: 2, key: Some(key), ..Options::default() });
    (report.findings, report.proof.unwrap())
}

/// The places of objects of a type, and their sizes.
pub(super) fn objects(bytes: &[u8], kind: u8) -> Vec<(u64, u64)> {
    let file = JournalFile::from_bytes(Path::new("sealed"), bytes.to_vec(), crate::file::Options::default()).unwrap();
    let part = file.objects_from()..Offset(file.image().len());
    let found = file.objects(&part).map(Result::unwrap).filter(|raw| raw.kind == kind);
    found.map(|raw| (raw.at.0, raw.bytes.len() as u64)).collect()
}

#[test]
fn files_of_both_kinds_are_proven_whole_with_their_key() {
    for version in [252, 257] {
        let (bytes, key) = sealed(version);
        let entries = objects(&bytes, 3).len() as u64;
        let (findings, proof) = check(bytes, &key);
        assert_eq!(faults(&findings), [], "{version}");
        assert_eq!((proof.tags, proof.right, proof.entries, proof.unsealed), (5, 5, entries, 0));
        assert!(proof.broken.is_none() && proof.until.unwrap() > proof.last.unwrap().1);
    }
}

#[test]
fn another_key_proves_nothing() {
    let ((bytes, _), (_, key)) = (sealed(252), sealed(257));
    let (findings, proof) = check(bytes, &key);
    assert!(findings.has(Rule::TagSeal));
    assert_eq!((proof.right, proof.entries, proof.broken.unwrap().tag), (0, 0, 1));
}

#[test]
fn an_entry_that_was_changed_breaks_the_next_tag_and_no_other() {
    for version in [252, 257] {
        let (bytes, key) = sealed(version);
        let tags = objects(&bytes, 7);
        for (at, size) in objects(&bytes, 3).into_iter().step_by(29) {
            let mut changed = bytes.clone();
            flip_bit(&mut changed, at + 24 + at % 8, 1);
            let (findings, proof) = check(changed, &key);
            let next = tags.iter().find(|(tag, _)| *tag > at + size).unwrap();
            let found = faults(&findings).into_iter().find(|(rule, _)| *rule == Rule::TagSeal);
            assert_eq!(found, Some((Rule::TagSeal, vec![next.0])), "{at:#x}");
            let broken = proof.broken.unwrap();
            assert_eq!((broken.at, proof.right), (next.0, 4));
            assert!(broken.first.unwrap() <= broken.last.unwrap() && broken.entries > 0);
        }
    }
}

#[test]
fn a_tag_that_was_taken_away_is_missed() {
    let (mut bytes, key) = sealed(257);
    let (at, size) = objects(&bytes, 7)[2];
    // An array in its place, of nobody.
    bytes[at as usize] = 6;
    bytes[at as usize + 16..(at + size) as usize].fill(0);
    let (findings, proof) = check(bytes, &key);
    assert!(findings.has(Rule::TagOrder) && findings.has(Rule::TagEpoch) && findings.has(Rule::TagSeal));
    assert_eq!((proof.tags, proof.broken.unwrap().tag), (4, 4));
}

#[test]
fn an_epoch_beyond_all_time_ends() {
    let (mut bytes, key) = sealed(252);
    let (at, _) = objects(&bytes, 7)[4];
    bytes[at as usize + 24..at as usize + 32].copy_from_slice(&u64::MAX.to_le_bytes());
    let (findings, proof) = check(bytes, &key);
    let epoch = faults(&findings).into_iter().find(|(rule, _)| *rule == Rule::TagEpoch);
    assert_eq!(epoch, Some((Rule::TagEpoch, vec![at])), "{TIME_LIMIT}");
    assert_eq!(proof.broken.unwrap().tag, 5);
}

#[test]
fn a_continuous_file_that_was_opened_again_within_an_epoch_is_remarked() {
    let (mut bytes, key) = sealed(257);
    let (at, _) = objects(&bytes, 7)[2];
    let epoch = bytes[at as usize + 24];
    bytes[at as usize + 24] = epoch - 1;
    let (findings, _) = check(bytes, &key);
    assert!(findings.has(Rule::TagAgain));
}

/// One bit of every 499th byte, which falls on all parts of objects in turn; the ignored test takes every byte.
#[test]
fn one_flipped_bit_in_any_sealed_object_is_found() {
    sweep(499);
}

#[test]
#[ignore = "takes minutes: cargo test --release --all-features --lib -- --ignored flipped"]
fn one_flipped_bit_in_every_byte_is_found() {
    sweep(1);
}

/// Flips a bit of every `step`th byte of everything that begins before the last tag, up to that tag's end.
fn sweep(step: usize) {
    let (bytes, key) = whole_to_the_last_tag();
    let end = bytes.len() as u64;
    let all = (1..=7).flat_map(|kind| objects(&bytes, kind)).flat_map(|(at, size)| at..at + size);
    let places: Vec<u64> = all.filter(|at| *at < end).collect();
    let missed = |at: &u64| {
        let mut flipped = bytes.clone();
        flip_bit(&mut flipped, *at, (at % 8) as u8);
        check(flipped, &key).0.faults() == 0
    };
    assert!(check(bytes.clone(), &key).0.is_empty() && places.len() > 100_000);
    let missed: Vec<u64> = places.into_iter().step_by(step).filter(missed).collect();
    assert!(missed.is_empty(), "{missed:x?}");
}

/// The file without the room that was left behind its last tag.
fn whole_to_the_last_tag() -> (Vec<u8>, Key) {
    let (mut bytes, key) = sealed(252);
    let (tag, size) = *objects(&bytes, 7).last().unwrap();
    let arena = tag + size - objects(&bytes, 5)[0].0;
    bytes.truncate((tag + size) as usize);
    put_u64(&mut bytes, 96, arena);
    (bytes, key)
}

#[test]
fn what_is_sealed_with_the_key_of_another_time_is_not_proven() {
    for version in [252, 257] {
        let (bytes, _) = sealed(version);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/small/state-sealed-{version}.key"));
        let text = std::fs::read_to_string(path).unwrap();
        let (seed, times) = text.trim().split_once('/').unwrap();
        let (start, interval) = times.split_once('-').unwrap();
        let later = format!("{:x}", u64::from_str_radix(start, 16).unwrap() + 1);
        for times in ["1-1".to_owned(), format!("{later}-{interval}")] {
            let (findings, proof) = check(bytes.clone(), &format!("{seed}/{times}").parse().unwrap());
            assert!(findings.has(Rule::TagTime) && !findings.has(Rule::TagSeal), "{version} {times}");
            // The seals themselves are those of the seed, whatever the times.
            assert_eq!((proof.tags, proof.right), (5, 5));
            let first = objects(&bytes, 3)[0].0;
            let tag = objects(&bytes, 7).into_iter().find(|(at, _)| *at > first).unwrap().0;
            assert_eq!((proof.entries, proof.broken.map(|broken| broken.at)), (0, Some(tag)), "{version} {times}");
        }
    }
}

#[test]
fn a_tag_that_is_gone_leaves_its_entries_to_the_next() {
    let (mut bytes, key) = sealed(252);
    let (tags, entries) = (objects(&bytes, 7), objects(&bytes, 3));
    let seqnum = |at: u64| u64::from_le_bytes(bytes[at as usize + 16..at as usize + 24].try_into().unwrap());
    let between: Vec<u64> =
        entries.iter().map(|(at, _)| *at).filter(|at| (tags[1].0..tags[3].0).contains(at)).map(seqnum).collect();
    let (gone, size) = tags[2];
    bytes[gone as usize..(gone + size) as usize].fill(0);
    let (_, proof) = check(bytes, &key);
    let broken = proof.broken.unwrap();
    assert_eq!((broken.tag, broken.entries), (4, between.len() as u64));
    let ends = [broken.first, broken.last].map(|end| end.unwrap().0.0);
    assert_eq!(ends, [between[0], between[between.len() - 1]]);
    assert!(ends[0] == 32 && ends[1] == 163);
}
