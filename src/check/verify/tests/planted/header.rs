//! Wounds of the header.

use super::*;

pub(super) const WOUNDS: &[Plant] = &[
    (Rule::Signature, &[], |bytes, _| {
        flip_bit(bytes, 3, 0);
        0
    }),
    (Rule::Signature, &[], |bytes, _| {
        bytes[15] = 0x40;
        12
    }),
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
    (Rule::HeaderMadeUp, &[], |bytes, _| {
        flip_bit(bytes, 12, 4);
        12
    }),
    (Rule::HeaderMadeUp, &[], |bytes, _| {
        flip_bit(bytes, 12, 2);
        12
    }),
    (Rule::HeaderMadeUp, &[], |bytes, _| {
        flip_bit(bytes, 30, 2);
        24
    }),
    (Rule::Arena, &[], |bytes, _| write(bytes, 96, 1)),
    (Rule::Arena, &[], |bytes, layout| {
        let header = read(bytes, 88);
        // The tail object is the last array; it ends one byte behind the arena.
        let tail = read(bytes, 136);
        let end = tail + read(bytes, tail + 8);
        assert!(tail > layout.entries[0]);
        write(bytes, 96, end - header - 1)
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
];
