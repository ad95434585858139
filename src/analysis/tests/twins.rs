//! Two machines that have one id.

use super::super::{Cause, Confidence, FileState, Orderliness, judge};
use super::log::Log;

/// Boots of two machines with these host names, in turn: both run at the same time, by synced clocks or by none; the last
/// one begins so many seconds before the third ends.
fn endings(names: [&str; 2], is_synced: bool, last: i64) -> (Vec<Orderliness>, Vec<String>) {
    let mut log = Log::new();
    for (round, back) in [(0, 0), (1, 1000), (2, 2000), (3, last)] {
        let which = round % 2;
        log.series(if which == 0 { 0x22 } else { 0x33 }).begins(0).set_clock(-back * 1000);
        log.line(&[
            ("_TRANSPORT", "kernel"),
            ("SYSLOG_FACILITY", "0"),
            ("_HOSTNAME", names[which]),
            ("MESSAGE", "Linux"),
        ]);
        log.after(5).come_up();
        if is_synced {
            log.service("chronyd.service", "chronyd", "System clock was stepped by 0.001000 seconds");
        }
        log.life(20);
    }
    let source = log.listed();
    let reports: Vec<_> = (0..4).map(|boot| judge(&source, boot).unwrap()).collect();
    let limits = reports[3].limits.clone();
    (reports.iter().map(|report| report.ending.orderliness).collect(), limits)
}

#[test]
fn the_newest_boot_of_either_runs_and_is_no_successor_of_the_others() {
    use Orderliness::{Abrupt, Running};
    let warns = |limits: &[String]| limits.iter().any(|limit| limit.contains("used by two machines"));
    // That of the second may have begun when the first was copied.
    for last in [1000, 0] {
        let (of_two, limits) = endings(["deva", "devb"], true, last);
        assert_eq!(of_two.iter().filter(|end| **end == Running).count(), 2, "{of_two:?}");
        assert!(last == 0 || warns(&limits), "{limits:?}");
    }
    // One machine whose clock went wrong, or whose name changed while nothing shows its clock right.
    for (names, is_synced) in [(["deva", "deva"], true), (["deva", "devb"], false)] {
        let (of_one, limits) = endings(names, is_synced, 1000);
        assert_eq!(of_one[..3], [Abrupt, Abrupt, Abrupt]);
        assert!(!warns(&limits), "{limits:?}");
    }
}

#[test]
fn nothing_is_proven_of_a_boot_that_two_machines_have_entries_of() {
    let (apart, together) = (["a/system.journal", "b/system.journal"], ["remote-vma.journal", "remote-vmb.journal"]);
    for (names, files, is_shared) in
        [(["vma", "vmb"], apart, true), (["vma", "vma"], apart, false), (["vma", "vmb"], together, true)]
    {
        let mut log = Log::new();
        log.file(files[0], FileState::Online).boot(0).file(files[1], FileState::Online);
        for _ in 0..5 {
            for (name, file) in names.iter().zip(files) {
                let by = [("_TRANSPORT", "stdout"), ("_SYSTEMD_UNIT", "app.service"), ("_PID", "700")];
                log.back_in(file).after(30).line(&[&by[..], &[("_HOSTNAME", name), ("MESSAGE", "measured")]].concat());
            }
        }
        log.back_in(files[0]).shuts_down("power-off", "poweroff.target");
        let report = judge(&log.listed(), 0).unwrap();
        assert_eq!(report.ending.cause, Cause::RequestedApi);
        assert_eq!(report.ending.confidence == Some(Confidence::Proven), !is_shared, "{names:?}");
        assert_eq!(report.limits.iter().any(|limit| limit.contains("side by side")), is_shared, "{:?}", report.limits);
    }
    // A machine that is given its name when it is up has the first one no longer.
    let mut log = Log::new();
    log.file("a/system.journal", FileState::Online).boot(0).file("b/system.journal", FileState::Online);
    for name in ["localhost", "localhost", "vma", "vma"] {
        log.after(30).line(&[("_TRANSPORT", "stdout"), ("_PID", "700"), ("_HOSTNAME", name), ("MESSAGE", "measured")]);
    }
    let report = judge(&log.shuts_down("power-off", "poweroff.target").listed(), 0).unwrap();
    assert_eq!(report.ending.confidence, Some(Confidence::Proven));
    // One that takes its first name up again writes on in the files it has.
    let mut log = Log::new();
    log.boot(0).file("system@2.journal", FileState::Archived);
    for (name, file) in [("vma", "system@2.journal"), ("vmb", "system@2.journal"), ("vma", "system.journal")] {
        let by = [("_TRANSPORT", "stdout"), ("_PID", "700"), ("_HOSTNAME", name), ("MESSAGE", "measured")];
        log.back_in(file).after(30).line(&by);
    }
    let report = judge(&log.shuts_down("power-off", "poweroff.target").listed(), 0).unwrap();
    assert_eq!(report.ending.confidence, Some(Confidence::Proven));
}

