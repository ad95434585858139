//! The words of a verdict, spelled as they are in JSON and in rules.
//!
//! Each list is complete: a word that is not here is no verdict. The sentences are part of the interface: `lastwords`
//! prints them where it explains a word.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A word that is none of those that a list has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// The word.
    pub word: String,
    /// What it was to be, such as "a cause".
    pub kind: &'static str,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not {}", self.word, self.kind)
    }
}

impl std::error::Error for UnknownWord {}

/// An enum whose variants are words, with their meaning.
macro_rules! words {
    ($(#[$about:meta])* $name:ident, $kind:literal: $($variant:ident $word:literal $means:literal)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`: ", $means, ".")] $variant,)*
        }

        impl $name {
            /// All of them, in the order of their list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// How it is spelled everywhere.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What it means, as a sentence without a full stop.
            #[must_use]
            pub const fn means(self) -> &'static str {
                match self { $(Self::$variant => $means),* }
            }
        }

        spelled!($name, $kind, Self::ALL.iter().copied());
    };
}

/// Displays, parses, writes and reads a type by its `id()`.
macro_rules! spelled {
    ($name:ident, $kind:literal, $all:expr) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.id())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                let unknown = || UnknownWord { word: word.to_owned(), kind: $kind };
                $all.find(|known: &Self| known.id() == word).ok_or_else(unknown)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.id())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

words! {
    /// Who or what set the end going.
    Initiator, "an initiator":
    UserCli "user-cli" "a person in a session (console, ssh, sudo)"
    ApiClient "api-client" "a program that asked logind or PID 1, by D-Bus or signal, and is none of the others"
    PowerKey "power-key" "the power button, pressed (logind) or held until the hardware obeyed"
    RebootKey "reboot-key" "the reboot key or the reset button"
    LidIdle "lid-idle" "lid switch or idle policy of logind"
    CtrlAltDel "ctrl-alt-del" "the key combination, PID 1's SIGINT from the kernel"
    Scheduled "scheduled" "a shutdown scheduled ahead (shutdown +N, a scheduler's OPERATOR=)"
    OsUpdate "os-update" "an updater or its rollback (balena HUP, rpm-ostree, RAUC, package manager)"
    Orchestrator "orchestrator" "fleet or cluster software (balena supervisor, HA supervisor, kured)"
    HypervisorHost "hypervisor-host" "the host of the virtual machine or container"
    UpsBattery "ups-battery" "UPS daemon or battery policy"
    ThermalPolicy "thermal-policy" "kernel or daemon acting on a critical temperature"
    UnitAction "unit-action" "StartLimitAction, FailureAction, SuccessAction, JobTimeoutAction of a unit"
    Pid1Crash "pid1-crash" "PID 1's CrashAction"
    Kernel "kernel" "panic or other reset by the kernel itself"
    HardwareWatchdog "hardware-watchdog" "the watchdog device"
    Firmware "firmware" "firmware, board controller or out-of-band management"
    Unknown "unknown" "nobody identified, or nobody at all (power loss)"
}

