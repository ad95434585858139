//! Signs that are of another end, or of another machine, and what is left when they count for less.

use super::super::{Action, Cause, Confidence, Label, Postmortem, Rulebook, judge, judge_newest, overview};
use super::log::{Log, STARTED};
use crate::analysis::{Orderliness, Source};

pub(super) fn judged(log: &Log, boot: usize) -> Postmortem {
    judge(&log.listed(), boot).unwrap()
}

pub(super) fn verdict(report: &Postmortem) -> (Orderliness, Cause, Option<Confidence>) {
    (report.ending.orderliness, report.ending.cause, report.ending.confidence)
}

pub(super) const OPEN: (Orderliness, Cause, Option<Confidence>) =
    (Orderliness::Abrupt, Cause::UndeterminedAbrupt, Some(Confidence::Undetermined));
pub(super) const WATCHDOG: &str = "x86/amd: Previous system reset reason [0x02000800]: hardware watchdog timer expired";

#[test]
fn a_register_that_held_the_same_before_proves_nothing() {
    let mut log = Log::new();
    log.boot(0).life(9).kernel_boot(60).kernel(WATCHDOG).after(5).come_up().life(9);
    log.kernel_boot(60).kernel(WATCHDOG).after(5).come_up().life(9).shuts_down("reboot", "reboot.target");
    log.kernel_boot(60).kernel(WATCHDOG).after(5).come_up().life(1);
    let abrupt = |confidence| (Orderliness::Abrupt, Cause::WatchdogHardware, Some(confidence));
    assert_eq!(verdict(&judged(&log, 0)), abrupt(Confidence::Proven));
    let kept = judged(&log, 1);
    assert_eq!(verdict(&kept), abrupt(Confidence::Likely));
    assert!(kept.downgrades[0].contains("may have kept it"), "{:?}", kept.downgrades);
    assert_eq!(verdict(&judged(&log, 2)), (Orderliness::Orderly, Cause::RequestedApi, Some(Confidence::Proven)));
}

#[test]
fn a_filesystem_that_fails_while_the_log_goes_on_is_not_the_logs() {
    let mut log = Log::new();
    log.boot(0).life(9).kernel("EXT4-fs (sdb1): Remounting filesystem read-only");
    for _ in 0..30 {
        log.after(1).service("app.service", "app", "measured");
    }
    log.boot(60).life(1);
    let report = judged(&log, 0);
    assert_eq!(report.ending.orderliness, Orderliness::Abrupt);
    assert!(report.ending.confidence < Some(Confidence::Likely), "{}", report.headline);
    assert!(report.ending.contributing.contains(&Cause::StorageReadonlyRemount.into()));
}

#[test]
fn a_critical_temperature_counts_though_no_shutdown_followed() {
    for (seconds, confidence) in [(20, Confidence::Likely), (90, Confidence::Possible)] {
        let mut log = Log::new();
        log.boot(0).life(9).kernel("thermal thermal_zone0: cpu-thermal: critical temperature reached");
        log.after(seconds).service("app.service", "app", "measured").boot(60).life(1);
        let report = judged(&log, 0);
        assert_eq!(verdict(&report), (Orderliness::Abrupt, Cause::ThermalOrderly, Some(confidence)));
        assert!(report.ending.candidates.contains(&Cause::ThermalTrip.into()));
    }
}

#[test]
fn a_processor_that_seemed_stuck_while_the_machine_was_paused_was_not() {
    for (line, cause) in [
        ("watchdog: BUG: soft lockup - CPU#0 stuck for 4211s! [swapper/0:0]", Cause::UndeterminedAbrupt),
        ("watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:0]", Cause::KernelLockupSoft),
    ] {
        let mut log = Log::new();
        log.boot(0).life(9).kernel(line).after(10).service("app.service", "app", "measured").boot(60).life(1);
        assert_eq!(verdict(&judged(&log, 0)).1, cause, "{line}");
    }
}

/// Three machines that end within two seconds, of which some say that they are virtual.
fn together(kinds: [Option<&str>; 3]) -> Log {
    let mut log = Log::new();
    for (machine, kind) in ['a', 'b', 'c'].into_iter().zip(kinds) {
        // Each of them starts when the one before has ended: its clock is set back by what that took.
        log.machine(machine).boot(0);
        kind.into_iter().for_each(|kind| {
            log.pid1(&format!("Detected virtualization {kind}."));
        });
        log.life(9).after(1).set_clock(-546_000);
    }
    for machine in ['a', 'b', 'c'] {
        log.machine(machine).boot(600);
    }
    log
}

