//! Which counter numbered a file: of one journald, by numbers and by time.

use std::collections::BTreeMap;

use super::{Counter, Part, joined};
use crate::check::common;
use crate::format::Id128;

/// Where two series have numbers, one counter gave no more of them twice than one in so many; two give nearly all.
const TWICE_RATIO: u64 = 4;

/// Two series that have numbers between each other's.
pub(super) struct Beside {
    /// How many both have.
    twice: u64,
    /// How many one of them has where both have some, the one with fewer.
    fewest: u64,
}

impl Beside {
    /// Whether hardly any is there twice, where both have numbers. A journald that was killed gives those anew that it had
    /// given to a user's journal last.
    pub(super) const fn fits(&self) -> bool {
        self.twice <= self.fewest / TWICE_RATIO
    }
}

/// A counter, and the files that it numbers, as indices.
pub(super) type Numbering = (Counter, Vec<usize>);

/// Which counter numbers which files: the series of users join those of the system.
pub(super) fn numbering(parts: &[Part]) -> Vec<Numbering> {
    let mut series: BTreeMap<(Id128, Id128), Vec<usize>> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| !part.runs.is_empty() || part.lost > 0) {
        series.entry((part.machine_id, part.seqnum_id)).or_default().push(index);
    }
    let is_users =
        |members: &Vec<usize>| members.iter().all(|index| parts.get(*index).is_some_and(|part| part.is_user));
    let (users, systems): (Vec<_>, Vec<_>) = series.into_values().partition(is_users);
    let mut counters = Vec::new();
    for members in systems {
        add(&mut counters, parts, members);
    }
    let of_system = counters.len();
    for mut members in users {
        // A user's series goes on where the system begins another, so that each file is of the counter of its time.
        members.retain(|index| {
            let Some(part) = parts.get(*index) else { return false };
            let sole = Counter::of_time(counters.get_mut(..of_system).unwrap_or_default(), part);
            sole.map(|counter| join(counter, part, &part.runs, [*index])).is_none()
        });
        if !members.is_empty() {
            add(&mut counters, parts, members);
        }
    }
    counters
}

/// Adds the files of a series to the counter that numbers them, which may be one of their own.
fn add(counters: &mut Vec<Numbering>, parts: &[Part], members: Vec<usize>) {
    let own = || members.iter().filter_map(|index| parts.get(*index));
    let runs = joined(own().flat_map(|part| part.runs.iter().copied()).collect());
    let Some(first) = own().next() else { return };
    // What was copied out of the directory of a namespace is no less of it.
    let part = own().find(|part| part.namespace.is_some()).unwrap_or(first);
    let systems = || own().filter(|part| !part.is_user).map(|part| part.times);
    let times = systems().map(|times| times.0).min().zip(systems().map(|times| times.1).max());
    let counter = match Counter::of_series(counters, part, &runs, times.is_none()) {
        Some(counter) => counter,
        None => {
            let (machine_id, namespace) = (part.machine_id, part.namespace.clone());
            counters.push((Counter { machine_id, namespace, ..Counter::default() }, Vec::new()));
            let Some(counter) = counters.last_mut() else { return };
            counter
        }
    };
    let known = counter.0.times.into_iter().chain(times);
    counter.0.times = known.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
    join(counter, part, &runs, members);
}

/// Adds files with these numbers to a counter.
fn join((counter, files): &mut Numbering, part: &Part, runs: &[(u64, u64)], members: impl IntoIterator<Item = usize>) {
    if !counter.seqnum_ids.contains(&part.seqnum_id) {
        counter.seqnum_ids.push(part.seqnum_id);
    }
    counter.runs = joined(counter.runs.drain(..).chain(runs.iter().copied()).collect());
    files.extend(members);
}

impl Counter {
    /// The counter that gave a series of a journald its numbers too: one into whose holes it fits; for that of a user, which has
    /// none of its own, the one that it is beside and has the fewest numbers in common with.
    fn of_series<'c>(
        counters: &'c mut [Numbering],
        part: &Part,
        runs: &[(u64, u64)],
        is_users: bool,
    ) -> Option<&'c mut Numbering> {
        let beside = counters.iter_mut().filter(|(counter, _)| counter.is_of(part));
        let beside = beside.filter_map(|counter| Some((counter.0.beside(runs)?, counter)));
        let (_, counter) =
            beside.filter(|(beside, _)| is_users || beside.fits()).min_by_key(|(beside, _)| beside.twice)?;
        Some(counter)
    }

    /// The one counter of several of a journald that gave numbers while a file was written.
    fn of_time<'c>(counters: &'c mut [Numbering], part: &Part) -> Option<&'c mut Numbering> {
        let all = || counters.iter().enumerate().filter(|(_, (counter, _))| counter.is_of(part));
        let is_then = |(from, to): (u64, u64)| from <= part.times.1 && part.times.0 <= to;
        let mut then = all().filter(|(_, (counter, _))| counter.times.is_some_and(is_then)).map(|(at, _)| at);
        let sole = then.next().filter(|_| then.next().is_none() && all().nth(1).is_some())?;
        counters.get_mut(sole)
    }

    /// Whether the journald that it belongs to may have written a file.
    fn is_of(&self, part: &Part) -> bool {
        self.machine_id == part.machine_id && self.namespace == part.namespace
    }

    /// What another series has in common with the numbers there, if both have some where the other has.
    pub(super) fn beside(&self, runs: &[(u64, u64)]) -> Option<Beside> {
        let ends = |runs: &[(u64, u64)]| Some((runs.first()?.0, runs.last()?.1));
        let (own, other) = (ends(&self.runs)?, ends(runs)?);
        let within = (own.0.max(other.0), own.1.min(other.1));
        let twice = runs.iter().map(|run| common(&self.runs, *run)).fold(0, u64::saturating_add);
        let fewest = common(&self.runs, within).min(common(runs, within));
        (own.0 < other.1 && other.0 < own.1).then_some(Beside { twice, fewest })
    }
}
