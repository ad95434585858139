//! What set a shutdown going.

use super::believed::{
    AFTER, AROUND, BEFORE, announced, began, explicit, is_denied, is_late, is_of_chain, is_of_manager, is_within, names,
};
use super::confidence::{Level, by_points, foremost};
use super::decision::Decision;
use super::ids::{Cause, Condition, Confidence, Initiator};
use super::item::{Item, Role};
use super::points::Score;
use super::setting::{Machine, Setting, UNTOLD, trust};
use super::usual;
use crate::analysis::ending::Finding;
use crate::analysis::report::Strength;
use crate::analysis::rules::Weights;

const SECOND: u64 = 1_000_000;
/// A failed unit's action follows so soon.
const FAILURE: u64 = 2 * SECOND;
/// Context that weighs less says nothing of who asked.
const HEARD: f64 = 1.0;
const UNPLACED: &str =
    "the next boot that is known has on record that hardware ended one before it: this one, or one between";
const FROM_INSIDE: &str = "the signal came from a process inside the container, where its manager is none";

/// The cause of a shutdown that ran its course.
pub(super) fn decide(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    let requests: Vec<&Item> = items.iter().filter(|item| item.role == Role::Request).collect();
    if let Some(hung) = hung(items, setting) {
        return hung;
    }
    let (denied, requests): (Vec<&Item>, Vec<&Item>) =
        requests.iter().partition(|item| is_denied(item, &requests, setting));
    // What led to such a line came to nothing with it.
    let led_to = |item: &&Item| {
        let is_before = |ago: u64| (ago..=ago.saturating_add(BEFORE)).contains(&item.ago);
        denied.iter().any(|denied| denied.cause() == item.cause() && is_before(denied.ago))
    };
    let (led_to, requests): (Vec<&Item>, Vec<&Item>) = requests.into_iter().partition(led_to);
    let denied = [denied, led_to].concat();
    let (late, requests): (Vec<&Item>, Vec<&Item>) =
        requests.iter().partition(|item| is_late(item, &requests, setting));
    // What else was written of the same, then, came with it.
    let is_told = |item: &&Item| item.ago < began(setting) && late.iter().any(|late| late.cause() == item.cause());
    let (beside, requests): (Vec<&Item>, Vec<&Item>) = requests.into_iter().partition(is_told);
    let late = late.iter().copied().chain(beside);
    let decision = asked_for(items, &requests, setting, weights);
    let decision = beside_record(items, decision.or(late.filter_map(Item::cause).map(Condition::from)), setting);
    if denied.is_empty() {
        return decision;
    }
    let decision =
        decision.at_most(Confidence::Likely, "just before, another end was announced than the one that came");
    decision.or(denied.into_iter().filter_map(Item::cause).map(Condition::from))
}

/// What may have hung behind its last line, where hardware that ended a boot is on record, and ended the one before in the
/// same words or perhaps another one that came between, is not proven to have come to its end.
fn beside_record(items: &[Item], decision: Decision, setting: &Setting) -> Decision {
    let doubt = |item: &Item| match item.doubt {
        Some(usual::KEPT_OR_HUNG) => Some(usual::KEPT_OR_HUNG),
        None => Some(UNPLACED).filter(|_| is_by_hardware(item) && !setting.is_followed()),
        Some(_) => None,
    };
    let records = items.iter().filter(|item| item.role == Role::Record);
    let open: Vec<(&Item, &str)> = records.filter_map(|item| Some((item, doubt(item)?))).collect();
    let Some((_, doubt)) = open.first().filter(|_| setting.finding == Finding::Complete) else { return decision };
    let decision = decision.at_most(Confidence::Likely, doubt);
    decision.or(open.into_iter().filter_map(|(item, _)| item.cause()).map(Condition::from))
}

/// The cause of a shutdown by what asked for it.
fn asked_for(items: &[Item], requests: &[&Item], setting: &Setting, weights: &Weights) -> Decision {
    if let Some((item, others)) = explicit(requests, setting) {
        let decision = by_host(item, setting).unwrap_or_else(|| proven(item, setting));
        let decision = behind(decision, (item, requests), setting);
        return beside(decision, (item, &others), setting, weights);
    }
    let since = announced(setting);
    // A policy says so itself, and does not ask logind.
    let is_policy = |item: &Item| item.cause().is_some_and(|cause| cause.id().starts_with("policy."));
    let is_context = |item: &Item| !item.is_proof() && (!is_policy(item) || item.doubt.is_some());
    let near = requests.iter().filter(|item| is_context(item) && !is_of_manager(item, setting));
    let near: Vec<&Item> = near.filter(|item| is_within(item, setting, AROUND)).copied().collect();
    let score = Score::of(near.iter().copied(), weights, since);
    let is_plain = |item: &Item| item.is_proof() && item.cause() == Some(Cause::RequestedApi);
    let asked = requests.iter().filter(|item| is_plain(item) || is_of_manager(item, setting));
    let asked = asked.filter(|item| is_within(item, setting, BEFORE)).min_by_key(|item| item.ago);
    match (by_points(&score).or_else(|| tied(&score, &near)), asked) {
        (Some((cause, confidence)), asked) if asked.is_some() || confidence == Confidence::Likely => {
            refined(cause, confidence, score, requests, setting)
        }
        (_, Some(item)) => requested(item, score, setting),
        (_, None) => unasked(items, score, setting),
    }
}

