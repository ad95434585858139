//! What no file may take more of: time and memory.

use super::*;
use crate::bytes::Mix;
use crate::check::verify::entries::Known;
use crate::check::verify::lists::Budget;
use crate::check::verify::names::Names;
use crate::check::verify::{differing, main_array, scan};
use crate::check::{Piece, Walk};
use crate::corrupt::Offset;
use crate::format::Field;
use crate::testkit::synth::{Record, Synth};
use crate::testkit::wound::{flip_bit, put_u32, put_u64};

/// What begins where, and where it ends.
fn pieces(walk: Walk<'_>) -> Vec<(u8, u64, u64)> {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Sound(raw) => (0, raw.at.0, raw.bytes.len() as u64),
        Piece::Doubtful(raw, _) => (1, raw.at.0, raw.bytes.len() as u64),
        Piece::Gap { from, to, .. } => (2, from.0, to.0),
    };
    walk.map(piece).collect()
}

#[test]
fn a_walk_that_remembers_little_gives_the_same_pieces() {
    for keyed in [true, false] {
        let sound = sample(40).keyed(keyed).build();
        let mut seen = [0_usize; 3];
        for at in (sound.len() / 3..sound.len()).step_by(61) {
            let mut bytes = sound.clone();
            flip_bit(&mut bytes, at as u64, (at % 8) as u8);
            let file = file(bytes);
            let all = pieces(Walk::of(&file));
            assert_eq!(pieces(Walk::frugal(&file)), all, "{at}");
            all.iter().for_each(|(kind, ..)| seen[usize::from(*kind)] += 1);
        }
        assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
    }
}

#[test]
fn a_walk_that_remembers_little_takes_no_value_from_behind_an_entry() {
    let synth = Synth::new().compact(true).keyed(true).entry(Record::new(1).field("A=one").field("B=two"));
    let mut bytes = synth.build();
    let (entry, value) = (synth.layout().entries[0], synth.layout().find_data(b"B=two").unwrap().offset);
    let item = (entry + 64..).step_by(4).find(|at| word(&bytes, *at) == value as u32).unwrap();
    let standing = |bytes: &[u8]| {
        let file = file(bytes.to_vec());
        let [all, few] = [Walk::of(&file), Walk::frugal(&file)].map(pieces);
        assert_eq!(all, few);
        all.into_iter().find(|(_, at, _)| *at == entry).unwrap().0
    };
    assert_eq!(standing(&bytes), 0);
    let (behind, size) = (bytes.len() as u64, u64::from(word(&bytes, value + 8)));
    bytes.extend_from_within(value as usize..(value + size).next_multiple_of(8) as usize);
    put_u32(&mut bytes, item, behind as u32);
    assert_eq!(standing(&bytes), 1);
}

fn word(bytes: &[u8], at: u64) -> u32 {
    u32::from_le_bytes(bytes[at as usize..][..4].try_into().unwrap())
}

#[test]
fn an_entry_that_has_a_long_value_a_thousand_times_does_not_take_a_thousand_times_as_long() {
    let long = format!("LONG={}", "x".repeat(10_000));
    let fields = (0..1000).fold(Record::new(1).field(&long), |record, n| record.field(format!("A={n}")));
    let synth = Synth::new().compact(true).keyed(true).entry(fields);
    let mut bytes = synth.build();
    assert!(report(bytes.clone(), 1).findings.is_empty());
    let at = synth.layout().find_data(long.as_bytes()).unwrap().offset;
    for item in 0..900 {
        put_u32(&mut bytes, synth.layout().entries[0] + 64 + item * 4, at as u32);
    }
    let report = report(bytes, 1);
    assert!(report.findings.has(Rule::Unchecked));
    assert_eq!(report.unread, 1);
}

#[test]
fn what_is_too_much_to_read_again_is_the_same_with_any_number_of_threads() {
    // Too much for all threads together, and for each.
    [6_000, 40_000].into_iter().for_each(too_much_to_read_again);
}

