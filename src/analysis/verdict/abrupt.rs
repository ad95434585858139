//! What ended a boot without a shutdown.

use super::confidence::{Level, by_points, explains};
use super::decision::Decision;
use super::ids::{Cause, Condition, Confidence, Initiator};
use super::item::{Item, Role};
use super::points::{Points, Score};
use super::setting::{HEADLESS, Setting, Successor, silent_causes, trust};
use crate::analysis::report::Strength;
use crate::analysis::rules::Weights;

/// The cause of an abrupt end: records of the next boot, the kernel's last words, then what went before.
pub(super) fn decide(items: &[Item], setting: &Setting, weights: &Weights) -> Decision {
    let speaks = |item: &&Item| item.role != Role::Request && item.role != Role::Note;
    let counts: Vec<&Item> = items.iter().filter(speaks).filter(|item| counts(item, setting)).collect();
    let excluded = excluded(&counts);
    let mut score = Score::of(counts.iter().copied(), weights, 0);
    excluded.iter().for_each(|(cause, _)| score.drop(*cause));
    // What froze PID 1 was its crash; something else then ended the boot.
    if score.ranked().iter().any(|(cause, _)| *cause == Cause::Pid1Freeze) {
        score.drop(Cause::Pid1Crash);
    }
    let open = open(&counts, items, &score, setting);
    let proof = settled(&counts, &excluded);
    let decision = match proof {
        Some((item, rival)) => proven(item, rival, &counts, setting),
        None => by_score(&score, &counts, setting),
    };
    Decision { excluded, ..decision }.weighed(score).or(open)
}

/// Whether a sign may be weighed: a record of another boot than the next is a candidate at most.
fn counts(item: &Item, setting: &Setting) -> bool {
    item.role != Role::Record || setting.is_followed()
}

/// The causes that signs exclude, each with the rule of the first that does.
pub(super) fn excluded(counts: &[&Item]) -> Vec<(Cause, String)> {
    let strong = || counts.iter().filter(|item| item.strength >= Strength::Strong && item.doubt.is_none());
    // A register may hold several reasons: one does not exclude the other.
    let is_on_record = |cause: Cause| {
        // What the kernel said that it would do, software did.
        let names = |item: &&&Item| item.role == Role::Record || item.initiator == Some(Initiator::Kernel);
        strong().filter(names).any(|item| item.cause() == Some(cause))
    };
    let mut excluded: Vec<(Cause, String)> = Vec::new();
    for (item, cause) in strong().flat_map(|item| item.excludes.iter().map(move |cause| (item, *cause))) {
        if !is_on_record(cause) && excluded.iter().all(|(known, _)| *known != cause) {
            excluded.push((cause, item.rule.clone()));
        }
    }
    excluded
}

/// The sign that settles the cause, and another cause that is settled just as well.
///
/// What may be of another end goes last. Records go before last words; of several the one whose cause the others only follow from.
pub(super) fn settled<'i>(counts: &[&'i Item], excluded: &[(Cause, String)]) -> Option<(&'i Item, Option<Cause>)> {
    let is_open = |cause: Cause| excluded.iter().all(|(known, _)| *known != cause);
    let named = |item: &&&Item| item.is_proof() && item.cause().is_some_and(is_open);
    let mut proofs: Vec<&Item> = counts.iter().filter(named).copied().collect();
    proofs.sort_by_key(|item| (item.doubt.is_some(), item.role, item.ago));
    let first = *proofs.first()?;
    let fired = proofs.iter().find(|item| item.cause() == Some(Cause::WatchdogHardware) && item.doubt == first.doubt);
    let panicked = fired.and_then(|fired| proofs.iter().find(|item| is_panic(item, fired)));
    // A kernel that outlives an oops writes of it: where no line does, the dump is of a panic, and the other of what it left.
    let is_dump = |item: &&&Item| {
        let is_of_panic = item.role == Role::Record && item.cause() == Some(Cause::KernelPanic);
        is_of_panic && fired.is_some_and(|fired| fired.doubt == item.doubt)
    };
    let is_oops = |item: &&Item| item.role != Role::Record && item.speaks_for(Cause::KernelOops);
    let dumped = proofs.iter().find(is_dump).filter(|_| !counts.iter().any(is_oops));
    let first = panicked.or(dumped).copied().unwrap_or(first);
    let cause = first.cause()?;
    // What firmware has on record beside the watchdog may be of either.
    let is_of_panic = |item: &&&Item| panicked.is_none() || is_panic(item, first);
    let narrower = proofs.iter().filter(is_of_panic).find(|item| item.cause().is_some_and(|of| narrows(of, cause)));
    let best = narrower.copied().unwrap_or(first);
    let cause = best.cause()?;
    let others = proofs.iter().filter(|item| item.doubt == best.doubt).filter_map(|item| item.cause());
    // Two watchdogs, or one that warned before it fired, say the same.
    let same = |other: Cause| other.id().starts_with("watchdog.") && explains(other, cause);
    // And one that fired while the kernel that had panicked stood still.
    let same = |other: Cause| same(other) || (panicked.is_some() && other == Cause::WatchdogHardware);
    let is_other = |other: Cause| other != cause && !narrows(cause, other) && !explains(cause, other) && !same(other);
    let rival = others.into_iter().find(|other| is_other(*other));
    Some((best, rival))
}

