//! Requests that wait: plans that are cancelled, and what is carried out only when those who delay it are done.

use super::super::{Cause, Confidence, Postmortem};
use super::log::Log;
use super::requests::{first, health, hup, is, leaves, sudo, unasked, ups};
use Confidence::{Likely, Proven};

const COMMAND: &str = "  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/sbin/reboot";
const PLAN: &str = "9e7066279dc8403da79ce4b1a69064b2";
const CANCELLED: &str = "249f6fb9e6e2428c96f3f0875681ffa3";

/// A boot that ends in order, by logind's doing, after what was written before.
fn ended(verb: &str, before: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(9);
    before(&mut log);
    let target = if verb == "reboot" { "reboot.target" } else { "poweroff.target" };
    first(log.shuts_down(verb, target))
}

/// logind is told to restart the machine at a time; `Log::boot` and its life come to 05:09:05.
fn plan(log: &mut Log, time: &str) {
    log.logind(PLAN, ("ACTION", "reboot"), &format!("The system will reboot at Tue 2026-05-12 {time}!"));
}

fn cancel(log: &mut Log) {
    log.after(15).logind(CANCELLED, ("ACTION", "reboot"), "System shutdown has been cancelled");
}

#[test]
fn a_plan_that_was_cancelled_did_not_take_place() {
    let due = |log: &mut Log| {
        plan(log, "05:10:05 UTC");
        log.after(60);
    };
    is(&ended("reboot", due), Cause::RequestedScheduled, Proven);
    let by_person = ended("reboot", |log| {
        plan(log, "05:10:05 UTC");
        cancel(log);
        sudo(log.after(50), &[("_SYSTEMD_UNIT", "session-2.scope")], COMMAND);
    });
    is(&by_person, Cause::RequestedUser, Likely);
    assert!(!by_person.ending.candidates.contains(&Cause::RequestedScheduled.into()));
    let by_key = ended("power-off", |log| {
        plan(log, "05:10:05 UTC");
        cancel(log);
        log.after(40).power_key();
        log.logind("", ("PRIORITY", "6"), "Powering off...");
    });
    is(&by_key, Cause::RequestedKey, Proven);
    let again = ended("reboot", |log| {
        plan(log, "05:30:00 UTC");
        cancel(log);
        plan(log, "05:10:05 UTC");
        log.after(45);
    });
    is(&again, Cause::RequestedScheduled, Proven);
    let replaced = ended("reboot", |log| {
        plan(log, "05:10:05 UTC");
        plan(log, "09:00:00 UTC");
        log.after(60);
    });
    is(&replaced, Cause::RequestedApi, Proven);
}

#[test]
fn a_plan_that_came_due_proves_nothing_where_a_person_asked_for_the_end() {
    let person = |log: &mut Log| sudo(log.after(40), &[("_SYSTEMD_UNIT", "session-2.scope")], COMMAND);
    let same = ended("reboot", |log| {
        plan(log, "05:09:45 UTC");
        person(log);
    });
    is(&same, Cause::RequestedScheduled, Likely);
    leaves(&same, Cause::RequestedUser);
    // What was planned was another end.
    let off = |log: &mut Log, time: &str| {
        log.logind(PLAN, ("ACTION", "poweroff"), &format!("The system will power off at Tue 2026-05-12 {time}!"));
    };
    let other = ended("reboot", |log| {
        off(log, "05:09:45 UTC");
        person(log);
    });
    is(&other, Cause::RequestedUser, Likely);
    assert!(!other.ending.candidates.contains(&Cause::RequestedScheduled.into()), "{:?}", other.ending.candidates);
    is(&ended("reboot", |log| off(log, "05:09:05 UTC")), Cause::RequestedApi, Proven);
    // One who asks again when logind is at it changes nothing.
    let mut log = Log::new();
    plan(log.boot(0).life(9), "05:10:05 UTC");
    person(log.after(60).request("reboot").after(2));
    is(&first(log.stops().ends("reboot.target")), Cause::RequestedScheduled, Proven);
}

