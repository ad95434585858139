//! The causes that no scenario names, and those that come with their own consequences.

use super::super::{Cause, Confidence, Initiator, Only, Orderliness, Postmortem, judge};
use super::log::{Log, STARTED};
use Confidence::{Likely, Possible, Proven};

const ARMED: &str = "Watchdog running with a hardware timeout of 10s.";
const BUG: &str = "kernel BUG at mm/slub.c:379!";
const OPCODE: &str = "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI";
const SOFT: &str = "watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [app:777]";
const HARD: &str = "watchdog: Watchdog detected hard LOCKUP on cpu 3";
const FAULT: &str = "BUG: unable to handle page fault for address: ffff8881000000a0";
const MACHINE_CHECK: &str = "mce: [Hardware Error]: CPU 2: Machine Check Exception: 5 Bank 4: b200000000070f0f";
const OUT_OF_MEMORY: &str = "Out of memory: Killed process 1844 (edge-app) total-vm:7391244kB, anon-rss:6810112kB";
const STALL: &str = "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:";
const PRETIMEOUT: &str = "watchdog: watchdog0: pretimeout event";
const PANIC: &str = "Kernel panic - not syncing: watchdog pretimeout event";
const REMOVED: &str = "mmc0: card 0001 removed";
const IO_ERROR: &str = "I/O error, dev mmcblk0, sector 1234 op 0x1:(WRITE) flags 0x800";
const READ_ONLY: &str = "EXT4-fs (mmcblk0p2): Remounting filesystem read-only";

fn judged(log: &Log) -> Postmortem {
    judge(&log.listed(), 0).unwrap()
}

/// The cause of a boot that ends with these lines of the kernel's.
fn last_words(lines: &[&str]) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).pid1(ARMED).life(9);
    for line in lines {
        log.kernel(line);
    }
    log.boot(600).life(1);
    judged(&log)
}

#[track_caller]
fn is(report: &Postmortem, cause: Cause, confidence: Confidence) {
    let ending = &report.ending;
    assert_eq!((ending.cause, ending.confidence), (cause, Some(confidence)), "{}", ending.headline);
}

#[test]
fn what_a_cause_brings_about_is_no_rival_of_it() {
    let arm = "Internal error: Oops - BUG: 00000000f2000800 [#1] SMP";
    let newer = "Oops: invalid opcode: 0000 [#1] PREEMPT SMP NOPTI";
    for (lines, cause, confidence) in [
        (&[BUG, OPCODE][..], Cause::KernelBug, Likely),
        (&[BUG, newer], Cause::KernelBug, Likely),
        (&[BUG, arm], Cause::KernelBug, Likely),
        (&[HARD, SOFT], Cause::KernelLockupHard, Likely),
        (&[SOFT, HARD], Cause::KernelLockupHard, Likely),
        (&[OUT_OF_MEMORY, SOFT], Cause::MemoryThrash, Likely),
        (&[MACHINE_CHECK, FAULT], Cause::KernelMce, Possible),
        (&[REMOVED, IO_ERROR], Cause::StorageRemoved, Likely),
    ] {
        let report = last_words(lines);
        is(&report, cause, confidence);
        assert!(report.against.is_empty(), "{lines:?}: {:?}", report.against);
    }
    let lost = last_words(&[REMOVED, IO_ERROR, READ_ONLY]);
    is(&lost, Cause::StorageRemoved, Likely);
    assert_eq!(lost.ending.orderliness, Orderliness::Unknown);
    assert!(lost.ending.candidates.contains(&Cause::StorageReadonlyRemount.into()));
}

#[test]
fn what_the_kernel_says_last() {
    for (lines, cause, confidence) in [
        (&[BUG][..], Cause::KernelBug, Likely),
        (&[HARD], Cause::KernelLockupHard, Likely),
        (&[STALL], Cause::KernelRcuStall, Possible),
        (&[PRETIMEOUT, PANIC], Cause::WatchdogPretimeout, Proven),
        (&[REMOVED], Cause::StorageRemoved, Likely),
    ] {
        is(&last_words(lines), cause, confidence);
    }
}

