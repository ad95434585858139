//! Tests: where files are missing, by numbers.

use std::path::Path;

use super::*;
use crate::file::{JournalFile, Options};
use crate::testkit::synth::{Record, Synth};

const SYSTEM: u128 = 1;
const USER: u128 = 2;
const OTHER: u128 = 3;

/// Files of a series with an entry each second, numbered from `file`.
fn spans(series: u128, ranges: &[(u64, u64)], start: u64, file: usize) -> Vec<Span<'static>> {
    let (machine_id, seqnum_id) = (Id128::default(), Id128(series.to_be_bytes()));
    let times = |(from, to): (u64, u64)| (start + from, start + to);
    let span = |(file, range)| Span { machine_id, namespace: None, seqnum_id, range, times: times(range), file };
    (file..).zip(ranges.iter().copied()).map(span).collect()
}

/// The holes of the first of some series, with users' files.
fn found(series: &[Vec<Span<'_>>], users: &[Span<'_>]) -> Vec<(usize, usize, u64)> {
    let shared = shared(0, series, users, &owners(series, users));
    let told = |(between, _): (Between, _)| (between.before, between.after, between.missing);
    holes(&series[0], &shared).into_iter().map(told).collect()
}

fn alone(ranges: &[(u64, u64)]) -> Vec<(usize, usize, u64)> {
    found(&[spans(SYSTEM, ranges, 0, 0)], &[])
}

#[test]
fn what_lies_between_two_files_and_in_no_other_is_missing() {
    assert_eq!(alone(&[(1, 10), (11, 20)]), []);
    assert_eq!(alone(&[(21, 30), (1, 10)]), [(1, 0, 10)]);
    // What lay before the first was vacuumed.
    assert_eq!(alone(&[(500, 600)]), []);
    // A copy, or what another file has within its own numbers, ends nothing.
    assert_eq!(alone(&[(1, 30), (5, 10), (31, 40), (31, 40)]), []);
    assert_eq!(alone(&[(1, 30), (5, 10), (41, 50), (61, 70)]), [(0, 2, 10), (2, 3, 10)]);
    assert_eq!(alone(&[(1, 1 << 60), (5, 10)]), []);
    let [(between, _)] = holes(&spans(SYSTEM, &[(1, 30), (5, 10), (41, 50)], 1000, 0), &[])[..] else { panic!() };
    assert_eq!(between.times, (Realtime(1030), Realtime(1041)));
}

#[test]
fn users_files_are_of_the_series_that_their_numbers_and_times_fit() {
    let system = [spans(SYSTEM, &[(1, 10), (21, 30)], 0, 0)];
    // By the series, or by numbers in common at one time.
    assert_eq!(found(&system, &spans(SYSTEM, &[(11, 20)], 0, 5)), []);
    assert_eq!(found(&system, &spans(USER, &[(9, 12), (15, 40)], 0, 5)), [(5, 6, 2)]);
    assert_eq!(found(&system, &spans(USER, &[(9, 12), (15, 40)], 1000, 5)), [(0, 1, 10)]);
    let short = [spans(SYSTEM, &[(1, 10)], 0, 0)];
    assert_eq!(found(&short, &spans(USER, &[(3, 4), (16, 20)], 0, 5)), [(0, 6, 5)]);
    // It alone is left of the time between two.
    assert_eq!(found(&system, &spans(USER, &[(13, 15)], 0, 5)), [(0, 5, 2), (5, 1, 5)]);
    // It may be of any series.
    assert_eq!(found(&system, &spans(0, &[(11, 20)], 1000, 5)), []);
    // The system's own files of that time were vacuumed.
    assert_eq!(found(&[spans(SYSTEM, &[(100, 200)], 0, 0)], &spans(SYSTEM, &[(1, 10), (150, 160)], 0, 5)), []);
    // Where the system's series changed, a user's later file is none of the first.
    let two = [spans(SYSTEM, &[(1, 10)], 0, 0), spans(OTHER, &[(30, 40)], 0, 1)];
    assert_eq!(found(&two, &spans(USER, &[(3, 4), (35, 36), (50, 60)], 0, 5)), []);
}

#[test]
fn a_users_file_behind_all_of_the_systems_is_of_the_last_series() {
    let later = spans(USER, &[(15, 20)], 0, 5);
    let (system, other) = (spans(SYSTEM, &[(1, 10)], 0, 0), spans(OTHER, &[(1, 10)], 0, 1));
    assert_eq!(found(std::slice::from_ref(&system), &later), [(0, 5, 4)]);
    // By then another counted.
    let long = spans(OTHER, &[(1, 13)], 0, 1);
    assert_eq!(found(&[system.clone(), long.clone()], &later), []);
    assert_eq!(found(&[long, system.clone()], &later), [(1, 5, 1)]);
    // The journal of a namespace has a counter of its own.
    let of = |span: Span<'static>| Span { namespace: Some("web"), ..span };
    let (apart, own): (Vec<_>, Vec<_>) = (other.into_iter().map(of).collect(), later.iter().copied().map(of).collect());
    assert_eq!(found(&[system.clone(), apart.clone()], &own), []);
    assert_eq!(found(&[apart.clone(), system], &own), [(1, 5, 4)]);
    assert_eq!(found(&[apart], &later), []);
}

#[test]
fn numbers_that_no_user_has_behind_the_systems_last_are_missing_once() {
    type Made<'a> = (&'a str, &'a [u64], u8);
    let file = |(name, numbers, boot): Made<'_>| {
        let time = |number: u64| u64::from(boot) * 1_000_000_000 + number * 1_000_000;
        let record = |number: &u64| Record::new(*number).boot(boot).at(time(*number), *number);
        let synth = numbers.iter().map(record).fold(Synth::new(), Synth::entry);
        JournalFile::from_bytes(Path::new(name), synth.build(), Options::default()).unwrap()
    };
    let told = |files: &[Made<'_>]| -> Vec<(usize, usize, u64)> {
        let journal = Journal::from_files(files.iter().copied().map(file).collect()).of_whole_directories();
        journal.between().iter().map(|between| (between.before, between.after, between.missing)).collect()
    };
    let (system, user) = (("system@1.journal", &[1, 2, 3][..], 1), ("user-1000.journal", &[5, 8, 13][..], 1));
    // 4; then 6, 9 to 12, since the other has 7.
    assert_eq!(told(&[system, user, ("user-1001.journal", &[7, 14], 1)]), [(0, 1, 1), (1, 1, 5)]);
    assert_eq!(told(&[system, user, ("system.journal", &[4, 6, 7, 9, 10, 11, 12], 1)]), []);
    // 12 and 13 were given again in the next boot.
    assert_eq!(told(&[system, user, ("system.journal", &[12, 13, 14, 15], 2)]), [(0, 1, 1), (1, 1, 6)]);
}
