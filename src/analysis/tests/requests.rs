//! Requests: who is believed to have asked, and what several of them come to.

use super::super::{Action, Cause, Condition, Confidence, Initiator, Orderliness, Postmortem, judge};
use super::log::Log;
use Confidence::{Likely, Proven};

pub(super) const SHUTDOWN: &str = "Initiating system shutdown!";
const SCHEDULED: &str = "[info]    Reboot has been scheduled to apply changes: {\"gpu_mem\":64}";
pub(super) const LIMIT: &str = "Rebooting: unit app.service failed";

pub(super) fn first(log: &mut Log) -> Postmortem {
    judge(&log.boot(30).life(1).listed(), 0).unwrap()
}

/// A boot that logind restarts in order, some time after what was written before.
pub(super) fn asked(before: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(9);
    before(&mut log);
    first(log.request("reboot").stops().ends("reboot.target"))
}

/// The same for a machine that logind switches off.
fn switched_off(before: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(9);
    before(&mut log);
    first(log.shuts_down("power-off", "poweroff.target"))
}

/// The same without logind's request.
pub(super) fn unasked(kind: &str, before: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0);
    if !kind.is_empty() {
        log.pid1(&format!("Detected virtualization {kind}."));
    }
    log.life(9);
    before(&mut log);
    first(log.stops().ends("reboot.target"))
}

#[track_caller]
pub(super) fn is(report: &Postmortem, cause: Cause, confidence: Confidence) {
    let ending = &report.ending;
    assert_eq!((ending.cause, ending.confidence), (cause, Some(confidence)), "{:?}", report.downgrades);
}

/// Whether a cause stays open, and why that is not the one is said.
#[track_caller]
pub(super) fn leaves(report: &Postmortem, cause: Cause) {
    assert!(report.ending.candidates.contains(&Condition::Cause(cause)), "{:?}", report.ending.candidates);
    let is_plain = report.ending.cause == Cause::RequestedApi;
    assert!(!is_plain || !report.downgrades.is_empty());
}

pub(super) fn ups(log: &mut Log, message: &str) {
    log.service("apcupsd.service", "apcupsd", message);
}

pub(super) fn supervisor(log: &mut Log, message: &str) {
    log.service("balena-supervisor.service", "balena-supervisor", message);
}

pub(super) fn hup(log: &mut Log) {
    log.service("os-update.service", "safe_reboot", "Rebooting now...");
}

pub(super) fn health(log: &mut Log) {
    log.service("rollback-health.service", "rollback-health", "Failed healthchecks. Rebooting to previous rootfs");
}

pub(super) fn sudo(log: &mut Log, of: &[(&str, &str)], message: &str) {
    let by = [("_TRANSPORT", "syslog"), ("_EXE", "/usr/bin/sudo"), ("_COMM", "sudo"), ("_PID", "1500"), ("_UID", "0")];
    log.line(&[&by[..], of, &[("SYSLOG_IDENTIFIER", "sudo"), ("MESSAGE", message)]].concat());
}

pub(super) fn logind(log: &mut Log, of: &[(&str, &str)]) {
    let by = [("_SYSTEMD_UNIT", "systemd-logind.service"), ("_COMM", "systemd-logind")];
    log.line(&[&by[..], of].concat());
}

pub(super) fn session(log: &mut Log, account: &str) {
    let opened = [("MESSAGE_ID", "8d45620c1a4348dbb17410da57c60c66"), ("SESSION_ID", "2")];
    logind(log, &[&opened[..], &[("USER_ID", account), ("MESSAGE", "New session 2.")]].concat());
}

pub(super) fn leaves_session(log: &mut Log) {
    let closed = [("MESSAGE_ID", "3354939424b4456d9802ca8333ed424a"), ("SESSION_ID", "2")];
    logind(log, &[&closed[..], &[("MESSAGE", "Removed session 2.")]].concat());
}

pub(super) fn wall(log: &mut Log, account: &str) {
    let said = [("MESSAGE_ID", "9e7066279dc8403da79ce4b1a69064b2"), ("ACTION", "reboot"), ("OPERATOR", account)];
    logind(log, &[&said[..], &[("MESSAGE", "The system will reboot now!")]].concat());
}

