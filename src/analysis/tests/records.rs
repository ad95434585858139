//! What the next boot has on record: of this end or of another one, and where it stands in the report.

use super::super::{Action, Cause, Confidence, Evidence, FileState, Initiator, Only, Orderliness, Postmortem, judge};
use super::log::Log;
use super::names_a_cause_or_none;
use Confidence::{Likely, Proven, Undetermined};

const CF9: &str = "[0x00080800]: software wrote 0x6 to reset control register 0xCF9";
pub(super) const WATCHDOG: &str = "[0x02000800]: hardware watchdog timer expired";
pub(super) const BUTTON: &str = "[0x00000802]: power button was pressed for 4 seconds";
const PIN: &str = "[0x00010800]: system reset pin BP_SYS_RST_L was tripped";
const FLOOD: &str = "[0x08000800]: an uncorrected error caused a data fabric sync flood event";
const UNDERVOLTAGE: &str = "hwmon hwmon1: Undervoltage detected!";
const READ_ONLY: &str = "EXT4-fs (sda2): Remounting filesystem read-only";
const PANIC: &str = "Kernel panic - not syncing: Fatal exception";

/// What the kernel of the boot after finds in the processor's register.
pub(super) fn finds<'l>(log: &'l mut Log, record: &str) -> &'l mut Log {
    log.kernel(&format!("x86/amd: Previous system reset reason {record}")).after(5).come_up()
}

/// The boot of this number, which another kernel of the same build follows that finds a record.
fn followed(log: &mut Log, boot: usize, record: &str) -> Postmortem {
    finds(log.kernel_boot(40), record);
    judged(log, boot)
}

pub(super) fn judged(log: &Log, boot: usize) -> Postmortem {
    let report = judge(&log.listed(), boot).unwrap();
    names_a_cause_or_none(&report.ending);
    report
}

#[track_caller]
pub(super) fn is(report: &Postmortem, orderliness: Orderliness, cause: Cause, confidence: Confidence) {
    let ending = &report.ending;
    let facets = (ending.orderliness, ending.cause, ending.confidence);
    assert_eq!(facets, (orderliness, cause, Some(confidence)), "{}", ending.headline);
}

pub(super) fn named<'e>(evidence: &'e [Evidence], rule: &str) -> Option<&'e Evidence> {
    evidence.iter().find(|item| item.rule == rule)
}

/// A machine whose shutdowns can be seen to the end, and a boot of it that lives for a while.
pub(super) fn machine() -> Log {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").boot(30).life(9);
    log
}

#[test]
fn a_reset_by_software_confirms_a_reboot_whose_last_lines_were_lost_and_names_nothing() {
    for record in [
        CF9,
        "[0x00040800]: software wrote 0x4 to reset control register 0xCF9",
        "[0x00100800]: software wrote 0xE to reset control register 0xCF9",
        "[0x00020800]: software issued PCI reset",
        "[0x00400800]: keyboard reset pin KB_RST_L was tripped",
    ] {
        for stage in 0..3 {
            let mut log = machine();
            log.request("reboot");
            if stage > 0 {
                log.stops();
            }
            if stage > 1 {
                log.relinquish();
            }
            let report = followed(&mut log, 1, record);
            is(&report, Orderliness::OrderlyIncomplete, Cause::RequestedApi, Likely);
            let ending = &report.ending;
            assert_eq!((ending.action, ending.initiator), (Some(Action::Reboot), Some(Initiator::ApiClient)));
            assert!(report.evidence.iter().any(|item| item.rule.starts_with("reset.amd-")), "{record}");
            let open = [Only::ShutdownHang.into(), Cause::KernelPanic.into(), Cause::RequestedForced.into()];
            assert_eq!(ending.candidates, open, "the power was there, and no watchdog fired");
        }
    }
}

#[test]
fn a_record_of_switching_off_is_evidence_of_an_end_by_it() {
    for (record, rule, cause, confidence) in [
        ("[0x00000801]: thermal pin BP_THERMTRIP_L was tripped", "off.amd-thermal", Cause::ThermalTrip, Proven),
        (BUTTON, "off.amd-button", Cause::PowerButtonHold, Proven),
        (
            "[0x00000810]: remote ASF power off command was received",
            "off.amd-remote",
            Cause::RequestedRemoteMgmt,
            Likely,
        ),
        ("[0x00200800]: ACPI power state transition occurred", "off.amd-acpi", Cause::UndeterminedAbrupt, Undetermined),
    ] {
        let report = followed(&mut machine(), 1, record);
        is(&report, Orderliness::Abrupt, cause, confidence);
        assert!(named(&report.evidence, rule).is_some(), "{rule}: {:?}", report.evidence);
        assert!(report.against.is_empty(), "{:?}", report.against);
        let decides = report.evidence.first().is_some_and(|item| item.rule == rule);
        assert_eq!(decides, confidence != Undetermined, "what decides comes first");
    }
}

