//! How sure a cause is, and what makes it less sure.

use super::ids::{Cause, Confidence};
use super::points::Score;

/// Points from which one cause is likely, if no other comes near.
const LIKELY: f64 = 8.0;
/// Points from which a cause is possible.
const POSSIBLE: f64 = 3.0;
/// The best must have so many times the points of the next.
const AHEAD: f64 = 2.0;

/// The cause that points speak for; `None` where they suffice for none, or for two alike.
pub(super) fn by_points(score: &Score) -> Option<(Cause, Confidence)> {
    let deepest = deepest(score, AHEAD);
    let (cause, points) = *deepest.first()?;
    let rivals = deepest.iter().skip(1).filter(|(other, _)| !explains(cause, *other));
    let next = rivals.map(|(_, points)| *points).fold(0.0, f64::max);
    if points < POSSIBLE || next >= points {
        return None;
    }
    let ahead = points >= LIKELY && points >= AHEAD * next;
    Some((cause, if ahead { Confidence::Likely } else { Confidence::Possible }))
}

/// The causes that the most points speak for alike, where these suffice for one.
pub(super) fn foremost(score: &Score) -> Vec<Cause> {
    let deepest = deepest(score, AHEAD);
    let most = deepest.first().map_or(0.0, |(_, points)| *points).max(POSSIBLE);
    deepest.into_iter().filter(|(_, points)| *points >= most).map(|(cause, _)| cause).collect()
}

/// The causes with points, the highest first, without those that only follow from another: one that the most points are
/// no more than `within` times as many as.
pub(super) fn deepest(score: &Score, within: f64) -> Vec<(Cause, f64)> {
    let ranked = score.ranked();
    let most = ranked.first().map_or(0.0, |(_, points)| *points);
    let near: Vec<Cause> =
        ranked.iter().filter(|(_, points)| points * within >= most).map(|(cause, _)| *cause).collect();
    let follows = |cause: Cause| near.iter().any(|deeper| explains(*deeper, cause));
    ranked.into_iter().filter(|(cause, _)| !follows(*cause)).collect()
}

/// Whether the first brings the second about, so that signs of the second are none against the first.
pub(in crate::analysis) fn explains(first: Cause, second: Cause) -> bool {
    use Cause::{
        KernelBug, KernelHungTask, KernelLockupHard, KernelLockupSoft, KernelMce, KernelOops, KernelPanic,
        KernelRcuStall, MemoryOomPanic, MemoryThrash, PolicyAppWatchdog, PolicyFailureAction, PolicyStartLimit,
        PowerBatteryLow, PowerLoss, PowerUndervoltage, RequestedForced, RequestedHypervisor, RequestedKey,
        RequestedOrchestrator, SleepBatteryDied, StorageIoError, StorageReadonlyRemount, StorageRemoved,
        UpdateConfigApply, WatchdogForeignClose, WatchdogHardware, WatchdogPretimeout, WatchdogSoft,
    };
    let consequences: &[Cause] = match first {
        KernelLockupHard => &[KernelLockupSoft, KernelRcuStall, KernelHungTask, WatchdogHardware],
        KernelLockupSoft => &[KernelRcuStall, KernelHungTask, WatchdogHardware],
        KernelRcuStall => &[KernelHungTask, WatchdogHardware],
        KernelHungTask => &[WatchdogHardware],
        KernelOops => &[KernelLockupSoft, KernelRcuStall, KernelHungTask, KernelPanic],
        KernelBug => &[KernelOops, KernelLockupSoft, KernelRcuStall, KernelHungTask, KernelPanic],
        KernelMce => &[KernelPanic, KernelOops, KernelBug],
        MemoryThrash => &[KernelHungTask, KernelRcuStall, KernelLockupSoft, WatchdogHardware],
        MemoryOomPanic => &[KernelPanic, MemoryThrash],
        StorageRemoved => &[StorageIoError, StorageReadonlyRemount, KernelHungTask],
        StorageIoError => &[StorageReadonlyRemount, KernelHungTask],
        PowerUndervoltage => &[PowerLoss, StorageIoError],
        PowerBatteryLow => &[SleepBatteryDied],
        RequestedForced => &[KernelPanic],
        // The host presses the machine's key.
        RequestedHypervisor => &[RequestedKey],
        UpdateConfigApply => &[RequestedOrchestrator],
        WatchdogForeignClose => &[WatchdogHardware],
        WatchdogPretimeout | WatchdogSoft => &[KernelPanic, WatchdogHardware],
        PolicyAppWatchdog => &[PolicyStartLimit, PolicyFailureAction],
        _ => &[],
    };
    consequences.contains(&second)
}

/// A confidence that is lowered step by step, with the reasons.
#[derive(Clone, Debug)]
pub(super) struct Level {
    pub(super) confidence: Confidence,
    pub(super) downgrades: Vec<String>,
}

impl Level {
    pub(super) const fn new(confidence: Confidence) -> Self {
        Self { confidence, downgrades: Vec::new() }
    }

