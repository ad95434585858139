//! Machines that have one id, as copies of one image do: boots of theirs are not each other's successors.

use std::collections::BTreeSet;

use super::chronology::{Chronology, Clock};
use super::source::{BootFacts, Source, Wanted};

const HOST: &str = "_HOSTNAME";
/// Who changes a running machine's name says so.
const NAMING: &str = "_SYSTEMD_UNIT=systemd-hostnamed.service";
/// So many of a boot's last entries are asked for their host's name, at most.
const ASKED: usize = 5000;
/// A machine that gets another name has the old one no longer, in microseconds.
const AT_ONCE: u64 = 1_000_000;
/// Nor does it change its name so often, each time as soon, in microseconds.
const TURNS: usize = 8;
const SOON: u64 = 3_600_000_000;

/// What the clocks of time servers may differ by, in microseconds.
const SLACK: u64 = 60_000_000;

/// Why the place of a boot is not certain that ran at the same time as another one of its machine id.
pub(super) const TWINS: &str = "the machine id seems to be used by two machines: a boot beside it, under another host name, \
                                ran at the same time";

/// The boot that follows another on its machine, of those that the list has behind it.
///
/// Where two machines have one id, it is one with the same host name, or with numbers of the same count.
pub(super) fn successor(source: &dyn Source, chronology: &Chronology, boot: usize) -> Option<usize> {
    let machine = source.boots().get(boot)?.machine;
    let clock = |boot: usize| chronology.get(boot).map(|span| &span.clock);
    let is_twins = |other: usize| {
        let clocks = clock(boot).zip(clock(other));
        clocks.is_some_and(|clocks| are_twins(source, (boot, other), clocks))
    };
    let own = || source.boots().iter().enumerate().filter(|(_, facts)| facts.machine == machine).map(|(at, _)| at);
    let is_doubted = |at: usize| chronology.get(at).is_some_and(|span| span.order_doubt == Some(TWINS));
    let of_two = own().any(is_doubted);
    let is_another = |other: usize| {
        let facts = source.boots().get(boot).zip(source.boots().get(other));
        facts.is_some_and(|(a, b)| !share_numbers(a, b)) && have_other_names(source, boot, other)
    };
    own().filter(|at| *at > boot).find(|other| !(is_twins(*other) || of_two && is_another(*other)))
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

/// Why nothing is proven of a boot that two machines have entries of.
pub(super) const SHARED: &str = "entries under two host names run side by side in this boot, as of copies of one running \
                                 machine: how each of them ended is not told apart";

/// Whether two machines have entries of one boot, as copies of a running one do: under two host names that do not follow
/// one another, in journals of two directories, in files of their own, or in turns in one.
pub(super) fn is_shared(source: &dyn Source, boot: usize) -> bool {
    let files = source.boots().get(boot).map(|facts| facts.files.as_slice()).unwrap_or_default();
    let systems = || files.iter().filter_map(|file| source.files().get(*file)).filter(|file| !file.is_user);
    let places: BTreeSet<&str> =
        systems().map(|file| file.name.rsplit_once('/').map_or("", |(directory, _)| directory)).collect();
    // A machine that has no name yet, or lost it, has this one.
    let names: Vec<_> = source.values(boot, HOST).into_iter().filter(|name| name != b"localhost").collect();
    let mut times: Vec<(u64, usize)> = Vec::new();
    let ranges = names.iter().enumerate().filter(|_| names.len() > 1).filter_map(|(at, name)| {
        let term = format!("{HOST}={}", String::from_utf8_lossy(name));
        let lines = source.tail(boot, ASKED, 0, Wanted { terms: &[&term], ..Wanted::ALL });
        let range = (lines.first()?.monotonic.0, lines.last()?.monotonic.0);
        times.extend(lines.iter().map(|line| (line.monotonic.0, at)));
        Some((range, lines.iter().map(|line| line.file).collect::<BTreeSet<usize>>()))
    });
    let mut ranges: Vec<_> = ranges.collect();
    ranges.sort_unstable();
    if ranges.len() > 1 && turns(times) >= TURNS.max(changes(source, boot).saturating_mul(2)) {
        return true;
    }
    let is_beside = |before: (u64, u64), after: (u64, u64)| after.0.saturating_add(AT_ONCE) < before.1;
    // In one directory one machine that goes back to a name it had writes on in the same file.
    ranges.windows(2).any(|pair| match pair {
        [(before, one), (after, other)] => is_beside(*before, *after) && (places.len() > 1 || one.is_disjoint(other)),
        _ => false,
    })
}

/// How often a boot's machine was given another name by its own word, as each lease may bring one.
fn changes(source: &dyn Source, boot: usize) -> usize {
    let lines = source.tail(boot, ASKED, 0, Wanted { terms: &[NAMING], ..Wanted::ALL });
    lines.iter().filter(|line| ["ost name", "ostname"].iter().any(|word| line.message().contains(word))).count()
}

/// How often another name comes soon, as no machine's does that was given another one and goes back to the old one.
fn turns(mut times: Vec<(u64, usize)>) -> usize {
    times.sort_unstable();
    let is_turn = |pair: &&[(u64, usize)]| matches!(pair, [before, after] if before.1 != after.1 && after.0.saturating_sub(before.0) < SOON);
    times.windows(2).filter(is_turn).count()
}

fn share_numbers(one: &BootFacts, two: &BootFacts) -> bool {
    let of_two = |id| two.numbers.iter().any(|count| count.seqnum_id == id);
    one.numbers.iter().any(|count| !count.seqnum_id.is_null() && of_two(count.seqnum_id))
}

fn have_other_names(source: &dyn Source, one: usize, two: usize) -> bool {
    let (a, b) = (source.values(one, HOST), source.values(two, HOST));
    !a.is_empty() && !b.is_empty() && a.iter().all(|name| !b.contains(name))
}