#[test]
fn machines_that_run_on_a_host_say_nothing_of_the_mains() {
    let real = judged(&together([None, None, None]), 0);
    assert_eq!(verdict(&real), (Orderliness::Abrupt, Cause::PowerLoss, Some(Confidence::Likely)));
    let host = judged(&together([None, Some("kvm"), Some("kvm")]), 0);
    assert_eq!(verdict(&host), OPEN, "its guests end with it");
    let guest = judged(&together([Some("kvm"), Some("kvm"), Some("kvm")]), 0);
    assert_eq!(verdict(&guest), (Orderliness::Abrupt, Cause::VmStop, Some(Confidence::Possible)));
    assert!(guest.ending.candidates.contains(&Cause::PowerLoss.into()));
}

#[test]
fn a_kernel_that_saves_a_dump_says_so() {
    let mut log = Log::new();
    log.boot(0).life(9).kernel_boot(5).kernel("Command line: root=/dev/sda2 ro elfcorehdr=0x5d000000").after(8);
    log.service("kdump.service", "kdump", "saving vmcore complete").boot(40).life(1);
    assert_eq!(verdict(&judged(&log, 0)), (Orderliness::Abrupt, Cause::KernelPanic, Some(Confidence::Proven)));
    let capture = judged(&log, 1);
    assert_eq!(verdict(&capture), (Orderliness::Abrupt, Cause::RequestedForced, Some(Confidence::Possible)));
    super::has(&capture, "kdump.capturing");
    assert_eq!(capture.boot.label, Some(Label::KdumpCapture));
    assert_eq!(judged(&log, 0).boot.label, None);
    let all = overview(&log.listed(), Rulebook::builtin());
    let labels: Vec<_> = all.remarks.iter().map(|remarks| remarks.label).collect();
    assert_eq!(labels, [None, Some(Label::KdumpCapture), None]);
    // What a person asks about is the boot that crashed.
    assert_eq!(judge_newest(&log.listed(), Rulebook::builtin()).map(|(boot, _)| boot), Some(0));
}

#[test]
fn kernels_that_save_dumps_are_no_boots_of_a_crash_loop() {
    let mut log = Log::new();
    for _ in 0..3 {
        log.kernel_boot(5).kernel("Command line: ro elfcorehdr=0x5d000000").after(8);
    }
    assert_eq!(overview(&log.boot(30).listed(), Rulebook::builtin()).history.crash_loops.len(), 0);
    let mut log = Log::new();
    for _ in 0..3 {
        log.kernel_boot(5).kernel("Command line: ro quiet").after(8);
    }
    assert_eq!(overview(&log.boot(30).listed(), Rulebook::builtin()).history.crash_loops.len(), 1);
    // What crashes again and again is followed by such a kernel each time.
    let mut log = Log::new();
    for _ in 0..3 {
        log.boot(20).life(2).kernel_boot(5).kernel("Command line: ro elfcorehdr=0x5d000000").after(8);
    }
    let series = overview(&log.boot(30).listed(), Rulebook::builtin()).history.crash_loops;
    assert_eq!(series.iter().map(|series| series.boots.as_slice()).collect::<Vec<_>>(), [[0, 2, 4]]);
}

/// A boot in which somebody runs a command by sudo, and that ends so many seconds later.
fn commanded(command: &str, seconds: u64) -> Log {
    let mut log = Log::new();
    let message = format!("  pi : TTY=pts/0 ; PWD=/home/pi ; USER=root ; COMMAND={command}");
    let sudo = [("_TRANSPORT", "syslog"), ("_COMM", "sudo"), ("_EXE", "/usr/bin/sudo"), ("SYSLOG_IDENTIFIER", "sudo")];
    let session = [("_SYSTEMD_UNIT", "session-4.scope"), ("MESSAGE", message.as_str())];
    log.boot(0).life(9).line(&[&sudo[..], &session].concat()).after(seconds);
    log.service("app.service", "app", "measured");
    log
}

