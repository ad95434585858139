use super::*;

fn wounded(wound: Wound, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    wound.apply(&mut bytes);
    bytes
}

#[test]
fn each_wound_does_what_its_name_says() {
    let whole = [0xff; 8];
    assert_eq!(wounded(Wound::TruncateAt(3), &whole), [0xff; 3]);
    assert_eq!(wounded(Wound::Zero { from: 2, len: 3 }, &whole), [255, 255, 0, 0, 0, 255, 255, 255]);
    assert_eq!(wounded(Wound::ZeroTailFrom(6), &whole), [255, 255, 255, 255, 255, 255, 0, 0]);
    assert_eq!(wounded(Wound::FlipBit { at: 1, bit: 7 }, &whole), [255, 127, 255, 255, 255, 255, 255, 255]);
    assert_eq!(wounded(Wound::PutU32 { at: 3, value: 0x0403_0201 }, &whole), [255, 255, 255, 1, 2, 3, 4, 255]);
    assert_eq!(wounded(Wound::PutU64 { at: 0, value: 0x0807_0605_0403_0201 }, &whole), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn objects_are_hurt_where_their_layout_says() {
    let whole = [0xff; 40];
    assert_eq!(wounded(Wound::LoopChain(8), &whole)[24..32], [8, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(wounded(Wound::LieSize { object: 8, size: 300 }, &whole)[16..24], [44, 1, 0, 0, 0, 0, 0, 0]);
    let item = Wound::ZeroArrayItem { array: 0, item: 1 };
    assert_eq!(wounded(item, &whole)[24..36], [255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255]);
    let regular = [0xef; 40];
    assert_eq!(wounded(item, &regular)[31..], [0xef, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn pages_change_places() {
    let pages = [[1; 4096], [2; 4096], [3; 4096]].concat();
    assert_eq!(wounded(Wound::SwapPages(2, 0), &pages), [[3; 4096], [2; 4096], [1; 4096]].concat());
    assert_eq!(wounded(Wound::SwapPages(1, 1), &pages), pages);
}

#[test]
fn a_wound_outside_the_file_changes_nothing() {
    let far = u64::MAX;
    for wound in [
        Wound::TruncateAt(far),
        Wound::Zero { from: 5, len: 4 },
        Wound::Zero { from: far, len: far },
        Wound::ZeroTailFrom(9),
        Wound::FlipBit { at: 8, bit: 0 },
        Wound::PutU64 { at: 1, value: 0 },
        Wound::PutU32 { at: far, value: 0 },
        Wound::LoopChain(far),
        Wound::LieSize { object: far, size: 0 },
        Wound::ZeroArrayItem { array: far, item: far },
        Wound::SwapPages(0, 1),
        Wound::SwapPages(far, 0),
    ] {
        assert_eq!(wounded(wound, &[0xff; 8]), [0xff; 8], "{wound:?}");
    }
}

#[test]
fn fuzzer_input_becomes_the_same_wounds_each_time() {
    let input = [
        &[0, 0x34, 0x12][..],
        &[1, 1, 0, 2, 0],
        &[2, 7, 0],
        &[13, 9, 0, 15],
        &[4, 8, 0, 1, 2, 0, 0, 0, 0, 0, 0x80],
        &[5, 8, 0, 1, 2, 3, 4],
        &[6, 0xff, 0],
        &[7, 0x0f, 0, 0xff, 0xff],
        &[8, 16, 0, 3],
        &[9, 1, 2],
        &[0, 1],
    ]
    .concat();
    let wounds = [
        Wound::TruncateAt(0x1234),
        Wound::Zero { from: 1, len: 2 },
        Wound::ZeroTailFrom(7),
        Wound::FlipBit { at: 9, bit: 7 },
        Wound::PutU64 { at: 8, value: 0x8000_0000_0000_0201 },
        Wound::PutU32 { at: 8, value: 0x0403_0201 },
        Wound::LoopChain(0xf8),
        Wound::LieSize { object: 8, size: 0xffff },
        Wound::ZeroArrayItem { array: 16, item: 3 },
        Wound::SwapPages(1, 2),
    ];
    assert_eq!(Wound::list(&input), wounds);
}
