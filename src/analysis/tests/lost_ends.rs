//! Files whose headers claim entries behind the last one that can be read: how the boot ended may stand there.

use super::log::Log;
use super::{Action, Ending, Orderliness, REBOOTED, RUNNING, UNTOLD, has, says};
use crate::analysis::{Cause, Confidence, FileState};

const UNKNOWN: Ending = Ending { orderliness: Orderliness::Unknown, action: Some(Action::Unknown) };

fn limits(report: &crate::analysis::Postmortem) -> String {
    report.limits.join("\n")
}

#[test]
fn a_newest_boot_whose_file_lost_its_end_is_not_called_running() {
    for state in [FileState::Archived, FileState::Offline, FileState::Online] {
        let mut log = Log::new();
        log.boot(0).life(3).loses(2813, state);
        let reports = says(&log, &[UNKNOWN]);
        let ending = &reports[0].ending;
        assert_eq!((ending.cause, ending.confidence), (Cause::NoneUnreadable, Some(Confidence::Undetermined)));
        has(&reports[0], "tail.missing");
        let told = "system.journal is damaged: by its header up to 2813 entries behind the last that can be read are \
                    lost, the last of them 2813 s after it";
        assert!(limits(&reports[0]).contains(told), "{}", limits(&reports[0]));
        assert!(reports[0].death.as_ref().is_some_and(|death| death.to.is_none()));
    }
}

#[test]
fn a_machine_that_runs_may_be_writing_its_next_entry() {
    let mut log = Log::new();
    log.boot(0).life(3).loses(1, FileState::Online);
    says(&log, &[RUNNING]);
    let mut log = Log::new();
    log.boot(0).life(3).loses(1, FileState::Archived);
    says(&log, &[UNKNOWN]);
}

#[test]
fn a_shutdown_that_is_there_ends_the_boot_whatever_was_lost_behind_it() {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target").loses(4, FileState::Archived);
    says(&log, &[REBOOTED]);
}

#[test]
fn where_another_boot_follows_the_end_of_an_archived_file_is_lost_and_that_of_an_open_one_was_the_end() {
    let mut log = Log::new();
    log.boot(0)
        .life(3)
        .loses(40, FileState::Archived)
        .file("system.journal", FileState::Online)
        .skip(40)
        .boot(60)
        .life(1);
    says(&log, &[UNKNOWN, RUNNING]);
    let mut log = Log::new();
    log.boot(0).life(3).loses(40, FileState::Online).set_aside().skip(40).boot(60).life(1);
    says(&log, &[UNTOLD, RUNNING]);
    // The very next number is there: nothing came between.
    let mut log = Log::new();
    log.boot(0).life(3).loses(40, FileState::Archived).file("system.journal", FileState::Online).boot(60).life(1);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn an_earlier_boot_of_the_file_lost_nothing_of_its_end() {
    let mut log = Log::new();
    log.boot(0).life(3).boot(60).life(1).loses(40, FileState::Archived);
    let reports = says(&log, &[UNTOLD, UNKNOWN]);
    assert!(limits(&reports[0]).contains("system.journal is damaged: entries may be missing"));
}

#[test]
fn a_boot_in_an_archived_file_that_is_whole_runs_as_far_as_anyone_can_see() {
    let mut log = Log::new();
    log.file("system@1.journal", FileState::Archived).boot(0).life(3);
    let reports = says(&log, &[RUNNING]);
    let told = "system@1.journal was archived: what was written later is in none of the files";
    assert!(limits(&reports[0]).contains(told), "{}", limits(&reports[0]));
}
