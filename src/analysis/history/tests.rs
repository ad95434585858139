use super::*;
use crate::analysis::source::BootFacts;
use crate::analysis::tests::log::line_of;
use crate::analysis::{Line, Listed, Source};
use crate::file::Cursor;
use crate::format::{Monotonic, Realtime, Seqnum};

const SECOND: u64 = 1_000_000;
/// 2026-05-12 00:00 UTC.
const START: u64 = 1_778_544_000;
const MACHINES: [&str; 3] =
    ["11111111111111111111111111111111", "22222222222222222222222222222222", "33333333333333333333333333333333"];

/// Boots by machine, start and length in seconds; each runs kernel `version`.
#[derive(Default)]
struct Log {
    lines: Vec<Line>,
    boots: u8,
}

impl Log {
    fn boot(mut self, machine: usize, (start, length): (u64, u64), version: &str) -> Self {
        self.boots += 1;
        let kernel = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "0")];
        let version = format!("Linux version {version} (x) #1 SMP");
        let first = [&kernel[..], &[("MESSAGE", version.as_str()), ("_MACHINE_ID", MACHINES[machine])]].concat();
        let text = format!("job {start} done");
        let last = [("MESSAGE", text.as_str()), ("_MACHINE_ID", MACHINES[machine]), ("_SYSTEMD_UNIT", "a.service")];
        for (at, fields) in [(0, &first[..]), (length, &last[..])] {
            let seqnum = self.lines.len() as u64 + 1;
            let line = line_of(fields);
            self.lines.push(Line {
                seqnum: Seqnum(seqnum),
                cursor: Cursor { seqnum_id: Some(Id128([9; 16])), ..Cursor::default() },
                realtime: Realtime((START + start + at) * SECOND),
                monotonic: Monotonic(at * SECOND),
                boot: Id128([self.boots; 16]),
                ..line
            });
        }
        self
    }

    /// The history of these boots, of which all but those named ended abruptly.
    fn history(self, orderly: &[usize]) -> History {
        let source = Listed::new(Vec::new(), self.lines);
        let of = |(boot, _): (usize, &BootFacts)| {
            if orderly.contains(&boot) { Orderliness::Orderly } else { Orderliness::Abrupt }
        };
        let ends: Vec<Option<Orderliness>> = source.boots().iter().enumerate().map(of).map(Some).collect();
        History::of(&source, &Chronology::of(&source), &ends)
    }
}

#[test]
fn three_short_abrupt_ends_are_one_incident_and_what_changed_before_is_told() {
    let log = Log::default().boot(0, (0, 7200), "6.1.0").boot(0, (7300, 40), "6.2.0");
    let history = log.boot(0, (7400, 50), "6.2.0").boot(0, (7500, 45), "6.2.0").history(&[0]);
    let [series] = history.crash_loops.as_slice() else { panic!("{history:?}") };
    assert_eq!(series.boots, [1, 2, 3]);
    let kernel = Change { what: "kernel", from: Some("6.1.0".to_owned()), to: Some("6.2.0".to_owned()) };
    assert_eq!(series.changes.as_slice(), std::slice::from_ref(&kernel));
    assert_eq!(history.first_failures, [FirstFailure { boot: 1, changes: vec![kernel] }]);
    assert!(history.signs(2).iter().any(|sign| sign.rule == Structural::LoopCrash));
    assert_eq!(history.signs(0), []);
}

#[test]
fn long_boots_and_orderly_ones_make_no_crash_loop() {
    let log = Log::default().boot(0, (0, 7200), "6.1.0").boot(0, (7300, 40), "6.1.0").boot(0, (7400, 50), "6.1.0");
    assert_eq!(log.boot(0, (7500, 4000), "6.1.0").history(&[]).crash_loops, []);
    let log = Log::default().boot(0, (0, 40), "6.1.0").boot(0, (100, 40), "6.1.0").boot(0, (200, 40), "6.1.0");
    let history = log.history(&[0, 1, 2]);
    assert_eq!((history.crash_loops.len(), history.short_series.len()), (0, 1));
}

#[test]
fn gaps_of_one_length_are_told_and_others_not() {
    let gaps = |gaps: [u64; 4]| {
        let mut at = 0;
        let mut log = Log::default();
        for gap in gaps {
            log = log.boot(0, (at, 3600), "6.1.0");
            at += 3600 + gap;
        }
        log.boot(0, (at, 3600), "6.1.0").history(&[4]).equal_gaps
    };
    let [found] = &gaps([31, 30, 500, 32])[..] else { panic!("no gaps") };
    assert_eq!((found.boots.as_slice(), found.gap_us), (&[0, 1, 3][..], 31 * SECOND));
    assert_eq!((found.range_us, found.told().as_str()), ((30 * SECOND, 32 * SECOND), "30.0 s to 32.0 s"));
    // A boot is none of those that it is like.
    let history = History { equal_gaps: vec![found.clone()], ..History::default() };
    let boots: Vec<(i64, Id128)> = (-4..=0).map(|index| (index, Id128([1; 16]))).collect();
    assert_eq!(
        history.told(&boots, 3),
        ["the machine was back after 30.0 s to 32.0 s, as after the abrupt ends of boots -4, -3"]
    );
    assert_eq!(gaps([31, 90, 500, 200]), []);
    // What takes an hour is no restart.
    assert_eq!(gaps([3600, 3600, 3600, 3600]), []);
}

#[test]
fn ends_in_one_hour_of_several_days_are_told() {
    let day = 86_400;
    let ends = |hours: [u64; 5]| {
        let boots = hours.iter().zip(0_u64..);
        let log = boots.fold(Log::default(), |log, (hour, n)| log.boot(0, (n * day, hour * 3600 + n * 60), "6.1.0"));
        log.history(&[]).hours
    };
    let [found] = &ends([3, 3, 3, 3, 9])[..] else { panic!("no hours") };
    assert_eq!(found.boots, [0, 1, 2, 3]);
    assert_eq!((found.from_minute, found.to_minute), (180, 183));
    assert_eq!(ends([3, 9, 3, 9, 15]), []);
}

#[test]
fn machines_that_end_within_seconds_ended_together() {
    let log = Log::default().boot(0, (0, 7200), "6.1.0").boot(1, (100, 7102), "6.1.0").boot(2, (50, 7153), "6.1.0");
    let history = log.boot(0, (9000, 60), "6.1.0").history(&[3]);
    let [together] = history.together.as_slice() else { panic!("{history:?}") };
    assert_eq!((together.boots.as_slice(), together.machines), (&[0, 1, 2][..], 3));
    assert!(history.together_with(1).is_some() && history.together_with(3).is_none());
    // All three ran one kernel, and their last lines differ in numbers only.
    assert!(history.alike.iter().any(|alike| alike.boots == [0, 1, 2] && alike.what.contains("6.1.0")));
}

#[test]
fn boots_of_one_machine_or_minutes_apart_did_not_end_together() {
    let log = Log::default().boot(0, (0, 100), "6.1.0").boot(0, (101, 2), "6.1.0").boot(1, (200, 60), "6.1.0");
    assert_eq!(log.history(&[]).together, []);
}
