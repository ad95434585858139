//! Shutdowns that somebody asked for.

use super::super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::super::host::{Host, Program};
use super::super::machine::Machine;
use super::super::scene::{Scene, holds};
use super::{RESTART, clean, lived, running};

const START: &str = "2026-05-12T05:00:00Z";

pub(super) fn on_the_root_filesystem() -> Scene {
    let ending = lived(Boot::new(Host::PC, START), 3 * HOUR).shuts_down("reboot");
    let next = running(Boot::after(&ending, 33 * SECOND));
    clean(&ending, &next)
}

/// What the supervisor logs when its API is asked to restart the device.
fn restart_by_supervisor(boot: Boot) -> Boot {
    let boot = boot.says(Program::SUPERVISOR, "[api]     POST /v1/reboot 202 - 41.288 ms").wait(SECOND / 3);
    let container = [
        ("CONTAINER_NAME", "balena_supervisor"),
        ("CONTAINER_ID", "6695915148f4"),
        ("CONTAINER_TAG", "balena_supervisor"),
    ];
    let engine = Program { ident: "6695915148f4", transport: "journal", ..Program::ENGINE };
    let boot = boot.writes(engine, 6, "[info]    Rebooting", &container);
    boot.says(Program::SUPERVISOR, "[info]    Rebooting").wait(SECOND)
}

pub(super) fn relinquished() -> Scene {
    let died = |boot: Boot| restart_by_supervisor(boot).shuts_down_relinquished("reboot");
    let up = |boot: Boot, span| {
        let bind = Program { ident: "balena-persistent-logs", unit: "balena-persistent-logs.service", ..Program::APP };
        lived(boot, span).says(Program { uid: 0, ..bind }, "Persistent logging already activated.")
    };
    let earlier = died(up(Boot::new(Host::BALENA, START), 50 * MINUTE).life(4 * HOUR));
    let ending = died(up(Boot::after(&earlier, RESTART), 40 * MINUTE).life(20 * MINUTE));
    let next = up(Boot::after(&ending, RESTART), 9 * MINUTE).life(4 * MINUTE);
    let machine = Machine::new("").archived(&[&earlier, &ending]).online(&[&next]);
    Scene::from(machine).also("no boot is called unclean for lack of 'Journal stopped'", |seen| {
        let calm =
            |row: &serde_json::Value| ["orderly", "running"].iter().any(|word| row["ending"]["orderliness"] == *word);
        holds(seen.rows.iter().all(calm), "a boot is called unclean")
    })
}

/// The supervisor on a plain Debian, whose journal lies on the root filesystem.
pub(super) fn cut_short() -> Scene {
    let host = Host { services: Host::BALENA.services, ..Host::PC };
    let earlier = lived(Boot::new(host, START), 2 * HOUR).shuts_down("reboot");
    let ending = lived(Boot::after(&earlier, RESTART), HOUR);
    let ending = restart_by_supervisor(ending).shuts_down_relinquished("reboot");
    let next = running(Boot::after(&ending, 4 * MINUTE).after_crash());
    Machine::new("").archived(&[&earlier]).torn(&[&ending]).online(&[&next]).into()
}

/// Downstream kernels of the Raspberry Pi: 200 alarms over four days, each over after seconds.
pub(super) fn after_undervoltage_chatter() -> Scene {
    let host = Host { kernel: "4.19.127-v7l", ..Host::PI };
    let mut ending = Boot::new(host, "2026-05-08T05:00:00Z").up();
    for _ in 0..200 {
        ending = ending.life(27 * MINUTE).kernel(2, "Under-voltage detected! (0x00050005)").wait(4 * SECOND);
        ending = ending.kernel(6, "Voltage normalised (0x00000000)");
    }
    let ending = ending.life(19 * MINUTE).shuts_down("reboot");
    let next = running(Boot::after(&ending, RESTART));
    clean(&ending, &next)
}

/// The last program says no more than that the kernel dropped its filters, and hours go by.
pub(super) fn frozen_at_the_end() -> Scene {
    let ending = lived(Boot::new(Host::PC, START), 5 * HOUR).asked("reboot").stops().lets_go();
    let ending = ending.started("umount.target", "Unmount All Filesystems");
    let ending = ending.started("shutdown.target", "System Shutdown").started("final.target", "Late Shutdown Services");
    let mut ending = ending.started("reboot.target", "System Reboot").shutting_down();
    for program in 31..39 {
        ending = ending.audit("1334", "BPF", &format!("prog-id={program} op=UNLOAD"));
    }
    let next = running(Boot::after(&ending, 7 * HOUR));
    clean(&ending, &next)
}
