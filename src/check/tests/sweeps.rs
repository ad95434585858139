//! Damage in every place of a file, one place at a time.

use super::*;
use crate::corrupt::Offset;
use crate::testkit::synth::{Codec, Synth, sample};
use crate::testkit::wound::{PAGE, Wound};

fn samples() -> [Synth; 4] {
    let shapes =
        [(true, true, Codec::None), (false, true, Codec::Zstd), (true, false, Codec::Lz4), (false, false, Codec::Xz)];
    shapes.map(|(compact, keyed, codec)| {
        sample(60).compact(compact).keyed(keyed).codec(codec).padding(5000).file_id([0x5e; 16]).buckets(509, 101)
    })
}

/// Applies each wound to a copy; returns how many copies lost or salvaged something.
fn sweep(bytes: Vec<u8>, wounds: impl IntoIterator<Item = Vec<Wound>>) -> usize {
    let sound = Sound::of(bytes);
    assert!(sound.holds(&sound.bytes, &"sound").is_sound());
    let mut hurt = 0;
    for wounds in wounds {
        let mut broken = sound.bytes.clone();
        wounds.iter().for_each(|wound| wound.apply(&mut broken));
        hurt += usize::from(!sound.holds(&broken, &wounds).is_sound());
    }
    hurt
}

fn used(bytes: &[u8]) -> u64 {
    bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64
}

fn pages(bytes: &[u8]) -> impl Iterator<Item = u64> + use<> {
    (0..used(bytes)).step_by(PAGE as usize)
}

#[test]
fn a_file_cut_anywhere_gives_what_lies_before_the_cut() {
    for bytes in samples().map(|synth| synth.build()) {
        let cuts: Vec<_> =
            (1..used(&bytes)).step_by(1997).chain(pages(&bytes)).map(|at| vec![Wound::TruncateAt(at)]).collect();
        // Of a few bytes of header, nothing is said.
        assert!(sweep(bytes, cuts.clone()) + 2 >= cuts.len());
    }
}

#[test]
fn a_page_of_zeros_anywhere_costs_what_lay_there() {
    for bytes in samples().map(|synth| synth.build()) {
        let holes: Vec<_> = pages(&bytes).map(|from| vec![Wound::Zero { from, len: PAGE }]).collect();
        // A hole in the list of a DATA costs no entry.
        assert!(sweep(bytes, holes.clone()) + 1 >= holes.len());
    }
}

#[test]
fn two_pages_that_changed_places_make_up_nothing() {
    for bytes in samples().map(|synth| synth.build()) {
        let last = used(&bytes) / PAGE;
        let pairs =
            (0..last).flat_map(|one| (one + 1..last.min(one + 5)).map(move |other| vec![Wound::SwapPages(one, other)]));
        assert!(sweep(bytes, pairs.collect::<Vec<_>>()) >= 6);
    }
}

/// A copy with the page `from` in the place of the page `to`.
fn copied(sound: &[u8], from: u64, to: u64) -> Vec<u8> {
    let mut broken = sound.to_vec();
    let page = PAGE as usize;
    let (from, to) = (from as usize * page, to as usize * page);
    broken[to..to + page].copy_from_slice(&sound[from..from + page]);
    broken
}

#[test]
fn a_page_copied_over_another_makes_up_nothing() {
    for bytes in samples().map(|synth| synth.build()) {
        let (last, sound) = (used(&bytes) / PAGE, Sound::of(bytes));
        for to in 1..last {
            for from in (0..last).filter(|from| *from != to) {
                sound.holds(&copied(&sound.bytes, from, to), &("copied", from, to));
            }
        }
    }
}

#[test]
fn a_bit_flipped_in_any_object_header_costs_no_other_entry() {
    for synth in samples() {
        let mut turn = 0;
        let flips = synth.layout().objects.into_iter().flat_map(move |at| {
            turn += 1;
            // Every bit of the type and the size's low half somewhere, each object several times.
            [0, 1, 8, 9, 10, 8 + turn % 8]
                .map(|part| vec![Wound::FlipBit { at: at + part, bit: ((turn + part) % 8) as u8 }])
        });
        sweep(synth.build(), flips.collect::<Vec<_>>());
    }
}

#[test]
fn every_number_in_a_small_file_may_be_wrong() {
    for (compact, value) in [(true, 0x140), (false, u64::MAX), (true, 0)] {
        let synth = sample(3).compact(compact);
        let bytes = synth.build();
        let heads: Vec<_> = synth.layout().entries.iter().map(|at| at + 16..at + 64).collect();
        // What an entry's head says of itself is its only witness.
        let places = (0..bytes.len() as u64).step_by(8).filter(|at| !heads.iter().any(|head| head.contains(at)));
        sweep(bytes, places.map(|at| vec![Wound::PutU64 { at, value }]).collect::<Vec<_>>());
    }
}

#[test]
#[cfg(all(feature = "zstd", feature = "lz4", feature = "xz"))]
fn real_files_survive_the_same() {
    for (turn, path) in testdata("small").into_iter().enumerate() {
        let bytes = std::fs::read(&path).unwrap();
        let last = used(&bytes) / PAGE;
        let mut wounds: Vec<Vec<Wound>> = Vec::new();
        let step = (last / 8).max(1);
        for page in (turn as u64 % step..last).step_by(step as usize) {
            wounds.push(vec![Wound::TruncateAt(page * PAGE)]);
            wounds.push(vec![Wound::Zero { from: page * PAGE, len: PAGE }]);
            wounds.push(vec![Wound::SwapPages(page, (page + 7 + turn as u64) % last)]);
        }
        sweep(bytes, wounds);
    }
}

#[test]
fn a_seqnum_that_its_neighbours_contradict_is_marked() {
    let synth = sample(20);
    for (index, at) in synth.layout().entries.iter().enumerate() {
        // No entry has the seqnum 0.
        for bit in (0..64).filter(|bit| index as u64 + 1 != 1 << bit) {
            let mut bytes = synth.build();
            Wound::FlipBit { at: at + 16 + bit / 8, bit: (bit % 8) as u8 }.apply(&mut bytes);
            let salvage = Salvage::thorough(&open(&bytes).unwrap());
            assert_eq!(salvage.lost_items(Offset(*at)), Some(&[][..]), "entry {index}, bit {bit}");
            // One that is given twice by now may be either's.
            assert!((1..=2).contains(&salvage.incomplete().len()) && !salvage.losses.is_empty());
            assert_eq!(salvage.account.entries.by_index, 20);
        }
    }
}
