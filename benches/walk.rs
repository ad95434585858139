//! Links followed: the main array, spans of boots, and look-ups by hash, in entries (or look-ups) per second.
#![allow(missing_docs, reason = "the macros of criterion make functions without any")]

use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lastwords::file::{JournalFile, Options};
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

criterion_group!(benches, walk, find);
criterion_main!(benches);
