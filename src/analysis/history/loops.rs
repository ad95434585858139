//! Short boots in a row.

use serde::Serialize;

use super::{Change, Machine, change};
use crate::analysis::report::Orderliness;

const SECOND: u64 = 1_000_000;

/// So many make a series.
const LEAST: usize = 3;
/// A boot that ran for less is short.
const SHORT: u64 = 300 * SECOND;

/// Short boots that followed one another and ended alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Series {
    /// The boots, oldest first.
    pub boots: Vec<usize>,
    /// What was not the same in the boot before the first.
    pub changes: Vec<Change>,
}

/// Boots that died soon after their start, at least three in a row.
pub(super) fn crash(machine: &Machine<'_>) -> Vec<Series> {
    let limit = limit(machine);
    runs(machine, |boot| machine.is_abrupt(boot) && machine.uptime(boot) < limit)
}

/// Boots of minutes that ended in order, at least three in a row.
pub(super) fn short(machine: &Machine<'_>) -> Vec<Series> {
    let is_orderly = |boot| machine.ends.get(boot) == Some(&Orderliness::Orderly);
    runs(machine, |boot| is_orderly(boot) && machine.uptime(boot) < SHORT)
}

/// What counts as short: five minutes, or three times what startup takes on this machine.
fn limit(machine: &Machine<'_>) -> u64 {
    let startup = |boot: &usize| machine.chronology.get(*boot).and_then(|span| span.startup_us);
    let mut startups: Vec<u64> = machine.boots.iter().filter_map(startup).collect();
    startups.sort_unstable();
    let median = startups.get(startups.len() / 2).copied().unwrap_or_default();
    median.saturating_mul(3).max(SHORT)
}

fn runs(machine: &Machine<'_>, belongs: impl Fn(usize) -> bool) -> Vec<Series> {
    let mut found = Vec::new();
    let mut at = 0_usize;
    for run in machine.boots.chunk_by(|one, two| belongs(*one) == belongs(*two)) {
        if run.len() >= LEAST && run.first().is_some_and(|boot| belongs(*boot)) {
            let before = at.checked_sub(1).and_then(|before| machine.boots.get(before));
            let changes = before.zip(run.first()).map(|(one, two)| change::between(machine.source, *one, *two));
            found.push(Series { boots: run.to_vec(), changes: changes.unwrap_or_default() });
        }
        at += run.len();
    }
    found
}
