//! Every way to lay a file out says the same: header sizes, widths, hashes, codecs; and the limit of payloads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use lastwords::journal::{Journal, Place};
use lastwords::query::{Matches, Query, Selection};
use lastwords::testkit::synth::{Codec, Record, Synth, sample};
use serde_json::Value;
use support::{Answer, Content, Folder, content, journal_of, lastwords};

const CODECS: [Codec; 5] = [Codec::None, Codec::Zstd, Codec::ZstdNoSize, Codec::Lz4, Codec::Xz];

/// What the records of a journal are once they are read back.
fn records(synth: &Synth) -> Vec<Content> {
    let read = |record: &Record| {
        let boot: String = record.boot_id.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut fields: BTreeSet<Vec<u8>> = record.fields.iter().cloned().collect();
        fields.insert(format!("_BOOT_ID={boot}").into_bytes());
        (record.realtime, record.monotonic, boot, fields)
    };
    synth.records().iter().map(read).collect()
}

fn selected(journal: &Journal, terms: &[&str]) -> Vec<Place> {
    let query = Query { matches: Matches::read(terms).unwrap(), ..Query::default() };
    let (selection, mut places) = (Selection::of(journal, &query), Vec::new());
    selection.each(false, |place| {
        places.push(place);
        true
    });
    assert!(selection.losses().is_empty(), "{:?}", selection.losses());
    places
}

/// Asserts that a file says what went into it, through its array and through its index.
fn assert_reads_back(name: &str, synth: &Synth) {
    let journal = journal_of([("made.journal", synth.build())]);
    let wanted = records(synth);
    let all = selected(&journal, &[]);
    assert_eq!(all.iter().map(|place| content(&journal, *place)).collect::<Vec<_>>(), wanted, "{name}");
    for term in ["TAG=odd1", "PRIORITY=3", "_SYSTEMD_UNIT=unit2.service", &format!("NOTE={:->295}", 4)] {
        let found: Vec<_> = selected(&journal, &[term]).iter().map(|place| content(&journal, *place)).collect();
        let has = |record: &&Content| record.3.contains(term.as_bytes());
        assert_eq!(found, wanted.iter().filter(has).cloned().collect::<Vec<_>>(), "{name}: {term}");
        assert!(!found.is_empty(), "{name}: {term}");
    }
    assert_eq!(journal.boots().len(), 2, "{name}");
    assert!(journal.losses().is_empty(), "{name}: {:?}", journal.losses());
}

#[test]
fn every_layout_says_the_same() {
    for header in [208, 216, 224, 232, 240, 248, 256, 264, 272, 280, 4096] {
        for (compact, keyed) in [(true, true), (true, false), (false, true), (false, false)] {
            for codec in CODECS {
                let synth = sample(16).header_size(header).compact(compact).keyed(keyed).codec(codec);
                assert_reads_back(&format!("header {header}, compact {compact}, keyed {keyed}, {codec:?}"), &synth);
            }
        }
    }
}

#[test]
fn a_codec_that_the_header_does_not_name_is_read_all_the_same() {
    for codec in CODECS {
        assert_reads_back(&format!("{codec:?}"), &sample(16).codec(codec).announce_codec(false));
    }
}

#[test]
fn states_padding_and_crowded_tables_change_nothing() {
    for state in [0, 1, 2] {
        assert_reads_back(&format!("state {state}"), &sample(16).state(state).padding(10_000));
    }
    assert_reads_back("one bucket", &sample(40).buckets(1, 1));
    assert_reads_back("compatible flags", &sample(16).compatible_flags(0x6));
}

/// The answer to `show` of a journal with a value of 2 MiB in its second entry of three.
fn large(codec: Codec, options: &[&str]) -> Answer {
    let folder = Folder::new(&format!("large-{codec:?}-{}", options.join("")));
    let large = [b"LARGE=".to_vec(), vec![b'x'; 2 << 20]].concat();
    let record = |seqnum| Record::new(seqnum).field(format!("MESSAGE=number {seqnum}")).field("TAG=all");
    let synth = Synth::new().codec(codec).entry(record(1)).entry(record(2).field(&large)).entry(record(3));
    let path = folder.file("large.journal", &synth.build());
    lastwords(&[&["show", path.to_str().unwrap()], options].concat())
}

#[test]
fn a_value_beyond_the_limit_is_left_out_marked_and_said() {
    for codec in [Codec::Zstd, Codec::ZstdNoSize, Codec::Lz4, Codec::Xz] {
        let answer = large(codec, &["--max-payload", "1", "-o", "json", "--all"]);
        assert_eq!(answer.status, 3, "{codec:?}: {}", answer.stderr);
        let sentence = answer.stderr.split_once("large.journal: ").expect("the file is named").1;
        assert!(sentence.starts_with("1 field left out: data payload at "), "{codec:?}: {sentence}");
        let objects: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let lost: Vec<_> = objects.iter().map(|object| object.get("_LASTWORDS_LOST")).collect();
        assert_eq!(lost, [None, Some(&Value::from("1")), None], "{codec:?}");
        assert!(objects.iter().all(|object| object.get("LARGE").is_none() && object["TAG"] == "all"), "{codec:?}");
        let exported = large(codec, &["--max-payload", "1", "-o", "export"]);
        assert_eq!((exported.status, exported.entries().len()), (3, 3), "{codec:?}");
        assert_eq!(exported.text().matches("\n_LASTWORDS_LOST=1\n").count(), 1, "{codec:?}");
    }
}

#[test]
fn a_value_within_the_limit_is_shown() {
    for codec in CODECS {
        for limit in [&["--max-payload", "3"][..], &[]] {
            let answer = large(codec, &[limit, &["-o", "export", "--all"]].concat());
            assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{codec:?} {limit:?}");
            let line = answer.text().lines().find_map(|line| line.strip_prefix("LARGE=")).expect("it is there");
            assert_eq!(line.len(), 2 << 20, "{codec:?}");
        }
    }
}

#[test]
fn a_value_of_any_size_that_is_stored_plain_is_shown_for_it_costs_nothing() {
    let answer = large(Codec::None, &["--max-payload", "1", "-o", "export"]);
    assert_eq!((answer.status, answer.stderr.as_str(), answer.entries().len()), (0, "", 3));
    assert!(answer.stdout.len() > 2 << 20);
}