    /// One step down, but never below what still names a cause.
    pub(super) fn down(&mut self, why: impl Into<String>) {
        let lower = match self.confidence {
            Confidence::Proven => Confidence::Likely,
            Confidence::Likely => Confidence::Possible,
            Confidence::Possible | Confidence::Undetermined => return,
        };
        self.set(lower, why);
    }

    /// Down to a level, where it is above.
    pub(super) fn at_most(&mut self, most: Confidence, why: impl Into<String>) {
        if self.confidence > most {
            self.set(most, why);
        }
    }

    fn set(&mut self, to: Confidence, why: impl Into<String>) {
        self.downgrades.push(format!("{to}, not {}: {}", self.confidence, why.into()));
        self.confidence = to;
    }
}

#[cfg(test)]
mod tests {
    use super::super::points::Points;
    use super::*;

    fn score(of: &[(Cause, f64)]) -> Score {
        let part = |(cause, points): &(Cause, f64)| Points {
            cause: *cause,
            rule: String::new(),
            weight: *points,
            decay: 1.0,
            is_noise: false,
            points: *points,
        };
        Score { parts: of.iter().map(part).collect() }
    }

    #[test]
    fn points_name_a_cause_by_the_rules_of_the_levels() {
        use Cause::{KernelHungTask, KernelLockupSoft, PowerLoss, PowerUndervoltage, ThermalTrip};
        let says = |of: &[(Cause, f64)]| by_points(&score(of));
        assert_eq!(says(&[]), None);
        assert_eq!(says(&[(PowerUndervoltage, 2.9)]), None);
        assert_eq!(says(&[(PowerUndervoltage, 3.0)]), Some((PowerUndervoltage, Confidence::Possible)));
        assert_eq!(says(&[(PowerUndervoltage, 8.0)]), Some((PowerUndervoltage, Confidence::Likely)));
        assert_eq!(
            says(&[(PowerUndervoltage, 8.0), (ThermalTrip, 4.0)]),
            Some((PowerUndervoltage, Confidence::Likely))
        );
        let near = [(PowerUndervoltage, 8.0), (ThermalTrip, 5.0)];
        assert_eq!(says(&near), Some((PowerUndervoltage, Confidence::Possible)));
        assert_eq!(says(&[(PowerUndervoltage, 8.0), (ThermalTrip, 8.0)]), None, "equal ones decide nothing");
        let family = [(KernelLockupSoft, 8.0), (KernelHungTask, 8.0)];
        assert_eq!(says(&family), Some((KernelLockupSoft, Confidence::Likely)), "what follows from it is no rival");
        assert_eq!(
            says(&[(PowerLoss, 2.0), (PowerLoss, 2.0)]),
            Some((PowerLoss, Confidence::Possible)),
            "signs add up"
        );
    }

    #[test]
    fn of_a_cause_and_what_follows_from_it_the_cause_is_named() {
        use Cause::{
            KernelBug, KernelLockupHard, KernelLockupSoft, KernelMce, KernelOops, MemoryThrash, PowerUndervoltage,
            StorageIoError, StorageReadonlyRemount, StorageRemoved,
        };
        let says = |of: &[(Cause, f64)]| by_points(&score(of));
        for (deeper, effect) in [
            (KernelBug, KernelOops),
            (KernelLockupHard, KernelLockupSoft),
            (MemoryThrash, KernelLockupSoft),
            (StorageRemoved, StorageReadonlyRemount),
        ] {
            assert_eq!(says(&[(deeper, 8.0), (effect, 8.0)]), Some((deeper, Confidence::Likely)), "{deeper}");
        }
        let chain = [(StorageReadonlyRemount, 8.0), (StorageIoError, 4.0), (StorageRemoved, 8.0)];
        assert_eq!(says(&chain), Some((StorageRemoved, Confidence::Likely)));
        assert_eq!(says(&[(KernelOops, 8.0), (KernelMce, 4.0)]), Some((KernelMce, Confidence::Possible)));
        let weak = [(KernelOops, 8.0), (KernelMce, 3.0)];
        assert_eq!(says(&weak), Some((KernelOops, Confidence::Likely)), "too weak to be what brought it about");
        let third = [(KernelOops, 8.0), (KernelBug, 8.0), (PowerUndervoltage, 8.0)];
        assert_eq!(says(&third), None, "a third one is a rival still");
    }

    #[test]
    fn no_two_causes_bring_each_other_about() {
        for first in Cause::ALL {
            let both = Cause::ALL.iter().find(|second| explains(*first, **second) && explains(**second, *first));
            assert_eq!(both, None, "{first}");
        }
    }

    #[test]
    fn each_step_down_has_its_reason() {
        let mut level = Level::new(Confidence::Proven);
        level.down("the clock is wrong");
        level.at_most(Confidence::Possible, "the tail is damaged");
        level.down("nothing below");
        assert_eq!(level.confidence, Confidence::Possible);
        assert_eq!(
            level.downgrades,
            ["likely, not proven: the clock is wrong", "possible, not likely: the tail is damaged"]
        );
    }
}
