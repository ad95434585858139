//! When a boot ended: an interval, since what was not yet synced is lost.

use super::ending::{Case, Finding};
use super::heartbeat;
use super::missing;
use super::report::{Death, Silence};
use super::sequence::TAIL_WINDOW;
use super::source::{BootFacts, Line};
use crate::format::Realtime;

/// journald syncs at least so often, unless configured otherwise (`SyncIntervalSec=`).
const SYNC_INTERVAL: u64 = 300_000_000;

/// The interval that holds the end.
pub(super) fn interval(case: &Case<'_>, finding: Finding, tail: &[Line]) -> Option<Death> {
    let from = case.facts.last.realtime;
    let next = until_next(case);
    let was_stopped = case.sequence.service_stop.is_some();
    let ended_earlier = was_stopped || matches!(finding, Finding::Missing(_) | Finding::Unwritable | Finding::Asleep);
    let (after, why) = match (finding, next) {
        (Finding::Running, _) => return None,
        (_, Some(next)) if ended_earlier => (Some(next), "the log ended earlier; the next boot's kernel started then"),
        (_, None) if ended_earlier => {
            (None, "the log ended earlier, and no clock that can be trusted says when the next boot started")
        }
        (Finding::Complete, Some(next)) => (Some(next), "the next boot's kernel started then"),
        (Finding::Complete, None) => {
            (None, "the shutdown was complete, and no clock that can be trusted says when the next boot started")
        }
        (_, Some(next)) if next < SYNC_INTERVAL => (Some(next), "the next boot's kernel started then"),
        _ => {
            (Some(SYNC_INTERVAL), "journald syncs every 5 minutes unless configured otherwise; later lines may be lost")
        }
    };
    let to = after.map(|us| Realtime(from.0.saturating_add(us)));
    // What beats, a shutdown stops and sleep holds; and what is missing may have beaten on.
    let is_there = !was_stopped && finding == Finding::Nothing;
    let mut heartbeats = if is_there { heartbeat::of(tail) } else { Vec::new() };
    // That it is missing bounds nothing where the next boot had begun by then.
    heartbeats.retain(|beat| next.is_none_or(|next| beat.missing_from.0 < from.0.saturating_add(next)));
    Some(Death { from, to, why: why.to_owned(), heartbeats })
}

/// How long nothing was written in the last minutes, and after them.
pub(super) fn silence(case: &Case<'_>, tail: &[Line]) -> Silence {
    let from = case.facts.last.monotonic.0.saturating_sub(TAIL_WINDOW);
    // With the line before, so that a silence counts that reaches into the last minutes.
    let before = tail.partition_point(|line| line.monotonic.0 < from).saturating_sub(1);
    let last = tail.get(before..).unwrap_or(tail);
    Silence { longest_before_us: longest_silence(case, last), until_next_us: until_next(case) }
}

/// The longest time between two lines of which no number is missing, in microseconds.
pub(super) fn longest_silence(case: &Case<'_>, tail: &[Line]) -> u64 {
    let from = tail.iter().map(|line| line.seqnum).min().unwrap_or_default();
    let holes = missing::holes(case.source, case.boot, from);
    // The numbers of namespaces are others: what is missing around their lines, the lines beside these tell.
    let counts = |line: &&Line| case.source.files().get(line.file).is_none_or(|file| !file.is_namespaced);
    let counted: Vec<Option<u64>> =
        tail.iter().map(|line| Some(line).filter(counts).map(|line| line.seqnum.0)).collect();
    let mut above: Vec<Option<u64>> = counted
        .iter()
        .rev()
        .scan(None, |next, own| {
            *next = own.or(*next);
            Some(*next)
        })
        .collect();
    above.reverse();
    let (mut below, mut longest) = (None, 0);
    for ((pair, own), above) in tail.windows(2).zip(&counted).zip(above.iter().skip(1)) {
        below = own.or(below);
        let (Some(one), Some(two)) = (pair.first(), pair.last()) else { continue };
        let next = below.and_then(|below| holes.get(holes.partition_point(|hole| hole.0 <= below)));
        if next.zip(*above).is_none_or(|(hole, above)| hole.1 >= above) {
            longest = longest.max(two.monotonic.0.saturating_sub(one.monotonic.0));
        }
    }
    longest
}

/// From the last entry to the next boot's kernel, by the corrected clocks, where those of both boots can be relied on.
pub(super) fn until_next(case: &Case<'_>) -> Option<u64> {
    case.next?;
    case.chronology.get(case.boot)?.gap_us.filter(|us| *us > 0)
}

/// When a boot's kernel started, by the boot's first wall-clock time.
pub(super) const fn kernel_start(boot: &BootFacts) -> Realtime {
    Realtime(boot.first.realtime.0.saturating_sub(boot.first.monotonic.0))
}
