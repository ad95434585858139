//! Files that were cut, cards that died, filesystems that did not mount.

use lastwords::testkit::synth::Layout;

use super::super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::super::host::{Host, Program};
use super::super::machine::{Machine, hex};
use super::super::phases::{EXIT, FAILED, RESULT};
use super::super::scene::{Scene, Seen, holds};
use super::super::support::lastwords;
use super::{lived, running, torn};

const START: &str = "2026-05-12T05:00:00Z";
const DAY: u64 = 24 * HOUR;

/// The power goes while the file grows: its header tells of more bytes than there are.
pub(super) fn truncated() -> Scene {
    let ending = lived(Boot::new(Host::PC, START), 2 * HOUR).busy(400);
    let next = running(Boot::after(&ending, 80 * SECOND).after_crash());
    let machine = Machine::new("").torn(&[&ending]).cut_to(83).online(&[&next]);
    Scene::from(machine).also("every entry before the cut is given", every_entry).also("the loss is reported", |seen| {
        let answer = lastwords(&["show", seen.folder.path().to_str().unwrap(), "-o", "cat"]);
        holds(answer.stderr.contains(".journal~"), format!("`show` says `{}`", answer.stderr))?;
        holds(answer.status == 3, format!("`show` exits with {}", answer.status))?;
        let limits = seen.why(0)["limits"].to_string();
        holds(limits.contains("behind the last that can be read are lost"), format!("`why` has the limits {limits}"))
    })
}

/// As many entries are shown of the boot as lie whole in what is left of the file.
fn every_entry(seen: &Seen) -> Result<(), String> {
    let machine = &seen.machines[0];
    let (layout, bytes): (Layout, usize) = (machine.synth(0).layout(), machine.bytes(0).len());
    // An entry of the compact layout has 64 bytes and 4 for each field; its fields lie before it.
    let whole = layout.entries.iter().zip(&machine.files[0].records);
    let whole = whole.filter(|(at, record)| **at as usize + 64 + 4 * (record.fields.len() + 3) <= bytes).count();
    assert!(whole > 100 && whole < layout.entries.len(), "the cut lies among the entries");
    let (folder, boot) = (seen.folder.path().to_str().unwrap(), hex(machine.boots[0]));
    let shown = lastwords(&["show", folder, "-o", "export", "-b", &boot]).entries().len();
    holds(shown == whole, format!("{shown} of {whole} entries are shown"))
}

pub(super) fn card_death() -> Scene {
    let host = Host { disk: "mmcblk0p2", name: "raspberrypi", ..Host::PI };
    let ending = lived(Boot::new(host, START), 30 * HOUR);
    let ending = ending.kernel(3, "mmc0: Timeout waiting for hardware interrupt - cmd12.").wait(10 * SECOND);
    let ending =
        ending.kernel(3, "mmcblk0: error -110 sending stop command, original cmd response 0x900, card status 0x900");
    let ending = ending.kernel(
        3,
        "mmcblk0: error -110 transferring data, sector 4197376, nr 8, cmd response 0x900, card status 0xb00",
    );
    let ending = ending.kernel(3, "blk_update_request: I/O error, dev mmcblk0, sector 4197376").wait(SECOND);
    let ending = ending.kernel(3, "Aborting journal on device mmcblk0p2-8.");
    let ending =
        ending.kernel(2, "EXT4-fs error (device mmcblk0p2): ext4_journal_check_start:61: Detected aborted journal");
    let ending = ending.kernel(2, "EXT4-fs (mmcblk0p2): Remounting filesystem read-only");
    let fsck = Program {
        ident: "systemd-fsck",
        unit: "systemd-fsck-root.service",
        exe: "/usr/sbin/fsck.ext4",
        ..Program::APP
    };
    let next = Boot::after(&ending, 3 * DAY).up();
    let next = next.says(Program { uid: 0, ..fsck }, "rootfs: recovering journal");
    let next = next.says(Program { uid: 0, ..fsck }, "rootfs: clean, 52114/1872304 files, 1192104/7749120 blocks");
    let scene = super::clean(&ending, &next.life(10 * MINUTE));
    scene.also("the report says that the log ended, not the boot", |seen| seen.says(0, "log ended"))
}

/// Not all filesystems are there: units are stopped for the emergency shell, and then somebody pulls the plug.
pub(super) fn emergency_mode() -> Scene {
    let failed = |boot: Boot, unit: &str, result: &str, text: &str| {
        boot.pid1(3, text, &[("UNIT", unit), ("MESSAGE_ID", FAILED), ("JOB_TYPE", "start"), ("JOB_RESULT", result)])
    };
    let boot = Boot::new(Host::PC, START).up_to_local_fs();
    let data = "srv-data.mount";
    let boot = boot.pid1(
        5,
        "srv-data.mount: Mount process exited, code=exited, status=32/n/a",
        &[("UNIT", data), ("MESSAGE_ID", EXIT)],
    );
    let boot = boot.pid1(
        4,
        "srv-data.mount: Failed with result 'exit-code'.",
        &[("UNIT", data), ("MESSAGE_ID", RESULT), ("UNIT_RESULT", "exit-code")],
    );
    let boot = failed(boot, data, "failed", "Failed to mount srv-data.mount - /srv/data.");
    let boot =
        failed(boot, "local-fs.target", "dependency", "Dependency failed for local-fs.target - Local File Systems.");
    let local = "local-fs.target: Job local-fs.target/start failed with result 'dependency'.";
    let boot = boot.pid1(5, local, &[("UNIT", "local-fs.target")]);
    let boot = boot.pid1(5, "local-fs.target: Triggering OnFailure= dependencies.", &[("UNIT", "local-fs.target")]);
    let boot = boot.stop(Program::TIMESYNCD).stop(Program::DBUS).stop(Program::UDEVD);
    let boot = boot.stopped("sockets.target", "Socket Units").stopped("timers.target", "Timer Units");
    let boot = boot.started("emergency.service", "Emergency Shell").started("emergency.target", "Emergency Mode");
    let sulogin =
        Program { ident: "sulogin", unit: "emergency.service", exe: "/usr/sbin/sulogin", uid: 0, ..Program::APP };
    let ending = boot.says(sulogin, "You are in emergency mode. After logging in, type \"journalctl -xb\" to view");
    let next = running(Boot::after(&ending, 7 * MINUTE).after_crash());
    torn(&ending, &next)
}
