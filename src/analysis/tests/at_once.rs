//! Requests that end the log at once, or break a shutdown off: what the last lines alone tell.

use super::super::{Action, Cause, Condition, Confidence, FileState, Orderliness, Postmortem, Stage, judge};
use super::log::{Log, STOPPED};
use super::requests::{LIMIT, SHUTDOWN, first, health, hup, is, leaves, sudo, supervisor, ups};
use Confidence::{Likely, Proven};

/// A boot whose log ends so many seconds after what is written last.
fn cut_short(seconds: u64, before: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(9);
    before(&mut log);
    if seconds > 0 {
        log.after(seconds).service("cron.service", "CRON", "pam_unix(cron:session): session closed for user root");
    }
    first(log.set_aside())
}

fn command(log: &mut Log, command: &str) {
    let message = format!("  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={command}");
    sudo(log, &[("_SYSTEMD_UNIT", "session-2.scope")], &message);
}

#[test]
fn who_says_that_the_machine_restarts_now_has_asked_for_it_where_the_log_ends_then() {
    type Says = fn(&mut Log);
    let last_words: [(Says, Cause, &str); 8] = [
        (health, Cause::UpdateRollbackHealth, "rollback.health"),
        (hup, Cause::UpdateOsImage, "hup.reboot"),
        (|log| supervisor(log, "[info]    Rebooting"), Cause::RequestedOrchestrator, "supervisor.rebooting"),
        (|log| ups(log, SHUTDOWN), Cause::PowerUps, "ups.apcupsd-shutdown"),
        (|log| _ = log.pid1(LIMIT), Cause::PolicyStartLimit, "policy.reboot"),
        (|log| command(log, "/sbin/reboot"), Cause::RequestedUser, "user.sudo"),
        (|log| command(log, "/usr/sbin/shutdown -r now"), Cause::RequestedUser, "user.sudo"),
        (
            |log| {
                log.file("user-1000.journal", FileState::Online);
                command(log, "/usr/bin/systemctl reboot");
                log.back_in("system.journal");
            },
            Cause::RequestedUser,
            "user.sudo",
        ),
    ];
    for (says, cause, rule) in last_words {
        for seconds in [0, 4] {
            let report = cut_short(seconds, says);
            assert_eq!(report.ending.orderliness, Orderliness::OrderlyIncomplete, "{rule} {seconds}");
            assert_eq!(report.stage, Some(Stage::S0), "{rule}");
            is(&report, cause, Likely);
            assert!(report.evidence.iter().any(|item| item.rule == rule), "{rule}");
            assert!(report.ending.candidates.contains(&Condition::Cause(Cause::PowerLoss)), "{rule}");
        }
        // The log outlives it: nothing came of it.
        let outlived = cut_short(20, says);
        assert_eq!(outlived.ending.orderliness, Orderliness::Abrupt, "{rule}");
        is(&outlived, Cause::UndeterminedAbrupt, Confidence::Undetermined);
        let denied = outlived.against.iter().find(|item| item.rule == rule).unwrap();
        // What PID 1 or logind carry out may have gone by unseen.
        let is_open = cause == Cause::PolicyStartLimit;
        let told = if is_open {
            ", and no stop is logged in the 20.0 s until the log ends"
        } else {
            ", and nothing came of it"
        };
        assert!(denied.shows.ends_with(told), "{}", denied.shows);
        assert_eq!(outlived.ending.candidates.contains(&cause.into()), is_open, "{rule}");
    }
}

#[test]
fn a_command_that_forces_a_reset_or_waits_for_its_time_asks_for_no_shutdown_at_once() {
    for line in [
        "/sbin/reboot -ff",
        "/sbin/reboot --force",
        "/usr/sbin/shutdown -r +10",
        "/usr/sbin/shutdown",
        "/usr/bin/systemctl reboot --when=+10m",
        "/usr/bin/systemctl --when=23:00 reboot",
        "/usr/bin/systemctl reboot --when 23:00",
    ] {
        let report = cut_short(0, |log| command(log, line));
        assert_eq!(report.ending.orderliness, Orderliness::Abrupt, "{line}");
    }
}

#[test]
fn what_services_say_while_userspace_restarts_asks_for_no_end_of_the_machine() {
    let mut log = Log::new();
    log.boot(0).life(3).request("soft-reboot");
    supervisor(&mut log, "Shutting down");
    let report = judge(&log.stops().listed(), 0).unwrap();
    assert_eq!(report.ending.orderliness, Orderliness::Running);
}

