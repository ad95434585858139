//! Who asked, where several may have, or where what looks like a person is none.

use super::super::{Cause, Confidence, Postmortem, judge};
use super::log::Log;
use super::requests::{asked, is, leaves, leaves_session, logind, session, sudo, unasked, wall};
use Confidence::{Likely, Possible, Proven};

const SESSION: [(&str, &str); 1] = [("_SYSTEMD_UNIT", "session-2.scope")];
const REBOOT: &str = "  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/sbin/reboot";

fn runs(log: &mut Log, command: &str) {
    sudo(log, &SESSION, &format!("  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={command}"));
}

fn rauc(log: &mut Log, message: &str) {
    log.service("rauc.service", "rauc", message);
}

/// An orderly restart into another kernel.
fn updated(before: impl Fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(9);
    before(&mut log);
    log.shuts_down("reboot", "reboot.target").starts(30, "6.9.7-arch1-1").after(5).come_up().life(1);
    judge(&log.listed(), 0).unwrap()
}

#[test]
fn what_was_installed_is_no_rival_of_who_asked_for_the_restart() {
    for seconds in [5, 20, 60, 300] {
        let report = updated(|log| {
            runs(log, "/usr/bin/apt install linux-image-amd64");
            log.after(seconds);
            runs(log, "/sbin/reboot");
        });
        is(&report, Cause::RequestedUser, Likely);
        leaves(&report, Cause::UpdatePackages);
    }
    let image = updated(|log| {
        rauc(log, "installing `/tmp/x.raucb` succeeded");
        runs(log.after(15), "/sbin/reboot");
    });
    is(&image, Cause::RequestedUser, Likely);
    leaves(&image, Cause::UpdateOsImage);
    let alone = updated(|log| rauc(log, "installing `/tmp/x.raucb` succeeded"));
    is(&alone, Cause::UpdateOsImage, Likely);
}

#[test]
fn of_two_that_asked_as_plainly_the_later_one_is_possible() {
    let off = "  alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/sbin/poweroff";
    let mut log = Log::new();
    log.boot(0).life(9).power_key();
    sudo(log.after(3), &SESSION, off);
    log.shuts_down("power-off", "poweroff.target").boot(30).life(1);
    let report = judge(&log.listed(), 0).unwrap();
    is(&report, Cause::RequestedUser, Possible);
    leaves(&report, Cause::RequestedKey);
    leaves(&report, Cause::RequestedApi);
    assert!(report.against.iter().any(|item| item.rule.starts_with("key.")), "{:?}", report.against);
}

#[test]
fn what_a_users_own_service_calls_sudo_is_no_persons() {
    let of = |unit: &'static str, group: &'static str| {
        let user = [("_SYSTEMD_UNIT", "user@1000.service"), ("_SYSTEMD_USER_UNIT", unit), ("_SYSTEMD_CGROUP", group)];
        asked(|log| sudo(log, &user, REBOOT))
    };
    let slice = "/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope";
    for unit in ["vte-spawn-0d1f.scope", "tmux-spawn-1.scope", "app-gnome-Alacritty-9.scope", "app-konsole@1.service"] {
        is(&of(unit, slice), Cause::RequestedUser, Likely);
    }
    let payload = "/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.service/libpod-payload-0d1f";
    for (unit, group) in [("myapp.service", slice), ("app-x.service", payload), ("libpod-0d1f.scope", slice)] {
        is(&of(unit, group), Cause::RequestedApi, Proven);
    }
    let mut log = Log::new();
    let user = [("_SYSTEMD_UNIT", "user@1000.service"), ("_SYSTEMD_USER_UNIT", "myapp.service")];
    sudo(log.boot(0).life(9), &user, &format!("{REBOOT} -ff"));
    let report = judge(&log.boot(30).life(1).listed(), 0).unwrap();
    assert_eq!(report.ending.cause, Cause::UndeterminedAbrupt);
}

/// A session that logind tells the class of.
fn of_class(log: &mut Log, account: &str, class: &str, has_field: bool) {
    let message = format!("New session '2' of user '{account}' with class '{class}' and type 'unspecified'.");
    let opened = [("MESSAGE_ID", "8d45620c1a4348dbb17410da57c60c66"), ("SESSION_ID", "2"), ("USER_ID", account)];
    let class: &[(&str, &str)] = if has_field { &[("CLASS", class)] } else { &[] };
    logind(log, &[&opened[..], class, &[("MESSAGE", &message)]].concat());
}

