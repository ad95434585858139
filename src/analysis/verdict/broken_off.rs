//! What broke a shutdown off.

use super::abrupt;
use super::believed::{AFTER, began};
use super::confidence::Level;
use super::decision::Decision;
use super::force;
use super::ids::{Cause, Condition, Confidence, Only};
use super::item::{Item, Role};
use super::orderly;
use super::setting::{Setting, trust};
use crate::analysis::report::{Action, Strength};
use crate::analysis::rules::Weights;

const STAYED_OFF: &str =
    "the machine stayed off as after a loss of power, where that would have brought it back in minutes";

/// The cause of a shutdown that did not run its course: what broke it off where a sign names that, else what set it
/// going.
pub(super) fn decide(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    let breaks = |item: &&Item| match item.role {
        Role::Record => setting.is_followed(),
        Role::Terminal => item.ago <= began(setting),
        // What breaks a shutdown off, be it keys or a job's time, is contributing as its hang.
        _ if item.contributing == Some(Only::ShutdownHang.into()) && item.is_proof() => true,
        _ => item.cause() == Some(Cause::PolicyJobTimeout) || force::is_last_word(item, setting),
    };
    let breaks: Vec<&Item> = items.iter().filter(breaks).collect();
    let mut excluded = abrupt::excluded(&breaks);
    let asked = orderly::decide(items, setting, weights);
    // What no reset of the kind on record comes from may have set the shutdown going all the same.
    excluded.retain(|(cause, _)| *cause != asked.cause);
    let stayed_off = items.iter().any(|item| item.role == Role::Structure && item.speaks_for(Cause::PowerLoss));
    let decision = match broken_by(&breaks, &excluded, (setting, stayed_off)) {
        Some(broken) => {
            let set_going = asked.confidence > Some(Confidence::Undetermined);
            let set_going = set_going.then_some(Condition::from(asked.cause));
            return Decision { excluded, ..broken }.or(set_going.into_iter().chain(open()));
        }
        // Nothing can break off what takes no steps.
        None if is_immediate(items, &asked) => return Decision { excluded, ..asked },
        None => asked,
    };
    let decision = decision.at_most(Confidence::Likely, "nothing says what broke the shutdown off");
    let named = |item: &&&Item| item.strength >= Strength::Moderate;
    let left = breaks.iter().filter(named).flat_map(|item| item.causes.iter().copied());
    let left = left.chain(breaks.iter().flat_map(|item| item.candidates.iter().copied())).map(Condition::from);
    let candidates: Vec<Condition> = decision.candidates.iter().copied().chain(open()).chain(left).collect();
    Decision { excluded, candidates: Vec::new(), ..decision }.or(candidates)
}

/// Whether a sign is of what brings a machine back within minutes: a command that restarts it at once, or an oops of which it
/// died.
pub(super) fn comes_back(item: &Item, setting: &Setting) -> bool {
    let restarts = matches!(item.action, Some(Action::Reboot | Action::Kexec));
    let is_oops = item.role == Role::Record && item.cause() == Some(Cause::KernelOops);
    is_oops || (restarts && force::is_last_word(item, setting))
}

/// Whether what set the end going ended the machine itself, in the same moment.
pub(super) fn is_immediate(items: &[Item], asked: &Decision) -> bool {
    let ends = |item: &Item| item.is_immediate && item.ago <= AFTER && item.speaks_for(asked.cause);
    items.iter().filter(|item| item.role == Role::Request).any(ends)
}

/// What may have broken a shutdown off that nothing more is known of.
pub(super) fn open() -> impl Iterator<Item = Condition> {
    let causes = [Cause::PowerLoss, Cause::KernelPanic, Cause::WatchdogHardware];
    std::iter::once(Only::ShutdownHang.into()).chain(causes.map(Condition::from))
}

/// What broke a shutdown off: what settles it, else what the next boot has on record, or the kernel said last, or a person
/// had run, without settling it.
fn broken_by(
    breaks: &[&Item],
    excluded: &[(Cause, String)],
    (setting, stayed_off): (&Setting, bool),
) -> Option<Decision> {
    if let Some((item, rival)) = abrupt::settled(breaks, excluded) {
        return Some(abrupt::proven(item, rival, breaks, setting));
    }
    let told = |item: &&&Item| matches!(item.role, Role::Record | Role::Terminal) || force::is_last_word(item, setting);
    let told = breaks.iter().filter(told).filter(|item| item.strength == Strength::Strong);
    let item = told.min_by_key(|item| (item.doubt.is_some(), item.role, item.ago))?;
    let mut level = Level::new(Confidence::Likely);
    if let Some(doubt) = item.doubt {
        level.down(doubt);
    }
    if stayed_off && comes_back(item, setting) {
        level.at_most(Confidence::Possible, STAYED_OFF);
    }
    trust(&mut level, setting, [*item]);
    let cause = item.cause()?;
    let initiator = item.initiator.unwrap_or_else(|| abrupt::by_cause(cause));
    Some(Decision::at(cause, level, initiator).or(item.candidates.iter().copied().map(Condition::from)))
}