/// Of causes that equally much speaks for, the one of which a line came last: the others stay open.
fn tied(score: &Score, near: &[&Item]) -> Option<(Cause, Confidence)> {
    let foremost = foremost(score);
    let named = |item: &&Item| item.causes.iter().copied().find(|cause| foremost.contains(cause));
    let last = near.iter().filter(|item| named(item).is_some()).min_by_key(|item| item.ago)?;
    Some((named(last)?, Confidence::Possible))
}

/// A shutdown that reached its last line, and that the next boot knows to have been ended by hardware.
fn hung(items: &[Item], setting: &Setting) -> Option<Decision> {
    if setting.finding != Finding::Complete || !setting.is_followed() {
        return None;
    }
    items.iter().find(|item| is_by_hardware(item)).map(|item| Decision { is_hung: true, ..proven(item, setting) })
}

/// Whether hardware has on record, beyond doubt, that it ended a machine that may have been on its way down.
fn is_by_hardware(item: &Item) -> bool {
    item.role == Role::Record
        && item.is_proof()
        && item.doubt.is_none()
        && matches!(item.cause(), Some(Cause::WatchdogHardware | Cause::ThermalTrip))
}

/// What a line proves that came a while after the first stop is not proven where logind had been asked before; nor what the
/// kernel's line does that came after it at all, where another had asked.
fn behind(decision: Decision, (item, requests): (&Item, &[&Item]), setting: &Setting) -> Decision {
    let began = began(setting);
    let is_plain = |other: &Item| other.is_proof() && other.cause() == Some(Cause::RequestedApi) && other.ago >= began;
    let asked = requests.iter().any(|other| is_plain(other) && is_within(other, setting, BEFORE));
    let is_late = asked && item.ago.saturating_add(SECOND) <= began;
    let asked_before = |other: &&&Item| {
        let is_other = names(other, setting) && !is_of_chain(item, other) && other.strength >= Strength::Strong;
        is_other && other.ago >= began && is_within(other, setting, BEFORE)
    };
    let other = requests.iter().find(asked_before).filter(|_| item.is_kernels && item.ago < began);
    if item.is_plan || !(is_late || other.is_some()) {
        return decision;
    }
    let mut level = Level::new(decision.confidence.unwrap_or(Confidence::Undetermined));
    level.down("the shutdown had begun before that was written");
    let mut decision = Decision { confidence: Some(level.confidence), ..decision };
    decision.downgrades.extend(level.downgrades);
    decision.or(other.and_then(|other| other.cause()).into_iter().chain([Cause::RequestedApi]).map(Condition::from))
}

/// What one line proves and others deny is not proven.
fn beside(decision: Decision, (item, others): (&Item, &[&Item]), setting: &Setting, weights: &Weights) -> Decision {
    if others.is_empty() {
        return decision;
    }
    let mut level = Level::new(decision.confidence.unwrap_or(Confidence::Undetermined));
    level.down("another line speaks for another cause");
    let own = std::iter::once(item).filter(|item| item.speaks_for(decision.cause));
    let score = Score::of(own.chain(others.iter().copied()), weights, announced(setting));
    let mut decision = Decision { confidence: Some(level.confidence), ..decision };
    decision.downgrades.extend(level.downgrades);
    let causes = others.iter().filter_map(|other| other.cause()).chain(item.candidates.iter().copied());
    decision.weighed(score).or(causes.map(Condition::from))
}

/// A key in a virtual machine is mostly its host's.
fn is_hosts(cause: Option<Cause>, initiator: Option<Initiator>, setting: &Setting) -> bool {
    let is_key = cause == Some(Cause::RequestedKey) && initiator != Some(Initiator::LidIdle);
    is_key && setting.machine == Machine::Virtual
}

fn by_host(item: &Item, setting: &Setting) -> Option<Decision> {
    if !is_hosts(item.cause(), item.initiator, setting) {
        return None;
    }
    let mut level = Level::new(Confidence::Likely);
    trust(&mut level, setting, [item]);
    let decision = Decision::at(Cause::RequestedHypervisor, level, Initiator::HypervisorHost);
    Some(decision.or([Cause::RequestedKey.into()]))
}

fn proven(item: &Item, setting: &Setting) -> Decision {
    let Some(cause) = item.cause() else { return Decision::undetermined(Cause::UndeterminedOrderly) };
    let mut level = Level::new(Confidence::Proven);
    if let Some(doubt) = item.doubt {
        level.down(doubt);
    }
    let others = if_hosted(item, setting, &mut level);
    trust(&mut level, setting, [item]);
    let initiator = item.initiator.unwrap_or(Initiator::Unknown);
    Decision::at(cause, level, initiator).or(item.candidates.iter().copied().chain(others).map(Condition::from))
}

