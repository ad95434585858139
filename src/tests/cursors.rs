//! A walk that begins at a cursor is the rest of the whole walk, in either direction.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use lastwords::file::Options;
use lastwords::journal::Place;
use lastwords::query::Start;
use lastwords::{Journal, Matches, Query, Selection};

fn journal(paths: &[&str]) -> Journal {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let paths: Vec<_> = paths.iter().map(|path| root.join(path)).collect();
    Journal::open(&paths, Options::default()).unwrap()
}

fn walked(journal: &Journal, query: &Query) -> Vec<Place> {
    let mut places = Vec::new();
    Selection::of(journal, query).each(query.reverse, |place| {
        places.push(place);
        true
    });
    places
}

fn from(journal: &Journal, place: Place, after: bool, query: &Query) -> Vec<Place> {
    let cursor = journal.entry(place).unwrap().cursor();
    let start = Some(Start::at(journal, &cursor, after).unwrap());
    walked(journal, &Query { start, ..query.clone() })
}

/// Every walk from every seventh entry on.
fn holds(journal: &Journal, query: &Query) -> usize {
    let all = walked(journal, query);
    let mut compared = 0;
    for (index, place) in all.iter().enumerate().step_by(7) {
        assert_eq!(from(journal, *place, false, query), all[index..], "entry {index}");
        assert_eq!(from(journal, *place, true, query), all[index + 1..], "behind entry {index}");
        compared += 1;
    }
    compared
}

#[test]
fn a_walk_from_a_cursor_is_the_rest_of_the_whole() {
    // Runs, and groups that are merged: the demo has a user's journal, the small ones are copies of each other.
    for paths in [&["demo"][..], &["small"], &["demo", "broken/unharmed.journal"]] {
        let journal = journal(paths);
        let query = Query::default();
        assert!(holds(&journal, &query) > 50, "{paths:?}");
        assert!(holds(&journal, &Query { reverse: true, ..query }) > 50, "{paths:?}");
    }
}

#[test]
fn what_lies_before_a_cursor_is_passed_over_whatever_else_is_asked() {
    let journal = journal(&["demo"]);
    let matches = Matches::read(&["_TRANSPORT=kernel"]).unwrap();
    assert!(holds(&journal, &Query { matches, ..Query::default() }) > 20);
}

#[test]
fn the_cursor_need_not_be_among_the_entries_asked_for() {
    let journal = journal(&["demo"]);
    let all = walked(&journal, &Query::default());
    let matches = Matches::read(&["_TRANSPORT=kernel"]).unwrap();
    let query = Query { matches, ..Query::default() };
    let kernel = walked(&journal, &query);
    for index in (0..all.len()).step_by(50) {
        let rest: Vec<_> = all[index..].iter().filter(|place| kernel.contains(place)).copied().collect();
        assert_eq!(from(&journal, all[index], false, &query), rest, "entry {index}");
    }
}

#[test]
fn a_cursor_of_no_entry_is_said() {
    let journal = journal(&["demo"]);
    let cursor =
        "s=00000000000000000000000000000001;i=5;b=00000000000000000000000000000002;m=7;t=8;x=9".parse().unwrap();
    assert!(Start::at(&journal, &cursor, false).is_err());
}

#[test]
fn a_cursor_whose_seqnum_is_anothers_names_the_entry_and_contradicts_itself() {
    let journal = journal(&["demo"]);
    let places = walked(&journal, &Query::default());
    let [one, next] = [places[700], places[701]].map(|place| journal.entry(place).unwrap());
    let cursor = one.cursor();
    let wrong = lastwords::file::Cursor { seqnum: Some(next.seqnum()), ..cursor };
    let strange = lastwords::file::Cursor { seqnum_id: Some(lastwords::format::Id128([7; 16])), ..cursor };
    for (cursor, contradicts) in [(cursor, false), (wrong, true), (strange, false)] {
        let start = Start::at(&journal, &cursor, false).unwrap();
        assert_eq!(start.contradicts(&journal, &cursor), contradicts, "{cursor}");
        let query = Query { start: Some(start), ..Query::default() };
        assert_eq!(walked(&journal, &query), places[700..], "{cursor}");
    }
}

#[test]
fn a_cursor_of_no_entry_leads_to_what_stands_next_to_its_place() {
    let journal = journal(&["demo"]);
    let all = walked(&journal, &Query::default());
    for index in [0, 300, 700, 1500] {
        let one = journal.entry(all[index]).unwrap().cursor();
        let cursor = lastwords::file::Cursor::default();
        let before = lastwords::format::Monotonic(one.monotonic.unwrap().0 - 1);
        let by_time = lastwords::file::Cursor { boot_id: one.boot_id, monotonic: Some(before), ..cursor };
        let by_number = lastwords::file::Cursor {
            seqnum_id: one.seqnum_id,
            seqnum: one.seqnum,
            xor_hash: Some(!one.xor_hash.unwrap()),
            ..cursor
        };
        for cursor in [by_time, by_number] {
            assert!(Start::at(&journal, &cursor, false).is_err(), "{cursor}");
            let from = |reverse| {
                let start = Some(Start::near(&journal, &cursor, reverse).unwrap());
                walked(&journal, &Query { start, reverse, ..Query::default() })
            };
            assert_eq!(from(false), all[index..], "{cursor}");
            let before: Vec<_> = all[..index].iter().rev().copied().collect();
            assert_eq!(from(true), before, "{cursor}");
        }
        let by_clock = lastwords::file::Cursor { realtime: one.realtime, ..cursor };
        let start = |after| Some(Start::at(&journal, &by_clock, after).unwrap());
        assert_eq!(walked(&journal, &Query { start: start(false), ..Query::default() }), all[index..], "{by_clock}");
        assert_eq!(walked(&journal, &Query { start: start(true), ..Query::default() }), all[index + 1..], "{by_clock}");
    }
    let nowhere = "b=00000000000000000000000000000002;m=7".parse().unwrap();
    assert!(Start::near(&journal, &nowhere, false).is_none());
}
