//! Programs that the log names as those who asked, beside logind's line, which names nobody.

use super::super::{Cause, Confidence, Initiator, Orderliness, Postmortem, judge};
use super::log::{Log, STARTED, STARTING};
use super::requests::{asked, is, leaves};
use Confidence::{Likely, Possible, Proven};

/// An orderly restart into another kernel that a service spoke of so many seconds before.
fn updated(seconds: u64, unit: &str, ident: &str, message: &str) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(9).service(unit, ident, message).after(seconds);
    log.shuts_down("reboot", "reboot.target").starts(30, "6.9.7-arch1-1").after(5).come_up().life(1);
    judge(&log.listed(), 0).unwrap()
}

#[test]
fn the_updaters_of_fleets_are_known() {
    for (unit, ident, message) in [
        ("update-engine.service", "update_engine", "[INFO:x.cc(5)] Update successfully applied, waiting to reboot."),
        ("locksmithd.service", "locksmithd", "Reboot sent. Going to sleep."),
        ("zincati.service", "zincati", "[INFO  zincati] staged deployment '42.1' available, proceeding to finalize it"),
        ("rpm-ostreed.service", "rpm-ostree", "Initiated txn FinalizeDeployment for client(unit:zincati.service): /x"),
        ("snapd.service", "snapd", "daemon.go:456: Waiting for system reboot"),
    ] {
        let report = updated(5, unit, ident, message);
        is(&report, Cause::UpdateOsImage, Likely);
        assert_eq!(report.ending.initiator, Some(Initiator::OsUpdate), "{unit}");
        leaves(&report, Cause::RequestedApi);
        // That the new system came up is all that speaks for it then.
        is(&updated(7200, unit, ident, message), Cause::UpdateOsImage, Possible);
        is(&updated(5, "app.service", ident, message), Cause::RequestedApi, Proven);
    }
}

#[test]
fn what_a_person_runs_by_other_means_than_sudo_is_a_persons() {
    let pkexec = |command: &str, unit: &'static str| {
        let message = format!("anna: Executing command [USER=root] [TTY=unknown] [CWD=/home/anna] [COMMAND={command}]");
        asked(move |log| {
            let by = [("_TRANSPORT", "syslog"), ("_EXE", "/usr/bin/pkexec"), ("_COMM", "pkexec"), ("_PID", "77")];
            let of = [("_SYSTEMD_UNIT", unit), ("SYSLOG_IDENTIFIER", "pkexec"), ("MESSAGE", message.as_str())];
            log.line(&[&by[..], &of].concat());
        })
    };
    let run0 = |command: &str| {
        let message = format!("Started run-u12.service - [run0] {command}.");
        asked(move |log| {
            log.unit(STARTED, "run-u12.service", &message);
        })
    };
    let polkit = |action: &str| {
        let message = format!(
            "Operator of unix-session:2 successfully authenticated as unix-user:anna to gain TEMPORARY authorization for \
             action {action} for system-bus-name::1.8 [systemctl reboot] (owned by unix-user:anna)"
        );
        asked(move |log| {
            log.service("polkit.service", "polkitd", &message);
        })
    };
    for report in [
        pkexec("/usr/sbin/reboot", "session-2.scope"),
        run0("/usr/bin/systemctl reboot"),
        polkit("org.freedesktop.login1.reboot-multiple-sessions"),
    ] {
        is(&report, Cause::RequestedUser, Likely);
        leaves(&report, Cause::RequestedApi);
    }
    for report in [
        pkexec("/usr/sbin/reboot", "kiosk.service"),
        pkexec("/usr/bin/true", "session-2.scope"),
        run0("/usr/bin/bash"),
        polkit("org.freedesktop.systemd1.manage-units"),
    ] {
        is(&report, Cause::RequestedApi, Proven);
    }
}

#[test]
fn a_service_that_is_named_after_its_hour_may_have_asked() {
    let started = |unit: &'static str| {
        asked(move |log| {
            log.unit(STARTING, unit, &format!("Starting {unit} - Nightly work..."));
        })
    };
    let report = started("nightly-reboot.service");
    is(&report, Cause::RequestedScheduled, Possible);
    leaves(&report, Cause::RequestedApi);
    is(&started("nightly-backup.service"), Cause::RequestedApi, Proven);
}

#[test]
fn the_watchdog_daemon_says_that_it_ends_the_system() {
    let end = |seconds: u64| {
        let mut log = Log::new();
        log.boot(0).life(9);
        let message = "shutting down the system because of error 253 = 'load average too high'";
        log.service("watchdog.service", "watchdog", message).after(seconds);
        log.service("rsyslog.service", "rsyslogd", "exiting on signal 15.").boot(60).life(1);
        judge(&log.listed(), 0).unwrap()
    };
    let report = end(1);
    is(&report, Cause::PolicyAppWatchdog, Likely);
    assert_eq!(report.ending.orderliness, Orderliness::Abrupt);
    assert_eq!(report.ending.initiator, Some(Initiator::UnitAction));
    is(&end(600), Cause::UndeterminedAbrupt, Confidence::Undetermined);
}
