//! Machines that have one id, as copies of one image do: boots of theirs are not each other's successors.

use super::chronology::{Chronology, Clock};
use super::source::{BootFacts, Source};

/// What the clocks of time servers may differ by, in microseconds.
const SLACK: u64 = 60_000_000;

/// The boot that follows another on its machine, of those that the list has behind it.
pub(super) fn successor(source: &dyn Source, chronology: &Chronology, boot: usize) -> Option<usize> {
    let machine = source.boots().get(boot)?.machine;
    let clock = |boot: usize| chronology.get(boot).map(|span| &span.clock);
    let is_twins = |other: usize| {
        let clocks = clock(boot).zip(clock(other));
        clocks.is_some_and(|clocks| are_twins(source, (boot, other), clocks))
    };
    let later = source.boots().iter().enumerate().skip(boot.saturating_add(1));
    later.filter(|(_, facts)| facts.machine == machine).map(|(at, _)| at).find(|other| !is_twins(*other))
}

/// Whether two boots with one machine id are of two machines: they ran at the same time by clocks that time servers set,
/// under different host names and with numbers of their own.
pub(super) fn are_twins(source: &dyn Source, (one, two): (usize, usize), clocks: (&Clock, &Clock)) -> bool {
    let (Some(a), Some(b)) = (source.boots().get(one), source.boots().get(two)) else { return false };
    let overlaps = |before: &Clock, facts: &BootFacts, after: &Clock, other: &BootFacts| {
        let from = before.start.0.max(after.start.0);
        from.saturating_add(SLACK) < facts.last.realtime.0.min(other.last.realtime.0)
    };
    let is_sure = clocks.0.kind.is_trusted() && clocks.1.kind.is_trusted();
    is_sure && overlaps(clocks.0, a, clocks.1, b) && !share_numbers(a, b) && have_other_names(source, one, two)
}

fn share_numbers(one: &BootFacts, two: &BootFacts) -> bool {
    let of_two = |id| two.numbers.iter().any(|count| count.seqnum_id == id);
    one.numbers.iter().any(|count| !count.seqnum_id.is_null() && of_two(count.seqnum_id))
}

fn have_other_names(source: &dyn Source, one: usize, two: usize) -> bool {
    let (a, b) = (source.values(one, "_HOSTNAME"), source.values(two, "_HOSTNAME"));
    !a.is_empty() && !b.is_empty() && a.iter().all(|name| !b.contains(name))
}
