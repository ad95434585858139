//! Pages of real files in the places of others.

use super::*;
use crate::testkit::synth::{Record, Synth};
use crate::testkit::wound::{PAGE, Wound};

fn small(name: &str) -> Vec<u8> {
    std::fs::read(testdata("small").into_iter().find(|path| path.ends_with(name)).unwrap()).unwrap()
}

/// What is found in a copy: each entry with its payloads, all of which the sound file has too.
fn found(name: &str, hurt: impl FnOnce(&mut Vec<u8>)) -> BTreeMap<u64, Vec<Vec<u8>>> {
    let sound = Sound::of(small(name));
    let mut broken = sound.bytes.clone();
    hurt(&mut broken);
    sound.holds(&broken, &name);
    let file = open(&broken).unwrap();
    let salvage = Salvage::thorough(&file);
    let entries = salvage.merged(&file).into_iter().map(|at| {
        let entry = file.entry_as_stated(at).unwrap();
        (entry.seqnum().0, content(&entry, salvage.lost_items(at).unwrap_or_default()).1)
    });
    entries.collect()
}

fn swapped(one: u64, other: u64) -> impl FnOnce(&mut Vec<u8>) {
    move |bytes| Wound::SwapPages(one, other).apply(bytes)
}

#[cfg(feature = "zstd")]
fn copied(to: u64, from: u64) -> impl FnOnce(&mut Vec<u8>) {
    move |bytes| {
        let (to, from, page) = (to * PAGE, from * PAGE, PAGE);
        bytes.copy_within(from as usize..(from + page) as usize, to as usize);
    }
}

#[test]
fn a_head_is_shown_where_all_of_its_fields_are_gone_and_its_neighbour_lost_some_itself() {
    let hurt = |bytes: &mut Vec<u8>| Wound::Zero { from: 9 * PAGE, len: PAGE }.apply(bytes);
    let entries = found("sd247-none-keyed-regular.journal", hurt);
    assert_eq!(entries[&3], [] as [Vec<u8>; 0]);
    assert!(!entries[&4].is_empty() && !entries.contains_key(&2));
}

#[test]
#[cfg(feature = "zstd")]
fn a_head_is_shown_where_other_objects_lie_in_the_rest_of_its_entry() {
    let entries = found("sd252-zstd-keyed-regular.journal", swapped(11, 18));
    assert_eq!(entries[&42], [] as [Vec<u8>; 0]);
}

#[test]
fn the_tail_of_an_entry_that_lost_something_elsewhere_is_in_place_if_it_names_what_nothing_else_does() {
    // Page 1 has the beginning of the hash table, page 23 the id of the boot.
    let entries = found("sd252-none-unkeyed-regular.journal", swapped(23, 1));
    let kept: Vec<_> = entries[&110].iter().filter(|payload| payload.starts_with(b"MESSAGE=")).collect();
    assert_eq!(kept, [b"MESSAGE=(root) CMD (job 0)"]);
    assert_eq!(entries[&110].len(), 11);
}

#[test]
#[cfg(feature = "zstd")]
fn a_list_whose_last_slots_are_zeros_denies_no_entry() {
    let hurt = |bytes: &mut Vec<u8>| Wound::Zero { from: 13 * PAGE, len: PAGE }.apply(bytes);
    assert!(found("state-sealed-252.journal", hurt)[&86].contains(&b"SYSLOG_FACILITY=0".to_vec()));
}

#[test]
#[cfg(all(feature = "zstd", feature = "xz"))]
fn zeros_explain_nothing_that_others_bytes_did() {
    // Empty buckets and unused slots are zeros too, beside pages with a value where another was.
    let entries = found("sd254-xz-keyed-compact.journal", copied(9, 21));
    assert!(entries.values().flatten().filter(|payload| payload.starts_with(b"_PID=919")).count() <= 1);
    let entries = found("state-archived.journal", copied(61, 34));
    assert!(!entries[&346].iter().any(|payload| payload.starts_with(b"VALUE2=")));
}

#[test]
#[cfg(feature = "zstd")]
fn what_looks_like_an_entry_within_a_value_is_none() {
    // The index names a place at which a value lies by now, in whose hash the type of an entry stands.
    let entries = found("state-archived.journal", copied(16, 50));
    assert!(entries.len() > 360 && entries.keys().all(|seqnum| *seqnum <= 384));
}

#[test]
#[cfg(all(feature = "zstd", feature = "lz4", feature = "xz"))]
fn heads_of_another_file_that_would_fit_in_are_not_taken_for_this_ones() {
    // Both have the same boots, and the seqnums of one fit in with those of the other.
    for (own, other, to, from, len) in [
        ("sd257-lz4-keyed-regular.journal", "sd247-none-unkeyed-regular.journal", 0x14000, 0x13000, 0x2000),
        ("sd254-xz-keyed-compact.journal", "state-archived.journal", 0x12000, 0x11000, 0x2000),
        ("sd254-xz-keyed-compact.journal", "sd247-lz4-unkeyed-regular.journal", 0xf000, 0x10000, 0x2000),
        ("sd247-none-keyed-regular.journal", "sd254-lz4-keyed-compact.journal", 0x10000, 0xe000, 0x1000),
        ("sd252-none-keyed-compact.journal", "state-sealed-257.journal", 0x13000, 0x27000, 0x2000),
        ("sd254-zstd-keyed-compact.journal", "sd252-zstd-unkeyed-regular.journal", 0x13000, 0x1a000, 0x3000),
    ] {
        let other = small(other);
        let entries = found(own, |bytes| bytes[to..to + len].copy_from_slice(&other[from..from + len]));
        assert!(entries.len() > 60, "{own}: {}", entries.len());
    }
}

