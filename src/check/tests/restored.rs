//! Files without a usable header.

use super::*;
use crate::format::{Id128, Layout};
use crate::testkit::synth::sample;

fn restored(name: &str, bytes: &[u8], ids: &[Id128]) -> super::super::Restored {
    restore_bytes(Path::new(name), bytes.to_vec(), Options::default(), ids).expect("there are entries in it")
}

fn said(restored: &super::super::Restored) -> Vec<&'static str> {
    restored.made_up.iter().map(|damage| damage.what).collect()
}

/// How many entries the header's own index gives, and how many only the look at all objects.
fn reach(restored: &super::super::Restored) -> (u64, u64) {
    let entries = &restored.salvage.account.entries;
    assert_eq!(entries.salvaged, restored.salvage.entries.len() as u64);
    (entries.by_index, entries.salvaged)
}

#[test]
fn layout_and_hash_follow_from_the_objects() {
    for (compact, keyed) in [(true, true), (true, false), (false, true), (false, false)] {
        for size in [208, 224, 256, 264, 272] {
            let synth = sample(20).compact(compact).keyed(keyed).header_size(size);
            let mut bytes = synth.build();
            bytes[..size as usize].fill(0);
            let restored = restored("lost.journal", &bytes, &[Id128([0xf1; 16])]);
            let header = restored.file.header();
            assert_eq!(header.layout() == Layout::Compact, compact);
            assert_eq!((header.is_keyed(), header.header_size), (keyed, size));
            assert!(!keyed || header.file_id == Id128([0xf1; 16]));
            // With tables and the main array found again, the index works as before; the header names neither.
            assert_eq!(reach(&restored), (0, 20));
            let mut inflater = crate::format::Inflater::default();
            assert!(restored.file.find_data(b"PRIORITY=3", &mut inflater).unwrap().is_some());
            assert!(said(&restored).contains(&"signature"));
        }
    }
}

#[test]
fn a_key_is_put_right_where_a_byte_or_two_are_wrong() {
    for (at, wrong) in [(24, &[0x00][..]), (39, &[0x7f]), (30, &[0x12, 0x34]), (28, &[0xf0])] {
        let mut bytes = sample(20).build();
        bytes[at..at + wrong.len()].copy_from_slice(wrong);
        assert!(!super::super::header_fits(&open(&bytes).unwrap()));
        let restored = restored("torn.journal", &bytes, &[]);
        assert_eq!(restored.file.header().file_id, Id128([0xf1; 16]));
        assert_eq!(said(&restored), ["file id"]);
        // The main array does not ask for the key.
        assert_eq!(reach(&restored), (20, 0));
    }
}

#[test]
fn without_a_key_entries_prove_themselves() {
    let mut bytes = sample(20).build();
    bytes[..272].fill(0);
    let restored = restored("lost.journal", &bytes, &[]);
    assert!(restored.file.header().file_id.is_null() && restored.file.header().is_keyed());
    assert_eq!(reach(&restored), (0, 20));
}

#[test]
fn a_page_of_a_file_without_a_key_over_the_beginning_takes_no_entry_with_it() {
    let read = |name: &str| std::fs::read(testdata("small").into_iter().find(|path| path.ends_with(name)).unwrap());
    let (sound, other) =
        (read("sd254-none-keyed-regular.journal").unwrap(), read("sd247-none-unkeyed-regular.journal").unwrap());
    let count = Sound::of(sound.clone()).entries.len();
    for to in [0, 4096] {
        let mut bytes = sound.clone();
        bytes[to..to + 4096].copy_from_slice(&other[10 * 4096..11 * 4096]);
        let found = restored("over.journal", &bytes, &[]);
        let entries = found.salvage.account.entries;
        let all = (entries.by_index + entries.salvaged, entries.incomplete);
        assert!(all.0 + 1 >= count as u64 && all.1 <= 1, "{to}: {entries:?}");
        assert!(found.file.header().is_keyed());
    }
}

