//! What stands near an end and is of something else: an older fault, another boot's doing, a habit of the machine.

use super::super::{Action, Cause, Condition, Confidence, Initiator, Orderliness, Postmortem, judge};
use super::log::{Log, STARTED, STOPPED, STOPPING};
use super::requests::sudo;
use Confidence::{Likely, Possible, Proven, Undetermined};

const TERMINATED: &str = "sysrq: Terminate All Tasks";
const JOURNAL_STOPPED: &str = "d93fb3c9c24d451a97cea615ce59c00b";

fn judged(log: &Log, boot: usize) -> Postmortem {
    judge(&log.listed(), boot).unwrap()
}

#[track_caller]
fn is(report: &Postmortem, cause: Cause, confidence: Confidence) {
    let ending = &report.ending;
    assert_eq!((ending.cause, ending.confidence), (cause, Some(confidence)), "{}", ending.headline);
}

fn may_be(report: &Postmortem, cause: Cause) -> bool {
    report.ending.candidates.contains(&Condition::from(cause))
}

/// A boot with these lines between an ordinary life and an abrupt end.
fn cut(lines: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(9);
    lines(&mut log);
    judged(log.boot(600).life(1), 0)
}

#[test]
fn a_signal_of_the_keys_comes_from_a_containers_manager() {
    let interrupted = |kind: Option<&str>, message: &str| {
        let mut log = Log::new();
        log.boot(0);
        kind.into_iter().for_each(|kind| {
            log.pid1(&format!("Detected virtualization {kind}.")).after(1);
        });
        log.life(9).pid1(message).stops().ends("reboot.target").boot(30).life(1);
        judged(&log, 0)
    };
    let burst = "Rebooting immediately: Ctrl-Alt-Del was pressed more than 7 times within 2s";
    for message in ["Received SIGINT.", burst] {
        for kind in ["lxc", "podman", "docker", "systemd-nspawn"] {
            let stopped = interrupted(Some(kind), message);
            is(&stopped, Cause::RequestedContainerStop, Proven);
            assert_eq!(stopped.ending.initiator, Some(Initiator::HypervisorHost));
        }
        let pressed = interrupted(None, message);
        is(&pressed, Cause::RequestedKey, Proven);
        assert_eq!(pressed.ending.initiator, Some(Initiator::CtrlAltDel));
    }
}

/// What smartd says at a boot's start, and the boot's life.
fn counts<'l>(log: &'l mut Log, counter: &str, count: u32) -> &'l mut Log {
    let said = format!("Device: /dev/sda [SAT], {counter} = {count}");
    log.boot(60).service("smartd.service", "smartd", &said).life(9)
}

#[test]
fn a_drive_that_was_switched_off_before_the_end_counted_that() {
    let grew = |sleeps: bool, to: u32| {
        let mut log = Log::new();
        counts(&mut log, "Power_Cycle_Count", 100);
        if sleeps {
            log.falls_asleep().after(600).wakes().life(5);
        }
        counts(&mut log, "Power_Cycle_Count", to);
        judged(&log, 0)
    };
    is(&grew(false, 101), Cause::PowerLoss, Likely);
    for (sleeps, to) in [(true, 101), (true, 105), (false, 105), (false, 100)] {
        is(&grew(sleeps, to), Cause::UndeterminedAbrupt, Undetermined);
    }
}

#[test]
fn a_drive_that_counts_each_orderly_end_tells_nothing_of_the_others() {
    let grew = |counter: &str, target: &str, over_orderly: u32| {
        let mut log = Log::new();
        let mut count = 100;
        for _ in 0..2 {
            counts(&mut log, counter, count).stops().ends(target);
            count += over_orderly;
        }
        counts(&mut log, counter, count);
        counts(&mut log, counter, count + 1);
        judged(&log, 2)
    };
    for (counter, target) in [("Power_Cycle_Count", "reboot.target"), ("Unsafe_Shutdowns", "poweroff.target")] {
        is(&grew(counter, target, 1), Cause::UndeterminedAbrupt, Undetermined);
        is(&grew(counter, target, 0), Cause::PowerLoss, Likely);
    }
    is(&grew("Power_Cycle_Count", "poweroff.target", 1), Cause::PowerLoss, Likely);
}

