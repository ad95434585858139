//! Which of the lines that ask for a shutdown are believed.

use super::ids::Cause;
use super::item::Item;
use super::setting::{Machine, Setting};
use crate::analysis::report::{Action, Strength};

const SECOND: u64 = 1_000_000;
/// What sets a shutdown going says so at most so long before the first stop.
pub(in crate::analysis) const BEFORE: u64 = 120 * SECOND;
/// And what goes on about that time tells who may have asked.
pub(super) const AROUND: u64 = 900 * SECOND;
/// A line may be written a little after what it announces.
pub(super) const AFTER: u64 = 5 * SECOND;

/// Whether a line came only after a shutdown had begun that another one had asked for as plainly; and does not name what
/// became of the machine where something else had been asked for, as a failed unit's action that took a shutdown's place.
pub(super) fn is_late(item: &Item, requests: &[&Item], setting: &Setting) -> bool {
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
pub(super) fn came_true(item: &Item, setting: &Setting) -> Option<bool> {
    let kind = |action: Action| match action {
        Action::Halt => Action::Poweroff,
        Action::Kexec => Action::Reboot,
        action => action,
    };
    item.action.zip(setting.action).map(|(named, came)| kind(named) == kind(came))
}

/// Whether a line announced another end than the one that came, which logind or PID 1 said behind it that it carries out.
pub(super) fn is_denied(item: &Item, requests: &[&Item], setting: &Setting) -> bool {
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
pub(super) fn took_place(item: &Item, requests: &[&Item], setting: &Setting) -> bool {
    let is_replaced = |other: &Item| {
        let is_before = other.ago >= began(setting) && is_within(other, setting, BEFORE);
        is_before && came_true(other, setting) == Some(false)
    };
    let is_after = item.ago < began(setting) && came_true(item, setting) == Some(true);
    is_after && requests.iter().any(|other| is_replaced(other))
}

/// The latest line that says what set the shutdown going, and those that say something else as plainly, or later; a
/// restart into another system yields to its reason.
pub(super) fn explicit<'i>(requests: &[&'i Item], setting: &Setting) -> Option<(&'i Item, Vec<&'i Item>)> {
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
pub(super) fn names(item: &Item, setting: &Setting) -> bool {
    item.cause() != Some(Cause::RequestedApi) && !is_of_manager(item, setting)
}

/// Whether two lines speak of one request.
pub(super) fn is_of_chain(one: &Item, other: &Item) -> bool {
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

/// Whether a container's manager ended it: of any signal that PID 1 takes for a shutdown, nobody else sends one there,
/// neither a UPS nor the kernel for keys.
pub(super) fn is_of_manager(item: &Item, setting: &Setting) -> bool {
    let is_others = matches!(item.cause(), Some(Cause::PowerUps | Cause::RequestedKey));
    setting.machine == Machine::Container && item.rule.starts_with("signal.") && is_others
}

pub(super) fn began(setting: &Setting) -> u64 {
    setting.began.unwrap_or(0)
}

/// When what began then was announced to those who delay it.
pub(super) fn announced(setting: &Setting) -> u64 {
    setting.announced.unwrap_or_else(|| began(setting))
}

pub(super) fn is_within(item: &Item, setting: &Setting, before: u64) -> bool {
    is_near(item.ago, setting, before)
}

/// Whether what was written so long before the last entry, in microseconds, may have set the shutdown going, at most so long
/// before it began.
pub(in crate::analysis) fn is_near(ago: u64, setting: &Setting, before: u64) -> bool {
    ago <= announced(setting).saturating_add(before) && ago.saturating_add(AFTER) >= began(setting)
}