#[test]
fn a_command_that_forces_the_end_is_likely_the_cause_where_it_is_among_the_last_lines() {
    let forced = |confidence| (Orderliness::Abrupt, Cause::RequestedForced, Some(confidence));
    for (command, seconds, expected) in [
        ("/sbin/reboot -ff", 1, forced(Confidence::Likely)),
        ("/bin/sh -c 'echo b > /proc/sysrq-trigger'", 1, forced(Confidence::Likely)),
        ("/sbin/reboot -ff", 3, forced(Confidence::Likely)),
        ("/sbin/reboot -ff", 20, forced(Confidence::Possible)),
        ("/sbin/reboot -ff", 90, forced(Confidence::Possible)),
        ("/sbin/reboot -ff", 3600, OPEN),
        ("/sbin/reboot -f", 1, forced(Confidence::Possible)),
        ("/usr/bin/tee /proc/sysrq-trigger", 1, forced(Confidence::Possible)),
        ("/sbin/reboot", 1, (Orderliness::OrderlyIncomplete, Cause::RequestedUser, Some(Confidence::Likely))),
        ("/sbin/reboot", 90, OPEN),
    ] {
        let mut log = commanded(command, seconds);
        log.boot(60).life(1);
        let report = judged(&log, 0);
        assert_eq!(verdict(&report), expected, "{command} {seconds} s before the end");
        assert!(report.ending.candidates.contains(&Cause::PowerLoss.into()), "{command}");
    }
    // What would have brought the machine back in minutes is less likely where it stayed off.
    let synced = "s > /proc/sysrq-trigger; echo b";
    for (key, confidence) in [("b", Confidence::Possible), (synced, Confidence::Possible), ("o", Confidence::Likely)] {
        let mut log = commanded(&format!("/bin/sh -c 'echo {key} > /proc/sysrq-trigger'"), 1);
        assert_eq!(verdict(&judged(log.boot(18_000).life(1), 0)), forced(confidence), "{key}");
    }
    // What shut down in order was not forced, and who asked is told.
    let mut log = commanded("/sbin/reboot -f", 1);
    log.pid1("Reboot requested from client PID 812 ('reboot') (unit session-1.scope)...").closes().boot(60).life(1);
    let report = judged(&log, 0);
    assert_eq!(verdict(&report), (Orderliness::Orderly, Cause::RequestedUser, Some(Confidence::Likely)));
    assert!(!report.ending.contributing.contains(&Cause::RequestedForced.into()));
}

#[test]
fn every_end_has_limits_and_next_steps() {
    for (name, log) in super::cases::ALL {
        let mut whole = Log::new();
        log(&mut whole);
        let source = whole.listed();
        for boot in 0..source_len(&source) {
            let report = judge(&source, boot).unwrap();
            let unseen: &[&str] = match report.ending.orderliness {
                Orderliness::Running => &["what came after the copy is not here", "system@2.journal was archived"],
                // One that seemed complete may have hung.
                Orderliness::Orderly | Orderliness::OrderlyIncomplete => {
                    &["what the machine did", "what the shutdown did"]
                }
                Orderliness::Abrupt => &["what was written within the last 5 minutes may not have reached the disk"],
                Orderliness::Asleep => &["nothing is written during sleep"],
                Orderliness::Unknown => {
                    &["how the boot ended may stand in what is missing", "the machine may have run on"]
                }
            };
            let tells = |limit: &String| unseen.iter().any(|start| limit.starts_with(start));
            assert!(report.limits.iter().any(tells), "{name}, boot {boot}: {:?}", report.limits);
            let advice: std::collections::BTreeSet<_> = report.advice.iter().collect();
            assert!(!advice.is_empty(), "{name}, boot {boot}: no next step for {}", report.ending.cause);
            assert_eq!(advice.len(), report.advice.len(), "{name}, boot {boot}: said twice");
        }
    }
}

fn source_len(source: &dyn crate::analysis::Source) -> usize {
    source.boots().len()
}

#[test]
fn machines_with_causes_of_their_own_do_not_speak_for_the_mains() {
    let third = |others: Option<&str>| {
        let mut log = Log::new();
        for (number, machine) in ['a', 'b', 'c'].into_iter().enumerate() {
            log.machine(machine).series(0x30 + number as u8).restart();
            if number > 0 {
                log.set_clock(-546_000);
            }
            log.boot(0);
            log.life(9);
        }
        let last = log.listed().boots()[0].entries;
        for (number, machine) in ['a', 'b', 'c'].into_iter().enumerate() {
            log.machine(machine).series(0x30 + number as u8).ahead(last).kernel_boot(600);
            if let Some(record) = others.filter(|_| machine != 'c') {
                log.kernel(record);
            }
            log.after(5).come_up().life(1);
        }
        let report = judged(&log, 2);
        (report.ending.cause, report.ending.confidence)
    };
    assert_eq!(third(None), (Cause::PowerLoss, Some(Confidence::Likely)));
    assert_ne!(third(Some(WATCHDOG)).1, Some(Confidence::Likely));
    let reset =
        "x86/amd: Previous system reset reason [0x00080800]: software wrote 0x6 to reset control register 0xCF9";
    assert_ne!(third(Some(reset)).1, Some(Confidence::Likely), "by software");
}

