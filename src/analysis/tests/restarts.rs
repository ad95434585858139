//! What a restart shows without a line of its own.

use super::super::{Cause, Condition, Confidence, Postmortem, judge};
use super::log::Log;
use super::requests::sudo;

const RESET: &str =
    "x86/amd: Previous system reset reason [0x00080800]: software wrote 0x6 to reset control register 0xCF9";

fn reports(log: &Log, boots: usize) -> Vec<Postmortem> {
    let source = log.listed();
    (0..boots).map(|boot| judge(&source, boot).unwrap()).collect()
}

fn verdict(report: &Postmortem) -> (Cause, Option<Confidence>) {
    (report.ending.cause, report.ending.confidence)
}

/// What a rule's sign weighed.
fn weight(report: &Postmortem, rule: &str) -> Option<f64> {
    report.points.iter().find(|part| part.rule == rule).map(|part| part.weight)
}

/// Boots with a watchdog of 10 s that died, each followed by a gap, and one that runs.
fn armed(gaps: &[u64]) -> Log {
    let mut log = Log::new();
    log.boot(30).pid1("Watchdog running with a hardware timeout of 10s.").life(20);
    for gap in gaps {
        log.boot(*gap).pid1("Watchdog running with a hardware timeout of 10s.").life(20);
    }
    log
}

#[test]
fn one_quick_restart_under_a_watchdog_names_it_first_and_decides_nothing() {
    let report = &reports(&armed(&[25]), 1)[0];
    assert_eq!(verdict(report), (Cause::UndeterminedAbrupt, Some(Confidence::Undetermined)));
    assert_eq!(report.ending.candidates[0], Condition::Cause(Cause::WatchdogHardware));
    assert_eq!(weight(report, "watchdog.gap"), Some(2.0));
}

#[test]
fn restarts_that_always_take_as_long_as_the_watchdog_are_likely_its() {
    for report in &reports(&armed(&[25, 26, 24]), 3) {
        assert_eq!(verdict(report), (Cause::WatchdogHardware, Some(Confidence::Likely)), "{:?}", report.points);
    }
    let irregular = &reports(&armed(&[25, 66, 12]), 3)[0];
    assert_eq!(verdict(irregular).0, Cause::UndeterminedAbrupt);
    let slow = &reports(&armed(&[300, 301, 299]), 3)[0];
    assert_eq!(weight(slow, "watchdog.gap"), None, "a watchdog is quicker");
}

#[test]
fn restarts_of_one_length_after_ends_that_have_causes_tell_nothing_of_others() {
    let mut log = Log::new();
    for gap in [30, 25, 26] {
        log.boot(gap).pid1("Watchdog running with a hardware timeout of 10s.").life(20);
        log.kernel("Kernel panic - not syncing: Fatal exception");
    }
    log.boot(24).pid1("Watchdog running with a hardware timeout of 10s.").life(20).boot(25).life(1);
    let report = &reports(&log, 4)[3];
    assert_eq!(verdict(report).0, Cause::UndeterminedAbrupt, "{:?}", report.points);
}

#[test]
fn a_machine_that_was_off_for_long_may_have_lost_its_power() {
    let mut log = Log::new();
    log.boot(30).life(20).boot(4 * 3600).life(20).boot(4 * 3600).recovers().life(1);
    let reports = reports(&log, 2);
    assert_eq!(verdict(&reports[0]).0, Cause::UndeterminedAbrupt);
    assert_eq!(weight(&reports[0], "gap.long"), Some(2.0));
    assert_eq!(verdict(&reports[1]), (Cause::PowerLoss, Some(Confidence::Possible)));
}

#[test]
fn a_reset_by_software_leaves_a_panic_and_a_forced_reset_open_and_nothing_else() {
    let mut log = Log::new();
    log.boot(30).life(20).kernel_boot(60).kernel(RESET).after(5).come_up().life(1);
    let report = &reports(&log, 1)[0];
    assert_eq!(verdict(report).0, Cause::UndeterminedAbrupt);
    let open = [Cause::KernelPanic, Cause::RequestedForced].map(Condition::Cause);
    assert_eq!(report.ending.candidates, open);
}

#[test]
fn a_processor_that_says_nothing_for_once_was_without_power() {
    let mut log = Log::new();
    log.kernel_boot(30).kernel(RESET).after(5).come_up().life(20);
    log.boot(60).life(20);
    log.kernel_boot(60).kernel(RESET).after(5).come_up().life(1);
    let silent = &reports(&log, 1)[0];
    assert_eq!(verdict(silent), (Cause::PowerLoss, Some(Confidence::Likely)));
    let mut never = Log::new();
    never.boot(30).life(20).boot(60).life(20);
    assert_eq!(weight(&reports(&never, 1)[0], "amd.silent"), None, "this machine never says anything");
}

