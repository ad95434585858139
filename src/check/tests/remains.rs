//! What is left of other files in this one's blocks.

use super::*;
use crate::corrupt::Offset;
use crate::testkit::synth::{Record, Synth};

/// Records of a small device: some fields the same in every one, one unlike all others.
fn log(seqnums: std::ops::RangeInclusive<u64>, boot: u8, text: &str) -> Synth {
    seqnums.fold(Synth::new(), |synth, seqnum| {
        let record = Record::new(seqnum).boot(boot).field(format!("MESSAGE={text} {seqnum}"));
        synth.entry(record.field("PRIORITY=6").field("SYSLOG_IDENTIFIER=daemon"))
    })
}

/// The file of `own` in blocks that `old` had filled before.
fn over(own: &Synth, old: &Synth) -> Vec<u8> {
    let (mut bytes, old) = (own.build(), old.build());
    assert!(old.len() > bytes.len());
    bytes.extend(&old[bytes.len()..]);
    bytes
}

fn seqnums(found: &[super::super::Salvaged]) -> Vec<u64> {
    found.iter().map(|found| found.seqnum.0).collect()
}

#[test]
fn remains_of_an_older_file_are_told_from_this_one() {
    for keyed in [true, false] {
        for compact in [true, false] {
            for boot in [7, 8] {
                let shape = |synth: Synth, id: u8| synth.keyed(keyed).compact(compact).file_id([id; 16]);
                let own = shape(log(101..=120, 8, "new"), 1);
                let old = shape(log(1..=90, boot, "old"), 2);
                let file = open(&over(&own, &old)).unwrap();
                let salvage = Salvage::of(&file);
                let what = format!("keyed {keyed} compact {compact} boot {boot}");
                assert_eq!(seqnums(&salvage.entries), [0_u64; 0], "{what}");
                assert_eq!(salvage.account.entries.by_index, 20, "{what}");
                assert!(salvage.foreign.len() > 50, "{what}: {}", salvage.foreign.len());
                assert!(salvage.foreign.iter().all(|found| found.seqnum < Seqnum(101)), "{what}");
                assert!(salvage.incomplete().next().is_none(), "{what}");
                add_up(&salvage.account, &what);
            }
        }
    }
}

#[test]
fn what_only_other_remains_list_is_no_entry_of_this_file_though_it_is_of_one_boot() {
    for compact in [true, false] {
        let shape = |synth: Synth| synth.keyed(false).compact(compact).state(1);
        let record =
            |n: u64, text: &str| Record::new(n).boot(8).field(format!("MESSAGE={text} {n}")).field("PRIORITY=6");
        let log = |numbers: std::ops::RangeInclusive<u64>, text: &str| {
            shape(numbers.fold(Synth::new(), |synth, n| synth.entry(record(n, text).field(format!("_PID={}", n % 7)))))
        };
        let (mut bytes, old) = (log(1001..=1040, "new").build(), log(1..=160, "before").build());
        // What was written last ends within a page, whose rest is zeros; the next ones were another file's.
        let end = bytes.len().next_multiple_of(4096);
        bytes.resize(end, 0);
        bytes.extend(&old[end..]);
        let found = heads(&bytes);
        assert_eq!(found.iter().map(|head| head.seqnum.0).collect::<Vec<_>>(), (1001..=1040).collect::<Vec<_>>());
    }
}

#[test]
fn entries_behind_an_old_header_are_this_files_own() {
    for keyed in [true, false] {
        let grown = log(1..=60, 8, "new").keyed(keyed).build();
        // The header page as it was 20 entries earlier; index pages are newer.
        let before = log(1..=40, 8, "new").keyed(keyed).build();
        let mut bytes = grown.clone();
        bytes[96..272].copy_from_slice(&before[96..272]);
        // The main array's last part is not known of.
        let salvage = Salvage::of(&open(&bytes).unwrap());
        let sound = Sound::of(grown);
        let account = sound.holds(&bytes, &"old header");
        assert_eq!(account.entries.by_index + account.entries.salvaged, 60);
        assert!(salvage.foreign.is_empty());
    }
}

#[test]
fn a_copy_of_an_entry_elsewhere_is_no_second_entry() {
    let synth = log(1..=30, 8, "new");
    let mut bytes = synth.build();
    let layout = synth.layout();
    let (from, to) = (layout.entries[4] as usize, layout.entries[5] as usize);
    let entry = bytes[from..to].to_vec();
    bytes.resize(bytes.len() + 4096, 0);
    bytes.extend(entry);
    let salvage = Salvage::of(&open(&bytes).unwrap());
    assert_eq!((salvage.account.entries.by_index, salvage.account.entries.copies), (30, 1));
    assert!(salvage.entries.is_empty());
}

