use super::{ArrayAt, Record, Synth, sample};

const BOOT: [u8; 16] = *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";
const KEY: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// One entry whose hashes are known, in tables of two buckets and one.
fn hello() -> Synth {
    let record = Record { boot_id: BOOT, ..Record::new(7).field("MESSAGE=hello") };
    Synth::new().file_id(KEY).buckets(2, 1).entry(record)
}

fn u64_at(bytes: &[u8], at: u64) -> u64 {
    u64::from_le_bytes(bytes[at as usize..][..8].try_into().unwrap())
}

fn u32_at(bytes: &[u8], at: u64) -> u32 {
    u32::from_le_bytes(bytes[at as usize..][..4].try_into().unwrap())
}

#[test]
fn the_header_says_what_the_format_asks() {
    let bytes = hello().build();
    assert_eq!(bytes.len(), 768);
    assert_eq!(bytes[..24], *b"LPKSHHRH\x00\x00\x00\x00\x14\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00");
    assert_eq!(bytes[24..88], [KEY, [0x3a; 16], BOOT, [0x5e; 16]].concat());
    let numbers: Vec<u64> = (88..272).step_by(8).map(|at| u64_at(&bytes, at)).collect();
    let (realtime, monotonic) = (1_700_000_007_000_000, 7_000_000);
    let sizes = [272, 496];
    let tables = [304 + 16, 32, 272 + 16, 16];
    let counts = [728, 8, 1];
    let ends = [7, 7, 728, realtime, realtime, monotonic];
    let more = [2, 2, 0, 1, 0, 0];
    let tail = [728 + (1 << 32), 656];
    assert_eq!(numbers, [&sizes[..], &tables, &counts, &ends, &more, &tail].concat());
}

