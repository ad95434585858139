use std::path::PathBuf;

use super::{file, object, open, verify, walk, wounded};
use crate::testkit::synth::sample;
use crate::testkit::wound::Wound;

/// A small generator with a fixed course, so that a failure is the same everywhere.
struct Course(u64);

impl Course {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| (self.next() >> 24) as u8).collect()
    }
}

fn testdata(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending.to_string_lossy().starts_with("journal")));
    paths.sort();
    paths
}

#[test]
fn files_by_real_writers_and_damaged_copies_hold_every_property() {
    for path in testdata("small").into_iter().chain(testdata("broken")) {
        let bytes = std::fs::read(&path).unwrap();
        open(&[&[0][..], &bytes].concat());
        walk(&[&[0][..], &bytes].concat());
        verify(&[&[0][..], &bytes].concat());
        // Objects overlap nothing in the first pages of a real file, where all kinds of them are.
        object(&bytes[..bytes.len().min(1 << 16)]);
    }
}

#[test]
fn samples_of_every_shape_hold_every_property() {
    for shape in 0..=255 {
        wounded(shape, 7, &[]);
    }
    for count in 0..32 {
        wounded(4, count, &[]);
    }
}

#[test]
fn every_single_wound_holds_every_property() {
    let synth = sample(11);
    let layout = synth.layout();
    let mut places = vec![8, 88, 104, 112, 120, 128, 136, 152, 176, 256];
    for object in layout.objects.iter().step_by(3).chain(layout.arrays.iter().map(|array| &array.offset)) {
        places.extend([0, 1, 8, 16, 24, 32, 40, 48, 56, 64].map(|part| object + part));
    }
    for (turn, at) in places.into_iter().enumerate() {
        let wounds = [
            Wound::TruncateAt(at),
            Wound::Zero { from: at, len: 8 },
            Wound::FlipBit { at, bit: 3 },
            Wound::PutU64 { at, value: u64::MAX },
            Wound::PutU64 { at, value: layout.tail_object },
            Wound::PutU32 { at, value: 0x18 },
            Wound::LieSize { object: at & !7, size: layout.arena_end },
            Wound::LoopChain(at & !7),
        ];
        // Two kinds in each place, so that every kind comes by every part of an object: 10 parts, 8 kinds.
        for kind in [turn, turn + turn / 10 + 3] {
            wounded(0, 11, &[wounds[kind % wounds.len()]]);
        }
    }
    for page in 0..3 {
        wounded(0, 30, &[Wound::SwapPages(page, page + 1)]);
        wounded(1, 30, &[Wound::ZeroTailFrom(4096 * page + 512)]);
        wounded(0, 30, &[Wound::ZeroArrayItem { array: layout.arrays[0].offset, item: page }]);
    }
}

#[test]
fn lists_of_wounds_hold_every_property() {
    let mut course = Course(0x1a57_0a0d);
    for _ in 0..300 {
        let (shape, count, len) = (course.next() as u8, course.next() as u8, course.next() % 40);
        let input = [&[1, shape, count][..], &course.bytes(len as usize)].concat();
        open(&input);
        walk(&input);
    }
}

#[test]
fn random_bytes_hold_every_property() {
    let mut course = Course(0x0b5e_55ed);
    for len in 0..200 {
        let bytes = course.bytes(len * 7);
        object(&bytes);
        assert!(file(bytes).is_none());
    }
}

#[test]
fn checks_of_wounded_files_end_and_agree() {
    let mut course = Course(0x1a57_0bd5);
    for _ in 0..200 {
        let mut input = course.bytes(24);
        input[0] |= 1;
        verify(&input);
    }
}
