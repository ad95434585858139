//! Files whose headers claim entries behind the last one that can be read: how the boot ended may stand there.

use super::log::Log;
use super::{Action, Ending, Orderliness, REBOOTED, RUNNING, UNTOLD, has, says};
use crate::analysis::{Cause, Confidence, FileState, Source};

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
                    lost, the last of them 46 min 53 s after it";
        assert!(limits(&reports[0]).contains(told), "{}", limits(&reports[0]));
        assert!(reports[0].death.as_ref().is_some_and(|death| death.to.is_none()));
    }
}

#[test]
fn a_hole_between_two_boots_of_one_file_may_have_held_the_end() {
    let holed = |missing: u64, lost: u64| {
        let mut log = Log::new();
        log.boot(0).life(3).skip(missing).boot(60).life(1).has_lost(lost);
        log
    };
    let reports = says(&holed(155, 155), &[UNKNOWN, RUNNING]);
    assert_eq!(reports[0].ending.confidence, Some(Confidence::Undetermined));
    says(&holed(0, 155), &[UNTOLD, RUNNING]);
    // Numbers that another journal of the same counter had: what was lost of this one lay elsewhere.
    says(&holed(4, 1), &[UNTOLD, RUNNING]);
    says(&holed(155, 0), &[UNTOLD, RUNNING]);
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
    let told =
        "system@1.journal was archived, as files that are full and excerpts are: what was written later is in none";
    assert!(limits(&reports[0]).contains(told), "{}", limits(&reports[0]));
}

/// A boot in a file that was archived, and another in the next file, whose numbers follow or are those of another series.
fn archived(is_counted: bool) -> Log {
    let mut log = Log::new();
    log.file("system@1.journal", FileState::Archived).boot(0).life(3).file("system@2.journal", FileState::Online);
    if !is_counted {
        log.series(0x33).restart();
    }
    log.boot(60).life(1);
    log
}

#[test]
fn behind_an_archived_file_the_end_may_be_in_none_where_no_numbers_lead_to_the_next_boot() {
    let told = "system@1.journal was archived, and no numbers lead from it to the next boot: if more was written, how \
                the boot ended may stand there, in none of the files";
    let [counted, uncounted] = [true, false].map(|is_counted| says(&archived(is_counted), &[UNTOLD, RUNNING]));
    assert!(limits(&uncounted[0]).contains(told), "{}", limits(&uncounted[0]));
    assert!(!limits(&counted[0]).contains("was archived"), "{}", limits(&counted[0]));
}

/// A boot whose system journal loses its end while a user's journal goes on.
fn outlived(entries: u64, state: FileState) -> Log {
    let mut log = Log::new();
    log.boot(0).life(3).loses(entries, state).skip(entries).file("user-1000.journal", FileState::Online).life(1);
    log
}

#[test]
fn the_end_that_the_system_journal_lost_is_missed_though_a_users_goes_on_longer() {
    let reports = says(&outlived(79, FileState::Archived), &[UNKNOWN]);
    assert_eq!(reports[0].ending.cause, Cause::NoneUnreadable);
    let told = "up to 79 entries behind the last that can be read are lost, the last of them 1 min 19 s after it";
    assert!(limits(&reports[0]).contains(told), "{}", limits(&reports[0]));
    let mut log = outlived(79, FileState::Archived);
    log.file("system@2.journal", FileState::Online).boot(60).life(1);
    says(&log, &[UNKNOWN, RUNNING]);
    // A machine that died with its file open has lost its last moments, and one that runs may be writing.
    let mut log = outlived(79, FileState::Online);
    log.file("system@2.journal", FileState::Online).boot(60).life(1);
    says(&log, &[UNTOLD, RUNNING]);
    says(&outlived(1, FileState::Online), &[RUNNING]);
}

#[test]
fn what_a_users_journal_lost_is_no_end_where_the_systems_is_whole() {
    for is_later in [true, false] {
        let mut log = Log::new();
        log.boot(0)
            .life(3)
            .file("user-1000.journal", FileState::Archived)
            .life(1)
            .loses(5, FileState::Archived)
            .skip(5);
        log.back_in("system.journal");
        if is_later {
            log.life(1);
        }
        let reports = says(&log, &[RUNNING]);
        assert!(limits(&reports[0]).contains("user-1000.journal is damaged: by its header up to 5 entries"));
        log.boot(60).life(1);
        says(&log, &[UNTOLD, RUNNING]);
    }
    // Where the system's was closed for good before, or is not there at all, nothing tells of the end.
    for is_there in [true, false] {
        let mut log = Log::new();
        log.file(if is_there { "system@1.journal" } else { "user-1000@1.journal" }, FileState::Archived)
            .boot(0)
            .life(3);
        log.file("user-1000.journal", FileState::Archived).life(1).loses(5, FileState::Archived);
        says(&log, &[UNKNOWN]);
    }
}

