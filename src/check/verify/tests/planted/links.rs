//! Wounds of lists, chains and links.

use super::*;

/// The bucket of a table that leads to the first of at least `least` objects.
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

pub(super) const WOUNDS: &[Plant] = &[
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
