//! What is of another disk, of other boots, or of the failure itself.

use super::super::{Cause, Orderliness, Postmortem, judge};
use super::log::{Log, STARTED};

fn judged(log: &Log, boot: usize) -> Postmortem {
    judge(&log.listed(), boot).unwrap()
}

/// The end of a boot from `root`, after a line of the kernel's.
fn after(root: &str, mounted: Option<&str>, line: &str) -> Postmortem {
    let mut log = Log::new();
    log.kernel_boot(0).kernel(&format!("Command line: root={root} ro quiet")).after(5).come_up();
    mounted.into_iter().for_each(|unit| {
        log.unit(STARTED, unit, "Mounted it.");
    });
    log.life(9).kernel(line).boot(9000).life(1);
    judged(&log, 0)
}

#[test]
fn what_happens_to_another_disk_than_the_systems_only_contributes() {
    let removed = "mmc0: card 0001 removed";
    let read_only = "EXT4-fs (sdb1): Remounting filesystem read-only";
    let broken = "I/O error, dev sdb, sector 1234 op 0x1:(WRITE) flags 0x800";
    for (line, condition) in
        [(removed, Cause::StorageRemoved), (read_only, Cause::StorageReadonlyRemount), (broken, Cause::StorageIoError)]
    {
        let other = after("/dev/sda2", None, line);
        assert_eq!(other.ending.orderliness, Orderliness::Abrupt, "{line}");
        assert!(!other.ending.cause.id().starts_with("storage."), "{line}: {}", other.headline);
        assert!(other.ending.contributing.contains(&condition.into()), "{line}");
        let root = if line == removed { "/dev/mmcblk0p2" } else { "/dev/sdb1" };
        for own in
            [after(root, None, line), after("UUID=0451-a5", None, line), after("/dev/sda2", Some("var.mount"), line)]
        {
            assert_eq!(own.ending.cause, condition, "{line}");
        }
    }
}

#[test]
fn where_other_boots_found_dumps_nobody_is_told_to_set_pstore_up() {
    let advises = |log: &Log, boot: usize| judged(log, boot).advice.iter().any(|step| step.starts_with("pstore"));
    let mut log = Log::new();
    log.boot(0).life(9).boot(60).life(9).boot(60).life(1);
    assert!(advises(&log, 0) && advises(&log, 1));
    let mut log = Log::new();
    log.boot(0).life(9).boot(60).life(9).boot(60);
    log.service(
        "systemd-pstore.service",
        "systemd-pstore",
        "PStore dmesg-ramoops-0 moved to /var/lib/systemd/pstore/0",
    );
    log.life(1);
    assert!(!advises(&log, 0), "the other boot's panic was kept");
    assert_eq!(judged(&log, 1).ending.cause, Cause::KernelPanic);
}

#[test]
fn what_went_on_beside_an_orderly_end_did_not_end_the_boot() {
    let mut log = Log::new();
    log.boot(0).life(9).kernel("BUG: kernel NULL pointer dereference, address: 0000000000000000").life(5);
    log.shuts_down("reboot", "reboot.target").boot(30).life(1);
    let report = judged(&log, 0);
    let oops = report.contributing.iter().find(|known| known.id == Cause::KernelOops.into()).unwrap();
    assert_eq!(oops.means, "the kernel oopsed");
}

#[test]
fn units_that_run_because_others_failed_are_no_change_before_the_failure() {
    let mut log = Log::new();
    log.boot(0).service("app.service", "app", "ready").life(9).shuts_down("reboot", "reboot.target");
    log.boot(30).service("app.service", "app", "ready").service("meter.service", "meter", "ready").life(3);
    log.pid1("app.service: Triggering OnFailure= dependencies.").after(1).service("tell.service", "tell", "app failed");
    log.unit(STARTED, "emergency.target", "Reached target Emergency Mode.");
    log.service("emergency.service", "sulogin", "Cannot open access to console");
    log.service("debug-shell.service", "sh", "ready").after(60).kernel("random: crng init done").boot(600).life(1);
    let history = judged(&log, 1).history.join("\n");
    assert!(history.contains("new unit meter.service"), "{history}");
    for unit in ["emergency.service", "debug-shell.service", "tell.service"] {
        assert!(!history.contains(unit), "{history}");
    }
}