#[test]
fn a_second_reason_on_record_is_against_the_first_and_a_note_of_power_is_not() {
    let mut log = machine();
    log.kernel_boot(40).kernel(&format!("x86/amd: Previous system reset reason {BUTTON}"));
    finds(&mut log, WATCHDOG);
    let report = judged(&log, 1);
    is(&report, Orderliness::Abrupt, Cause::PowerButtonHold, Likely);
    assert!(named(&report.against, "reset.amd-watchdog").is_some());
    assert!(named(&report.evidence, "off.amd-button").is_some());
}

/// A boot under a kernel, and the next under another one that finds that the watchdog fired.
fn under(kernels: [&str; 2], ends: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.starts(0, kernels[0]).after(5).come_up().life(9);
    ends(&mut log);
    finds(log.starts(40, kernels[1]), WATCHDOG);
    judged(&log, 0)
}

#[test]
fn a_register_that_the_boots_kernel_did_not_tell_of_proves_nothing() {
    let abrupt = |kernels| under(kernels, |_| {});
    let kept = abrupt(["6.1.0-18-amd64", "6.17.3-amd64"]);
    is(&kept, Orderliness::Abrupt, Cause::WatchdogHardware, Likely);
    assert!(kept.downgrades[0].contains("may have kept this from an earlier reset"), "{:?}", kept.downgrades);
    assert!(named(&kept.evidence, "reset.amd-watchdog").unwrap().shows.contains(", though the boot's kernel"));
    for kernels in [["6.16.1-amd64", "6.17.3-amd64"], ["6.12.0-55.el10", "6.12.0-55.el10"]] {
        is(&abrupt(kernels), Orderliness::Abrupt, Cause::WatchdogHardware, Proven);
    }
    let orderly = |kernels| {
        under(kernels, |log| {
            log.shuts_down("reboot", "reboot.target");
        })
    };
    let update = orderly(["6.1.0-18-amd64", "6.17.3-amd64"]);
    is(&update, Orderliness::Orderly, Cause::RequestedApi, Proven);
    assert!(named(&update.against, "reset.amd-watchdog").unwrap().shows.contains(", though the boot's kernel"));
    let hung = orderly(["6.16.1-amd64", "6.17.3-amd64"]);
    is(&hung, Orderliness::OrderlyIncomplete, Cause::WatchdogHardware, Proven);
    let broken_off = under(["6.1.0-18-amd64", "6.17.3-amd64"], |log| {
        log.request("reboot").stops();
    });
    is(&broken_off, Orderliness::OrderlyIncomplete, Cause::WatchdogHardware, Likely);
    assert!(broken_off.ending.candidates.contains(&Cause::RequestedApi.into()));
}

#[test]
fn a_register_proves_nothing_where_the_boots_beginning_is_lost_or_no_reset_came() {
    let mut log = Log::new();
    log.come_up().life(9);
    is(&followed(&mut log, 0, WATCHDOG), Orderliness::Abrupt, Cause::WatchdogHardware, Likely);
    let kexec = under(["6.17.3-amd64"; 2], |log| {
        log.shuts_down("kexec", "kexec.target");
    });
    is(&kexec, Orderliness::Orderly, Cause::RequestedApi, Proven);
    assert!(named(&kexec.against, "reset.amd-watchdog").unwrap().shows.contains("started without a reset"));
}

#[test]
fn what_the_next_boot_finds_of_an_end_in_sleep_tells_by_what_it_was() {
    let asleep = |record| {
        let mut log = machine();
        log.falls_asleep();
        followed(&mut log, 1, record)
    };
    for (record, cause) in [(WATCHDOG, Cause::WatchdogHardware), (BUTTON, Cause::PowerButtonHold)] {
        let report = asleep(record);
        is(&report, Orderliness::Asleep, cause, Proven);
        assert_eq!(report.ending.action, Some(Action::Unknown));
        assert!(report.against.is_empty(), "{:?}", report.against);
        assert!(report.evidence[0].rule.contains(".amd-"));
    }
    let pin = asleep(PIN);
    is(&pin, Orderliness::Asleep, Cause::SleepNoResume, Likely);
    assert_eq!(pin.ending.candidates[0], Cause::PowerResetPin.into());
    assert!(named(&pin.against, "reset.amd-pin").is_some());
    let software = asleep(CF9);
    is(&software, Orderliness::Asleep, Cause::SleepNoResume, Likely);
    assert!(named(&software.evidence, "reset.amd-cf9-6").is_some());
    let excluded = [Cause::PowerLoss.into(), Cause::SleepBatteryDied.into()];
    assert!(!software.ending.candidates.iter().any(|candidate| excluded.contains(candidate)));
}

