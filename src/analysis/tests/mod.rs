//! Verdicts on hand-made logs, by the scenarios' numbers in the specification.

use super::{Action, Learnt, Orderliness, Postmortem, Rulebook, Side, Stage, Strength, endings, judge, overview};
use log::{Log, STARTED, STARTING, STOPPED};

mod apart;
mod at_once;
mod cases;
mod causes;
mod clocks;
mod contrary;
mod details;
mod dumps;
mod elsewhere;
mod extract;
mod glances;
mod guests;
mod hearsay;
mod initrd;
pub(super) mod log;
mod lost_ends;
mod machines;
mod named;
mod open_end;
mod others;
mod own_disk;
mod records;
mod requests;
mod restarts;
#[cfg(feature = "zstd")]
mod spent;
mod strays;
mod structural;
mod text_alone;
mod timeline;
mod twins;
mod usual;
mod waiting;
mod who;

/// Two of the facets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ending {
    orderliness: Orderliness,
    action: Option<Action>,
}

impl From<&super::Ending> for Ending {
    fn from(ending: &super::Ending) -> Self {
        Self { orderliness: ending.orderliness, action: ending.action }
    }
}

const RUNNING: Ending = Ending { orderliness: Orderliness::Running, action: None };
const UNTOLD: Ending = Ending { orderliness: Orderliness::Abrupt, action: Some(Action::Unknown) };
const RESET: Ending = Ending { orderliness: Orderliness::Abrupt, action: Some(Action::Reset) };
const REBOOTED: Ending = orderly(Action::Reboot);

const fn orderly(action: Action) -> Ending {
    Ending { orderliness: Orderliness::Orderly, action: Some(action) }
}

const fn incomplete(action: Action) -> Ending {
    Ending { orderliness: Orderliness::OrderlyIncomplete, action: Some(action) }
}

/// All verdicts agree with the list, in both ways of asking, and each has evidence.
#[track_caller]
fn says(log: &Log, expected: &[Ending]) -> Vec<Postmortem> {
    let source = log.listed();
    let reports: Vec<Postmortem> = (0..expected.len()).map(|boot| judge(&source, boot).unwrap()).collect();
    let judged: Vec<Ending> = reports.iter().map(|report| Ending::from(&report.ending)).collect();
    assert_eq!(judged, expected);
    let listed: Vec<Ending> = endings(&source).iter().map(Ending::from).collect();
    assert_eq!(listed, expected);
    for report in &reports {
        assert!(!report.evidence.is_empty(), "a verdict without evidence: {}", report.headline);
        names_a_cause_or_none(&report.ending);
    }
    reports
}

/// The confidence is `undetermined` exactly where the cause names nothing.
#[track_caller]
fn names_a_cause_or_none(ending: &super::Ending) {
    use super::Cause::{NoneRotated, NoneUnreadable, UndeterminedAbrupt, UndeterminedOrderly};
    let is_open = [NoneRotated, NoneUnreadable, UndeterminedAbrupt, UndeterminedOrderly].contains(&ending.cause);
    let is_unsure = ending.confidence == Some(super::Confidence::Undetermined);
    assert_eq!(is_open, is_unsure, "{}: {:?}", ending.cause, ending.confidence);
}

#[track_caller]
fn has(report: &Postmortem, rule: &str) {
    let rules: Vec<_> = report.evidence.iter().map(|item| item.rule.as_str()).collect();
    assert!(rules.contains(&rule), "{rule} is not in {rules:?}");
}

#[test]
fn scenario_1_a_clean_reboot_is_orderly() {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").boot(33).life(1);
    let reports = says(&log, &[REBOOTED, RUNNING]);
    for rule in ["request.reboot", "stop.targets", "reached.late", "reached.reboot", "final.pid1", "final.journal"] {
        has(&reports[0], rule);
    }
    assert_eq!(reports[0].stage, Some(Stage::S3));
    assert!(reports[0].against.is_empty());
    has(&reports[1], "tail.newest");
}

#[test]
fn scenario_2_relinquishing_the_journal_is_the_end_of_what_balena_os_can_show() {
    let mut log = Log::new();
    for _ in 0..2 {
        log.boot(30).life(3).request("reboot").stops().relinquish();
    }
    log.boot(30).life(1);
    let reports = says(&log, &[REBOOTED, REBOOTED, RUNNING]);
    assert_eq!(reports[0].cap.learnt, Learnt::Boot(reports[1].boot.id));
    has(&reports[0], "tail.cap");
}

#[test]
fn scenario_2_alone_the_mount_of_the_journal_tells_its_cap() {
    let mut log = Log::new();
    log.boot(0).unit(STARTED, "var-log-journal.mount", "Mounted /var/log/journal.").life(3);
    log.request("reboot").stops().relinquish().boot(30);
    let reports = says(&log, &[REBOOTED, RUNNING]);
    assert_eq!(reports[0].cap.learnt, Learnt::Mount("var-log-journal.mount".to_owned()));
}

