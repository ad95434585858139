//! Logs of which only a part is there: lines of some urgency, or of some programs.

use super::super::{Cause, Confidence, Orderliness, Postmortem, judge};
use super::log::Log;

/// A boot of which only lines of a program are there, with this priority, and the kernel's as urgent as a warning.
fn life(log: &mut Log, priority: &str, has_kernel: bool) {
    log.begins(40);
    if has_kernel {
        log.kernel("usb: port power management may be unreliable");
    }
    for _ in 0..9 {
        let by = [("_TRANSPORT", "stdout"), ("_SYSTEMD_UNIT", "app.service"), ("_PID", "700"), ("PRIORITY", priority)];
        log.after(60).line(&[&by[..], &[("MESSAGE", "retrying")]].concat());
    }
}

fn first(log: &Log) -> Postmortem {
    judge(&log.listed(), 0).unwrap()
}

#[test]
fn a_log_of_warnings_alone_does_not_tell_how_its_boots_ended() {
    for (priority, has_kernel, told) in [("4", true, "less urgent"), ("6", false, "PID 1's or journald's own")] {
        let mut log = Log::new();
        for _ in 0..3 {
            life(&mut log, priority, has_kernel);
        }
        let report = first(&log);
        let ending = &report.ending;
        assert_eq!((ending.orderliness, ending.cause), (Orderliness::Unknown, Cause::NoneRotated), "{priority}");
        assert_eq!(ending.confidence, Some(Confidence::Undetermined));
        for open in [Cause::RequestedApi, Cause::PowerLoss] {
            assert!(ending.candidates.contains(&open.into()), "{:?}", ending.candidates);
        }
        assert!(
            report.headline.starts_with("The log does not tell how the boot ended: it holds "),
            "{}",
            report.headline
        );
        assert!(report.evidence[0].shows.starts_with("the last entry of those"), "{:?}", report.evidence);
        assert!(report.limits.iter().any(|limit| limit.contains(told)), "{:?}", report.limits);
        assert!(report.advice.iter().any(|step| step.contains("the whole journal")), "{:?}", report.advice);
    }
}

#[test]
fn what_the_kernel_said_last_tells_all_the_same() {
    let mut log = Log::new();
    life(&mut log, "4", true);
    log.kernel("Kernel panic - not syncing: Fatal exception");
    life(&mut log, "4", true);
    let report = first(&log);
    assert_eq!((report.ending.orderliness, report.ending.cause), (Orderliness::Abrupt, Cause::KernelPanic));
}

#[test]
fn a_boot_without_ordinary_lines_is_abrupt_where_others_have_them() {
    // Only its warnings are left of the first boot, or only lines of programs; the other has all.
    for (priority, has_kernel) in [("4", true), ("6", false)] {
        let mut log = Log::new();
        life(&mut log, priority, has_kernel);
        log.boot(60).service("app.service", "app", "measured");
        log.line(&[
            ("_TRANSPORT", "kernel"),
            ("SYSLOG_FACILITY", "0"),
            ("PRIORITY", "6"),
            ("MESSAGE", "eth0: link up"),
        ]);
        assert_eq!(first(&log).ending.orderliness, Orderliness::Abrupt, "{priority}");
    }
}