#[test]
fn a_request_that_came_to_nothing_proves_nothing() {
    is(&switched_off(|log| ups(log, SHUTDOWN)), Cause::PowerUps, Proven);
    for seconds in [45, 110] {
        let late = asked(|log| {
            ups(log, SHUTDOWN);
            log.after(seconds);
        });
        is(&late, Cause::RequestedApi, Likely);
        leaves(&late, Cause::PowerUps);
        let by_policy = asked(|log| {
            log.pid1(LIMIT).after(seconds);
        });
        is(&by_policy, Cause::RequestedApi, Likely);
        leaves(&by_policy, Cause::PolicyStartLimit);
    }
    let soon = asked(|log| {
        log.pid1(LIMIT).after(8);
    });
    is(&soon, Cause::RequestedApi, Likely);
    leaves(&soon, Cause::PolicyStartLimit);
    let delayed = switched_off(|log| {
        ups(log, SHUTDOWN);
        log.after(30);
    });
    is(&delayed, Cause::PowerUps, Proven);
    let command = "  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/sbin/reboot";
    let by_person = asked(|log| {
        hup(log);
        sudo(log.after(30), &[("_SYSTEMD_UNIT", "session-2.scope")], command);
    });
    is(&by_person, Cause::UpdateOsImage, Likely);
    leaves(&by_person, Cause::RequestedUser);
    let over = asked(|log| {
        ups(log, SHUTDOWN);
        log.after(5);
        ups(log, "Mains returned. No longer on UPS batteries.");
        log.after(90);
    });
    is(&over, Cause::RequestedApi, Proven);
    assert!(over.ending.contributing.is_empty(), "{:?}", over.ending.contributing);
    let alone = unasked("", |log| {
        ups(log, SHUTDOWN);
        log.after(45);
    });
    is(&alone, Cause::PowerUps, Proven);
}

#[test]
fn a_restart_for_a_configuration_is_proven_by_the_word_that_it_comes() {
    let confirmed = asked(|log| {
        supervisor(log, SCHEDULED);
        log.after(60);
        supervisor(log, "[info]    Rebooting");
    });
    is(&confirmed, Cause::UpdateConfigApply, Proven);
    let scheduled = asked(|log| supervisor(log, SCHEDULED));
    is(&scheduled, Cause::UpdateConfigApply, Likely);
    leaves(&scheduled, Cause::RequestedApi);
    let api = asked(|log| {
        supervisor(log, SCHEDULED);
        log.after(30);
        supervisor(log, "[api]     POST /v1/reboot 202");
        supervisor(log, "[info]    Rebooting");
    });
    is(&api, Cause::RequestedOrchestrator, Likely);
    leaves(&api, Cause::UpdateConfigApply);
    let long_before = asked(|log| {
        supervisor(log, SCHEDULED);
        log.after(300);
        supervisor(log, "[info]    Rebooting");
    });
    is(&long_before, Cause::UpdateConfigApply, Likely);
    leaves(&long_before, Cause::RequestedOrchestrator);
    let too_long = asked(|log| {
        supervisor(log, SCHEDULED);
        log.after(1000);
        supervisor(log, "[info]    Rebooting");
    });
    is(&too_long, Cause::RequestedOrchestrator, Likely);
}

#[test]
fn what_is_said_as_plainly_by_two_is_not_proven_by_either() {
    let updated = asked(|log| {
        supervisor(log, SCHEDULED);
        log.after(30);
        hup(log);
    });
    is(&updated, Cause::UpdateOsImage, Proven);
    let both = asked(|log| {
        hup(log);
        log.after(1);
        supervisor(log, SCHEDULED);
        supervisor(log, "[info]    Rebooting");
    });
    is(&both, Cause::UpdateConfigApply, Likely);
    leaves(&both, Cause::UpdateOsImage);
    assert!(both.against.iter().any(|item| item.rule == "hup.reboot"), "{:?}", both.against);
    let healthless = asked(|log| {
        health(log);
        log.after(30);
        supervisor(log, SCHEDULED);
    });
    is(&healthless, Cause::UpdateRollbackHealth, Likely);
    leaves(&healthless, Cause::UpdateConfigApply);
    let rolled_back = asked(|log| {
        health(log);
        log.after(2);
        hup(log);
    });
    is(&rolled_back, Cause::UpdateRollbackHealth, Proven);
}