#[test]
fn a_job_that_timed_out_is_a_shutdowns_only_where_one_was_under_way() {
    const TIMEOUT: &str = "Rebooting: job timed out";
    let timed_out = |before: fn(&mut Log), seconds: u64| {
        let mut log = Log::new();
        log.boot(0).life(3);
        before(&mut log);
        log.life(seconds / 60).pid1(TIMEOUT).stops().ends("reboot.target");
        first(&mut log)
    };
    let asked = |log: &mut Log| _ = log.request("reboot");
    let key = |log: &mut Log| _ = log.power_key();
    for (before, seconds) in [(asked as fn(&mut Log), 3 * 3600), (key, 600)] {
        let report = timed_out(before, seconds);
        assert_eq!(report.ending.orderliness, Orderliness::Orderly, "{seconds}");
        is(&report, Cause::PolicyJobTimeout, Proven);
    }
    let report = timed_out(asked, 1800);
    assert_eq!(report.ending.orderliness, Orderliness::OrderlyIncomplete);
    is(&report, Cause::PolicyJobTimeout, Proven);
}

#[test]
fn what_ends_the_machine_at_once_cannot_be_broken_off() {
    for (said, cause) in [
        ("Rebooting immediately: unit db.service failed", Cause::PolicyStartLimit),
        ("Powering off immediately: unit db.service succeeded", Cause::PolicyFailureAction),
        ("Rebooting immediately: Ctrl-Alt-Del was pressed more than 7 times within 2s", Cause::RequestedKey),
    ] {
        let report = cut_short(0, |log| _ = log.pid1(said));
        is(&report, cause, Proven);
        assert!(report.ending.candidates.is_empty(), "{said}: {:?}", report.ending.candidates);
    }
    // A shutdown that takes its steps, or life that goes on.
    let report = cut_short(0, |log| _ = log.pid1("Rebooting: unit db.service failed"));
    is(&report, Cause::PolicyStartLimit, Likely);
    leaves(&report, Cause::PowerLoss);
    let report = cut_short(60, |log| _ = log.pid1("Rebooting immediately: unit db.service failed"));
    assert_eq!(report.ending.orderliness, Orderliness::Abrupt);
}

#[test]
fn a_shutdown_that_a_person_broke_off_by_sysrq_is_told_by_that() {
    for (said, action) in [("sysrq: Resetting", Action::Reset), ("sysrq: Power Off", Action::Poweroff)] {
        let report = cut_short(0, |log| _ = log.request("reboot").stops().after(600).kernel(said));
        is(&report, Cause::RequestedForced, Likely);
        assert_eq!(report.ending.orderliness, Orderliness::OrderlyIncomplete);
        assert_eq!(report.ending.action, Some(action), "{said}");
        leaves(&report, Cause::RequestedApi);
    }
    // What went on before the shutdown began did not break it off.
    let report = cut_short(0, |log| _ = log.kernel("sysrq: Resetting").after(30).request("reboot").stops());
    is(&report, Cause::RequestedApi, Likely);
}

#[test]
fn a_restart_that_logind_carries_out_may_end_the_log_before_its_first_stop() {
    for (seconds, is_open) in [(8, true), (110, true), (180, false)] {
        let report = cut_short(seconds, |log| _ = log.request("reboot"));
        assert_eq!(report.ending.orderliness, Orderliness::Abrupt, "{seconds}");
        is(&report, Cause::UndeterminedAbrupt, Confidence::Undetermined);
        assert_eq!(report.ending.candidates.contains(&Cause::RequestedApi.into()), is_open, "{seconds}");
        let denied = &report.against[0].shows;
        assert_eq!(denied.contains("no stop is logged"), is_open, "{denied}");
    }
}

#[test]
fn what_the_kernel_says_that_it_does_itself_nothing_else_did() {
    let forced = "/usr/sbin/reboot -ff";
    let open = cut_short(0, |log| command(log, forced));
    leaves(&open, Cause::PowerLoss);
    let report = cut_short(0, |log| {
        command(log, forced);
        log.kernel("reboot: Restarting system");
    });
    is(&report, Cause::RequestedForced, Likely);
    assert_eq!(report.ending.action, Some(Action::Reset));
    assert!(report.ending.candidates.is_empty(), "{:?}", report.ending.candidates);
    assert_eq!(report.headline, "Abrupt end by a reset: likely, somebody forced it.");
    assert_eq!(report.excluded.first().map(|item| item.rule.as_str()), Some("kernel.restarting"));
}

