//! Links followed: the main array, spans of boots, look-ups by hash, and every field of every entry, in entries (or
//! look-ups) per second. Where there is a set of `peers.sh` (`LASTWORDS_SETS`, else `/tmp/sets`), `visit/one` reads it
//! by one thread; the goal is 0.15 s for a million entries. `cargo bench --features testkit --bench walk -- visit/one`.
#![allow(missing_docs, reason = "the macros of criterion make functions without any")]

use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lastwords::file::{Entry, JournalFile, Options};
use lastwords::format::Inflater;
use lastwords::testkit::synth::{Codec, Synth, sample};
use lastwords::testkit::wound::Wound;

const ENTRIES: u64 = 4096;

fn shapes() -> [(&'static str, Synth); 2] {
    let synth = sample(ENTRIES).buckets(8192, 333);
    [
        ("compact-keyed-zstd", synth.clone().codec(Codec::Zstd).threshold(256)),
        ("regular", synth.compact(false).keyed(false)),
    ]
}

fn open(bytes: Vec<u8>) -> Option<JournalFile> {
    JournalFile::from_bytes(Path::new("bench.journal"), bytes, Options::default()).ok()
}

fn walk(criterion: &mut Criterion) {
    for (shape, synth) in shapes() {
        let Some(file) = open(synth.build()) else { continue };
        let slots = file.arrays().len();
        let mut group = criterion.benchmark_group(format!("walk/{shape}"));
        group.throughput(Throughput::Elements(ENTRIES));
        group.bench_function("main array", |bench| {
            bench.iter(|| file.arrays().iter(file.image(), file.layout(), 0..slots).map(|at| at.0).max());
        });
        group.bench_function("main array backwards, with heads", |bench| {
            bench.iter(|| file.entries(0..slots).rev().flatten().map(|entry| entry.realtime()).max());
        });
        group.bench_function("spans by the index", |bench| bench.iter(|| file.spans()));
        let mut broken = synth.build();
        // Without a table of fields the boots' lists are not found, and every entry is read.
        Wound::PutU64 { at: 128, value: 0 }.apply(&mut broken);
        if let Some(broken) = open(broken) {
            group.bench_function("spans by reading", |bench| bench.iter(|| broken.spans()));
        }
        group.finish();
    }
}

fn find(criterion: &mut Criterion) {
    for (shape, synth) in shapes() {
        let Some(file) = open(synth.build()) else { continue };
        let payloads: Vec<Vec<u8>> =
            (1..=ENTRIES).step_by(16).map(|n| format!("MESSAGE=record {n} of unit {}", n % 5).into_bytes()).collect();
        let mut inflater = Inflater::default();
        let mut group = criterion.benchmark_group(format!("walk/{shape}"));
        group.throughput(Throughput::Elements(payloads.len() as u64));
        group.bench_function("find_data", |bench| {
            bench.iter(|| {
                let found =
                    payloads.iter().filter(|payload| matches!(file.find_data(payload, &mut inflater), Ok(Some(_))));
                assert_eq!(found.count(), payloads.len());
            });
        });
        group.finish();
    }
}

/// Reads every field of every entry; returns how many bytes they have, compressed ones as stored unless `inflate`.
///
/// By plain loops: through adaptors that hand a payload on as an `Option`, it takes three times as long.
fn visited(file: &JournalFile, inflate: bool, inflater: &mut Inflater) -> u64 {
    let mut bytes = 0;
    for at in file.slots(0..file.slot_count()) {
        let Ok(entry) = file.entry(at) else { continue };
        bytes += if inflate { plain(&entry, inflater) } else { stored(&entry) };
    }
    bytes
}

fn stored(entry: &Entry<'_>) -> u64 {
    let mut bytes = 0;
    for at in entry.items() {
        let Ok(stored) = entry.file().stored(at) else { continue };
        bytes += stored.bytes.len() as u64;
    }
    bytes
}

fn plain(entry: &Entry<'_>, inflater: &mut Inflater) -> u64 {
    let mut bytes = 0;
    for at in entry.items() {
        let Ok(stored) = entry.file().stored(at) else { continue };
        bytes += entry.file().plain(&stored, inflater).map_or(0, |payload| payload.len() as u64);
    }
    bytes
}

fn visit(criterion: &mut Criterion) {
    let mut inflater = Inflater::default();
    let files: Vec<JournalFile> =
        set_one().iter().filter_map(|path| JournalFile::open(path, Options::default()).ok()).collect();
    let synthetic = open(sample(ENTRIES).buckets(8192, 333).codec(Codec::Zstd).threshold(256).build());
    for (name, files) in [("sample", synthetic.into_iter().collect()), ("one", files)] {
        let files: Vec<JournalFile> = files;
        let entries = files.iter().map(|file| file.arrays().len() as u64).sum();
        if entries == 0 {
            continue;
        }
        let mut group = criterion.benchmark_group(format!("visit/{name}"));
        group.throughput(Throughput::Elements(entries)).sample_size(10);
        for (what, inflate) in [("every field as stored", false), ("every field decompressed", true)] {
            group.bench_function(what, |bench| {
                bench.iter(|| files.iter().map(|file| visited(file, inflate, &mut inflater)).sum::<u64>());
            });
        }
        group.finish();
    }
}

/// The files of the set `one`, if it is there.
fn set_one() -> Vec<PathBuf> {
    let sets = std::env::var_os("LASTWORDS_SETS").map_or_else(|| PathBuf::from("/tmp/sets"), PathBuf::from);
    let folders = std::fs::read_dir(sets.join("one")).into_iter().flatten().flatten().map(|folder| folder.path());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten());
    let paths = files.map(|file| file.path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "journal")).collect()
}

criterion_group!(benches, walk, find, visit);
criterion_main!(benches);
