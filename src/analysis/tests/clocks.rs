//! The clocks of boots: labels, steps, starts told from the time after them, and boots that left nothing.

use super::super::chronology::{Chronology, Span};
use super::judge;
use super::log::{Log, STARTED};
use crate::analysis::Only;

const SECOND: u64 = 1_000_000;
const MINUTE: i64 = 60_000;

fn spans(log: &Log) -> Vec<Span> {
    Chronology::of(&log.listed()).spans().to_vec()
}

fn label(log: &Log) -> String {
    spans(log)[0].clock.kind.to_string()
}

/// A boot of a machine that says nothing of its clock.
fn booted() -> Log {
    let mut log = Log::new();
    log.boot(30);
    log
}

#[test]
fn a_clock_that_a_time_server_stepped_is_synced_and_the_start_told_from_after_the_step() {
    let mut log = booted();
    log.after(3).set_clock(2_546_206);
    log.service("chronyd.service", "chronyd", "System clock was stepped by 2546.206649 seconds").life(5);
    let clock = &spans(&log)[0].clock;
    assert_eq!(clock.kind.to_string(), "synced@+8s");
    assert_eq!(
        clock.steps.iter().map(|step| (step.at.0 / SECOND, step.by_us)).collect::<Vec<_>>(),
        [(8, 2_546_206_000)]
    );
    assert_eq!(clock.start.0 - clock.shown_start.0, 2_546_206_000);
}

#[test]
fn each_label_has_its_line() {
    let kernel = |set: &str| {
        let mut log = Log::new();
        log.kernel_boot(30).kernel(&format!("rtc-ds1307 1-0068: setting system clock to {set} UTC (1778562000)"));
        log.after(5).come_up();
        log
    };
    assert_eq!(label(&kernel("2026-05-12T05:00:00")), "rtc");
    let mut copy = booted();
    let set = "rtc_cmos 00:04: setting system clock to 2026-05-12T05:00:00 UTC (1778562000)";
    copy.line(&[("SYSLOG_IDENTIFIER", "kernel"), ("MESSAGE", set)]);
    assert_eq!(label(&copy), "rtc", "a copy of the text alone");
    assert_eq!(label(&kernel("2000-01-01T00:00:03")), "epoch", "the RTC itself was never set");
    let said = |unit: &str, ident: &str, message: &str| label(booted().service(unit, ident, message));
    assert_eq!(said("fake-hwclock.service", "fake-hwclock", "Fri Jan  5 03:17:01 UTC 2026"), "fake-hwclock");
    assert_eq!(
        said("systemd-timesyncd.service", "systemd-timesyncd", "Initial clock synchronization to Tue."),
        "synced@+5s"
    );
    assert_eq!(said("cron.service", "CRON", "session opened for user root"), "unknown");
    assert_eq!(label(booted().pid1("System time before build time, advancing clock.")), "epoch");
    let bump = |text| [("_PID", "1"), ("MESSAGE_ID", "7db73c8af0d94eeb822ae04323fe6ab6"), ("MESSAGE", text)];
    let saved = "System time advanced to timestamp on /var/lib/systemd/timesync/clock: Tue 2026-05-12 04:17:01 UTC";
    assert_eq!(label(booted().line(&bump(saved))), "fake-hwclock");
    let built = "System time advanced to built-in epoch: Thu 2023-02-09 00:00:00 UTC";
    assert_eq!(label(booted().line(&bump(built))), "epoch");
}

#[test]
fn a_clock_before_2001_was_never_set() {
    let mut log = Log::new();
    log.set_clock(-1_778_000_000_000).boot(0).life(3);
    assert_eq!(label(&log), "epoch");
}

#[test]
fn an_application_that_speaks_of_the_clock_sets_none() {
    let mut log = booted();
    log.service("collector.service", "chronyd", "System clock was stepped by 2546.206649 seconds");
    log.service("collector.service", "fake-hwclock", "Fri Jan  5 03:17:01 UTC 2026");
    log.kmsg("1", "kernel", "rtc_cmos 00:04: setting system clock to 2026-05-12T05:00:00 UTC (1778562000)");
    assert_eq!(label(&log), "unknown");
}