#[test]
fn the_kernels_last_words_in_sleep_are_what_it_died_of() {
    let mut log = machine();
    log.falls_asleep().after(1).kernel(PANIC).boot(60);
    let report = judged(&log, 1);
    is(&report, Orderliness::Asleep, Cause::KernelPanic, Proven);
    assert_eq!(report.evidence[0].rule, "kernel.panicked");
}

#[test]
fn a_battery_that_upower_calls_critical_is_low() {
    for said in ["Battery level is critical", "Battery charge critically low", "battery is low"] {
        let mut log = machine();
        log.service("upower.service", "upowerd", said).falls_asleep().boot(9000);
        let report = judged(&log, 1);
        is(&report, Orderliness::Asleep, Cause::SleepBatteryDied, Likely);
        assert!(named(&report.evidence, "battery.low").is_some() && report.against.is_empty(), "{said}");
    }
}

#[test]
fn what_the_next_boot_finds_of_an_end_that_is_not_in_the_log_stays_open_and_is_shown() {
    let mut log = machine();
    log.kernel(READ_ONLY);
    let unwritable = followed(&mut log, 1, WATCHDOG);
    is(&unwritable, Orderliness::Unknown, Cause::StorageReadonlyRemount, Likely);
    let mut log = machine();
    log.skip(500).file("system@2.journal", FileState::Archived);
    let rotated = followed(&mut log, 1, WATCHDOG);
    is(&rotated, Orderliness::Unknown, Cause::NoneRotated, Undetermined);
    let mut log = machine();
    log.loses(40, FileState::Archived).file("system.journal", FileState::Online).skip(40);
    let unreadable = followed(&mut log, 1, WATCHDOG);
    is(&unreadable, Orderliness::Unknown, Cause::NoneUnreadable, Undetermined);
    for report in [unwritable, rotated, unreadable] {
        assert!(report.ending.candidates.contains(&Cause::WatchdogHardware.into()), "{}", report.headline);
        assert!(named(&report.against, "reset.amd-watchdog").is_some(), "{}", report.headline);
    }
}

#[test]
fn what_the_next_boot_finds_beside_an_orderly_end_is_shown() {
    for (record, rule) in [(FLOOD, "reset.amd-sync-flood"), (PIN, "reset.amd-pin"), (BUTTON, "off.amd-button")] {
        let mut log = machine();
        log.shuts_down("reboot", "reboot.target");
        let report = followed(&mut log, 1, record);
        is(&report, Orderliness::Orderly, Cause::RequestedApi, Proven);
        assert!(named(&report.against, rule).is_some(), "{rule}: {:?}", report.against);
    }
    let mut log = machine();
    log.shuts_down("reboot", "reboot.target");
    let report = followed(&mut log, 1, CF9);
    assert!(named(&report.evidence, "reset.amd-cf9-6").is_some() && report.against.is_empty());
}

#[test]
fn a_supply_that_sags_resets_nothing_by_software() {
    let end = |line: &str, record: &str| {
        let mut log = machine();
        log.kernel(line);
        followed(&mut log, 1, record)
    };
    let report = end(UNDERVOLTAGE, CF9);
    is(&report, Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
    assert_eq!(report.ending.candidates, [Cause::KernelPanic.into(), Cause::RequestedForced.into()]);
    assert!(report.ending.contributing.contains(&Cause::PowerUndervoltage.into()));
    let protected = end("reboot: HARDWARE PROTECTION reboot (Under-voltage condition detected)", CF9);
    assert!(protected.excluded.iter().all(|known| known.id != Cause::PowerUndervoltage), "the kernel did that itself");
}

#[test]
fn a_record_that_is_no_proof_says_what_likely_broke_a_shutdown_off() {
    for (record, cause, initiator) in [
        (PIN, Cause::PowerResetPin, Initiator::RebootKey),
        ("[0x04000800]: remote ASF reset command was received", Cause::RequestedRemoteMgmt, Initiator::Firmware),
        ("[0x00800800]: internal CPU shutdown event occurred", Cause::KernelMce, Initiator::Kernel),
    ] {
        let mut log = machine();
        log.request("reboot").stops();
        let report = followed(&mut log, 1, record);
        is(&report, Orderliness::OrderlyIncomplete, cause, Likely);
        let ending = &report.ending;
        assert_eq!((ending.action, ending.initiator), (Some(Action::Reset), Some(initiator)));
        for open in [Cause::RequestedApi.into(), Only::ShutdownHang.into(), Cause::PowerLoss.into()] {
            assert!(ending.candidates.contains(&open), "{cause}: {open}");
        }
        assert!(report.downgrades.is_empty(), "{:?}", report.downgrades);
    }
}

/// A dump that systemd-pstore takes over, with its text in the journal where there is one.
pub(super) fn dump<'l>(log: &'l mut Log, text: Option<&str>) -> &'l mut Log {
    let by = [("_SYSTEMD_UNIT", "systemd-pstore.service"), ("SYSLOG_IDENTIFIER", "systemd-pstore"), ("_PID", "321")];
    let said = [("_TRANSPORT", "journal"), ("MESSAGE", "PStore dmesg-ramoops-0.")];
    let text = text.map(|text| ("FILE", text));
    log.line(&[&by[..], &said, text.as_slice()].concat())
}