#[test]
fn what_logind_delays_is_still_what_was_asked_for() {
    for seconds in [45, 60, 110] {
        let by_ups = ended("power-off", |log| {
            ups(log, "Initiating system shutdown!");
            log.after(seconds);
        });
        is(&by_ups, Cause::PowerUps, Proven);
        let too_hot = ended("power-off", |log| {
            log.kernel("thermal thermal_zone3: critical temperature reached (80 C), shutting down").after(seconds);
        });
        is(&too_hot, Cause::ThermalOrderly, Proven);
        let by_host = ended("power-off", |log| {
            log.kernel("hv_utils: Shutdown request received - graceful shutdown initiated").after(seconds);
        });
        is(&by_host, Cause::RequestedHypervisor, Proven);
        let by_key = ended("power-off", |log| {
            log.power_key().logind("", ("PRIORITY", "6"), "Powering off...").after(seconds);
        });
        is(&by_key, Cause::RequestedKey, Proven);
        let by_update = ended("reboot", |log| {
            hup(log);
            log.after(seconds);
        });
        is(&by_update, Cause::UpdateOsImage, Proven);
    }
    let rolled_back = ended("reboot", |log| {
        health(log);
        log.after(60);
        hup(log);
        log.after(2);
    });
    is(&rolled_back, Cause::UpdateRollbackHealth, Proven);
}

#[test]
fn what_is_done_after_a_delay_is_another_request_where_it_is_something_else_or_somebody_else_asked() {
    let other_verb = ended("reboot", |log| {
        log.kernel("hv_utils: Shutdown request received - graceful shutdown initiated").after(60);
    });
    is(&other_verb, Cause::RequestedApi, Likely);
    leaves(&other_verb, Cause::RequestedHypervisor);
    let over = ended("power-off", |log| {
        ups(log, "Initiating system shutdown!");
        log.after(5);
        ups(log, "Mains returned. No longer on UPS batteries.");
        log.after(90);
    });
    is(&over, Cause::RequestedApi, Proven);
    let by_person = ended("power-off", |log| {
        ups(log, "Initiating system shutdown!");
        let off = COMMAND.replace("reboot", "poweroff");
        sudo(log.after(60), &[("_SYSTEMD_UNIT", "session-2.scope")], &off);
    });
    assert!(by_person.ending.confidence < Some(Proven), "{:?}", by_person.ending);
    assert_eq!(by_person.ending.cause, Cause::RequestedUser);
    leaves(&by_person, Cause::PowerUps);
    let too_long = ended("power-off", |log| {
        ups(log, "Initiating system shutdown!");
        log.after(150);
    });
    is(&too_long, Cause::RequestedApi, Proven);
}

#[test]
fn a_plan_whose_time_had_not_come_ended_nothing() {
    use super::super::Orderliness::{Abrupt, OrderlyIncomplete};
    let cut = |at: &str| {
        let mut log = Log::new();
        log.boot(0).life(9);
        plan(&mut log, at);
        first(log.after(2).service("app.service", "app", "measured").set_aside())
    };
    for far in ["05:10:25 UTC", "17:00:00 UTC", "09:10:25 CEST"] {
        let report = cut(far);
        assert_eq!(report.ending.orderliness, Abrupt, "{far}");
        is(&report, Cause::UndeterminedAbrupt, Confidence::Undetermined);
        assert_eq!(report.against[0].rule, "plan.reboot", "{far}");
    }
    let mut log = Log::new();
    plan(log.boot(0).life(9), "17:00:00 UTC");
    let runs = super::super::judge(&log.listed(), 0).unwrap();
    assert!(runs.against[0].shows.ends_with(", and nothing had come of it by the last entry"), "{:?}", runs.against);
    for due in ["05:09:05 UTC", "05:09:07 UTC", "07:09:05 CEST"] {
        let report = cut(due);
        assert_eq!(report.ending.orderliness, OrderlyIncomplete, "{due}");
    }
}

