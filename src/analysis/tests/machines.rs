//! What a machine is, where the boot that ended no longer has the lines that say so.

use super::super::{Action, Cause, Confidence, FileState, Initiator, Orderliness};
use super::log::Log;
use super::records::{dump, is, judged};
use Confidence::{Likely, Proven};

/// The end of a boot whose first lines are gone, in which PID 1 or logind says something and the machine goes off, and
/// the boots that are left beside it.
fn without_head(beside: &[&str], ends: impl Fn(&mut Log)) -> Log {
    let mut log = Log::new();
    if let Some(said) = beside.first() {
        log.kernel_boot(0).pid1(said).after(5).come_up().shuts_down("reboot", "reboot.target");
    }
    log.file("system@1.journal", FileState::Archived).kernel_boot(40);
    // What was vacuumed: the boot starts late, in the midst of its life.
    log.forget_boot().after(7200).skip(900).life(9);
    ends(&mut log);
    log
}

fn key(log: &mut Log) {
    log.power_key().logind("", ("PRIORITY", "6"), "Powering off...");
    log.shuts_down("power-off", "poweroff.target");
}

fn signal(log: &mut Log) {
    log.pid1("Received SIGRTMIN+4 from PID 1 (n/a).").stops().ends("poweroff.target");
}

const KVM: &str = "Detected virtualization kvm.";
const LXC: &str = "Detected virtualization lxc.";
const NONE: &str = "systemd 252 running in system mode";

#[test]
fn what_a_machine_is_its_other_boots_tell_where_the_beginning_is_gone() {
    for (beside, cause, confidence, initiator) in [
        (KVM, Cause::RequestedHypervisor, Likely, Initiator::HypervisorHost),
        (NONE, Cause::RequestedKey, Proven, Initiator::PowerKey),
    ] {
        let mut log = without_head(&[beside], key);
        let report = judged(log.boot(30), 1);
        is(&report, Orderliness::Orderly, cause, confidence);
        assert_eq!((report.ending.action, report.ending.initiator), (Some(Action::Poweroff), Some(initiator)));
    }
    for (beside, cause) in [(LXC, Cause::RequestedContainerStop), (NONE, Cause::RequestedApi)] {
        let mut log = without_head(&[beside], signal);
        is(&judged(log.boot(30), 1), Orderliness::Orderly, cause, Proven);
    }
}

#[test]
fn a_boot_that_comes_later_tells_it_too() {
    let mut log = without_head(&[], key);
    log.kernel_boot(30).pid1(KVM).after(5).come_up();
    is(&judged(&log, 0), Orderliness::Orderly, Cause::RequestedHypervisor, Likely);
}

#[test]
fn where_no_boot_has_its_beginning_a_key_may_be_the_hosts_and_a_signal_the_containers_managers() {
    for (ends, cause, other) in [
        (key as fn(&mut Log), Cause::RequestedKey, Cause::RequestedHypervisor),
        (signal, Cause::RequestedApi, Cause::RequestedContainerStop),
    ] {
        let report = judged(&without_head(&[], ends), 0);
        is(&report, Orderliness::Orderly, cause, Likely);
        assert!(report.ending.candidates.contains(&other.into()), "{:?}", report.ending.candidates);
        assert!(report.downgrades[0].contains("what the machine is"), "{:?}", report.downgrades);
    }
}

#[test]
fn what_pid_1_takes_for_keys_may_be_the_hosts_or_the_containers_managers() {
    let interrupt = |log: &mut Log| {
        log.pid1("Received SIGINT.").stops().ends("reboot.target");
    };
    let report = judged(&without_head(&[], interrupt), 0);
    is(&report, Orderliness::Orderly, Cause::RequestedKey, Likely);
    for other in [Cause::RequestedHypervisor, Cause::RequestedContainerStop] {
        assert!(report.ending.candidates.contains(&other.into()), "{:?}", report.ending.candidates);
    }
}

#[test]
fn a_boot_that_has_its_beginning_speaks_for_itself() {
    let end = |said: &str| {
        let mut log = Log::new();
        log.kernel_boot(0).pid1(LXC).after(5).come_up().shuts_down("reboot", "reboot.target");
        log.kernel_boot(30).pid1(said).after(5).come_up().life(3);
        key(&mut log);
        judged(log.boot(30), 1)
    };
    is(&end(NONE), Orderliness::Orderly, Cause::RequestedKey, Proven);
    for said in ["Detected virtualization uml.", "Detected virtualization powervm.", "Detected virtualization acrn."] {
        is(&end(said), Orderliness::Orderly, Cause::RequestedHypervisor, Likely);
    }
}

#[test]
fn every_container_that_pid_1_knows_is_one() {
    for name in ["pouch", "proot", "container-other", "lxc"] {
        let mut log = Log::new();
        log.kernel_boot(0).pid1(&format!("Detected virtualization {name}.")).after(5).come_up().life(3);
        signal(&mut log);
        is(&judged(log.boot(30), 0), Orderliness::Orderly, Cause::RequestedContainerStop, Proven);
    }
}

#[test]
fn numbers_that_another_machines_entries_have_are_not_missing() {
    let found = |lost: u64| {
        let mut log = Log::new();
        log.machine('a').boot(0).life(9).machine('b').boot(0).life(9).skip(lost).machine('a').kernel_boot(60);
        judged(dump(&mut log, None).after(5).come_up().life(1), 0)
    };
    let report = found(0);
    is(&report, Orderliness::Abrupt, Cause::KernelPanic, Proven);
    assert!(!report.limits.iter().any(|limit| limit.contains("in no file")), "{:?}", report.limits);
    assert!(found(40).ending.confidence < Some(Proven));
}
