//! What happens within a boot and is no end; and sleep that was one.

use super::super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::super::host::{Host, Program};
use super::super::machine::{Left, Machine};
use super::super::phases::{EXIT, RESTART as RESTARTED, RESULT};
use super::super::scene::{Scene, Seen, holds};
use super::{lived, one_boot, running, torn};

const START: &str = "2026-05-12T05:00:00Z";

const LAPTOP: Host = Host { name: "laptop-17", kernel: "6.9.5-arch1-1", ..Host::PC };

pub(super) fn never_resumed() -> Scene {
    let ending = lived(Boot::new(LAPTOP, START), 2 * HOUR).falls_asleep();
    let next = running(Boot::after(&ending, 5 * MINUTE).after_crash());
    torn(&ending, &next)
}

fn no_long_gap(seen: &Seen) -> Result<(), String> {
    let silence = &seen.whys[0]["silence"]["longest_before_us"];
    holds(silence.as_u64() < Some(30 * MINUTE), format!("a silence of {silence} µs is reported"))?;
    let gap = &seen.rows[0]["gap_us"];
    holds(gap.as_u64().is_none_or(|gap| gap < 30 * MINUTE), format!("a gap of {gap} µs is reported"))
}

pub(super) fn slept_and_woke() -> Scene {
    let only = lived(Boot::new(LAPTOP, START), 2 * HOUR).falls_asleep().wakes(8 * HOUR).life(7 * MINUTE);
    Scene::from(Machine::new("").online(&[&only]))
        .also("one boot", one_boot)
        .also("no gap is reported for the time asleep", no_long_gap)
}

/// PID 1 kills a service that does not answer, and starts it again.
fn watchdog_kills(boot: Boot, unit: &str, limit: &str, signal: &str) -> Boot {
    let of = |text: &str| format!("{unit}: {text}");
    let boot = boot.pid1(3, &of(&format!("Watchdog timeout (limit {limit})!")), &[("UNIT", unit)]);
    let boot =
        boot.pid1(5, &of(&format!("Killing process 1202 with signal {signal}.")), &[("UNIT", unit)]).wait(2 * SECOND);
    let exited = of("Main process exited, code=killed, status=6/ABRT");
    let boot = boot.pid1(5, &exited, &[("UNIT", unit), ("MESSAGE_ID", EXIT)]);
    let failed = [("UNIT", unit), ("MESSAGE_ID", RESULT), ("UNIT_RESULT", "watchdog")];
    let boot = boot.pid1(4, &of("Failed with result 'watchdog'."), &failed).wait(SECOND);
    let again = [("UNIT", unit), ("MESSAGE_ID", RESTARTED), ("N_RESTARTS", "1")];
    boot.pid1(6, &of("Scheduled restart job, restart counter is at 1."), &again)
}

pub(super) fn engine_watchdog() -> Scene {
    let boot = lived(Boot::new(Host::BALENA, START), 2 * HOUR).wait(6 * MINUTE);
    let boot = watchdog_kills(boot, "balena.service", "6min", "SIGTERM");
    let only = boot.starting("balena.service", Program::ENGINE.description).wait(4 * SECOND);
    let only = only.started("balena.service", Program::ENGINE.description).life(25 * MINUTE);
    Scene::from(Machine::new("").online(&[&only])).also("one boot", one_boot)
}

/// A device without a clock of its own starts 42 minutes in the past, and learns the time after 8 seconds.
pub(super) fn clock_step() -> Scene {
    let host =
        Host { hardware: &[(0, "Machine model: Raspberry Pi 4 Model B Rev 1.4")], disk: "mmcblk0p6", ..Host::BALENA };
    let boot = Boot::new(host, "2026-05-12T12:00:34Z").up();
    let boot = if boot.monotonic() < 8 * SECOND { boot.clone().wait(8 * SECOND - boot.monotonic()) } else { boot };
    let boot = boot.says(Program::CHRONYD, "Selected source 192.0.2.1 (0.resinio.pool.ntp.org)");
    let boot =
        boot.writes(Program::CHRONYD, 4, "System clock wrong by 2546.206649 seconds", &[]).set_clock(2_546_206_649);
    let boot = boot.writes(Program::CHRONYD, 4, "System clock was stepped by 2546.206649 seconds", &[]);
    let only = boot.life(17 * MINUTE);
    Scene::from(Machine::new("").online(&[&only]))
        .also("clock label synced@+…", |seen| {
            let label = seen.rows[0]["clock"].as_str().unwrap_or_default();
            holds(label.starts_with("synced@+"), format!("the label is `{label}`"))
        })
        .also("the start is projected back from the synchronised clock", |seen| {
            let (start, wanted) = (seen.rows[0]["start"].as_u64().unwrap_or_default(), "2026-05-12T12:43:00Z");
            let wanted: jiff::Timestamp = wanted.parse().unwrap();
            let off = start.abs_diff(u64::try_from(wanted.as_microsecond()).unwrap());
            holds(off < 3 * SECOND, format!("the start {start} is {} s from 12:43", off / SECOND))
        })
        .also("no gap of 42 min is reported", no_long_gap)
}

/// Storage stalls, PID 1 kills journald, and the next journald sets the file of the same boot aside.
pub(super) fn journald_killed() -> Scene {
    let mut boot = lived(Boot::new(Host::PC, START), 3 * HOUR);
    for task in ["txg_sync:1043", "z_wr_iss:988"] {
        boot = boot.kernel(3, &format!("INFO: task {task} blocked for more than 120 seconds."));
        boot = boot.kernel(3, "      Tainted: P           OE      6.1.0-31-amd64 #1 Debian 6.1.128-1");
    }
    let before = boot.records().len();
    let boot = boot.wait(3 * MINUTE).journal_starts().renames();
    let boot = watchdog_kills(boot, "systemd-journald.service", "3min", "SIGABRT");
    let boot = boot.started("systemd-journald.service", "Journal Service").life(35 * MINUTE);
    let all = boot.records().len();
    let machine = Machine::new("").part(Left::Torn, &boot, 0..before).part(Left::Online, &boot, before..all);
    Scene::from(machine).also("one boot", one_boot)
}

/// Only userspace starts anew: the boot id stays.
pub(super) fn soft_reboot() -> Scene {
    let soft = [("MESSAGE_ID", "98268866d1d54a499c4e98921d93bc40"), ("SHUTDOWN", "soft-reboot")];
    let boot = lived(Boot::new(Host { systemd: "257.13-1~deb13u1", ..Host::PC }, START), 2 * HOUR);
    let boot = boot.writes(Program::LOGIND, 5, "System userspace is rebooting.", &soft).stops();
    let boot = boot.stopped("sysinit.target", "System Initialization").stopped("local-fs.target", "Local File Systems");
    let boot =
        boot.started("shutdown.target", "System Shutdown").started("soft-reboot.target", "Reboot System Userspace");
    let boot =
        boot.pid1(5, "Soft-rebooting.", &[]).journal_stops().wait(SECOND).journal_starts().services_start_again();
    let only = boot.life(25 * MINUTE);
    Scene::from(Machine::new("").online(&[&only]))
        .also("one boot", one_boot)
        .also("the soft-reboot is shown as an event", |seen| {
            seen.says(0, "soft-reboot").or_else(|_| seen.says(0, "userspace restart"))
        })
}

pub(super) fn still_running() -> Scene {
    let only = running(Boot::new(Host::PC, START));
    Machine::new("").online(&[&only]).into()
}
