//! When a boot ended: an interval, since what was not yet synced is lost.

use super::ending::{Case, Finding};
use super::report::{Death, Silence};
use super::source::{BootFacts, Line};
use crate::format::Realtime;

/// journald syncs at least so often, unless configured otherwise (`SyncIntervalSec=`).
const SYNC_INTERVAL: u64 = 300_000_000;
/// The wall clock of a boot that moved by more against its monotonic clock was set.
const STEP: u64 = 500_000;

/// The interval that holds the end.
pub(super) fn interval(case: &Case<'_>, finding: Finding) -> Option<Death> {
    let from = case.facts.last.realtime;
    let next = until_next(case);
    let (after, why) = match (finding, next) {
        (Finding::Running, _) => return None,
        (Finding::Missing(_) | Finding::Unwritable | Finding::Asleep, Some(next)) => {
            (Some(next), "the log ended earlier; the next boot's kernel started then")
        }
        (Finding::Missing(_) | Finding::Unwritable | Finding::Asleep, None) => {
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
    Some(Death { from, to, why: why.to_owned() })
}

/// How long nothing was written.
pub(super) fn silence(case: &Case<'_>, tail: &[Line]) -> Silence {
    let gaps = tail.iter().zip(tail.iter().skip(1));
    let longest = gaps.map(|(one, two)| two.monotonic.0.saturating_sub(one.monotonic.0)).max();
    Silence { longest_before_us: longest.unwrap_or(0), until_next_us: until_next(case) }
}

/// From the last entry to the next boot's kernel, where the wall clocks of the two boots agree on their order.
pub(super) fn until_next(case: &Case<'_>) -> Option<u64> {
    let (_, next) = case.next?;
    if clock_was_set(next) {
        return None;
    }
    kernel_start(next).0.checked_sub(case.facts.last.realtime.0).filter(|us| *us > 0)
}

/// When a boot's kernel started, by the boot's first wall-clock time.
pub(super) const fn kernel_start(boot: &BootFacts) -> Realtime {
    Realtime(boot.first.realtime.0.saturating_sub(boot.first.monotonic.0))
}

/// Whether a boot's wall clock moved against its monotonic clock: it was set, or the machine slept.
pub(super) const fn clock_was_set(boot: &BootFacts) -> bool {
    let end = boot.last.realtime.0.saturating_sub(boot.last.monotonic.0);
    end.abs_diff(kernel_start(boot).0) > STEP
}
