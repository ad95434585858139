//! Lines that come at one interval, and whether the last of them is missing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::evidence::cut;
use super::source::Line;
use crate::format::Realtime;

const SECOND: u64 = 1_000_000;

/// So many lines make a rhythm.
const LEAST: usize = 5;
/// A rhythm is of at least, and of at most, so long a period.
const PERIODS: std::ops::RangeInclusive<u64> = 5 * SECOND..=600 * SECOND;
/// So many rhythms are told of, those that bound the end best.
const TOLD: usize = 3;

/// A line that came at one interval until the log ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Heartbeat {
    /// The unit that writes it, else the name that its writer gave itself.
    pub by: String,
    /// What the line said when it came last.
    pub line: String,
    /// The interval, in microseconds.
    pub period_us: u64,
    /// When it came last.
    pub last: Realtime,
    /// From when on it is missing, had the boot lived and its lines been kept.
    pub missing_from: Realtime,
    /// Whether the log goes on after that: then its writer had stopped before the end.
    pub stopped_before: bool,
}

/// The rhythms of a tail that broke off at its end, those that are missing first come first.
pub(super) fn of(tail: &[Line]) -> Vec<Heartbeat> {
    let Some(end) = tail.last() else { return Vec::new() };
    let mut beats: BTreeMap<(&str, String), Vec<&Line>> = BTreeMap::new();
    for line in tail {
        if let Some(by) = line.text("_SYSTEMD_UNIT").or_else(|| line.text("SYSLOG_IDENTIFIER")) {
            beats.entry((by, shape(&line.message()))).or_default().push(line);
        }
    }
    let mut found: Vec<Heartbeat> =
        beats.into_iter().filter_map(|((by, _), lines)| heartbeat(by, &lines, end)).collect();
    found.sort_by_key(|beat| (beat.stopped_before, beat.missing_from, beat.period_us));
    found.truncate(TOLD);
    found
}

/// What a message is without its numbers: a word or two of its beginning tell it from others.
fn shape(message: &str) -> String {
    message.chars().filter(|letter| !letter.is_ascii_digit()).take(24).collect()
}

fn heartbeat(by: &str, lines: &[&Line], end: &Line) -> Option<Heartbeat> {
    let last = lines.last().filter(|_| lines.len() >= LEAST)?;
    let between = lines.windows(2).filter_map(|pair| match pair {
        [one, two] => Some(two.monotonic.0.saturating_sub(one.monotonic.0)),
        _ => None,
    });
    let mut periods: Vec<u64> = between.collect();
    periods.sort_unstable();
    let (least, most) = (periods.first()?, periods.last()?);
    let period = *periods.get(periods.len() / 2)?;
    let slack = (period / 10).max(SECOND);
    if !PERIODS.contains(&period) || period.abs_diff(*least) > slack || period.abs_diff(*most) > slack {
        return None;
    }
    let due = period.saturating_add(slack);
    let silent = end.monotonic.0.saturating_sub(last.monotonic.0);
    Some(Heartbeat {
        by: by.to_owned(),
        line: cut(&last.message()),
        period_us: period,
        last: last.realtime,
        missing_from: Realtime(last.realtime.0.saturating_add(due)),
        stopped_before: silent > due,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::log::line_of;
    use super::*;
    use crate::format::Monotonic;

    fn beat(second: u64, unit: &str) -> Line {
        let line = line_of(&[("_SYSTEMD_UNIT", unit), ("MESSAGE", &format!("check {second} done"))]);
        Line { monotonic: Monotonic(second * SECOND), realtime: Realtime((1000 + second) * SECOND), ..line }
    }

    #[test]
    fn a_line_a_minute_is_missing_a_minute_after_its_last() {
        let tail: Vec<Line> = (0..6).map(|n| beat(n * 60, "health.service")).collect();
        let found = of(&tail);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].by.as_str(), found[0].period_us), ("health.service", 60 * SECOND));
        assert_eq!(found[0].line, "check 300 done");
        assert_eq!(found[0].last, Realtime(1300 * SECOND));
        assert_eq!(found[0].missing_from, Realtime(1366 * SECOND));
        assert!(!found[0].stopped_before);
    }

    #[test]
    fn what_comes_as_it_likes_is_no_rhythm_and_what_fell_silent_before_says_so() {
        let irregular: Vec<Line> = [0, 10, 90, 100, 300, 310].into_iter().map(|at| beat(at, "a.service")).collect();
        assert_eq!(of(&irregular), []);
        let mut tail: Vec<Line> = (0..6).map(|n| beat(n * 20, "b.service")).collect();
        tail.push(beat(400, "c.service"));
        assert!(of(&tail)[0].stopped_before);
    }
}
