//! What holds for every journal and every query: direction, index, chunks and threads change nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;

use lastwords::file::{Cursor, Options};
use lastwords::format::{Inflater, Realtime};
use lastwords::journal::{Journal, Place};
use lastwords::output::Format;
use lastwords::query::{CHUNK, Matches, Query, Selection, Term};
use lastwords::testkit::synth::{Record, Synth, sample};
use support::{DEMO, files_in, is_journal, journal_of, lastwords, root};

/// All entries of a query, in its order.
fn selected(journal: &Journal, query: &Query) -> Vec<Place> {
    let mut places = Vec::new();
    Selection::of(journal, query).walk(|chunk| {
        assert!((1..=CHUNK).contains(&chunk.places.len()));
        assert_eq!(chunk.before, places.last().copied(), "a chunk knows what stands before it");
        places.extend(chunk.places);
        true
    });
    places
}

fn opened(paths: &[PathBuf]) -> Journal {
    Journal::open(paths, Options::default()).unwrap()
}

/// A sample split over files: each record is in those that `holds` says.
fn split(n: u64, files: u64, holds: impl Fn(u64, u64) -> bool) -> Journal {
    let part = |file: u64| {
        let records = sample(n).records().to_vec().into_iter().filter(|record| holds(file, record.seqnum));
        records.fold(Synth::new().file_id([file as u8; 16]), Synth::entry).build()
    };
    let names: Vec<String> = (0..files).map(|file| format!("{file}.journal")).collect();
    journal_of(names.iter().zip(0..).map(|(name, file)| (name.as_str(), part(file))))
}

/// Journals of every kind: each small file, the demo, made ones that lie in one file and that overlap in several.
fn journals() -> Vec<(String, Journal)> {
    let small = files_in("small", is_journal);
    assert_eq!(small.len(), 29);
    let mut journals: Vec<_> = small.into_iter().map(|path| (support::name(&path), opened(&[path]))).collect();
    journals.push(("demo".to_owned(), opened(&[root().join(DEMO)])));
    journals.push(("all small ones".to_owned(), opened(&files_in("small", is_journal))));
    journals.push(("one file".to_owned(), journal_of([("a.journal", sample(2100).build())])));
    journals.push(("round robin".to_owned(), split(300, 3, |file, seqnum| seqnum % 3 == file)));
    journals.push(("overlapping copies".to_owned(), split(300, 3, |file, seqnum| seqnum % 7 != file)));
    journals
}

/// A seeded sequence of numbers below `below`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

/// Payloads of a journal that can be asked for, and some that it has not.
fn payloads(journal: &Journal, dice: &mut Dice) -> Vec<Vec<u8>> {
    let places = selected(journal, &Query::default());
    let mut found = BTreeSet::from([b"MESSAGE=never logged".to_vec(), b"NEVER_LOGGED=1".to_vec()]);
    for _ in 0..12 {
        let entry = journal.entry(places[dice.roll(places.len())]).unwrap();
        let fields: Vec<_> = entry.fields().map(|field| field.unwrap().payload().to_vec()).collect();
        found.insert(fields[dice.roll(fields.len())].clone());
    }
    found.into_iter().filter(|payload| Term::read(payload).is_ok()).collect()
}

/// Terms combined in all ways that there are.
fn combined(payloads: &[Vec<u8>], dice: &mut Dice) -> Matches {
    let mut matches = Matches::default();
    for _ in 0..=dice.roll(4) {
        matches.add(Term::read(&payloads[dice.roll(payloads.len())]).unwrap());
        match dice.roll(5) {
            0 => matches.or(),
            1 => matches.and(),
            _ => {}
        }
    }
    matches
}

#[test]
fn what_the_index_finds_is_what_reading_every_entry_finds() {
    let (mut dice, mut hits) = (Dice(1), 0);
    for (name, journal) in journals() {
        let all = selected(&journal, &Query::default());
        let payloads = payloads(&journal, &mut dice);
        for _ in 0..12 {
            let query = Query { matches: combined(&payloads, &mut dice), ..Query::default() };
            let mut inflater = Inflater::default();
            let mut holds = |place: &&Place| query.matches.holds(&journal.entry(**place).unwrap(), &mut inflater);
            let scanned: Vec<Place> = all.iter().filter(&mut holds).copied().collect();
            assert_eq!(selected(&journal, &query), scanned, "{name}: {:?}", query.matches);
            let read = selected(&journal, &query.clone().without_index());
            assert_eq!(read, scanned, "{name}, without the index: {:?}", query.matches);
            hits += scanned.len();
        }
    }
    assert!(hits > 10_000, "only {hits} entries found: are the terms too rare?");
}

/// Queries that restrict in every way, alone and together.
fn queries(journal: &Journal, dice: &mut Dice) -> Vec<Query> {
    let payloads = payloads(journal, dice);
    let (first, last) =
        (journal.boots().first().unwrap().first.realtime, journal.boots().last().unwrap().last.realtime);
    let middle = Some(Realtime(first.0.midpoint(last.0)));
    let matches = combined(&payloads, dice);
    vec![
        Query::default(),
        Query { matches: matches.clone(), ..Query::default() },
        Query { boot: Some(0), ..Query::default() },
        Query { since: middle, ..Query::default() },
        Query { until: middle, matches: matches.clone(), ..Query::default() },
        Query { boot: Some(journal.boots().len() - 1), since: middle, matches, ..Query::default() },
    ]
}

