//! Entries whose heads are torn or changed: no hash covers a seqnum, a time or a boot.

use super::remains::log;
use super::*;
use crate::corrupt::{Fault, Offset};
use crate::testkit::synth::{Record, Synth};

#[test]
fn half_a_head_is_an_entry_where_nothing_but_its_boot_breaks_off() {
    let path = testdata("small").into_iter().find(|path| path.ends_with("state-archived.journal")).unwrap();
    let own = std::fs::read(path).unwrap();
    let sound: Vec<EntryHead> = heads(&own);
    let file = open(&own).unwrap();
    let places: Vec<u64> = file.entries(0..file.arrays().len()).map(|entry| entry.unwrap().offset().0).collect();
    let is_cut = |at: &u64| (at + 16) / 512 != (at + 55) / 512;
    assert!(places.iter().filter(|at| is_cut(at)).count() > 20);
    let mut torn = 0;
    for at in places.into_iter().filter(is_cut) {
        let edge = ((at + 55) / 512 * 512) as usize;
        let mut bytes = own.clone();
        bytes[edge..edge + 512].fill(0);
        let found = heads(&bytes);
        assert!(found.len() + 3 >= sound.len(), "{at:#x}: {}", found.len());
        // The clocks are there, and the entries before and behind are of one boot.
        let seqnum = sound.iter().find(|head| file.entry(Offset(at)).unwrap().seqnum() == head.seqnum).unwrap().seqnum;
        let boots = |beside: u64| sound.iter().find(|head| head.seqnum.0 == beside).map(|head| head.boot_id);
        if at as usize + 40 <= edge && boots(seqnum.0 - 1) == boots(seqnum.0 + 1) {
            torn += 1;
            assert!(found.iter().any(|head| head.seqnum == seqnum), "{at:#x}");
        }
        for head in found {
            // The hash is the last word of a head.
            let is_one = |sound: &EntryHead| EntryHead { xor_hash: head.xor_hash, ..*sound } == head;
            assert!(sound.iter().any(is_one), "{at:#x}: {head:?}");
        }
    }
    assert!(torn > 5);
}

#[test]
fn half_a_head_between_two_boots_is_of_the_one_whose_id_it_begins() {
    let mut told = [0, 0];
    for extra in 0..16 {
        // Boots of three entries each.
        let record = |n: u8| {
            let field = format!("MESSAGE={n} {}", "x".repeat(100 + usize::from(n) * extra % 61));
            Record::new(n.into()).boot(0x11 * (n / 3 + 1)).field(field)
        };
        let synth = (1..=44).fold(Synth::new(), |synth, n| synth.entry(record(n)));
        let (own, layout) = (synth.build(), synth.layout());
        let sound = heads(&own);
        for (index, two) in sound.windows(2).enumerate().filter(|(_, two)| two[0].boot_id != two[1].boot_id) {
            // The last of a boot, and the first of the next.
            for (which, index) in [index, index + 1].into_iter().enumerate() {
                let at = layout.entries[index] as usize;
                let edge = (at + 55) / 512 * 512;
                if edge < at + 44 {
                    continue;
                }
                let mut bytes = own.clone();
                bytes[edge..edge + 512].fill(0);
                let file = open(&bytes).unwrap();
                if !file.slots(0..file.slot_count()).any(|place| place.0 == at as u64) {
                    // The array that led there was in that sector, too.
                    continue;
                }
                let found = heads(&bytes);
                assert!(found.contains(&EntryHead { xor_hash: 0, ..sound[index] }), "{at:#x}, {two:?}");
                told[which] += 1;
            }
        }
    }
    assert!(told.iter().all(|told| *told > 1), "{told:?}");
}

#[test]
fn the_last_entry_is_of_the_boot_before_it_where_its_head_breaks_off_in_that() {
    let path = testdata("small").into_iter().find(|path| path.ends_with("state-archived.journal")).unwrap();
    let own = std::fs::read(path).unwrap();
    let (file, sound) = (open(&own).unwrap(), heads(&own));
    let mut torn = 0;
    for before in sound.windows(2).filter(|two| two[0].boot_id == two[1].boot_id) {
        let at = file
            .entries(0..sound.len())
            .map(Result::unwrap)
            .find(|entry| *entry.head() == before[1])
            .unwrap()
            .offset()
            .0;
        let edge = (at + 55) / 4096 * 4096;
        if edge < at + 40 {
            continue;
        }
        let mut bytes = own.clone();
        bytes[edge as usize..].fill(0);
        let found = heads(&bytes);
        assert_eq!(found.last(), Some(&EntryHead { xor_hash: 0, ..before[1] }), "{at:#x}");
        torn += 1;
    }
    assert!(torn > 0, "no head lies across two pages");
}

