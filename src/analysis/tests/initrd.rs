//! The initrd stops what it had started before it hands over to the system: that is no shutdown.

use super::super::{Cause, Confidence, Orderliness, Rulebook, overview};
use super::log::{Log, STARTED, STARTING, STOPPED};
use super::records::{is, judged};
use Confidence::{Likely, Undetermined};

/// A machine whose shutdowns can be seen to the end, and a boot of it whose initrd hands over.
fn hands_over(named: bool) -> Log {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").kernel_boot(30);
    log.unit(STARTED, "basic.target", "Reached target Basic System.");
    if named {
        log.unit(STARTING, "initrd-cleanup.service", "Starting Cleaning Up and Shutting Down Daemons...");
    }
    for target in ["initrd.target", "basic.target", "sysinit.target", "local-fs.target"] {
        log.unit(STOPPED, target, &format!("Stopped target {target}."));
    }
    log.unit(STARTED, "initrd-switch-root.target", "Reached target Switch Root.").pid1("Switching root.");
    log.kmsg("5", "systemd-journald", "Received SIGTERM from PID 1 (systemd).");
    log.driver("d93fb3c9c24d451a97cea615ce59c00b", "Journal stopped");
    log
}

fn is_abrupt(log: &mut Log) {
    let report = judged(log.kernel_boot(60).after(5).come_up(), 1);
    is(&report, Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
    assert!(report.evidence.iter().all(|item| item.rule != "stop.targets"), "{:?}", report.evidence);
}

#[test]
fn a_boot_that_dies_before_its_system_is_up_did_not_shut_down() {
    for named in [true, false] {
        is_abrupt(&mut hands_over(named));
        is_abrupt(
            hands_over(named).driver("f77379a8490b408bbe5f6940505a777b", "Journal started").kernel("usb 1-1: new"),
        );
        let mut late = hands_over(named);
        late.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").after(100);
        is_abrupt(late.pid1("Timed out waiting for device dev-sda5.device."));
    }
}

#[test]
fn what_dies_amid_the_initrds_stops_did_not_shut_down_either() {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").kernel_boot(30);
    log.unit(STARTED, "basic.target", "Reached target Basic System.");
    log.unit(STARTING, "initrd-cleanup.service", "Starting Cleaning Up and Shutting Down Daemons...");
    log.unit(STOPPED, "basic.target", "Stopped target Basic System.");
    is_abrupt(log.unit(STOPPED, "local-fs.target", "Stopped target Local File Systems."));
}

#[test]
fn the_system_that_came_up_behind_shuts_down_as_any() {
    let up = || {
        let mut log = hands_over(true);
        log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").after(5).come_up().life(3);
        log
    };
    let mut whole = up();
    let whole = judged(whole.shuts_down("reboot", "reboot.target").boot(30), 1);
    is(&whole, Orderliness::Orderly, Cause::RequestedApi, Confidence::Proven);
    let mut broken_off = up();
    let broken_off = judged(broken_off.request("reboot").stops().boot(30), 1);
    is(&broken_off, Orderliness::OrderlyIncomplete, Cause::RequestedApi, Likely);
}

#[test]
fn a_restart_that_is_asked_for_before_the_system_is_up_is_one() {
    let mut log = hands_over(true);
    log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").after(5);
    let report = judged(log.request("reboot").ends("reboot.target").boot(30), 1);
    is(&report, Orderliness::Orderly, Cause::RequestedApi, Confidence::Proven);
}

#[test]
fn only_a_restart_of_userspace_is_counted_as_one() {
    let restarts = |log: &Log| overview(&log.listed(), Rulebook::builtin()).remarks[1].soft_reboots;
    for named in [true, false] {
        let mut log = hands_over(named);
        log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started").after(5).come_up().life(3);
        assert_eq!(restarts(&log), 0);
        log.request("soft-reboot").stops();
        assert_eq!(restarts(&log), 0, "not up again");
        // The next root may be another, and then PID 1 says that it goes there.
        log.pid1("Switching root.").after(5).come_up().life(1);
        assert_eq!(restarts(&log), 1);
    }
}