#[test]
fn whoever_sets_the_clock_later_without_a_word_leaves_it_unknown() {
    let mut log = Log::new();
    log.kernel_boot(30).kernel("rtc_cmos 00:04: setting system clock to 2026-05-12T05:00:00 UTC (1778562000)");
    log.after(5).come_up().life(10).set_clock(-7 * MINUTE).life(10).set_clock(200).life(3);
    let clock = &spans(&log)[0].clock;
    assert_eq!(clock.kind.to_string(), "unknown");
    assert_eq!(clock.steps.iter().map(|step| step.by_us).collect::<Vec<_>>(), [-7 * 60_000_000], "0.2 s is no step");
    assert_eq!(clock.shown_start.0 - clock.start.0, 7 * 60 * SECOND);
}

#[test]
fn who_sets_a_synced_clock_by_much_leaves_it_unknown_and_out_of_comparisons() {
    let set = |by: i64| {
        let mut log = booted();
        log.service("chronyd.service", "chronyd", "System clock was stepped by 0.6 seconds").life(5);
        log.set_clock(by).life(5);
        let span = &spans(&log)[0];
        (span.clock.kind.to_string(), span.is_anchored)
    };
    assert_eq!(set(5 * 60 * MINUTE), ("unknown".to_owned(), false));
    assert_eq!(set(-2 * MINUTE), ("unknown".to_owned(), false));
    assert_eq!(set(2_000), ("synced@+5s".to_owned(), true), "as a time server's client does");
}