#[test]
fn a_session_is_a_persons_by_its_class() {
    for (class, cause) in [
        ("user", Cause::RequestedUser),
        ("user-early", Cause::RequestedUser),
        ("manager", Cause::RequestedApi),
        ("manager-early", Cause::RequestedApi),
        ("background", Cause::RequestedApi),
        ("greeter", Cause::RequestedApi),
    ] {
        for has_field in [true, false] {
            let report = asked(|log| {
                of_class(log, "pod", class, has_field);
                wall(log.after(2000), "pod");
            });
            is(&report, cause, Likely);
            let other = if cause == Cause::RequestedUser { Cause::RequestedApi } else { Cause::RequestedUser };
            leaves(&report, other);
        }
    }
    let greeted = asked(|log| of_class(log, "sddm", "greeter", true));
    is(&greeted, Cause::RequestedApi, Proven);
}

/// What sshd says of a login.
fn logs_in(log: &mut Log, account: &str) {
    let message = format!("Accepted publickey for {account} from 10.0.0.1 port 50000 ssh2: ED25519 SHA256:x");
    let by = [("_TRANSPORT", "syslog"), ("_SYSTEMD_UNIT", "ssh.service"), ("_COMM", "sshd"), ("_UID", "0")];
    log.line(&[&by[..], &[("_EXE", "/usr/sbin/sshd"), ("MESSAGE", &message)]].concat());
}

/// What cron says of a job of alice's.
fn job(log: &mut Log) {
    log.service("crond.service", "CROND", "(alice) CMD (sudo /sbin/reboot)");
}

#[test]
fn a_command_without_a_terminal_is_a_persons_in_a_session_of_one() {
    let bare = "  alice : PWD=/ ; USER=root ; COMMAND=/sbin/reboot";
    let of = |before: &dyn Fn(&mut Log)| {
        asked(|log| {
            before(log);
            sudo(log, &SESSION, bare);
        })
    };
    is(&asked(|log| sudo(log, &[("_SYSTEMD_UNIT", "sshd@3-10.0.0.1.service")], bare)), Cause::RequestedUser, Likely);
    is(&of(&|log| of_class(log, "alice", "user", true)), Cause::RequestedUser, Likely);
    is(&of(&|log| logs_in(log, "alice")), Cause::RequestedUser, Likely);
    let let_in = of(&|log| {
        logs_in(log, "alice");
        session(log, "alice");
        log.after(2000);
    });
    is(&let_in, Cause::RequestedUser, Likely);
    let by_anothers_login = of(&|log| {
        logs_in(log, "bob");
        session(log, "alice");
    });
    let long_before = of(&|log| {
        logs_in(log, "alice");
        session(log.after(3000), "alice");
    });
    let by_job = of(&|log| {
        logs_in(log, "alice");
        session(log.after(3000), "alice");
        job(log);
    });
    let by_both = of(&|log| {
        logs_in(log, "alice");
        session(log, "alice");
        job(log);
    });
    let without_opening = of(&|log| {
        logs_in(log, "alice");
        job(log.after(3000));
    });
    let by_class = of(&|log| of_class(log, "alice", "background", true));
    for report in [by_job, by_both, without_opening, by_class, of(&|_| ())] {
        is(&report, Cause::RequestedApi, Likely);
        leaves(&report, Cause::RequestedUser);
    }
    for report in [by_anothers_login, long_before, of(&|log| session(log, "alice"))] {
        assert_eq!(report.ending.cause, Cause::RequestedUser, "a session began just before");
        assert_eq!(report.ending.confidence, Some(Confidence::Possible));
        leaves(&report, Cause::RequestedApi);
    }
    let by_service = asked(|log| sudo(log, &[("_SYSTEMD_UNIT", "user@1000.service")], bare));
    is(&by_service, Cause::RequestedApi, Likely);
}

