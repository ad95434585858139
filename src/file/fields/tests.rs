//! Names, values and counts, with and without an index that tells the truth.

use std::path::Path;

use super::*;
use crate::bytes::Mix;
use crate::file::Options;
use crate::testkit::synth::{Synth, sample};

fn open(bytes: Vec<u8>) -> JournalFile {
    JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap()
}

/// By the objects as other readers see them.
fn told(file: &JournalFile, name: &[u8]) -> Vec<(Vec<u8>, u64)> {
    let (mut inflater, mut uses) = (Inflater::default(), std::collections::HashMap::with_hasher(Mix::new()));
    for entry in file.entries(0..file.slot_count()).flatten() {
        entry.items().for_each(|at| *uses.entry(at.0).or_insert(0) += 1);
    }
    let mut counts = BTreeMap::<Vec<u8>, u64>::new();
    for (at, uses) in &uses {
        let Ok((field, value)) = file.named(Offset(*at), &mut inflater) else { continue };
        if field == name {
            *counts.entry(value.to_vec()).or_default() += uses;
        }
    }
    counts.into_iter().collect()
}

/// By the index.
fn listed(file: &JournalFile, name: &[u8], losses: &mut Losses) -> Vec<(Vec<u8>, u64)> {
    file.field_values(name, losses).iter().map(|(value, uses)| (value.to_vec(), uses)).collect()
}

#[test]
fn a_count_that_its_list_contradicts_is_said_and_not_believed() {
    for compact in [false, true] {
        let bytes = sample(40).compact(compact).build();
        let sound = open(bytes.clone());
        for name in [&b"PRIORITY"[..], b"_SYSTEMD_UNIT", b"MESSAGE"] {
            let (all, field) = (told(&sound, name), sound.find_field(name).unwrap().unwrap());
            let values: Vec<_> = sound.data_of(&field).map(|data| data.unwrap().at.0 as usize).collect();
            for (at, bit) in values.into_iter().flat_map(|at| [0, 1, 2, 3, 5, 9, 40, 63].map(|bit| (at, bit))) {
                let mut wrong = bytes.clone();
                wrong[at + 56 + bit / 8] ^= 1 << (bit % 8);
                let mut losses = Losses::default();
                assert_eq!(listed(&open(wrong), name, &mut losses), all, "{at} {bit}");
                assert!(losses.structure > 0, "{at} {bit}");
            }
        }
    }
}

/// A sound file of `count` entries with a value for each, and the same with all values naming one chain of `links`
/// arrays of a slot each, as well as one more entry.
fn sharing_a_chain(count: u64, links: u64) -> [JournalFile; 2] {
    let bytes = sample(count).compact(false).state(2).build();
    let sound = open(bytes.clone());
    let (first, field) = (sound.entry_at(0).0, sound.find_field(b"MESSAGE").unwrap().unwrap());
    let values: Vec<_> = sound.data_of(&field).map(|data| data.unwrap().at.0 as usize).collect();
    let (mut bytes, start) = (bytes, sound.image().len().next_multiple_of(8));
    bytes.resize(start as usize, 0);
    for link in 1..=links {
        let next = if link == links { 0 } else { start + link * 32 };
        bytes.extend([6, 32, next, first].into_iter().flat_map(u64::to_le_bytes));
    }
    for at in values {
        bytes[at + 48..at + 56].copy_from_slice(&start.to_le_bytes());
        bytes[at + 56..at + 64].copy_from_slice(&(links + 1).to_le_bytes());
    }
    [sound, open(bytes)]
}

#[test]
fn a_chain_that_all_values_share_is_not_walked_for_each_nor_counted() {
    for links in [150, 50_000] {
        let [sound, shared] = sharing_a_chain(40, links);
        let mut losses = Losses::default();
        assert_eq!(listed(&shared, b"MESSAGE", &mut losses), told(&sound, b"MESSAGE"), "{links}");
        assert!(losses.structure > 0, "{links}");
        let (mut left, budget) = (shared.list_budget(), shared.list_budget());
        let field = shared.find_field(b"MESSAGE").unwrap().unwrap();
        let values: Vec<_> = shared.data_of(&field).map(|data| data.unwrap()).collect();
        let asked = values.iter().map(|data| shared.users(&data.stored, &mut left));
        // The chain names the entry of one of them over and over, which is one entry as long as it can be paid for.
        let users: Vec<u64> = asked.flatten().collect();
        assert_eq!((users, values.len()), (if links == 150 { vec![1] } else { vec![] }, 40));
        // Once nothing is left, a list costs the few dozen arrays that are free.
        let spent = 40 * (150 - 64) + 150 + 39;
        assert_eq!(left, if links == 150 { budget - spent } else { 0 }, "{links}");
    }
}

