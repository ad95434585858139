//! The signs themselves: what ends a boot, and what the next boot tells of it.
//!
//! Texts and ids are those that systemd and the kernel print; where a field decides, the text is not asked.

use super::report::{
    Action::{Halt, Kexec, Poweroff, Reboot},
    Stage::{S1, S2, S3},
    Strength::{Ctx, Proof, Strong, Weak},
};
use super::rules::Means::{
    Asked, CameUp, Cancelled, Dump, Emergency, JobTimeout, JournalStarted, JournalStopped, Landmark, LogLost, Planned,
    Reset, SleepStart, SleepStop, SoftReboot, Step, Stop, SwitchedOff, Unclean,
};
use super::rules::old::{
    Rule,
    Sign::{Any, Has, Id, Starts, Text, Unit, With},
};
use super::sender::Sender::{Driver, Fsck, Journald, Kernel, Logind, Pid1, Pstore, Shutdown, Sleep};
use super::unit::Step::{Started, Starting, Stopped, Stopping};

/// logind's own line when it carries out a request.
const SHUTDOWN: &str = "98268866d1d54a499c4e98921d93bc40";
/// logind's line when a shutdown is planned.
const SCHEDULED: &str = "9e7066279dc8403da79ce4b1a69064b2";
const CANCELED: &str = "249f6fb9e6e2428c96f3f0875681ffa3";
const POWER_KEY: &str = "b72ea4a2881545a0b50e200e55b9b071";
const POWER_KEY_LONG: &str = "3e0117101eb243c1b9a50db3494ab10b";
const REBOOT_KEY: &str = "9fa9d2c012134ec385451ffe316f97d0";
const REBOOT_KEY_LONG: &str = "f1c59a58c9d943668965c337caec5975";
const SLEEP_START: &str = "6bbd95ee977941e497c48be27c254128";
const SLEEP_STOP: &str = "8811e6df2a8e40f58a94cea26f8ebf14";
const JOURNAL_START: &str = "f77379a8490b408bbe5f6940505a777b";
const JOURNAL_STOP: &str = "d93fb3c9c24d451a97cea615ce59c00b";

macro_rules! signs {
    ($($id:literal $by:ident $sign:expr => $means:expr; $strength:ident $shows:literal)*) => {
        &[$(Rule { id: $id, by: $by, sign: $sign, means: $means, strength: $strength, shows: $shows }),*]
    };
}