#[test]
fn a_shutdown_that_was_asked_for_and_hangs_for_an_hour_is_one_still() {
    use super::super::{Only, Orderliness};
    let hangs = |before: fn(&mut Log), after: fn(&mut Log)| {
        let mut log = Log::new();
        log.boot(0).life(9);
        before(&mut log);
        log.stops();
        after(&mut log);
        for _ in 0..50 {
            log.after(60).service("libvirt-guests.service", "libvirt-guests.sh", "Waiting for guest vm1 to shut down");
        }
        first(log.set_aside())
    };
    let asked = |log: &mut Log| _ = log.request("reboot");
    let report = hangs(asked, |_| ());
    assert_eq!(report.ending.orderliness, Orderliness::OrderlyIncomplete);
    is(&report, Cause::RequestedApi, Likely);
    leaves(&report, Cause::PowerLoss);
    assert!(report.ending.candidates.contains(&Only::ShutdownHang.into()));
    // Nobody asked for those stops, somebody long before, or all came up again.
    let long_before = |log: &mut Log| _ = log.request("reboot").life(30);
    // It was called off, and what had been stopped was started again.
    let started = |log: &mut Log| {
        log.unit("9d1aaa27d60140bd96365438aad20286", "ssh.service", "Stopped OpenBSD Secure Shell server.");
        log.after(20).unit("39f53479d3a045ac8e11786248231fbf", "ssh.service", "Started OpenBSD Secure Shell server.");
    };
    // What a shutdown starts itself does not say so: a hook, and what is there to its end.
    let hooks = |log: &mut Log| {
        for unit in ["my-hook.service", "systemd-journald.service", "systemd-udevd.service", "other-hook.service"] {
            log.after(120).unit("39f53479d3a045ac8e11786248231fbf", unit, &format!("Started {unit}."));
        }
    };
    assert_eq!(hangs(asked, hooks).ending.orderliness, Orderliness::OrderlyIncomplete);
    for (before, after) in [
        ((|_| ()) as fn(&mut Log), (|_| ()) as fn(&mut Log)),
        (long_before, |_| ()),
        (asked, |log| _ = log.come_up()),
        (asked, started),
    ] {
        assert_eq!(hangs(before, after).ending.orderliness, Orderliness::Abrupt);
    }
}

#[test]
fn who_asked_for_a_shutdown_that_hangs_for_hours_is_known_however_much_is_written_meanwhile() {
    let mut log = Log::new();
    log.boot(0).life(9);
    sudo(&mut log, &[("_SYSTEMD_UNIT", "session-2.scope")], COMMAND);
    log.request("reboot").stops();
    for _ in 0..2_000 {
        log.after(5).service("libvirt-guests.service", "libvirt-guests.sh", "Waiting for guest vm1 to shut down");
    }
    is(&first(log.set_aside()), Cause::RequestedUser, Likely);
}

#[test]
fn a_plan_whose_time_the_machine_slept_over_comes_due_when_it_wakes() {
    let woken = |planned: &str, seconds: u64| {
        ended("reboot", |log| {
            plan(log, planned);
            log.falls_asleep().set_clock(5 * 3600 * 1000).wakes().after(seconds);
        })
    };
    is(&woken("06:10:05 UTC", 1), Cause::RequestedScheduled, Proven);
    is(&woken("06:10:05 UTC", 600), Cause::RequestedApi, Proven);
    is(&woken("18:10:05 UTC", 1), Cause::RequestedApi, Proven);
}

#[test]
fn a_command_for_later_asks_for_no_end_now() {
    for (command, cause) in [
        ("/usr/sbin/shutdown -r +60", Cause::RequestedApi),
        ("/usr/sbin/shutdown -r 23:00", Cause::RequestedApi),
        ("/usr/sbin/shutdown -r 6:05", Cause::RequestedApi),
        ("/usr/sbin/shutdown --show", Cause::RequestedApi),
        ("/usr/bin/systemctl reboot --when=show", Cause::RequestedApi),
        ("/usr/sbin/shutdown -r now", Cause::RequestedUser),
        ("/usr/sbin/shutdown -r +0", Cause::RequestedUser),
        ("/usr/bin/systemctl reboot --when=now", Cause::RequestedUser),
    ] {
        let report = ended("reboot", |log| {
            let message = format!("  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={command}");
            sudo(log, &[("_SYSTEMD_UNIT", "session-2.scope")], &message);
            log.after(8);
        });
        assert_eq!(report.ending.cause, cause, "{command}");
    }
}

#[test]
fn what_announced_another_end_than_the_one_that_came_is_not_its_cause() {
    let hot = |log: &mut Log| {
        log.kernel("thermal thermal_zone3: critical temperature reached (80 C), shutting down");
    };
    let told = |log: &mut Log| ups(log, super::requests::SHUTDOWN);
    for (announced, cause) in [(hot as fn(&mut Log), Cause::ThermalOrderly), (told, Cause::PowerUps)] {
        is(&ended("power-off", announced), cause, Proven);
        let another = ended("reboot", |log| {
            announced(log);
            log.after(10);
        });
        is(&another, Cause::RequestedApi, Likely);
        leaves(&another, cause);
        let by_person = ended("reboot", |log| {
            announced(log);
            sudo(log.after(10), &[("_SYSTEMD_UNIT", "session-2.scope")], COMMAND);
        });
        is(&by_person, Cause::RequestedUser, Likely);
        leaves(&by_person, cause);
    }
}