words! {
    /// Why a boot ended: one cause per end, the most specific whose evidence suffices.
    Cause, "a cause":
    RequestedUser "requested.user" "a person asked in a session that the log shows (sudo, ssh, console, wall message)"
    RequestedApi "requested.api" "asked through logind or PID 1 by a caller the log does not name, or a program that no other id names; the default of an orderly end with a request line"
    RequestedOrchestrator "requested.orchestrator" "fleet or cluster software asked for a restart of its own accord, not for an update or to apply configuration"
    RequestedKey "requested.key" "power key, reboot key, lid, idle policy or Ctrl-Alt-Del, handled by the OS"
    RequestedScheduled "requested.scheduled" "a shutdown scheduled ahead took place"
    RequestedHypervisor "requested.hypervisor" "the host asked the guest to shut down (ACPI button in a VM, guest agent, Hyper-V)"
    RequestedContainerStop "requested.container-stop" "the container manager asked the container's PID 1 to stop, by signal"
    RequestedRemoteMgmt "requested.remote-mgmt" "out-of-band management (ASF, IPMI, BMC) reset or switched off the machine"
    RequestedForced "requested.forced" "somebody forced a reset without shutdown (sysrq, reboot -ff)"
    UpdateOsImage "update.os-image" "restart into a new OS image (HUP, rpm-ostree, RAUC, Mender, SWUpdate, other A/B)"
    UpdatePackages "update.packages" "restart for packages (unattended-upgrades, dnf-automatic, offline update)"
    UpdateRollbackHealth "update.rollback-health" "the new OS failed its health checks and restarted into the old one"
    UpdateRollbackAltboot "update.rollback-altboot" "the bootloader fell back to the old OS, which repaired itself and restarted"
    UpdateConfigApply "update.config-apply" "restart to apply a changed device configuration"
    PolicyStartLimit "policy.start-limit" "StartLimitAction of a unit"
    PolicyFailureAction "policy.failure-action" "FailureAction or SuccessAction of a unit"
    PolicyJobTimeout "policy.job-timeout" "JobTimeoutAction, also that of reboot.target during a hung shutdown"
    PolicyAppWatchdog "policy.app-watchdog" "the unit whose action ended the boot is itself a watchdog program (disk-watchdogd, watchdogd); goes before policy.start-limit and policy.failure-action"
    KernelPanic "kernel.panic" "the kernel panicked; an oops that ends the machine at once is a panic"
    KernelOops "kernel.oops" "the kernel oopsed and the machine died soon after, no panic seen"
    KernelBug "kernel.bug" "a `kernel BUG at` or page-state BUG, and the machine died soon after"
    KernelLockupSoft "kernel.lockup-soft" "soft lockup until the end or panic by it"
    KernelLockupHard "kernel.lockup-hard" "hard lockup until the end or panic by it"
    KernelHungTask "kernel.hung-task" "tasks blocked until the end or panic by it"
    KernelRcuStall "kernel.rcu-stall" "RCU stall until the end or panic by it"
    KernelMce "kernel.mce" "uncorrected hardware error: machine check, sync flood, fatal BERT or APEI record, triple fault"
    WatchdogHardware "watchdog.hardware" "the hardware watchdog expired; why nothing fed it is not known"
    WatchdogSoft "watchdog.soft" "the software watchdog (softdog) expired"
    WatchdogPretimeout "watchdog.pretimeout" "the watchdog's pretimeout event ended the boot"
    WatchdogForeignClose "watchdog.foreign-close" "the hardware watchdog expired because a process other than PID 1 armed and closed it"
    MemoryOomPanic "memory.oom-panic" "panic on out-of-memory"
    MemoryThrash "memory.thrash" "the machine stood still for lack of memory; suspected, at most likely"
    ThermalOrderly "thermal.orderly" "the OS shut down at a critical temperature (also HARDWARE PROTECTION)"
    ThermalTrip "thermal.trip" "the hardware cut out at its temperature limit"
    PowerLoss "power.loss" "supply went away (mains, plug, PSU)"
    PowerUndervoltage "power.undervoltage" "supply sagged (brown-out, undervoltage lock-out, regulator fault)"
    PowerBatteryLow "power.battery-low" "battery ran low, the OS or initrd shut down"
    PowerUps "power.ups" "a UPS daemon shut the machine down"
    PowerButtonHold "power.button-hold" "power button held for 4 s"
    PowerResetPin "power.reset-pin" "reset button or another board pin reset or shut down the CPU"
    StorageIoError "storage.io-error" "I/O errors or a lost device queue took the system or its log down"
    StorageReadonlyRemount "storage.readonly-remount" "a filesystem went read-only and took the system or its log down"
    StorageFull "storage.full" "a full filesystem took the system or its log down, or was the reason given for a restart"
    StorageRemoved "storage.removed" "the disk that holds system or log went away"
    SleepNoResume "sleep.no-resume" "did not come back from sleep; hang, battery or forced power-off are not told apart"
    SleepBatteryDied "sleep.battery-died" "the battery ran out during sleep, and the log shows it low"
    BootFailedEmergency "boot.failed-emergency" "the boot got no further than emergency or rescue mode and was given up there"
    BootCrashLoop "boot.crash-loop" "one of three or more short abrupt ends in a row whose deeper cause nothing names"
    BootShort "boot.short" "a boot of minutes that ended in order as one step of a series, and no other id names the step"
    BootFirmware "boot.firmware" "firmware reset the machine itself (failed boot timer, failed handshake)"
    Pid1Crash "pid1.crash" "PID 1 crashed and the boot ended by it (CrashAction, `Attempted to kill init!`)"
    Pid1Freeze "pid1.freeze" "PID 1 froze after a crash, and something else ended the boot"
    VmStop "vm.stop" "the virtual machine (or the container whose journal this is) was stopped or reset from outside without being asked"
    NoneStillRunning "none.still-running" "the boot has not ended"
    NoneRotated "none.rotated" "the end was vacuumed, its file is missing, or it was never stored"
    NoneUnreadable "none.unreadable" "the end lies in an unreadable part of a file"
    UndeterminedOrderly "undetermined.orderly" "an orderly end whose request left no line"
    UndeterminedAbrupt "undetermined.abrupt" "an abrupt end without sufficient evidence; the honest default"
}

