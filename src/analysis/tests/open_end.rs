//! Newest boots that no line ends: what their last file leaves open of "still running".

use super::log::Log;
use super::{RUNNING, UNTOLD, says};
use crate::analysis::{FileState, OpenEnd, Postmortem, Rulebook, Strength, overview};

const LIVE: &str = "Still running when the files were copied.";
const OPEN: &str = "No end in these files: whether the boot has ended, and how, they do not tell.";

/// The report on one boot that ran for minutes in a file of this name and state, and what remains open of it.
fn alone(name: &str, state: FileState) -> (Postmortem, Option<OpenEnd>) {
    let mut log = Log::new();
    log.file(name, state).boot(0).life(3);
    let open_end = overview(&log.listed(), Rulebook::builtin()).remarks[0].open_end;
    (says(&log, &[RUNNING]).remove(0), open_end)
}

/// The name that journald gives a file that it sets aside so many seconds after the boot's last entry.
fn set_aside(seconds: u64) -> String {
    let last = alone("system.journal", FileState::Online).0.boot.last.realtime.0;
    format!("system@{:016x}-b8f48e3af84059c7.journal~", last + seconds * 1_000_000)
}

#[test]
fn a_machine_that_died_for_good_leaves_the_files_of_one_that_runs() {
    for state in [FileState::Online, FileState::Offline] {
        let (report, open_end) = alone("system.journal", state);
        assert_eq!((report.headline.as_str(), open_end), (LIVE, Some(OpenEnd::Live)));
        assert_eq!((report.evidence[0].strength, report.downgrades.len()), (Strength::Strong, 0));
        let told = "a machine that died then and was never started again leaves the same files".to_owned();
        assert!(report.limits.contains(&told), "{:?}", report.limits);
        assert_eq!(report.advice, ["copy the files again once it has ended"], "no boot before is there");
    }
}

#[test]
fn a_file_that_was_set_aside_does_not_say_that_the_boot_runs() {
    let (report, open_end) = alone(&set_aside(167), FileState::Online);
    assert_eq!((report.headline.as_str(), open_end), (OPEN, Some(OpenEnd::SetAside)));
    assert_eq!(report.evidence[0].strength, Strength::Weak);
    let against: Vec<&str> = report.against.iter().map(|item| item.shows.as_str()).collect();
    assert_eq!(against, ["journald died while it held this file open, and set it aside later"]);
    let limit = "was set aside 2 min 47 s after its last entry, by the wall clock of then";
    assert!(report.limits.iter().any(|told| told.contains(limit)), "{:?}", report.limits);
    assert!(report.downgrades[0].contains("alone or with the machine"), "{:?}", report.downgrades);
    assert!(report.advice[0].starts_with("get the whole directory"), "{:?}", report.advice);
    let (report, open_end) = alone(&set_aside(167), FileState::Offline);
    assert_eq!((report.headline.as_str(), open_end), (OPEN, Some(OpenEnd::Damaged)));
    assert_eq!(report.against[0].shows, "journald set this file aside as damaged");
    // A clock that was set back in between tells nothing of how long it took.
    let name = "system@0005d00000000000-b8f48e3af84059c7.journal~";
    let limit = format!("{name} was set aside: what was written later is in none of the files");
    assert!(alone(name, FileState::Online).0.limits.contains(&limit));
}

#[test]
fn a_file_that_was_archived_does_not_say_that_the_boot_runs() {
    let (report, open_end) = alone("excerpt.journal", FileState::Archived);
    assert_eq!((report.headline.as_str(), open_end), (OPEN, Some(OpenEnd::Archived)));
    assert_eq!((report.evidence[0].strength, report.against.len()), (Strength::Weak, 0));
    assert!(!report.limits.iter().any(|told| told.contains("copy")), "{:?}", report.limits);
}

#[test]
fn journald_alone_had_died_where_the_boot_goes_on_in_another_file() {
    let mut log = Log::new();
    log.boot(0).life(3).set_aside().life(3);
    let report = says(&log, &[RUNNING]).remove(0);
    assert_eq!((report.headline.as_str(), report.against.len(), report.downgrades.len()), (LIVE, 0, 0));
}

#[test]
fn the_report_on_a_boot_that_ended_tells_of_one_after_it_that_has_no_end() {
    let mut log = Log::new();
    log.boot(0).life(3).boot(60).life(3).boot(60).life(3);
    let reports = says(&log, &[UNTOLD, UNTOLD, RUNNING]);
    let told =
        |report: &Postmortem| report.limits.iter().any(|told| told.starts_with("no end of the boot after it, 0,"));
    assert_eq!(reports.iter().map(told).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(reports[2].advice[1], "ask for the boot before: `-b -1`");
}