/// What a boot's own lines say of its end.
#[rustfmt::skip]
pub(super) const ENDING: &[Rule] = signs! {
    // Asked for.
    "request.reboot"    Logind With(SHUTDOWN, "SHUTDOWN=reboot")      => Asked(Some(Reboot));   Strong "logind was asked to reboot"
    "request.poweroff"  Logind With(SHUTDOWN, "SHUTDOWN=power-off")   => Asked(Some(Poweroff)); Strong "logind was asked to power off"
    "request.halt"      Logind With(SHUTDOWN, "SHUTDOWN=halt")        => Asked(Some(Halt));     Strong "logind was asked to halt"
    "request.kexec"     Logind With(SHUTDOWN, "SHUTDOWN=kexec")       => Asked(Some(Kexec));    Strong "logind was asked to start another kernel"
    "soft-reboot.request" Logind With(SHUTDOWN, "SHUTDOWN=soft-reboot") => SoftReboot;          Ctx    "logind was asked to restart userspace only"
    "request.logind"    Logind Id(SHUTDOWN)                           => Asked(None);           Strong "logind was asked to shut down"
    "plan.reboot"       Logind With(SCHEDULED, "ACTION=reboot")       => Planned(Some(Reboot));   Strong "a reboot was scheduled"
    "plan.poweroff"     Logind With(SCHEDULED, "ACTION=poweroff")     => Planned(Some(Poweroff)); Strong "a power-off was scheduled"
    "plan.halt"         Logind With(SCHEDULED, "ACTION=halt")         => Planned(Some(Halt));     Strong "a halt was scheduled"
    "plan.kexec"        Logind With(SCHEDULED, "ACTION=kexec")        => Planned(Some(Kexec));    Strong "a restart into another kernel was scheduled"
    "plan.cancelled"    Logind Id(CANCELED)                           => Cancelled;             Ctx    "the scheduled shutdown was cancelled"
    "key.power"         Logind Id(POWER_KEY)                          => Asked(None);           Weak   "the power key was pressed"
    "key.power-long"    Logind Id(POWER_KEY_LONG)                     => Asked(None);           Weak   "the power key was pressed long"
    "key.reboot"        Logind Id(REBOOT_KEY)                         => Asked(None);           Weak   "the reboot key was pressed"
    "key.reboot-long"   Logind Id(REBOOT_KEY_LONG)                    => Asked(None);           Weak   "the reboot key was pressed long"
    "client.reboot"     Pid1 Starts(&["Reboot requested from "])      => Asked(Some(Reboot));   Strong "a program asked PID 1 to reboot"
    "client.poweroff"   Pid1 Starts(&["Poweroff requested from "])    => Asked(Some(Poweroff)); Strong "a program asked PID 1 to power off"
    "client.halt"       Pid1 Starts(&["Halt requested from "])        => Asked(Some(Halt));     Strong "a program asked PID 1 to halt"
    "client.kexec"      Pid1 Starts(&["Kexec requested from "])       => Asked(Some(Kexec));    Strong "a program asked PID 1 to start another kernel"
    "soft-reboot.client" Pid1 Starts(&["Soft reboot requested from "]) => SoftReboot;           Ctx    "a program asked PID 1 to restart userspace only"
    "signal.halt"       Pid1 Starts(&["Received SIGRTMIN+3 ", "Received SIGRTMIN+13 "]) => Asked(Some(Halt));     Strong "PID 1 got the signal to halt"
    "signal.poweroff"   Pid1 Starts(&["Received SIGRTMIN+4 ", "Received SIGRTMIN+14 "]) => Asked(Some(Poweroff)); Strong "PID 1 got the signal to power off"
    "signal.reboot"     Pid1 Starts(&["Received SIGRTMIN+5 ", "Received SIGRTMIN+15 "]) => Asked(Some(Reboot));   Strong "PID 1 got the signal to reboot"
    "signal.kexec"      Pid1 Starts(&["Received SIGRTMIN+6 ", "Received SIGRTMIN+16 "]) => Asked(Some(Kexec));    Strong "PID 1 got the signal to start another kernel"
    "signal.ctrl-alt-del" Pid1 Text("Received SIGINT.")               => Asked(None);           Weak   "Ctrl-Alt-Del was pressed"
    "signal.power"      Pid1 Starts(&["Received SIGPWR"])             => Asked(None);           Weak   "PID 1 got the signal of a power failure"
    "shutdown.job-timeout" Pid1 Text("Forcibly rebooting: job timed out")     => JobTimeout(Reboot); Proof "a job took too long, and PID 1 forced a reboot"
    "shutdown.job-timeout-off" Pid1 Text("Forcibly powering off: job timed out") => JobTimeout(Poweroff); Proof  "a job took too long, and PID 1 forced the power off"
    "policy.reboot"     Pid1 Starts(&["Rebooting: ", "Forcibly rebooting: ", "Rebooting immediately: "])                => Asked(Some(Reboot));   Strong "a policy made PID 1 reboot"
    "policy.poweroff"   Pid1 Starts(&["Powering off: ", "Forcibly powering off: ", "Powering off immediately: "])       => Asked(Some(Poweroff)); Strong "a policy made PID 1 power off"
    "policy.halt"       Pid1 Starts(&["Halting: ", "Forcibly halting: ", "Halting immediately: "])                      => Asked(Some(Halt));     Strong "a policy made PID 1 halt"
    "policy.kexec"      Pid1 Starts(&["Executing kexec: ", "Forcibly executing kexec: "])                               => Asked(Some(Kexec));    Strong "a policy made PID 1 start another kernel"
    "soft-reboot.policy" Pid1 Starts(&["Soft-rebooting: ", "Forcibly soft-rebooting: "])                                => SoftReboot;            Ctx    "a policy made PID 1 restart userspace only"
    "kernel.too-hot"    Kernel Has(&["critical temperature reached"])             => Asked(Some(Poweroff)); Strong "the kernel asked to power off at a critical temperature"
    "kernel.protection-off" Kernel Starts(&["reboot: HARDWARE PROTECTION shutdown"]) => Asked(Some(Poweroff)); Strong "the kernel asked to power off to protect the hardware"
    "kernel.protection-reboot" Kernel Starts(&["reboot: HARDWARE PROTECTION reboot"]) => Asked(Some(Reboot)); Strong "the kernel asked to reboot to protect the hardware"
    // The sequence.
    "stop.targets"      Pid1 Unit(Stopped, &["multi-user.target", "graphical.target", "basic.target"]) => Stop(S1);     Strong "PID 1 stopped the target that holds the machine up"
    "stop.local-fs"     Pid1 Unit(Stopped, &["local-fs.target"])                  => Stop(S2);               Strong "PID 1 stopped the local filesystems"
    "stop.journal-flush" Pid1 Unit(Stopping, &["systemd-journal-flush.service"])  => Stop(S2);               Strong "journald was told to leave /var, a late step of every shutdown"
    "reached.late"      Pid1 Unit(Started, &["shutdown.target", "umount.target", "final.target"]) => Step(S2, None); Proof "PID 1 reached a late target of the shutdown"
    "reached.reboot"    Pid1 Unit(Started, &["reboot.target"])                    => Step(S3, Some(Reboot));   Proof  "PID 1 reached the reboot target"
    "reached.poweroff"  Pid1 Unit(Started, &["poweroff.target"])                  => Step(S3, Some(Poweroff)); Proof  "PID 1 reached the power-off target"
    "reached.halt"      Pid1 Unit(Started, &["halt.target"])                      => Step(S3, Some(Halt));     Proof  "PID 1 reached the halt target"
    "reached.kexec"     Pid1 Unit(Started, &["kexec.target"])                     => Step(S3, Some(Kexec));    Proof  "PID 1 reached the kexec target"
    "final.reboot"      Pid1 Unit(Starting, &["systemd-reboot.service"])          => Step(S3, Some(Reboot));   Proof  "PID 1 began the last service of a reboot"
    "final.poweroff"    Pid1 Unit(Starting, &["systemd-poweroff.service"])        => Step(S3, Some(Poweroff)); Proof  "PID 1 began the last service of a power-off"
    "final.halt"        Pid1 Unit(Starting, &["systemd-halt.service"])            => Step(S3, Some(Halt));     Proof  "PID 1 began the last service of a halt"
    "final.kexec"       Pid1 Unit(Starting, &["systemd-kexec.service"])           => Step(S3, Some(Kexec));    Proof  "PID 1 began the last service before another kernel"
    "final.pid1"        Pid1 Text("Shutting down.")                               => Step(S3, None);           Proof  "PID 1 had stopped everything and handed over"
    "final.shutdown"    Shutdown Any                                              => Step(S3, None);           Proof  "the program for the last steps was at work"
    "final.sigterm"     Journald Starts(&["Received SIGTERM from PID 1 (systemd-shutdow"]) => Step(S3, None);  Proof  "journald was ended by the last step of the shutdown"
    "final.journal"     Driver Id(JOURNAL_STOP)                                   => JournalStopped;           Strong "journald closed the journal and did not start again"
    // Not the end, or not of this kind.
    "journal.started"   Driver Id(JOURNAL_START)                                  => JournalStarted; Ctx    "journald started"
    "up.target"         Pid1 Unit(Started, &["multi-user.target", "graphical.target", "basic.target"]) => CameUp; Ctx "the machine came up"
    "up.again"          Pid1 Starts(&["Soft-reboot finished "])                   => CameUp;         Ctx    "userspace was up again"
    "soft-reboot.target" Pid1 Unit(Started, &["soft-reboot.target"])              => SoftReboot;     Ctx    "only userspace restarted"
    "emergency.entered" Pid1 Unit(Started, &["emergency.target", "rescue.target", "emergency.service", "rescue.service"]) => Emergency; Ctx "the machine entered emergency or rescue mode, which stops units without a shutdown"
    "sleep.start"       Sleep Id(SLEEP_START)                                     => SleepStart;     Strong "the machine was sent to sleep"
    "sleep.entry"       Kernel Starts(&["PM: suspend entry", "PM: hibernation: hibernation entry"]) => SleepStart; Strong "the kernel went to sleep"
    "sleep.stop"        Sleep Id(SLEEP_STOP)                                      => SleepStop;      Ctx    "the machine was awake again"
    "sleep.exit"        Kernel Text("PM: suspend exit")                           => SleepStop;      Ctx    "the kernel woke"
    "sleep.hibernated"  Kernel Text("PM: hibernation: hibernation exit")          => SleepStop;      Ctx    "the kernel woke"
    // The log's own end.
    "log.readonly"      Kernel Has(&["Remounting filesystem read-only", "forced readonly", "Shutting down filesystem", "Aborting journal on device"]) => LogLost; Strong "a filesystem went read-only, and the log ends there"
    "log.unwritable"    Journald Has(&["Read-only file system", "No space left on device", "IO error, rotating"]) => LogLost; Strong "journald could not write any more"
    // Restarts without a shutdown.
    "kernel.panicked"   Kernel Starts(&["Kernel panic - not syncing: ", "---[ end Kernel panic - not syncing"]) => Reset; Proof "the kernel panicked, which ends in a reset"
    "kernel.restarting" Kernel Starts(&["Rebooting in ", "reboot: Restarting system"]) => Reset;     Proof  "the kernel announced the restart"
    "kernel.softdog"    Kernel Starts(&["softdog: Initiating "])                  => Reset;          Proof  "the software watchdog reset the machine"
    "kernel.sysrq"      Kernel Starts(&["sysrq: Resetting", "sysrq: Trigger a crash", "SysRq : Resetting"]) => Reset; Strong "a person made the kernel reset by sysrq"
};

