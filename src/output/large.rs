//! Tests: entries that are passed on in parts show what they would as a whole.

use std::path::Path;

use super::*;
use crate::file::{JournalFile, Options};
use crate::testkit::synth::{Codec, Record, Synth};

const MIB: usize = 1 << 20;

/// Two entries with a dozen values of a MiB, some of them under one name; the first one tells its source's time last.
fn journal() -> JournalFile {
    let value = |nth: usize| char::from(b'a' + nth as u8).to_string().repeat(MIB);
    let mut record = Record::new(1).field("TAG=first");
    for nth in 0..12 {
        let name = if nth % 3 == 0 { "TAG".to_owned() } else { format!("F{nth}") };
        record = record.field(format!("{name}={}", value(nth)));
    }
    let synth = Synth::new().codec(Codec::Zstd).entry(record.field("_SOURCE_REALTIME_TIMESTAMP=1500000000999999"));
    let bytes = synth.entry(Record::new(2).field("_SOURCE_REALTIME_TIMESTAMP=1500000000999999")).build();
    assert!(cfg!(not(feature = "zstd")) || bytes.len() < MIB);
    JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap()
}

/// What a format shows of the first entry, in parts, and how much it held at most; and of the second.
fn shown(name: &str) -> (Vec<u8>, usize, Vec<u8>) {
    let (file, look) = (journal(), Look { all: true, ..Look::default() });
    let format = Format::named(name).unwrap().with(look);
    let (mut worker, mut losses) = (format.worker(), Losses::default());
    let (mut all, mut out, mut most) = (Vec::new(), Vec::new(), 0);
    let entries: Vec<_> = file.entries(0..2).map(Result::unwrap).collect();
    let mut relieve = |out: &mut Vec<u8>| {
        most = out.len().max(most);
        all.append(out);
        true
    };
    worker.render_in_parts(&entries[0], None, &mut out, &mut losses, &mut relieve);
    relieve(&mut out);
    worker.render(&entries[1], None, &mut out, &mut losses);
    assert!(losses.is_empty());
    (all, most, out)
}

/// The payloads of the first entry as they were submitted.
fn payloads() -> Vec<Vec<u8>> {
    let file = journal();
    let entry = file.entries(0..1).next().unwrap().unwrap();
    entry.fields().map(|field| field.unwrap().payload().to_vec()).collect()
}

#[test]
fn an_export_in_parts_has_every_field_in_its_place() {
    let (all, most, _) = shown("export");
    let fields: Vec<Vec<u8>> = payloads().into_iter().filter(|payload| !payload.starts_with(b"_BOOT_ID=")).collect();
    let lines = fields.iter().fold(Vec::new(), |mut lines, field| {
        lines.extend_from_slice(field);
        lines.push(b'\n');
        lines
    });
    assert!(all.ends_with(&[&lines[..], b"\n"].concat()));
    assert!(all.len() > 12 * MIB && most < LARGE + 2 * MIB, "{most}");
}

#[test]
fn verbose_in_parts_begins_with_the_time_that_the_last_field_tells() {
    let (all, most, small) = shown("verbose");
    let first = |text: &[u8]| text.split(|byte| *byte == b' ').take(3).collect::<Vec<_>>().concat();
    assert_eq!(first(&all), first(&small));
    let lines: Vec<&[u8]> = all.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.is_empty()).collect();
    let fields = payloads();
    assert_eq!(lines.len(), fields.len());
    for (line, field) in lines.iter().zip(&fields) {
        assert!(line.strip_prefix(b"    ") == Some(field), "{}", String::from_utf8_lossy(&line[..20]));
    }
    assert!(most < LARGE + 2 * MIB, "{most}");
}