#[test]
fn entries_that_all_have_one_seqnum_are_told_by_their_clocks() {
    let synth = log(1..=40, 8, "new");
    let (mut bytes, layout) = (synth.build(), synth.layout());
    for at in &layout.entries {
        bytes[*at as usize + 16..*at as usize + 24].copy_from_slice(&5_u64.to_le_bytes());
    }
    let copied = [4, 9, 4].map(|nth| bytes[layout.entries[nth] as usize..layout.entries[nth + 1] as usize].to_vec());
    bytes.resize(bytes.len() + 4096, 0);
    copied.iter().for_each(|entry| bytes.extend(entry));
    let salvage = Salvage::thorough(&open(&bytes).unwrap());
    assert_eq!((salvage.account.entries.by_index, salvage.account.entries.copies), (40, 3));
    assert!(salvage.entries.is_empty() && salvage.overwritten.is_empty());
}

#[test]
fn the_entry_that_was_being_written_is_found() {
    let path = testdata("broken").into_iter().find(|path| path.ends_with("killed-in-mid-write.journal")).unwrap();
    let file = JournalFile::open(&path, Options::default()).unwrap();
    let salvage = Salvage::of(&file);
    // expected.json: 293 ENTRY objects, 292 linked.
    assert_eq!((salvage.account.entries.by_index, salvage.account.entries.salvaged), (292, 1));
    assert_eq!((salvage.account.seqnums.missing, salvage.lost_items(salvage.entries[0].at)), (0, None));
}

/// The heads that a file gives with everything that is found in it.
fn heads(bytes: &[u8]) -> Vec<EntryHead> {
    let file = open(bytes).unwrap();
    let findings = Salvage::of(&file).findings(&file, Reach::All);
    findings.into_iter().for_each(|findings| file.adopt(findings));
    file.entries(0..file.slot_count()).map(|entry| *entry.unwrap().head()).collect()
}

#[test]
fn an_entry_of_another_file_in_the_very_place_of_one_of_this_is_not_taken_for_it() {
    let small = |name: &str| std::fs::read(testdata("small").into_iter().find(|path| path.ends_with(name)).unwrap());
    // The main array happens to name a place in the other's pages at which one of its entries lies; both have the same boots.
    for (own, other, to, from) in [
        ("sd257-none-keyed-compact.journal", "state-archived.journal", 0x12000, 0x38000),
        ("sd254-xz-keyed-compact.journal", "state-sealed-257.journal", 0x10000, 0xb000),
    ] {
        let (mut bytes, other) = (small(own).unwrap(), small(other).unwrap());
        let sound = heads(&bytes);
        bytes[to..to + 8192].copy_from_slice(&other[from..from + 8192]);
        let file = open(&bytes).unwrap();
        let is_there = |at: Offset| (to as u64..to as u64 + 8192).contains(&at.0) && bytes[at.0 as usize] == 3;
        assert!(file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len()).any(is_there), "{own}");
        let found = heads(&bytes);
        assert!(found.iter().all(|head| sound.contains(head)), "{own}");
        assert!(found.len() > 80 && found.is_sorted_by_key(|head| head.seqnum), "{own}");
        assert!(found.windows(2).all(|two| two[0].seqnum < two[1].seqnum), "{own}");
    }
}

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

/// A file of 40 entries that was opened, and then written on to 60 by somebody else.
fn written_on(keyed: bool) -> (JournalFile, std::path::PathBuf) {
    let grown = log(1..=60, 8, "new").keyed(keyed).build();
    let mut before = log(1..=40, 8, "new").keyed(keyed).build();
    before.resize(grown.len(), 0);
    let path = std::env::temp_dir().join(format!("lastwords-grows-{keyed}-{}.journal", std::process::id()));
    std::fs::write(&path, &before).unwrap();
    let file = JournalFile::open(&path, Options::default()).unwrap();
    assert!(!file.has_grown());
    // In place, as a writer does.
    let mut writer = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::io::Write::write_all(&mut writer, &grown).unwrap();
    (file, path)
}

#[test]
fn what_is_written_after_a_file_was_opened_was_not_lost() {
    for keyed in [true, false] {
        let (file, path) = written_on(keyed);
        assert!(file.has_grown());
        for salvage in [Salvage::of(&file), Salvage::thorough(&file)] {
            assert_eq!((salvage.account.entries.by_index, salvage.entries.len()), (40, 0));
            assert!(salvage.account.is_sound() && salvage.losses.is_empty(), "{salvage:?}");
        }
        use super::super::verify::{Options, Rule, Soundness, verify};
        let report = verify(&file, &Options { threads: 1, ..Options::default() });
        assert_eq!((report.soundness(), report.findings.faults()), (Soundness::PartlyUnread, 0));
        assert!(report.findings.has(Rule::Unchecked) && report.findings.has(Rule::BehindTail));
        std::fs::remove_file(path).unwrap();
    }
}
