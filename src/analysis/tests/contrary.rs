//! Signs that themselves say what they are not: how long, how soon, how bad.

use super::super::{Cause, Confidence, Orderliness, Postmortem, judge};
use super::log::Log;
use super::requests::{self, leaves, sudo, ups};
use crate::analysis::report::Evidence;
use Confidence::{Likely, Possible, Proven, Undetermined};

#[track_caller]
fn is(report: &Postmortem, orderliness: Orderliness, cause: Cause, confidence: Confidence) {
    let ending = &report.ending;
    let facets = (ending.orderliness, ending.cause, ending.confidence);
    assert_eq!(facets, (orderliness, cause, Some(confidence)), "{}: {:?}", report.headline, report.points);
}

/// The second of three boots, which the last follows so many seconds later and finds these lines.
fn followed(log: &mut Log, gap: u64, found: &[&str]) -> Postmortem {
    log.kernel_boot(gap);
    for line in found {
        log.kernel(line);
    }
    judge(&log.after(5).come_up().life(1).listed(), 1).unwrap()
}

fn second() -> Log {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").boot(30).life(9);
    log
}

#[test]
fn a_hardware_error_that_was_corrected_ended_nothing() {
    for (status, cause, confidence) in [
        ("8c00004000010091", Cause::UndeterminedAbrupt, Undetermined),
        ("dc2040000000011b", Cause::UndeterminedAbrupt, Undetermined),
        ("bea0000000000108", Cause::KernelMce, Likely),
        ("fea0000000000108", Cause::KernelMce, Likely),
    ] {
        let line = format!("mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 8: {status}");
        let report = followed(&mut second(), 600, &[&line]);
        is(&report, Orderliness::Abrupt, cause, confidence);
        // The same in the boot itself, just before its end.
        let mut log = second();
        log.kernel(&line);
        let own = followed(&mut log, 600, &[]);
        assert_eq!(own.ending.cause == Cause::KernelMce, cause == Cause::KernelMce, "{status}: {}", own.headline);
        assert!(own.ending.contributing.is_empty(), "{status}");
    }
}

