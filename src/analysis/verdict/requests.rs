//! Requests held against what came of them: keys that were acted on, plans that came due.

use super::ids::{Cause, Initiator};
use super::item::{Item, Role};
use crate::analysis::chronology::Jump;
use crate::analysis::ending::Case;
use crate::analysis::plan::{Due, due};
use crate::analysis::report::{Action, Stage, Strength};
use crate::analysis::rules::{Means, Observed};
use crate::analysis::sequence::Sign;

const SECOND: u64 = 1_000_000;
/// A key is acted upon so soon, or not at all.
const KEY_ACTS: u64 = 5 * SECOND;
/// The wall clock leaps where it moves by more, in microseconds.
const LEAP: u64 = 60 * SECOND;
/// What came due meanwhile begins so soon after that, or not for it.
const LEAPT: u64 = 120 * SECOND;
/// What logind says of logins, from a plan's last five minutes on; older versions say no more of the plan.
const LOGINS_BLOCKED: &str = "plan.nologin";
const MAYBE_WATCHDOG: &str = "the unit may itself be a watchdog program, by its name";

/// When a shutdown began, by the wall clock, in microseconds; of one that was delayed, when that was announced.
pub(super) fn began_at(case: &Case<'_>) -> Option<u64> {
    let steps = case.sequence.steps.iter().filter(|step| step.stage() >= Some(Stage::S1));
    let began = steps.map(|step| step.line.realtime.0).min();
    let at = case.sequence.announced();
    let told = case.sequence.steps.iter().find(|step| step.is_plan() && Some(step.at()) == at);
    told.map(|step| step.line.realtime.0).or(began)
}

/// How far the wall clock had gone ahead of the time that the machine was awake just before a shutdown began, in microseconds: a plan
/// for a time in between came due then.
fn leapt(case: &Case<'_>) -> u64 {
    let steps = case.sequence.steps.iter().filter(|step| step.stage() >= Some(Stage::S1));
    let Some(began) = steps.map(Sign::at).min() else { return 0 };
    let is_before = |jump: &Jump| {
        let after = jump.after.monotonic.0;
        after <= began && began <= after.saturating_add(LEAPT)
    };
    let jumps = case.source.jumps(case.boot, LEAP).into_iter().filter(is_before);
    jumps.filter_map(|jump| u64::try_from(jump.by_us()).ok()).sum()
}

/// Takes keys and plans out of account that nothing came of, and tells which key it was.
pub(super) fn settle(case: &Case<'_>, items: &mut [Item], observed: &[Observed]) {
    let began_at = began_at(case);
    let leapt = if items.iter().any(|item| item.is_plan) { leapt(case) } else { 0 };
    let keys: Vec<(u64, Initiator)> = observed.iter().filter_map(key).collect();
    for (item, seen) in items.iter_mut().zip(observed) {
        let at = seen.line.monotonic.0;
        if key(seen).is_some() && !item.is_proof() {
            let is_acted_on = observed.iter().any(|other| carries_out(seen, other));
            item.role = if is_acted_on { Role::Request } else { Role::Note };
            item.strength = if is_acted_on { Strength::Strong } else { item.strength };
        }
        if item.cause() == Some(Cause::RequestedKey) && item.initiator.is_none() {
            let pressed = keys.iter().rev().find(|(pressed, _)| follows(*pressed, at));
            item.initiator = Some(pressed.map_or(Initiator::LidIdle, |(_, by)| *by));
        }
        if is_from_inside(seen) {
            item.candidates.retain(|cause| *cause != Cause::RequestedContainerStop);
        }
        if item.cause() == Some(Cause::PolicyStartLimit) && item.candidates.contains(&Cause::PolicyAppWatchdog) {
            item.doubt = Some(MAYBE_WATCHDOG);
        }
        let is_told = seen.rule.id == LOGINS_BLOCKED && observed.iter().any(|other| tells_of_plan(other, seen));
        if seen.is_for_later() || is_told {
            item.role = Role::Note;
        }
        if item.is_plan {
            let stands = !observed.iter().any(|other| takes_back(other, seen));
            match seen.capture("when").filter(|_| stands).map(|when| due(when, began_at, leapt)) {
                Some(Due::Yes) => {}
                Some(Due::Open(why)) => item.doubt = Some(why),
                Some(Due::No) | None => item.role = Role::Note,
            }
        }
    }
}

/// Whether PID 1 names the process that sent it a signal: of one outside its container it knows no number.
fn is_from_inside(seen: &Observed) -> bool {
    let sender = seen.capture("pid").and_then(|pid| pid.parse::<u32>().ok());
    seen.rule.id.starts_with("signal.") && sender.is_some_and(|pid| pid > 1)
}

fn key(seen: &Observed) -> Option<(u64, Initiator)> {
    let is_key = seen.rule.causes.first() == Some(&Cause::RequestedKey);
    Some((seen.line.monotonic.0, seen.rule.initiator.filter(|_| is_key)?))
}

/// Whether a line says of the plan for which logins were blocked what became of it: when it was to be, or that it was cancelled.
fn tells_of_plan(other: &Observed, blocked: &Observed) -> bool {
    let is_timed =
        other.rule.means.iter().any(|means| matches!(means, Means::Planned(_))) && other.capture("when").is_some();
    is_timed || takes_back(other, blocked)
}

/// Whether a plan is void by a later line: it was cancelled, or another took its place, since logind has one at a time.
fn takes_back(later: &Observed, plan: &Observed) -> bool {
    let is_cancelled = later.rule.means.contains(&Means::Cancelled);
    let is_other = later.rule.means.iter().any(|means| matches!(means, Means::Planned(_)))
        && later.capture("when").is_some_and(|when| Some(when) != plan.capture("when"));
    later.line.monotonic > plan.line.monotonic && (is_cancelled || is_other)
}

/// Whether logind or PID 1 says that it carries a request out.
pub(super) fn is_acted_on(seen: &Observed) -> bool {
    let asked = seen.rule.means.iter().any(|means| matches!(means, Means::Asked(_)));
    asked && seen.strength == Strength::Proof
}

/// Whether logind acts on a key: it says so, or does what the key stands for. What else is asked then, others asked.
fn carries_out(pressed: &Observed, acted: &Observed) -> bool {
    let usual = match pressed.rule.initiator {
        Some(Initiator::PowerKey) => Some(Action::Poweroff),
        Some(Initiator::RebootKey) => Some(Action::Reboot),
        _ => None,
    };
    let is_keys = acted.rule.causes.first() == Some(&Cause::RequestedKey);
    let is_plain = acted.rule.causes.first() == Some(&Cause::RequestedApi);
    is_acted_on(acted)
        && (is_keys || (is_plain && usual.is_some() && acted.rule.action == usual))
        && follows(pressed.line.monotonic.0, acted.line.monotonic.0)
}

fn follows(at: u64, acted: u64) -> bool {
    acted >= at && acted - at <= KEY_ACTS
}
