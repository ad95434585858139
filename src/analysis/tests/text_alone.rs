//! Copies that keep the text of entries alone: who wrote it is not vouched for there.

use super::super::{Cause, Confidence};
use super::log::Log;
use super::others::{OPEN, WATCHDOG, judged, verdict};
use crate::analysis::Orderliness;

#[test]
fn a_copy_of_the_text_alone_is_judged_a_step_lower() {
    let panic = [("SYSLOG_IDENTIFIER", "kernel"), ("MESSAGE", "Kernel panic - not syncing: Fatal exception")];
    let mut log = Log::new();
    log.boot(0).life(9).line(&panic).boot(60).life(1);
    let report = judged(&log, 0);
    assert_eq!(verdict(&report), (Orderliness::Abrupt, Cause::KernelPanic, Some(Confidence::Likely)));
    assert!(report.downgrades[0].contains("text alone"), "{:?}", report.downgrades);
    // What carries the verdict counts, whatever else was written last.
    let mut log = Log::new();
    log.boot(0).life(9).line(&panic).service("app.service", "app", "measured").boot(60).life(1);
    assert_eq!(verdict(&judged(&log, 0)), (Orderliness::Abrupt, Cause::KernelPanic, Some(Confidence::Likely)));
    let mut log = Log::new();
    log.boot(0).life(9).kernel("Kernel panic - not syncing: Fatal exception");
    log.line(&[("SYSLOG_IDENTIFIER", "app"), ("MESSAGE", "measured")]).boot(60).life(1);
    assert_eq!(verdict(&judged(&log, 0)), (Orderliness::Abrupt, Cause::KernelPanic, Some(Confidence::Proven)));
    let mut log = Log::new();
    log.boot(0).life(9).kernel_boot(60).line(&[("SYSLOG_IDENTIFIER", "kernel"), ("MESSAGE", WATCHDOG)]).come_up();
    let record = judged(&log, 0);
    assert_eq!(verdict(&record), (Orderliness::Abrupt, Cause::WatchdogHardware, Some(Confidence::Likely)));
    assert!(record.downgrades[0].contains("text alone"), "{:?}", record.downgrades);
    let mut log = Log::new();
    let heard = [&panic[..], &[("_TRANSPORT", "stdout"), ("_SYSTEMD_UNIT", "app.service")]].concat();
    log.boot(0).life(9).line(&heard).boot(60).life(1);
    assert_eq!(verdict(&judged(&log, 0)), OPEN, "journald knows who wrote it");
}

#[test]
fn an_orderly_end_is_worth_less_where_its_steps_or_its_request_are_text_alone() {
    let pid1 = |message: &'static str| [("SYSLOG_IDENTIFIER", "systemd"), ("MESSAGE", message)];
    let id = [("MESSAGE_ID", "98268866d1d54a499c4e98921d93bc40"), ("SHUTDOWN", "reboot")];
    let logind = [&id[..], &[("SYSLOG_IDENTIFIER", "systemd-logind"), ("MESSAGE", "System is rebooting.")]].concat();
    let orderly = |confidence| (Orderliness::Orderly, Cause::RequestedApi, Some(confidence));
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").stops().line(&pid1("Shutting down.")).boot(60).life(1);
    assert_eq!(verdict(&judged(&log, 0)), orderly(Confidence::Likely));
    let mut log = Log::new();
    log.boot(0).life(3).line(&logind).stops().ends("reboot.target").boot(60).life(1);
    assert_eq!(verdict(&judged(&log, 0)), orderly(Confidence::Likely));
    // A step that is there twice, in a copy too, is no less sure.
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").stops().ends("reboot.target").line(&pid1("Shutting down.")).boot(60).life(1);
    assert_eq!(verdict(&judged(&log, 0)), orderly(Confidence::Proven));
}

#[test]
fn what_firmware_and_processor_show_at_every_boot_is_looked_for_in_text_alone_too() {
    let said = |message: &'static str| [("SYSLOG_IDENTIFIER", "kernel"), ("MESSAGE", message)];
    let mut log = Log::new();
    for _ in 0..3 {
        log.kernel_boot(60).line(&said(WATCHDOG)).after(5).come_up().life(9);
    }
    let kept = judged(&log, 1);
    assert_eq!(verdict(&kept), (Orderliness::Abrupt, Cause::WatchdogHardware, Some(Confidence::Possible)));
    assert!(kept.downgrades.iter().any(|why| why.contains("may have kept it")), "{:?}", kept.downgrades);
    let bert = "[Hardware Error]: event severity: fatal";
    for (before, cause) in [(bert, Cause::UndeterminedAbrupt), ("all is well", Cause::KernelMce)] {
        let mut log = Log::new();
        for record in [before, bert] {
            log.kernel_boot(60).line(&said("BERT: Error records from previous boot:")).line(&said(record));
            log.after(5).come_up().life(9);
        }
        assert_eq!(verdict(&judged(&log, 0)).1, cause, "{before}");
    }
}

#[test]
fn a_request_in_a_copy_of_the_text_alone_is_read() {
    for (message, target, action) in [
        ("System is rebooting.", "reboot.target", super::Action::Reboot),
        ("System is powering down (back at noon).", "poweroff.target", super::Action::Poweroff),
    ] {
        let logind = [("SYSLOG_IDENTIFIER", "systemd-logind"), ("MESSAGE", message)];
        let mut log = Log::new();
        log.boot(0).life(3).line(&logind).stops().ends(target).boot(60).life(1);
        let report = judged(&log, 0);
        assert_eq!(
            verdict(&report),
            (Orderliness::Orderly, Cause::RequestedApi, Some(Confidence::Likely)),
            "{message}"
        );
        assert_eq!(report.ending.action, Some(action), "{message}");
        let named = [&logind[..], &[("_TRANSPORT", "stdout"), ("_SYSTEMD_UNIT", "app.service")]].concat();
        let mut log = Log::new();
        log.boot(0).life(3).line(&named).stops().ends(target).boot(60).life(1);
        assert_eq!(verdict(&judged(&log, 0)).1, Cause::UndeterminedOrderly, "{message}");
    }
}
