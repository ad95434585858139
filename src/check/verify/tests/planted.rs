//! One wound for each rule: the rule is found, at the place that was wounded.

use super::*;
use crate::testkit::synth::{Layout, Record, Synth};
use crate::testkit::wound::{flip_bit, lie_size, loop_chain, put_u32, put_u64, truncate_at, zero, zero_array_item};

/// What is planted: the rule, other rules that cannot be kept by such a file, and the wound, which returns its place.
type Plant = (Rule, &'static [Rule], fn(&mut Vec<u8>, &Layout) -> u64);

fn read(bytes: &[u8], at: u64) -> u64 {
    u64::from_le_bytes(bytes[at as usize..at as usize + 8].try_into().unwrap())
}

fn write(bytes: &mut [u8], at: u64, value: u64) -> u64 {
    put_u64(bytes, at, value);
    at
}

/// A value that many entries have.
fn shared<'a>(layout: &'a Layout, payload: &str) -> &'a crate::testkit::synth::DataAt {
    layout.find_data(payload.as_bytes()).unwrap()
}

/// The bucket of the field table that leads to the first of at least `least` fields.
fn bucket(bytes: &[u8], table: u64, least: u64) -> u64 {
    let size = read(bytes, table + 8);
    let head = |at: &u64| read(bytes, *at);
    let length = |mut at: u64| {
        let mut n = 0;
        while at != 0 {
            at = read(bytes, at + 24);
            n += 1;
        }
        n
    };
    (table + 16..table + size).step_by(16).find(|at| length(head(at)) >= least).unwrap()
}

