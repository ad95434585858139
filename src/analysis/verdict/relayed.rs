//! Requests that others hand on, and those that came to nothing.
//!
//! Who ends a machine says so and asks PID 1 or logind at once. Where neither a request nor a stop follows a line for
//! long, and another request does then, that line is no proof of what set the shutdown going. logind says that it carries
//! a request out only when those who delay it are done: what it does then is the first request, where it is just that and
//! nothing else asked or took the first back.

use super::believed::is_one_request;
use super::ids::{Cause, Initiator};
use super::item::{Item, Role};
use crate::analysis::ending::{Case, Finding};
use crate::analysis::report::{Action, Strength};
use crate::analysis::rules::{Observed, Rule};
use crate::analysis::sender::Sender;
use crate::analysis::sequence::Sign;

const SECOND: u64 = 1_000_000;
/// PID 1 acts itself, and its stops follow.
const AT_ONCE: u64 = 2 * SECOND;
/// Others hand on so soon: logind waits for those who delay it, 30 s on some systems.
const HANDS_ON: u64 = 35 * SECOND;
/// And no later, however long those take who delay it, unless it is said since when they do.
const DELAYS: u64 = 120 * SECOND;
/// A line may be written a little after what it announces.
const AFTER: u64 = 5 * SECOND;
/// A restart that is scheduled is proven by the word that it comes, within this.
const CONFIRMED: u64 = 120 * SECOND;
/// And may have been what that word was about, within this.
const AWAITED: u64 = 900 * SECOND;
const IN_VAIN: &str = "nothing came of it for so long that another request may be what ended the boot";

/// Takes the proof from requests that nothing followed, and gives it to those that were confirmed.
pub(super) fn settle(case: &Case<'_>, finding: Finding, items: &mut [Item], observed: &[Observed]) {
    confirm(items, observed);
    if !matches!(finding, Finding::Complete | Finding::BrokenOff | Finding::TimedOut | Finding::Missing(_)) {
        return;
    }
    let last = case.facts.last.monotonic.0;
    let stops = case.sequence.began();
    let delayed = stops.zip(case.sequence.announced()).map_or(0, |(began, announced)| began.saturating_sub(announced));
    let handed: Vec<(usize, u64)> = (0..).zip(observed).filter(|(_, seen)| is_handed_on(seen)).map(place).collect();
    for (number, (item, seen)) in items.iter_mut().zip(observed).enumerate() {
        let settles = item.role == Role::Request && item.is_proof() && !item.is_plan;
        if !settles || item.cause() == Some(Cause::RequestedApi) {
            continue;
        }
        let at = last.saturating_sub(item.ago);
        let by_update = item.initiator == Some(Initiator::OsUpdate);
        let others = handed.iter().filter(|(other, _)| *other != number && (by_update || is_plain(observed, *other)));
        let asked: Vec<u64> = others.map(|(_, asked)| *asked).collect();
        let is_delayed = is_delayed(case, seen, observed, stops);
        let limit = if is_delayed { DELAYS.saturating_add(delayed) } else { limit(seen) };
        if is_ignored(case, seen) || is_in_vain(at, limit, &asked, stops) {
            item.strength = Strength::Weak;
            item.doubt = Some(IN_VAIN);
        }
    }
}

/// What says that a restart is to come is proof once its own writer says that it does.
fn confirm(items: &mut [Item], observed: &[Observed]) {
    for (item, seen) in items.iter_mut().zip(observed) {
        if item.cause() != Some(Cause::UpdateConfigApply) || item.role != Role::Request {
            continue;
        }
        let at = seen.line.monotonic.0;
        let confirms = |other: &&Observed| {
            let waited = other.line.monotonic.0.checked_sub(at);
            is_done_by_orchestrator(other, seen) && waited.is_some_and(|waited| waited <= AWAITED)
        };
        // The latest word is the one that the shutdown followed.
        let Some(word) = observed.iter().rev().find(confirms) else { continue };
        let waited = word.line.monotonic.0.saturating_sub(at);
        // Somebody asked the supervisor, and that is what it did then.
        let is_anothers = |other: &Observed| {
            other.rule.id == "supervisor.api" && (at..=word.line.monotonic.0).contains(&other.line.monotonic.0)
        };
        if observed.iter().any(is_anothers) {
            item.strength = item.strength.min(Strength::Moderate);
            continue;
        }
        item.ago = item.ago.saturating_sub(waited);
        if waited <= CONFIRMED {
            item.strength = Strength::Proof;
        }
    }
}

/// Whether a line says that the writer of another one restarts the machine.
fn is_done_by_orchestrator(seen: &Observed, scheduled: &Observed) -> bool {
    let writers = |seen: &Observed| seen.rule.by.iter().map(|by| by.name().to_owned()).collect::<Vec<_>>();
    seen.rule.id == "supervisor.rebooting" && writers(seen) == writers(scheduled)
}

