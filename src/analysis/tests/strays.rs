//! Stops in mid-life that look like a shutdown's.

use super::super::{Action, Cause, Confidence, Postmortem, judge};
use super::log::{Log, STARTED, STARTING, STOPPED, STOPPING};
use super::requests::{first, is, sudo};
use super::{REBOOTED, RUNNING, UNTOLD, incomplete, orderly, says};

const FLUSH: &str = "systemd-journal-flush.service";
const JOURNALD: &str = "systemd-journald.service";

/// PID 1 stops journald by hand, and with it the flush that requires it.
fn journald_stops(log: &mut Log, is_heard: bool) {
    log.unit(STOPPED, FLUSH, "Stopped Flush Journal to Persistent Storage.");
    log.unit(STOPPING, JOURNALD, "Stopping Journal Service...");
    log.relinquish();
    if is_heard {
        log.kmsg("5", "systemd-journald", "Received SIGTERM from PID 1 (systemd).");
    }
    log.driver("d93fb3c9c24d451a97cea615ce59c00b", "Journal stopped");
}

fn journald_starts(log: &mut Log) {
    log.unit(STARTING, JOURNALD, "Starting Journal Service...");
    log.driver("f77379a8490b408bbe5f6940505a777b", "Journal started");
    log.unit(STARTED, FLUSH, "Finished Flush Journal to Persistent Storage.");
}

fn disk_is_pulled(log: &mut Log) {
    log.kernel("usb 1-1: USB disconnect, device number 4");
    log.unit(STOPPED, "local-fs.target", "Stopped target Local File Systems.");
}

fn journald_restarts(log: &mut Log) {
    journald_stops(log, true);
    journald_starts(log);
}

/// A boot in which that happened, minutes before.
fn lived(happens: fn(&mut Log), is_apart: bool, minutes: u64) -> Log {
    let mut log = Log::new();
    if is_apart {
        for _ in 0..2 {
            log.boot(30).life(3).request("reboot").stops().relinquish();
        }
    }
    log.boot(30).life(9);
    happens(&mut log);
    log.life(minutes);
    log
}

#[test]
fn what_a_service_or_a_disk_takes_down_with_it_is_no_shutdown() {
    for happens in [journald_restarts as fn(&mut Log), disk_is_pulled] {
        for minutes in [1, 10, 30] {
            says(&lived(happens, true, minutes), &[REBOOTED, REBOOTED, RUNNING]);
            says(&lived(happens, false, minutes), &[RUNNING]);
            says(lived(happens, true, minutes).boot(300).life(1), &[REBOOTED, REBOOTED, UNTOLD, RUNNING]);
            let mut log = lived(happens, false, minutes);
            let asked = first(log.request("reboot").stops().ends("reboot.target"));
            is(&asked, Cause::RequestedApi, Confidence::Proven);
        }
    }
    // A log that ends with the late stop alone ends where such a machine's logs end.
    says(
        lived(|log| _ = log.relinquish(), true, 0).boot(30).life(1),
        &[REBOOTED, REBOOTED, orderly(Action::Unknown), RUNNING],
    );
    says(lived(disk_is_pulled, true, 0).boot(30).life(1), &[REBOOTED, REBOOTED, UNTOLD, RUNNING]);
}

#[test]
fn a_journald_that_was_stopped_by_hand_ends_the_log_and_no_boot() {
    for is_heard in [true, false] {
        let mut log = Log::new();
        log.boot(0).life(9);
        journald_stops(&mut log, is_heard);
        says(&log, &[RUNNING]);
        says(log.boot(300).life(1), &[UNTOLD, RUNNING]);
    }
}

/// A machine that left its graphical mode so many seconds before what follows.
fn without_graphics(seconds: u64, ends: fn(&mut Log)) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(9).unit(STOPPED, "graphical.target", "Stopped target Graphical Interface.");
    for _ in 0..seconds / 20 {
        log.after(20).service("app.service", "app", "measured");
    }
    ends(&mut log);
    judge(&log.boot(30).life(1).listed(), 0).unwrap()
}

#[test]
fn a_shutdown_begins_where_it_began_not_where_the_graphical_mode_was_left() {
    for seconds in [40, 300, 1800, 3000] {
        let asked = without_graphics(seconds, |log| _ = log.shuts_down("reboot", "reboot.target"));
        is(&asked, Cause::RequestedApi, Confidence::Proven);
        let by_person = without_graphics(seconds, |log| {
            sudo(
                log,
                &[("_SYSTEMD_UNIT", "session-2.scope")],
                "  anna : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/sbin/reboot",
            );
            log.shuts_down("reboot", "reboot.target");
        });
        is(&by_person, Cause::RequestedUser, Confidence::Likely);
    }
    // A shutdown that hangs between the two was asked for before the first.
    let mut log = Log::new();
    log.boot(0).life(9).request("reboot").unit(STOPPED, "graphical.target", "Stopped target Graphical Interface.");
    is(&first(log.after(300).stops().ends("reboot.target")), Cause::RequestedApi, Confidence::Proven);
}