const PLANTS: &[Plant] = &[
    (Rule::CompatibleFlags, &[], |bytes, _| {
        put_u32(bytes, 8, 1 << 30);
        8
    }),
    (Rule::State, &[], |bytes, _| {
        bytes[16] = 7;
        16
    }),
    (Rule::HeaderReserved, &[], |bytes, _| {
        bytes[20] = 1;
        17
    }),
    (Rule::Arena, &[], |bytes, _| {
        let arena = read(bytes, 96);
        write(bytes, 96, arena + 4096)
    }),
    (Rule::TailObject, &[Rule::BehindTail], |bytes, layout| write(bytes, 136, layout.entries[30])),
    (Rule::BehindTail, &[Rule::TailObject], |bytes, layout| {
        put_u64(bytes, 136, layout.entries[30]);
        layout.entries[30]
    }),
    (Rule::HashTable, &[Rule::Bucket, Rule::Unhashed], |bytes, layout| {
        let size = read(bytes, layout.data_table + 8);
        write(bytes, 112, size - 32)
    }),
    (Rule::Count, &[], |bytes, _| {
        let n = read(bytes, 208);
        write(bytes, 208, n + 1)
    }),
    (Rule::HeadEntry, &[], |bytes, _| write(bytes, 184, 77)),
    (Rule::TailEntry, &[], |bytes, layout| write(bytes, 264, layout.entries[3])),
    (Rule::TailArray, &[], |bytes, layout| {
        put_u32(bytes, 256, layout.arrays[0].offset as u32);
        256
    }),
    (
        Rule::Object,
        &[
            Rule::Count,
            Rule::Gap,
            Rule::Bucket,
            Rule::DataListItem,
            Rule::FieldList,
            Rule::EntryUnlisted,
            Rule::MainItem,
        ],
        |bytes, layout| {
            bytes[layout.entries[30] as usize] = 9;
            layout.entries[30]
        },
    ),
    (Rule::Gap, &[Rule::Count, Rule::MainItem, Rule::DataListItem], |bytes, layout| {
        let at = layout.entries[30];
        let size = read(bytes, at + 8);
        zero(bytes, at..at + size);
        at
    }),
    (Rule::ObjectReserved, &[], |bytes, layout| {
        bytes[layout.entries[9] as usize + 5] = 1;
        layout.entries[9]
    }),
    (Rule::ObjectFlags, &[], |bytes, layout| {
        bytes[layout.entries[9] as usize + 1] = 2;
        layout.entries[9]
    }),
    #[cfg(feature = "zstd")]
    (Rule::Payload, &[Rule::ObjectFlags], |bytes, layout| {
        let at = shared(layout, "PRIORITY=3").offset;
        bytes[at as usize + 1] = 4;
        at
    }),
    (Rule::DataHash, &[], |bytes, layout| {
        let data = shared(layout, "PRIORITY=3");
        flip_bit(bytes, data.stored + 9, 0);
        data.offset
    }),
    (Rule::DataLinks, &[Rule::FieldList], |bytes, layout| {
        let at = shared(layout, "PRIORITY=3").offset;
        let link = read(bytes, at + 32);
        write(bytes, at + 32, link + 4);
        at
    }),
    (Rule::FieldHash, &[Rule::Bucket, Rule::Unhashed], |bytes, layout| {
        let at = layout.find_field(b"PRIORITY").unwrap().offset;
        flip_bit(bytes, at + 16, 3);
        at
    }),
    (Rule::FieldLinks, &[Rule::FieldList], |bytes, layout| {
        let at = layout.find_field(b"PRIORITY").unwrap().offset;
        let link = read(bytes, at + 32);
        write(bytes, at + 32, link + 4);
        at
    }),
    (Rule::EntryHead, &[], |bytes, layout| {
        zero(bytes, layout.entries[9] + 40..layout.entries[9] + 56);
        layout.entries[9]
    }),
    (Rule::EntryItem, &[Rule::EntryUnlisted, Rule::DataListItem], |bytes, layout| {
        put_u32(bytes, layout.entries[9] + 64, layout.entries[8] as u32);
        layout.entries[9]
    }),
    (Rule::EntryHash, &[], |bytes, layout| {
        flip_bit(bytes, layout.entries[9] + 56, 1);
        layout.entries[9]
    }),
    (Rule::EntryBoot, &[], |bytes, layout| {
        bytes[layout.entries[9] as usize + 40] ^= 1;
        layout.entries[9]
    }),
    (Rule::EntrySeqnum, &[], |bytes, layout| {
        put_u64(bytes, layout.entries[9] + 16, 5);
        layout.entries[9]
    }),
    (Rule::EntryMonotonic, &[], |bytes, layout| {
        put_u64(bytes, layout.entries[9] + 32, 1);
        layout.entries[9]
    }),
    (
        Rule::ArrayLinks,
        &[Rule::MainChain, Rule::EntryUnlinked, Rule::TailArray, Rule::TailEntry, Rule::ArrayOwner],
        |bytes, layout| {
            loop_chain(bytes, layout.arrays[0].offset);
            layout.arrays[0].offset
        },
    ),
    (Rule::MainChain, &[Rule::EntryUnlinked, Rule::TailArray, Rule::TailEntry, Rule::ArrayOwner], |bytes, layout| {
        put_u64(bytes, layout.arrays[0].offset + 16, 0);
        176
    }),
    (Rule::MainItem, &[Rule::EntryUnlinked], |bytes, layout| {
        zero_array_item(bytes, layout.arrays[1].offset, 2);
        layout.arrays[1].offset
    }),
    (Rule::EntryUnlinked, &[Rule::MainItem], |bytes, layout| {
        zero_array_item(bytes, layout.arrays[1].offset, 2);
        layout.entries[layout.arrays[0].used as usize + 2]
    }),
    (Rule::DataList, &[Rule::EntryUnlisted, Rule::ArrayOwner, Rule::DataTail], |bytes, layout| {
        let at = shared(layout, "PRIORITY=3").offset;
        put_u64(bytes, at + 48, 0);
        at
    }),
    (Rule::DataList, &[], |bytes, layout| {
        let last = shared(layout, "PRIORITY=3").arrays.last().unwrap().offset;
        put_u64(bytes, last + 16, 1 << 29);
        last
    }),
    (Rule::DataList, &[], |bytes, layout| {
        let last = shared(layout, "PRIORITY=3").arrays.last().unwrap();
        put_u32(bytes, last.offset + 24 + 4 * last.used, 1 << 29);
        last.offset
    }),
    (Rule::DataListItem, &[Rule::EntryUnlisted], |bytes, layout| {
        let at = layout.find_data(b"MESSAGE=record 7 of unit 2").unwrap().offset;
        put_u64(bytes, at + 40, layout.entries[7]);
        at
    }),
    (Rule::EntryUnlisted, &[Rule::DataListItem], |bytes, layout| {
        let at = layout.find_data(b"MESSAGE=record 7 of unit 2").unwrap().offset;
        put_u64(bytes, at + 40, layout.entries[7]);
        layout.entries[6]
    }),
    (Rule::DataTail, &[], |bytes, layout| {
        let at = shared(layout, "PRIORITY=3").offset;
        put_u32(bytes, at + 68, 1);
        at
    }),
    (Rule::ArrayOwner, &[Rule::DataListItem, Rule::EntryUnlisted, Rule::DataTail, Rule::DataList], |bytes, layout| {
        let (from, to) = (shared(layout, "TAG=third0").offset, shared(layout, "TAG=third1").offset);
        let first = from.max(to);
        let list = read(bytes, from + 48);
        put_u64(bytes, to + 48, list);
        first
    }),
    (Rule::Bucket, &[], |bytes, layout| {
        let at = bucket(bytes, layout.data_table, 1);
        write(bytes, at + 8, layout.entries[0]);
        at
    }),
    (Rule::Bucket, &[], |bytes, layout| {
        let at = bucket(bytes, layout.field_table, 1);
        write(bytes, at + 8, layout.entries[0]);
        at
    }),
    // journalctl never ends on this one.
    (Rule::Bucket, &[Rule::Unhashed], |bytes, layout| {
        let head = read(bytes, bucket(bytes, layout.data_table, 3));
        write(bytes, head + 24, head);
        head
    }),
    (Rule::Unhashed, &[], |bytes, layout| {
        let at = bucket(bytes, layout.data_table, 1);
        let head = read(bytes, at);
        let mut last = head;
        while read(bytes, last + 24) != 0 {
            last = read(bytes, last + 24);
        }
        let second = read(bytes, head + 24);
        put_u64(bytes, at, second);
        put_u64(bytes, at + 8, if head == last { 0 } else { last });
        head
    }),
    (Rule::FieldList, &[], |bytes, layout| {
        let at = layout.find_data(b"MESSAGE=record 7 of unit 2").unwrap().offset;
        let before = read(bytes, at + 32);
        let third = read(bytes, before + 32);
        write(bytes, at + 32, third);
        at
    }),
    (Rule::TagOrder, &[Rule::Count, Rule::TailObject, Rule::BehindTail], |bytes, layout| {
        let at = layout.tail_end;
        bytes.resize(at as usize, 0);
        bytes.extend([7, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 1]);
        bytes.resize(at as usize + 64, 0);
        put_u64(bytes, 96, at + 64 - layout.header_size);
        at
    }),
];

