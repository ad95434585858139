//! One flipped bit anywhere.

use super::*;
use crate::testkit::wound::flip_bit;

/// Where a flipped bit changes nothing that anything else in the file tells: ids, the state, notes of depth, the time
/// and number of writing.
fn is_free(at: u64, first: &std::ops::Range<u64>) -> bool {
    // File id (with unkeyed hashes), machine id, boot of the last writer, seqnum id; depths; the first entry's clock.
    (24..88).contains(&at) || (240..256).contains(&at) || first.contains(&at)
}

#[test]
fn a_flipped_bit_in_a_made_file_is_found() {
    for (compact, keyed) in [(true, true), (false, false)] {
        let synth = sample(2).compact(compact).keyed(keyed).buckets(7, 5);
        let (bytes, layout) = (synth.build(), synth.layout());
        let (end, first) = (layout.tail_end, layout.entries[0] + 32..layout.entries[0] + 40);
        let mut missed = Vec::new();
        for at in (0..end).filter(|at| !is_free(*at, &first)) {
            let bit = (at % 8) as u8;
            let mut flipped = bytes.clone();
            flip_bit(&mut flipped, at, bit);
            let opened = JournalFile::from_bytes(Path::new("made"), flipped, crate::file::Options::default());
            let is_missed = opened
                .is_ok_and(|file| verify(&file, &Options { threads: 1, ..Options::default() }).findings.is_empty());
            if is_missed {
                missed.push((at, bit));
            }
        }
        assert_eq!(missed, [], "{compact} {keyed}: {:x?}", layout.objects);
    }
}
