//! Records of the next boot that come whatever happened, that may be of an earlier end, or that came too late.

use super::super::{Action, Cause, Confidence, FileState, Orderliness, Postmortem};
use super::log::Log;
use super::records::{BUTTON, WATCHDOG, dump, finds, is, judged, machine, named};
use Confidence::{Likely, Possible, Proven, Undetermined};

const RTC: &str = "rtc-pcf8563 1-0051: low voltage detected, date/time is not reliable.";
const MCE: &str = "mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 5: bea0000000000108";
const BY_DRIVER: &str = "imgpdc-wdt 18102100.wdt: watchdog module last reset due to timeout";

/// A boot that finds a record at its beginning.
fn boot<'l>(log: &'l mut Log, record: &str) -> &'l mut Log {
    log.kernel_boot(40).kernel(record).after(5).come_up().life(3)
}

/// So many orderly restarts after each of which the record stands, an end without one, and a boot that finds it too.
fn after(restarts: usize, record: &str) -> (Log, usize) {
    let mut log = Log::new();
    log.boot(0).life(3);
    for _ in 0..restarts {
        boot(log.shuts_down("reboot", "reboot.target"), record);
    }
    (log, restarts)
}

#[test]
fn what_comes_after_each_orderly_restart_says_nothing_of_an_abrupt_end() {
    for record in [RTC, MCE, BY_DRIVER] {
        let (mut log, at) = after(3, record);
        let report = judged(boot(&mut log, record), at);
        is(&report, Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
        assert_eq!(report.ending.action, Some(Action::Unknown), "{record}");
    }
}

#[test]
fn what_is_seen_for_the_first_time_is_of_this_end() {
    for (record, cause, confidence) in
        [(RTC, Cause::PowerLoss, Likely), (MCE, Cause::KernelMce, Likely), (BY_DRIVER, Cause::WatchdogHardware, Proven)]
    {
        let (mut log, at) = after(0, record);
        log.shuts_down("reboot", "reboot.target").boot(30).life(9);
        is(&judged(boot(&mut log, record), at + 1), Orderliness::Abrupt, cause, confidence);
        // It came after abrupt ends only: each is one of its own.
        let mut again = machine();
        boot(boot(&mut again, record), record);
        is(&judged(&again, 2), Orderliness::Abrupt, cause, confidence);
    }
}

#[test]
fn one_restart_that_hung_is_no_habit_of_the_watchdogs() {
    let (mut log, at) = after(1, BY_DRIVER);
    is(&judged(boot(&mut log, BY_DRIVER), at), Orderliness::Abrupt, Cause::WatchdogHardware, Proven);
    // What is no proof is in doubt.
    let (mut log, at) = after(1, MCE);
    let report = judged(boot(&mut log, MCE), at);
    is(&report, Orderliness::Abrupt, Cause::KernelMce, Possible);
    assert!(report.downgrades[0].contains("after an orderly restart"), "{:?}", report.downgrades);
    let (mut log, at) = after(2, MCE);
    is(&judged(boot(&mut log, MCE), at), Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
    let (log, _) = after(3, BY_DRIVER);
    is(&judged(&log, 1), Orderliness::Orderly, Cause::RequestedApi, Proven);
}

#[test]
fn what_a_driver_tells_at_every_boot_does_not_make_orderly_restarts_hang() {
    for restarts in [1, 2] {
        let mut log = Log::new();
        boot(&mut log, BY_DRIVER);
        for _ in 0..restarts {
            boot(log.shuts_down("reboot", "reboot.target"), BY_DRIVER);
        }
        boot(&mut log, BY_DRIVER);
        for at in 0..restarts {
            is(&judged(&log, at), Orderliness::Orderly, Cause::RequestedApi, Proven);
        }
    }
    let (log, _) = after(1, BY_DRIVER);
    is(&judged(&log, 0), Orderliness::OrderlyIncomplete, Cause::WatchdogHardware, Proven);
}

/// A boot that firmware shows a fatal record.
fn fatal(log: &mut Log) -> &mut Log {
    log.kernel_boot(40).kernel("BERT: Error records from previous boot:");
    log.kernel("[Hardware Error]: event severity: fatal").after(5).come_up()
}

#[test]
fn a_fatal_record_proves_nothing_where_no_other_boot_tells_what_firmware_showed_it() {
    let mut log = Log::new();
    fatal(&mut log).forget_boot().after(7200).file("system@1.journal", FileState::Archived).life(9);
    let report = judged(fatal(&mut log), 0);
    is(&report, Orderliness::Abrupt, Cause::KernelMce, Likely);
    assert!(report.downgrades[0].contains("is not in the log"), "{:?}", report.downgrades);
    let mut seen = machine();
    is(&judged(fatal(&mut seen), 1), Orderliness::Abrupt, Cause::KernelMce, Proven);
    let mut usual = Log::new();
    fatal(&mut usual).life(9);
    is(&judged(fatal(&mut usual), 0), Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
}

/// What an end comes to that a boot follows so many seconds later, by clocks that a time server set.
fn off_for(gap: u64, record: &str, ends: impl Fn(&mut Log)) -> Postmortem {
    let synced = |log: &mut Log| {
        log.service("systemd-timesyncd.service", "systemd-timesyncd", "Initial clock synchronization to Tue.");
    };
    let mut log = Log::new();
    log.starts(0, "6.17.3").after(5).come_up();
    synced(&mut log);
    log.life(9);
    ends(&mut log);
    finds(log.starts(gap, "6.17.3"), record);
    synced(&mut log);
    judged(log.life(1), 0)
}

#[test]
fn a_watchdog_brings_a_machine_back_in_minutes_and_not_after_days() {
    let died = |_: &mut Log| {};
    let goes_off = |log: &mut Log| {
        log.shuts_down("power-off", "poweroff.target");
    };
    let late = off_for(3 * 86_400, WATCHDOG, died);
    assert_eq!((late.ending.orderliness, late.ending.action), (Orderliness::Abrupt, Some(Action::Unknown)));
    assert_eq!(late.ending.cause, Cause::UndeterminedAbrupt, "no cut of the power leaves that");
    assert!(late.ending.candidates.contains(&Cause::PowerLoss.into()), "another boot may lie between");
    let told = &named(&late.against, "reset.amd-watchdog").unwrap().shows;
    assert_eq!(told.matches("where a reset takes a few minutes").count(), 1, "{told}");
    assert!(late.ending.candidates.contains(&Cause::WatchdogHardware.into()), "{:?}", late.ending.candidates);
    // Some hours leave it in doubt, and name it.
    for gap in [66 * 60, 12 * 3600] {
        let hours = off_for(gap, WATCHDOG, died);
        is(&hours, Orderliness::Abrupt, Cause::WatchdogHardware, Likely);
        assert_eq!(hours.ending.action, Some(Action::Reset));
        assert!(hours.downgrades[0].contains("silent for hours"), "{:?}", hours.downgrades);
        let shown = &named(&hours.evidence, "reset.amd-watchdog").unwrap().shows;
        assert!(shown.contains("though the machine was silent for"), "{shown}");
    }
    is(&off_for(2 * 3600, WATCHDOG, goes_off), Orderliness::Orderly, Cause::RequestedApi, Proven);
    is(&off_for(86_400, WATCHDOG, goes_off), Orderliness::Orderly, Cause::RequestedApi, Proven);
    is(&off_for(300, WATCHDOG, died), Orderliness::Abrupt, Cause::WatchdogHardware, Proven);
    is(&off_for(20, WATCHDOG, goes_off), Orderliness::OrderlyIncomplete, Cause::WatchdogHardware, Proven);
    // Who held the button comes back when it pleases him.
    is(&off_for(3 * 86_400, BUTTON, died), Orderliness::Abrupt, Cause::PowerButtonHold, Proven);
}

#[test]
fn a_dump_that_says_that_it_is_of_no_panic_proves_none() {
    for (text, cause, confidence, action) in [
        ("Panic#1 Part2\n<4>[  9.0] app: said", Cause::KernelPanic, Proven, Action::Reset),
        ("Oops#1 Part1\n<1>[  9.0] BUG: kernel NULL pointer dereference", Cause::KernelOops, Likely, Action::Unknown),
        (
            "Restart#1 Part1\n<6>[  9.0] reboot: Restarting system",
            Cause::UndeterminedAbrupt,
            Undetermined,
            Action::Unknown,
        ),
        ("Shutdown#1 Part1\n<6>[  9.0] reboot: Power down", Cause::UndeterminedAbrupt, Undetermined, Action::Unknown),
        (
            "Oops#1 Part1\n<0>[  9.0] Kernel panic - not syncing: Fatal exception",
            Cause::KernelPanic,
            Proven,
            Action::Reset,
        ),
    ] {
        let mut log = machine();
        let report = judged(dump(log.boot(40), Some(text)), 1);
        is(&report, Orderliness::Abrupt, cause, confidence);
        assert_eq!(report.ending.action, Some(action), "{text}");
    }
}

#[test]
fn a_dump_may_be_of_an_earlier_end_where_the_boot_died_before_it_looked() {
    let mut log = machine();
    log.kernel_boot(30).kernel("usb 1-1: new").boot(40);
    let report = judged(dump(&mut log, None), 2);
    is(&report, Orderliness::Abrupt, Cause::KernelPanic, Likely);
    assert!(report.downgrades[0].contains("before it could take over"), "{:?}", report.downgrades);
    // The one before shut down in order: there is no other end that it could be of.
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").kernel_boot(30).kernel("usb 1-1: new").boot(40);
    is(&judged(dump(&mut log, None), 1), Orderliness::Abrupt, Cause::KernelPanic, Proven);
}

#[test]
fn what_cut_a_shutdown_short_says_what_became_of_the_machine() {
    for (record, action) in
        [("[0x00000801]: thermal pin BP_THERMTRIP_L was tripped", Action::Unknown), (WATCHDOG, Action::Reset)]
    {
        let mut log = machine();
        log.shuts_down("reboot", "reboot.target").kernel_boot(40);
        assert_eq!(judged(finds(&mut log, record), 1).ending.action, Some(action), "{record}");
    }
    let mut held = machine();
    held.request("reboot").stops().kernel_boot(40);
    assert_eq!(judged(finds(&mut held, BUTTON), 1).ending.action, Some(Action::Unknown));
    let mut both = machine();
    both.kernel_boot(40)
        .kernel("x86/amd: Previous system reset reason [0x02200800]: ACPI power state transition occurred");
    let report = judged(finds(&mut both, "[0x02200800]: hardware watchdog timer expired"), 1);
    assert_eq!((report.ending.cause, report.ending.action), (Cause::WatchdogHardware, Some(Action::Reset)));
    assert!(named(&report.evidence, "reset.amd-watchdog").is_some());
}

#[test]
fn what_does_not_say_when_it_was_made_proves_nothing_after_a_day() {
    let found = |gap: u64, finds: fn(&mut Log)| {
        let mut log = machine();
        log.kernel_boot(gap);
        finds(&mut log);
        judged(log.after(5).come_up().life(1), 1)
    };
    let kept = |log: &mut Log| _ = dump(log, None);
    let firmware = |log: &mut Log| {
        log.kernel("BERT: Error records from previous boot:").kernel("[Hardware Error]: event severity: fatal");
    };
    for (finds, cause) in [(kept as fn(&mut Log), Cause::KernelPanic), (firmware, Cause::KernelMce)] {
        is(&found(12 * 3600, finds), Orderliness::Abrupt, cause, Proven);
        let late = found(25 * 3600, finds);
        is(&late, Orderliness::Abrupt, cause, Likely);
        assert!(late.downgrades[0].contains("for a day or more"), "{:?}", late.downgrades);
    }
}

#[test]
fn a_record_that_other_restarts_do_not_leave_may_be_of_a_restart_that_hung_too() {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").boot(30).life(3);
    boot(&mut log, BY_DRIVER);
    let report = judged(boot(log.shuts_down("reboot", "reboot.target"), BY_DRIVER), 2);
    is(&report, Orderliness::Orderly, Cause::RequestedApi, Likely);
    assert!(report.ending.candidates.contains(&Cause::WatchdogHardware.into()), "{:?}", report.ending.candidates);
}