#[test]
fn an_empty_journal_is_a_header_and_two_tables() {
    let bytes = Synth::new().header_size(208).buckets(2, 1).build();
    assert_eq!(bytes.len(), 208 + 32 + 48);
    assert_eq!(bytes[56..72], [0; 16]);
    assert_eq!([136, 144, 152, 160, 168, 176].map(|at| u64_at(&bytes, at)), [240, 2, 0, 0, 0, 0]);
    assert_eq!(bytes[208..240], [[5, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0], [0; 16]].concat());
    assert_eq!(bytes[240..256], [4, 0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn a_compact_entry_lists_offsets() {
    let bytes = hello().build();
    assert_eq!(bytes[656..672], [3, 0, 0, 0, 0, 0, 0, 0, 72, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!([672, 680, 688].map(|at| u64_at(&bytes, at)), [7, 1_700_000_007_000_000, 7_000_000]);
    assert_eq!(bytes[696..712], BOOT);
    assert_eq!(u64_at(&bytes, 712), 0xd640_597e_fc79_ec83);
    assert_eq!([720, 724].map(|at| u32_at(&bytes, at)), [352, 488]);
    assert_eq!(bytes[728..744], [6, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(bytes[744..768], [[0; 8], [0x90, 2, 0, 0, 0, 0, 0, 0], [0; 8]].concat());
}

#[test]
fn a_regular_entry_lists_offsets_and_hashes() {
    let bytes = hello().compact(false).build();
    assert_eq!(bytes[640..656], [3, 0, 0, 0, 0, 0, 0, 0, 96, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(u64_at(&bytes, 696), 0xd640_597e_fc79_ec83, "Jenkins also where hashes are keyed");
    let items = [352, 0xc1e4_7240_469d_2e88, 480, 0xecdc_1cde_eefd_b9e4];
    assert_eq!([704, 712, 720, 728].map(|at| u64_at(&bytes, at)), items);
    assert_eq!(bytes[736..752], [6, 0, 0, 0, 0, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!([752, 760, 768].map(|at| u64_at(&bytes, at)), [0, 640, 0]);
}

#[test]
fn data_and_fields_lie_as_the_format_says() {
    let bytes = hello().keyed(false).build();
    assert_eq!(bytes[12], 0x10);
    assert_eq!(bytes[352..368], [1, 0, 0, 0, 0, 0, 0, 0, 85, 0, 0, 0, 0, 0, 0, 0]);
    let numbers = [0x87dd_eff2_fd1b_d06d, 0, 0, 656, 0, 1, 0];
    assert_eq!([368, 376, 384, 392, 400, 408, 416].map(|at| u64_at(&bytes, at)), numbers);
    assert_eq!(bytes[424..440], *b"MESSAGE=hello\0\0\0");
    assert_eq!(bytes[440..456], [2, 0, 0, 0, 0, 0, 0, 0, 47, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!([464, 472].map(|at| u64_at(&bytes, at)), [608, 352], "next in the bucket, newest data");
    assert_eq!(bytes[480..488], *b"MESSAGE\0");
    assert_eq!(bytes[560..601], *b"_BOOT_ID=0123456789abcdef0123456789abcdef");
    let regular = hello().compact(false).build();
    assert_eq!(regular[416..432], *b"MESSAGE=hello\0\0\0");
}

#[test]
fn a_repeated_field_counts_once_and_cancels_in_the_xor() {
    let bytes = Synth::new().buckets(2, 1).entry(Record::new(1).field("A=1").field("A=1").bare()).build();
    // DATA 352, FIELD 432, ENTRY 480 of one item.
    assert_eq!([488, 536].map(|at| u64_at(&bytes, at)), [68, 0]);
    assert_eq!(u64_at(&bytes, 408), 1);
}

#[test]
fn lists_of_data_start_inline_and_go_on_in_arrays() {
    let synth = (1..=6).fold(Synth::new(), |synth, n| synth.entry(Record::new(n).field("A=1").bare()));
    let (bytes, layout) = (synth.build(), synth.layout());
    let data = layout.find_data(b"A=1").unwrap();
    assert_eq!([40, 48, 56].map(|at| u64_at(&bytes, data.offset + at)), [layout.entries[0], data.arrays[0].offset, 6]);
    assert_eq!(data.entries, layout.entries);
    assert_eq!(data.arrays.iter().map(|array| (array.capacity, array.used)).collect::<Vec<_>>(), [(4, 4), (8, 1)]);
    assert_eq!([64, 68].map(|at| u32_at(&bytes, data.offset + at)), [data.arrays[1].offset as u32, 1]);
    assert_eq!(layout.arrays.iter().map(|array| (array.capacity, array.used)).collect::<Vec<_>>(), [(4, 4), (8, 2)]);
}

#[test]
fn the_values_of_a_field_chain_from_the_newest() {
    let synth = Synth::new().entry(Record::new(1).field("A=1").field("A=2").field("A=3"));
    let (bytes, layout) = (synth.build(), synth.layout());
    let [one, two, three] = ["A=1", "A=2", "A=3"].map(|it| layout.find_data(it.as_bytes()).unwrap().offset);
    assert_eq!(u64_at(&bytes, layout.find_field(b"A").unwrap().offset + 32), three);
    assert_eq!([three, two, one].map(|data| u64_at(&bytes, data + 32)), [two, one, 0]);
}

#[test]
fn a_header_has_no_field_beyond_its_size() {
    for size in [208, 216, 224, 240, 256, 264, 272, 320] {
        let bytes = hello().header_size(size).build();
        assert_eq!(u64_at(&bytes, 88), size);
        assert_eq!(bytes[size as usize..][..16], [5, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0], "{size}");
    }
    assert_eq!(hello().header_size(320).build()[272..320], [0; 48]);
    assert_eq!(hello().header_size(1).build(), hello().header_size(208).build());
}

#[test]
#[cfg(all(feature = "zstd", feature = "lz4", feature = "xz"))]
fn long_payloads_are_compressed_and_flagged() {
    use super::Codec;

    for (codec, header, object) in
        [(Codec::Xz, 0x15, 1), (Codec::Lz4, 0x16, 2), (Codec::Zstd, 0x1c, 4), (Codec::ZstdNoSize, 0x1c, 4)]
    {
        let synth = sample(1).codec(codec);
        let (bytes, layout) = (synth.build(), synth.layout());
        let note = layout.data.iter().find(|data| data.payload.len() == 300).unwrap();
        assert_eq!((bytes[12], bytes[note.offset as usize + 1]), (header, object));
        assert_eq!(u64_at(&bytes, note.offset + 8), 72 + note.stored_len);
        assert!(note.stored_len < 300);
        assert_eq!(synth.clone().announce_codec(false).build()[12], 0x14);
        assert_eq!(synth.threshold(301).build().len(), sample(1).build().len());
    }
}

#[test]
fn the_builder_writes_what_it_is_told() {
    let bytes = hello().state(1).compatible_flags(2).incompatible_extra(0x8000).padding(13).build();
    assert_eq!(bytes[8..17], [2, 0, 0, 0, 0x14, 0x80, 0, 0, 1]);
    assert_eq!((bytes.len(), u64_at(&bytes, 96), u64_at(&bytes, 136)), (781, 509, 728));
    assert_eq!(bytes[768..], [0; 13]);
}

#[test]
fn the_layout_names_every_object() {
    let synth = sample(40).padding(100);
    let (bytes, layout) = (synth.build(), synth.layout());
    let (mut at, mut walked) = (layout.header_size, Vec::new());
    while at < layout.tail_end {
        walked.push(at);
        at += u64_at(&bytes, at + 8).next_multiple_of(8);
    }
    assert_eq!(layout.objects, walked);
    assert_eq!((layout.tail_object, layout.arena_end), (walked[walked.len() - 1], bytes.len() as u64));
    let arrays = layout.arrays.iter().chain(layout.data.iter().flat_map(|data| &data.arrays));
    let named = [
        (1, layout.data.iter().map(|data| data.offset).collect::<Vec<_>>()),
        (2, layout.fields.iter().map(|field| field.offset).collect()),
        (3, layout.entries.clone()),
        (4, vec![layout.data_table]),
        (5, vec![layout.field_table]),
        (6, arrays.map(|array: &ArrayAt| array.offset).collect()),
    ];
    for (kind, mut offsets) in named {
        offsets.sort_unstable();
        let of_kind: Vec<u64> = walked.iter().copied().filter(|&at| bytes[at as usize] == kind).collect();
        assert_eq!(offsets, of_kind, "type {kind}");
    }
}

#[test]
fn a_sample_has_two_boots_and_the_same_bytes_each_time() {
    assert_eq!(sample(9).build(), sample(9).build());
    let boots: Vec<u8> = sample(5).records().iter().map(|record| record.boot_id[0]).collect();
    assert_eq!(boots, [1, 1, 1, 2, 2]);
    assert_eq!(sample(5).records()[3].monotonic, 1_000_000);
    let last = sample(5).records()[4].clone();
    assert_eq!((last.realtime, last.fields[0].as_slice()), (1_700_000_005_000_000, &b"MESSAGE=record 5 of unit 0"[..]));
    assert!(sample(5).records().iter().all(|record| record.fields[7].len() == 300));
}