#[test]
fn scenario_3_the_same_end_is_incomplete_where_another_boot_went_further() {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").boot(30).life(3);
    log.request("reboot").stops().relinquish().set_aside().kernel_boot(60).finds_unclean().come_up();
    let reports = says(&log, &[REBOOTED, incomplete(Action::Reboot), RUNNING]);
    assert_eq!(reports[1].cap.learnt, Learnt::Boot(reports[0].boot.id));
    has(&reports[1], "tail.broken-off");
    has(&reports[1], "unclean.journal");
}

#[test]
fn scenario_4_a_power_cut_while_busy_is_abrupt() {
    let mut log = Log::new();
    log.boot(0).life(9).set_aside().kernel_boot(40).recovers().finds_unclean().come_up();
    let reports = says(&log, &[UNTOLD, RUNNING]);
    for rule in ["tail.ordinary", "file.set-aside", "unclean.ext4", "unclean.journal"] {
        has(&reports[0], rule);
    }
    let rename = reports[0].evidence.iter().find(|item| item.rule == "unclean.journal").unwrap();
    assert_eq!((rename.strength, rename.side), (Strength::Strong, Side::Next));
}

#[test]
fn scenario_5_a_power_cut_while_idle_is_abrupt_though_no_file_is_dirty() {
    let mut log = Log::new();
    log.boot(0).life(9).kernel_boot(900).recovers().come_up();
    let reports = says(&log, &[UNTOLD, RUNNING]);
    has(&reports[0], "seqnum.next");
    has(&reports[0], "unclean.ext4");
    assert_eq!(reports[0].death.as_ref().unwrap().to.unwrap().0, reports[0].boot.last.realtime.0 + 300_000_000);
}

#[test]
fn scenario_8_the_processors_record_proves_a_reset() {
    let mut log = Log::new();
    log.boot(0).life(3).service(
        "systemd-journald.service",
        "systemd-journald",
        "Under memory pressure, flushing caches.",
    );
    log.set_aside().kernel_boot(360);
    log.kernel("x86/amd: Previous system reset reason [0x02000800]: hardware watchdog timer expired");
    log.finds_unclean().come_up();
    let reports = says(&log, &[RESET, RUNNING]);
    has(&reports[0], "reset.amd-watchdog");
}

#[test]
fn scenario_13_a_suspend_that_never_resumed_is_asleep() {
    let mut log = Log::new();
    log.boot(0).life(3).falls_asleep().set_aside().kernel_boot(300).finds_unclean().come_up();
    let asleep = Ending { orderliness: Orderliness::Asleep, action: Some(Action::Unknown) };
    let reports = says(&log, &[asleep, RUNNING]);
    has(&reports[0], "sleep.start");
    has(&reports[0], "sleep.entry");
}

