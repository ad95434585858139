//! What the scenarios leave open: where one line more or less turns the verdict.

use super::log::{Log, STARTED, STOPPED};
use super::{Action, Ending, Orderliness, REBOOTED, RESET, RUNNING, UNTOLD, has, incomplete, orderly, says};
use crate::analysis::Stage::{S1, S2, S3};
use crate::analysis::{FileState, judge};

const UNKNOWN: Ending = Ending { orderliness: Orderliness::Unknown, action: Some(Action::Unknown) };

#[test]
fn a_request_at_the_very_end_is_an_incomplete_shutdown() {
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").after(4).service("cron.service", "CRON", "one more").boot(60);
    says(&log, &[incomplete(Action::Reboot), RUNNING]);
}

#[test]
fn a_request_that_life_goes_on_after_counts_for_nothing() {
    let mut log = Log::new();
    log.boot(0).life(3).request("power-off").life(1).boot(60);
    let reports = says(&log, &[UNTOLD, RUNNING]);
    assert_eq!(reports[0].against[0].rule, "request.poweroff");
}

#[test]
fn an_old_request_does_not_name_the_action_of_a_later_shutdown() {
    let mut log = Log::new();
    log.boot(0).life(3).request("power-off").life(30).stops().closes().boot(60);
    says(&log, &[orderly(Action::Unknown), RUNNING]);
}

