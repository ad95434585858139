//! Ends without a shutdown, of which the log hardly tells the reason.

use super::super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::super::host::{Host, Program};
use super::super::machine::Machine;
use super::super::scene::{Scene, holds};
use super::{lived, running, torn};

const START: &str = "2026-05-12T05:00:00Z";

pub(super) fn while_busy() -> Scene {
    let ending = lived(Boot::new(Host::PC, START), 2 * HOUR).busy(140);
    let next = running(Boot::after(&ending, 75 * SECOND).after_crash());
    torn(&ending, &next)
}

/// The file has been at rest for minutes when the power goes: nothing renames it.
pub(super) fn while_idle() -> Scene {
    let ending = lived(Boot::new(Host::PC, START), 2 * HOUR).wait(3 * MINUTE);
    let ending = ending.says(Program::CRON, "(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)");
    let next = running(Boot::after(&ending, 9 * MINUTE + 48 * SECOND).recovers());
    Scene::from(Machine::new("").online(&[&ending, &next]))
        .also("the end is not called orderly though no file is dirty", |seen| {
            holds(seen.rows[0]["ending"]["orderliness"] == "abrupt", "it is not called abrupt")
        })
}

pub(super) fn undervoltage() -> Scene {
    let ending = lived(Boot::new(Host::PI, START), 6 * HOUR).wait(20 * SECOND);
    let ending = ending.kernel(2, "hwmon hwmon1: Undervoltage detected!");
    let next = running(Boot::after(&ending, 27 * SECOND).after_crash());
    torn(&ending, &next)
}

pub(super) fn power_key_ignored() -> Scene {
    let key = [("MESSAGE_ID", "b72ea4a2881545a0b50e200e55b9b071")];
    let ending = lived(Boot::new(Host::PI, START), 3 * HOUR);
    let ending = ending.writes(Program::LOGIND, 6, "Power key pressed short.", &key).wait(3 * SECOND);
    let ending = ending.writes(Program::LOGIND, 6, "Power key pressed short.", &key).life(40 * MINUTE);
    let next = running(Boot::after(&ending, 3 * MINUTE).after_crash());
    torn(&ending, &next)
}

/// A Go program's panic is no kernel's.
pub(super) fn panic_of_an_application() -> Scene {
    let ending = lived(Boot::new(Host::PI, START), 2 * HOUR);
    let ending = ending.says(Program::DOCKERD, "panic: runtime error: index out of range [3] with length 3");
    let ending = ending.says(Program::DOCKERD, "goroutine 1 [running]:");
    let ending =
        ending.says(Program::DOCKERD, "github.com/docker/docker/daemon/logger/jsonfilelog.(*JSONFileLogger).Log(...)");
    let ending = ending.wait(SECOND).pid1(
        5,
        "docker.service: Main process exited, code=exited, status=2/INVALIDARGUMENT",
        &[("UNIT", "docker.service"), ("MESSAGE_ID", "98e322203f7a4ed290d09fe03c09fe15")],
    );
    let next = running(Boot::after(&ending, 90 * SECOND).after_crash());
    torn(&ending, &next)
}

/// Three machines of one site lose their mains within four seconds, and get it back after twenty minutes.
pub(super) fn mains_of_a_site() -> Scene {
    let machine = |name, host, start, busy| {
        let ending = lived(Boot::new(host, start), 2 * HOUR).busy(busy);
        let next = running(Boot::after(&ending, 20 * MINUTE).after_crash());
        Machine::new(name).torn(&[&ending]).online(&[&next])
    };
    let second = Host { name: "server-05", ..Host::PC };
    let third = Host { name: "gateway-02", ..Host::PC };
    let machines = vec![
        machine("A", Host::PC, START, 40),
        machine("B", second, "2026-05-12T05:00:02Z", 39),
        machine("C", third, "2026-05-12T04:59:51Z", 51),
    ];
    Scene { machines, also: Vec::new() }
}