#[test]
fn what_the_processor_recorded() {
    let reset = |reason: &str| {
        let mut log = Log::new();
        log.boot(0).life(9).kernel_boot(60).kernel(&format!("x86/amd: Previous system reset reason {reason}"));
        judged(log.after(5).come_up().life(1))
    };
    is(&reset("[0x00010800]: system reset pin BP_SYS_RST_L was tripped"), Cause::PowerResetPin, Likely);
    is(&reset("[0x04000800]: remote ASF reset command was received"), Cause::RequestedRemoteMgmt, Likely);
}

#[test]
fn short_lives_in_a_row_are_a_loop() {
    let mut log = Log::new();
    log.boot(0).life(2).boot(40).life(1).boot(70).life(2).boot(50).life(1);
    is(&judged(&log), Cause::BootCrashLoop, Possible);
}

/// A machine of some kind that shuts down in order, after `lines`.
fn shuts_down(kind: Option<&str>, asked: bool, lines: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0);
    kind.into_iter().for_each(|kind| {
        log.pid1(&format!("Detected virtualization {kind}."));
    });
    log.life(9);
    lines(&mut log);
    if asked {
        log.request("reboot");
    }
    judged(log.stops().ends("reboot.target").boot(30).life(1))
}

#[test]
fn who_asked_for_a_shutdown() {
    let supervisor = |log: &mut Log, said: &str| {
        log.service("balena-supervisor.service", "supervisor", said);
    };
    let hyper_v = shuts_down(Some("microsoft"), true, |log| {
        log.kernel("hv_utils: Restart request received - graceful restart initiated");
    });
    is(&hyper_v, Cause::RequestedHypervisor, Proven);
    let container = shuts_down(Some("lxc"), false, |log| {
        log.pid1("Received SIGRTMIN+5 from PID 0 (n/a).");
    });
    is(&container, Cause::RequestedContainerStop, Proven);
    let signal = shuts_down(None, false, |log| {
        log.pid1("Received SIGRTMIN+5 from PID 4242 (python3).");
    });
    is(&signal, Cause::RequestedApi, Proven);
    let configured = shuts_down(None, true, |log| {
        supervisor(log, "[info]    Reboot has been scheduled to apply changes: {\"gpu_mem\":64}");
        supervisor(log, "[info]    Rebooting");
    });
    is(&configured, Cause::UpdateConfigApply, Proven);
    let full =
        shuts_down(None, true, |log| supervisor(log, "[error]   Disk usage above 95%, rebooting to reclaim space"));
    is(&full, Cause::StorageFull, Likely);
}

#[test]
fn only_a_unit_that_is_known_for_a_watchdog_program_is_one_for_certain() {
    let by = |unit: &str| {
        shuts_down(None, false, |log| {
            log.pid1(&format!("{unit}: Start request repeated too quickly."));
            log.pid1(&format!("Rebooting: unit {unit} failed"));
        })
    };
    is(&by("gate.service"), Cause::PolicyStartLimit, Proven);
    for unit in ["disk-watchdogd.service", "watchdog.service", "watchdogd.service", "wd_keepalive.service"] {
        is(&by(unit), Cause::PolicyAppWatchdog, Proven);
    }
    for unit in ["nowatchdog-app.service", "rtc-watchdog-exporter.service", "mywatchdogged.service"] {
        let report = by(unit);
        is(&report, Cause::PolicyStartLimit, Likely);
        assert_eq!(report.ending.initiator, Some(Initiator::UnitAction));
        assert!(report.ending.candidates.contains(&Cause::PolicyAppWatchdog.into()), "{unit}");
    }
}

