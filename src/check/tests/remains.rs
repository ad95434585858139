//! What is left of other files in this one's blocks.

use super::*;
use crate::corrupt::Offset;
use crate::testkit::synth::{Record, Synth};

/// Records of a small device: some fields the same in every one, one unlike all others.
pub(super) fn log(seqnums: std::ops::RangeInclusive<u64>, boot: u8, text: &str) -> Synth {
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
fn a_page_of_an_older_file_in_the_place_of_one_of_this_gives_no_entry() {
    for (keyed, compact, boot) in [(false, false, 8), (false, true, 9), (true, true, 8), (true, true, 9)] {
        let shape = |synth: Synth| synth.keyed(keyed).compact(compact);
        // As long as those of now, so that objects lie in the same places.
        let record = |n: u64, boot: u8, text: &str| {
            let record = Record::new(n).boot(boot).field(format!("MESSAGE={text} {:04}", n % 1000));
            record.field(format!("PRIORITY={}", n % 8)).field(format!("_PID={}", n % 5))
        };
        let log = |boot: u8, text: &str, first: u64| {
            shape((first..first + 60).fold(Synth::new(), |synth, n| synth.entry(record(n, boot, text))))
        };
        let sound = Sound::of(log(8, "of now", 1001).build());
        let old = log(boot, "before", 1).file_id([9; 16]).build();
        for page in (4096..sound.bytes.len()).step_by(4096) {
            let mut broken = sound.bytes.clone();
            let end = (page + 4096).min(broken.len());
            broken[page..end].copy_from_slice(&old[page..end]);
            sound.holds(&broken, &format!("keyed {keyed} compact {compact} boot {boot} page {page:#x}"));
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
