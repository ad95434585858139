//! A hardware watchdog that PID 1 could not feed for longer than it waits, and that did not fire.

use super::armed;
use super::item::Item;
use crate::analysis::ending::Case;
use crate::analysis::report::Strength;
use crate::analysis::rules::Observed;

/// The rules of lines by which PID 1 says that it could not.
const FAILED: [&str; 2] = ["watchdog.ping-failed", "watchdog.unfed"];

/// Takes weight from failures that went on for more than twice the watchdog's time: one that had gone unfed for so long
/// would have fired before. PID 1 tries twice in that time, so that a pause between two failures is a success.
pub(super) fn settle(case: &Case<'_>, items: &mut [Item], observed: &[Observed]) {
    let is_failure = |seen: &&Observed| FAILED.contains(&seen.rule.id.as_str());
    let mut at: Vec<u64> = observed.iter().filter(is_failure).map(|seen| seen.line.monotonic.0).collect();
    at.sort_unstable();
    let Some(last) = at.last().copied() else { return };
    let Some(timeout) = armed::of(case.source, case.boot).and_then(|armed| armed.timeout_us) else { return };
    let unbroken = at
        .iter()
        .rev()
        .try_fold(last, |since, at| if since.saturating_sub(*at) <= timeout { Ok(*at) } else { Err(since) });
    let (Ok(since) | Err(since)) = unbroken;
    if last.saturating_sub(since) <= timeout.saturating_mul(2) {
        return;
    }
    // What a person's own rule of that name calls a proof is theirs to say.
    for item in items.iter_mut().filter(|item| FAILED.contains(&item.rule.as_str()) && !item.is_proof()) {
        item.strength = item.strength.min(Strength::Weak);
        item.shows.push_str(", yet for longer than the watchdog waits, which had not fired");
    }
}
