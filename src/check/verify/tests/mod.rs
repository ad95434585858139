//! The rules, each against a file that breaks it, and sound files against all of them.

mod bounds;
mod lenient;
mod planted;
#[cfg(feature = "seal")]
mod sealed;
mod sweep;

use std::path::Path;

use super::{Findings, Options, Report, Rule, Weight, verify};
use crate::check::{header_fits, restore_bytes};
use crate::file::JournalFile;
use crate::testkit::synth::{Codec, sample};

/// Opens a file, by its objects where its header forbids it or is not theirs.
fn file(bytes: Vec<u8>) -> JournalFile {
    let options = crate::file::Options { payload_limit: 1 << 16, ..Default::default() };
    let path = Path::new("made");
    let opened = JournalFile::from_bytes(path, bytes.clone(), options).ok();
    let fits = opened.as_ref().is_some_and(header_fits);
    let restored = if fits { None } else { restore_bytes(path, bytes, options, &[]).map(|restored| restored.file) };
    restored.or(opened).unwrap()
}

fn report(bytes: Vec<u8>, threads: usize) -> Report {
    verify(&file(bytes), &Options { threads, ..Options::default() })
}

/// The rules that are broken as faults, each with the places of its findings.
fn faults(findings: &Findings) -> Vec<(Rule, Vec<u64>)> {
    let rules = findings.rules().filter(|(_, weight, ..)| *weight == Weight::Fault);
    let places = |rule| {
        let of_rule = findings.iter().filter(move |finding| finding.rule == rule && finding.weight == Weight::Fault);
        of_rule.map(|finding| finding.damage.at.0).collect()
    };
    rules.map(|(rule, ..)| (rule, places(rule))).collect()
}

#[test]
fn made_files_of_every_shape_are_sound_with_any_number_of_threads() {
    for (compact, keyed, codec) in [
        (true, true, Codec::None),
        (false, true, Codec::None),
        (true, false, Codec::None),
        (false, false, Codec::None),
        #[cfg(feature = "zstd")]
        (true, true, Codec::Zstd),
        #[cfg(feature = "lz4")]
        (false, false, Codec::Lz4),
        #[cfg(feature = "xz")]
        (true, false, Codec::Xz),
    ] {
        for (entries, header, threads) in [(0, 272, 1), (1, 264, 2), (2, 256, 3), (500, 208, 1), (500, 272, 7)] {
            let synth = sample(entries).compact(compact).keyed(keyed).codec(codec).header_size(header).padding(5000);
            let report = report(synth.build(), threads);
            assert!(report.findings.is_empty(), "{compact} {keyed} {codec:?} {entries}: {:?}", report.findings);
            assert_eq!((report.objects.entries, report.unread), (entries, 0));
        }
    }
}

#[test]
fn real_files_of_every_writer_are_sound() {
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/small");
    let mut seen = 0;
    for entry in std::fs::read_dir(small).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.extension().is_none_or(|ending| !ending.to_string_lossy().starts_with("journal")) {
            continue;
        }
        let file = JournalFile::open(&path, crate::file::Options::default()).unwrap();
        let report = verify(&file, &Options::default());
        assert_eq!(faults(&report.findings), [], "{}", path.display());
        seen += 1;
    }
    assert!(seen > 25, "{seen} files");
}