#[test]
fn targets_that_come_up_again_take_back_their_stop() {
    let mut log = Log::new();
    log.boot(0).life(3).stops().come_up().life(1);
    says(&log, &[RUNNING]);
    log.boot(60);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn a_target_stopped_for_good_long_before_is_no_shutdown() {
    let mut log = Log::new();
    log.boot(0).unit(STOPPED, "graphical.target", "Stopped target Graphical Interface.").life(41);
    says(&log, &[RUNNING]);
}

#[test]
fn most_services_stopped_are_a_shutdown_even_without_a_target() {
    let mut log = Log::new();
    log.boot(0).life(3).service_stops();
    let reports = says(&log, &[incomplete(Action::Unknown)]);
    has(&reports[0], "stop.flood");
}

#[test]
fn services_that_are_restarted_are_no_shutdown() {
    let mut log = Log::new();
    log.boot(0).life(3).service_stops();
    for service in ["ssh.service", "cron.service", "dbus.service"] {
        log.unit(STARTED, service, "Started it.");
    }
    says(&log, &[RUNNING]);
}

#[test]
fn a_users_manager_and_a_users_journal_end_no_boot() {
    let mut log = Log::new();
    log.boot(0).life(3).file("user-1000.journal", FileState::Online);
    log.unit(STARTED, "shutdown.target", "Reached target Shutdown.");
    log.line(&[("_PID", "900"), ("USER_UNIT", "shutdown.target"), ("MESSAGE", "Reached target Shutdown.")]);
    says(&log, &[RUNNING]);
}

#[test]
fn any_program_may_say_that_it_shuts_down() {
    let mut log = Log::new();
    log.boot(0).life(3).service("web.service", "web", "Shutting down.").boot(60);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn a_restart_of_journald_is_no_end() {
    let mut log = Log::new();
    log.boot(0).life(3).driver("d93fb3c9c24d451a97cea615ce59c00b", "Journal stopped");
    log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").life(1);
    says(&log, &[RUNNING]);
}

#[test]
fn an_end_that_was_vacuumed_is_unknown() {
    let mut log = Log::new();
    log.boot(0).life(3).skip(500).file("system@2.journal", FileState::Archived).boot(600);
    let reports = says(&log, &[UNKNOWN, RUNNING]);
    has(&reports[0], "seqnum.gap");
}

#[test]
fn numbers_that_lack_inside_one_file_were_a_users() {
    let mut log = Log::new();
    log.boot(0).life(3).skip(5).boot(600);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn entries_cut_off_a_file_that_was_set_aside_leave_an_abrupt_end() {
    let mut log = Log::new();
    log.boot(0).life(3).skip(50).set_aside().kernel_boot(60).finds_unclean().come_up();
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn a_log_that_ends_when_its_filesystem_goes_read_only_says_nothing_of_the_boot() {
    let mut log = Log::new();
    log.boot(0).life(3).kernel("EXT4-fs (mmcblk0p2): Remounting filesystem read-only").boot(260_000);
    let reports = says(&log, &[UNKNOWN, RUNNING]);
    has(&reports[0], "log.readonly");
    assert!(reports[0].death.as_ref().unwrap().to.unwrap().0 > reports[0].boot.last.realtime.0 + 200_000_000_000);
}

#[test]
fn a_filesystem_that_went_read_only_long_before_ended_no_log() {
    let mut log = Log::new();
    log.boot(0).kernel("EXT4-fs (sda1): Remounting filesystem read-only").life(30).boot(60);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn a_panic_that_reached_the_disk_is_a_reset_even_without_a_next_boot() {
    let mut log = Log::new();
    log.boot(0).life(3).kernel("Kernel panic - not syncing: Fatal exception in interrupt");
    says(&log, &[RESET]);
}

#[test]
fn a_dump_of_a_fault_that_the_boot_outlived_proves_nothing() {
    let mut log = Log::new();
    let oops = [("PRIORITY", "1"), ("MESSAGE", "BUG: kernel NULL pointer dereference, address: 0000000000000000")];
    log.boot(0).line(&[&[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "0")][..], &oops].concat()).life(30).boot(60);
    log.service(
        "systemd-pstore.service",
        "systemd-pstore",
        "PStore dmesg-ramoops-0 moved to /var/lib/systemd/pstore/0",
    );
    let reports = says(&log, &[UNTOLD, RUNNING]);
    assert!(reports[0].against.iter().any(|item| item.rule == "pstore.survived"));
}

#[test]
fn the_watchdog_reset_what_the_register_also_says_was_switched_off() {
    let mut log = Log::new();
    log.boot(0).life(3).kernel_boot(60);
    log.kernel("x86/amd: Previous system reset reason [0x02200800]: ACPI power state transition occurred");
    log.kernel("x86/amd: Previous system reset reason [0x02200800]: hardware watchdog timer expired").come_up();
    says(&log, &[RESET, RUNNING]);
}

#[test]
fn a_forced_shutdown_does_not_raise_the_cap_of_a_machine_that_relinquishes() {
    let mut log = Log::new();
    log.boot(0).life(3).pid1("Forcibly rebooting: unit x.service failed").closes();
    for _ in 0..2 {
        log.boot(30).life(3).request("reboot").stops().relinquish();
    }
    log.boot(30);
    let reports = says(&log, &[REBOOTED, REBOOTED, REBOOTED, RUNNING]);
    assert_eq!(reports.iter().map(|report| report.cap.stage).collect::<Vec<_>>(), [S3, S2, S2, S2]);
}

#[test]
fn each_machine_has_a_newest_boot_of_its_own() {
    let mut log = Log::new();
    log.machine('a').boot(0).life(3).machine('b').boot(0).life(3).shuts_down("halt", "halt.target").boot(9);
    says(&log, &[RUNNING, orderly(Action::Halt), RUNNING]);
}

#[test]
fn names_in_the_kernels_log_take_no_shutdown_further() {
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").stops().kmsg("3", "systemd", "Reached target System Power Off.").boot(60);
    let reports = says(&log, &[incomplete(Action::Reboot), RUNNING]);
    assert_eq!(reports[0].stage, Some(S1));
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").stops().pid1("Shutting down.");
    log.kmsg("3", "systemd", "Reached target System Power Off.").boot(60);
    has(&says(&log, &[REBOOTED, RUNNING])[0], "reached.poweroff");
}

#[test]
fn a_shutdown_out_of_emergency_mode_is_orderly() {
    let mut log = Log::new();
    log.kernel_boot(0).unit(STOPPED, "basic.target", "Stopped target Basic System.");
    log.unit(STARTED, "emergency.target", "Reached target Emergency Mode.").after(30);
    log.unit(STARTED, "umount.target", "Reached target Unmount.").unit(
        STARTED,
        "reboot.target",
        "Reached target Reboot.",
    );
    log.closes().boot(60);
    says(&log, &[REBOOTED, RUNNING]);
}

#[test]
fn the_end_lies_between_the_last_entry_and_the_next_kernel() {
    let mut log = Log::new();
    log.boot(0).life(3).boot(40);
    let reports = says(&log, &[UNTOLD, RUNNING]);
    let death = reports[0].death.as_ref().unwrap();
    assert_eq!((death.from.0, death.to.unwrap().0), (reports[0].boot.last.realtime.0, death.from.0 + 40_000_000));
    assert_eq!(reports[0].silence.longest_before_us, 60_001_000);
    assert_eq!(reports[0].silence.until_next_us, Some(40_000_000));
}

#[test]
fn a_silence_is_told_where_it_reaches_into_the_last_minutes() {
    let longest = |last: u64| {
        let mut log = Log::new();
        log.boot(0).life(3).after(3600).life(last).boot(40);
        judge(&log.listed(), 0).unwrap().silence.longest_before_us
    };
    assert_eq!(longest(20), 60_001_000, "an hour's silence before");
    assert!(longest(5) > 3_600_000_000, "one that reaches into them");
}

#[test]
fn there_is_no_report_on_a_boot_that_is_not_there() {
    assert!(judge(&Log::new().listed(), 0).is_none());
}

#[test]
fn the_words_of_the_report_are_those_of_the_taxonomy() {
    let mut log = Log::new();
    log.boot(0).life(3).stops().ends("poweroff.target").boot(60);
    let json = serde_json::to_value(says(&log, &[orderly(Action::Poweroff), RUNNING])).unwrap();
    let ended = &json[0]["ending"];
    assert_eq!((&ended["orderliness"], &ended["action"]), (&"orderly".into(), &"poweroff".into()));
    assert_eq!((&ended["cause"], &ended["confidence"]), (&"undetermined.orderly".into(), &"undetermined".into()));
    assert_eq!(ended["initiator"], "unknown");
    let running = serde_json::json!({
        "orderliness": "running",
        "cause": "none.still-running",
        "headline": "Still running when the files were copied.",
        "candidates": [],
        "contributing": [],
    });
    assert_eq!(json[1]["ending"], running);
    assert_eq!(json[0]["evidence"][0]["strength"], "strong");
    assert_eq!(json[0]["evidence"][0]["line"]["unit"], "multi-user.target");
    assert_eq!(serde_json::to_value(incomplete(Action::PowerCut).orderliness).unwrap(), "orderly-incomplete");
    assert_eq!(serde_json::to_value(Action::PowerCut).unwrap(), "power-cut");
}

#[test]
fn what_showed_in_a_boot_is_counted_over_its_whole_life() {
    let mut log = Log::new();
    log.boot(0);
    for _ in 0..40 {
        log.kernel("hwmon hwmon1: Undervoltage detected!").after(30).kernel("hwmon hwmon1: Voltage normalised");
        log.life(10);
    }
    log.service("app.service", "app", "hwmon hwmon1: Undervoltage detected!");
    log.pid1("gate.service: Watchdog timeout (limit 30s)!").boot(60).life(3);
    let source = log.listed();
    let history = crate::analysis::Occurrences::of(&source, crate::analysis::Rulebook::builtin());
    let counts: Vec<(&str, usize)> =
        history.boot(0).iter().map(|known| (known.rule.id.as_str(), known.times.len())).collect();
    // Their ends count as well: they tell how long each lasted.
    assert_eq!(counts, [("power.undervoltage", 40), ("power.normal", 40), ("unit.watchdog", 1)]);
    assert!(history.boot(1).is_empty());
}
