//! Whether a wall clock that nobody set shows between two entries of a boot.

use crate::format::EntryHead;

/// By how much, in µs, and by which part of the time that passed, a wall clock that nobody set may differ from the time
/// since boot.
const DRIFT: (u64, u64) = (1_000_000, 5_000);

/// Whether the wall clock went from one entry of a boot to a later one as the time since boot did, but for less than
/// `away` µs.
#[must_use]
pub fn ran_on(first: &EntryHead, last: &EntryHead, away: u64) -> bool {
    let by_wall = last.realtime.0.checked_sub(first.realtime.0);
    let by_boot = last.monotonic.0.checked_sub(first.monotonic.0);
    by_wall.zip(by_boot).is_some_and(|(by_wall, by_boot)| {
        let drift = DRIFT.0.saturating_add(by_boot / DRIFT.1);
        drift < away && by_wall.abs_diff(by_boot) <= drift
    })
}
