//! The hour of the day at which a machine ends: a timer, a job, somebody who pulls a plug.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Machine;

const MINUTE: u64 = 60_000_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// So many ends, on so many days, within so long, and so large a part of all.
const LEAST: usize = 4;
const LEAST_DAYS: usize = 3;
const WITHIN: u64 = 60 * MINUTE;

/// Abrupt ends of a machine that fall into one hour of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hours {
    /// The boots that ended so, oldest first.
    pub boots: Vec<usize>,
    /// The first minute of the day, in UTC, at which one of them ended.
    pub from_minute: u64,
    /// The last one.
    pub to_minute: u64,
}

/// The hour into which at least four, and three in four, of a machine's abrupt ends fall, on at least three days.
pub(super) fn cluster(machine: &Machine<'_>) -> Option<Hours> {
    let end = |boot: usize| {
        let is_known = machine.chronology.get(boot)?.is_anchored;
        let at = machine.source.boots().get(boot).filter(|_| is_known)?.last.realtime.0;
        Some((at % DAY, at / DAY, boot))
    };
    let mut ends: Vec<(u64, u64, usize)> = machine.abrupt().filter_map(end).collect();
    ends.sort_unstable();
    let from = |first: u64| {
        let within = ends.iter().filter(move |(time, ..)| (*time + DAY - first) % DAY <= WITHIN);
        within.copied().collect::<Vec<_>>()
    };
    // Neighbours in time need no look at all others: a window begins at an end.
    let starts: BTreeSet<u64> = ends.iter().map(|(time, ..)| time / MINUTE * MINUTE).take(1440).collect();
    let best = starts.into_iter().map(|start| (from(start), start)).max_by_key(|(found, _)| found.len())?;
    let (found, start) = best;
    let days: BTreeSet<u64> = found.iter().map(|(_, day, _)| *day).collect();
    if found.len() < LEAST || days.len() < LEAST_DAYS || found.len() * 4 < ends.len() * 3 {
        return None;
    }
    let minutes = found.iter().map(|(time, ..)| (*time + DAY - start) % DAY);
    let last = minutes.max().unwrap_or_default();
    let mut boots: Vec<usize> = found.iter().map(|(.., boot)| *boot).collect();
    boots.sort_unstable();
    Some(Hours { boots, from_minute: start / MINUTE, to_minute: (start + last) % DAY / MINUTE })
}