#[test]
fn a_size_that_is_wrong_covers_nothing_where_the_key_is_lost_too() {
    let path = testdata("small").into_iter().find(|path| path.ends_with("sd254-none-keyed-regular.journal")).unwrap();
    let sound = std::fs::read(path).unwrap();
    let file = open(&sound).unwrap();
    let data: Vec<usize> = file
        .entries(0..file.slot_count())
        .flat_map(|entry| entry.unwrap().items().map(|at| at.0 as usize).collect::<Vec<_>>())
        .collect();
    let whole = Sound::of(sound.clone()).entries.len() as u64;
    for at in data.iter().step_by(data.len() / 40) {
        for bit in [3, 4, 5, 6, 7, 8 + 3] {
            let mut bytes = sound.clone();
            bytes[..264].fill(0);
            bytes[at + 8 + bit / 8] ^= 1 << (bit % 8);
            let entries = restored("lost.journal", &bytes, &[]).salvage.account.entries;
            // Those that have the value are incomplete, and a few that have what it runs into.
            let uses = file.data(crate::corrupt::Offset(*at as u64)).unwrap().n_entries;
            assert!(entries.by_index + entries.salvaged == whole, "{at:#x} {bit}: {entries:?}");
            assert!(entries.incomplete <= uses + 4, "{at:#x} {bit} {uses}: {entries:?}");
        }
    }
}

#[test]
fn every_payload_is_hashed_where_that_is_asked_for_and_the_header_is_lost_too() {
    let mut bytes = sample(20).build();
    let value = bytes.windows(10).position(|there| there == b"PRIORITY=3").unwrap();
    (bytes[0], bytes[value + 9]) = (0, b's');
    let found = |thorough| {
        let options = Options { thorough, ..Options::default() };
        let restored = restore_bytes(Path::new("lost.journal"), bytes.clone(), options, &[]).unwrap();
        restored.salvage.account.entries.incomplete
    };
    assert!(found(true) > 0);
    assert_eq!(found(false), 0, "the quick look is for what the index leads to");
}

#[test]
fn the_first_file_of_a_series_has_its_id_in_its_name() {
    let mut bytes = sample(20).file_id([0xab; 16]).build();
    bytes[..272].fill(0);
    let name = "system@abababababababababababababababab-0000000000000001-0005bd6c979f361b.journal";
    let header = restored(name, &bytes, &[]).file.header().clone();
    assert_eq!((header.file_id, header.seqnum_id), (Id128([0xab; 16]), Id128([0xab; 16])));
}

