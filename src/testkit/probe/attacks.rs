//! Files made to cost much: each small, each with a structure that no writer makes.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use super::hostile::Hostile;
#[cfg(feature = "zstd")]
use super::hostile::bomb;
use crate::corrupt::Losses;
use crate::file::{JournalFile, Options};
#[cfg(feature = "zstd")]
use crate::format::hash::jenkins64;
use crate::journal::Journal;
use crate::query::{Query, Selection};

fn arrays_within_arrays(size: usize) -> Vec<u8> {
    let mut file = Hostile::new();
    let entry = file.entry(1, [1; 16], &[320]);
    let from = file.0.len();
    file.0.resize(size, 0);
    for at in (from..size - 32).step_by(24) {
        file.put(at, 6);
        file.put(at + 8, (size - at) & !7);
        file.put(at + 16, at + 24);
    }
    file.put(size - 8, entry);
    file.put(176, from);
    file.0
}

/// Slots that name the same two entries again and again.
fn two_entries_by_turns(size: usize) -> Vec<u8> {
    let mut file = Hostile::new();
    let entries = [file.entry(1, [1; 16], &[320]), file.entry(1, [2; 16], &[320])];
    file.array((0..size / 8).map(|slot| entries[slot % 2]));
    file.0
}

/// A listed boot whose slots, but the last, all name one entry.
fn one_entry_again_and_again(size: usize) -> Vec<u8> {
    let mut file = Hostile::new();
    let (one, last) = (file.entry(1, [1; 16], &[320]), file.entry(2, [1; 16], &[320]));
    let n = size / 16;
    let data = file.data(0, b"_BOOT_ID=01010101010101010101010101010101");
    file.field(b"_BOOT_ID", &[data]);
    file.array((0..n).map(|slot| if slot + 1 == n { last } else { one }));
    let array = file.0.len();
    file.array((1..n).map(|slot| if slot + 1 == n { last } else { one }));
    let main = array - 24 - 8 * n;
    file.put(176, main);
    file.put(152, n);
    for (part, value) in [(40, one), (48, array), (56, n)] {
        file.put(data + part, value);
    }
    file.0
}

/// Half of the boots end before the other half begins.
fn two_crowds_of_boots(size: usize) -> Vec<u8> {
    let mut file = Hostile::new();
    let n = size / 90;
    let id = |boot: usize| ((boot as u128) + 1).to_le_bytes();
    let entries: Vec<usize> = (0..n).map(|boot| file.entry(1 + 2 * boot / n, id(boot), &[320])).collect();
    file.array(entries.into_iter());
    file.0
}

/// Every boot's list is the same long chain of arrays with one slot.
fn lists_that_share_a_chain(size: usize) -> Vec<u8> {
    let mut file = Hostile::new();
    let entry = file.entry(1, [1; 16], &[320]);
    let boots: Vec<usize> = (0..size / 256).map(|n| file.data(0, format!("_BOOT_ID={n:032x}").as_bytes())).collect();
    let first = file.0.len();
    for _ in 0..size / 64 {
        let at = file.object(6, 0, 16);
        file.put(at + 16, at + 32);
        file.put(at + 24, entry);
    }
    let end = file.0.len() - 16;
    file.put(end, 0);
    for data in &boots {
        file.put(data + 48, first.next_multiple_of(8));
    }
    file.field(b"_BOOT_ID", &boots);
    file.array([entry].into_iter());
    file.0
}

/// Every bucket starts the same long chain.
fn buckets_that_share_a_chain(size: usize) -> Vec<u8> {
    let mut file = Hostile::new();
    let buckets = size / 32;
    let table = file.object(5, 0, 16 * buckets);
    file.put(120, table + 16);
    file.put(128, 16 * buckets);
    let first = file.0.len().next_multiple_of(8);
    for _ in 0..size / 96 {
        let at = file.object(2, 0, 26);
        file.0[at + 40..].copy_from_slice(b"AB");
        file.put(at + 24, at + 48);
    }
    for bucket in 0..buckets {
        file.put(table + 16 + 16 * bucket, first);
    }
    file.0
}