#[test]
fn sudo_is_a_persons_in_a_session_at_a_terminal_only() {
    let reboot = "  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/sbin/reboot";
    for unit in ["session-2.scope", "sshd@3-10.0.0.1.service", "serial-getty@ttyS0.service", "user@1000.service"] {
        let report = asked(|log| sudo(log, &[("_SYSTEMD_UNIT", unit)], reboot));
        is(&report, Cause::RequestedUser, Likely);
    }
    let elsewhere = [
        ("_SYSTEMD_UNIT", "cri-containerd-0d1f.scope"),
        ("_SYSTEMD_UNIT", "crio-0d1f.scope"),
        ("_SYSTEMD_UNIT", "systemd-nspawn@box.service"),
        ("_SYSTEMD_UNIT", "balena.service"),
        ("_SYSTEMD_UNIT", "zabbix-agent.service"),
        ("_SYSTEMD_UNIT", "cron.service"),
        ("_SYSTEMD_CGROUP", "/docker/0d1f"),
    ];
    for place in elsewhere {
        is(&asked(|log| sudo(log, &[place], reboot)), Cause::RequestedApi, Proven);
        let mut log = Log::new();
        sudo(log.boot(0).life(9), &[place], &format!("{reboot} -ff"));
        assert_eq!(first(&mut log).ending.cause, Cause::UndeterminedAbrupt, "{place:?}");
    }
    for terminal in ["", "TTY=unknown ; "] {
        let message = format!("  kiosk : {terminal}PWD=/ ; USER=root ; COMMAND=/sbin/reboot");
        let report = asked(|log| sudo(log, &[("_SYSTEMD_UNIT", "user@1000.service")], &message));
        is(&report, Cause::RequestedApi, Likely);
        leaves(&report, Cause::RequestedUser);
    }
}

#[test]
fn an_account_asks_as_a_person_only_from_a_session_of_its_own() {
    let alice = asked(|log| {
        session(log, "alice");
        log.after(2000);
        wall(log, "alice");
    });
    is(&alice, Cause::RequestedUser, Likely);
    for report in [asked(|log| wall(log, "zabbix")), asked(|log| wall(log, "_chrony"))] {
        is(&report, Cause::RequestedApi, Likely);
        leaves(&report, Cause::RequestedUser);
    }
    let another = asked(|log| {
        session(log, "alice");
        log.after(6);
        leaves_session(log);
        log.after(60);
        wall(log, "zabbix");
    });
    is(&another, Cause::RequestedApi, Likely);
    assert!(another.evidence.iter().all(|item| item.rule != "user.session"), "{:?}", another.evidence);
    let at_once = asked(|log| {
        session(log, "alice");
        log.after(6);
        leaves_session(log);
        wall(log, "alice");
    });
    is(&at_once, Cause::RequestedUser, Likely);
}

#[test]
fn pid_1_tells_in_which_unit_the_program_was_that_asked() {
    let by = |unit: &str| {
        unasked("", |log| {
            log.pid1(&format!("Reboot requested from client PID 777 ('systemctl') (unit {unit})..."));
        })
    };
    for (unit, cause) in [
        ("session-2.scope", Cause::RequestedUser),
        ("kured.service", Cause::RequestedOrchestrator),
        ("balena-supervisor.service", Cause::RequestedOrchestrator),
        ("unattended-upgrades.service", Cause::UpdatePackages),
        ("rauc.service", Cause::UpdateOsImage),
        ("nut-monitor.service", Cause::PowerUps),
        ("qemu-guest-agent.service", Cause::RequestedHypervisor),
    ] {
        let report = by(unit);
        is(&report, cause, Likely);
        assert_eq!(report.ending.candidates, [Cause::RequestedApi.into()], "{unit}");
    }
    is(&by("app.service"), Cause::RequestedApi, Proven);
    is(&by("docker-0d1f.scope"), Cause::RequestedApi, Proven);
}

#[test]
fn a_power_failures_signal_in_a_container_is_its_managers() {
    let power = |kind: &str| {
        unasked(kind, |log| {
            log.pid1("Received SIGPWR from PID 0 (n/a).");
        })
    };
    let stopped = power("lxc");
    is(&stopped, Cause::RequestedContainerStop, Proven);
    assert_eq!(stopped.ending.initiator, Some(Initiator::HypervisorHost));
    assert!(stopped.against.is_empty(), "{:?}", stopped.against);
    assert!(stopped.evidence.iter().any(|item| item.rule.starts_with("signal.")), "{:?}", stopped.evidence);
    is(&power(""), Cause::PowerUps, Likely);
    let exits = unasked("lxc", |log| {
        log.pid1("Exit requested from client PID 77 ('systemctl')...");
    });
    is(&exits, Cause::RequestedApi, Proven);
}

