//! What would have told more, and what to do next.

use super::ids::{Cause, Confidence};
use super::setting::{Machine, Setting};
use crate::analysis::report::{Ending, Orderliness};

/// Advice for an end, the most useful first.
pub(in crate::analysis) fn of(ending: &Ending, setting: &Setting) -> Vec<String> {
    let mut advice: Vec<&str> = by_cause(ending.cause).to_vec();
    if matches!(ending.orderliness, Orderliness::Abrupt | Orderliness::OrderlyIncomplete)
        && ending.confidence < Some(Confidence::Proven)
    {
        advice.extend(telling(setting));
    }
    advice.into_iter().map(str::to_owned).collect()
}

/// What would have decided an abrupt end.
fn telling(setting: &Setting) -> Vec<&'static str> {
    let mut telling = vec![
        "pstore (ramoops or efi-pstore, with systemd-pstore.service) would have kept a panic's text over the restart",
        "a bundle with /sys/class/watchdog/*/bootstatus tells whether the hardware watchdog fired (0x20)",
        "`SyncIntervalSec=30s` in journald.conf loses fewer of the last lines",
    ];
    if setting.machine != Machine::Real {
        telling.insert(0, "the host's log says whether the machine was stopped or reset from outside");
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
        _ => &[],
    }
}