#[test]
fn a_kernel_that_came_by_kexec_or_too_soon_was_no_cold_start() {
    const RESET: &str =
        "x86/amd: Previous system reset reason [0x00080800]: software wrote 0x6 to reset control register 0xCF9";
    let end = |command: Option<(&str, u64)>, gap: u64| {
        let mut log = Log::new();
        log.kernel_boot(30).kernel(RESET).after(5).come_up().life(20).boot(60).life(20);
        if let Some((command, seconds)) = command {
            let message = format!("  pi : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={command}");
            sudo(&mut log, &[("_SYSTEMD_UNIT", "session-4.scope")], &message);
            log.after(seconds).service("app.service", "app", "measured");
        }
        followed(&mut log, gap, &[])
    };
    is(&end(None, 60), Orderliness::Abrupt, Cause::PowerLoss, Likely);
    is(&end(None, 4), Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
    is(&end(Some(("/usr/sbin/kexec -e", 1)), 30), Orderliness::Abrupt, Cause::RequestedForced, Likely);
    is(&end(Some(("/usr/sbin/kexec -l /boot/vmlinuz", 1)), 60), Orderliness::Abrupt, Cause::PowerLoss, Likely);
    is(&end(Some(("/usr/sbin/kexec -e", 600)), 60), Orderliness::Abrupt, Cause::PowerLoss, Likely);
}

#[test]
fn a_ups_that_ran_on_its_battery_to_the_end_tells_of_the_mains() {
    let end = |back: bool| {
        let mut log = second();
        ups(&mut log, "Power failure.");
        if back {
            ups(log.after(5), "Mains returned. No longer on UPS batteries.");
        }
        log.after(20).service("app.service", "app", "measured");
        followed(&mut log, 5000, &[])
    };
    let report = end(false);
    is(&report, Orderliness::Abrupt, Cause::PowerLoss, Possible);
    assert!(report.evidence.iter().any(|item| item.rule == "ups.apcupsd-battery"), "{:?}", report.evidence);
    assert!(report.ending.candidates.contains(&Cause::PowerUps.into()));
    is(&end(true), Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
}

#[test]
fn a_watchdog_that_went_unfed_for_long_did_not_fire() {
    let end = |failures: u64, every: u64, pause: u64| {
        let mut log = Log::new();
        log.boot(0).pid1("Watchdog running with a hardware timeout of 30s.").life(9);
        for at in 0..failures {
            log.after(if at == failures / 2 { pause } else { every });
            log.pid1("Failed to ping hardware watchdog, ignoring: Invalid argument");
        }
        judge(&log.boot(3000).life(1).listed(), 0).unwrap()
    };
    let fired = end(2, 15, 15);
    is(&fired, Orderliness::Abrupt, Cause::WatchdogHardware, Likely);
    is(&end(40, 10, 10), Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
    let again = end(4, 15, 300);
    is(&again, Orderliness::Abrupt, Cause::WatchdogHardware, Likely);
}

#[test]
fn a_hibernated_machine_needs_no_battery() {
    let end = |kind: &str, kernel: &str| {
        let mut log = second();
        log.service("upower.service", "upowerd", "Battery level is critical");
        let by = [("_SYSTEMD_UNIT", "systemd-hibernate.service"), ("_COMM", "systemd-sleep"), ("_UID", "0")];
        let said = [("MESSAGE_ID", "6bbd95ee977941e497c48be27c254128"), ("SLEEP", kind)];
        log.line(&[&by[..], &said, &[("MESSAGE", "Performing sleep operation...")]].concat()).kernel(kernel);
        followed(&mut log, 9000, &[])
    };
    let hibernated = end("hibernate", "PM: hibernation: hibernation entry");
    is(&hibernated, Orderliness::Asleep, Cause::SleepNoResume, Likely);
    assert!(hibernated.ending.candidates.contains(&Cause::SleepBatteryDied.into()), "it may have died on its way");
    let suspended = end("suspend", "PM: suspend entry (deep)");
    is(&suspended, Orderliness::Asleep, Cause::SleepBatteryDied, Likely);
    assert!(!suspended.ending.contributing.contains(&Cause::SleepNoResume.into()), "that it slept is said already");
    let both = end("hybrid-sleep", "PM: hibernation: hibernation entry");
    is(&both, Orderliness::Asleep, Cause::SleepBatteryDied, Likely);
}

#[test]
fn what_is_said_while_a_shutdown_is_under_way_did_not_ask_for_it() {
    let during = |is_persons: bool, quiet: u64, said: &dyn Fn(&mut Log)| {
        let mut log = Log::new();
        log.boot(0).life(9);
        if is_persons {
            sudo(
                &mut log,
                &[("_SYSTEMD_UNIT", "session-2.scope")],
                "  pi : TTY=pts/0 ; PWD=/home/pi ; USER=root ; COMMAND=/sbin/reboot",
            );
        }
        log.request("reboot").stops();
        log.after(quiet);
        said(&mut log);
        requests::first(log.ends("reboot.target"))
    };
    let limit = |log: &mut Log| {
        log.pid1("Rebooting: unit app.service failed");
    };
    let of_ups = |log: &mut Log| ups(log, "Initiating system shutdown!");
    for (said, cause) in [(&limit as &dyn Fn(&mut Log), Cause::PolicyStartLimit), (&of_ups, Cause::PowerUps)] {
        // A unit that fails as it is stopped, a UPS that reports in the midst of it: the person had asked before.
        let report = during(true, 1, said);
        requests::is(&report, Cause::RequestedUser, Likely);
        leaves(&report, cause);
        let of_another = |item: &&Evidence| ["policy.reboot", "ups.apcupsd-shutdown"].contains(&item.rule.as_str());
        assert!(!report.evidence.iter().any(|item| of_another(&item)), "{:?}", report.evidence);
        let denied = report.against.iter().find(of_another).unwrap();
        assert!(denied.shows.ends_with(", after the shutdown had begun"), "{}", denied.shows);
        let report = during(false, 1, said);
        requests::is(&report, cause, Likely);
        leaves(&report, Cause::RequestedApi);
        // What comes with the first stops may have been written late.
        requests::is(&during(false, 0, said), cause, Proven);
    }
}

#[test]
fn what_took_the_place_of_a_shutdown_under_way_ended_the_machine() {
    let ends = |asked: &str, request: &str, after_ms: u64, said: &dyn Fn(&mut Log), target: &str| {
        let mut log = Log::new();
        log.boot(0).life(9);
        let command = format!("  pi : TTY=pts/0 ; PWD=/home/pi ; USER=root ; COMMAND=/sbin/{asked}");
        sudo(&mut log, &[("_SYSTEMD_UNIT", "session-2.scope")], &command);
        log.request(request).stops();
        log.after(after_ms);
        said(&mut log);
        requests::first(log.ends(target))
    };
    let forced = |log: &mut Log| _ = log.pid1("Forcibly rebooting: unit disk-watchdogd.service failed");
    // A person switched it off, and it restarted, however long after.
    for seconds in [2, 6, 30] {
        let report = ends("poweroff", "power-off", seconds, &forced, "reboot.target");
        requests::is(&report, Cause::PolicyAppWatchdog, Likely);
    }
    // The same where it did what the person had asked for.
    requests::is(&ends("reboot", "reboot", 2, &forced, "reboot.target"), Cause::RequestedUser, Likely);
    let heat = |log: &mut Log| {
        _ = log.kernel("thermal thermal_zone0: critical temperature reached (110 C), shutting down");
    };
    // What is hot is switched off, not restarted.
    requests::is(&ends("reboot", "reboot", 0, &heat, "reboot.target"), Cause::RequestedUser, Likely);
    let off = ends("poweroff", "power-off", 0, &heat, "poweroff.target");
    assert_eq!(off.ending.cause, Cause::ThermalOrderly, "the kernel's line may come late: {}", off.headline);
    assert!(off.ending.confidence < Some(Proven) && off.ending.candidates.contains(&Cause::RequestedUser.into()));
}

#[test]
fn all_that_a_ups_says_while_a_persons_shutdown_is_under_way_came_late() {
    let mut log = Log::new();
    log.boot(0).life(9);
    let command = "  pi : TTY=pts/0 ; PWD=/home/pi ; USER=root ; COMMAND=/sbin/reboot";
    sudo(&mut log, &[("_SYSTEMD_UNIT", "session-2.scope")], command);
    log.request("reboot").stops().after(2);
    ups(&mut log, "Power failure.");
    ups(&mut log, "Reached run time limit on batteries.");
    ups(&mut log, "Initiating system shutdown!");
    let report = requests::first(log.ends("reboot.target"));
    requests::is(&report, Cause::RequestedUser, Likely);
    leaves(&report, Cause::PowerUps);
}

#[test]
fn a_watchdog_daemon_ends_the_machine_itself() {
    let end = |error: &str| {
        let mut log = second();
        let message = format!("shutting down the system because of error {error}");
        log.line(&[
            ("_TRANSPORT", "syslog"),
            ("_SYSTEMD_UNIT", "watchdog.service"),
            ("_EXE", "/usr/sbin/watchdog"),
            ("_COMM", "watchdog"),
            ("_UID", "0"),
            ("SYSLOG_IDENTIFIER", "watchdog"),
            ("MESSAGE", &message),
        ]);
        // It tells all processes to end, journald among them.
        log.after(1).pid1("Received SIGTERM from PID 1889 (watchdog).");
        log.after(1).kmsg("5", "systemd-journald", "Received SIGTERM from PID 1889 (watchdog).");
        log.driver("d93fb3c9c24d451a97cea615ce59c00b", "Journal stopped");
        followed(&mut log, 60, &[])
    };
    let load = end("253 = 'load average too high'");
    is(&load, Orderliness::Abrupt, Cause::PolicyAppWatchdog, Likely);
    assert_eq!(load.ending.action, Some(super::super::Action::Reset));
    let hot = end("252 = 'too hot'");
    is(&hot, Orderliness::Abrupt, Cause::PolicyAppWatchdog, Likely);
    assert!(hot.ending.candidates.contains(&Cause::ThermalOrderly.into()));
    assert_eq!(hot.ending.action, Some(super::super::Action::Unknown), "it switches off, unless it is told to restart");
}
