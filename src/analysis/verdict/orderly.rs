//! What set a shutdown going.

use super::confidence::{Level, by_points, foremost};
use super::decision::Decision;
use super::ids::{Cause, Condition, Confidence, Initiator};
use super::item::{Item, Role};
use super::points::Score;
use super::setting::{Machine, Setting, UNTOLD, trust};
use super::usual;
use crate::analysis::ending::Finding;
use crate::analysis::report::{Action, Strength};
use crate::analysis::rules::Weights;

const SECOND: u64 = 1_000_000;
/// What sets a shutdown going says so at most so long before the first stop.
pub(in crate::analysis) const BEFORE: u64 = 120 * SECOND;
/// And what goes on about that time tells who may have asked.
pub(super) const AROUND: u64 = 900 * SECOND;
/// A line may be written a little after what it announces.
pub(super) const AFTER: u64 = 5 * SECOND;
/// A failed unit's action follows so soon.
const FAILURE: u64 = 2 * SECOND;
/// Context that weighs less says nothing of who asked.
const HEARD: f64 = 1.0;
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

/// What may have hung behind its last line, where hardware that ended the boot before is on record in the same words, is not
/// proven to have come to its end.
fn beside_record(items: &[Item], decision: Decision, setting: &Setting) -> Decision {
    let is_open = |item: &&Item| item.role == Role::Record && item.doubt == Some(usual::KEPT_OR_HUNG);
    let open: Vec<&Item> = items.iter().filter(is_open).collect();
    if setting.finding != Finding::Complete || open.is_empty() {
        return decision;
    }
    let decision = decision.at_most(Confidence::Likely, usual::KEPT_OR_HUNG);
    decision.or(open.into_iter().filter_map(Item::cause).map(Condition::from))
}

/// Whether a line came only after a shutdown had begun that another one had asked for as plainly; and does not name what
/// became of the machine where something else had been asked for, as a failed unit's action that took a shutdown's place.
fn is_late(item: &Item, requests: &[&Item], setting: &Setting) -> bool {
    let is_before = |other: &Item| other.ago >= began(setting) && is_within(other, setting, BEFORE);
    let is_asked = |other: &Item| {
        let is_other = names(other, setting) && !is_of_chain(item, other);
        is_before(other) && other.strength >= Strength::Strong && is_other
    };
    let slack = match item.strength {
        // The kernel's lines take another way to journald than those of PID 1, and may come behind them.
        Strength::Proof if item.is_kernels && came_true(item, setting) != Some(false) => SECOND,
        Strength::Proof => 0,
        // What is no proof may have been written late as well.
        Strength::Strong => AFTER,
        _ => return false,
    };
    let is_behind = item.ago.saturating_add(slack) < began(setting) && !item.is_plan;
    is_behind && !took_place(item, requests, setting) && requests.iter().any(|other| is_asked(other))
}

/// Whether a sign's action is what became of the machine, if both are known. Who asks for a halt may get a power-off, and a
/// restart may skip the firmware.
fn came_true(item: &Item, setting: &Setting) -> Option<bool> {
    let kind = |action: Action| match action {
        Action::Halt => Action::Poweroff,
        Action::Kexec => Action::Reboot,
        action => action,
    };
    item.action.zip(setting.action).map(|(named, came)| kind(named) == kind(came))
}

/// Whether a line announced another end than the one that came, which logind or PID 1 said behind it that it carries out.
fn is_denied(item: &Item, requests: &[&Item], setting: &Setting) -> bool {
    let carries_out = |other: &&&Item| {
        let is_plain = other.is_proof() && other.cause() == Some(Cause::RequestedApi);
        is_plain && other.ago <= item.ago && is_within(other, setting, BEFORE)
    };
    let is_another = item.is_proof() && !item.is_plan && came_true(item, setting) == Some(false);
    is_another
        && is_within(item, setting, BEFORE)
        && requests.iter().filter(carries_out).any(|other| came_true(other, setting) == Some(true))
}

/// Whether a line that came after a shutdown had begun names what became of the machine, where another action had been
/// asked for before.
fn took_place(item: &Item, requests: &[&Item], setting: &Setting) -> bool {
    let is_replaced = |other: &Item| {
        let is_before = other.ago >= began(setting) && is_within(other, setting, BEFORE);
        is_before && came_true(other, setting) == Some(false)
    };
    let is_after = item.ago < began(setting) && came_true(item, setting) == Some(true);
    is_after && requests.iter().any(|other| is_replaced(other))
}

/// The cause of a shutdown by what asked for it.
fn asked_for(items: &[Item], requests: &[&Item], setting: &Setting, weights: &Weights) -> Decision {
    if let Some((item, others)) = explicit(requests, setting) {
        let decision = by_host(item, setting).unwrap_or_else(|| proven(item, setting));
        let decision = behind(decision, (item, requests), setting);
        return beside(decision, (item, &others), setting, weights);
    }
    let since = began(setting);
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
    let by_hardware = |item: &&Item| {
        item.role == Role::Record
            && item.is_proof()
            && item.doubt.is_none()
            && matches!(item.cause(), Some(Cause::WatchdogHardware | Cause::ThermalTrip))
    };
    if setting.finding != Finding::Complete || !setting.is_followed() {
        return None;
    }
    items.iter().find(by_hardware).map(|item| Decision { is_hung: true, ..proven(item, setting) })
}

