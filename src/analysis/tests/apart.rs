//! What stands near an end and is of something else: an older fault, another boot's doing, a habit of the machine.

use super::super::{Cause, Confidence, Initiator, Postmortem, judge};
use super::log::Log;
use Confidence::Proven;

fn judged(log: &Log, boot: usize) -> Postmortem {
    judge(&log.listed(), boot).unwrap()
}

#[track_caller]
fn is(report: &Postmortem, cause: Cause, confidence: Confidence) {
    let ending = &report.ending;
    assert_eq!((ending.cause, ending.confidence), (cause, Some(confidence)), "{}", ending.headline);
}

#[test]
fn a_signal_of_the_keys_comes_from_a_containers_manager() {
    let interrupted = |kind: Option<&str>, message: &str| {
        let mut log = Log::new();
        log.boot(0);
        kind.into_iter().for_each(|kind| {
            log.pid1(&format!("Detected virtualization {kind}.")).after(1);
        });
        log.life(9).pid1(message).stops().ends("reboot.target").boot(30).life(1);
        judged(&log, 0)
    };
    let burst = "Rebooting immediately: Ctrl-Alt-Del was pressed more than 7 times within 2s";
    for message in ["Received SIGINT.", burst] {
        for kind in ["lxc", "podman", "docker", "systemd-nspawn"] {
            let stopped = interrupted(Some(kind), message);
            is(&stopped, Cause::RequestedContainerStop, Proven);
            assert_eq!(stopped.ending.initiator, Some(Initiator::HypervisorHost));
        }
        let pressed = interrupted(None, message);
        is(&pressed, Cause::RequestedKey, Proven);
        assert_eq!(pressed.ending.initiator, Some(Initiator::CtrlAltDel));
    }
}
