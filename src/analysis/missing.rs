//! Numbers that no entry has: within a boot, behind the end of the system's journals, and up to the next boot.
//!
//! journald numbers what it writes by one counter, whatever file it goes to. Up to 252 the file of a user has a
//! `seqnum_id` of its own, and an entry's number is also above the last one in its file: where that is ahead, the counter
//! jumps, and nothing is missing below. The journals of namespaces have counters of their own.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{BootFacts, Source};
use crate::format::{Id128, Seqnum};
use crate::journal::Numbers;

/// Boots may lie within one another in any number; no counter that was set back a few times jumps as often.
const JUMPS_MOST: usize = 64;

/// Notes with each boot where the counter may have jumped: to the number behind the last one that another boot has in a
/// series, or in a file where all files of that boot are of one series.
pub(super) fn note_jumps(boots: &mut [BootFacts]) {
    let mut behind: BTreeMap<Id128, BTreeSet<(u64, usize)>> = BTreeMap::new();
    for (at, boot) in boots.iter().enumerate() {
        let in_files = boot.numbers.iter().filter(|_| boot.numbers.len() == 1);
        let in_files = in_files.flat_map(|count| boot.ends.iter().map(|end| (count.seqnum_id, end.seqnum.0)));
        let in_series = boot.numbers.iter().map(|count| (count.seqnum_id, count.last));
        for (series, last) in in_files.chain(in_series) {
            behind.entry(series).or_default().insert((last.saturating_add(1), at));
        }
    }
    for (at, boot) in boots.iter_mut().enumerate() {
        let own = |count: &Numbers| {
            let all = behind.get(&count.seqnum_id).map(|all| all.range((count.first, 0)..=(count.last, usize::MAX)));
            let others = all.into_iter().flatten().filter(|(_, other)| *other != at).map(|(number, _)| *number);
            others.take(JUMPS_MOST).collect::<Vec<_>>()
        };
        boot.jumps = boot.numbers.iter().flat_map(own).collect();
    }
}

/// The ranges of numbers above `from`, between a boot's entries, that none of them has, ascending.
pub(super) fn holes(source: &dyn Source, boot: usize, from: Seqnum) -> Vec<(u64, u64)> {
    let numbers = source.numbers(boot, (from.0, u64::MAX));
    let jumps = source.boots().get(boot).map(|facts| facts.jumps.as_slice()).unwrap_or_default();
    let pairs = numbers.iter().zip(numbers.iter().skip(1)).filter(|(_, above)| !jumps.contains(&above.0));
    pairs.map(|(below, above)| (below.1.saturating_add(1), above.0.saturating_sub(1))).collect()
}

/// How many numbers ranges have.
pub(super) fn width(ranges: impl IntoIterator<Item = (u64, u64)>) -> u64 {
    let width = |(from, to): (u64, u64)| to.saturating_add(1).saturating_sub(from);
    ranges.into_iter().map(width).fold(0, u64::saturating_add)
}

/// How many numbers of a boot's own are those of no entry. Several series may share one counter: of the ways to count
/// the one that finds least is taken. Those of namespaces have counters of their own, which tell nothing of this one.
pub(super) fn within(source: &dyn Source, boot: usize) -> u64 {
    let Some(facts) = source.boots().get(boot) else { return 0 };
    let (aside, counts): (Vec<&Numbers>, Vec<&Numbers>) =
        facts.numbers.iter().partition(|count| facts.namespaces.binary_search(&count.seqnum_id).is_ok());
    let low = counts.iter().map(|count| count.first).min().unwrap_or_default();
    let high = counts.iter().map(|count| count.last).max().unwrap_or_default();
    let aside = aside.iter().map(|count| count.slots).fold(0, u64::saturating_add);
    let together = width([(low, high)]).saturating_sub(facts.entries.saturating_sub(aside));
    let least = if counts.len() < 2 {
        let others = if together > 0 { of_others(source, (boot, boot), (low, high)) } else { Vec::new() };
        together.saturating_sub(inside(others, (low, high)))
    } else {
        let apart = counts.iter().map(|count| width([(count.first, count.last)]).saturating_sub(count.slots));
        together.min(apart.fold(0, u64::saturating_add))
    };
    // To find the holes themselves costs looks at entries. What guests wrote has numbers, too, and is no entry of the boot's;
    // what a namespace has twice was taken off twice.
    let is_jumped = facts.jumps.iter().any(|jump| *jump > low);
    let is_looked_for = is_jumped || !facts.guests.is_empty() || aside > 0;
    if least > 0 && is_looked_for { least.min(width(holes(source, boot, Seqnum(0)))) } else { least }
}

