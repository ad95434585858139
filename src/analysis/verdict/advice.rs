//! What would have told more, and what to do next.

use super::ids::{Cause, Confidence};
use super::setting::{Machine, Setting};
use crate::analysis::extract::Extract;
use crate::analysis::report::{Ending, Evidence, Orderliness, Witness};

const PSTORE: &str =
    "pstore (ramoops or efi-pstore, with systemd-pstore.service) would have kept a panic's text over the restart";

const HOSTS: &str = "the host's log says whether the machine was stopped or reset from outside";
const MAYBE_HOSTS: &str =
    "if the machine runs in another one, the host's log says whether it was stopped or reset from outside";

/// Advice for an end, the most useful first; `keeps_dumps` is whether the machine's kernel keeps its last lines already.
pub(in crate::analysis) fn of(
    ending: &Ending,
    setting: &Setting,
    keeps_dumps: bool,
    evidence: &[Evidence],
) -> Vec<String> {
    let of_report = of_report(ending, evidence);
    let mut advice: Vec<&str> = match setting.extract {
        Some(_) => vec![Extract::ADVICE],
        // What the report itself names stands in place of what holds for all such ends.
        None => by_cause(ending.cause).iter().copied().skip(usize::from(of_report.is_some())).collect(),
    };
    if matches!(ending.orderliness, Orderliness::Abrupt | Orderliness::OrderlyIncomplete)
        && ending.confidence < Some(Confidence::Proven)
    {
        advice.extend(telling(setting).into_iter().filter(|step| !(keeps_dumps && *step == PSTORE)));
    }
    of_report.into_iter().chain(advice.into_iter().map(str::to_owned)).collect()
}

/// Where the report itself says what to look at first: the files of a dump, and what stalled a machine that a watchdog
/// restarted.
fn of_report(ending: &Ending, evidence: &[Evidence]) -> Option<String> {
    match ending.cause {
        Cause::KernelPanic | Cause::KernelOops | Cause::KernelBug => {
            let mut moved =
                evidence.iter().rev().filter(|item| item.rule == MOVED).filter_map(|item| match &item.witness {
                    Witness::Line(place) => place.message.split_once(" moved to ")?.1.rsplit_once('/'),
                    Witness::File(_) => None,
                });
            let (folder, _) = moved.next()?;
            Some(format!("get the dump's files from the machine, in {folder}: their text is not in the journal"))
        }
        Cause::WatchdogHardware | Cause::WatchdogSoft | Cause::WatchdogPretimeout => {
            let stalls = |id: &&str| STALLING.iter().any(|class| id.starts_with(class));
            let beside: Vec<&str> = ending.contributing.iter().map(|known| known.id()).filter(stalls).collect();
            (!beside.is_empty())
                .then(|| format!("look at what may have stalled the machine, as listed above: {}", beside.join(", ")))
        }
        _ => None,
    }
}

/// The rule that knows where systemd-pstore put a dump.
const MOVED: &str = "pstore.dump";
/// Classes of what may stall a machine.
const STALLING: [&str; 4] = ["memory.", "kernel.", "storage.", "unit."];

/// What would have decided an abrupt end.
fn telling(setting: &Setting) -> Vec<&'static str> {
    let mut telling = vec![
        PSTORE,
        "a bundle with /sys/class/watchdog/*/bootstatus tells whether the hardware watchdog fired (0x20)",
        "`SyncIntervalSec=30s` in journald.conf loses fewer of the last lines",
    ];
    match setting.machine {
        Machine::Virtual | Machine::Container => telling.insert(0, HOSTS),
        Machine::Untold => telling.push(MAYBE_HOSTS),
        Machine::Real => {}
    }
    if setting.armed.is_none() {
        telling.push("`RuntimeWatchdogSec=` in system.conf would restart a machine that hangs");
    }
    telling
}

