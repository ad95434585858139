//! The order in which signs are asked, by what an end comes down to.

use super::abrupt;
use super::confidence::{Level, deepest};
use super::decision::Decision;
use super::ids::{Cause, Condition, Confidence, Initiator};
use super::item::Item;
use super::orderly;
use super::points::Score;
use super::setting::{Setting, trust};
use crate::analysis::ending::Finding;
use crate::analysis::rules::Weights;

/// The cause of an end, by the signs.
pub(in crate::analysis) fn decide(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    match setting.finding {
        Finding::Running => Decision::new(Cause::NoneStillRunning, None, None),
        Finding::Missing(_) if setting.is_salvaged => Decision::undetermined(Cause::NoneUnreadable),
        Finding::Missing(_) => Decision::undetermined(Cause::NoneRotated),
        Finding::Unwritable => unwritable(items, setting, weights),
        Finding::Asleep => asleep(items, setting, weights),
        Finding::Complete => orderly::decide(items, setting, weights),
        Finding::TimedOut | Finding::BrokenOff => orderly::broken_off(items, setting, weights),
        Finding::Nothing => abrupt::decide(items, setting, weights),
    }
}

/// The log ended for want of a disk; what became of the boot is not known.
fn unwritable(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    let is_storage = |item: &&Item| item.cause().is_some_and(|cause| cause.id().starts_with("storage."));
    let score = Score::of(items.iter().filter(is_storage), weights, 0);
    // An error that made the kernel give a filesystem up is told by that: it weighs less, and goes not before it.
    let ranked = deepest(&score, 1.0);
    let cause = ranked.first().map_or(Cause::StorageReadonlyRemount, |(cause, _)| *cause);
    let is_ahead = ranked.first().is_some_and(|(_, points)| *points >= weights.strong);
    let mut level = Level::new(if is_ahead { Confidence::Likely } else { Confidence::Possible });
    trust(&mut level, setting, items.iter().filter(|item| is_storage(item) && item.speaks_for(cause)));
    let others = score.ranked().into_iter().map(|(cause, _)| Condition::from(cause));
    let others: Vec<Condition> = others.chain([Cause::PowerLoss.into(), Cause::KernelPanic.into()]).collect();
    Decision::at(cause, level, Initiator::Unknown).weighed(score).or(others)
}

/// A machine that woke and died before it could write leaves the same log: never more than likely.
fn asleep(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    let low = |item: &&Item| item.speaks_for(Cause::PowerBatteryLow) || item.speaks_for(Cause::SleepBatteryDied);
    let is_low = items.iter().any(|item| low(&item) && item.strength > crate::analysis::report::Strength::Ctx);
    let cause = if is_low { Cause::SleepBatteryDied } else { Cause::SleepNoResume };
    let score = Score::of(items.iter().filter(low), weights, 0);
    let others = [Cause::SleepBatteryDied, Cause::SleepNoResume, Cause::PowerLoss, Cause::KernelPanic];
    let mut level = Level::new(Confidence::Likely);
    trust(&mut level, setting, items.iter().filter(low));
    let decision = Decision::at(cause, level, Initiator::Unknown).weighed(score);
    decision.or(others.map(Condition::from))
}