#[test]
fn backwards_is_forwards_reversed_and_the_last_ones_are_its_end() {
    let mut dice = Dice(2);
    for (name, journal) in journals() {
        for query in queries(&journal, &mut dice) {
            let forward = selected(&journal, &query);
            let mut backward = selected(&journal, &Query { reverse: true, ..query.clone() });
            backward.reverse();
            assert_eq!(forward, backward, "{name}: {query:?}");
            for wanted in [0, 1, 10, forward.len(), usize::MAX] {
                let end = forward.len().saturating_sub(wanted);
                let newest = Query { last: Some(wanted), ..query.clone() };
                assert_eq!(selected(&journal, &newest), forward[end..], "{name}: last {wanted} of {query:?}");
                let mut reversed = selected(&journal, &Query { reverse: true, ..newest });
                reversed.reverse();
                assert_eq!(reversed, forward[end..], "{name}: last {wanted} of {query:?}, reversed");
            }
        }
    }
}

/// Few are first looked for by reading entries; where that takes too long, the index is asked in the middle of a file.
#[test]
fn the_newest_few_are_found_however_far_away_they_are() {
    const ENTRIES: u64 = 20_000;
    let has = |seqnum: u64| if seqnum % 4999 == 1 { "A=x" } else { "A=y" };
    let synth = (1..=ENTRIES).map(|seqnum| Record::new(seqnum).field(has(seqnum))).fold(Synth::new(), Synth::entry);
    let journal = journal_of([("a.journal", synth.build())]);
    for terms in [["A=x"], ["A~=^x"], ["A!=y"]] {
        let query = Query::new().matching(Matches::read(&terms).unwrap());
        let all = selected(&journal, &query);
        assert_eq!(all.len(), 5, "{terms:?}");
        for wanted in 1..=6 {
            assert_eq!(selected(&journal, &query.clone().newest(wanted)), all[5_usize.saturating_sub(wanted)..]);
            assert_eq!(selected(&journal, &query.clone().first(wanted)), all[..wanted.min(5)]);
        }
    }
}

#[test]
fn boots_and_times_restrict_to_entries_of_that_boot_and_time() {
    let mut dice = Dice(3);
    for (name, journal) in journals() {
        let all = selected(&journal, &Query::default());
        for query in queries(&journal, &mut dice) {
            let query = Query { matches: Matches::default(), ..query };
            let boot = query.boot.map(|boot| journal.boots()[boot].id);
            let wanted = |place: &&Place| {
                let entry = journal.entry(**place).unwrap();
                boot.is_none_or(|boot| entry.boot_id() == boot)
                    && query.since.is_none_or(|since| entry.realtime() >= since)
                    && query.until.is_none_or(|until| entry.realtime() <= until)
            };
            let filtered: Vec<Place> = all.iter().filter(wanted).copied().collect();
            assert_eq!(selected(&journal, &query), filtered, "{name}: {query:?}");
        }
    }
}

#[test]
fn the_boots_have_all_entries_between_them() {
    for (name, journal) in journals() {
        let of = |boot| selected(&journal, &Query { boot: Some(boot), ..Query::default() });
        let each: Vec<Place> = (0..journal.boots().len()).flat_map(of).collect();
        let counts: Vec<u64> = (0..journal.boots().len()).map(|boot| journal.entry_count(boot)).collect();
        assert_eq!(counts.iter().sum::<u64>(), each.len() as u64, "{name}: {counts:?}");
        let key = |place: &Place| (place.file, place.at.0);
        let whole = selected(&journal, &Query::default());
        assert_eq!(each.iter().map(key).collect::<BTreeSet<_>>(), whole.iter().map(key).collect(), "{name}");
        assert_eq!(each.len(), whole.len(), "{name}");
    }
}

#[test]
fn every_cursor_reads_back_and_names_its_entry_alone() {
    for (name, journal) in journals().into_iter().filter(|(name, _)| name != "all small ones") {
        let places = selected(&journal, &Query::default());
        let mut texts = BTreeSet::new();
        for place in &places {
            let entry = journal.entry(*place).unwrap();
            let text = entry.cursor().to_string();
            let cursor: Cursor = text.parse().unwrap();
            assert_eq!(cursor, entry.cursor(), "{name}: {text}");
            assert_eq!(cursor.to_string(), text, "{name}");
            assert!(cursor.names(&entry), "{name}: {text}");
            let other = journal.entry(places[places.len() - 1]).unwrap();
            assert_eq!(cursor.names(&other), *place == places[places.len() - 1], "{name}: {text}");
            texts.insert(text);
        }
        assert_eq!(texts.len(), places.len(), "{name}");
    }
}

#[test]
fn one_thread_and_many_print_the_same_in_every_format() {
    for format in Format::NAMES {
        for order in ["--lines=all", "--reverse"] {
            let print = |threads| lastwords(&["show", DEMO, "-o", format, order, "--threads", threads]);
            let one = print("1");
            assert!(!one.stdout.is_empty() && one.status == 0, "{format}");
            for threads in ["2", "5"] {
                let many = print(threads);
                assert!(one.stdout == many.stdout && many.status == 0, "{format} {order} by {threads} threads");
            }
        }
    }
}