#[test]
fn names_that_come_in_turns_in_one_file_are_of_two_machines() {
    let shared = |turns: usize, apart: u64, is_told: bool| {
        let mut log = Log::new();
        log.boot(0);
        for turn in 0..turns {
            let name = if turn % 2 == 0 { "vma" } else { "vmb" };
            let by = [("_TRANSPORT", "stdout"), ("_PID", "700"), ("_HOSTNAME", name), ("MESSAGE", "measured")];
            log.after(apart);
            if is_told {
                let told = format!("Changed host name to '{name}'");
                log.service("systemd-hostnamed.service", "systemd-hostnamed", &told);
            }
            log.line(&by);
        }
        judge(&log.shuts_down("power-off", "poweroff.target").listed(), 0).unwrap().ending.confidence
    };
    assert_eq!(shared(3, 30, false), Some(Confidence::Proven), "it went back to a name");
    assert_eq!(shared(12, 86_400, false), Some(Confidence::Proven), "with each lease another name");
    assert_eq!(shared(12, 30, false), Some(Confidence::Likely));
    assert_eq!(shared(12, 30, true), Some(Confidence::Proven), "and says each time which name it has now");
}

#[test]
fn a_last_step_that_life_goes_on_behind_for_minutes_was_anothers() {
    let ended = |minutes: u64, is_followed: bool| {
        let mut log = Log::new();
        log.boot(0).life(9).shuts_down("power-off", "poweroff.target").life(minutes);
        if is_followed {
            log.boot(300).life(1);
        }
        judge(&log.listed(), 0).unwrap()
    };
    for (minutes, is_followed, expected) in [
        (0, false, Orderliness::Orderly),
        (0, true, Orderliness::Orderly),
        (1, true, Orderliness::Orderly),
        (10, false, Orderliness::Running),
        (10, true, Orderliness::Abrupt),
        (60, true, Orderliness::Abrupt),
    ] {
        let report = ended(minutes, is_followed);
        assert_eq!(report.ending.orderliness, expected, "{minutes}: {}", report.headline);
        let is_told = report.limits.iter().any(|limit| limit.contains("behind the last step"));
        assert_eq!(is_told, minutes > 1, "{:?}", report.limits);
    }
    // The machine's own end comes behind that of the other.
    let mut log = Log::new();
    log.boot(0).life(9).shuts_down("power-off", "poweroff.target").life(10).request("reboot").stops();
    let report = judge(&log.boot(300).life(1).listed(), 0).unwrap();
    assert_eq!(report.ending.orderliness, Orderliness::OrderlyIncomplete);
}

#[test]
fn a_shutdown_that_entries_from_before_it_follow_is_not_proven() {
    let ended = |back: u64, minutes: u64| {
        let mut log = Log::new();
        log.boot(0).life(90).shuts_down("power-off", "poweroff.target").set_back(back).life(minutes);
        judge(&log.listed(), 0).unwrap()
    };
    for (back, minutes, is_told) in [(0, 0, false), (10, 0, false), (3000, 30, true), (3000, 1, true)] {
        let report = ended(back, minutes);
        assert_eq!(report.ending.confidence == Some(Confidence::Proven), !is_told, "{back} {minutes}");
        assert_eq!(report.limits.iter().any(|limit| limit.contains("snapshot")), is_told, "{:?}", report.limits);
    }
}
