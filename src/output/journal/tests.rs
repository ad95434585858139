//! Copies that take several files.

use std::path::{Path, PathBuf};

use super::Copier;
use crate::check::verify::{Options as Verifying, verify};
use crate::corrupt::Losses;
use crate::file::{JournalFile, Options as Reading};
use crate::journal::Journal;
use crate::query::{Query, Selection};
use crate::testkit::synth::{Record, Synth, sample};
use crate::write::{Options, Report, Seqnums};

/// A place for one test's files; gone at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lastwords-copy-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Copies all entries of some files one by one.
fn copy(paths: &[PathBuf], target: &Path, options: &Options) -> Vec<Report> {
    let journal = Journal::open(paths, Reading::default()).unwrap();
    let mut copier = Copier::create(target, options).unwrap();
    for entry in Selection::of(&journal, &Query::new()).entries() {
        copier.entry(&entry.unwrap(), &mut Losses::default()).unwrap();
    }
    copier.finish().unwrap()
}

/// What the entries are, with their numbers and fields.
fn contents(paths: &[PathBuf]) -> Vec<(u64, u64, Vec<Vec<u8>>)> {
    let journal = Journal::open(paths, Reading::default()).unwrap();
    let query = Query::new();
    let entries = Selection::of(&journal, &query);
    let entries = entries.entries().map(Result::unwrap).map(|entry| {
        let fields = entry.fields().map(|field| field.unwrap().payload().to_vec()).collect();
        (entry.head().seqnum.0, entry.head().realtime.0, fields)
    });
    entries.collect()
}

fn is_sound(path: &Path) -> bool {
    let file = JournalFile::open(path, Reading::default()).unwrap();
    verify(&file, &Verifying::default()).findings.is_empty()
}

#[test]
fn a_copy_goes_on_in_the_next_file_before_one_becomes_too_large() {
    let place = Place::new("size");
    let source = place.0.join("source.journal");
    let large = (501..=506).map(|number| {
        let long: Vec<u8> =
            (0..40_000_u32).map(|n| (n.wrapping_mul(2_654_435_761).wrapping_mul(number) >> 24) as u8).collect();
        Record::new(number.into()).boot(2).field([b"NOISE=".as_slice(), &long].concat()).field("PRIORITY=3")
    });
    let synth = large.fold(sample(500), |synth: Synth, record| synth.entry(record.at(1_800_000_000_000_000, 1 << 50)));
    std::fs::write(&source, synth.build()).unwrap();
    let most = 200_000;
    let reports = copy(
        std::slice::from_ref(&source),
        &place.0.join("copy.journal"),
        &Options { most, compress: false, ..Options::default() },
    );
    let paths: Vec<PathBuf> = reports.iter().map(|report| report.path.clone()).collect();
    assert!(reports.len() > 2 && paths[2].ends_with("copy-3.journal"), "{reports:?}");
    // An entry of 40,000 bytes may need room for 32 times as many, and has it in a file of its own only.
    assert!(reports.iter().all(|report| report.size <= most && report.seqnums == Seqnums::Kept), "{reports:?}");
    assert!(paths.iter().all(|path| is_sound(path)));
    assert_eq!(contents(&paths), contents(&[source]));
}

#[test]
fn numbers_that_are_made_anew_go_on_in_the_next_file() {
    let place = Place::new("anew");
    let source = |name: &str, series: u8, first: u64| {
        let path = place.0.join(name);
        let record = |number: u64| {
            // The clock of each one's boot goes back before its third entry.
            let (realtime, clock) =
                (1_700_000_000_000_000 + number * 10, if number == first + 2 { 1 } else { number * 10 });
            Record::new(number).boot(series).at(realtime, clock).field(format!("MESSAGE={name} {number}"))
        };
        let synth = (first..first + 4).map(record).fold(Synth::new().seqnum_id([series; 16]), Synth::entry);
        std::fs::write(&path, synth.file_id([series; 16]).build()).unwrap();
        path
    };
    let sources = [source("one.journal", 1, 1), source("two.journal", 2, 1000)];
    let reports = copy(&sources, &place.0.join("copy.journal"), &Options::default());
    let counted: Vec<(u64, u64, Seqnums)> =
        reports.iter().map(|report| (report.head_seqnum.0, report.entries, report.seqnums)).collect();
    let why = Seqnums::OfSeveral;
    assert_eq!(counted, [(1, 2, why), (3, 4, why), (7, 2, why)]);
    let texts =
        |paths: &[PathBuf]| contents(paths).into_iter().map(|(_, time, fields)| (time, fields)).collect::<Vec<_>>();
    let paths: Vec<PathBuf> = reports.iter().map(|report| report.path.clone()).collect();
    assert!(paths.iter().all(|path| is_sound(path)));
    assert_eq!(texts(&paths), texts(&sources));
}

