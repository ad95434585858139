use std::path::Path;

use jiff::tz::TimeZone;

use super::*;
use crate::file::{JournalFile, Options};
use crate::journal::Journal;
use crate::query::{Matches, Query};
use crate::testkit::synth::{Codec, Record, Synth, sample};

fn journal(synth: &Synth) -> Journal {
    Journal::from_files(vec![JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap()])
}

fn field(name: &str) -> Key {
    Key::Field(name.to_owned())
}

fn groups(table: &Table) -> Vec<(String, u64)> {
    let text = |value: &Value| match value {
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => format!("{other:?}"),
    };
    table.groups.iter().map(|group| (text(&group.value), group.sum.entries)).collect()
}

/// The payload bytes of a record; the builder adds `_BOOT_ID=` with 32 digits.
fn payload(record: &Record) -> u64 {
    record.fields.iter().map(|field| field.len() as u64).sum::<u64>() + 41
}

#[test]
fn entries_and_bytes_are_those_of_the_records_whatever_the_codec() {
    for codec in [Codec::None, Codec::Zstd, Codec::Lz4, Codec::Xz] {
        for compact in [true, false] {
            let synth = sample(80).codec(codec).compact(compact);
            let keys = [field("_SYSTEMD_UNIT"), field("NOTE"), field("NO_SUCH")];
            let stats = Stats::of(&Selection::of(&journal(&synth), &Query::default()), &keys, 0, 2);
            let bytes: u64 = synth.records().iter().map(payload).sum();
            assert_eq!((stats.total.entries, stats.total.bytes), (80, bytes), "{codec:?}");
            let units: Vec<_> = (0..5).map(|unit| (format!("unit{unit}.service"), 16)).collect();
            assert_eq!(groups(&stats.tables[0]), units);
            assert_eq!(stats.tables[1].groups.len(), 10, "{codec:?}: values that are compressed are told apart");
            assert_eq!(groups(&stats.tables[2]), [("Absent".to_owned(), 80)]);
            assert!(stats.losses.is_empty());
        }
    }
}

#[test]
fn a_count_of_users_that_its_list_contradicts_is_said_and_weighs_nothing_else() {
    for compact in [true, false] {
        let synth = sample(40).compact(compact);
        let of = |bytes| {
            let file = JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap();
            Stats::of(&Selection::of(&Journal::from_files(vec![file]), &Query::default()), &[], 0, 1)
        };
        let (right, sound) = (of(synth.build()).total, journal(&synth));
        let first = sound.entry(journal_places(&sound)[0]).unwrap();
        // One that claims no entry weighs as that of a single one.
        for (at, bit) in first.items().flat_map(|at| [1, 7, 40, 63].map(|bit| (at.0 as usize, bit))) {
            let mut bytes = synth.build();
            bytes[at + 56 + bit / 8] ^= 1 << (bit % 8);
            let found = of(bytes);
            assert_eq!(found.total, right, "{at} {bit}");
            // However many entries use it, it is one fault, and asked for once.
            let losses: Vec<u64> = found.losses.iter().map(|(_, losses)| losses.structure).collect();
            assert_eq!(losses, [1], "{at} {bit}");
        }
    }
}

#[test]
fn an_entry_with_several_values_counts_under_the_first_on_disk() {
    let record = |seqnum, first, second| Record::new(seqnum).field(first).field(second);
    let synth = Synth::new().entry(record(1, "TAG=a", "TAG=b")).entry(record(2, "TAG=c", "X=1"));
    let journal = journal(&synth);
    let stats = Stats::of(&Selection::of(&journal, &Query::default()), &[field("TAG")], 0, 1);
    let first = journal.entry(journal_places(&journal)[0]).unwrap().get("TAG").unwrap().into_owned();
    let first = String::from_utf8(first).unwrap();
    assert_eq!(groups(&stats.tables[0]), [(first, 1), ("c".to_owned(), 1)]);
    assert_eq!(stats.tables[0].several, 1);
    // As values of a field, both count.
    let values = values(&Selection::of(&journal, &Query::default()), &[b"TAG"], 1);
    assert_eq!(values.found, [[(b"a".to_vec(), 1), (b"b".to_vec(), 1), (b"c".to_vec(), 1)]]);
}

fn journal_places(journal: &Journal) -> Vec<crate::journal::Place> {
    let mut places = Vec::new();
    Selection::of(journal, &Query::default()).each(false, |place| {
        places.push(place);
        true
    });
    places
}

