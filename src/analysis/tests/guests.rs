//! Requests in virtual machines and containers, which are their hosts'.

use super::super::{Cause, Condition, Confidence, Initiator, Postmortem, judge};
use super::log::Log;
use super::requests::{first, is, unasked};
use crate::analysis::FileState;
use Confidence::{Likely, Proven};

fn dots(log: &mut Log, message: &str) {
    log.logind("", ("PRIORITY", "6"), message);
}

/// A key that a machine of this kind acts on, with what logind says of it.
fn by_key(kind: &str, said: &str) -> Postmortem {
    let mut log = Log::new();
    log.boot(0);
    if !kind.is_empty() {
        log.pid1(&format!("Detected virtualization {kind}."));
    }
    log.life(9).power_key();
    if !said.is_empty() {
        dots(&mut log, said);
    }
    first(log.shuts_down("power-off", "poweroff.target"))
}

#[test]
fn a_key_that_a_virtual_machine_acted_on_is_its_hosts_whatever_logind_says_of_it() {
    for said in ["Powering off...", "Powering Off...", ""] {
        let guest = by_key("kvm", said);
        is(&guest, Cause::RequestedHypervisor, Likely);
        assert_eq!(guest.ending.initiator, Some(Initiator::HypervisorHost));
        assert!(guest.ending.candidates.contains(&Cause::RequestedKey.into()), "{said}: {:?}", guest.ending.candidates);
        assert!(guest.against.iter().all(|item| !item.rule.starts_with("key.")), "{said}: {:?}", guest.against);
    }
    for said in ["Powering off...", "Powering Off..."] {
        is(&by_key("", said), Cause::RequestedKey, Proven);
    }
    is(&by_key("", ""), Cause::RequestedKey, Likely);
}

/// A boot of which only the end is there, and the boot after it, if that is asked for, with its first lines.
fn headless(kind: Option<&str>, end: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.after(5000).life(9);
    end(&mut log);
    log.stops().ends("poweroff.target");
    if let Some(kind) = kind {
        log.boot(30);
        if !kind.is_empty() {
            log.pid1(&format!("Detected virtualization {kind}."));
        }
        log.life(1);
    }
    judge(&log.listed(), 0).unwrap()
}

fn key(log: &mut Log) {
    dots(log.power_key(), "Powering off...");
    log.request("power-off");
}

fn power(log: &mut Log) {
    log.pid1("Received SIGPWR from PID 0 (n/a).");
}

fn signal(log: &mut Log) {
    log.pid1("Received SIGRTMIN+4 from PID 1 (n/a).");
}

#[test]
fn what_a_machine_is_its_other_boots_tell_where_this_ones_beginning_is_gone() {
    is(&headless(Some("kvm"), key), Cause::RequestedHypervisor, Likely);
    is(&headless(Some("lxc"), power), Cause::RequestedContainerStop, Proven);
    is(&headless(Some("lxc"), signal), Cause::RequestedContainerStop, Proven);
    is(&headless(Some(""), key), Cause::RequestedKey, Proven);
    is(&headless(Some(""), signal), Cause::RequestedApi, Proven);
    is(&headless(Some(""), power), Cause::PowerUps, Likely);
}

#[test]
fn where_no_boot_tells_what_a_machine_is_its_host_stays_open() {
    for (end, cause, open) in [
        (key as fn(&mut Log), Cause::RequestedKey, Cause::RequestedHypervisor),
        (signal, Cause::RequestedApi, Cause::RequestedContainerStop),
        (power, Cause::PowerUps, Cause::RequestedContainerStop),
    ] {
        let report = headless(None, end);
        is(&report, cause, Likely);
        assert!(report.ending.candidates.contains(&Condition::Cause(open)), "{:?}", report.ending.candidates);
    }
    assert!(headless(None, key).downgrades.iter().any(|why| why.contains("first lines")));
    let mut early = Log::new();
    early.file("user-1000.journal", FileState::Online).boot(0).back_in("system.journal").after(5000).life(9);
    key(&mut early);
    let report = first(early.stops().ends("poweroff.target"));
    is(&report, Cause::RequestedKey, Proven);
}

#[test]
fn a_process_inside_a_container_is_not_proven_to_be_its_manager() {
    let interrupted = |kind: &str| unasked(kind, |log| _ = log.pid1("Received SIGINT from PID 4711 (bash)."));
    is(&interrupted(""), Cause::RequestedApi, Proven);
    is(&interrupted("lxc"), Cause::RequestedContainerStop, Likely);
    for (sender, confidence) in [("", Proven), (" from PID 0 (n/a)", Proven), (" from PID 77 (bash)", Likely)] {
        let stopped = unasked("lxc", |log| _ = log.pid1(&format!("Received SIGRTMIN+5{sender}.")));
        is(&stopped, Cause::RequestedContainerStop, confidence);
        let is_open = stopped.ending.candidates.contains(&Cause::RequestedApi.into());
        assert_eq!(is_open, confidence == Likely, "{sender}");
    }
}
