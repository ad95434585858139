//! Written files, read back by the library's own reader.

use std::path::{Path, PathBuf};

use super::{Options, Record, Report, Seqnums, Stamp, Writer, write_journal, xor_hash};
use crate::error::Error;
use crate::file::{JournalFile, Options as Reading};
use crate::format::header::State;
#[cfg(feature = "zstd")]
use crate::format::header::incompatible;
use crate::format::{Id128, Inflater, Layout, Monotonic, Realtime, Seqnum};

/// A place for one test's file; gone at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lastwords-write-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("made.journal")
    }

    /// The names of what lies there.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn record(number: u64, fields: &[&[u8]]) -> Record {
    let stamp = Stamp {
        seqnum_id: Id128([7; 16]),
        seqnum: Seqnum(number * 10),
        realtime: Realtime(1_700_000_000_000_000 + number),
        monotonic: Monotonic(number),
        boot_id: Id128([1 + (number / 100) as u8; 16]),
        xor_hash: 0,
    };
    Record { stamp, fields: fields.iter().map(|field| field.to_vec()).collect() }
}

fn written(name: &str, options: &Options, records: &[Record]) -> (Report, JournalFile) {
    let place = Place::new(name);
    let report = write_journal(records.iter().cloned(), &place.file(), options).unwrap();
    assert_eq!(place.names(), ["made.journal"]);
    let bytes = std::fs::read(place.file()).unwrap();
    assert_eq!(bytes.len() as u64, report.size);
    (report, JournalFile::from_bytes(Path::new("made"), bytes, Reading::default()).unwrap())
}

/// The entries of a file as records, by the reader.
fn read(file: &JournalFile) -> Vec<Record> {
    let entry = |index| {
        let entry = file.entry(file.entry_at(index)).unwrap();
        let stamp = Stamp {
            seqnum_id: file.header().seqnum_id,
            seqnum: entry.seqnum(),
            realtime: entry.realtime(),
            monotonic: entry.monotonic(),
            boot_id: entry.boot_id(),
            xor_hash: entry.head().xor_hash,
        };
        Record { stamp, fields: entry.fields().map(|field| field.unwrap().payload().to_vec()).collect() }
    };
    (0..file.arrays().len()).map(entry).collect()
}

/// The same records with their hashes.
fn hashed(records: &[Record]) -> Vec<Record> {
    let hashed = records.iter().cloned().map(|mut record| {
        record.stamp.xor_hash = xor_hash(record.fields.iter().map(Vec::as_slice));
        record
    });
    hashed.collect()
}

fn many(count: u64) -> Vec<Record> {
    let text = |number: u64| {
        [
            format!("MESSAGE=line {number}"),
            format!("PRIORITY={}", number % 8),
            format!("RARE={}", number / 17),
            "SAME=1".to_owned(),
        ]
    };
    let record = |number| record(number, &text(number).each_ref().map(|text| text.as_bytes()));
    (1..=count).map(record).collect()
}

const LAYOUTS: [Layout; 2] = [Layout::Compact, Layout::Regular];