/// Whether a sign is of a panic, as surely as the record is of a watchdog that fired then: a kernel that panicked and is
/// not told to restart stands still. What firmware has on record of the hardware is another matter, and so is a dump that
/// may be of an oops, which a kernel outlives.
fn is_panic(item: &Item, fired: &Item) -> bool {
    let panicked = |cause: Cause| cause == Cause::KernelPanic || narrows(cause, Cause::KernelPanic);
    let is_panics = |cause: Cause| panicked(cause) && !cause.id().starts_with("watchdog.");
    let is_told = item.role == Role::Terminal || item.cause() != Some(Cause::KernelMce);
    let may_be_outlived = item.candidates.contains(&Cause::KernelOops);
    item.doubt == fired.doubt && is_told && !may_be_outlived && item.cause().is_some_and(is_panics)
}

/// Whether the first says more precisely what the second says.
fn narrows(first: Cause, second: Cause) -> bool {
    use Cause::{
        KernelHungTask, KernelLockupHard, KernelLockupSoft, KernelMce, KernelPanic, KernelRcuStall, MemoryOomPanic,
        Pid1Crash, RequestedForced, WatchdogPretimeout, WatchdogSoft,
    };
    let panics = [
        KernelHungTask,
        KernelLockupHard,
        KernelLockupSoft,
        KernelMce,
        KernelRcuStall,
        MemoryOomPanic,
        Pid1Crash,
        RequestedForced,
        WatchdogPretimeout,
        WatchdogSoft,
    ];
    second == KernelPanic && panics.contains(&first)
}

/// What a sign settles, as far as nothing makes it doubtful.
pub(super) fn proven(item: &Item, rival: Option<Cause>, counts: &[&Item], setting: &Setting) -> Decision {
    let mut cause = item.cause().unwrap_or(Cause::UndeterminedAbrupt);
    let mut level = Level::new(Confidence::Proven);
    if cause == Cause::WatchdogHardware && counts.iter().any(|item| is_foreign_close(item)) {
        cause = Cause::WatchdogForeignClose;
        level.at_most(Confidence::Likely, "the record says that the watchdog expired, not who left it armed");
    }
    // The kernel says that PID 1 died, PID 1 itself why.
    let died_of =
        |cause: &Cause| counts.iter().any(|item| item.role == Role::Precursor && item.cause() == Some(*cause));
    if let Some(deeper) = item.candidates.iter().find(|other| narrows(**other, cause) && died_of(other)) {
        cause = *deeper;
    }
    let forced = counts.iter().find(|item| is_forced(item)).filter(|_| cause == Cause::KernelPanic);
    if forced.is_some() {
        cause = Cause::RequestedForced;
        level.at_most(Confidence::Likely, "the record says that the kernel panicked, not what made it");
    }
    if let Some(rival) = rival {
        level.down(format!("{rival} is on record just as well"));
    }
    if let Some(doubt) = item.doubt {
        level.down(doubt);
    }
    trust(&mut level, setting, [item]);
    let own = forced.map_or(item, |forced| forced);
    let own = own.initiator.filter(|_| own.cause() == Some(cause));
    let initiator = own.unwrap_or_else(|| by_cause(cause));
    let also = rival.into_iter().chain(item.cause()).chain(item.candidates.iter().copied());
    Decision::at(cause, level, initiator).or(also.map(Condition::from))
}