#[test]
fn a_field_of_another_boot_is_left_out_where_nothing_proves_it() {
    let place = Place::new("boots");
    let record = |number: u64| Record::new(number).boot(1 + (number / 6) as u8).field(format!("MESSAGE={number}"));
    let synth = (1..=10).map(record).fold(Synth::new().compact(false), Synth::entry);
    let (mut bytes, layout) = (synth.build(), synth.layout());
    let boot = |byte: u8| [b"_BOOT_ID=".as_slice(), format!("{byte:02x}").repeat(16).as_bytes()].concat();
    let [own, other] = [1, 2].map(|byte| layout.find_data(&boot(byte)).unwrap().offset);
    let item = (layout.entries[2] as usize + 64..).step_by(16).find(|at| bytes[*at..*at + 8] == own.to_le_bytes());
    bytes[item.unwrap()..item.unwrap() + 8].copy_from_slice(&other.to_le_bytes());
    bytes.copy_within(other as usize + 16..other as usize + 24, item.unwrap() + 8);
    let source = place.0.join("source.journal");
    std::fs::write(&source, bytes).unwrap();
    // The index is believed, so that no check says anything of it.
    let journal = Journal::of_files(std::slice::from_ref(&source), Vec::new(), Reading::default());
    let mut copier = Copier::create(&place.0.join("copy.journal"), &Options::default()).unwrap();
    let mut losses = Losses::default();
    for entry in journal.files()[0].entries(0..10) {
        copier.entry(&entry.unwrap(), &mut losses).unwrap();
    }
    assert_eq!((losses.fields, losses.structure, losses.first[0].at.0), (1, 0, other), "{losses:?}");
    let copy = copier.finish().unwrap().remove(0).path;
    assert!(is_sound(&copy));
    let lost = b"_LASTWORDS_LOST=1".to_vec();
    let fields: Vec<_> = contents(&[copy]).into_iter().map(|(.., fields)| fields).collect();
    assert!(fields[2].contains(&lost) && !fields[2].iter().any(|field| field.starts_with(b"_BOOT_ID=")), "{fields:?}");
    let rest = fields.iter().enumerate().filter(|(index, _)| *index != 2);
    assert!(rest.into_iter().all(|(index, fields)| fields.contains(&boot(1 + ((index + 1) / 6) as u8))));
}

#[test]
fn a_hash_that_is_not_that_of_the_fields_is_replaced_though_no_check_was_made() {
    let place = Place::new("hash");
    let record = |number: u64| Record::new(number).field(format!("MESSAGE={number}")).field("PRIORITY=6");
    for compact in [true, false] {
        let synth = (1..=10).map(record).fold(Synth::new().compact(compact), Synth::entry);
        let (mut bytes, at) = (synth.build(), synth.layout().entries[4]);
        let rightly = bytes[at as usize + 56..][..8].to_vec();
        bytes[at as usize + 60] ^= 4;
        let source = place.0.join(format!("source-{compact}.journal"));
        std::fs::write(&source, bytes).unwrap();
        let journal = Journal::of_files(std::slice::from_ref(&source), Vec::new(), Reading::default());
        let mut copier = Copier::create(&place.0.join(format!("copy-{compact}.journal")), &Options::default()).unwrap();
        let mut losses = Losses::default();
        for entry in journal.files()[0].entries(0..10) {
            copier.entry(&entry.unwrap(), &mut losses).unwrap();
        }
        assert_eq!((losses.entries, losses.fields, losses.structure), (0, 0, 1), "{losses:?}");
        assert_eq!(losses.first[0].at.0, at);
        let copy = copier.finish().unwrap().remove(0).path;
        assert!(is_sound(&copy));
        assert_eq!(contents(std::slice::from_ref(&copy)), contents(&[source]));
        let copy = Journal::of_files(&[copy], Vec::new(), Reading::default());
        let hash = copy.files()[0].entries(4..5).next().unwrap().unwrap().head().xor_hash;
        assert_eq!(hash.to_le_bytes().as_slice(), rightly);
    }
}

#[test]
#[cfg(feature = "zstd")]
fn a_frame_that_was_damaged_is_not_passed_on() {
    let place = Place::new("frame");
    let source = place.0.join("source.journal");
    let mut bytes = std::fs::read("testdata/small/state-online.journal").unwrap();
    // It can still be read, and other versions of zstd read other bytes.
    let hole = 0xe388;
    bytes[hole..hole + 8].fill(0);
    std::fs::write(&source, &bytes).unwrap();
    let copied = place.0.join("copy.journal");
    let journal = Journal::open(std::slice::from_ref(&source), Reading::default()).unwrap();
    let mut copier = Copier::create(&copied, &Options::default()).unwrap();
    let query = Query::new();
    let entries = Selection::of(&journal, &query);
    for entry in entries.entries().flatten() {
        copier.entry(&entry, &mut Losses::default()).unwrap();
    }
    copier.finish().unwrap();
    let (frame, copied) = (&bytes[hole - 8..hole + 16], std::fs::read(copied).unwrap());
    assert!(!copied.windows(frame.len()).any(|part| part == frame));
}