/// The latest line that says what set the shutdown going, and those that say something else as plainly, or later; a
/// restart into another system yields to its reason.
fn explicit<'i>(requests: &[&'i Item], setting: &Setting) -> Option<(&'i Item, Vec<&'i Item>)> {
    // A plan whose time had come is none of an end of another kind.
    let is_due = |item: &Item| item.is_plan && came_true(item, setting) != Some(false);
    let near = |item: &&&Item| {
        is_due(item) || (!item.is_plan && is_within(item, setting, BEFORE)) || took_place(item, requests, setting)
    };
    let names = |item: &Item| names(item, setting);
    let named = |item: &&&Item| item.is_proof() && names(item);
    let named: Vec<&Item> = requests.iter().filter(near).filter(named).copied().collect();
    let is_reason = |item: &&&Item| {
        use Cause::{UpdateRollbackAltboot, UpdateRollbackHealth};
        matches!(item.cause(), Some(UpdateRollbackAltboot | UpdateRollbackHealth))
    };
    let latest = named.iter().min_by_key(|item| (item.is_plan, item.ago))?;
    let reason = named.iter().filter(is_reason).min_by_key(|item| item.ago);
    let chosen = *reason.filter(|_| latest.cause() == Some(Cause::UpdateOsImage)).unwrap_or(latest);
    // A plan is told to everybody, so that others act on it; but a person who asks just before logind acts may be why it does.
    let is_later = |item: &Item| {
        let speaks = item.strength == Strength::Strong && names(item);
        let is_open = !chosen.is_plan || is_persons(item, requests);
        speaks && is_open && item.ago < chosen.ago && is_within(item, setting, BEFORE)
    };
    let denies = |item: &&Item| {
        (named.iter().any(|known| std::ptr::eq(*known, *item)) || is_later(item)) && !is_of_chain(item, chosen)
    };
    Some((chosen, requests.iter().copied().filter(denies).collect()))
}

/// Whether a person asked, and logind or PID 1 said at once that it is done.
fn is_persons(item: &Item, requests: &[&Item]) -> bool {
    let acts = |other: &&&Item| other.is_proof() && other.cause() == Some(Cause::RequestedApi);
    let is_at_once = |other: &Item| (other.ago..=other.ago.saturating_add(AFTER)).contains(&item.ago);
    item.cause() == Some(Cause::RequestedUser) && requests.iter().filter(acts).any(|other| is_at_once(other))
}

/// Whether a line says more than that somebody asked.
fn names(item: &Item, setting: &Setting) -> bool {
    item.cause() != Some(Cause::RequestedApi) && !is_of_manager(item, setting)
}

/// Whether two lines speak of one request.
fn is_of_chain(one: &Item, other: &Item) -> bool {
    is_one_request((&one.causes, &one.candidates), (&other.causes, &other.candidates))
}

/// Whether two signs speak of one request, by what each speaks for and leaves open: one restarts into another system for
/// the other, or leaves its cause open.
pub(super) fn is_one_request(one: (&[Cause], &[Cause]), other: (&[Cause], &[Cause])) -> bool {
    use Cause::{RequestedOrchestrator, UpdateConfigApply, UpdateOsImage, UpdateRollbackAltboot, UpdateRollbackHealth};
    let named = [one.0.first(), other.0.first()];
    let both = |of: &[Cause]| named.iter().all(|cause| cause.is_some_and(|cause| of.contains(cause)));
    let leaves = |one: (&[Cause], &[Cause]), other: (&[Cause], &[Cause])| {
        other.0.first().is_some_and(|cause| one.1.contains(cause))
    };
    one.0.first() == other.0.first()
        || both(&[UpdateOsImage, UpdateRollbackAltboot, UpdateRollbackHealth])
        || both(&[RequestedOrchestrator, UpdateConfigApply])
        || leaves(one, other)
        || leaves(other, one)
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
    let score = Score::of(own.chain(others.iter().copied()), weights, began(setting));
    let mut decision = Decision { confidence: Some(level.confidence), ..decision };
    decision.downgrades.extend(level.downgrades);
    let causes = others.iter().filter_map(|other| other.cause()).chain(item.candidates.iter().copied());
    decision.weighed(score).or(causes.map(Condition::from))
}

/// Whether a container's manager ended it: of any signal that PID 1 takes for a shutdown, nobody else sends one there,
/// neither a UPS nor the kernel for keys.
pub(super) fn is_of_manager(item: &Item, setting: &Setting) -> bool {
    let is_others = matches!(item.cause(), Some(Cause::PowerUps | Cause::RequestedKey));
    setting.machine == Machine::Container && item.rule.starts_with("signal.") && is_others
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

pub(super) fn began(setting: &Setting) -> u64 {
    setting.began.unwrap_or(0)
}

pub(super) fn is_within(item: &Item, setting: &Setting, before: u64) -> bool {
    is_near(item.ago, setting, before)
}

/// Whether what was written so long before the last entry, in microseconds, may have set the shutdown going, at most so long
/// before it began.
pub(in crate::analysis) fn is_near(ago: u64, setting: &Setting, before: u64) -> bool {
    let began = began(setting);
    ago <= began.saturating_add(before) && ago.saturating_add(AFTER) >= began
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