const fn by_cause(cause: Cause) -> &'static [&'static str] {
    match cause {
        Cause::PowerUndervoltage => &[
            "use the supply and the cable that the board's maker names, and look at what USB devices draw",
            "count the undervoltage lines per day before and after: they come before the crashes",
        ],
        Cause::PowerLoss => &[
            "ask for what else lost its power at that time: other machines, breakers, a UPS's log",
            "SMART or NVMe counters of unsafe shutdowns tell a power loss from a reset",
        ],
        Cause::KernelPanic | Cause::KernelOops | Cause::KernelBug => &[
            "get the dump's file (/var/lib/systemd/pstore, or the crash dump): its text is not in the journal",
            "search the kernel's issues for the function at the top of the trace",
        ],
        Cause::KernelMce => &["test memory and power, and read the firmware's event log"],
        Cause::WatchdogHardware | Cause::WatchdogSoft | Cause::WatchdogPretimeout => {
            &["look at what stalled the machine before: memory, disks and CPU time in the last minutes"]
        }
        Cause::WatchdogForeignClose => &["find the process or container that opens /dev/watchdog, and take it away"],
        Cause::KernelLockupSoft | Cause::KernelLockupHard | Cause::KernelRcuStall | Cause::KernelHungTask => {
            &["the process and the function in the lockup's lines are where to look first"]
        }
        Cause::MemoryOomPanic | Cause::MemoryThrash => &[
            "limit the memory of the largest services (`MemoryMax=`), and let systemd-oomd act before the machine stalls",
        ],
        Cause::ThermalOrderly | Cause::ThermalTrip => &["clean or add cooling, and log temperatures"],
        Cause::StorageIoError | Cause::StorageReadonlyRemount | Cause::StorageRemoved => &[
            "replace the disk or card before anything else: later logs may be lost too",
            "the log ended here, the machine may have run on: ask another source when it went away",
        ],
        Cause::StorageFull => &["free space, and bound what grows (`SystemMaxUse=`, images, volumes)"],
        Cause::SleepNoResume | Cause::SleepBatteryDied => {
            &["nothing is written during any suspend: try `no_console_suspend` and `pm_trace`, or another sleep state"]
        }
        Cause::PolicyAppWatchdog | Cause::PolicyStartLimit | Cause::PolicyFailureAction => {
            &["the unit's own lines before it failed say why its action was taken"]
        }
        Cause::PolicyJobTimeout => &["the unit whose stop took so long is the one to look at: `TimeoutStopSec=`"],
        Cause::RequestedApi | Cause::UndeterminedOrderly => {
            &["logind and PID 1 do not log who asks: audit, sudo's log or polkit's would name the caller"]
        }
        Cause::BootFailedEmergency => &["the unit that failed before emergency mode is what to mend"],
        Cause::BootCrashLoop => &["compare with the last good boot: kernel, OS version, images and configuration"],
        Cause::NoneRotated => &["a larger `SystemMaxUse=` would have kept the end"],
        Cause::UpdateRollbackHealth | Cause::UpdateRollbackAltboot => {
            &["the new OS's own journal, if it has any, says which check failed"]
        }
        Cause::UndeterminedAbrupt => &["what else the site knows of that time: mains, people, other machines"],
        _ => of_requests(cause),
    }
}

/// What to do next where a machine was asked to end, or where nothing more can be told.
const fn of_requests(cause: Cause) -> &'static [&'static str] {
    match cause {
        Cause::RequestedUser => {
            &["the session's and sudo's lines name the account: ask its owner what the restart was for"]
        }
        Cause::RequestedOrchestrator => {
            &["the log of the fleet's or cluster's own service says why it asked, and who asked it"]
        }
        Cause::RequestedKey => &["`HandlePowerKey=` and its kin in logind.conf say what keys, lid and idling do"],
        Cause::RequestedScheduled => &["who scheduled it is in OPERATOR=; timers and update jobs of that hour say why"],
        Cause::RequestedHypervisor | Cause::VmStop => &["the host's log says who stopped the machine, and why"],
        Cause::RequestedContainerStop => &["the container manager's log says who stopped the container"],
        Cause::RequestedRemoteMgmt => &["the management controller's event log says who asked"],
        Cause::RequestedForced => &["audit or sudo's log says who forced it; `kernel.sysrq` bounds what keys may do"],
        Cause::UpdateOsImage | Cause::UpdatePackages => {
            &["the updater's own log says what it installed; `lastwords show -b` of the next boot shows what came up"]
        }
        Cause::UpdateConfigApply => &["the supervisor's line says what was changed"],
        Cause::PowerBatteryLow => &["look at the battery's age, and at UPower's thresholds (`CriticalPowerAction=`)"],
        Cause::PowerUps => &["the UPS's log says how long the mains were away; test its battery"],
        Cause::PowerButtonHold | Cause::PowerResetPin => {
            &["ask who was at the machine: a button is held where nothing else helps, so look at what came before"]
        }
        Cause::BootShort => &["each step's own lines say what it was for"],
        Cause::BootFirmware => &["look at the firmware's own log, and whether there is an update of it"],
        Cause::Pid1Crash | Cause::Pid1Freeze => {
            &["get PID 1's core dump, and search systemd's issues for its version and the signal"]
        }
        Cause::NoneStillRunning => &["copy the files again once it has ended"],
        Cause::NoneUnreadable => &[
            "get another copy of the file, if there is one",
            "`lastwords salvage` prints entries that no index reaches",
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_next_step_for_each_cause() {
        let without: Vec<&Cause> = Cause::ALL.iter().filter(|cause| by_cause(**cause).is_empty()).collect();
        assert!(without.is_empty(), "{without:?}");
    }
}