#[test]
fn the_kernels_last_word_says_what_became_of_the_machine() {
    for (said, action) in [
        ("reboot: Power down", Action::Poweroff),
        ("reboot: System halted", Action::Halt),
        ("kexec_core: Starting new kernel", Action::Kexec),
    ] {
        let report = cut_short(0, |log| _ = log.kernel(said));
        is(&report, Cause::UndeterminedAbrupt, Confidence::Undetermined);
        assert_eq!(report.ending.action, Some(action), "{said}");
        assert_eq!(report.ending.candidates, [Cause::RequestedForced.into()], "{said}");
        let outlived = cut_short(40, |log| _ = log.kernel(said));
        assert_eq!(outlived.ending.action, Some(Action::Unknown), "{said}");
        leaves(&outlived, Cause::PowerLoss);
    }
}

#[test]
fn a_kernel_that_said_it_restarts_the_machine_and_went_on_did_not() {
    for (seconds, is_open) in [(1, false), (40, true)] {
        let report = cut_short(seconds, |log| _ = log.kernel("reboot: Restarting system"));
        is(&report, Cause::UndeterminedAbrupt, Confidence::Undetermined);
        assert_eq!(report.ending.action, Some(if is_open { Action::Unknown } else { Action::Reset }), "{seconds}");
        for cause in [Cause::PowerLoss, Cause::KernelPanic] {
            assert_eq!(report.ending.candidates.contains(&cause.into()), is_open, "{seconds} {cause}");
        }
        leaves(&report, Cause::RequestedForced);
    }
}

#[test]
fn a_command_that_forces_the_end_breaks_a_hung_shutdown_off() {
    let forced = |log: &mut Log| command(log, "/usr/sbin/reboot -ff");
    let hung = |verb: &str, last: &dyn Fn(&mut Log)| {
        cut_short(0, |log| {
            command(log, &format!("/usr/sbin/{verb}"));
            last(log.request(if verb == "reboot" { "reboot" } else { "power-off" }).stops().after(300));
        })
    };
    let report = hung("reboot", &forced);
    is(&report, Cause::RequestedForced, Likely);
    assert_eq!(report.headline, "Incomplete reboot: likely, somebody forced it.");
    for open in [Cause::RequestedUser, Cause::PowerLoss] {
        leaves(&report, open);
    }
    // The kernel says that it restarts the machine itself.
    let announced = hung("reboot", &|log| {
        forced(log);
        log.kernel("reboot: Restarting system");
    });
    is(&announced, Cause::RequestedForced, Likely);
    assert_eq!(announced.ending.action, Some(Action::Reset));
    assert!(!announced.ending.candidates.contains(&Cause::PowerLoss.into()), "{:?}", announced.ending.candidates);
    // Who wanted it off wants it up again.
    let other = hung("poweroff", &forced);
    is(&other, Cause::RequestedForced, Likely);
    assert_eq!(other.ending.action, Some(Action::Unknown));
    // The machine outlived it.
    let outlived = hung("reboot", &|log| {
        forced(log);
        log.after(20).service("app.service", "app", "waits");
    });
    is(&outlived, Cause::RequestedUser, Likely);
}

#[test]
fn a_person_who_leaves_the_graphical_mode_shuts_nothing_down() {
    let ends = |line: &str, targets: &[&str]| {
        let report = cut_short(0, |log| {
            command(log, line);
            for target in targets {
                log.unit(STOPPED, target, &format!("Stopped target {target}."));
            }
            log.service_stops();
        });
        report.ending.orderliness
    };
    let graphical = ["graphical.target"];
    assert_eq!(ends("/usr/bin/systemctl isolate multi-user.target", &graphical), Orderliness::Abrupt);
    // A shutdown stops the other targets, whatever a person had tried before, and another command stops nothing.
    let both = ["graphical.target", "multi-user.target"];
    assert_eq!(ends("/usr/sbin/telinit 3", &both), Orderliness::OrderlyIncomplete);
    assert_eq!(ends("/usr/bin/systemctl status gdm.service", &graphical), Orderliness::OrderlyIncomplete);
}

#[test]
fn keys_that_are_pressed_while_a_shutdown_hangs_break_it_off() {
    const BURST: &str = "Rebooting immediately: Ctrl-Alt-Del was pressed more than 7 times within 2s";
    let pressed = |seconds: u64| {
        let mut log = Log::new();
        log.boot(0).life(9).request("reboot").stops().after(seconds).pid1(BURST).closes();
        first(&mut log)
    };
    let hung = pressed(300);
    assert_eq!(hung.ending.orderliness, Orderliness::OrderlyIncomplete, "{}", hung.headline);
    is(&hung, Cause::RequestedKey, Proven);
    assert!(hung.contributing.iter().any(|item| item.id.to_string() == "shutdown.hang"), "{:?}", hung.contributing);
    // Who begins a shutdown in this way does so at once.
    assert_eq!(pressed(1).ending.orderliness, Orderliness::Orderly);
}