#[test]
fn a_plan_to_restart_came_true_where_another_kernel_was_started() {
    let mut log = Log::new();
    log.boot(0).life(9);
    plan(&mut log, "05:10:05 UTC");
    let report = first(log.after(60).shuts_down("kexec", "kexec.target"));
    is(&report, Cause::RequestedScheduled, Proven);
}

#[test]
fn logins_that_were_blocked_before_tell_of_a_plan_where_logind_names_none() {
    let blocked = |seconds: u64| {
        ended("reboot", |log| {
            super::requests::logind(log, &[("MESSAGE", "Creating /run/nologin, blocking further logins...")]);
            log.after(seconds);
        })
    };
    for seconds in [60, 300] {
        let report = blocked(seconds);
        is(&report, Cause::RequestedScheduled, Confidence::Possible);
        leaves(&report, Cause::RequestedApi);
    }
    is(&blocked(3600), Cause::RequestedApi, Proven);
    let told = |tell: fn(&mut Log)| {
        ended("reboot", |log| {
            super::requests::logind(log, &[("MESSAGE", "Creating /run/nologin, blocking further logins...")]);
            tell(log);
            log.after(60);
        })
    };
    is(&told(cancel), Cause::RequestedApi, Proven);
    // The time of the plan is known, and had not come.
    is(&told(|log| plan(log, "05:14:05 UTC")), Cause::RequestedApi, Proven);
}

#[test]
fn a_command_that_another_program_runs_is_a_persons_as_well() {
    for (command, cause) in [
        ("/usr/bin/bash -c sleep 5; reboot", Cause::RequestedUser),
        ("/usr/bin/nice reboot", Cause::RequestedUser),
        ("/usr/bin/sh -c echo reboot", Cause::RequestedApi),
        ("/usr/bin/env shutdown -r +60", Cause::RequestedApi),
        ("/usr/sbin/shutdown -r 60", Cause::RequestedApi),
        ("/usr/sbin/shutdown -r 0", Cause::RequestedUser),
        ("/usr/sbin/shutdown -t 60 -r now", Cause::RequestedUser),
        ("/usr/sbin/shutdown -r -t 0 +10", Cause::RequestedApi),
    ] {
        let message = format!("  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={command}");
        let report = ended("reboot", |log| sudo(log, &[("_SYSTEMD_UNIT", "session-2.scope")], &message));
        assert_eq!(report.ending.cause, cause, "{command}");
    }
}

#[test]
fn the_daemon_that_planned_before_logind_did_is_believed_alike() {
    let tell = |log: &mut Log, message: &str| {
        log.service("systemd-shutdownd.service", "systemd-shutdownd", message);
    };
    let planned = |message: &str| {
        unasked("", |log| {
            tell(log, "Shutting down at Tue 2026-05-12 05:10:05 UTC (reboot)...");
            tell(log, message);
            log.after(60);
        })
    };
    is(&planned("Creating /run/nologin, blocking further logins..."), Cause::RequestedScheduled, Proven);
    assert_ne!(planned("Shutdown canceled.").ending.cause, Cause::RequestedScheduled);
}

#[test]
fn what_is_delayed_for_minutes_by_those_who_were_told_is_what_was_asked_for_then() {
    let told = |log: &mut Log, minutes: u64| {
        log.service(
            "kubelet.service",
            "kubelet",
            "\"Shutdown manager detected new shutdown event\" event=\"shutdown\"",
        );
        log.life(minutes);
    };
    for minutes in [1, 3, 8] {
        let planned = ended("reboot", |log| {
            plan(log, "05:10:05 UTC");
            log.after(60).logind(PLAN, ("ACTION", "reboot"), "The system will reboot now!");
            told(log, minutes);
        });
        is(&planned, Cause::RequestedScheduled, Proven);
        let by_host = ended("power-off", |log| {
            log.kernel("hv_utils: Shutdown request received - graceful shutdown initiated");
            told(log, minutes);
        });
        is(&by_host, Cause::RequestedHypervisor, Proven);
    }
    // Where nobody was told, nothing of it says why logind waited.
    let untold = ended("power-off", |log| {
        log.kernel("hv_utils: Shutdown request received - graceful shutdown initiated").life(8);
    });
    assert_ne!(untold.ending.cause, Cause::RequestedHypervisor);
}
