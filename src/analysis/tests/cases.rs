//! Hand-made logs by name, for the catalogue's rules of what no single line shows.

use super::log::{Log, STARTED, STOPPED};
use crate::analysis::FileState;

/// A log, and the name by which the catalogue calls it.
type Case = (&'static str, fn(&mut Log) -> &mut Log);

/// All of them.
pub(super) const ALL: &[Case] = &[
    ("targets-stopped", |log| log.boot(0).life(9).shuts_down("reboot", "reboot.target").boot(33).life(1)),
    ("services-stopped", |log| log.boot(0).life(3).service_stops()),
    ("services-restarted", |log| log.boot(0).life(3).service_stops().come_up().life(1)),
    ("relinquished", |log| relinquish(relinquish(log.boot(0))).life(1)),
    ("cut-short", |log| {
        log.boot(0).life(3).shuts_down("reboot", "reboot.target").boot(30).life(3);
        log.request("reboot").stops().relinquish().set_aside().kernel_boot(60).finds_unclean().come_up()
    }),
    ("died-idle", |log| log.boot(0).life(9).boot(900).life(1)),
    ("died-busy", |log| log.boot(0).life(9).set_aside().kernel_boot(40).recovers().finds_unclean().come_up()),
    ("journald-killed", |log| {
        log.boot(0).life(3).set_aside().driver("f77379a8490b408bbe5f6940505a777b", "Journal started");
        log.finds_unclean().life(3).boot(60)
    }),
    ("vacuumed", |log| log.boot(0).life(3).skip(500).file("system@2.journal", FileState::Archived).boot(600)),
    ("read-only", |log| log.boot(0).life(3).kernel(READ_ONLY).boot(9000)),
    ("read-only-long-before", |log| log.boot(0).kernel(READ_ONLY).life(30).boot(60)),
    ("fell-asleep", |log| log.boot(0).life(3).falls_asleep().boot(300)),
    ("woke", |log| log.boot(0).life(3).falls_asleep().set_clock(28_800_000).wakes().life(10).boot(300)),
    ("panicked-last", |log| log.boot(0).life(3).kernel("Kernel panic - not syncing: Fatal exception")),
    ("oops-survived", |log| dump(oops(log.boot(0)).life(30).boot(60))),
    ("oops-at-the-end", |log| dump(oops(log.boot(0).life(30)).boot(60))),
    ("emergency", |log| emergency(log).after(60).kernel("random: crng init done").boot(600)),
    ("emergency-for-long", |log| emergency(log).after(3600).kernel("random: crng init done").boot(600)),
    ("out-of-memory", |log| log.boot(0).pid1(ARMED).life(9).kernel(OUT_OF_MEMORY).boot(60)),
    ("out-of-memory-unarmed", |log| log.boot(0).life(9).kernel(OUT_OF_MEMORY).boot(60)),
    ("out-of-memory-long-before", |log| log.boot(0).pid1(ARMED).kernel(OUT_OF_MEMORY).life(9).boot(60)),
    ("watchdog-closed", |log| log.boot(0).life(9).kernel(CLOSED).life(1).boot(60)),
    ("watchdog-closed-long-before", |log| log.boot(0).life(9).kernel(CLOSED).life(5).boot(60)),
    ("two-at-once", |log| {
        log.machine('a').boot(0).life(9).after(1).set_clock(-546_000).machine('b').boot(0).life(9);
        log.machine('a').boot(600).machine('b').boot(600)
    }),
    ("two-minutes-apart", |log| {
        log.machine('a').boot(0).life(9).machine('b').boot(0).life(9);
        log.machine('a').boot(600).machine('b').boot(600)
    }),
    ("quick-restarts", |log| restarts(log, [25, 26, 24])),
    ("slow-restarts", |log| restarts(log, [300, 301, 299])),
    ("irregular-restarts", |log| restarts(log, [25, 66, 12])),
    ("off-for-hours", |log| log.boot(30).life(20).boot(4 * 3600).life(1)),
    ("silent-processor", |log| {
        log.kernel_boot(30).kernel(RESET).after(5).come_up().life(20).boot(60).life(20);
        log.kernel_boot(60).kernel(RESET).after(5).come_up().life(1)
    }),
    ("three-short-lives", |log| log.boot(0).life(2).boot(40).life(1).boot(70).life(2).boot(50).life(1)),
    ("three-steps", |log| {
        for _ in 0..3 {
            log.boot(30).life(2).stops().ends("reboot.target");
        }
        log.boot(30).life(1)
    }),
    ("clock-set", |log| log.boot(0).life(10).set_clock(-420_000).life(3).boot(900)),
    ("drive-counted", |log| counts(counts(log, &[("/dev/nvme0", 12)]), &[("/dev/nvme0", 13)])),
    ("drive-same", |log| counts(counts(log, &[("/dev/nvme0", 12)]), &[("/dev/nvme0", 12)])),
    ("drives-swapped", |log| {
        let before = counts(log, &[("/dev/nvme0", 12), ("/dev/nvme1", 40)]);
        counts(before, &[("/dev/nvme0", 40), ("/dev/nvme1", 12)])
    }),
    ("another-kernel", |log| {
        log.boot(0).life(9).shuts_down("reboot", "reboot.target").starts(30, "6.10.1-arch1-1").after(5).come_up()
    }),
];

const READ_ONLY: &str = "EXT4-fs (mmcblk0p2): Remounting filesystem read-only";
const ARMED: &str = "Watchdog running with a hardware timeout of 10s.";
const OUT_OF_MEMORY: &str = "Out of memory: Killed process 1844 (edge-app) total-vm:7391244kB, anon-rss:6810112kB";
const CLOSED: &str = "watchdog: watchdog0: watchdog did not stop!";
const RESET: &str =
    "x86/amd: Previous system reset reason [0x00080800]: software wrote 0x6 to reset control register 0xCF9";

/// A shutdown of a machine that relinquishes its journal, and the next boot.
fn relinquish(log: &mut Log) -> &mut Log {
    log.life(3).request("reboot").stops().relinquish().boot(30)
}

fn oops(log: &mut Log) -> &mut Log {
    let kernel = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "0"), ("PRIORITY", "1")];
    let oops = [("MESSAGE", "BUG: kernel NULL pointer dereference, address: 0000000000000000")];
    log.line(&[&kernel[..], &oops].concat())
}

