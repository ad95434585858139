//! What stands under a daemon's name in the kernel's log, and states that were over before the end.

use super::log::Log;
use super::{REBOOTED, RUNNING, UNTOLD, says};
use crate::analysis::{Cause, judge};

#[test]
fn a_name_in_the_kernels_log_announces_no_reset_where_no_shutdown_began() {
    let mut log = Log::new();
    log.boot(0).life(3).kmsg("3", "systemd", "Rebooting now...").boot(60);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn a_name_in_the_kernels_log_is_no_step_while_pid_1_has_its_own_voice() {
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").stops().kmsg("3", "systemd", "Reached target Power-Off.");
    log.kmsg("3", "systemd", "Received SIGINT.").ends("reboot.target").boot(60);
    let reports = says(&log, &[REBOOTED, RUNNING]);
    assert_eq!(reports[0].ending.cause, Cause::RequestedApi);
}

#[test]
fn a_watchdog_is_armed_by_pid_1_in_its_own_voice_or_before_journald_listened() {
    const ARMED: &str = "Watchdog running with a hardware timeout of 10s.";
    let kmsg = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "3"), ("SYSLOG_IDENTIFIER", "systemd")];
    let of = |says: &dyn Fn(&mut Log)| {
        let mut log = Log::new();
        log.boot(0);
        says(&mut log);
        log.life(9).boot(25);
        says(&mut log);
        log.life(3);
        let report = judge(&log.listed(), 0).unwrap();
        report.points.iter().any(|part| part.rule == "watchdog.gap")
    };
    assert!(of(&|log| {
        log.pid1(ARMED);
    }));
    assert!(
        !of(&|log| {
            log.kmsg("3", "systemd", ARMED);
        }),
        "whoever wrote that"
    );
    let early = [&kmsg[..], &[("_SOURCE_MONOTONIC_TIMESTAMP", "4000000"), ("MESSAGE", ARMED)]].concat();
    let restarted = |log: &mut Log| {
        log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").line(&early);
    };
    assert!(of(&restarted), "the initrd's journald was gone, and the system's not there yet");
}

#[test]
fn what_journald_may_have_complained_of_in_the_kernels_log_is_told_and_not_counted() {
    let mut log = Log::new();
    log.boot(0).life(3).kmsg("5", "systemd-journald", "Under memory pressure, flushing caches.").life(2).boot(60);
    let report = says(&log, &[UNTOLD, RUNNING]).remove(0);
    assert!(report.ending.contributing.is_empty());
    let told = report.limits.iter().find(|limit| limit.contains("not counted")).unwrap();
    assert!(told.ends_with("can write there: systemd gave back memory under pressure"), "{told}");
}

#[test]
fn a_sag_that_was_over_minutes_before_the_end_only_contributes() {
    let of = |minutes: u64, normal: bool| {
        let mut log = Log::new();
        log.boot(0).life(3).kernel("hwmon hwmon1: Undervoltage detected!");
        if normal {
            log.after(5).kernel("hwmon hwmon1: Voltage normalised");
        }
        log.life(minutes).boot(60);
        let ending = says(&log, &[UNTOLD, RUNNING]).remove(0).ending;
        (ending.cause, ending.contributing.contains(&Cause::PowerUndervoltage.into()))
    };
    assert_eq!(of(3, true), (Cause::UndeterminedAbrupt, true));
    assert_eq!(of(30, true), (Cause::UndeterminedAbrupt, true), "long before as well");
    assert_eq!(of(0, false).0, Cause::PowerUndervoltage, "it was still open");
}
