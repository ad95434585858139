//! What stands around an entry is a cut out of the whole walk, whatever else is asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::HashSet;

use lastwords::format::Realtime;
use lastwords::journal::Place;
use lastwords::query::{Around, Nearest, Start};
use lastwords::testkit::synth::{Record, Synth};
use lastwords::{Journal, Matches, Query, Selection};
use support::{Folder, journal_of, lastwords, testdata};

const CONTEXT: usize = 3;

fn journal(paths: &[&str]) -> Journal {
    let paths: Vec<_> = paths.iter().map(|path| testdata(path)).collect();
    Journal::open(&paths, lastwords::file::Options::default()).unwrap()
}

fn walked(journal: &Journal, query: &Query) -> Vec<Place> {
    let mut places = Vec::new();
    Selection::of(journal, query).each(false, |place| {
        places.push(place);
        true
    });
    places
}

/// The places of what was gathered, as it is shown.
fn shown(journal: &Journal, around: &Around, query: &Query) -> Vec<Place> {
    let mut places = Vec::new();
    around.walk(journal, query, &mut |chunk| {
        places.extend(chunk.chunk.places);
        true
    });
    places
}

/// Compares what stands around entries here and there with the same part of the whole walk.
fn holds(journal: &Journal, query: &Query) {
    let all = walked(journal, &Query::default());
    let selected: HashSet<Place> = walked(journal, query).into_iter().collect();
    let wanted = |places: &[Place]| places.iter().filter(|place| selected.contains(place)).copied().collect::<Vec<_>>();
    for (index, place) in all.iter().enumerate().step_by(41).chain([(all.len() - 1, all.last().unwrap())]) {
        let start = Start::at(journal, &journal.entry(*place).unwrap().cursor(), false).unwrap();
        let query = Query { start: Some(start), ..query.clone() };
        let around = Around::entry(journal, &Selection::of(journal, &query), &start, CONTEXT);
        let (before, after) = (wanted(&all[..index]), wanted(&all[index + 1..]));
        let before = &before[before.len().saturating_sub(CONTEXT)..];
        let mut expected = [before, &[*place], &after[..CONTEXT.min(after.len())]].concat();
        assert_eq!(shown(journal, &around, &query), expected, "entry {index}");
        expected.reverse();
        assert_eq!(shown(journal, &around, &Query { reverse: true, ..query }), expected, "entry {index}, reversed");
    }
}

#[test]
fn what_stands_around_an_entry_is_a_cut_out_of_the_whole() {
    // Runs, and groups that are merged: the demo has a user's journal, the other is its own file.
    for paths in [&["demo"][..], &["demo", "broken/unharmed.journal"]] {
        holds(&journal(paths), &Query::default());
    }
}

#[test]
fn filters_choose_among_the_entries_around_and_never_leave_out_the_one_itself() {
    let journal = journal(&["demo"]);
    let matches = Matches::read(&["_TRANSPORT=kernel"]).unwrap();
    holds(&journal, &Query { matches, ..Query::default() });
    holds(&journal, &Query { boot: Some(3), ..Query::default() });
}

#[test]
fn around_a_moment_are_the_entries_before_it_and_from_it_on() {
    let journal = journal(&["demo"]);
    let all = walked(&journal, &Query::default());
    let times: Vec<u64> = all.iter().map(|place| journal.entry(*place).unwrap().realtime().0).collect();
    // What follows is the definition only where the clock ran on, as it did here, also where files are merged.
    assert!(times.is_sorted());
    for time in times.iter().step_by(53).flat_map(|time| [time - 1, *time, time + 1]) {
        let nearest = Nearest::of(&journal, None, Realtime(time));
        let query = Query { start: nearest.start, ..Query::default() };
        let around = Around::moment(&journal, &Selection::of(&journal, &query), nearest.start.as_ref(), CONTEXT);
        let from = times.partition_point(|other| *other < time);
        let expected = &all[from.saturating_sub(CONTEXT)..(from + CONTEXT).min(all.len())];
        assert_eq!(shown(&journal, &around, &query), expected, "{time}");
    }
}

/// Entries, each logged at its second, in boots of ten entries.
fn clocked(seconds: &[u64]) -> Journal {
    let record = |(n, second): (u64, &u64)| {
        let boot = u8::try_from(n / 10 + 1).unwrap();
        Record::new(n + 1).boot(boot).at(second * 1_000_000, n + 1).field(format!("MESSAGE={n}"))
    };
    let synth = (0..).zip(seconds).map(record).fold(Synth::new(), Synth::entry);
    journal_of([("made", synth.build())])
}