/// PackageKit, a request, and the boot after under this kernel.
fn updated(packagekit: Option<&str>, kernel: &str) -> Postmortem {
    let mut log = Log::new();
    log.boot(30).life(20);
    if let Some(said) = packagekit {
        log.line(&[("_TRANSPORT", "journal"), ("_SYSTEMD_UNIT", "packagekit.service"), ("MESSAGE", said)]).after(5);
    }
    log.shuts_down("reboot", "reboot.target").starts(30, kernel).after(5).come_up();
    reports(&log, 1).remove(0)
}

#[test]
fn another_kernel_speaks_for_an_update_that_something_else_names() {
    const DONE: &str = "update-packages transaction /412_bccadeca from uid 0 finished with success after 61420ms";
    let same = updated(Some(DONE), "6.9.5-arch1-1");
    assert_eq!(verdict(&same), (Cause::UpdatePackages, Some(Confidence::Possible)));
    assert_eq!(same.ending.candidates, [Condition::Cause(Cause::RequestedApi)]);
    let other = updated(Some(DONE), "6.10.1-arch1-1");
    assert_eq!(verdict(&other), (Cause::UpdatePackages, Some(Confidence::Likely)));
    let alone = updated(None, "6.10.1-arch1-1");
    assert_eq!(verdict(&alone), (Cause::RequestedApi, Some(Confidence::Proven)));
    let shown = alone.evidence.iter().find(|item| item.rule == "version.changed").unwrap();
    assert_eq!(shown.shows, "the next boot runs another system: kernel 6.9.5-arch1-1 became 6.10.1-arch1-1");
}

#[test]
fn short_boots_in_a_row_that_end_in_order_are_steps_of_a_series_where_nobody_asked() {
    let series = |boots: usize, asks: bool| {
        let mut log = Log::new();
        for _ in 0..boots {
            log.boot(30).life(2);
            if asks {
                log.request("reboot");
            }
            log.stops().ends("reboot.target");
        }
        log.boot(30).life(1);
        verdict(&reports(&log, 1)[0])
    };
    assert_eq!(series(3, false), (Cause::BootShort, Some(Confidence::Possible)));
    assert_eq!(series(2, false), (Cause::UndeterminedOrderly, Some(Confidence::Undetermined)));
    assert_eq!(series(3, true), (Cause::RequestedApi, Some(Confidence::Proven)), "another id names it");
}

#[test]
fn pid_1_that_crashed_is_the_cause_of_the_panic_that_followed() {
    let mut log = Log::new();
    let id = "5addb3a06a734d3396b794bf98fb2d01";
    let crash =
        [("_PID", "1"), ("_COMM", "systemd"), ("MESSAGE_ID", id), ("MESSAGE", "Caught <SEGV>, core dump failed.")];
    let panic = "Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b";
    log.boot(30).life(20).line(&crash).kernel(panic).boot(60).life(20).kernel(panic).boot(60);
    let reports = reports(&log, 2);
    assert_eq!(verdict(&reports[0]), (Cause::Pid1Crash, Some(Confidence::Proven)));
    assert_eq!(verdict(&reports[1]), (Cause::KernelPanic, Some(Confidence::Proven)));
    assert!(reports[1].ending.contributing.contains(&Condition::Cause(Cause::Pid1Crash)));
}

/// What a boot comes to whose last word is a command, where the next one came so many seconds later and its processor told
/// why, or not; a shutdown had hung before it, or none had begun.
fn forced(command: &str, is_hung: bool, (gap, is_told): (u64, bool)) -> Postmortem {
    let mut log = Log::new();
    log.kernel_boot(30).kernel(RESET).after(5).come_up().life(20);
    if is_hung {
        log.request("reboot").stops().after(120);
    }
    let message = format!("  anna : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={command}");
    sudo(&mut log, &[("_SYSTEMD_UNIT", "session-2.scope")], &message);
    log.kernel_boot(gap);
    if is_told {
        log.kernel(RESET);
    }
    reports(log.after(5).come_up().life(1), 1).remove(0)
}

#[test]
fn a_command_that_restarts_the_machine_at_once_does_not_leave_it_off() {
    use Confidence::{Likely, Possible};
    for (command, is_hung, next, confidence) in [
        ("/usr/sbin/reboot -ff", true, (40, true), Likely),
        ("/usr/sbin/reboot -ff", true, (40, false), Possible),
        ("/usr/sbin/reboot -ff", true, (4 * 3600, false), Possible),
        ("/usr/sbin/poweroff -ff", true, (4 * 3600, false), Likely),
        ("/usr/sbin/reboot -ff", false, (40, true), Likely),
        ("/usr/sbin/reboot -ff", false, (4 * 3600, true), Possible),
    ] {
        let report = forced(command, is_hung, next);
        assert_eq!(verdict(&report), (Cause::RequestedForced, Some(confidence)), "{command} {is_hung} {next:?}");
        let may_be = |cause: Cause| report.ending.candidates.contains(&Condition::from(cause));
        assert!(
            !is_hung || (may_be(Cause::RequestedApi) && may_be(Cause::PowerLoss)),
            "{:?}",
            report.ending.candidates
        );
    }
}
