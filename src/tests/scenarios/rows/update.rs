//! Updates of balenaOS, and their rollbacks.

use super::super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::super::host::{Host, Program};
use super::super::machine::Machine;
use super::super::scene::{Scene, holds};
use super::{clean, lived, running};

const START: &str = "2026-05-12T05:00:00Z";
const OLD: &str = "6.1.83-yocto-standard";
const NEW: &str = "6.6.52-yocto-standard";

const fn script(ident: &'static str, unit: &'static str) -> Program {
    Program { ident, unit, exe: "/usr/bin/systemd-cat", uid: 0, ..Program::APP }
}

const UPDATE: Program = script("hostapp-update", "os-update.service");
const SAFE_REBOOT: Program = script("safe_reboot", "os-update.service");
const HEALTH: Program = script("rollback-health", "rollback-health.service");
const ALTBOOT: Program = script("rollback-altboot", "rollback-altboot.service");

/// The host update, and its orderly restart into the new OS.
fn updates(boot: Boot) -> Boot {
    let boot = boot.says(UPDATE, "Unpacking hostapp image...").wait(48 * SECOND);
    let boot =
        boot.says(UPDATE, "Loaded image: sha256:5b1f64c9ae025f2d9c1e8a474b1d9a5c3e6f7b20c4d10c6f1b3477f24c368bb1");
    let boot = boot.says(script("hostapp-update-hooks", UPDATE.unit), "0-bootfiles: updated /boot").wait(3 * SECOND);
    let boot = boot.says(SAFE_REBOOT, "Safe reboot requested, checking for user service locks...");
    let boot = boot.says(SAFE_REBOOT, "Checking all user services for present locks...").wait(SECOND);
    let boot = boot.says(SAFE_REBOOT, "No user service lock exists.").says(SAFE_REBOOT, "Rebooting now...");
    boot.wait(SECOND / 5).shuts_down_relinquished("reboot")
}

pub(super) fn new_os() -> Scene {
    let ending = updates(lived(Boot::new(Host::BALENA, START), 3 * HOUR));
    let next = Boot::after(&ending, 64 * SECOND).with_kernel(NEW).up();
    let next = next.says(HEALTH, "HUP detected. Running healthchecks after 60 seconds").wait(61 * SECOND);
    let next = next.says(HEALTH, "Running healthchecks to see if new system is stable").wait(4 * SECOND);
    let next = next.says(HEALTH, "new OS seems stable. Preventing further rollbacks").life(10 * MINUTE);
    clean(&ending, &next)
}

pub(super) fn rolled_back_by_health_checks() -> Scene {
    let mut ending = Boot::new(Host::BALENA, START).with_kernel(NEW).up();
    ending = ending.says(HEALTH, "HUP detected. Running healthchecks after 60 seconds").wait(61 * SECOND);
    for attempt in 1..=15 {
        ending = ending.says(HEALTH, &format!("Trying healthcheck again {attempt} of 15 attempts")).wait(58 * SECOND);
    }
    ending = ending.says(HEALTH, "Looks like we failed some health check. Rolling back").wait(5 * SECOND);
    ending = ending.says(HEALTH, "Failed healthchecks. Rebooting to previous rootfs").wait(SECOND / 5);
    let ending = ending.shuts_down_relinquished("reboot");
    let next = running(Boot::after(&ending, 64 * SECOND).with_kernel(OLD));
    clean(&ending, &next)
}

/// Two boots of the new OS die before there is a journal; the bootloader then takes the old one.
pub(super) fn rolled_back_by_altboot() -> Scene {
    let ending = updates(lived(Boot::new(Host::BALENA, START), 3 * HOUR));
    let text = "Rollback: Looks like we are running in altboot mode. Running hooks to recover bootfiles";
    let altboot = Boot::after(&ending, 214 * SECOND).with_kernel(OLD).up().says(ALTBOOT, text).wait(7 * SECOND);
    let altboot =
        altboot.says(ALTBOOT, "Rollback: Rebooting system").wait(SECOND / 5).shuts_down_relinquished("reboot");
    let next = running(Boot::after(&altboot, 64 * SECOND).with_kernel(OLD));
    let machine = Machine::new("").archived(&[&ending, &altboot]).online(&[&next]);
    Scene::from(machine).also("at least 2 invisible boots are reported between the first and the second", |seen| {
        let count = seen.rows[1]["invisible_before"].as_u64();
        holds(count >= Some(2), format!("the second row's `invisible_before` is {count:?}"))
    })
}
