mod lines;

use super::text;
use crate::analysis::{
    Action, Alternative, Boot, Cap, Cause, ClockKind, Confidence, Contribution, Death, Ending, Evidence, Excluded,
    Initiator, Learnt, Moment, Moments, Next, Only, Orderliness, Place, Postmortem, SCHEMA_VERSION, Side, Silence,
    Stage, Strength, Timeline, Witness,
};
use crate::format::{Id128, Monotonic, Realtime, Seqnum};
use crate::output::Style;

const START: u64 = 1_778_562_000_000_000;

const EXPECTED: &str = r"Abrupt end.

Boot -1
  cause       power.loss: supply went away (mains, plug, PSU)
  confidence  possible: some evidence, or several causes that are nearly as good
              possible, not likely: the clock is wrong
  initiator   unknown: nobody identified, or nobody at all (power loss)
  boot id     01010101010101010101010101010101
  machine     02020202020202020202020202020202
  started     2026-05-12 06:00:00.000 UTC (clock: unknown); then its clock
              showed 2026-05-12 05:00:00.000 UTC
              not before 2026-05-12 04:50:00.000 UTC, by the boots beside it
  first entry 2026-05-12 05:00:00.001 UTC
  last entry  2026-05-12 05:10:00.000 UTC, after 10 min; 4812 entries in all