/// What the next boot says of this one.
#[rustfmt::skip]
pub(super) const NEXT: &[Rule] = signs! {
    "next.kernel"       Kernel Starts(&["Linux version "])                        => Landmark; Ctx "the next boot's kernel"
    "next.journal"      Driver Id(JOURNAL_START)                                  => Landmark; Ctx "journald started"
    "next.flushed"      Driver Starts(&["Time spent on flushing to "])            => Landmark; Ctx "a boot that dies before this moment leaves nothing"
    "unclean.journal"   Journald Has(&["/system.journal corrupted or uncleanly shut down"]) => Unclean; Strong "journald found its file as its death left it"
    "unclean.user"      Journald Has(&["corrupted or uncleanly shut down"])       => Unclean; Weak   "journald found another file as its death left it"
    "unclean.root"      Kernel Has(&["INFO: recovery required on readonly filesystem"]) => Unclean; Weak "the root filesystem had not been unmounted, which clean shutdowns may leave too"
    "unclean.ext4"      Kernel Has(&["): recovery complete"])                     => Unclean; Strong "a filesystem had not been unmounted"
    "unclean.xfs"       Kernel Has(&["): Starting recovery (logdev"])             => Unclean; Strong "a filesystem had not been unmounted"
    "unclean.btrfs"     Kernel Has(&["start tree-log replay"])                    => Unclean; Strong "a filesystem had not been unmounted"
    "unclean.f2fs"      Kernel Has(&["recover_data: ", "recover fsync data"])     => Unclean; Strong "a filesystem had not been unmounted"
    "unclean.fsck"      Fsck Has(&["recovering journal", "was not cleanly unmounted"]) => Unclean; Strong "the checker found a filesystem that had not been unmounted"
    "unclean.fat"       Kernel Has(&["Volume was not properly unmounted"])        => Unclean; Weak   "a FAT filesystem is marked unclean, which stays so for months"
    "pstore.dump"       Pstore Starts(&["PStore dmesg-"])                         => Dump;    Proof  "the kernel had left a dump of its last lines, as a panic does"
    "reset.amd-unread"  Kernel Has(&["reset reason [0xffffffff]"])                => Landmark; Ctx  "the processor's record could not be read"
    "reset.amd"         Kernel Has(AMD_RESETS)                                    => Reset;   Proof  "the processor recorded a reset"
    "off.amd"           Kernel Has(AMD_SWITCHED_OFF)                              => SwitchedOff; Weak "the processor recorded that the power was switched"
    "reset.watchdog"    Kernel Has(WATCHDOG_RESETS)                               => Reset;   Proof  "the watchdog's driver recorded that it had reset the machine"
    "reset.at91"        Kernel Has(&["Starting after watchdog timeout", "Starting after software reset", "Starting after reset button action"]) => Reset; Proof "the reset controller recorded a reset"
};