#[test]
#[cfg(feature = "zstd")]
fn an_entry_whose_boot_is_not_the_one_that_its_field_names_is_said_to_be_wrong() {
    let path = testdata("small").into_iter().find(|path| path.ends_with("state-archived.journal")).unwrap();
    let own = std::fs::read(path).unwrap();
    let file = open(&own).unwrap();
    assert_eq!(Salvage::thorough(&file).incomplete().len(), 0);
    let at = file.entries(200..201).next().unwrap().unwrap().offset();
    for bit in [40, 47, 55] {
        let mut bytes = own.clone();
        bytes[at.0 as usize + bit] ^= 1;
        let file = open(&bytes).unwrap();
        let salvage = Salvage::thorough(&file);
        assert_eq!(salvage.losses.first.iter().map(|damage| damage.at).collect::<Vec<_>>(), [at]);
        // All of its fields are there.
        assert_eq!(salvage.incomplete().len(), 0);
        assert_eq!(salvage.merged(&file).len(), file.arrays().len());
    }
}

#[test]
fn an_entry_is_of_the_boot_that_its_field_names_where_its_head_was_changed_or_torn() {
    let sound = log(1..=60, 8, "of one boot");
    let heads = |file: &JournalFile| -> Vec<EntryHead> {
        file.entries(0..file.slot_count()).map(|entry| *entry.unwrap().head()).collect()
    };
    let sound_heads = heads(&open(&sound.build()).unwrap());
    for (index, at) in sound.layout().entries.into_iter().enumerate() {
        let boot = at as usize + 40..at as usize + 56;
        let (mut flipped, mut torn, mut wiped) = (sound.build(), sound.build(), sound.build());
        flipped[boot.start + 5] ^= 4;
        torn[boot.start + 8..boot.end].fill(0);
        wiped[boot].fill(0);
        for bytes in [flipped, torn, wiped] {
            let file = open(&bytes).unwrap();
            let salvage = Salvage::of(&file);
            assert_eq!((salvage.incomplete().len(), salvage.losses.structure), (0, 1), "entry {index}");
            file.adopt(salvage.findings(&file, Reach::All).unwrap());
            assert_eq!(heads(&file), sound_heads, "entry {index}");
            assert!(file.spans().losses.is_empty());
        }
    }
}

#[test]
fn a_salvaged_entry_with_a_field_lost_is_of_the_boot_that_is_left_in_its_fields() {
    let sound = log(1..=60, 8, "of one boot");
    let (layout, mut bytes) = (sound.layout(), sound.build());
    let at = layout.entries[30] as usize;
    bytes[at + 48..at + 56].fill(0);
    let lost = layout.find_data(b"MESSAGE=of one boot 31").unwrap();
    bytes[lost.stored as usize + 10] ^= 1;
    let file = open(&bytes).unwrap();
    let salvage = Salvage::of(&file);
    assert_eq!(salvage.incomplete().map(|(at, lost)| (at.0 as usize, lost.len())).collect::<Vec<_>>(), [(at, 1)]);
    file.adopt(salvage.findings(&file, Reach::All).unwrap());
    let entry = file.entry(crate::corrupt::Offset(at as u64)).unwrap();
    assert_eq!(entry.boot_id(), open(&sound.build()).unwrap().entry(entry.offset()).unwrap().boot_id());
}

#[test]
fn an_entry_is_of_the_boot_that_its_id_nearly_is_where_no_field_names_it() {
    for keyed in [true, false] {
        let record = |n: u64| {
            let boot = if n <= 30 { 0x21 } else { 0x5c };
            let field = format!("_BOOT_ID={}", format!("{boot:02x}").repeat(16));
            Record::new(n).boot(boot).bare().field(field).field(format!("MESSAGE={n} {}", "x".repeat(200)))
        };
        let synth = (1..=60).fold(Synth::new().keyed(keyed), |synth, n| synth.entry(record(n)));
        let (layout, sound) = (synth.layout(), synth.build());
        let named = layout.find_data(format!("_BOOT_ID={}", "5c".repeat(16)).as_bytes()).unwrap();
        let (named, behind) = (named.offset as usize, named.stored as usize + 20);
        for entry in [31, 45, 59] {
            let mut bytes = sound.clone();
            bytes[named..behind].fill(0x33);
            bytes[layout.entries[entry] as usize + 40 + 7] ^= 0x10;
            // The same, where the index does not reach it.
            let mut loose = bytes.clone();
            layout.arrays.iter().for_each(|array| loose[array.offset as usize..][..16].fill(0));
            for bytes in [bytes, loose] {
                assert!(heads(&bytes) == heads(&sound), "keyed {keyed}, entry {entry}");
                let faults = Salvage::of(&open(&bytes).unwrap()).losses.first;
                assert!(faults.iter().any(|why| why.fault == Fault::BOOT_NEARLY), "{faults:?}");
            }
        }
    }
}