#[test]
fn a_step_of_a_normalised_attribute_is_no_loss_of_power() {
    let told = |message: &str| {
        let mut log = Log::new();
        log.boot(0).life(9).boot(60).service("smartd.service", "smartd", message).life(1);
        judged(&log, 0)
    };
    let step = "Device: /dev/sda [SAT], SMART Usage Attribute: 12 Power_Cycle_Count changed from 94 to 93";
    is(&told(step), Cause::UndeterminedAbrupt, Undetermined);
    is(&told("Device: /dev/nvme0, Unsafe_Shutdowns changed from 12 to 13"), Cause::PowerLoss, Likely);
}

#[test]
fn what_the_next_boot_came_up_with_did_not_end_an_abrupt_one() {
    let detected = ("rollback-health", "HUP detected. Running healthchecks after 60 seconds", Cause::UpdateOsImage);
    let text = "Rollback: Looks like we are running in altboot mode. Running hooks to recover bootfiles";
    let fallen_back = ("rollback-altboot", text, Cause::UpdateRollbackAltboot);
    for (by, message, cause) in [detected, fallen_back] {
        for sagged in [false, true] {
            let mut log = Log::new();
            log.boot(0).life(9);
            if sagged {
                log.kernel("hwmon hwmon1: Undervoltage detected!");
            }
            log.boot(60).service(&format!("{by}.service"), by, message).life(1);
            let report = judged(&log, 0);
            let (named, confidence) =
                if sagged { (Cause::PowerUndervoltage, Likely) } else { (Cause::UndeterminedAbrupt, Undetermined) };
            is(&report, named, confidence);
            assert!(may_be(&report, cause), "{by}");
        }
    }
}

#[test]
fn a_battery_too_low_to_boot_ends_its_own_boot_and_not_the_one_before() {
    let by = [("_TRANSPORT", "journal"), ("_SYSTEMD_UNIT", "systemd-battery-check.service"), ("_UID", "0")];
    let said = [("MESSAGE_ID", "267437d33fdd41099ad76221cc24a335"), ("MESSAGE", "Battery level critically low.")];
    let powers_off = [&by[..], &said].concat();
    let mut log = Log::new();
    log.boot(0).life(9).kernel_boot(60).line(&powers_off).stops().ends("poweroff.target").boot(9000).life(1);
    let cut = judged(&log, 0);
    is(&cut, Cause::UndeterminedAbrupt, Undetermined);
    assert!(may_be(&cut, Cause::PowerBatteryLow));
    is(&judged(&log, 1), Cause::PowerBatteryLow, Proven);
}

#[test]
fn a_taint_is_as_old_as_its_oops() {
    const OOPS: &str = "BUG: kernel NULL pointer dereference, address: 0000000000000008";
    const TAINTED: &str = "CPU: 1 PID: 88 Comm: kworker/1:1 Tainted: G      D W   6.1.0-28-amd64 #1";
    let after = |minutes: u64| {
        cut(|log| {
            log.kernel(OOPS).life(minutes).kernel(TAINTED);
        })
    };
    is(&after(0), Cause::KernelOops, Likely);
    let old = after(400);
    is(&old, Cause::UndeterminedAbrupt, Undetermined);
    assert!(old.ending.contributing.contains(&Cause::KernelOops.into()));
    let alone = cut(|log| {
        log.kernel(TAINTED);
    });
    is(&alone, Cause::KernelOops, Possible);
}

/// The end of a machine that runs from an SD card, after these lines of the kernel's.
fn from_card(lines: &[&str], seconds: u64) -> Postmortem {
    from_card_called("/dev/mmcblk0p2", lines, seconds)
}

fn from_card_called(root: &str, lines: &[&str], seconds: u64) -> Postmortem {
    let mut log = Log::new();
    log.kernel_boot(0).kernel(&format!("Command line: root={root} ro quiet"));
    log.kernel("mmc0: new ultra high speed SDR104 SDHC card at address aaaa")
        .kernel("mmcblk0: mmc0:aaaa SL16G 14.8 GiB")
        .kernel("EXT4-fs (mmcblk0p2): mounted filesystem with ordered data mode.");
    log.kernel("mmc1: new high speed SDIO card at address 0001").after(5).come_up().life(9);
    lines.iter().for_each(|line| {
        log.kernel(line);
    });
    if seconds > 0 {
        log.after(seconds).service("app.service", "app", "poll ok");
    }
    judged(log.boot(600).life(1), 0)
}