/// A watchdog that another process than PID 1 armed and left, just before the end.
fn is_foreign_close(item: &Item) -> bool {
    const HOLDS: u64 = 180_000_000;
    item.speaks_for(Cause::WatchdogForeignClose) && item.strength >= Strength::Strong && item.ago <= HOLDS
}

/// The kernel's last word that somebody made it reset or panic.
fn is_forced(item: &Item) -> bool {
    item.role == Role::Terminal && item.strength >= Strength::Strong && item.cause() == Some(Cause::RequestedForced)
}

fn by_score(score: &Score, counts: &[&Item], setting: &Setting) -> Decision {
    let Some((cause, confidence)) = by_points(score) else {
        return Decision::undetermined(Cause::UndeterminedAbrupt);
    };
    let mut level = Level::new(confidence);
    let by: Vec<&&Item> = counts.iter().filter(|item| item.speaks_for(cause)).collect();
    if setting.is_clock_doubtful && by.iter().all(|item| item.rests_on_wall_clock()) {
        level.down("the wall clock, on which this rests, cannot be relied on");
    }
    if setting.is_next_headless {
        level.down(HEADLESS);
    }
    let own = || by.iter().filter(|item| item.cause() == Some(cause));
    let is_doubted = cause == Cause::RequestedForced && own().all(|item| item.doubt.is_some());
    if let Some(doubt) = own().find_map(|item| item.doubt).filter(|_| is_doubted) {
        level.at_most(Confidence::Possible, doubt);
    }
    let doubted: Vec<&&&Item> = by.iter().filter(|item| item.role == Role::Record && item.doubt.is_some()).collect();
    let is_sound = |part: &&Points| doubted.iter().all(|item| item.rule != part.rule);
    let rest = Score { parts: score.parts.iter().filter(is_sound).cloned().collect() };
    if let Some(doubt) =
        doubted.first().and_then(|item| item.doubt).filter(|_| by_points(&rest) != Some((cause, confidence)))
    {
        level.down(doubt);
    }
    trust(&mut level, setting, by.iter().copied().copied());
    let said = own().find_map(|item| item.initiator);
    let initiator = match level.confidence {
        Confidence::Likely => said.unwrap_or_else(|| by_cause(cause)),
        _ => Initiator::Unknown,
    };
    Decision::at(cause, level, initiator)
}

/// What the signs name, what they leave open, and what may have left no sign.
fn open(counts: &[&Item], items: &[Item], score: &Score, setting: &Setting) -> Vec<Condition> {
    let mut open: Vec<Cause> = score.ranked().into_iter().map(|(cause, _)| cause).collect();
    open.extend(counts.iter().flat_map(|item| item.candidates.iter().copied()));
    if matches!(setting.successor, Successor::Open(_)) {
        let records = items.iter().filter(|item| item.role == Role::Record);
        open.extend(records.flat_map(|item| item.causes.iter().chain(&item.candidates).copied()));
    }
    open.extend(silent_causes(setting.machine));
    open.into_iter().map(Condition::from).collect()
}

/// Who a cause is by, where no line says so.
pub(super) fn by_cause(cause: Cause) -> Initiator {
    use Cause::{
        BootFirmware, MemoryOomPanic, PowerButtonHold, PowerResetPin, RequestedRemoteMgmt, ThermalTrip, VmStop,
        WatchdogForeignClose, WatchdogHardware, WatchdogPretimeout, WatchdogSoft,
    };
    match cause {
        WatchdogHardware | WatchdogForeignClose => Initiator::HardwareWatchdog,
        WatchdogSoft | WatchdogPretimeout | MemoryOomPanic => Initiator::Kernel,
        PowerButtonHold => Initiator::PowerKey,
        PowerResetPin => Initiator::RebootKey,
        Cause::Pid1Crash => Initiator::Pid1Crash,
        BootFirmware | ThermalTrip | RequestedRemoteMgmt => Initiator::Firmware,
        VmStop => Initiator::HypervisorHost,
        Cause::KernelPanic => Initiator::Kernel,
        _ => Initiator::Unknown,
    }
}