#[test]
fn lists_are_whole_where_the_main_array_is_not() {
    let bytes = sample(40).compact(false).state(2).build();
    let (sound, mut losses) = (open(bytes.clone()), Losses::default());
    let mut lost = bytes;
    // The header names no main array, but says how many entries it had.
    lost[176..184].fill(0);
    let lost = open(lost);
    assert_eq!(listed(&lost, b"PRIORITY", &mut losses), told(&sound, b"PRIORITY"));
    assert_eq!((lost.slot_count(), losses), (0, Losses::default()));
}

#[test]
fn an_entry_that_a_list_names_again_is_one_entry() {
    let bytes = sample(40).compact(false).state(2).build();
    let (sound, start) = (open(bytes.clone()), bytes.len().next_multiple_of(8));
    let field = sound.find_field(b"_BOOT_ID").unwrap().unwrap();
    let data = sound.data_of(&field).next().unwrap().unwrap();
    // More often than there are entries, though each is there.
    let again: Vec<u64> = sound.entries_of(&data).iter().flat_map(|at| [at.0; 3]).skip(1).collect();
    assert_eq!((data.n_entries, again.len()), (20, 59));
    let mut bytes = bytes;
    bytes.resize(start, 0);
    bytes.extend([6, 24 + 8 * 59, 0].into_iter().chain(again).flat_map(u64::to_le_bytes));
    let at = data.at.0 as usize;
    bytes[at + 48..at + 56].copy_from_slice(&(start as u64).to_le_bytes());
    bytes[at + 56..at + 64].copy_from_slice(&60_u64.to_le_bytes());
    let (file, mut losses) = (open(bytes), Losses::default());
    assert_eq!(listed(&file, b"_BOOT_ID", &mut losses), told(&sound, b"_BOOT_ID"));
    assert_eq!(losses, Losses::default());
}

#[test]
fn a_value_that_claims_another_length_is_left_out_and_said() {
    for synth in [Synth::compact(sample(40), true), Synth::compact(sample(40), false)] {
        let bytes = synth.build();
        let sound = open(bytes.clone());
        let all = told(&sound, b"MESSAGE");
        let mut losses = Losses::default();
        assert_eq!(listed(&sound, b"MESSAGE", &mut losses), all);
        assert_eq!((all.len(), losses), (40, Losses::default()));
        let field = sound.find_field(b"MESSAGE").unwrap().unwrap();
        let datas: Vec<_> = sound.data_of(&field).map(|data| data.unwrap().at).collect();
        for (at, by) in datas.iter().flat_map(|at| [-8_i64, -1, 8].map(|by| (at, by))) {
            let size = usize::try_from(at.0).unwrap() + 8;
            let mut wrong = bytes.clone();
            let claimed = u64::from_le_bytes(wrong[size..size + 8].try_into().unwrap()).strict_add_signed(by);
            wrong[size..size + 8].copy_from_slice(&claimed.to_le_bytes());
            let wrong = open(wrong);
            let mut losses = Losses::default();
            let found = listed(&wrong, b"MESSAGE", &mut losses);
            assert_eq!(found, told(&wrong, b"MESSAGE"), "{at} {by}");
            assert_eq!((found.len(), losses.fields), (39, 1), "{at} {by}: {losses:?}");
        }
    }
}

#[test]
fn values_stay_where_they_lie_and_only_the_first_are_copied() {
    let file = open(sample(1000).build());
    let values = file.field_values(b"MESSAGE", &mut Losses::default());
    let copied = values.iter().filter(|(value, _)| file.image().lend(value).is_none()).count();
    // So many reads find out which way is the better one.
    assert_eq!((values.len(), copied), (1000, 128));
}