words! {
    /// How sure the cause is, the least sure first.
    Confidence, "a confidence":
    Undetermined "undetermined" "no cause has enough evidence, or the end is not in the files"
    Possible "possible" "some evidence, or several causes that are nearly as good"
    Likely "likely" "strong evidence, at least twice that of any other cause, or a record in some doubt"
    Proven "proven" "a record that settles it, certainly of this boot, and no proof of another cause"
}

words! {
    /// What contributes to an end and is never its cause.
    Only, "a condition":
    MemoryOomKill "memory.oom-kill" "the OOM killer or systemd-oomd killed processes"
    ThermalThrottle "thermal.throttle" "throttling or high-temperature warnings"
    ShutdownHang "shutdown.hang" "the shutdown made no progress for minutes, or may have frozen after its last line: a restart that took hours"
    UnitCrashLoop "unit.crash-loop" "a unit failed and restarted again and again"
    UnitWatchdog "unit.watchdog" "systemd's watchdog killed a unit: engine, supervisor, journald"
    UnitCoredump "unit.coredump" "a process dumped core"
    ClockStep "clock.step" "the wall clock jumped"
    LogMissed "log.missed" "kernel messages were missed or entries are lacking"
    LogSuppressed "log.suppressed" "messages were suppressed by rate limits"
}

impl Cause {
    /// Whether it sets a shutdown going, rather than breaking a boot off.
    pub(in crate::analysis) fn sets_off(self) -> bool {
        let orderly = [Self::PowerUps, Self::PowerBatteryLow, Self::ThermalOrderly, Self::BootShort];
        let class = |class: &str| self.id().starts_with(class);
        let forced = [Self::RequestedForced, Self::RequestedRemoteMgmt].contains(&self);
        !forced && (orderly.contains(&self) || class("requested.") || class("update.") || class("policy."))
    }
}

/// What may contribute to an end, or may be its cause where nothing excludes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// One that can be a cause too.
    Cause(Cause),
    /// One that only contributes; of these, `shutdown.hang` may be a candidate.
    Only(Only),
}

impl Condition {
    /// How it is spelled everywhere.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Cause(cause) => cause.id(),
            Self::Only(only) => only.id(),
        }
    }

    /// What it means, as a sentence without a full stop.
    #[must_use]
    pub const fn means(self) -> &'static str {
        match self {
            Self::Cause(cause) => cause.means(),
            Self::Only(only) => only.means(),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        let causes = Cause::ALL.iter().map(|cause| Self::Cause(*cause));
        causes.chain(Only::ALL.iter().map(|only| Self::Only(*only)))
    }
}

spelled!(Condition, "a condition", Self::all());

impl From<Cause> for Condition {
    fn from(cause: Cause) -> Self {
        Self::Cause(cause)
    }
}

impl From<Only> for Condition {
    fn from(only: Only) -> Self {
        Self::Only(only)
    }
}

#[cfg(test)]
mod tests;