#[test]
#[cfg(feature = "xz")]
fn entries_of_a_page_in_anothers_place_are_told_by_the_hashes_that_they_state() {
    // The heads of 26 to 30 lie in the page of zeros; those of the two pages that changed places are not in order there.
    let hurt = |bytes: &mut Vec<u8>| {
        swapped(15, 10)(bytes);
        Wound::Zero { from: 14 * PAGE, len: PAGE }.apply(bytes);
    };
    let entries = found("sd257-xz-keyed-regular.journal", hurt);
    let lost: Vec<u64> = (1..=116).filter(|seqnum| !entries.contains_key(seqnum)).collect();
    assert_eq!(lost, [26, 27, 28, 29, 30]);
    // It stands where it was, behind a page that does not belong there.
    assert_eq!(entries[&39].len(), 7);
}

#[test]
fn an_entry_without_a_key_is_told_by_all_of_the_payloads_that_are_in_their_places() {
    let hurt = |bytes: &mut Vec<u8>| {
        swapped(15, 5)(bytes);
        for page in [10, 12] {
            Wound::Zero { from: page * PAGE, len: PAGE }.apply(bytes);
        }
    };
    assert_eq!(found("sd252-none-unkeyed-regular.journal", hurt)[&39].len(), 9);
}

#[test]
#[cfg(feature = "lz4")]
fn the_size_of_a_table_is_what_its_object_says_where_another_begins_behind_it() {
    // The head of 36 lies in two pages, of which the table names something in the first.
    let hurt = |bytes: &mut Vec<u8>| {
        bytes[114] ^= 4;
        Wound::Zero { from: 12 * PAGE, len: PAGE }.apply(bytes);
        bytes[7 * PAGE as usize + 100..][..100].fill(0x5a);
    };
    assert_eq!(found("sd254-lz4-keyed-compact.journal", hurt)[&36].len(), 8);
}

#[test]
#[cfg(all(feature = "lz4", feature = "zstd"))]
fn a_table_that_the_file_has_no_room_for_is_as_large_as_its_object_says() {
    // The head of 55 lies in pages 19 and 20. Another file's page has taken the end of the table and what followed it.
    let (other, from, to) = (small("sd257-zstd-keyed-compact.journal"), 9 * PAGE as usize, 10 * PAGE as usize);
    let hurt = |bytes: &mut Vec<u8>| {
        bytes[115] ^= 0x40;
        swapped(4, 12)(bytes);
        bytes[from..to].copy_from_slice(&other[from..to]);
    };
    assert_eq!(found("sd247-lz4-keyed-regular.journal", hurt)[&55].len(), 6);
}

#[test]
#[cfg(feature = "zstd")]
fn what_lies_in_pages_that_were_moved_together_is_no_entrys_own_for_being_joined() {
    // Where 2 to 115 have their message by their items, another's lies now.
    let sound = Sound::of(small("state-online-renamed.journal~"));
    let mut broken = sound.bytes.clone();
    (11..14).for_each(|page| Wound::SwapPages(page, page - 3).apply(&mut broken));
    let file = open(&broken).unwrap();
    let salvage = Salvage::thorough(&file);
    let entries = salvage.merged(&file).into_iter().map(|at| {
        let entry = file.entry_as_stated(at).unwrap();
        (entry.seqnum(), content(&entry, salvage.lost_items(at).unwrap_or_default()).1)
    });
    let wrong =
        entries.filter(|(seqnum, fields)| fields.iter().any(|field| !sound.entries[seqnum].0.1.contains(field)));
    assert!(wrong.count() <= 1);
}

#[test]
fn the_page_of_a_head_is_known_by_a_payload_that_the_entry_names_there_and_that_names_the_entry() {
    // With this header, all that is in the page of an entry's head but the end of a list is one payload of its own.
    let synth = (1..=600).fold(Synth::new().compact(false).keyed(false).header_size(1016), |synth, n| {
        synth.entry(Record::new(n).field(format!("MESSAGE=record {n}")).field("PRIORITY=6"))
    });
    let layout = synth.layout();
    let list = layout.find_data(b"PRIORITY=6").unwrap().arrays.last().unwrap().offset;
    let next = layout.entries.iter().find(|at| **at > list + PAGE).unwrap();
    assert!((PAGE - 56..PAGE - 24).contains(&(next % PAGE)), "an entry whose clocks lie in another page than its hash");
    let sound = Sound::of(synth.build());
    let mut bytes = sound.bytes.clone();
    bytes[..1016].fill(0);
    bytes[list as usize + 24..][..176].fill(0x5a);
    sound.holds(&bytes, &"header and list");
}

#[test]
fn the_last_entry_of_a_file_that_was_cut_is_whole_though_its_head_lies_in_two_pages() {
    let sound = Sound::of(small("sd252-none-keyed-compact.journal"));
    for cut in (0x15070..0x1513b).step_by(21) {
        sound.holds(&sound.bytes[..cut], &cut);
    }
}

#[test]
fn no_hurt_entry_has_the_items_of_another_that_lie_where_its_own_did() {
    // The payload is one of the hurt entry's too, so that its list names that.
    let mut cases = vec![("sd252-none-unkeyed-regular.journal", 55, (0x15, 0x1a))];
    cases.push(("sd252-none-unkeyed-regular.journal", 110, (0x1c, 0x1a)));
    if cfg!(feature = "xz") {
        // Both items lie in the other page.
        cases.push(("sd254-xz-keyed-compact.journal", 94, (0x9, 0x14)));
    }
    for (name, entry, pages) in cases {
        let entries = found(name, swapped(pages.0, pages.1));
        let payloads = &entries[&entry];
        assert_eq!(payloads.iter().collect::<std::collections::BTreeSet<_>>().len(), payloads.len(), "{entry}");
    }
}