#[test]
fn a_message_is_a_persons_where_one_has_a_session() {
    let left = |before: &dyn Fn(&mut Log)| {
        unasked("", |log| {
            before(log);
            let id = "98268866d1d54a499c4e98921d93bc40";
            let message = "System is rebooting (new disk, back at noon).";
            log.after(30).logind(id, ("SHUTDOWN", "reboot"), message);
        })
    };
    is(&left(&|log| session(log, "alice")), Cause::RequestedUser, Likely);
    let by_nobody = left(&|_| ());
    is(&by_nobody, Cause::RequestedApi, Likely);
    leaves(&by_nobody, Cause::RequestedUser);
    is(&left(&|log| logs_in(log, "root")), Cause::RequestedUser, Likely);
    let was_there = left(&|log| {
        logs_in(log, "alice");
        session(log, "alice");
        leaves_session(log.after(60));
    });
    is(&was_there, Cause::RequestedApi, Likely);
    let from_before = left(&|log| {
        log.forget_boot().life(9);
    });
    is(&from_before, Cause::RequestedUser, Likely);
}

#[test]
fn a_slot_marked_good_or_a_failed_installation_is_no_update() {
    for message in
        ["marked slot(s) rootfs.0 as good", "installing `/tmp/x.raucb` failed: signature verification failed"]
    {
        is(&asked(|log| rauc(log, message)), Cause::RequestedApi, Proven);
    }
}

#[test]
fn only_the_systems_own_commands_end_it() {
    for command in ["/sbin/init 6", "/usr/sbin/telinit 6", "/usr/bin/systemctl isolate reboot.target"] {
        is(&asked(|log| runs(log, command)), Cause::RequestedUser, Likely);
    }
    for command in ["/opt/app/bin/shutdown", "/sbin/init 3", "/usr/bin/systemctl isolate rescue.target"] {
        is(&asked(|log| runs(log, command)), Cause::RequestedApi, Proven);
    }
}

#[test]
fn the_headline_says_not_that_nobody_is_named_where_pid_1_names_a_unit() {
    let by = |who: &'static str| {
        unasked("", |log| {
            log.pid1(&format!("Reboot requested from client PID 9{who}..."));
        })
    };
    let named = by(" ('systemctl') (unit app.service)");
    is(&named, Cause::RequestedApi, Proven);
    assert!(named.headline.contains("names its unit"), "{}", named.headline);
    assert!(named.evidence.iter().any(|item| item.shows.contains("app.service")), "{:?}", named.evidence);
    let unnamed = by(" ('systemctl')");
    assert!(unnamed.headline.contains("does not say by whom"), "{}", unnamed.headline);
    // What a program asked for long before, and nothing came of, is another matter.
    let mut log = Log::new();
    log.boot(0).life(9).pid1("Reboot requested from client PID 9 ('systemctl') (unit app.service)...").life(40);
    let earlier = judge(&log.shuts_down("reboot", "reboot.target").boot(30).listed(), 0).unwrap();
    is(&earlier, Cause::RequestedApi, Proven);
    assert!(earlier.headline.contains("does not say by whom"), "{}", earlier.headline);
}

#[test]
fn a_command_of_roots_that_cron_ran_asked_for_it() {
    let by = [("_TRANSPORT", "syslog"), ("_SYSTEMD_UNIT", "cron.service"), ("_EXE", "/usr/sbin/cron"), ("_PID", "900")];
    for (command, cause) in [
        ("(root) CMD (/sbin/shutdown -r now)", Cause::RequestedScheduled),
        ("(root) CMD (test -e /run/reboot-required && /sbin/reboot)", Cause::RequestedApi),
    ] {
        let report = asked(|log| _ = log.line(&[&by[..], &[("MESSAGE", command)]].concat()));
        is(&report, cause, Likely);
        let is_open = cause == Cause::RequestedApi;
        leaves(&report, if is_open { Cause::RequestedScheduled } else { Cause::RequestedApi });
        assert_eq!(report.headline.contains("by whom is not certain"), is_open, "{}", report.headline);
    }
}

#[test]
fn who_ends_a_shutdown_that_hangs_is_named_beside_who_asked_for_it() {
    let mut log = Log::new();
    log.boot(0).life(9);
    log.service("apt-daily-upgrade.service", "unattended-upgrade", "Found /var/run/reboot-required, rebooting");
    log.request("reboot").stops().after(180);
    log.pid1("Poweroff requested from client PID 5002 ('poweroff') (unit session-7.scope)...").closes();
    let report = judge(&log.boot(30).life(1).listed(), 0).unwrap();
    is(&report, Cause::UpdatePackages, Likely);
    leaves(&report, Cause::RequestedUser);
    assert_eq!(report.headline, "Orderly power-off: likely, a restart for updated packages had been asked for.");
}