#[test]
fn a_card_that_is_none_of_the_systems_ended_nothing() {
    const OWN: &str = "mmc0: card aaaa removed";
    const ERROR: &str = "I/O error, dev mmcblk0, sector 1234 op 0x1:(WRITE) flags 0x800";
    is(&from_card(&[OWN], 0), Cause::StorageRemoved, Likely);
    is(&from_card(&[OWN], 1), Cause::StorageRemoved, Likely);
    is(&from_card(&[OWN, ERROR], 5), Cause::StorageRemoved, Likely);
    let back = "mmc0: new ultra high speed SDR104 SDHC card at address aaaa";
    for (lines, seconds) in
        [(&["mmc1: card 0001 removed"][..], 0), (&["mmc2: card b368 removed"], 0), (&[OWN, back], 0), (&[OWN], 5)]
    {
        let other = from_card(lines, seconds);
        is(&other, Cause::UndeterminedAbrupt, Undetermined);
        assert!(other.ending.contributing.contains(&Cause::StorageRemoved.into()), "{lines:?}");
    }
    let by_id = |removed| from_card_called("PARTUUID=1f2e3d4c-02", &[removed], 0);
    is(&by_id(OWN), Cause::StorageRemoved, Likely);
    is(&by_id("mmc2: card b368 removed"), Cause::UndeterminedAbrupt, Undetermined);
}

#[test]
fn what_the_kernel_and_pid_1_say_all_the_time_led_to_no_end() {
    let says = |line: fn(&mut Log), always: bool| {
        let mut log = Log::new();
        for boot in 0..2 {
            log.boot(600);
            for _ in 0..40 {
                log.life(1);
                if always {
                    line(&mut log);
                }
            }
            if boot == 0 {
                log.shuts_down("reboot", "reboot.target");
            }
        }
        line(&mut log);
        judged(log.boot(7200).life(1), 1)
    };
    let fails = |log: &mut Log| {
        log.pid1("Failed to ping hardware watchdog, ignoring: Inappropriate ioctl for device");
    };
    let unfed = |log: &mut Log| {
        let id = ("MESSAGE_ID", "8739789eca064325af15a8ed0ecfc556");
        log.line(&[("_PID", "1"), ("_COMM", "systemd"), id, ("MESSAGE", "Failed to ping.")]);
    };
    let syncs = |log: &mut Log| {
        log.kernel("sysrq: Emergency Sync");
    };
    for (line, cause) in [
        (fails as fn(&mut Log), Cause::WatchdogHardware),
        (unfed, Cause::WatchdogHardware),
        (syncs, Cause::RequestedForced),
    ] {
        is(&says(line, false), cause, Likely);
        let usual = says(line, true).ending;
        is_open(&usual, cause);
    }
}

/// Nothing names a cause, and this one neither contributed nor is excluded.
#[track_caller]
fn is_open(ending: &super::super::Ending, cause: Cause) {
    assert_eq!(ending.cause, Cause::UndeterminedAbrupt, "{cause}: {}", ending.headline);
    assert!(ending.candidates.contains(&cause.into()) && !ending.contributing.contains(&cause.into()), "{cause}");
}

#[test]
fn a_machine_that_left_its_graphical_mode_and_lives_on_is_not_shut_down() {
    let left = |minutes: u64, asked: bool, more: &[&str]| {
        let mut log = Log::new();
        log.boot(0).unit(STARTED, "graphical.target", "Reached target Graphical Interface.").life(9);
        if asked {
            log.request("reboot");
        }
        for target in [&["graphical.target"], more].concat() {
            log.unit(STOPPED, target, "Stopped target.");
        }
        judged(log.life(minutes).boot(600).life(1), 0).ending.orderliness
    };
    assert_eq!(left(2, false, &[]), Orderliness::Abrupt);
    assert_eq!(left(30, false, &[]), Orderliness::Abrupt);
    assert_eq!(left(0, false, &[]), Orderliness::OrderlyIncomplete, "what stops next was not written yet");
    assert_eq!(left(2, true, &[]), Orderliness::OrderlyIncomplete, "somebody asked for a shutdown");
    assert_eq!(left(2, false, &["multi-user.target"]), Orderliness::OrderlyIncomplete);
}