#[test]
fn a_dump_whose_text_is_in_the_journal_says_why_the_kernel_panicked() {
    for (said, cause) in [
        (
            "<0>[  9.1] Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled",
            Cause::MemoryOomPanic,
        ),
        ("<0>Kernel panic - not syncing: sysrq triggered crash", Cause::RequestedForced),
        ("<0>[  9.1] Kernel panic - not syncing: Fatal exception", Cause::KernelPanic),
        ("<12>[  9.1] Kernel panic - not syncing: sysrq triggered crash", Cause::KernelPanic),
        ("no line of the kernel's", Cause::KernelPanic),
    ] {
        let mut log = machine();
        dump(log.boot(40), Some(&format!("Panic#1 Part1\n<4>[  9.0] app: said\n{said}\n<4>[  9.2] more")));
        let report = judged(&log, 1);
        is(&report, Orderliness::Abrupt, cause, Proven);
        let shows = &named(&report.evidence, "pstore.dump").unwrap().shows;
        assert_eq!(shows.contains("it says: Kernel panic"), said.starts_with("<0>"), "{shows}");
    }
}

#[test]
fn a_crash_by_sysrq_is_what_the_dump_is_of() {
    let mut log = machine();
    log.kernel("sysrq: Trigger a crash").boot(40);
    let report = judged(dump(&mut log, None), 1);
    is(&report, Orderliness::Abrupt, Cause::RequestedForced, Likely);
    assert_eq!(report.ending.initiator, Some(Initiator::UserCli));
    assert_eq!(report.ending.candidates[0], Cause::KernelPanic.into());
    assert_eq!(report.downgrades.len(), 1);
    assert!(named(&report.evidence, "pstore.dump").is_some(), "{:?}", report.against);
}

#[test]
fn a_kernel_that_panicked_and_stood_still_until_the_watchdog_fired_had_panicked() {
    for (panic, cause) in [("Fatal exception", Cause::KernelPanic), ("hung_task: blocked tasks", Cause::KernelHungTask)]
    {
        let mut log = machine();
        log.kernel(&format!("Kernel panic - not syncing: {panic}"));
        let report = followed(&mut log, 1, WATCHDOG);
        is(&report, Orderliness::Abrupt, cause, Proven);
        assert_eq!(report.ending.action, Some(Action::Reset));
    }
    // So had one that left a dump and no line, unless it lived on behind an oops; but who knows.
    for (oops, cause) in [(false, Cause::KernelPanic), (true, Cause::WatchdogHardware)] {
        let mut log = machine();
        if oops {
            log.kernel("Oops: 0000 [#1] PREEMPT SMP NOPTI").life(1);
        }
        log.kernel_boot(40).kernel(&format!("x86/amd: Previous system reset reason {WATCHDOG}"));
        let report = judged(dump(&mut log, None), 1);
        is(&report, Orderliness::Abrupt, cause, Likely);
    }
    // Without the kernel's word why it stood still, the watchdog is all that is known.
    let report = followed(&mut machine(), 1, WATCHDOG);
    is(&report, Orderliness::Abrupt, Cause::WatchdogHardware, Proven);
    // Two reasons that firmware has on record are rivals.
    let mut log = machine();
    log.kernel_boot(40).kernel(&format!("x86/amd: Previous system reset reason {WATCHDOG}"));
    let report = judged(finds(&mut log, FLOOD), 1);
    is(&report, Orderliness::Abrupt, Cause::WatchdogHardware, Likely);
    // And so they are of a panic, in whatever order they stand.
    for reasons in [[WATCHDOG, FLOOD], [FLOOD, WATCHDOG]] {
        let mut log = machine();
        log.kernel("Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b").kernel_boot(40);
        for reason in reasons {
            log.kernel(&format!("x86/amd: Previous system reset reason {reason}"));
        }
        let report = judged(log.after(5).come_up(), 1);
        is(&report, Orderliness::Abrupt, Cause::KernelPanic, Likely);
        assert!(report.ending.candidates.contains(&Cause::KernelMce.into()), "{:?}", report.ending.candidates);
    }
}