#[test]
fn a_wall_message_names_who_asked_unless_that_is_root() {
    let wall = |operator: &str, message: &str| {
        shuts_down(None, true, |log| {
            let by = [("_SYSTEMD_UNIT", "systemd-logind.service"), ("_COMM", "systemd-logind")];
            let said = [("MESSAGE_ID", "9e7066279dc8403da79ce4b1a69064b2"), ("ACTION", "reboot")];
            let session = [("SESSION_ID", "2"), ("USER_ID", "alice"), ("MESSAGE", "New session 2 of user alice.")];
            log.line(&[&by[..], &[("MESSAGE_ID", "8d45620c1a4348dbb17410da57c60c66")], &session].concat()).life(20);
            log.line(&[&by[..], &said, &[("OPERATOR", operator), ("MESSAGE", message)]].concat());
        })
    };
    let alice = wall("alice", "The system will reboot now!");
    is(&alice, Cause::RequestedUser, Likely);
    assert_eq!(alice.ending.initiator, Some(Initiator::UserCli));
    assert_eq!(alice.ending.candidates, [Cause::RequestedApi.into()]);
    is(&wall("root", "The system will reboot now!"), Cause::RequestedApi, Proven);
    is(&wall("alice", "The system will reboot at Tue 2026-05-12 05:29:00 UTC!"), Cause::RequestedScheduled, Proven);
}

#[test]
fn the_name_of_a_process_that_was_gone_before_journald_looked_counts_for_nothing() {
    for (ident, message) in [
        ("rollback-health", "Failed healthchecks. Rebooting to previous rootfs"),
        ("rollback-altboot", "Rollback: Rebooting system"),
        ("hostapp-update", "Rebooting now..."),
        ("safe_reboot", "Rebooting now..."),
    ] {
        let report = shuts_down(None, true, |log| {
            let by = [("_TRANSPORT", "syslog"), ("_PID", "4242"), ("_UID", "0"), ("SYSLOG_FACILITY", "1")];
            log.line(&[&by[..], &[("SYSLOG_IDENTIFIER", ident), ("MESSAGE", message)]].concat());
        });
        is(&report, Cause::RequestedApi, Proven);
    }
}

#[test]
fn a_boot_given_up_in_emergency_mode_has_that_mode_for_it() {
    let mut log = Log::new();
    log.kernel_boot(0).unit(STARTED, "emergency.target", "Reached target Emergency Mode.").after(60);
    log.kernel("random: crng init done").boot(600).life(1);
    let report = judged(&log);
    is(&report, Cause::BootFailedEmergency, Likely);
    assert!(report.against.is_empty(), "{:?}", report.against);
}

#[test]
fn a_machine_that_was_up_when_it_was_taken_to_rescue_mode_had_got_further() {
    for target in ["rescue.target", "emergency.target"] {
        let mut log = Log::new();
        log.boot(0).life(9).unit(STARTED, target, "Reached target.").after(60);
        log.kernel("usb 1-1: new device").boot(600).life(1);
        let report = judged(&log);
        assert_ne!(report.ending.cause, Cause::BootFailedEmergency, "{target}: {}", report.headline);
        assert!(!report.ending.contributing.contains(&Cause::BootFailedEmergency.into()), "{target}");
    }
}

#[test]
fn a_kill_for_lack_of_memory_ends_a_machine_only_where_a_watchdog_waited() {
    let judged = |armed: bool, group: bool| {
        let mut log = Log::new();
        log.boot(0);
        if armed {
            log.pid1(ARMED);
        }
        log.life(9);
        if group {
            let text = "Killed /user.slice due to memory pressure for /user.slice being 60.81% > 60.00% for > 20s";
            log.service("systemd-oomd.service", "systemd-oomd", text);
        } else {
            log.kernel(OUT_OF_MEMORY);
        }
        log.boot(60).life(1);
        let ending = judged(&log).ending;
        assert!(ending.contributing.contains(&Only::MemoryOomKill.into()), "{}", ending.headline);
        (ending.cause, ending.confidence)
    };
    assert_eq!(judged(true, false), (Cause::MemoryThrash, Some(Likely)));
    assert_eq!(judged(false, false), (Cause::MemoryThrash, Some(Possible)));
    assert_ne!(judged(true, true).0, Cause::MemoryThrash, "of one group");
    assert_ne!(judged(false, true).0, Cause::MemoryThrash);
}