fn dump(log: &mut Log) -> &mut Log {
    let moved = "PStore dmesg-ramoops-0 moved to /var/lib/systemd/pstore/0";
    log.service("systemd-pstore.service", "systemd-pstore", moved)
}

fn emergency(log: &mut Log) -> &mut Log {
    log.kernel_boot(0).unit(STARTED, "basic.target", "Reached target Basic System.");
    let failed = [("MESSAGE_ID", "be02cf6855d2428ba40df7e9d022f03d"), ("UNIT", "local-fs.target")];
    let said = [("JOB_RESULT", "dependency"), ("MESSAGE", "Dependency failed for Local File Systems.")];
    log.line(&[&[("_PID", "1"), ("_COMM", "systemd")][..], &failed, &said].concat());
    log.unit(STOPPED, "basic.target", "Stopped target Basic System.").service_stops();
    log.unit(STARTED, "emergency.target", "Reached target Emergency Mode.")
}

/// Boots with a watchdog of 10 s that died, each followed by a gap, and one that runs.
fn restarts(log: &mut Log, gaps: [u64; 3]) -> &mut Log {
    log.boot(30).pid1(ARMED).life(20);
    for gap in gaps {
        log.boot(gap).pid1(ARMED).life(20);
    }
    log
}

/// A boot in which smartd tells what drives counted.
fn counts<'l>(log: &'l mut Log, drives: &[(&str, u32)]) -> &'l mut Log {
    log.boot(60);
    for (device, count) in drives {
        log.service("smartd.service", "smartd", &format!("Device: {device}, Unsafe Shutdowns: {count}"));
    }
    log.life(9)
}