const SERVICE_STOP: &str = "Received SIGTERM from PID 1 (systemd).";
const FINAL_STOP: &str = "Received SIGTERM from PID 1 (systemd-shutdow).";
const LOG_ENDED: &str = "the log ended earlier; the next boot's kernel started then";
const JOURNAL_STOP: &str = "d93fb3c9c24d451a97cea615ce59c00b";

#[test]
fn a_journald_that_was_stopped_as_a_service_ends_no_shutdown() {
    let stopped = |by: &str| {
        let mut log = Log::new();
        log.boot(0).life(9).kmsg("5", "systemd-journald", by).driver(JOURNAL_STOP, "Journal stopped");
        log
    };
    let mut alone = stopped(SERVICE_STOP);
    let report = judged(alone.boot(60).life(1), 0);
    assert_eq!(verdict(&report), OPEN);
    super::has(&report, "journal.service-stop");
    assert!(report.ending.candidates.contains(&Cause::RequestedApi.into()), "{:?}", report.ending.candidates);
    // Under its own name it says the same.
    let mut log = Log::new();
    log.boot(0).life(9).driver("", SERVICE_STOP).driver(JOURNAL_STOP, "Journal stopped").boot(60).life(1);
    assert_eq!(verdict(&judged(&log, 0)), OPEN);
    let closed = report.against.iter().find(|item| item.rule == "final.journal").unwrap();
    assert!(closed.shows.ends_with(": PID 1 had stopped it as a service"), "{}", closed.shows);
    assert!(report.limits.iter().any(|limit| limit.starts_with("journald had been stopped")), "{:?}", report.limits);
    assert_eq!(report.death.as_ref().map(|death| death.why.as_str()), Some(LOG_ENDED));
    // The last step of a shutdown says another name.
    assert_eq!(judged(stopped(FINAL_STOP).boot(60).life(1), 0).ending.orderliness, Orderliness::Orderly);
    // It came back: the boot went on.
    let mut log = stopped(SERVICE_STOP);
    log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").life(3).shuts_down("reboot", "reboot.target");
    assert_eq!(judged(log.boot(60).life(1), 0).ending.orderliness, Orderliness::Orderly);
    // A restart of userspace ends it so, and there the machine died.
    let mut log = Log::new();
    log.boot(0).life(9).unit(STARTED, "soft-reboot.target", "Reached target Reboot System Userspace.");
    log.kmsg("5", "systemd-journald", SERVICE_STOP).driver(JOURNAL_STOP, "Journal stopped").boot(60).life(1);
    let report = judged(&log, 0);
    assert_eq!(verdict(&report), OPEN);
    assert!(!report.limits.iter().any(|limit| limit.starts_with("journald had been stopped")), "{:?}", report.limits);
    assert!(!report.ending.candidates.contains(&Cause::RequestedApi.into()), "{:?}", report.ending.candidates);
    assert_eq!(report.death.map(|death| death.why).as_deref(), Some("the next boot's kernel started then"));
    // A shutdown was under way, whoever stopped journald then.
    let mut log = Log::new();
    log.boot(0).life(9).request("reboot").stops().kmsg("5", "systemd-journald", SERVICE_STOP);
    log.driver(JOURNAL_STOP, "Journal stopped").boot(60).life(1);
    assert_eq!(judged(&log, 0).ending.orderliness, Orderliness::Orderly);
}

#[test]
fn a_boot_that_the_kernel_was_ending_runs_no_more_though_it_is_the_newest() {
    let hot = "thermal thermal_zone0: cpu-thermal: critical temperature reached";
    let off = "reboot: HARDWARE PROTECTION shutdown (Temperature too high)";
    let ends = |lines: &[&str], seconds: u64| {
        let mut log = Log::new();
        log.boot(0).life(9);
        for line in lines {
            log.kernel(line);
        }
        if seconds > 0 {
            log.after(seconds).service("app.service", "app", "measured");
        }
        judged(&log, 0)
    };
    for lines in [&[hot][..], &[hot, off], &[off]] {
        let report = ends(lines, 2);
        let likely = Some(Confidence::Likely);
        assert_eq!(verdict(&report), (Orderliness::OrderlyIncomplete, Cause::ThermalOrderly, likely), "{lines:?}");
        assert_eq!(report.ending.action, Some(Action::Poweroff));
    }
    let lives_on = ends(&[hot], 20);
    assert_eq!(lives_on.ending.orderliness, Orderliness::Running);
    let by_host = ends(&["hv_utils: Shutdown request received - graceful shutdown initiated"], 0);
    assert_eq!(by_host.ending.orderliness, Orderliness::Running, "a request is no end");
}
