//! Shutdowns by the kernel for heat.

use super::super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::super::host::Host;
use super::super::scene::Scene;
use super::{clean, lived, running};

const START: &str = "2026-05-12T05:00:00Z";

pub(super) fn old_text() -> Scene {
    let host = Host { name: "laptop-17", kernel: "6.1.0-31-amd64", ..Host::PC };
    let ending = lived(Boot::new(host, START), 3 * HOUR);
    let text = "thermal thermal_zone3: critical temperature reached (80 C), shutting down";
    let ending = ending.kernel(0, text).wait(SECOND / 8).shuts_down("power-off");
    clean(&ending, &running(Boot::after(&ending, 21 * MINUTE)))
}

/// Nothing of it goes through logind: the kernel starts the program that powers off.
pub(super) fn new_text() -> Scene {
    let ending = lived(Boot::new(Host::PI, START), 3 * HOUR);
    let ending = ending.kernel(0, "thermal thermal_zone0: cpu-thermal: critical temperature reached");
    let ending = ending.kernel(0, "reboot: HARDWARE PROTECTION shutdown (Temperature too high)").wait(SECOND / 8);
    let ending = ending.stops().lets_go().last_steps("power-off");
    clean(&ending, &running(Boot::after(&ending, 34 * MINUTE)))
}