#[test]
fn the_machine_is_named_by_its_field() {
    let path = testdata("broken").into_iter().find(|path| path.ends_with("header-lost.journal")).unwrap();
    let found = super::super::restore(&path, Options::default(), &[]).unwrap().unwrap();
    let sound = testdata("broken").into_iter().find(|path| path.ends_with("unharmed.journal")).unwrap();
    let sound = JournalFile::open(&sound, Options::default()).unwrap();
    assert_eq!(found.salvage.account.entries.by_index + found.salvage.account.entries.salvaged, 316);
    let ours: Vec<_> =
        found.salvage.merged(&found.file).iter().map(|at| *found.file.entry(*at).unwrap().head()).collect();
    let theirs: Vec<_> = sound.entries(0..316).map(|entry| *entry.unwrap().head()).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn what_is_no_journal_stays_none() {
    let journal = sample(9).build();
    let shifted = [&[0; 512][..], &journal].concat();
    let text = b"MESSAGE=hello\n".repeat(1000);
    for bytes in [&b""[..], &[0; 5000], &text, &shifted, &journal[..3000.min(journal.len())][..272]] {
        assert!(restore_bytes(Path::new("none"), bytes.to_vec(), Options::default(), &[]).is_none());
    }
}

/// A real journal with bytes zeroed.
fn holed(name: &str, holes: &[std::ops::Range<usize>]) -> Vec<u8> {
    let mut bytes = std::fs::read(testdata("small").into_iter().find(|path| path.ends_with(name)).unwrap()).unwrap();
    holes.iter().for_each(|hole| bytes[hole.clone()].fill(0));
    bytes
}

#[test]
#[cfg(feature = "zstd")]
fn where_a_value_of_all_entries_is_lost_with_the_header_the_rest_is_still_there() {
    let page = 36864..40960;
    for (name, header) in [("state-archived.journal", 4096), ("sd252-none-unkeyed-regular.journal", 264)] {
        let sound = Sound::of(holed(name, &[]));
        let with_header = open(&holed(name, std::slice::from_ref(&page))).unwrap();
        let least = Salvage::of(&with_header).account.entries;
        let restored = restored("lost.journal", &holed(name, &[0..header, page.clone()]), &[]);
        let entries = restored.salvage.account.entries;
        assert_eq!(entries.by_index + entries.salvaged, least.by_index + least.salvaged, "{name}");
        assert_eq!((entries.incomplete, entries.foreign), (least.by_index + least.salvaged, 0), "{name}");
        let mut kept = 0;
        for at in restored.salvage.merged(&restored.file) {
            let entry = restored.file.entry_as_stated(at).unwrap();
            let (head, fields) = content(&entry, restored.salvage.lost_items(at).unwrap());
            assert_eq!(head, sound.entries[&entry.seqnum()].0.0, "{name}");
            kept += fields.len();
            assert!(fields.iter().all(|field| sound.entries[&entry.seqnum()].0.1.contains(field)), "{name}");
        }
        // Without its key nothing proves a value of an entry that is not whole.
        assert_eq!(kept > 0, name.contains("unkeyed"), "{name}");
    }
}

#[test]
fn a_header_cannot_end_where_no_table_begins_behind_all_that_headers_have() {
    for name in ["sd257-lz4-keyed-regular.journal", "sd254-lz4-keyed-compact.journal"] {
        let sound = holed(name, &[]);
        for bit in 16..20 {
            let mut bytes = sound.clone();
            bytes[88 + bit / 8] ^= 1 << (bit % 8);
            assert!(!super::super::header_fits(&open(&bytes).unwrap()), "{name} {bit}");
            let restored = restored(name, &bytes, &[]);
            assert_eq!(restored.file.header().header_size, open(&sound).unwrap().header().header_size);
            assert_eq!((reach(&restored).0 + reach(&restored).1, restored.salvage.incomplete().len()), (116, 0));
            assert_eq!(said(&restored), ["header size"]);
        }
    }
}

#[test]
#[cfg(all(feature = "lz4", feature = "xz"))]
fn half_a_header_over_another_leaves_no_table_that_swallows_the_file() {
    // Of the newer header 8 bytes are left, the place of its last entry, behind half an object of the older one's file.
    let old = holed("sd247-lz4-keyed-regular.journal", &[]);
    for name in ["sd254-xz-keyed-compact.journal", "sd254-lz4-keyed-compact.journal"] {
        let mut bytes = holed(name, &[]);
        bytes[..264].copy_from_slice(&old[..264]);
        let restored = restored("mixed.journal", &bytes, &[]);
        assert_eq!(restored.file.header().header_size, 272, "{name}");
        assert_eq!(reach(&restored).0 + reach(&restored).1, 116, "{name}");
        assert_eq!(restored.salvage.incomplete().len(), 0, "{name}");
    }
}

#[test]
#[cfg(feature = "lz4")]
fn what_another_files_header_says_of_the_last_entry_contradicts_none() {
    // It counts 115, up to the seqnum 115; here there are 116. Of its own, the header says the same of one that is wrong.
    let other = holed("sd247-lz4-keyed-regular.journal", &[]);
    for len in [208, 224, 256] {
        let mut bytes = holed("sd254-none-keyed-regular.journal", &[]);
        bytes[..len].copy_from_slice(&other[..len]);
        let found = restored("mixed.journal", &bytes, &[]);
        assert_eq!((reach(&found).0 + reach(&found).1, found.salvage.incomplete().len()), (116, 0), "{len}");
    }
    let mut bytes = holed("sd254-none-keyed-regular.journal", &[]);
    let last = open(&bytes).unwrap().entry_at(115);
    bytes[last.0 as usize + 16] ^= 0x80;
    assert_eq!(Salvage::thorough(&open(&bytes).unwrap()).incomplete().map(|(at, _)| at).collect::<Vec<_>>(), [last]);
}

#[test]
fn what_is_left_of_a_header_bounds_what_is_lost_of_a_file_that_was_cut_too() {
    for keyed in [true, false] {
        let sound = sample(90).keyed(keyed).build();
        // What has lost its key has its values all the same.
        let mut bytes = sound.clone();
        bytes[..96].fill(0);
        let mut losses = crate::corrupt::Losses::default();
        let all = |file: &crate::JournalFile, losses: &mut _| file.field_values(b"PRIORITY", losses).len();
        assert_eq!(all(&restored("headless.journal", &bytes, &[]).file, &mut losses), 8, "{keyed}");
        let found = |zeros: usize| {
            let mut bytes = sound[..sound.len() * 2 / 3].to_vec();
            bytes[..zeros].fill(0);
            let restored = restored("cut.journal", &bytes, &[]);
            let names = |what: &str| restored.made_up.iter().any(|damage| damage.to_string().contains(what));
            let account = &restored.salvage.account;
            (account.entries.salvaged + account.entries.by_index, account.claims.lost, names("number of entries"))
        };
        // The places of the hash tables show that the rest is this file's own.
        let (there, lost, is_unknown) = found(104);
        assert!(there > 0 && there + lost == 90 && !is_unknown, "{keyed}: {there} and {lost}");
        let (there, _, is_unknown) = found(208);
        assert!(there > 0 && is_unknown, "{keyed}");
    }
}