Evidence
  1. the log ends here, and no shutdown had begun (strong)
     the last entry, cron.service
     > the \x1b[31mlast\x1b[0m job, whose name is rather long, was done, and
       nobody knew that it was the last one
     [1] at 0x1f40, seqnum 77; some.rule
     s=1;i=1
  2. a filesystem had not been unmounted (strong)
     2.5 s after the next kernel's start, cron.service
     > EXT4-fs (mmcblk0p6): recovery complete
     [1] at 0x1f40, seqnum 77; some.rule
     s=1;i=1

What else it may have been
  - kernel.panic: the kernel panicked
  - not thermal.trip: the record says so (some.record)

What contributed, or went on beside it
  - log.missed: kernel messages were missed (3 lines)
     lines were missed
     12.0 s before the last entry, cron.service
     > Missed 3 kernel messages
     [1] at 0x1f40, seqnum 77; some.rule
     s=1;i=1

The last 10 min: 240 entries, by their time before the last one
       12.0 s  cron.service: before (×238, the last 1.0 s before)
               (1 entry more)
         0 ms  cron.service: the \x1b[31mlast\x1b[0m job, whose name is rather
               long, was done, and nobody knew that it was the last one

Next boot, by the time since its start
  03030303030303030303030303030303, kernel started 2026-05-12 05:10:40.000 UTC
  by its own clock
         0 ms  cron.service: Linux version 6.9.5

When it ended
  not before  2026-05-12 05:10:00.000 UTC
  not after   2026-05-12 05:10:40.000 UTC, 40.0 s later
  since       the next boot's kernel started then
  silence     12.0 s at most between entries in the last 10 min; 40.0 s from the
              last one to the next boot's kernel

What other boots show
  - boots -3, -2, -1 died one after another soon after their start

Limits
  - what was written within the last 5 minutes may not have reached the disk

What would tell more, and next steps
  - ask what else lost its power

Files
  [1] system.journal
  s=… is the cursor of an entry: `lastwords show --around CURSOR` shows what
  stands around it
";

fn moment(us: u64) -> Moment {
    Moment { realtime: Realtime(START + us), monotonic: Monotonic(us) }
}

fn place(us: u64, message: &str) -> Place {
    Place {
        cursor: "s=1;i=1".to_owned(),
        file: "system.journal".to_owned(),
        offset: 0x1f40,
        seqnum: Seqnum(77),
        realtime: moment(us).realtime,
        monotonic: Monotonic(us),
        unit: Some("cron.service".to_owned()),
        message: message.to_owned(),
    }
}

fn moments(place: Place, count: u64, omitted: u64) -> Moments {
    let until_us = (count > 1).then_some(599_000_000);
    Moments { place, count, until_us, priority: None, omitted }
}

fn evidence(side: Side, shows: &str, place: &Place) -> Evidence {
    Evidence {
        rule: "some.rule".to_owned(),
        shows: shows.to_owned(),
        strength: Strength::Strong,
        side,
        witness: Witness::Line(place.clone()),
    }
}

fn ending() -> Ending {
    Ending {
        orderliness: Orderliness::Abrupt,
        action: Some(Action::Unknown),
        initiator: Some(Initiator::Unknown),
        cause: Cause::PowerLoss,
        confidence: Some(Confidence::Possible),
        headline: "Abrupt end.".to_owned(),
        candidates: vec![Cause::KernelPanic.into()],
        contributing: vec![Only::LogMissed.into()],
    }
}

fn missed() -> Contribution {
    Contribution {
        id: Only::LogMissed.into(),
        means: "kernel messages were missed",
        count: 3,
        evidence: Some(evidence(Side::This, "lines were missed", &place(588_000_000, "Missed 3 kernel messages"))),
    }
}

fn boot() -> Boot {
    Boot {
        id: Id128([1; 16]),
        index: -1,
        machine: Id128([2; 16]),
        label: None,
        entries: 4812,
        start: Some(Realtime(START + 3_600_000_000)),
        start_shown: Some(Realtime(START)),
        start_not_before: Some(Realtime(START - 600_000_000)),
        start_not_after: None,
        clock: Some(ClockKind::Unknown),
        first: moment(1000),
        last: moment(600_000_000),
    }
}

fn report() -> Postmortem {
    let last = place(
        600_000_000,
        "the \x1b[31mlast\x1b[0m job, whose name is rather long, was done, and nobody knew that it was the last one",
    );
    let recovered = place(2_500_000, "EXT4-fs (mmcblk0p6): recovery complete");
    let unclean = evidence(Side::Next, "a filesystem had not been unmounted", &recovered);
    Postmortem {
        version: SCHEMA_VERSION,
        boot: boot(),
        ending: ending(),
        headline: "Abrupt end.".to_owned(),
        evidence: vec![evidence(Side::This, "the log ends here, and no shutdown had begun", &last), unclean.clone()],
        against: Vec::new(),
        alternatives: vec![Alternative { id: Cause::KernelPanic.into(), means: "the kernel panicked", points: 0.0 }],
        excluded: vec![Excluded {
            id: Cause::ThermalTrip,
            rule: "some.record".to_owned(),
            shows: "the record says so".to_owned(),
        }],
        contributing: vec![missed()],
        events: Vec::new(),
        downgrades: vec!["possible, not likely: the clock is wrong".to_owned()],
        points: vec![],
        stage: None,
        cap: Cap { stage: Stage::S3, learnt: Learnt::Assumed },
        timeline: Timeline {
            since_us: 600_000_000,
            entries: 240,
            moments: vec![moments(place(588_000_000, "before"), 238, 0), moments(last.clone(), 1, 1)],
            is_cut: false,
        },
        last_entries: vec![place(588_000_000, "before"), last],
        restricted: false,
        next: Some(Next {
            id: Id128([3; 16]),
            kernel_start: Realtime(START + 640_000_000),
            lines: vec![unclean],
            omitted: 0,
            head: vec![moments(place(0, "Linux version 6.9.5"), 1, 0)],
        }),
        death: Some(Death {
            from: Realtime(START + 600_000_000),
            to: Some(Realtime(START + 640_000_000)),
            why: "the next boot's kernel started then".to_owned(),
            heartbeats: Vec::new(),
        }),
        silence: Silence { longest_before_us: 12_000_000, until_next_us: Some(40_000_000) },
        history: vec!["boots -3, -2, -1 died one after another soon after their start".to_owned()],
        limits: vec!["what was written within the last 5 minutes may not have reached the disk".to_owned()],
        advice: vec!["ask what else lost its power".to_owned()],
    }
}

fn written(width: usize, color: bool) -> String {
    let style = Style { width, color, zone: jiff::tz::TimeZone::UTC };
    let mut out = Vec::new();
    text::write(&report(), false, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_report_reads_from_the_verdict_to_its_limits() {
    assert_eq!(written(80, false), EXPECTED);
}

#[test]
fn no_line_is_wider_than_the_page() {
    for width in [40, 60, 80, 200] {
        for line in written(width, false).lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn colours_add_nothing_but_colours() {
    let (plain, painted) = (written(80, false), written(80, true));
    let bare = ["\x1b[0m", "\x1b[1m", "\x1b[2m"].iter().fold(painted.clone(), |text, code| text.replace(code, ""));
    assert_ne!(plain, painted);
    assert_eq!(plain, bare);
    assert!(!bare.contains('\x1b'));
}

#[test]
fn as_json_a_report_keeps_its_places() {
    let json = serde_json::to_value(report()).unwrap();
    assert_eq!(json["evidence"][1]["side"], "next");
    assert_eq!(json["evidence"][1]["line"]["offset"], 0x1f40);
    assert_eq!(json["death"]["to"], START + 640_000_000);
    assert_eq!(json["cap"], serde_json::json!({"stage": "S3", "learnt": "assumed"}));
    assert!(json.get("stage").is_none());
}

#[test]
fn evidence_that_repeats_is_shown_once_and_counted() {
    let sagged = |us: u64| evidence(Side::This, "the supply sagged", &place(us, "Undervoltage detected!"));
    let mut report = report();
    report.against = (0..9).map(|at| sagged(590_000_000 + at * 1_000_000)).collect();
    let style = Style { width: 80, color: false, zone: jiff::tz::TimeZone::UTC };
    let mut out = Vec::new();
    text::write(&report, false, &style, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.matches("the supply sagged (strong)").count(), 1);
    // The one that is nearest to the end stands for all.
    assert!(text.contains("     2.0 s before the last entry"), "{text}");
    assert!(!text.contains("     3.0 s before the last entry"), "{text}");
    let told = "     and 8 lines like it before, the first of them 10.0 s before the last entry\n";
    assert_eq!(text.matches(told).count(), 1, "{text}");
    report.against.drain(..7);
    let mut out = Vec::new();
    text::write(&report, false, &style, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("     and 1 line like it before, 3.0 s before the last entry\n"), "{text}");
}
