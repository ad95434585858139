//! Logs of which only a part is there: lines of some urgency, or of some programs.

use super::super::{Action, Cause, Confidence, Orderliness, Postmortem, judge};
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
fn the_kernels_log_alone_does_not_tell_how_its_boots_ended() {
    let boots = |last: &str| {
        let mut log = Log::new();
        for _ in 0..3 {
            let up = [("PRIORITY", "6"), ("MESSAGE", "eth0: link becomes ready")];
            let by = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "0"), ("SYSLOG_IDENTIFIER", "kernel")];
            log.begins(40).kernel("Linux version 6.9.5 (x)").after(600).line(&[&by[..], &up].concat());
            if !last.is_empty() {
                log.kernel(last);
            }
        }
        first(&log)
    };
    let report = boots("");
    let ending = &report.ending;
    assert_eq!((ending.orderliness, ending.cause), (Orderliness::Unknown, Cause::NoneRotated));
    assert!(report.limits.iter().any(|limit| limit.contains("the kernel's log")), "{:?}", report.limits);
    let panicked = boots("Kernel panic - not syncing: Fatal exception");
    assert_eq!((panicked.ending.orderliness, panicked.ending.cause), (Orderliness::Abrupt, Cause::KernelPanic));
}

#[test]
fn lines_of_a_unit_or_up_to_notices_alone_do_not_tell_how_their_boots_ended() {
    // What PID 1 says of the units named, or nothing; and priority and kernel as below.
    let pid1 = |log: &mut Log, unit: &str| {
        let by = [("_TRANSPORT", "journal"), ("_PID", "1"), ("_SYSTEMD_UNIT", "init.scope"), ("PRIORITY", "6")];
        log.line(&[&by[..], &[("UNIT", unit), ("MESSAGE", "Stopped app.")]].concat());
    };
    for (priority, has_kernel, units, told) in [
        ("6", false, &["app.service"][..], Some("of a few units")),
        ("5", true, &[], Some("less urgent than a notice")),
        ("6", false, &["other.service"], None),
        ("6", false, &["app.service", "a.service", "b.service", "c.timer"], Some("of a few units")),
        ("6", false, &["app.service", "a.service", "b.service", "dev-sda1.device"], None),
        ("6", true, &["app.service"], None),
    ] {
        let mut log = Log::new();
        for _ in 0..3 {
            life(&mut log, priority, has_kernel);
            units.iter().for_each(|unit| pid1(&mut log, unit));
        }
        let report = first(&log);
        let expected = if told.is_some() { Orderliness::Unknown } else { Orderliness::Abrupt };
        assert_eq!(report.ending.orderliness, expected, "{priority} {units:?}");
        let limit = report.limits.iter().find(|limit| limit.contains("the log is a part of one"));
        assert_eq!(limit.map(|limit| limit.contains(told.unwrap())), told.map(|_| true), "{:?}", report.limits);
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

#[test]
fn what_asked_for_a_shutdown_tells_the_cause_where_its_steps_are_left_out() {
    for (line, cause) in [
        ("thermal thermal_zone0: cpu-thermal: critical temperature reached", Cause::ThermalOrderly),
        ("reboot: HARDWARE PROTECTION shutdown (Temperature too high)", Cause::ThermalOrderly),
    ] {
        let mut log = Log::new();
        life(&mut log, "4", true);
        log.kernel(line);
        life(&mut log, "4", true);
        let report = first(&log);
        let ending = &report.ending;
        assert_eq!((ending.orderliness, ending.cause), (Orderliness::Unknown, cause), "{line}");
        assert_eq!((ending.action, ending.confidence), (Some(Action::Poweroff), Some(Confidence::Likely)), "{line}");
        assert!(ending.candidates.contains(&Cause::PowerLoss.into()), "{:?}", ending.candidates);
        assert_eq!(
            report.headline, "Unknown end, in the midst of a power-off: likely, a temperature was critical.",
            "{line}"
        );
    }
}

#[test]
fn a_command_at_the_end_of_a_log_of_programs_is_no_shutdown_that_broke_off() {
    let mut log = Log::new();
    life(&mut log, "6", false);
    let by = [("_TRANSPORT", "syslog"), ("_EXE", "/usr/bin/sudo"), ("_COMM", "sudo"), ("SYSLOG_IDENTIFIER", "sudo")];
    let says = "  pi : TTY=pts/0 ; PWD=/home/pi ; USER=root ; COMMAND=/sbin/reboot";
    let more = [("_PID", "1500"), ("_SYSTEMD_UNIT", "session-2.scope"), ("PRIORITY", "5"), ("MESSAGE", says)];
    log.line(&[&by[..], &more].concat());
    life(&mut log, "6", false);
    let ending = first(&log).ending;
    assert_eq!((ending.orderliness, ending.cause), (Orderliness::Unknown, Cause::RequestedUser));
    assert_eq!(ending.confidence, Some(Confidence::Likely));
}

#[test]
fn what_ends_the_machine_at_once_leaves_no_steps_out() {
    let mut log = Log::new();
    life(&mut log, "4", true);
    let by = [("_TRANSPORT", "journal"), ("_PID", "1"), ("_COMM", "systemd"), ("SYSLOG_IDENTIFIER", "systemd")];
    let says = [("PRIORITY", "0"), ("MESSAGE", "Rebooting immediately: unit db.service failed")];
    log.line(&[&by[..], &says].concat());
    life(&mut log, "4", true);
    let ending = first(&log).ending;
    assert_eq!((ending.orderliness, ending.cause), (Orderliness::OrderlyIncomplete, Cause::PolicyStartLimit));
}
