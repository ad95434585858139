//! Objects made of bytes: the header, every object by its type, and every field of every entry, in entries per second.
#![allow(missing_docs, reason = "the macros of criterion make functions without any")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lastwords::bytes::Image;
use lastwords::corrupt::Offset;
use lastwords::file::{JournalFile, Options};
use lastwords::format::{Header, Inflater, RawObject};
use lastwords::testkit::synth::{Codec, Synth, sample};

const ENTRIES: u64 = 4096;

fn shapes() -> [(&'static str, Synth); 2] {
    let synth = sample(ENTRIES).buckets(8192, 333);
    [
        ("compact-keyed-zstd", synth.clone().codec(Codec::Zstd).threshold(256)),
        ("regular", synth.compact(false).keyed(false)),
    ]
}

fn objects(criterion: &mut Criterion) {
    for (shape, synth) in shapes() {
        let (bytes, layout) = (synth.build(), synth.layout());
        let image = Image::new(&bytes);
        let header = Header::read(image).map(|header| header.layout());
        let Ok(kind) = header else { continue };
        let mut group = criterion.benchmark_group(format!("decode/{shape}"));
        group.bench_function("header", |bench| bench.iter(|| Header::read(black_box(image))));
        group.throughput(Throughput::Elements(ENTRIES));
        group.bench_function("all objects", |bench| {
            bench.iter(|| {
                let decoded = layout.objects.iter().filter(|at| {
                    RawObject::read(image, Offset(**at), "object").and_then(|raw| raw.parse(kind)).is_ok()
                });
                assert_eq!(decoded.count(), layout.objects.len());
            });
        });
        group.finish();
    }
}

fn fields(criterion: &mut Criterion) {
    for (shape, synth) in shapes() {
        let bytes = synth.build();
        let Ok(file) = JournalFile::from_bytes(Path::new("bench.journal"), bytes, Options::default()) else { continue };
        let mut inflater = Inflater::default();
        let mut group = criterion.benchmark_group(format!("decode/{shape}"));
        group.throughput(Throughput::Elements(ENTRIES));
        group.bench_function("every field of every entry", |bench| {
            bench.iter(|| {
                let mut bytes = 0;
                for entry in file.entries(0..file.arrays().len()).flatten() {
                    for at in entry.items() {
                        let stored = file.stored(at);
                        let payload = stored.as_ref().ok().and_then(|stored| file.plain(stored, &mut inflater).ok());
                        bytes += payload.map_or(0, <[u8]>::len);
                    }
                }
                bytes
            });
        });
        group.finish();
    }
}

criterion_group!(benches, objects, fields);
criterion_main!(benches);