fn too_much_to_read_again(len: usize) {
    let long = format!("LONG={}", "x".repeat(len));
    let record = |n: u64| {
        let record = if n == 1 { Record::new(n).field(&long) } else { Record::new(n) };
        (0..50).fold(record, |record, m| record.field(format!("A={n}.{m}")))
    };
    let synth = (1..=60).map(record).fold(Synth::new().compact(true).keyed(true), Synth::entry);
    let mut bytes = synth.build();
    let at = synth.layout().find_data(long.as_bytes()).unwrap().offset;
    for entry in &synth.layout().entries {
        (0..50).for_each(|item| put_u32(&mut bytes, entry + 64 + item * 4, at as u32));
    }
    let [one, many] = [1, 3].map(|threads| report(bytes.clone(), threads));
    assert!(one.findings.has(Rule::Unchecked) && one.findings.has(Rule::EntryHash), "{:?}", one.findings);
    assert_eq!((&one.findings, one.unread), (&many.findings, 1));
    assert_eq!(many.unread, 1);
    // Said of what was read only.
    let hashes = one.findings.rules().find(|(rule, ..)| *rule == Rule::EntryHash).map(|(_, _, count, _)| count);
    assert!(hashes.is_some_and(|count| (1..60).contains(&count)), "{hashes:?}");
}

#[test]
fn lists_that_share_arrays_are_walked_as_far_whatever_the_windows_and_threads() {
    let synth = sample(600).compact(true).keyed(true);
    let (mut bytes, layout) = (synth.build(), synth.layout());
    let long = layout.find_data(b"TAG=odd1").unwrap();
    for data in layout.data.iter().filter(|data| data.entries.len() > 1).step_by(2) {
        put_u64(&mut bytes, data.offset + 48, long.arrays[0].offset);
        put_u64(&mut bytes, data.offset + 56, long.entries.len() as u64);
    }
    let file = file(bytes);
    let suspects = |slots, (threads, step)| {
        let (mix, options, mut findings) = (Mix::new(), Options { threads, ..Options::default() }, Findings::default());
        let (scanned, places) = scan::scan(&file, mix, &options);
        let last = main_array::main(&file, &places, mix, &mut findings).last;
        let known = Known { file: &file, places: &places, mix, hashes: None, boots: &scanned.boots, last };
        differing(known, (Budget::of(slots), step), &options, &mut findings)
    };
    let all = suspects(1 << 40, (1, usize::MAX));
    for slots in [1000, 2000, 4000] {
        let some = suspects(slots, (1, usize::MAX));
        assert!(!some.is_empty() && some.len() < all.len(), "{slots}: {} of {}", some.len(), all.len());
        assert!(all.starts_with(&some), "the first ones in the file");
        for how in [(1, 1), (1, 7), (2, 5), (3, 1), (4, usize::MAX)] {
            assert_eq!(suspects(slots, how), some, "{slots} slots, threads and step {how:?}");
        }
    }
}

#[test]
fn names_of_any_length_are_held_only_where_values_can_have_them() {
    let (mut names, mut findings) = (Names::of(2), Findings::default());
    let long = [b'x'; 5000];
    for (at, name) in [(208, &long[..]), (6000, b"NAME")] {
        let field = Field { at: Offset(at), hash: 0, next_hash: Offset(0), head_data: Offset(0), name };
        names.field(&field);
        assert!(!names.overflow);
    }
    assert_eq!(names.objects, [Offset(208), Offset(6000)]);
    assert!(!format!("{names:?}").contains("120, 120, 120"));
    let field = Field { at: Offset(7000), hash: 0, next_hash: Offset(0), head_data: Offset(0), name: b"MORE" };
    names.field(&field);
    assert!(names.overflow && names.objects.len() == 2);
    let mut whole = Names::of(usize::MAX);
    whole.append(names, &mut findings);
    assert!(whole.overflow);
}