/// Whether a line passes a request on: logind or PID 1 have it, or an update is about to ask them.
fn is_handed_on(seen: &Observed) -> bool {
    is_request(seen) || (seen.rule.initiator == Some(Initiator::OsUpdate) && seen.rule.id.starts_with("hup."))
}

fn is_request(seen: &Observed) -> bool {
    seen.rule.causes.first() == Some(&Cause::RequestedApi) && super::requests::is_acted_on(seen)
}

fn is_plain(observed: &[Observed], at: usize) -> bool {
    observed.get(at).is_some_and(is_request)
}

fn place((number, seen): (usize, &Observed)) -> (usize, u64) {
    (number, seen.line.monotonic.0)
}

/// How long a writer takes to act at most.
fn limit(seen: &Observed) -> u64 {
    if Sender::Pid1.wrote(&seen.line) { AT_ONCE } else { HANDS_ON }
}

/// Whether what the machine did in the end is what a line asked for, and nothing else is known to have asked for it.
fn is_delayed(case: &Case<'_>, seen: &Observed, observed: &[Observed], stops: Option<u64>) -> bool {
    let is_done = verb(seen).is_some_and(|verb| case.sequence.action() == Some(verb));
    let is_between = |other: &&Observed| {
        other.line.monotonic > seen.line.monotonic && stops.is_none_or(|stops| other.line.monotonic.0 <= stops)
    };
    let is_other = |other: &Observed| is_over(other, seen) || asks_otherwise(other, seen);
    is_done && !Sender::Pid1.wrote(&seen.line) && !observed.iter().filter(is_between).any(is_other)
}

/// What a line asks for.
fn verb(seen: &Observed) -> Option<Action> {
    let by_update = seen.rule.causes.first().is_some_and(|cause| cause.id().starts_with("update."));
    match seen.capture("verb") {
        Some("Restart") => Some(Action::Reboot),
        Some("Shutdown") => Some(Action::Poweroff),
        _ => seen.rule.action.or(by_update.then_some(Action::Reboot)),
    }
}

/// Whether a line says that the state is over in which another one asked.
fn is_over(seen: &Observed, asked: &Observed) -> bool {
    seen.rule.causes.is_empty() && asked.rule.causes.first().is_some_and(|cause| seen.rule.excludes.contains(cause))
}

/// Whether a line says as plainly that something else asked.
fn asks_otherwise<'a>(seen: &'a Observed, asked: &'a Observed) -> bool {
    let of = |rule: &'a Rule| (rule.causes.as_slice(), rule.candidates.as_slice());
    let named = seen.rule.causes.first().is_some_and(|cause| cause.sets_off() && *cause != Cause::RequestedApi);
    named && seen.strength >= Strength::Strong && !is_one_request(of(&seen.rule), of(&asked.rule))
}

/// Whether neither a request nor a stop followed in time, and a later request did what this one did not.
fn is_in_vain(at: u64, limit: u64, asked: &[u64], stops: Option<u64>) -> bool {
    let in_time = |then: &u64| *then <= at.saturating_add(limit);
    let until = |then: &u64| stops.is_none_or(|stops| *then <= stops.saturating_add(AFTER));
    let after: Vec<u64> = asked.iter().copied().filter(|then| then.saturating_add(AFTER) >= at).collect();
    let is_followed = after.iter().chain(&stops).any(in_time);
    !is_followed && after.iter().any(until)
}

/// Whether the sequence dropped the sign, since the boot went on after it.
fn is_ignored(case: &Case<'_>, seen: &Observed) -> bool {
    case.sequence.ignored.iter().any(|sign| is_same(sign, seen))
}

/// Whether two are of one rule and one line.
pub(super) fn is_same(sign: &Sign, seen: &Observed) -> bool {
    let place = |seen: &Observed| (seen.line.file, seen.line.offset);
    sign.rule.id == seen.rule.id && place(sign) == place(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_neither_a_request_nor_a_stop_follows_in_time_is_in_vain_where_a_later_request_is_there() {
        let s = |seconds: u64| seconds * SECOND;
        assert!(is_in_vain(s(100), HANDS_ON, &[s(160)], Some(s(160))));
        assert!(!is_in_vain(s(100), HANDS_ON, &[s(101)], Some(s(160))), "handed on");
        assert!(!is_in_vain(s(100), HANDS_ON, &[], Some(s(160))), "nobody else asked");
        assert!(!is_in_vain(s(100), AT_ONCE, &[s(120)], Some(s(100))), "the stops began");
        assert!(!is_in_vain(s(100), AT_ONCE, &[s(140)], Some(s(108))), "asked again while it shut down");
        assert!(is_in_vain(s(100), AT_ONCE, &[s(108)], Some(s(108))), "PID 1 does not wait");
        assert!(!is_in_vain(s(100), HANDS_ON, &[s(98)], Some(s(160))), "written a little after");
    }
}
