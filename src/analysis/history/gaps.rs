//! Gaps of one length: the mark of a machine that restarts itself, where power cuts last as long as they last.

use serde::Serialize;

use super::Machine;
use crate::analysis::duration::{Spelling, span};

const SECOND: u64 = 1_000_000;

/// A restart takes less.
const LONGEST: u64 = 600 * SECOND;

/// Abrupt ends of a machine that were followed by gaps of one length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EqualGaps {
    /// The boots that ended so, oldest first.
    pub boots: Vec<usize>,
    /// The gap in the middle of them all, in microseconds.
    pub gap_us: u64,
    /// The shortest and the longest of them, in microseconds.
    pub range_us: (u64, u64),
}

impl EqualGaps {
    /// So many gaps are no chance.
    pub(in crate::analysis) const LEAST: usize = 3;

    /// How long they are, in words.
    pub(crate) fn told(&self) -> String {
        let [shortest, longest] = [self.range_us.0, self.range_us.1].map(|us| span(us, Spelling::Sentence));
        if shortest == longest { shortest } else { format!("{shortest} to {longest}") }
    }
}

/// The most gaps of a machine that lie within a tenth of each other, or within 3 s; at least three, and at least half
/// of all that are known.
pub(super) fn equal(machine: &Machine<'_>) -> Option<EqualGaps> {
    let gap = |boot: usize| Some((machine.chronology.get(boot)?.gap_us?, boot));
    let mut gaps: Vec<(u64, usize)> = machine.abrupt().filter_map(gap).collect();
    let known = gaps.len();
    gaps.retain(|(gap, _)| *gap < LONGEST);
    gaps.sort_unstable();
    let mut best: &[(u64, usize)] = &[];
    for (from, (least, _)) in gaps.iter().enumerate() {
        let most = least.saturating_add((least / 10).max(3 * SECOND));
        let to = gaps.partition_point(|(gap, _)| *gap <= most);
        if let Some(these) = gaps.get(from..to).filter(|these| these.len() > best.len()) {
            best = these;
        }
    }
    if best.len() < EqualGaps::LEAST || best.len() * 2 < known {
        return None;
    }
    let (gap_us, _) = best.get(best.len() / 2)?;
    let range_us = (best.first()?.0, best.last()?.0);
    let mut boots: Vec<usize> = best.iter().map(|(_, boot)| *boot).collect();
    boots.sort_unstable();
    Some(EqualGaps { boots, gap_us: *gap_us, range_us })
}