/// Slots that all name one entry with very many items, and no table of fields.
fn one_huge_entry(size: usize) -> Vec<u8> {
    let mut file = Hostile::new();
    let data = file.data(0, b"A=1");
    let entry = file.entry(1, [0; 16], &vec![data; size / 32]);
    file.put(120, size);
    file.array((0..size / 16).map(|_| entry));
    file.0
}

/// Values, and items of entries that lost their boot, that inflate to thousands of times their length.
#[cfg(feature = "zstd")]
fn bombs(size: usize) -> Vec<u8> {
    let mut file = Hostile::new();
    let data: Vec<usize> = (0..size / 2048).map(|n| file.data(4, &bomb(format!("MESSAGE={n}").as_bytes()))).collect();
    for data in &data {
        file.put(data + 16, jenkins64(b"MESSAGE=1") as usize);
    }
    for pair in data.windows(2) {
        file.put(pair[0] + 24, pair[1]);
    }
    file.put(320, data[0]);
    file.field(b"MESSAGE", &data);
    let items: Vec<usize> = data.iter().copied().cycle().take(1024).collect();
    let entries: Vec<usize> =
        (0..size / 65536).map(|seqnum| file.entry(seqnum + 1, [(seqnum % 3) as u8; 16], &items)).collect();
    file.array(entries.into_iter());
    file.0
}

/// What each question of interest costs: open, spans, names, values, a look-up, boots, the order beside a copy.
fn cost(bytes: &[u8]) -> Duration {
    let start = Instant::now();
    let open = || JournalFile::from_bytes(Path::new("hostile.journal"), bytes.to_vec(), Options::default()).unwrap();
    let file = open();
    assert!(file.arrays().len() <= bytes.len() / 4);
    let (mut names, mut losses) = (BTreeSet::new(), Losses::default());
    file.field_names(&mut names, &mut losses);
    for name in names.iter().take(4) {
        let values = file.field_values(name, &mut losses);
        assert!(values.iter().map(|(value, _)| value.len()).sum::<usize>() <= 64 * bytes.len().max(1 << 20));
    }
    let mut inflater = crate::format::Inflater::default();
    let _ = file.find_data(b"MESSAGE=1", &mut inflater);
    let one = Journal::from_files(vec![file]);
    let two = Journal::from_files(vec![open(), open()]);
    for journal in [&one, &two] {
        assert!(journal.boots().len() <= bytes.len() / 64);
        let query = Query::default();
        Selection::of(journal, &query).walk(|_| true);
    }
    start.elapsed()
}

type Attack = (&'static str, fn(usize) -> Vec<u8>);

const ATTACKS: &[Attack] = &[
    ("arrays within arrays", arrays_within_arrays),
    ("two entries by turns", two_entries_by_turns),
    ("one entry again and again", one_entry_again_and_again),
    ("two crowds of boots", two_crowds_of_boots),
    ("lists that share a chain", lists_that_share_a_chain),
    ("buckets that share a chain", buckets_that_share_a_chain),
    ("one huge entry", one_huge_entry),
    #[cfg(feature = "zstd")]
    ("bombs", bombs),
];

#[test]
fn no_structure_makes_a_small_file_costly() {
    for (name, make) in ATTACKS {
        let taken = cost(&make(1 << 17));
        assert!(taken < Duration::from_secs(10), "{name}: {taken:?}");
    }
}

/// The promise itself, for a build with optimizations: `cargo test --release --features testkit -- --ignored mebibyte`.
#[test]
#[ignore = "needs a release build"]
fn a_mebibyte_of_any_structure_costs_less_than_a_second() {
    let taken: Vec<_> = ATTACKS.iter().map(|(name, make)| (*name, cost(&make(1 << 20)))).collect();
    assert!(taken.iter().all(|(_, taken)| *taken < Duration::from_secs(1)), "{taken:#?}");
}
