//! Tests: what is lost by the numbers of one counter.

use super::*;

fn counter(runs: &[(u64, u64)]) -> Counter {
    let mut counter = Counter { runs: joined(runs.to_vec()), ..Counter::default() };
    counter.count();
    counter
}

#[test]
fn what_is_missing_is_counted_between_the_ends_only() {
    let counter = counter(&[(10, 12), (13, 20), (25, 25), (18, 21)]);
    assert_eq!((counter.first, counter.last), (Seqnum(10), Seqnum(25)));
    assert_eq!((counter.found, counter.missing, counter.holes), (13, 3, 1));
}

/// A file with these numbers, whose header claims so many entries from the first to the last of a range.
fn part(series: u8, runs: &[(u64, u64)], range: (u64, u64), entries: u64) -> Part {
    let bound = entries - total(runs);
    let lost = (width(range) - total(runs)).min(bound);
    let near = Some((range.0, runs.last().map_or(range.1, |run| (run.1 + lost).min(range.1))));
    let (runs, range) = (runs.to_vec(), Some(range));
    Part { seqnum_id: Id128([series; 16]), runs, range, near, bound, lost, ..Part::default() }
}

fn lost(parts: &[Part]) -> (Vec<u64>, Vec<u64>) {
    let (counters, by_file) = counters(parts);
    (counters.iter().map(|counter| counter.lost).collect(), by_file)
}

#[test]
fn what_a_header_claims_is_lost_unless_another_file_has_it() {
    // Cut after 60 of 100 entries.
    let cut = part(1, &[(1, 60)], (1, 100), 100);
    assert_eq!(lost(std::slice::from_ref(&cut)), (vec![40], vec![40]));
    // The file that follows, and the one that was cut as it was before.
    let next = part(1, &[(101, 180)], (101, 180), 80);
    assert_eq!(lost(&[cut.clone(), next.clone()]), (vec![40], vec![40, 0]));
    let whole = part(1, &[(1, 100)], (1, 100), 100);
    assert_eq!(lost(&[cut.clone(), next.clone(), whole]), (vec![0], vec![0, 0, 0]));
    // A file between the two that is not here, and a head that was vacuumed.
    let later = part(1, &[(131, 180)], (131, 180), 50);
    assert_eq!(lost(&[cut, later]), (vec![70], vec![40, 0]));
    // One without any entry.
    assert_eq!(lost(&[part(1, &[], (1, 50), 50), next]), (vec![100], vec![50, 0]));
}

#[test]
fn what_has_no_number_that_is_known_is_in_no_other_file() {
    let part = |runs: &[(u64, u64)], unplaced| {
        let near = runs.first().zip(runs.last()).map(|(first, last)| (first.0, last.1));
        let missing = near.map_or(0, width) - total(runs);
        let (runs, lost) = (runs.to_vec(), missing + unplaced);
        Part { runs, range: near, near, bound: 99, lost, unplaced, ..Part::default() }
    };
    let holed = part(&[(11, 20), (25, 30)], 3);
    assert_eq!(lost(std::slice::from_ref(&holed)), (vec![7], vec![7]));
    assert_eq!(lost(&[holed, part(&[(21, 24), (31, 40)], 0)]), (vec![3], vec![3, 0]));
}

#[test]
fn files_that_share_a_counter_share_what_is_lost() {
    // The system's numbers are the odd ones, the user's the even ones; both were cut.
    let odd: Vec<(u64, u64)> = (1..=60).step_by(2).map(|number| (number, number)).collect();
    let even: Vec<(u64, u64)> = (2..=40).step_by(2).map(|number| (number, number)).collect();
    let (system, user) = (part(1, &odd, (1, 99), 50), part(2, &even, (2, 60), 30));
    assert_eq!(lost(std::slice::from_ref(&user)), (vec![10], vec![10]));
    let (in_all, by_file) = lost(&[system, user]);
    assert_eq!((in_all, by_file), (vec![30], vec![20, 10]));
}