/// What a request is where the machine runs in another one, which may be so: then who asked is not known for sure.
fn if_hosted(item: &Item, setting: &Setting, level: &mut Level) -> Vec<Cause> {
    let is_key = item.cause() == Some(Cause::RequestedKey) && item.initiator != Some(Initiator::LidIdle);
    let is_signal = item.rule.starts_with("signal.");
    let others = [(is_key, Cause::RequestedHypervisor), (is_signal, Cause::RequestedContainerStop)];
    let is_untold = setting.machine == Machine::Untold;
    let others: Vec<Cause> = others.into_iter().filter(|(is, _)| *is && is_untold).map(|(_, cause)| cause).collect();
    if !others.is_empty() {
        level.at_most(Confidence::Likely, UNTOLD);
    }
    others
}

fn refined(cause: Cause, confidence: Confidence, score: Score, requests: &[&Item], setting: &Setting) -> Decision {
    let mut level = Level::new(confidence);
    let by = || requests.iter().filter(|item| item.cause() == Some(cause) && is_within(item, setting, AROUND));
    let hosted: Vec<Cause> = by().flat_map(|item| if_hosted(item, setting, &mut level)).collect();
    trust(&mut level, setting, by().copied());
    let initiator = by().max_by_key(|item| item.strength).and_then(|item| item.initiator);
    let others: Vec<Condition> = score.ranked().into_iter().map(|(cause, _)| cause.into()).collect();
    let decision = if is_hosts(Some(cause), initiator, setting) {
        Decision::at(Cause::RequestedHypervisor, level, Initiator::HypervisorHost)
    } else {
        Decision::at(cause, level, initiator.unwrap_or(Initiator::Unknown))
    };
    let decision = decision.weighed(score);
    decision.or([Cause::RequestedApi].into_iter().chain(hosted).map(Condition::from).chain(others))
}

/// Somebody asked, and no line says who.
fn requested(item: &Item, score: Score, setting: &Setting) -> Decision {
    let mut level = Level::new(Confidence::Proven);
    trust(&mut level, setting, [item]);
    if setting.machine == Machine::Container && item.rule.starts_with("signal.") {
        if item.cause() == Some(Cause::RequestedApi) && !item.candidates.contains(&Cause::RequestedContainerStop) {
            level.at_most(Confidence::Likely, FROM_INSIDE);
        }
        let decision = Decision::at(Cause::RequestedContainerStop, level, Initiator::HypervisorHost).weighed(score);
        return decision.or([Cause::RequestedApi.into()]);
    }
    let others: Vec<Cause> = if_hosted(item, setting, &mut level);
    let heard: Vec<Condition> =
        score.ranked().into_iter().filter(|(_, points)| *points >= HEARD).map(|(cause, _)| cause.into()).collect();
    if !heard.is_empty() {
        level.down("what went on about that time may be what asked");
    }
    let initiator = item.initiator.unwrap_or(Initiator::ApiClient);
    Decision::at(Cause::RequestedApi, level, initiator)
        .weighed(score)
        .or(others.into_iter().map(Condition::from).chain(heard))
}

/// What a key may have come to that was pressed just before, though nothing says that it was acted on.
fn pressed(items: &[Item], setting: &Setting) -> Vec<Cause> {
    let is_key = |item: &&Item| item.cause() == Some(Cause::RequestedKey) && item.initiator != Some(Initiator::LidIdle);
    if !items.iter().filter(is_key).any(|item| is_within(item, setting, AFTER)) {
        return Vec::new();
    }
    match setting.machine {
        // Who pressed it in vain may have held it then.
        Machine::Real => vec![Cause::RequestedKey, Cause::PowerButtonHold],
        Machine::Untold => {
            vec![Cause::RequestedKey, Cause::PowerButtonHold, Cause::RequestedHypervisor, Cause::VmStop]
        }
        _ => vec![Cause::RequestedKey, Cause::RequestedHypervisor, Cause::VmStop],
    }
}

/// Nobody asked in any line.
fn unasked(items: &[Item], score: Score, setting: &Setting) -> Decision {
    let began = began(setting);
    let just_before = |item: &&Item| item.ago >= began && item.ago <= began.saturating_add(FAILURE);
    let failed = items.iter().filter(|item| item.speaks_for(Cause::PolicyFailureAction)).find(just_before);
    let others = [Cause::RequestedApi, Cause::RequestedUser].map(Condition::from);
    let others = pressed(items, setting).into_iter().map(Condition::from).chain(others);
    let is_short = items.iter().any(|item| item.speaks_for(Cause::BootShort));
    let possible = |cause, initiator| Decision::at(cause, Level::new(Confidence::Possible), initiator);
    let decision = match failed {
        Some(_) => possible(Cause::PolicyFailureAction, Initiator::UnitAction),
        None if is_short => possible(Cause::BootShort, Initiator::Unknown),
        None => Decision::undetermined(Cause::UndeterminedOrderly),
    };
    let heard: Vec<Condition> = score.ranked().into_iter().map(|(cause, _)| cause.into()).collect();
    decision.weighed(score).or([Cause::PolicyFailureAction.into()].into_iter().chain(heard).chain(others))
}