/// The numbers of a range that entries of other boots have: a collector gives all machines' entries one count.
fn of_others(source: &dyn Source, (boot, next): (usize, usize), (from, to): (u64, u64)) -> Vec<(u64, u64)> {
    let Some(facts) = source.boots().get(boot).filter(|_| from <= to) else { return Vec::new() };
    let is_own = |id: Id128| facts.numbers.iter().any(|count| count.seqnum_id == id);
    let reaches = |other: &BootFacts| {
        let mut counts = other.numbers.iter().filter(|count| !count.seqnum_id.is_null() && is_own(count.seqnum_id));
        counts.any(|count| count.first <= to && from <= count.last)
    };
    let others = source.boots().iter().enumerate().filter(|(at, _)| *at != boot && *at != next);
    let others = others.filter(|(_, other)| other.machine != facts.machine && reaches(other));
    others.flat_map(|(at, _)| source.numbers(at, (from, to))).collect()
}

/// How many numbers of a range ranges have.
fn inside(ranges: impl IntoIterator<Item = (u64, u64)>, (from, to): (u64, u64)) -> u64 {
    let cut = ranges.into_iter().map(|range| (range.0.max(from), range.1.min(to)));
    width(cut.filter(|(from, to)| from <= to))
}

/// How many numbers behind `seqnum`, the last one in the system's journals, no entry has though a later one of the same
/// series is there: those of a user's journal that goes on.
pub(super) fn behind_systems(source: &dyn Source, boot: usize, seqnum: Seqnum) -> u64 {
    let Some(facts) = source.boots().get(boot) else { return 0 };
    let series = || facts.numbers.iter().filter(|count| facts.namespaces.binary_search(&count.seqnum_id).is_err());
    if series().all(|count| count.last <= seqnum.0) {
        return 0;
    }
    let is_of_one = |(from, to): &(u64, u64)| series().any(|count| count.first < *from && *to < count.last);
    width(holes(source, boot, seqnum).into_iter().filter(|hole| hole.0 > seqnum.0 && is_of_one(hole)))
}

/// How many numbers lie between a boot and the next, and are those of no entry, where one count goes through both.
pub(super) fn up_to_next(source: &dyn Source, boot: usize, next: usize) -> Option<u64> {
    let (facts, after) = (source.boots().get(boot)?, source.boots().get(next)?);
    let shared = shared(facts, after);
    let (from, to) = (shared.iter().map(|range| range.0).min()?, shared.iter().map(|range| range.1).max()?);
    // Behind the last one of a series a user's journal may have gone on, and begun before the first.
    let is_alone = facts.numbers.len() == 1 && after.numbers.len() == 1;
    let is_asked = !is_alone && shared.iter().any(|range| range.0 <= range.1);
    let asked = if is_asked { &[boot, next][..] } else { &[] };
    let own = asked.iter().flat_map(|boot| source.numbers(*boot, (from, to)));
    let there: Vec<(u64, u64)> = own.chain(of_others(source, (boot, next), (from, to))).collect();
    let missing = |range: &(u64, u64)| width([*range]).saturating_sub(inside(there.iter().copied(), *range));
    shared.iter().map(missing).min()
}

/// The numbers between two boots, in each series that tells of them: those of the system's journals, and where one of the
/// boots has none of these, the one that the first boot ends and the second begins with.
///
/// The file of a user may be ahead of the counter, and then tells nothing of what lies between; that of a namespace never.
fn shared(facts: &BootFacts, after: &BootFacts) -> Vec<(u64, u64)> {
    let has = |ids: &[Id128], id: &Id128| ids.binary_search(id).is_ok();
    let counts = facts.numbers.iter().filter(|count| !count.seqnum_id.is_null());
    let counts = counts.filter(|count| !has(&facts.namespaces, &count.seqnum_id));
    let between = |own: &&Numbers| {
        let at = after.numbers.binary_search_by_key(&own.seqnum_id, |other| other.seqnum_id).ok()?;
        let (last, first) = (own.last, after.numbers.get(at)?.first);
        (last < first).then_some((last.saturating_add(1), first.saturating_sub(1)))
    };
    let is_users = |own: &&Numbers| has(&facts.users, &own.seqnum_id) || has(&after.users, &own.seqnum_id);
    let is_ends = |own: &&Numbers| own.seqnum_id == facts.tail.seqnum_id && own.seqnum_id == after.head.seqnum_id;
    let systems: Vec<(u64, u64)> =
        counts.clone().filter(|own| !is_users(own)).filter_map(|own| between(&own)).collect();
    let has_own = |boot: &BootFacts| boot.numbers.iter().any(|own| !has(&boot.users, &own.seqnum_id));
    if has_own(facts) && has_own(after) {
        return systems;
    }
    counts.filter(is_ends).filter_map(|own| between(&own)).collect()
}