#[test]
fn json_in_parts_brings_the_values_of_a_name_together() {
    for name in ["json", "json-pretty"] {
        let (all, most, _) = shown(name);
        let shown: serde_json::Value = serde_json::from_slice(&all).unwrap();
        let tags = payloads().into_iter().filter(|payload| payload.starts_with(b"TAG="));
        let tags: Vec<_> = tags.map(|payload| String::from_utf8(payload[4..].to_vec()).unwrap()).collect();
        assert_eq!(tags.len(), 5);
        assert!(shown["TAG"] == serde_json::json!(tags), "{name}");
        for payload in payloads().iter().filter(|payload| payload.starts_with(b"F")) {
            let (field, value) = std::str::from_utf8(payload).unwrap().split_once('=').unwrap();
            assert!(shown[field] == value, "{name}: {field}");
        }
        assert_eq!(shown["_SOURCE_REALTIME_TIMESTAMP"], "1500000000999999");
        assert!(most < LARGE + 2 * MIB, "{name}: {most}");
    }
}

#[test]
fn a_large_binary_value_in_json_is_never_held_as_text() {
    let value: Vec<u8> = [0xff, 0x00, 0x80, 0x0a].repeat(2 * MIB);
    let payload = [&b"BLOB="[..], &value].concat();
    let synth = Synth::new().codec(Codec::Zstd).entry(Record::new(1).field("A=1").field(payload).field("B=2"));
    let file = JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap();
    let entry = file.entries(0..1).next().unwrap().unwrap();
    for name in ["json", "json-pretty"] {
        let format = Format::named(name).unwrap().with(Look { all: true, ..Look::default() });
        let (mut all, mut out, mut most, mut losses) = (Vec::new(), Vec::new(), 0, Losses::default());
        let mut relieve = |out: &mut Vec<u8>| {
            most = out.len().max(most);
            all.append(out);
            true
        };
        format.worker().render_in_parts(&entry, None, &mut out, &mut losses, &mut relieve);
        relieve(&mut out);
        assert!(losses.is_empty() && most < LARGE + 2 * MIB, "{name}: {most}");
        let shown: serde_json::Value = serde_json::from_slice(&all).unwrap();
        assert_eq!((&shown["A"], &shown["B"]), (&"1".into(), &"2".into()), "{name}");
        let bytes = shown["BLOB"].as_array().unwrap().iter().map(|byte| byte.as_u64().unwrap());
        assert!(bytes.eq(value.iter().map(|byte| u64::from(*byte))), "{name}");
    }
}

#[test]
fn large_texts_of_one_name_in_json_are_never_held_whole() {
    // Characters of three bytes lie across the ends of pieces, and what has to be escaped is longer than it was.
    let values = ["€".repeat(3 * MIB), "\"\\".repeat(3 * MIB), format!("x{}", "€\n".repeat(2 * MIB))];
    let record = values.iter().fold(Record::new(1), |record, value| record.field(format!("TEXT={value}")));
    let alone = format!("xy{}", "€\t".repeat(2 * MIB));
    let synth = Synth::new().codec(Codec::Zstd).entry(record.field(format!("ALONE={alone}")));
    let file = JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap();
    let entry = file.entries(0..1).next().unwrap().unwrap();
    for name in ["json", "json-pretty"] {
        let format = Format::named(name).unwrap().with(Look { all: true, ..Look::default() });
        let (mut all, mut out, mut most, mut losses) = (Vec::new(), Vec::new(), 0, Losses::default());
        let mut relieve = |out: &mut Vec<u8>| {
            most = out.len().max(most);
            all.append(out);
            true
        };
        format.worker().render_in_parts(&entry, None, &mut out, &mut losses, &mut relieve);
        relieve(&mut out);
        assert!(losses.is_empty() && most < 2 * LARGE + MIB, "{name}: {most}");
        let shown: serde_json::Value = serde_json::from_slice(&all).unwrap();
        assert!(shown["TEXT"] == serde_json::json!(values) && shown["ALONE"] == alone, "{name}");
    }
}

#[test]
fn an_entry_ends_where_no_more_is_wanted() {
    let file = journal();
    let entry = file.entries(0..1).next().unwrap().unwrap();
    for name in ["export", "verbose", "json"] {
        let format = Format::named(name).unwrap().with(Look { all: true, ..Look::default() });
        let (mut parts, mut out) = (0, Vec::new());
        format.worker().render_in_parts(&entry, None, &mut out, &mut Losses::default(), &mut |out| {
            parts += 1;
            out.clear();
            false
        });
        assert_eq!((parts, out.len()), (1, 0), "{name}");
    }
}