#[test]
fn on_disk_all_entries_together_take_what_their_objects_take() {
    for compact in [true, false] {
        let synth = sample(60).compact(compact).codec(Codec::Zstd);
        let journal = journal(&synth);
        let file = &journal.files()[0];
        let (slot, item) = if compact { (4, 4) } else { (8, 16) };
        let mut expected = 0;
        for place in journal_places(&journal) {
            let items = journal.entry(place).unwrap().items().len() as u64;
            expected += (64 + items * item).next_multiple_of(8) + slot;
        }
        for name in journal.field_names().found {
            for data in file.data_of(&file.find_field(&name).unwrap().unwrap()) {
                let data = data.unwrap();
                expected += (data.size(file.layout()) as u64).next_multiple_of(8) + (data.n_entries - 1) * slot;
            }
        }
        let stats = Stats::of(&Selection::of(&journal, &Query::default()), &[], 0, 2);
        assert!(stats.total.disk.abs_diff(expected) <= 60, "{} is not {expected}", stats.total.disk);
    }
}

#[test]
fn the_groups_of_every_key_sum_up_to_the_selection() {
    let journal = journal(&sample(500));
    let keys = ["priority", "boot", "machine", "hour", "day", "TAG", "BLOB", "NO_SUCH"];
    let keys: Vec<Key> = keys.iter().map(|key| Key::read(key, &TimeZone::UTC).unwrap()).collect();
    for terms in [&[][..], &["PRIORITY=3"], &["TAG=odd1", "_SYSTEMD_UNIT=unit2.service"], &["NO=1"]] {
        let query = Query { matches: Matches::read(terms).unwrap(), ..Query::default() };
        let stats = Stats::of(&Selection::of(&journal, &query), &keys, 0, 3);
        let mut count = 0;
        Selection::of(&journal, &query).each(false, |_| {
            count += 1;
            true
        });
        assert_eq!(stats.total.entries, count, "{terms:?}");
        for table in &stats.tables {
            for most in [0, 1, 3, usize::MAX] {
                let top = table.top(most, Measure::Bytes);
                let mut sum = top.rest;
                sum.add(top.absent);
                top.groups.iter().for_each(|group| sum.add(group.sum));
                assert_eq!(sum, stats.total, "{terms:?} by {}, {most}", table.key.name());
                assert!(top.groups.len() <= most);
            }
        }
        let mut sum = Sum::default();
        stats.timeline.bars().for_each(|(_, bar)| sum.add(*bar));
        assert_eq!(sum, stats.total, "{terms:?} over time");
    }
}

#[test]
fn the_top_has_the_largest_groups_and_keeps_an_order_that_says_something() {
    let record = |seqnum: u64, priority: u64| Record::new(seqnum).field(format!("PRIORITY={priority}"));
    let synth = [6, 6, 6, 3, 3, 7, 4].into_iter().zip(1..).map(|(priority, seqnum)| record(seqnum, priority));
    let journal = journal(&synth.fold(Synth::new(), Synth::entry));
    let stats = Stats::of(&Selection::of(&journal, &Query::default()), &[field("PRIORITY")], 0, 1);
    let top = stats.tables[0].top(2, Measure::Entries);
    let shown: Vec<_> = top.groups.iter().map(|group| (group.value.clone(), group.sum.entries)).collect();
    assert_eq!(shown, [(Value::Bytes(b"3".to_vec()), 2), (Value::Bytes(b"6".to_vec()), 3)]);
    assert_eq!((top.left_out, top.rest.entries, top.absent.entries), (2, 2, 0));
}

#[test]
fn each_boot_has_its_entries() {
    let journal = journal(&sample(11));
    let query = Query { matches: Matches::read(&["TAG=odd1"]).unwrap(), ..Query::default() };
    // Records 1 to 6 are of the first boot, 7 to 11 of the second.
    assert_eq!(boots(&Selection::of(&journal, &query), 2).0, [3, 3]);
    assert_eq!(boots(&Selection::of(&journal, &Query::default()), 1).0, [6, 5]);
    for place in journal_places(&journal) {
        let entry = journal.entry(place).unwrap();
        assert_eq!(journal.boot_of(place), Some(usize::from(entry.boot_id().0[0] == 2)));
    }
}

#[test]
fn names_are_those_of_the_chosen_entries_only() {
    let synth =
        Synth::new().entry(Record::new(1).field("A=1").field("B=1")).entry(Record::new(2).field("A=2").field("C=1"));
    let query = Query { matches: Matches::read(&["A=2"]).unwrap(), ..Query::default() };
    let found: Vec<_> = names(&Selection::of(&journal(&synth), &query), 1).found.into_iter().collect();
    assert_eq!(found, [&b"A"[..], b"C", b"_BOOT_ID"]);
}