#[test]
fn a_boot_that_goes_on_in_another_file_lost_no_end() {
    let mut log = Log::new();
    log.boot(0).life(3).loses(40, FileState::Archived).skip(40).file("system@2.journal", FileState::Online).life(3);
    let reports = says(&log, &[RUNNING]);
    assert!(limits(&reports[0]).contains("system.journal is damaged: by its header up to 40 entries"));
    log.boot(60).life(1);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn numbers_that_are_missing_within_a_boot_are_a_limit_of_its_verdict() {
    for (skipped, told) in
        [(0, None), (1, Some("1 of this boot's entries, by its number, is")), (7, Some("7 of this boot's entries"))]
    {
        let mut log = Log::new();
        log.boot(0).life(3).skip(skipped).life(2).boot(60).life(1);
        let reports = says(&log, &[UNTOLD, RUNNING]);
        let limits: Vec<String> = reports.iter().map(limits).collect();
        assert_eq!(limits[0].contains("in no file that was read"), skipped > 0, "{}", limits[0]);
        assert!(told.is_none_or(|told| limits[0].contains(told)), "{}", limits[0]);
        assert!(!limits[1].contains("in no file that was read"), "{}", limits[1]);
    }
}

/// As systemd up to 252 wrote: a boot whose system journal was closed for good, with numbers that no file has before a
/// user's journal ends, and a counter that began anew.
fn closed_early(missing: u64, state: FileState) -> Log {
    let mut log = Log::new();
    log.file("system@1.journal", state).boot(0).life(3);
    log.file("user-1000.journal", FileState::Online).series(0x33).life(1);
    log.back_in("system@1.journal").series(0x22).life(1).skip(missing);
    log.back_in("user-1000.journal").series(0x33).life(2);
    log
}

fn followed(mut log: Log) -> Log {
    log.file("system.journal", FileState::Online).series(0x44).restart().boot(60).life(1);
    log
}

#[test]
fn a_users_journal_that_goes_on_to_the_very_end_does_not_tell_how_the_boot_ended() {
    let reports = says(&followed(closed_early(149, FileState::Archived)), &[UNKNOWN, RUNNING]);
    assert_eq!(reports[0].ending.cause, Cause::NoneRotated);
    let end = reports[0].evidence.iter().find(|item| item.rule == "tail.missing").unwrap();
    assert_eq!(end.shows, "the system's journal ends here: 149 entries behind this one are in none of the files");
    let crate::analysis::Witness::Line(place) = &end.witness else { panic!("{end:?}") };
    assert_eq!((place.file.as_str(), place.seqnum.0), ("system@1.journal", 15));
    let told = "149 of this boot's entries, by their numbers, are in no file that was read: 16 to 164";
    assert!(limits(&reports[0]).contains(told), "{}", limits(&reports[0]));
    // The hole is no silence, and who may have written there did not fall silent.
    assert_eq!(reports[0].silence.longest_before_us, 60_001_000);
    assert!(reports[0].death.as_ref().unwrap().heartbeats.is_empty());
}

#[test]
fn a_users_journal_goes_on_alone_where_the_system_had_no_more_to_say() {
    says(&followed(closed_early(0, FileState::Archived)), &[UNTOLD, RUNNING]);
    // A file that was open to the end lost nothing for good: another user's journal may hold these numbers.
    says(&followed(closed_early(149, FileState::Online)), &[UNTOLD, RUNNING]);
    // And the newest boot may run.
    let reports = says(&closed_early(149, FileState::Archived), &[RUNNING]);
    assert!(limits(&reports[0]).contains("system@1.journal was archived"), "{}", limits(&reports[0]));
}

#[test]
fn where_the_next_boot_has_the_very_next_number_the_end_is_there() {
    let mut log = Log::new();
    log.file("system@1.journal", FileState::Archived).boot(0).life(3).skip(4);
    log.file("user-1000.journal", FileState::Online).life(2);
    log.file("system.journal", FileState::Online).boot(60).life(1);
    let reports = says(&log, &[UNTOLD, RUNNING]);
    assert!(limits(&reports[0]).contains("4 of this boot's entries, by their numbers"), "{}", limits(&reports[0]));
}

#[test]
fn a_users_journal_alone_tells_of_no_end() {
    let mut log = Log::new();
    log.file("user-1000.journal", FileState::Online).boot(0).life(3);
    log.file("system.journal", FileState::Online).boot(60).life(1);
    let reports = says(&log, &[UNKNOWN, RUNNING]);
    assert_eq!(reports[0].ending.cause, Cause::NoneRotated);
}

/// As systemd up to 252 wrote: the journal of a user is a series of its own.
fn with_own_series(log: &mut Log) -> &mut Log {
    log.series(0x33)
}

#[test]
fn numbers_behind_the_systems_last_are_missing_though_a_user_wrote_the_last_line() {
    let mut log = Log::new();
    log.file("system@1.journal", FileState::Archived).boot(0).life(3);
    with_own_series(log.file("user-1000.journal", FileState::Online)).life(2).skip(37);
    log.file("system.journal", FileState::Online).series(0x22).boot(60).life(1);
    let reports = says(&log, &[UNKNOWN, RUNNING]);
    assert_eq!(reports[0].ending.cause, Cause::NoneRotated);
    let gap = reports[0].evidence.iter().find(|item| item.rule == "seqnum.gap").unwrap();
    assert_eq!(gap.shows, "the next boot's first entry: 37 entries before it are in none of the files");
    let end = reports[0].evidence.iter().find(|item| item.rule == "tail.missing").unwrap();
    assert_eq!(end.shows, "the last entry of the system's journals that is in the files");
}

#[test]
fn a_file_that_was_set_aside_was_the_last_whoever_wrote_the_last_line() {
    let mut log = Log::new();
    log.boot(0).life(3).file("user-1000.journal", FileState::Online).life(1).skip(3);
    log.back_in("system.journal").set_aside().boot(60).life(1);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn a_counter_that_jumped_to_that_of_a_users_file_left_nothing_out() {
    let mut log = Log::new();
    // The user's file is ahead since the boot before, and the counter began anew.
    with_own_series(log.file("user-1000.journal", FileState::Online)).skip(90_000).boot(0).life(1);
    log.restart().file("system@1.journal", FileState::Archived).series(0x44).boot(60).life(3);
    with_own_series(log.back_in("user-1000.journal")).ahead(90_011).life(1);
    log.back_in("system@1.journal").series(0x44).life(1);
    log.file("system.journal", FileState::Online).series(0x55).restart().boot(60).life(1);
    let reports = says(&log, &[UNKNOWN, UNTOLD, RUNNING]);
    assert!(!limits(&reports[1]).contains("in no file that was read"), "{}", limits(&reports[1]));
}

#[test]
fn numbers_that_a_users_file_had_before_journald_was_killed_are_given_twice_and_not_missing() {
    let mut log = Log::new();
    log.file("system@1.journal~", FileState::Online).boot(0).life(3);
    let last_of_systems = Source::boots(&log.listed())[0].tail.seqnum.0;
    log.file("user-1000.journal", FileState::Online).life(90);
    // Of one series. The counter begins behind the system's last number, and jumps over the user's.
    log.file("system.journal", FileState::Online).ahead(last_of_systems).boot(60).life(1);
    log.back_in("user-1000.journal").ahead(last_of_systems + 90).life(1);
    let told = limits(&says(&log, &[UNTOLD, RUNNING])[1]);
    assert!(!told.contains("in no file that was read"), "{told}");
    log.skip(5).life(1);
    let told = limits(&says(&log, &[UNTOLD, RUNNING])[1]);
    assert!(told.contains("5 of this boot's entries, by their numbers, are in no file that was read"), "{told}");
}

/// A boot with a line of a namespace, whose counter is far ahead, behind the system's last.
fn with_namespace(missing: u64) -> Log {
    let mut log = Log::new();
    log.file("system@1.journal", FileState::Archived).boot(0).life(2);
    log.file("1111.web/system.journal", FileState::Online).series(0x66).ahead(90_000).life(1);
    log.file("system.journal", FileState::Online).series(0x22).ahead(12 + missing).boot(60).life(1);
    log.back_in("1111.web/system.journal").series(0x66).ahead(90_001).life(1);
    log
}

#[test]
fn a_namespaces_journal_tells_nothing_of_the_systems_numbers_and_ends() {
    let reports = says(&with_namespace(0), &[UNTOLD, RUNNING]);
    assert!(!limits(&reports[0]).contains("in no file that was read"), "{}", limits(&reports[0]));
    assert_eq!(reports[0].silence.longest_before_us, 60_001_000);
    let reports = says(&with_namespace(30), &[UNKNOWN, RUNNING]);
    assert_eq!(reports[0].ending.cause, Cause::NoneRotated);
    let gap = reports[0].evidence.iter().find(|item| item.rule == "seqnum.gap").unwrap();
    assert_eq!(gap.shows, "the next boot's first entry: 30 entries before it are in none of the files");
}

#[test]
fn a_namespaces_numbers_do_not_fill_the_holes_of_the_systems_counter() {
    let told = |missing: u64| {
        let mut log = Log::new();
        with_own_series(log.file("user-1000.journal", FileState::Online)).boot(0).life(2).skip(missing).life(3);
        log.file("1111.web/system.journal", FileState::Online).series(0x66).ahead(0).life(9);
        // Another copy of it.
        log.file("1111.web/system@1.journal", FileState::Archived).series(0x66).ahead(0).life(9);
        log.file("system.journal", FileState::Online).series(0x22).boot(60).life(1);
        limits(&says(&log, &[UNKNOWN, RUNNING])[0])
    };
    let some = told(13);
    assert!(some.contains("13 of this boot's entries, by their numbers, are in no file that was read"), "{some}");
    assert!(!told(0).contains("by their numbers"), "{}", told(0));
}

/// A boot whose archived file loses so many entries, one each second, behind what is written last.
fn torn(entries: u64, before: impl Fn(&mut Log)) -> Log {
    let mut log = Log::new();
    log.boot(0).life(3);
    before(&mut log);
    log.loses(entries, FileState::Archived).skip(entries).file("system.journal", FileState::Online);
    log.boot(60).life(1);
    log
}

#[test]
fn what_can_be_read_of_a_torn_tail_says_what_it_says_and_is_possible_at_most() {
    let verdict = |report: &crate::analysis::Postmortem| (report.ending.cause, report.ending.confidence);
    let downgrade = "part of the file that holds the end could not be read";
    let panics = |log: &mut Log| _ = log.kernel("Kernel panic - not syncing: Fatal exception");
    let reset = Ending { orderliness: Orderliness::Abrupt, action: Some(Action::Reset) };
    let stops = |log: &mut Log| _ = log.request("reboot").stops();
    let begun = Ending { orderliness: Orderliness::Unknown, action: Some(Action::Reboot) };
    // Ten minutes, or five hundred entries: as much as a tail has.
    for entries in [40, 599] {
        let report = says(&torn(entries, panics), &[reset, RUNNING]).remove(0);
        assert_eq!(verdict(&report), (Cause::KernelPanic, Some(Confidence::Possible)));
        assert!(report.downgrades.iter().any(|why| why.contains(downgrade)), "{:?}", report.downgrades);
        let report = says(&torn(entries, stops), &[begun, RUNNING]).remove(0);
        assert_eq!(verdict(&report), (Cause::RequestedApi, Some(Confidence::Possible)));
        assert!(report.ending.candidates.contains(&Cause::KernelPanic.into()), "it may have been broken off");
        assert!(report.downgrades.iter().any(|why| why.contains(downgrade)), "{:?}", report.downgrades);
    }
    let unread = (Cause::NoneUnreadable, Some(Confidence::Undetermined));
    assert_eq!(verdict(&says(&torn(600, panics), &[UNKNOWN, RUNNING])[0]), unread);
    assert_eq!(verdict(&says(&torn(600, stops), &[begun, RUNNING])[0]), unread);
    // A whole shutdown may be lost.
    assert_eq!(verdict(&says(&torn(40, |_| ()), &[UNKNOWN, RUNNING])[0]), unread);
    // What is in no file for another reason is not to be had by reading on.
    let mut log = Log::new();
    log.boot(0).life(3);
    panics(&mut log);
    log.file("system@2.journal", FileState::Online).skip(40).boot(60).life(1);
    assert_eq!(verdict(&says(&log, &[UNKNOWN, RUNNING])[0]).0, Cause::NoneRotated);
}