/// The numbers of the entries around a second, and in how many boots the clock showed it.
fn around(journal: &Journal, second: u64, boot: Option<usize>) -> (Vec<u64>, usize) {
    let nearest = Nearest::of(journal, boot, Realtime(second * 1_000_000));
    let query = Query { start: nearest.start, boot, ..Query::default() };
    let around = Around::moment(journal, &Selection::of(journal, &query), nearest.start.as_ref(), 2);
    let number = |place: &Place| journal.entry(*place).unwrap().seqnum().0 - 1;
    (shown(journal, &around, &query).iter().map(number).collect(), nearest.boots)
}

#[test]
fn a_moment_stands_between_what_came_before_it_and_what_came_from_then_on() {
    let journal = clocked(&(0..20).map(|n| 1_700_000_000 + n * 10).collect::<Vec<_>>());
    let base = 1_700_000_000;
    for (second, expected) in [
        (base + 55, (vec![4, 5, 6, 7], 1)),
        (base + 60, (vec![4, 5, 6, 7], 1)),
        (base + 95, (vec![8, 9, 10, 11], 0)),
        (base, (vec![0, 1], 1)),
        (base - 1, (vec![0, 1], 0)),
        (base + 190, (vec![17, 18, 19], 1)),
        (base + 191, (vec![18, 19], 0)),
    ] {
        assert_eq!(around(&journal, second, None), expected, "{}", second - base);
    }
    assert_eq!(around(&journal, base + 95, Some(0)), (vec![8, 9], 0));
    assert_eq!(around(&journal, base + 95, Some(1)), (vec![10, 11], 0));
}

#[test]
fn a_time_that_several_boots_had_is_the_first_boot_s_unless_one_is_named() {
    // A device without a clock of its own: each boot begins at the same time.
    let journal = clocked(&(0..20).map(|n| 1_700_000_000 + n % 10 * 10).collect::<Vec<_>>());
    let second = 1_700_000_035;
    assert_eq!(around(&journal, second, None), (vec![2, 3, 4, 5], 2));
    assert_eq!(around(&journal, second, Some(1)), (vec![12, 13, 14, 15], 1));
}

#[test]
fn the_command_shows_what_stands_around() {
    let folder = Folder::new("around");
    let record = |n: u64| Record::new(n).field(format!("MESSAGE=line {n}")).field(format!("ODD={}", n % 2));
    let path = folder.file("system.journal", &(1..=40).map(record).fold(Synth::new(), Synth::entry).build());
    let show = |args: &[&str]| lastwords(&[&["show", path.to_str().unwrap(), "-o", "cat"], args].concat());
    let lines = |numbers: &[u64]| numbers.iter().map(|n| format!("line {n}\n")).collect::<String>();
    let export = lastwords(&["show", path.to_str().unwrap(), "-o", "export", "MESSAGE=line 20"]);
    let cursor = export.text().lines().next().unwrap().strip_prefix("__CURSOR=").unwrap().to_owned();

    assert_eq!(show(&["--around", &cursor]).text(), lines(&(10..=30).collect::<Vec<_>>()));
    assert_eq!(show(&["--around", &cursor, "--context", "1"]).text(), lines(&[19, 20, 21]));
    assert_eq!(show(&["--around", &cursor, "--context", "0"]).text(), lines(&[20]));
    assert_eq!(show(&["--around", &cursor, "--context", "2", "ODD=1"]).text(), lines(&[17, 19, 20, 21, 23]));
    assert_eq!(show(&["--around", &cursor, "--context", "1", "-r"]).text(), lines(&[21, 20, 19]));
    // Entry n was logged n seconds after 2023-11-14 22:13:20.
    assert_eq!(show(&["--around", "2023-11-14 22:13:30", "--context", "2"]).text(), lines(&[8, 9, 10, 11]));
    assert_eq!(show(&["--around", "-5s", "--now=journal-end", "--context", "1"]).text(), lines(&[34, 35]));

    let gone = cursor.replace("i=14;", "i=ff;").replace("m=1312d00", "m=1");
    let near = show(&["--around", &gone, "--context", "1"]);
    assert_eq!((near.text(), near.status), (lines(&[19, 20]).as_str(), 0), "{}", near.stderr);
    assert!(near.stderr.contains("not here"), "{}", near.stderr);
    assert_eq!(show(&["--around", "no time"]).status, 2);
    assert_eq!(show(&["--around", &cursor, "-n", "3"]).status, 2);
    for question in [&["-F", "ODD"][..], &["-N"], &["--list-boots"], &["--header"], &["--disk-usage"]] {
        let answer = show(&[&["--around", "no time"], question].concat());
        assert_eq!((answer.status, answer.text()), (2, ""), "{question:?}");
        assert!(answer.stderr.contains("cannot be used with"), "{question:?}: {}", answer.stderr);
    }
}
