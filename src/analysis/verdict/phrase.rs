//! A cause in so few words that they fit a headline.

use super::ids::{Cause, Condition};

/// The same of [`Cause::RequestedApi`] where PID 1 tells in which unit the program was.
pub(in crate::analysis) const CLIENT: &str = "a program asked PID 1 for it, and the log names its unit";

/// The same where the log has signs of who may have asked.
pub(in crate::analysis) const ASKED: &str = "asked for through logind or PID 1, by whom is not certain";

/// The cause as the end of a sentence.
pub(in crate::analysis) const fn phrase(cause: Cause) -> &'static str {
    match cause {
        Cause::RequestedUser => "a person asked for it in a session",
        Cause::RequestedApi => "asked for through logind or PID 1, the log does not say by whom",
        Cause::RequestedOrchestrator => "fleet or cluster software asked for it",
        Cause::RequestedKey => "a key, the lid or the idle policy asked for it",
        Cause::RequestedScheduled => "it had been scheduled",
        Cause::RequestedHypervisor => "the host asked the virtual machine to shut down",
        Cause::RequestedContainerStop => "the container manager asked the container to stop",
        Cause::RequestedRemoteMgmt => "out-of-band management reset the machine or switched it off",
        Cause::RequestedForced => "somebody forced it",
        Cause::UpdateOsImage => "a restart into a new OS image",
        Cause::UpdatePackages => "a restart for updated packages",
        Cause::UpdateRollbackHealth => "the new OS failed its health checks and went back to the old one",
        Cause::UpdateRollbackAltboot => "the bootloader had fallen back to the old OS, which repaired itself",
        Cause::UpdateConfigApply => "a restart to apply a changed configuration",
        Cause::PolicyStartLimit => "a unit failed to start too often, and its policy asked for it",
        Cause::PolicyFailureAction => "a unit's end asked for it by policy",
        Cause::PolicyJobTimeout => "a job took too long, and its policy forced it",
        Cause::PolicyAppWatchdog => "a watchdog program failed, and its policy forced it",
        Cause::KernelPanic => "the kernel panicked",
        Cause::KernelOops => "the kernel had an oops just before",
        Cause::KernelBug => "the kernel met a bug of its own just before",
        Cause::KernelLockupSoft => "a processor was stuck in the kernel until the end",
        Cause::KernelLockupHard => "a processor was stuck with interrupts off until the end",
        Cause::KernelHungTask => "tasks were blocked until the end",
        Cause::KernelRcuStall => "the kernel's RCU stalled until the end",
        Cause::KernelMce => "an uncorrected hardware error",
        Cause::WatchdogHardware => "the hardware watchdog expired",
        Cause::WatchdogSoft => "the software watchdog expired",
        Cause::WatchdogPretimeout => "the watchdog's pretimeout ended it",
        Cause::WatchdogForeignClose => "a process other than PID 1 left the hardware watchdog armed",
        Cause::MemoryOomPanic => "the kernel panicked for want of memory",
        Cause::MemoryThrash => "the machine stood still for want of memory",
        Cause::ThermalOrderly => "a temperature was critical",
        Cause::ThermalTrip => "the hardware cut out at its temperature limit",
        Cause::PowerLoss => "the power went away",
        Cause::PowerUndervoltage => "the supply voltage sagged",
        Cause::PowerBatteryLow => "the battery was low",
        Cause::PowerUps => "the UPS's daemon shut the machine down",
        Cause::PowerButtonHold => "the power button was held",
        Cause::PowerResetPin => "the reset button or another pin of the board reset the processor",
        Cause::StorageIoError => "I/O errors took the log or the system down",
        Cause::StorageReadonlyRemount => "a filesystem went read-only and took the log or the system down",
        Cause::StorageFull => "a filesystem was full",
        Cause::StorageRemoved => "the disk went away",
        Cause::SleepNoResume => "it did not come back from sleep",
        Cause::SleepBatteryDied => "the battery ran out during sleep",
        Cause::BootFailedEmergency => "the boot got no further than emergency or rescue mode",
        Cause::BootCrashLoop => "one of several short boots in a row that ended so",
        Cause::BootShort => "one step of a series of short boots",
        Cause::BootFirmware => "the firmware reset the machine itself",
        Cause::Pid1Crash => "PID 1 crashed",
        Cause::Pid1Freeze => "PID 1 froze after a crash",
        Cause::VmStop => "the virtual machine was stopped from outside",
        Cause::NoneStillRunning => "the boot has not ended",
        Cause::NoneRotated => "the end is in none of the files",
        Cause::NoneUnreadable => "the end cannot be read",
        Cause::UndeterminedOrderly => "who asked for it left no line",
        Cause::UndeterminedAbrupt => "no cause has enough evidence",
    }
}

/// What a condition is beside the cause of an end: what it says of the end where it is the cause itself, it does not say
/// here.
pub(in crate::analysis) const fn beside(condition: Condition) -> &'static str {
    let Condition::Cause(cause) = condition else { return condition.means() };
    match cause {
        Cause::KernelPanic => "the kernel panicked",
        Cause::KernelOops => "the kernel oopsed",
        Cause::KernelBug => "the kernel met a bug of its own, or found its own state corrupted",
        Cause::KernelLockupSoft => "a processor was stuck in the kernel",
        Cause::KernelLockupHard => "a processor was stuck with interrupts off",
        Cause::KernelHungTask => "tasks were blocked for long",
        Cause::KernelRcuStall => "the kernel's RCU stalled",
        Cause::KernelMce => "the hardware reported errors",
        Cause::WatchdogForeignClose => "a process other than PID 1 closed the hardware watchdog and left it armed",
        Cause::MemoryThrash => "memory was short",
        Cause::ThermalOrderly | Cause::ThermalTrip => "a temperature was critical",
        Cause::PowerLoss => "a supply went away",
        Cause::PowerUndervoltage => "the supply voltage sagged",
        Cause::PowerBatteryLow => "the battery was low",
        Cause::PowerUps => "a UPS ran on its battery",
        Cause::StorageIoError => "a disk could not be read or written, or did not answer",
        Cause::StorageReadonlyRemount => "a filesystem went read-only",
        Cause::StorageFull => "a filesystem was full",
        Cause::StorageRemoved => "a disk or card was removed",
        Cause::SleepNoResume => "the machine slept",
        Cause::BootFailedEmergency => "the boot came to emergency or rescue mode",
        Cause::BootCrashLoop => "one of several short boots in a row",
        Cause::Pid1Crash => "PID 1 crashed",
        Cause::Pid1Freeze => "PID 1 froze after a crash",
        _ => cause.means(),
    }
}