#[test]
fn scenario_14_a_sleep_inside_a_boot_is_no_end() {
    let mut log = Log::new();
    log.boot(0).life(3).falls_asleep().wakes().life(1);
    says(&log, &[RUNNING]);
    let mut log = Log::new();
    log.boot(0).life(3).falls_asleep().wakes().set_aside().kernel_boot(60).come_up();
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn scenario_15_an_orderly_power_off_for_heat_is_orderly() {
    let mut log = Log::new();
    log.boot(0).life(3).kernel("thermal thermal_zone3: critical temperature reached (80 C), shutting down");
    log.stops().ends("poweroff.target").boot(4000);
    let reports = says(&log, &[orderly(Action::Poweroff), RUNNING]);
    has(&reports[0], "kernel.too-hot");
}

#[test]
fn scenario_17_a_forced_reboot_by_policy_is_orderly_without_the_stops() {
    let mut log = Log::new();
    log.boot(0).life(3).pid1("disk-watchdogd.service: Start request repeated too quickly.");
    log.pid1("Forcibly rebooting: unit disk-watchdogd.service failed").closes().boot(20);
    let reports = says(&log, &[REBOOTED, RUNNING]);
    has(&reports[0], "policy.reboot-watchdog");
}

#[test]
fn scenario_19_a_shutdown_that_its_job_timeout_ended_is_incomplete() {
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").stops().after(600);
    log.pid1("Forcibly rebooting: job timed out").closes().boot(20);
    let reports = says(&log, &[incomplete(Action::Reboot), RUNNING]);
    has(&reports[0], "shutdown.job-timeout");
}

#[test]
fn scenario_20_a_shutdown_that_froze_after_its_last_line_is_orderly() {
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").stops();
    log.unit(STARTED, "reboot.target", "Reached target reboot.target.").pid1("Shutting down.");
    for _ in 0..8 {
        log.line(&[("_TRANSPORT", "audit"), ("MESSAGE", "BPF prog-id=9 op=UNLOAD")]);
    }
    log.boot(7200);
    says(&log, &[REBOOTED, RUNNING]);
}

#[test]
fn scenario_22_a_power_key_that_nothing_acted_on_ends_nothing() {
    let mut log = Log::new();
    log.boot(0).life(3).power_key().power_key().life(40).set_aside().kernel_boot(60).finds_unclean().come_up();
    let reports = says(&log, &[UNTOLD, RUNNING]);
    assert_eq!(reports[0].against[0].rule, "key.power");
    assert_eq!(reports[0].against.len(), 2);
}

#[test]
fn scenario_26_a_watchdog_for_a_service_is_no_end() {
    let mut log = Log::new();
    log.boot(0).life(3).pid1("balena.service: Watchdog timeout (limit 6min)!").life(2);
    log.unit(STARTING, "balena.service", "Starting Balena Application Container Engine...");
    log.unit(STARTED, "balena.service", "Started Balena Application Container Engine.").life(5);
    says(&log, &[RUNNING]);
}

#[test]
fn scenario_30_a_journald_that_died_inside_a_boot_is_no_end() {
    let mut log = Log::new();
    log.boot(0).life(3).pid1("systemd-journald.service: Watchdog timeout (limit 3min)!").set_aside();
    log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").finds_unclean().life(3);
    says(&log, &[RUNNING]);
}

#[test]
fn scenario_31_a_panic_of_a_program_is_not_the_kernels() {
    let mut log = Log::new();
    log.boot(0).life(3).service("docker.service", "dockerd", "panic: runtime error: index out of range [0]");
    log.service("docker.service", "kernel", "Kernel panic - not syncing: says a container");
    log.kmsg("1", "kernel", "Kernel panic - not syncing: says a program through the kernel's log");
    log.set_aside().kernel_boot(60).finds_unclean().come_up();
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn scenario_36_a_dump_that_the_kernel_left_proves_a_reset() {
    let mut log = Log::new();
    log.boot(0).life(3).set_aside().kernel_boot(60).finds_unclean().come_up();
    let moved = "PStore dmesg-efi_pstore-171 moved to /var/lib/systemd/pstore/171/001/dmesg.txt";
    log.service("systemd-pstore.service", "systemd-pstore", moved);
    let reports = says(&log, &[RESET, RUNNING]);
    has(&reports[0], "pstore.dump");
}

#[test]
fn scenario_37_the_stops_of_emergency_mode_are_no_shutdown() {
    for stops_first in [true, false] {
        let mut log = Log::new();
        log.kernel_boot(0).unit(STARTED, "basic.target", "Reached target Basic System.");
        let stops = |log: &mut Log| {
            log.unit(STOPPED, "basic.target", "Stopped target Basic System.").service_stops();
            log.unit(STOPPED, "local-fs.target", "Stopped target Local File Systems.");
        };
        if stops_first {
            stops(&mut log);
        }
        log.unit(STARTED, "emergency.target", "Reached target Emergency Mode.");
        if !stops_first {
            stops(&mut log);
        }
        log.set_aside().kernel_boot(600).finds_unclean().come_up();
        let reports = says(&log, &[UNTOLD, RUNNING]);
        has(&reports[0], "emergency.left");
        assert!(reports[0].against.is_empty(), "the boot was given up there: that is no sign against it");
    }
}

#[test]
fn a_mode_that_the_command_line_asks_for_is_no_failure() {
    for (words, failed) in
        [("quiet", true), ("single", false), ("systemd.unit=rescue.target", false), ("emergency", true)]
    {
        let mut log = Log::new();
        log.kernel_boot(0).kernel(&format!("Command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 {words}"));
        log.unit(STARTED, "rescue.target", "Reached target Rescue Mode.").life(1);
        let report = judge(&log.set_aside().boot(600).life(1).listed(), 0).unwrap();
        let ending = &report.ending;
        let mode = crate::analysis::Cause::BootFailedEmergency;
        assert_eq!(ending.cause == mode || ending.contributing.contains(&mode.into()), failed, "{words}");
    }
}

#[test]
fn scenario_38_a_soft_reboot_is_no_end() {
    let mut log = Log::new();
    log.boot(0).life(3).request("soft-reboot").stops().unit(STARTED, "umount.target", "Reached target Unmount.");
    log.unit(STARTED, "soft-reboot.target", "Reached target Reboot System Userspace.");
    says(&log, &[RUNNING]);
    log.driver("d93fb3c9c24d451a97cea615ce59c00b", "Journal stopped");
    says(&log, &[RUNNING]);
    log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").come_up();
    log.pid1("Soft-reboot finished in 3.2s, counter is now at 1.").life(3);
    says(&log, &[RUNNING]);
    let restarts = |log: &Log| overview(&log.listed(), Rulebook::builtin()).remarks[0].soft_reboots;
    assert_eq!(restarts(&log), 1);
    log.request("soft-reboot").stops().come_up().life(1);
    assert_eq!(restarts(&log), 2);
    // The whole machine restarts: what comes up is another boot.
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").boot(30);
    assert_eq!(restarts(&log), 0);
}

#[test]
fn scenario_40_the_newest_boot_is_running() {
    let mut log = Log::new();
    log.boot(0).life(1);
    let reports = says(&log, &[RUNNING]);
    assert!(reports[0].death.is_none());
    assert_eq!(reports[0].headline, "Still running when the files were copied.");
}
