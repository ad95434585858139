//! How many columns a character takes where lines are cut.
//!
//! systemd goes by the characters that were wide in Unicode 6.0 and by those that it has added since, so that emoji above
//! U+1F567 count as narrow. Whoever wants the same cut has to count the same.

/// The first and last of each range of wide characters, ascending.
const WIDE: [(u32, u32); 36] = [
    (0x1100, 0x115f),
    (0x2329, 0x232a),
    (0x2e80, 0x2e99),
    (0x2e9b, 0x2ef3),
    (0x2f00, 0x2fd5),
    (0x2ff0, 0x2ffb),
    (0x3000, 0x303e),
    (0x3041, 0x3096),
    (0x3099, 0x30ff),
    (0x3105, 0x312d),
    (0x3131, 0x318e),
    (0x3190, 0x31ba),
    (0x31c0, 0x31e3),
    (0x31f0, 0x321e),
    (0x3220, 0x3247),
    (0x3250, 0x32fe),
    (0x3300, 0x4dbf),
    (0x4e00, 0xa48c),
    (0xa490, 0xa4c6),
    (0xa960, 0xa97c),
    (0xac00, 0xd7a3),
    (0xf900, 0xfaff),
    (0xfe10, 0xfe19),
    (0xfe30, 0xfe52),
    (0xfe54, 0xfe66),
    (0xfe68, 0xfe6b),
    (0xff01, 0xff60),
    (0xffe0, 0xffe6),
    (0x1_b000, 0x1_b001),
    (0x1_f200, 0x1_f202),
    (0x1_f210, 0x1_f23a),
    (0x1_f240, 0x1_f248),
    (0x1_f250, 0x1_f251),
    (0x1_f300, 0x1_f567),
    (0x2_0000, 0x2_fffd),
    (0x3_0000, 0x3_fffd),
];

/// Two for a wide character, one for any other, also for one that combines with what stands before it.
pub(super) fn width(c: char) -> usize {
    let code = u32::from(c);
    let range = WIDE.partition_point(|(_, last)| *last < code);
    if WIDE.get(range).is_some_and(|(first, _)| *first <= code) { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_ascend_and_hold_their_ends() {
        assert!(WIDE.iter().flat_map(|(first, last)| [first, last]).is_sorted());
        for (c, wide) in [('a', 1), ('\u{10ff}', 1), ('\u{1100}', 2), ('漢', 2), ('\u{1f567}', 2), ('\u{1f568}', 1)] {
            assert_eq!(width(c), wide, "{c:?}");
        }
        assert_eq!([width('\u{1f600}'), width('\u{301}'), width('\u{10ffff}')], [1, 1, 1]);
    }
}
