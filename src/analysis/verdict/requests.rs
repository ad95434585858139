//! Requests held against what came of them: keys that were acted on, plans that came due.

use super::ids::{Cause, Initiator};
use super::item::{Item, Role};
use crate::analysis::ending::Case;
use crate::analysis::report::{Stage, Strength};
use crate::analysis::rules::{Means, Observed};

const SECOND: u64 = 1_000_000;
/// A key is acted upon so soon, or not at all.
const KEY_ACTS: u64 = 5 * SECOND;
/// A plan comes due within so many seconds of its time; logind warns, and units may delay.
const DUE: i64 = 120;
/// Time zones differ by multiples of this, in seconds.
const ZONES: i64 = 900;

/// When a shutdown began, by the wall clock, in microseconds.
pub(super) fn began_at(case: &Case<'_>) -> Option<u64> {
    let steps = case.sequence.steps.iter().filter(|step| step.stage() >= Some(Stage::S1));
    steps.map(|step| step.line.realtime.0).min()
}

/// Takes keys and plans out of account that nothing came of, and tells which key it was.
pub(super) fn settle(items: &mut [Item], observed: &[Observed], began_at: Option<u64>) {
    let acted: Vec<u64> = observed.iter().filter(|seen| is_acted_on(seen)).map(|seen| seen.line.monotonic.0).collect();
    let keys: Vec<(u64, Initiator)> = observed.iter().filter_map(key).collect();
    for (item, seen) in items.iter_mut().zip(observed) {
        let at = seen.line.monotonic.0;
        if key(seen).is_some() && !item.is_proof() {
            item.role = if follows(at, &acted) { Role::Request } else { Role::Note };
            item.strength = if follows(at, &acted) { Strength::Strong } else { item.strength };
        }
        if item.cause() == Some(Cause::RequestedKey) && item.initiator.is_none() {
            let pressed = keys.iter().rev().find(|(pressed, _)| follows(*pressed, &[at]));
            item.initiator = Some(pressed.map_or(Initiator::LidIdle, |(_, by)| *by));
        }
        if item.is_plan && !seen.capture("when").is_some_and(|when| is_due(when, began_at)) {
            item.role = Role::Note;
        }
    }
}

fn key(seen: &Observed) -> Option<(u64, Initiator)> {
    let is_key = seen.rule.causes.first() == Some(&Cause::RequestedKey);
    Some((seen.line.monotonic.0, seen.rule.initiator.filter(|_| is_key)?))
}

/// Whether logind or PID 1 says that it carries a request out.
fn is_acted_on(seen: &Observed) -> bool {
    let asked = seen.rule.means.iter().any(|means| matches!(means, Means::Asked(_)));
    asked && seen.strength == Strength::Proof
}

fn follows(at: u64, acted: &[u64]) -> bool {
    acted.iter().any(|acted| *acted >= at && *acted - at <= KEY_ACTS)
}

/// Whether the shutdown began at the time of a plan such as `Tue 2026-05-12 05:54:30 UTC`, whatever the time zone.
fn is_due(when: &str, began_at: Option<u64>) -> bool {
    let Some(began) = began_at else { return true };
    let Some(time) = when.split_whitespace().find_map(clock_time) else { return true };
    let began = i64::try_from(began / SECOND).unwrap_or_default();
    let late = (began - time).rem_euclid(ZONES);
    late <= DUE || late >= ZONES - KEY_ACTS as i64 / SECOND as i64
}

/// `05:54:30` in seconds since midnight.
fn clock_time(word: &str) -> Option<i64> {
    let mut parts = word.split(':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    Some(hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_due_at_its_time_in_any_zone() {
        let at = |clock: &str| Some(clock_time(clock).unwrap() as u64 * SECOND);
        let plan = "Tue 2026-05-12 05:54:30 UTC";
        assert!(is_due(plan, at("05:54:31")));
        assert!(is_due(plan, at("07:54:35")), "in another zone");
        assert!(is_due(plan, at("11:24:28")), "half an hour off");
        assert!(!is_due(plan, at("05:50:00")), "long before");
        assert!(!is_due(plan, at("05:58:00")), "long after");
        assert!(is_due("tomorrow", at("05:58:00")), "what cannot be read says nothing against it");
    }
}
