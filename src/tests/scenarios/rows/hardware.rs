//! Ends that the next boot's kernel or firmware has a record of.

use super::super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::super::host::{Host, Program};
use super::super::machine::Machine;
use super::super::scene::Scene;
use super::{RESTART, clean, lived, running, torn};

const START: &str = "2026-05-12T05:00:00Z";

/// What the kernel says of AMD's register, early in the next boot.
fn reason(boot: Boot, register: &str, text: &str) -> Boot {
    boot.early(112, 6, &format!("x86/amd: Previous system reset reason [0x{register}]: {text}"))
}

const BY_SOFTWARE: &str = "software wrote 0x6 to reset control register 0xCF9";

pub(super) fn amd_watchdog() -> Scene {
    let host = Host { watchdog: Some(("SP5100 TCO timer", 300)), ..Host::AMD };
    let mut ending = lived(Boot::new(host, START), 5 * HOUR);
    let earlyoom = Program { ident: "earlyoom", unit: "earlyoom.service", exe: "/usr/bin/earlyoom", ..Program::APP };
    for (memory, swap) in [("4.81", "3.10"), ("2.02", "0.88"), ("1.37", "0.00")] {
        ending = ending.journald_under_pressure().wait(9 * SECOND);
        ending = ending.pid1(6, "Under memory pressure, flushing caches.", &[]).wait(17 * SECOND);
        ending = ending
            .says(earlyoom, &format!("mem avail:   439 of 31800 MiB ({memory}%), swap free: 0 of 8191 MiB ({swap}%)"));
        ending = ending.wait(28 * SECOND);
    }
    let next =
        running(reason(Boot::after(&ending, 6 * MINUTE), "02000800", "hardware watchdog timer expired").after_crash());
    torn(&ending, &next)
}

impl Boot {
    fn journald_under_pressure(self) -> Self {
        let journald = Program { transport: "journal", ..Program::JOURNALD };
        self.says(journald, "Under memory pressure, flushing caches.")
    }
}

pub(super) fn amd_sync_flood() -> Scene {
    let ending = lived(Boot::new(Host::AMD, START), 4 * HOUR);
    let flood = "an uncorrected error caused a data fabric sync flood event";
    let next = running(reason(Boot::after(&ending, 45 * SECOND), "08000800", flood).after_crash());
    torn(&ending, &next)
}

pub(super) fn amd_planned() -> Scene {
    let ending = lived(Boot::new(Host::AMD, START), 4 * HOUR).shuts_down("reboot");
    let next = running(reason(Boot::after(&ending, RESTART), "00080800", BY_SOFTWARE));
    clean(&ending, &next)
}

pub(super) fn amd_sticky_bits() -> Scene {
    let ending = lived(Boot::new(Host::AMD, START), 4 * HOUR).shuts_down("reboot");
    let next = reason(Boot::after(&ending, RESTART), "00080a00", "internal CPU thermal limit was tripped");
    let next = running(reason(next, "00080a00", BY_SOFTWARE));
    clean(&ending, &next)
}

pub(super) fn amd_reset_by_software() -> Scene {
    let ending = lived(Boot::new(Host::AMD, START), 4 * HOUR);
    let next = running(reason(Boot::after(&ending, 52 * SECOND), "00080800", BY_SOFTWARE).after_crash());
    torn(&ending, &next)
}

/// Some firmware presents the same record at every start.
pub(super) fn bert_habit() -> Scene {
    let habit = |boot: Boot| {
        boot.early(640, 6, "BERT: Error records from previous boot:")
            .early(640, 3, "[Hardware Error]: event severity: fatal")
            .early(640, 3, "[Hardware Error]:  Error 0, type: fatal")
            .early(640, 3, "[Hardware Error]:   section type: unknown, 81212a96-09ed-4996-9471-8d729c8e69ed")
            .early(640, 3, "[Hardware Error]:   section length: 0x290")
            .early(640, 3, "[Hardware Error]:   00000000: 00000001 00000000 00000000 00020002  ................")
            .early(640, 3, "[Hardware Error]:   00000010: 00020002 0000001f 00000320 00000000  ........ .......")
    };
    let mut boots = vec![lived(habit(Boot::new(Host::PC, START)), HOUR).shuts_down("reboot")];
    for hours in 2..4 {
        let next = habit(Boot::after(boots.last().unwrap(), RESTART));
        boots.push(lived(next, hours * HOUR).shuts_down("reboot"));
    }
    let next = running(habit(Boot::after(boots.last().unwrap(), RESTART)));
    Machine::new("").archived(&boots.iter().collect::<Vec<_>>()).online(&[&next]).into()
}

/// OpenWrt in a privileged container arms the host's watchdog and closes it when it stops.
pub(super) fn container_closes_the_watchdog() -> Scene {
    let container =
        [("CONTAINER_NAME", "openwrt"), ("CONTAINER_ID", "0d1f5a6e7c42"), ("CONTAINER_TAG", "0d1f5a6e7c42")];
    let docker = Program { ident: "0d1f5a6e7c42", transport: "journal", ..Program::DOCKERD };
    let ending = lived(Boot::new(Host::AMD, START), 3 * HOUR);
    let ending = ending.writes(docker, 6, "procd: - watchdog -", &container).life(20 * MINUTE);
    let ending = ending.writes(docker, 6, "procd: - shutdown -", &container).wait(SECOND / 4);
    let ending = ending.kernel(2, "watchdog: watchdog0: watchdog did not stop!");
    let ending =
        ending.says(Program::DOCKERD, "level=info msg=\"ignoring event\" container=0d1f5a6e7c42 topic=/tasks/delete");
    let ending = ending.life(59 * SECOND);
    let next = reason(Boot::after(&ending, 24 * SECOND), "02000800", "hardware watchdog timer expired");
    torn(&ending, &running(next.after_crash()))
}

pub(super) fn pstore() -> Scene {
    let host = Host { kernel: "6.12.48-amd64", ..Host::PC };
    // The names of the dumps are of 2024-06-16 23:24:11, which must be when this ends.
    let ending = lived(Boot::new(host, "2024-06-16T19:23:20Z"), 4 * HOUR);
    let next =
        Boot::after(&ending, 41 * SECOND).early(611, 6, "pstore: Registered efi_pstore as persistent store backend");
    let mut next = next.after_crash().up();
    next = next.starting(Program::PSTORE.unit, Program::PSTORE.description);
    for part in [3, 2, 1] {
        let name = format!("dmesg-efi_pstore-17185802510{part}001");
        let moved = format!("PStore {name} moved to /var/lib/systemd/pstore/171858025/{name}");
        next = next.says(Program::PSTORE, &moved);
    }
    let next = next.started(Program::PSTORE.unit, Program::PSTORE.description).life(9 * MINUTE);
    let mut scene = torn(&ending, &next);
    scene.also.push(("the report asks for the dump's file: its text is not in the journal", |seen| {
        seen.says(0, "/var/lib/systemd/pstore/171858025")
    }));
    scene
}