#[test]
fn a_job_that_took_too_long_is_a_policys_and_a_hang_only_of_a_shutdown() {
    for said in ["Rebooting", "Halting", "Forcibly halting", "Halting immediately", "Executing kexec", "Exiting"] {
        let report = unasked("", |log| {
            log.pid1(&format!("{said}: job timed out"));
        });
        is(&report, Cause::PolicyJobTimeout, Proven);
        assert!(report.ending.contributing.is_empty(), "{said}: {:?}", report.ending.contributing);
    }
    let mut log = Log::new();
    log.boot(0).life(9).request("halt").stops().after(1800).pid1("Forcibly halting: job timed out");
    let hung = first(&mut log);
    is(&hung, Cause::PolicyJobTimeout, Proven);
    assert_eq!(hung.ending.orderliness, Orderliness::OrderlyIncomplete);
    assert_eq!(hung.ending.action, Some(Action::Halt));
    assert!(!hung.ending.contributing.is_empty());
    for (said, cause) in [("failed", Cause::PolicyStartLimit), ("succeeded", Cause::PolicyFailureAction)] {
        let exits = unasked("lxc", |log| {
            log.pid1(&format!("Exiting: unit app.service {said}"));
        });
        is(&exits, cause, Proven);
    }
}

#[test]
fn a_key_asked_for_what_was_done_or_for_nothing() {
    let reboot = "  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/sbin/reboot";
    let other = asked(|log| {
        sudo(log.power_key().after(3), &[("_SYSTEMD_UNIT", "session-2.scope")], reboot);
    });
    is(&other, Cause::RequestedUser, Likely);
    assert!(!other.ending.candidates.contains(&Cause::RequestedKey.into()));
    let mut log = Log::new();
    log.boot(0).life(9).power_key().request("power-off").stops().ends("poweroff.target");
    is(&first(&mut log), Cause::RequestedKey, Likely);
    let mut log = Log::new();
    let held = first(log.boot(0).life(9).power_key());
    for open in [Cause::RequestedKey, Cause::PowerButtonHold] {
        assert!(held.ending.candidates.contains(&open.into()), "{:?}", held.ending.candidates);
    }
    let mut log = Log::new();
    let by_host = first(log.boot(0).pid1("Detected virtualization kvm.").life(9).power_key());
    for open in [Cause::RequestedHypervisor, Cause::VmStop] {
        assert!(by_host.ending.candidates.contains(&open.into()), "{:?}", by_host.ending.candidates);
    }
}

#[test]
fn what_went_on_just_before_leaves_open_who_asked() {
    let apt = "  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=apt-get dist-upgrade";
    let upgraded = asked(|log| {
        sudo(log, &[("_SYSTEMD_UNIT", "session-2.scope")], apt);
        log.after(60);
    });
    is(&upgraded, Cause::RequestedApi, Likely);
    leaves(&upgraded, Cause::UpdatePackages);
    let ssh = asked(|log| {
        let login = "Accepted publickey for root from 10.0.0.1 port 50000 ssh2: ED25519 SHA256:x";
        log.service("sshd.service", "sshd", login);
    });
    is(&ssh, Cause::RequestedApi, Likely);
    leaves(&ssh, Cause::RequestedUser);
    let told_twice = asked(|log| {
        log.service("sshd.service", "sshd", "Accepted publickey for alice from 10.0.0.1 port 50000 ssh2");
        session(log, "alice");
    });
    is(&told_twice, Cause::RequestedApi, Likely);
    let cron = asked(|log| {
        let by = [("_SYSTEMD_UNIT", "cron.service"), ("_EXE", "/usr/sbin/cron"), ("_COMM", "cron")];
        log.line(&[&by[..], &[("MESSAGE", "(root) CMD (/usr/bin/backup && /sbin/reboot)")]].concat());
    });
    is(&cron, Cause::RequestedApi, Likely);
    leaves(&cron, Cause::RequestedScheduled);
    let audit = asked(|log| {
        let by = [("_TRANSPORT", "audit"), ("_AUDIT_TYPE", "1123"), ("_AUDIT_TYPE_NAME", "USER_CMD")];
        let said = "USER_CMD pid=1500 uid=1000 msg='cwd=\"/\" cmd=7265626F6F74 terminal=pts/0 res=success'";
        log.line(&[&by[..], &[("MESSAGE", said)]].concat());
    });
    is(&audit, Cause::RequestedApi, Likely);
    leaves(&audit, Cause::RequestedUser);
}
