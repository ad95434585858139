//! Wounds of objects by themselves.

use super::*;

pub(super) const WOUNDS: &[Plant] = &[
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
];
