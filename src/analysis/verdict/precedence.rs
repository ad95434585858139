//! The order in which signs are asked, by what an end comes down to.

use super::abrupt;
use super::broken_off;
use super::confidence::{Level, deepest};
use super::decision::Decision;
use super::ids::{Cause, Condition, Confidence, Initiator};
use super::item::{Item, Role};
use super::orderly;
use super::points::Score;
use super::setting::{Setting, silent_causes, trust};
use crate::analysis::ending::Finding;
use crate::analysis::open_end::OpenEnd;
use crate::analysis::report::Strength;
use crate::analysis::rules::Weights;

/// The cause of an end, by the signs.
pub(in crate::analysis) fn decide(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    match setting.finding {
        Finding::Running => {
            let doubt = setting.open_end.and_then(OpenEnd::doubt).map(str::to_owned);
            Decision { downgrades: doubt.into_iter().collect(), ..Decision::new(Cause::NoneStillRunning, None, None) }
        }
        Finding::Missing(_) => missing(items, setting, weights),
        Finding::Unwritable => unwritable(items, setting, weights),
        Finding::Asleep => asleep(items, setting, weights),
        // What is not proven leaves open who asked.
        Finding::Complete => match orderly::decide(items, setting, weights) {
            decided if !decided.candidates.is_empty() => decided,
            decided => decided.or([Cause::RequestedApi, Cause::RequestedUser].map(Condition::from)),
        },
        Finding::TimedOut | Finding::BrokenOff => broken_off::decide(items, setting, weights),
        Finding::Nothing => abrupt::decide(items, setting, weights),
    }
}

/// The end is in no file, or cannot be read; then a shutdown that had begun tells what set it going.
///
/// Whether it came to its end nobody knows, and lines of ordinary life before the part that is lost tell nothing: as many
/// as are lost may be a whole shutdown. So may those that a log lacks which is a part of one.
fn missing(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    let none = if setting.is_salvaged { Cause::NoneUnreadable } else { Cause::NoneRotated };
    let is_left_out = setting.extract.is_some() && setting.is_asked;
    let had_begun = setting.is_partly_readable && setting.began.is_some();
    let asked = (had_begun || is_left_out).then(|| orderly::decide(items, setting, weights));
    let asked = asked.filter(|asked| asked.confidence > Some(Confidence::Undetermined));
    match asked {
        Some(asked) if is_left_out && !broken_off::is_immediate(items, &asked) => {
            let asked = asked.at_most(Confidence::Likely, "the log is a part of one, and what came of it is not there");
            asked.or(broken_off::open()).or(on_record(items))
        }
        Some(asked) => asked.or(broken_off::open()).or(on_record(items)),
        None => Decision::undetermined(none).or(on_record(items)).or(left_out(items, setting)),
    }
}

/// What may have ended a boot of whose log the lines that would tell were left out.
fn left_out(items: &[Item], setting: &Setting) -> Vec<Condition> {
    if setting.extract.is_none() {
        return Vec::new();
    }
    let before = items.iter().filter(|item| item.role == Role::Precursor && item.strength >= Strength::Strong);
    let before = before.filter_map(Item::cause);
    let asked = [Cause::RequestedApi, Cause::RequestedUser];
    before.chain(asked).chain(silent_causes(setting.machine)).map(Condition::from).collect()
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
    let decision = Decision::at(cause, level, Initiator::Unknown).weighed(score);
    // The machine ran on for a while, and then ended by what the next boot has on record.
    Decision { excluded: abrupt::excluded(&last_words(items, setting)), ..decision }.or(others).or(on_record(items))
}

/// What may settle an end that the log itself does not reach: records of this end, and the kernel's last words.
fn last_words<'i>(items: &'i [Item], setting: &Setting) -> Vec<&'i Item> {
    let is_told = |item: &&Item| match item.role {
        Role::Record => setting.is_followed(),
        role => role == Role::Terminal,
    };
    items.iter().filter(is_told).collect()
}

/// What the next boot has on record, be it of this end or of a later one.
fn on_record(items: &[Item]) -> Vec<Condition> {
    let records = items.iter().filter(|item| item.role == Role::Record && item.strength >= Strength::Strong);
    records.flat_map(|item| item.causes.iter().chain(&item.candidates)).map(|cause| (*cause).into()).collect()
}

/// The rules by which systemd-sleep says that it hibernates the machine, and that it sends it to another sleep.
const HIBERNATES: &str = "sleep.hibernate";
const SLEEPS: &str = "sleep.start";

/// Whether what the machine was sent to last is hibernation: it is off then, and needs no battery.
fn is_hibernated(items: &[Item]) -> bool {
    let sent = items.iter().filter(|item| [HIBERNATES, SLEEPS].contains(&item.rule.as_str()));
    sent.min_by_key(|item| item.ago).is_some_and(|item| item.rule == HIBERNATES)
}

/// A machine that woke and died before it could write leaves the same log: never more than likely, unless a record or
/// the kernel's last words say by what it died, asleep or awake.
fn asleep(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    let low = |item: &&Item| item.speaks_for(Cause::PowerBatteryLow) || item.speaks_for(Cause::SleepBatteryDied);
    let last_words = last_words(items, setting);
    let mut excluded = abrupt::excluded(&last_words);
    let no_battery = excluded.iter().find(|(cause, _)| *cause == Cause::PowerBatteryLow).cloned();
    excluded.extend(no_battery.map(|(_, rule)| (Cause::SleepBatteryDied, rule)));
    let others = [Cause::SleepBatteryDied, Cause::SleepNoResume, Cause::PowerLoss, Cause::KernelPanic];
    if let Some((item, rival)) = abrupt::settled(&last_words, &excluded) {
        let decision = abrupt::proven(item, rival, &last_words, setting);
        return Decision { excluded, ..decision }.or(others.map(Condition::from));
    }
    let is_open = excluded.iter().all(|(cause, _)| *cause != Cause::SleepBatteryDied);
    let is_low =
        is_open && !is_hibernated(items) && items.iter().any(|item| low(&item) && item.strength > Strength::Ctx);
    let cause = if is_low { Cause::SleepBatteryDied } else { Cause::SleepNoResume };
    let score = Score::of(items.iter().filter(low), weights, 0);
    let mut level = Level::new(Confidence::Likely);
    trust(&mut level, setting, items.iter().filter(low));
    let decision = Decision::at(cause, level, Initiator::Unknown).weighed(score);
    Decision { excluded, ..decision }.or(on_record(items)).or(others.map(Condition::from))
}