/// Bits of the AMD reset register that only a reset sets.
const AMD_RESETS: &[&str] = &[
    "]: system reset pin BP_SYS_RST_L was tripped",
    "]: software issued PCI reset",
    "]: software wrote 0x4 to reset control register 0xCF9",
    "]: software wrote 0x6 to reset control register 0xCF9",
    "]: software wrote 0xE to reset control register 0xCF9",
    "]: keyboard reset pin KB_RST_L was tripped",
    "]: internal CPU shutdown event occurred",
    "]: system failed to boot before failed boot timer expired",
    "]: hardware watchdog timer expired",
    "]: an uncorrected error caused a data fabric sync flood event",
    "]: FCH and MP1 failed warm reset handshake",
    "]: a parity error occurred",
    "]: a software sync flood event occurred",
];

/// Bits of the same register that go with switching the power.
const AMD_SWITCHED_OFF: &[&str] = &[
    "]: thermal pin BP_THERMTRIP_L was tripped",
    "]: power button was pressed for 4 seconds",
    "]: ACPI power state transition occurred",
];

/// Lines of watchdog drivers that can read why the machine started.
const WATCHDOG_RESETS: &[&str] = &[
    "watchdog module last reset due to timeout",
    "Last boot was caused by watchdog",
    "Previous reboot was caused by the card",
    "Previous reset was caused by the Watchdog card",
    "last reboot caused by watchdog reset",
];

/// Many stops at once, which no single line shows.
pub(super) static FLOOD: Rule = Rule {
    id: "stop.flood",
    by: Pid1,
    sign: Any,
    means: Stop(S1),
    strength: Strong,
    shows: "from here on most services that were up were stopped, and none came back",
};