#[test]
fn every_entry_comes_back_with_its_fields_in_order() {
    let large = [b"LARGE=".as_slice(), &[b'x'; 1 << 20]].concat();
    let noise: Vec<u8> = (0..5000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let noise = [b"NOISE=".as_slice(), &noise].concat();
    let mut records = many(250);
    records.push(record(251, &[b"Z=last letter first", b"A=", b"A=", b"BINARY=\0\n=\xff", &large, &noise]));
    records.push(record(252, &[b"A=", b"A=", b"Z=last letter first"]));
    for layout in LAYOUTS {
        let (report, file) = written("order", &Options { layout, ..Options::default() }, &records);
        assert_eq!(read(&file), hashed(&records), "{layout:?}");
        assert_eq!((report.entries, report.boots, report.seqnums), (252, 3, Seqnums::Kept));
        assert!(file.losses().is_empty());
        let header = file.header();
        assert_eq!((header.state, header.header_size, header.layout()), (State::Archived, 272, layout));
        assert_eq!((header.head_entry_seqnum, header.tail_entry_seqnum), (Seqnum(10), Seqnum(2520)));
        assert_eq!((header.n_data, header.n_fields), (Some(report.fields), Some(9)));
        assert_eq!(header.tail_entry_boot_id, Id128([3; 16]));
        assert_eq!(header.arena_size, report.size - 272);
        assert_eq!(file.objects(&file.parts(1)[0]).count() as u64, header.n_objects);
    }
}

#[test]
fn every_field_is_found_by_its_hash_with_all_its_entries() {
    let records = many(2500);
    for layout in LAYOUTS {
        let (_, file) = written("lookup", &Options { layout, ..Options::default() }, &records);
        for payload in ["SAME=1", "PRIORITY=3", "RARE=0", "RARE=100", "MESSAGE=line 2500"] {
            let has = |record: &&Record| record.fields.iter().any(|field| field == payload.as_bytes());
            let wanted: Vec<Seqnum> = records.iter().filter(has).map(|record| record.stamp.seqnum).collect();
            let data = file.find_data(payload.as_bytes(), &mut Inflater::default()).unwrap().unwrap();
            let entries = file.entries_of(&data);
            let found = entries.iter().map(|at| file.entry(at).unwrap().seqnum());
            assert_eq!(found.collect::<Vec<_>>(), wanted, "{payload} {layout:?}");
        }
        assert!(file.find_data(b"MESSAGE=line 2501", &mut Inflater::default()).unwrap().is_none());
    }
}

#[test]
#[cfg(feature = "zstd")]
fn long_payloads_are_compressed_where_that_helps_and_is_wanted() {
    let (short, long) = ([b"A=".as_slice(), &[b'x'; 509]].concat(), [b"A=".as_slice(), &[b'x'; 510]].concat());
    for (payload, compress, size) in [(&short, true, false), (&long, true, true), (&long, false, false)] {
        let options = Options { compress, ..Options::default() };
        let (_, file) = written("zstd", &options, &[record(1, &[payload])]);
        assert_eq!(file.header().incompatible_flags & incompatible::ZSTD != 0, size);
        assert_eq!(read(&file)[0].fields, std::slice::from_ref(payload));
    }
}

#[test]
fn numbers_are_kept_only_where_they_grow_within_one_id() {
    let (ids, falls) = (Id128([8; 16]), Seqnum(5));
    let mut records = many(10);
    let (report, _) = written("kept", &Options::default(), &records);
    assert_eq!((report.seqnums, report.seqnum_id, report.head_seqnum), (Seqnums::Kept, Id128([7; 16]), Seqnum(10)));
    let name = "system@07070707070707070707070707070707-000000000000000a-00060a24181e4001.journal";
    assert_eq!(report.archived_name("system"), name);
    for (change, why) in [((ids, Seqnum(1000)), Seqnums::OfSeveral), ((Id128([7; 16]), falls), Seqnums::Disordered)] {
        (records[9].stamp.seqnum_id, records[9].stamp.seqnum) = change;
        let file_id = Some(Id128([9; 16]));
        let (report, file) = written("anew", &Options { file_id, ..Options::default() }, &records);
        assert_eq!((report.seqnums, report.seqnum_id, report.head_seqnum), (why, Id128([9; 16]), Seqnum(1)));
        let seqnums: Vec<u64> = read(&file).iter().map(|record| record.stamp.seqnum.0).collect();
        assert_eq!(seqnums, (1..=10).collect::<Vec<_>>());
        assert_eq!((file.header().head_entry_seqnum, file.header().tail_entry_seqnum), (Seqnum(1), Seqnum(10)));
    }
}

#[test]
fn what_no_journal_can_hold_is_counted() {
    let mut records = many(4);
    records[0].stamp.boot_id = Id128::default();
    records[1].fields = vec![b"no name".to_vec(), b"__CURSOR=x".to_vec()];
    records[2].stamp.realtime = Realtime(1 << 55);
    let (report, file) = written("refused", &Options::default(), &records);
    assert_eq!((report.refused, report.entries), (3, 1));
    assert_eq!(read(&file), hashed(&records[3..]));
    let (report, file) = written("none", &Options::default(), &[]);
    assert_eq!((report.entries, file.arrays().len(), file.header().tail_object_offset.is_some()), (0, 0, true));
}

#[test]
fn a_target_is_never_overwritten_and_nothing_half_is_left() {
    let place = Place::new("target");
    std::fs::write(place.file(), "mine").unwrap();
    let refused = Writer::create(&place.file(), &Options::default()).unwrap_err();
    assert!(matches!(refused, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists));
    std::fs::remove_file(place.file()).unwrap();
    let mut writer = Writer::create(&place.file(), &Options::default()).unwrap();
    let data = writer.data(b"A=1").unwrap().unwrap();
    writer.entry(&record(1, &[]).stamp, &[data]).unwrap();
    assert_eq!(place.names().len(), 1);
    assert!(!place.names()[0].ends_with(".journal"), "{:?}", place.names());
    // Somebody takes the name meanwhile.
    std::fs::write(place.file(), "mine").unwrap();
    assert!(writer.finish().is_err());
    assert_eq!(place.names(), ["made.journal"]);
    assert_eq!(std::fs::read(place.file()).unwrap(), b"mine");
    drop(Writer::create(&place.0.join("other.journal"), &Options::default()).unwrap());
    assert_eq!(place.names(), ["made.journal"]);
    assert!(Writer::create(&place.0.join("no/folder.journal"), &Options::default()).is_err());
}