#[test]
fn a_clock_that_was_set_counts_for_nothing_where_the_next_boot_certainly_came_later_and_shows_less() {
    let anchored = |second: i64| {
        let mut log = booted();
        log.life(5).set_clock(600 * MINUTE).life(5).boot(60).set_clock(second).life(5);
        spans(&log).iter().map(|span| span.is_anchored).collect::<Vec<_>>()
    };
    assert_eq!(anchored(-5_000), [true, true]);
    assert_eq!(anchored(-300 * MINUTE), [false, false]);
    // What is known to be wrong contradicts nothing.
    let mut log = booted();
    log.life(5).set_clock(600 * MINUTE).life(5).boot(60).set_clock(-300 * MINUTE);
    log.service("fake-hwclock.service", "fake-hwclock", "Fri Jan  5 03:17:01 UTC 2026").life(5);
    assert_eq!(spans(&log).iter().map(|span| span.is_anchored).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn sleep_moves_the_wall_clock_and_is_no_step() {
    let mut log = booted();
    log.life(10).falls_asleep().set_clock(8 * 60 * MINUTE).wakes().life(10);
    let clock = &spans(&log)[0].clock;
    assert_eq!((clock.steps.len(), clock.slept_us), (0, 8 * 3600 * SECOND));
    assert_eq!(clock.start, clock.shown_start);
}

#[test]
fn a_device_that_counts_its_boots_tells_of_those_that_left_nothing() {
    let counts = |log: &mut Log, number: u32| {
        let text = format!("Boot history updated successfully (boot #{number} in last 10 minutes)");
        log.service("disk-watchdog-boot-history.service", "disk-watchdog-boot-history", &text).life(2);
    };
    let mut log = booted();
    counts(&mut log, 1);
    log.boot(20);
    counts(&mut log, 4);
    let spans = spans(&log);
    assert_eq!(spans[0].invisible_before, None);
    assert_eq!(spans[1].invisible_before.as_ref().map(|boots| boots.at_least), Some(2));
}

#[test]
fn a_saved_time_that_is_later_than_the_end_before_was_saved_by_another_boot() {
    let synced = |log: &mut Log| {
        log.service("chronyd.service", "chronyd", "System clock was stepped by 0.6 seconds").life(30);
    };
    let saved = |hours: u64| {
        let mut log = booted();
        synced(&mut log);
        log.boot(hours * 3600).service("fake-hwclock.service", "fake-hwclock", "Fri Jan  5 03:17:01 UTC 2026").life(2);
        spans(&log)[1].invisible_before.as_ref().map(|boots| boots.at_least)
    };
    assert_eq!(saved(5), Some(1), "five hours later than the end");
    assert_eq!(saved(0), None);
}

#[test]
fn what_was_written_before_the_flush_was_in_memory_only() {
    let mut log = booted();
    let text = "Time spent on flushing to /var/log/journal/84aa is 642us for 812 entries.";
    log.after(12).line(&[("_TRANSPORT", "driver"), ("MESSAGE", text)]);
    log.unit(STARTED, "docker.service", "Started docker.service.");
    assert_eq!(spans(&log)[0].blind_us.map(|us| us / SECOND), Some(17));
}

#[test]
fn a_step_is_shown_by_the_entry_after_it() {
    let mut log = Log::new();
    log.boot(0).life(10).set_clock(-7 * MINUTE).after(1);
    log.service("after.service", "after", "the first line by the new clock").life(3).boot(900);
    let report = judge(&log.listed(), 0).unwrap();
    let step = report.contributing.iter().find(|known| known.id == Only::ClockStep.into()).unwrap();
    let evidence = step.evidence.as_ref().unwrap();
    assert_eq!(evidence.shows, "the wall clock moved 7 min back, 10 min 6 s after the start");
    let crate::analysis::Witness::Line(place) = &evidence.witness else { panic!("{evidence:?}") };
    assert_eq!(place.message, "the first line by the new clock");
    let told = "the wall clock moved 7 min back, 10 min 6 s after the start: earlier times are not comparable";
    assert!(report.limits.iter().any(|limit| limit == told), "{:?}", report.limits);
    assert_eq!(report.boot.start_shown.unwrap().0 - report.boot.start.unwrap().0, 7 * 60 * SECOND);
}

/// A boot whose clock a time server has set, a minute after its start.
fn synced() -> Log {
    let mut log = booted();
    log.after(60).service("chronyd.service", "chronyd", "System clock was stepped by 0.012000 seconds").life(10);
    log
}

#[test]
fn what_somebody_sets_after_the_time_server_says_nothing_of_the_start() {
    let mut log = synced();
    log.set_clock(300 * MINUTE).life(20);
    let clock = &spans(&log)[0].clock;
    assert_eq!(clock.kind.to_string(), "unknown", "it is wrong in the end");
    assert_eq!(clock.start, clock.shown_start);
    let mut back = synced();
    back.set_clock(300 * MINUTE).life(20).set_clock(-300 * MINUTE);
    back.service("chronyd.service", "chronyd", "System clock was stepped by -18000.000000 seconds").life(5);
    let clock = &spans(&back)[0].clock;
    assert_eq!((clock.start, clock.slept_us), (clock.shown_start, 0));
}

#[test]
fn a_machine_that_was_paused_started_when_the_time_server_was_first_heard_to_say() {
    let mut log = synced();
    log.set_clock(480 * MINUTE).service("chronyd.service", "chronyd", "Forward time jump detected!").after(10);
    log.service("chronyd.service", "chronyd", "System clock was stepped by 28800.113000 seconds").life(20);
    let clock = &spans(&log)[0].clock;
    assert_eq!((clock.start, clock.slept_us), (clock.shown_start, 8 * 3600 * SECOND));
    assert_eq!(clock.steps.len(), 1, "the clock moved all the same");
}

#[test]
fn what_beat_until_the_end_bounds_it_only_where_nothing_else_made_it_stop() {
    let beats = |ends: fn(&mut Log), gap: u64| {
        let mut log = Log::new();
        log.boot(0);
        log.service("chronyd.service", "chronyd", "System clock was stepped by 0.000000 seconds");
        log.life(9);
        ends(&mut log);
        log.boot(gap);
        log.service("chronyd.service", "chronyd", "System clock was stepped by 0.000000 seconds");
        judge(&log.life(9).listed(), 0).unwrap().death.unwrap().heartbeats.len()
    };
    assert_eq!(beats(|_| (), 600), 1);
    assert_eq!(beats(|log| _ = log.request("reboot").stops(), 600), 0, "a shutdown stopped it");
    assert_eq!(beats(|log| _ = log.falls_asleep(), 600), 0, "it slept");
    assert_eq!(
        beats(|log| _ = log.kernel("EXT4-fs (sda2): Remounting filesystem read-only"), 600),
        0,
        "nothing was kept"
    );
    assert_eq!(beats(|_| (), 40), 0, "the next boot began before");
}