#[test]
fn services_that_a_person_stopped_are_no_shutdown_where_the_log_goes_on() {
    for (seconds, is_shutdown) in [(60, true), (600, false)] {
        let mut log = Log::new();
        log.boot(0).life(9).service_stops();
        for _ in 0..seconds / 10 {
            log.after(10).service("app.service", "app", "measured");
        }
        let end = if is_shutdown { incomplete(Action::Unknown) } else { UNTOLD };
        says(log.boot(30).life(1), &[end, RUNNING]);
    }
    // What was asked for may hang for long.
    let mut log = Log::new();
    log.boot(0).life(9).request("reboot").service_stops().after(600).service("app.service", "app", "measured");
    says(log.boot(30).life(1), &[incomplete(Action::Reboot), RUNNING]);
    let mut log = Log::new();
    log.boot(0).life(9).service_stops().life(4).closes().boot(30).life(1);
    says(&log, &[orderly(Action::Unknown), RUNNING]);
}

const PLAN: &str = "9e7066279dc8403da79ce4b1a69064b2";

/// A machine that relinquishes its journal, on which a disk is pulled so many seconds after what was written before.
fn pulled(seconds: u64, before: impl Fn(&mut Log)) -> Log {
    let mut log = Log::new();
    for _ in 0..2 {
        log.boot(30).life(3).request("reboot").stops().relinquish();
    }
    log.boot(30).life(9);
    before(&mut log);
    disk_is_pulled(log.after(seconds));
    log
}

#[test]
fn what_was_asked_for_in_vain_or_for_later_leads_to_no_late_stop() {
    let plan = |log: &mut Log| {
        let said = "The system will reboot at Tue 2026-05-12 23:54:30 UTC!";
        log.logind(PLAN, ("ACTION", "reboot"), said);
    };
    let key = |log: &mut Log| _ = log.power_key();
    for before in [plan as fn(&mut Log), key] {
        says(pulled(30, before).life(10), &[REBOOTED, REBOOTED, RUNNING]);
        says(pulled(30, before).life(10).boot(300).life(1), &[REBOOTED, REBOOTED, UNTOLD, RUNNING]);
    }
}

#[test]
fn a_disk_that_was_pulled_before_a_person_asked_did_not_begin_the_shutdown() {
    let mut log = pulled(0, |_| ());
    let command = "  anna : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/sbin/reboot";
    sudo(log.after(40), &[("_SYSTEMD_UNIT", "session-2.scope")], command);
    log.request("reboot").stops().relinquish();
    let report = judge(&log.boot(30).life(1).listed(), 2).unwrap();
    is(&report, Cause::RequestedUser, Confidence::Likely);
}

#[test]
fn a_service_that_takes_the_targets_down_with_it_ends_no_machine() {
    let taken_down = |minutes: u64| {
        let mut log = Log::new();
        log.boot(0).life(9).unit(STOPPING, "app.service", "Stopping app.service...");
        log.unit(STOPPED, "graphical.target", "Stopped target Graphical Interface.");
        log.unit(STOPPED, "multi-user.target", "Stopped target Multi-User System.");
        log.unit(STOPPED, "app.service", "Stopped app.service.").life(minutes);
        log
    };
    says(&taken_down(20), &[RUNNING]);
    says(taken_down(20).boot(300).life(1), &[UNTOLD, RUNNING]);
    let asked = first(taken_down(20).shuts_down("reboot", "reboot.target"));
    is(&asked, Cause::RequestedApi, Confidence::Proven);
    // Just before the end it may be the beginning of a shutdown.
    says(taken_down(0).boot(300).life(1), &[incomplete(Action::Unknown), RUNNING]);
}

/// A request that came to nothing, the seconds that passed since, and what stopped then, with ten minutes of life behind.
fn long_after(asks: fn(&mut Log), seconds: u64, stops: fn(&mut Log)) -> Log {
    let mut log = Log::new();
    log.boot(0).life(9);
    asks(&mut log);
    for _ in 0..seconds / 30 {
        log.after(30).service("app.service", "app", "measured");
    }
    stops(&mut log);
    for _ in 0..60 {
        log.after(10).service("app.service", "app", "measured");
    }
    log
}

fn reboot_is_refused(log: &mut Log) {
    let by = [("_SYSTEMD_UNIT", "session-2.scope")];
    sudo(log, &by, "  anna : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/sbin/reboot");
}

#[test]
fn what_was_asked_for_in_vain_makes_no_shutdown_of_what_a_person_stops_later() {
    let graphics = |log: &mut Log| _ = log.unit(STOPPED, "graphical.target", "Stopped target Graphical Interface.");
    let services = |log: &mut Log| _ = log.service_stops();
    let key = |log: &mut Log| _ = log.power_key();
    for asks in [key as fn(&mut Log), reboot_is_refused] {
        for seconds in [600, 7200] {
            says(&long_after(asks, seconds, services), &[RUNNING]);
        }
        for seconds in [60, 600, 7200] {
            says(&long_after(asks, seconds, graphics), &[RUNNING]);
            says(long_after(asks, seconds, graphics).boot(300).life(1), &[UNTOLD, RUNNING]);
        }
    }
    // What logind carried out just before is another matter.
    let mut hung = long_after(|log| _ = log.request("reboot"), 0, graphics);
    says(hung.boot(300).life(1), &[incomplete(Action::Reboot), RUNNING]);
}

#[test]
fn a_key_that_is_pressed_in_emergency_mode_makes_no_shutdown_of_its_stops() {
    let mut log = Log::new();
    log.boot(0).life(3).unit(STARTED, "emergency.target", "Reached target Emergency Mode.").power_key();
    log.stops().after(120).kernel("usb 1-1: new device");
    says(log.boot(600).life(1), &[UNTOLD, RUNNING]);
}