fn planted() -> (Vec<u8>, Layout) {
    let synth = sample(60).padding(4096);
    (synth.build(), synth.layout())
}

#[test]
fn each_rule_is_found_where_it_was_broken_and_no_other_without_need() {
    let mut wrong = Vec::new();
    for (index, (rule, others, wound)) in PLANTS.iter().enumerate() {
        let (mut bytes, layout) = planted();
        let at = wound(&mut bytes, &layout);
        for threads in [1, 4] {
            let report = report(bytes.clone(), threads);
            let faults = faults(&report.findings);
            let is_found = faults.iter().any(|(found, places)| found == rule && places.contains(&at));
            if !is_found || faults.iter().any(|(found, _)| found != rule && !others.contains(found)) {
                wrong.push(format!("{index} {rule:?} at {at:#x}, {threads} threads: {faults:x?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_cut_file_and_one_with_a_wrong_size_are_read_on_to_their_end() {
    let (mut bytes, layout) = planted();
    lie_size(&mut bytes, layout.entries[20], 1 << 40);
    let cut = report(bytes, 2);
    assert!(cut.findings.has(Rule::Gap) && cut.objects.entries == 59, "{:?}", cut.objects);
    let (mut bytes, layout) = planted();
    truncate_at(&mut bytes, layout.entries[40] + 10);
    let cut = report(bytes, 2);
    assert!(cut.findings.has(Rule::Arena) && cut.objects.entries == 40, "{:?}", cut.objects);
}

#[test]
fn a_header_of_no_size_is_a_fault_and_the_objects_are_found() {
    let (mut bytes, _) = planted();
    put_u64(&mut bytes, 88, 0);
    let report = report(bytes, 2);
    assert!(report.findings.has(Rule::HeaderSize) && report.objects.entries == 60, "{:?}", report.objects);
}

#[test]
fn regular_files_state_the_hash_of_each_item() {
    let synth = sample(60).compact(false);
    let (mut bytes, layout) = (synth.build(), synth.layout());
    flip_bit(&mut bytes, layout.entries[9] + 64 + 8, 0);
    assert_eq!(faults(&report(bytes, 2).findings), [(Rule::EntryItemHash, vec![layout.entries[9]])]);
}

#[test]
fn a_payload_without_a_name_is_a_fault_though_its_hash_is_right() {
    let bytes = Synth::new().entry(Record::new(1).field("no name here").field("MESSAGE=x")).build();
    let faults = faults(&report(bytes, 1).findings);
    assert!(matches!(faults[..], [(Rule::DataName, _)]), "{faults:?}");
}

#[test]
fn what_other_systemds_judge_otherwise_is_a_remark() {
    let newer = report(sample(9).compatible_flags(2).build(), 1).findings;
    assert_eq!((faults(&newer), newer.has(Rule::NewerFlags)), (vec![], true));
    let twice = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/small/sd247-value-twice.journal");
    let file = JournalFile::open(&twice, crate::file::Options::default()).unwrap();
    let twice = verify(&file, &Options::default()).findings;
    assert_eq!((faults(&twice), twice.has(Rule::ItemTwice)), (vec![], true));
    let (mut bytes, _) = planted();
    put_u64(&mut bytes, 240, 60);
    let depth = report(bytes, 1).findings;
    assert_eq!((faults(&depth), depth.has(Rule::ChainDepth)), (vec![], true));
}

#[test]
fn padding_and_a_sealed_file_without_key_are_remarks() {
    let (mut bytes, layout) = planted();
    let data = shared(&layout, "PRIORITY=3");
    bytes[(data.stored + data.stored_len) as usize] = 1;
    let padding = report(bytes, 1).findings;
    assert_eq!((faults(&padding), padding.has(Rule::Padding)), (vec![], true));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/small/state-sealed-252.journal");
    let sealed = verify(&JournalFile::open(&path, crate::file::Options::default()).unwrap(), &Options::default());
    assert!(sealed.findings.has(Rule::NoKey) && sealed.findings.faults() == 0);
}

#[test]
fn an_append_that_was_cut_short_is_told_from_damage() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/broken/killed-in-mid-write.journal");
    let report = verify(&JournalFile::open(&path, crate::file::Options::default()).unwrap(), &Options::default());
    let rules: Vec<Rule> = faults(&report.findings).into_iter().map(|(rule, _)| rule).collect();
    // The writer was killed between the entry and its place in the main array.
    assert_eq!(rules, [Rule::Count, Rule::EntryUnlinked]);
}