#[test]
fn an_entry_with_a_flipped_bit_in_its_seqnum_stands_in_its_place_and_makes_no_hole_of_billions() {
    let record = |n: u64| Record::new(n).boot(if n <= 30 { 7 } else { 8 }).field(format!("MESSAGE={n}"));
    let synth = (1..=60).fold(Synth::new(), |synth, n| synth.entry(record(n)));
    let layout = synth.layout();
    for entry in [10, 29, 30, 45] {
        for is_salvaged in [false, true] {
            let what = format!("entry {entry}, salvaged: {is_salvaged}");
            let mut bytes = synth.build();
            bytes[layout.entries[entry] as usize + 22] ^= 8;
            // Without its header an array is none.
            let arrays = layout.arrays.iter().filter(|_| is_salvaged);
            arrays.for_each(|array| bytes[array.offset as usize..][..16].fill(0));
            let file = open(&bytes).unwrap();
            let salvage = Salvage::thorough(&file);
            file.adopt(salvage.findings(&file, Reach::All).unwrap());
            assert!(file.slots(0..file.slot_count()).map(|at| at.0).eq(layout.entries.iter().copied()), "{what}");
            let numbers = |span: &crate::file::Span| (span.first.seqnum.0, span.last.seqnum.0);
            let spans: Vec<_> = file.spans().spans.iter().map(numbers).collect();
            assert_eq!(spans, [(1, 30), (31, 60)], "{what}");
        }
    }
}

#[test]
fn of_two_entries_with_one_number_the_one_that_could_have_another_is_marked() {
    for state in [0, 1] {
        let synth = log(1..=60, 30, "flipped").state(state);
        let layout = synth.layout();
        // Each with the number of the next or the one before. Of the last two of an open file either may be the wrong one.
        for (entry, by) in [1, 20, 40, 57].into_iter().flat_map(|entry| [(entry, 1), (entry, -1)]) {
            let mut bytes = synth.build();
            let at = layout.entries[entry] as usize;
            bytes[at + 16..at + 24].copy_from_slice(&(entry as u64 + 1).wrapping_add_signed(by).to_le_bytes());
            let salvage = Salvage::of(&open(&bytes).unwrap());
            let marked: Vec<u64> = salvage.incomplete().map(|(at, _)| at.0).collect();
            assert_eq!(marked, [at as u64], "state {state}: entry {entry} by {by}");
        }
    }
}

#[test]
fn a_wrong_bit_in_what_the_header_says_of_the_first_entry_loses_none() {
    for keyed in [true, false] {
        let own = log(1001..=1060, 8, "of one boot").keyed(keyed).state(1).build();
        // The number of the first entry, and its time.
        for bit in (168 * 8..176 * 8).chain(184 * 8..192 * 8) {
            let mut bytes = own.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(heads(&bytes).len(), 60, "keyed {keyed}, bit {bit}");
        }
    }
}

#[test]
fn the_only_entry_of_a_boot_is_shown_without_the_page_of_its_boots_field() {
    for (keyed, compact) in [(false, false), (false, true), (true, false)] {
        let record = |n: u8| {
            let boot = format!("_BOOT_ID={}", format!("{n:02x}").repeat(16));
            Record::new(n.into()).boot(n).bare().field(boot).field(format!("MESSAGE={n} {}", "x".repeat(200)))
        };
        let synth = (1..=60).fold(Synth::new().keyed(keyed).compact(compact), |synth, n| synth.entry(record(n)));
        let (bytes, layout) = (synth.build(), synth.layout());
        let page_of = |at: u64| at / 4096;
        let of = |n: usize, field: &str| {
            layout
                .data
                .iter()
                .find(|data| data.payload.starts_with(field.as_bytes()) && data.entries == [layout.entries[n]])
        };
        let mut lost = 0;
        for n in 0..60 {
            let (boot, message) = (of(n, "_BOOT_ID=").unwrap(), of(n, "MESSAGE=").unwrap());
            let page = page_of(boot.offset);
            if page_of(message.offset) == page || page_of(layout.entries[n]) == page {
                continue;
            }
            let mut broken = bytes.clone();
            for (byte, noise) in broken[page as usize * 4096..][..4096].iter_mut().zip((0..=250_u8).cycle()) {
                *byte = noise ^ 0x5a;
            }
            let head = heads(&bytes)[n];
            assert!(heads(&broken).contains(&head), "keyed {keyed} compact {compact} entry {n}");
            lost += 1;
        }
        assert!(lost > 0);
    }
}

#[test]
fn a_wrong_bit_in_a_seqnum_loses_no_entry_where_the_clock_went_back_in_the_file() {
    let record = |n: u64| {
        // Without a clock of its own each boot begins at one time.
        let record = Record::new(1000 + n).boot(if n <= 30 { 7 } else { 8 }).field(format!("MESSAGE={n}"));
        record.at(1_700_000_000_000_000 + if n <= 30 { 5_000_000 * n } else { n }, n)
    };
    let synth = (1..=60).fold(Synth::new().state(1), |synth, n| synth.entry(record(n)));
    let (own, layout) = (synth.build(), synth.layout());
    for at in layout.entries {
        let mut bytes = own.clone();
        // 512 less.
        bytes[at as usize + 17] ^= 2;
        assert_eq!(heads(&bytes).len(), 60, "{at:#x}");
    }
}