#[test]
fn what_is_asked_for_after_the_graphical_mode_was_left_set_the_end_going() {
    let ends = |seconds: u64| {
        let mut log = Log::new();
        log.boot(0).life(9).unit(STOPPED, "graphical.target", "Stopped target Graphical Interface.").life(4);
        let reboot = "  pi : TTY=pts/0 ; PWD=/home/pi ; USER=root ; COMMAND=/sbin/reboot";
        sudo(&mut log, &[("_SYSTEMD_UNIT", "session-2.scope")], reboot);
        log.after(seconds).service("cron.service", "CRON", "session closed").boot(600).life(1);
        let ending = judged(&log, 0).ending;
        (ending.orderliness, ending.cause, ending.initiator)
    };
    assert_eq!(ends(2), (Orderliness::OrderlyIncomplete, Cause::RequestedUser, Some(Initiator::UserCli)));
    assert_eq!(ends(60).0, Orderliness::Abrupt, "nothing came of it");
}

#[test]
fn a_machine_that_was_up_got_further_than_the_rescue_mode_that_it_was_rebooted_from() {
    let from = |came_up: bool| {
        let mut log = Log::new();
        if came_up {
            log.boot(0).life(9).unit(STOPPED, "multi-user.target", "Stopped target Multi-User System.");
        } else {
            log.kernel_boot(0).unit(STARTED, "basic.target", "Reached target Basic System.");
        }
        log.unit(STARTED, "rescue.target", "Reached target Rescue Mode.").after(200);
        log.request("reboot").ends("reboot.target").boot(30).life(1);
        let report = judged(&log, 0);
        assert_eq!(report.ending.orderliness, Orderliness::Orderly, "{}", report.headline);
        report.ending.contributing.contains(&Cause::BootFailedEmergency.into())
    };
    assert!(!from(true));
    assert!(from(false));
}

#[test]
fn the_kernel_says_whether_it_protects_the_hardware_by_a_restart() {
    for (why, cause) in [("Temperature too high", Cause::ThermalOrderly), ("under voltage", Cause::PowerUndervoltage)] {
        for (what, action) in [("reboot", Action::Reboot), ("shutdown", Action::Poweroff)] {
            let mut log = Log::new();
            log.boot(0).life(9).kernel(&format!("reboot: HARDWARE PROTECTION {what} ({why})")).stops().boot(60).life(1);
            let report = judged(&log, 0);
            assert_eq!((report.ending.cause, report.ending.action), (cause, Some(action)), "{}", report.headline);
        }
    }
}

#[test]
fn all_processes_that_a_person_ends_by_sysrq_are_no_shutdown() {
    let stops = |log: &mut Log| {
        log.kmsg("5", "systemd-journald", "Received SIGTERM.").driver(JOURNAL_STOPPED, "Journal stopped");
    };
    let killed = cut(|log| stops(log.kernel(TERMINATED)));
    is(&killed, Cause::RequestedForced, Likely);
    assert_eq!(killed.ending.orderliness, Orderliness::Abrupt);
    assert_eq!(cut(stops).ending.orderliness, Orderliness::Orderly);
    let later = cut(|log| stops(log.kernel(TERMINATED).life(1)));
    assert_eq!(later.ending.orderliness, Orderliness::Orderly, "journald had outlived that");
    let asked = cut(|log| {
        log.kernel(TERMINATED).request("reboot").stops().ends("reboot.target");
    });
    assert_eq!(asked.ending.orderliness, Orderliness::Orderly);
}

#[test]
fn a_power_off_by_sysrq_is_forced() {
    let off = cut(|log| {
        log.kernel("sysrq: Power Off");
    });
    is(&off, Cause::RequestedForced, Likely);
    assert_eq!(off.ending.orderliness, Orderliness::Abrupt);
    assert_eq!(off.ending.action, Some(Action::Poweroff));
    let reset = cut(|log| {
        log.kernel("sysrq: Resetting");
    });
    assert_eq!(reset.ending.action, Some(Action::Reset));
}

#[test]
fn services_that_are_stopped_to_start_again_are_no_shutdown() {
    let stopped = |job: &str| {
        cut(|log| {
            for service in ["ssh.service", "cron.service", "dbus.service", "rsyslog.service", "chrony.service"] {
                for (id, says) in [(STOPPING, "Stopping"), (STOPPED, "Stopped")] {
                    let by = [("_PID", "1"), ("_COMM", "systemd"), ("MESSAGE_ID", id), ("UNIT", service)];
                    log.line(&[&by[..], &[("JOB_TYPE", job), ("MESSAGE", says)]].concat());
                }
            }
        })
    };
    assert_eq!(stopped("restart").ending.orderliness, Orderliness::Abrupt);
    assert_eq!(stopped("stop").ending.orderliness, Orderliness::OrderlyIncomplete);
}