#[test]
fn what_the_file_of_a_user_lacks_is_lost_where_the_systems_is_missing() {
    let system = |from, to| part(1, &[(from, to)], (from, to), to + 1 - from);
    let user = Part { is_user: true, ..part(2, &[(13, 13), (15, 15), (20, 20)], (13, 20), 3) };
    // 11, 12, 14, 16 to 19, and 21 to 24.
    assert_eq!(lost(&[system(1, 10), user.clone(), system(25, 30)]), (vec![11], vec![0, 0, 0]));
    // Nothing tells that the system's file had them, or it was vacuumed.
    assert_eq!(lost(std::slice::from_ref(&user)).0, [0]);
    let own = Part { seqnum_id: Id128([1; 16]), ..user };
    assert_eq!(lost(&[own, system(25, 30)]), (vec![0], vec![0, 0]));
}

#[test]
fn a_series_that_fits_into_the_holes_of_another_shares_its_counter() {
    let system = counter(&[(1, 4), (8, 9), (12, 20)]);
    let takes = |runs: &[(u64, u64)]| system.beside(runs).is_some_and(|beside| beside.fits());
    assert!(takes(&[(5, 7), (11, 11)]));
    assert!(!takes(&[(7, 8)]), "a number that is there already");
    assert!(!takes(&[(21, 30)]), "nothing in common");
    // A journald that was killed gave 20 again.
    assert!(takes(&[(5, 7), (10, 11), (20, 22), (30, 30)]));
    assert!(!takes(&[(18, 20), (22, 300)]), "hardly anything is apart where both are");
}

#[test]
fn the_series_of_a_user_whose_numbers_were_all_given_again_is_of_the_systems_counter() {
    let part = |series: u8, runs: &[(u64, u64)], is_user: bool| {
        let near = Some((runs[0].0, runs[runs.len() - 1].1));
        Part { seqnum_id: Id128([series; 16]), is_user, runs: runs.to_vec(), range: near, near, ..Part::default() }
    };
    let told = |user: &[(u64, u64)], is_user: bool| {
        let (counters, _) = counters(&[part(1, user, is_user), part(2, &[(1, 40), (44, 90)], false)]);
        counters.iter().map(|counter| (counter.missing, counter.lost)).collect::<Vec<_>>()
    };
    assert_eq!(told(&[(41, 43), (77, 80)], true), [(0, 0)]);
    assert_eq!(told(&[(77, 80)], true), [(3, 0)]);
    // The counter of a namespace.
    assert_eq!(told(&[(77, 80)], false).len(), 2);
}

/// A file whose entries were written at the times that their numbers say, from a time on.
fn timed(series: u8, is_user: bool, runs: &[(u64, u64)], from: u64) -> Part {
    let near = (runs[0].0, runs[runs.len() - 1].1);
    let times = (from + near.0, from + near.1);
    let (runs, near) = (runs.to_vec(), Some(near));
    Part { seqnum_id: Id128([series; 16]), is_user, times, runs, range: near, near, ..Part::default() }
}

#[test]
fn a_users_files_are_of_the_counters_of_their_times_where_the_systems_series_changed() {
    // The second counter begins behind the first, or anew.
    for begin in [101_u64, 1] {
        let of = |from, to| (begin + from, begin + to);
        let parts = [
            timed(1, false, &[(1, 40), (51, 90)], 0),
            timed(2, true, &[(41, 50), (91, 100)], 0),
            timed(3, false, &[of(0, 19), of(30, 60)], 5000),
            timed(2, true, &[of(20, 29)], 5000),
        ];
        let (counters, by_file) = counters(&parts);
        let told: Vec<_> =
            counters.iter().map(|all| (all.seqnum_ids.len(), all.found, all.missing, all.lost)).collect();
        assert_eq!(told, [(2, 100, 0, 0), (2, 61, 0, 0)]);
        assert_eq!(by_file, [0; 4]);
    }
}

#[test]
fn the_users_of_the_system_and_those_of_a_namespace_have_counters_of_their_own() {
    let web = |part: Part| Part { namespace: Some("web".to_owned()), ..part };
    // The system's own file and the namespace's user are not here, or both are.
    let (system, other) = (timed(1, false, &[(1, 12), (26, 40)], 0), timed(2, true, &[(13, 25)], 0));
    let apart = [web(timed(3, false, &[(1, 9), (14, 40)], 0)), other.clone()];
    let told = |parts: &[Part]| counters(parts).0.iter().map(|all| (all.found, all.missing)).collect::<Vec<_>>();
    assert_eq!(told(&apart), [(36, 4), (13, 0)]);
    assert_eq!(told(&[apart.as_slice(), &[system]].concat()), [(40, 0), (36, 4)]);
}
