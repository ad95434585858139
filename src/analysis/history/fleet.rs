//! Ends of several machines at the same time.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::analysis::chronology::Chronology;
use crate::analysis::report::Orderliness;
use crate::analysis::source::Source;
use crate::format::{Id128, Realtime};

/// Machines that lose their mains together write their last lines so near to each other, in microseconds.
const TOGETHER: u64 = 5_000_000;

/// Abrupt ends of several machines within seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Together {
    /// The boots that ended, the first to end first.
    pub boots: Vec<usize>,
    /// How many machines they ran on.
    pub machines: usize,
    /// The first of their last entries.
    pub from: Realtime,
    /// The last one.
    pub to: Realtime,
}

/// Abrupt ends of at least two machines, each within 5 s of the one before. A clock that cannot be relied on says nothing:
/// devices of one image that never set theirs start at the same time.
pub(super) fn together(source: &dyn Source, chronology: &Chronology, ends: &[Orderliness]) -> Vec<Together> {
    let end = |(boot, end): (usize, &Orderliness)| {
        let is_known = chronology.get(boot)?.is_anchored;
        let facts = source.boots().get(boot).filter(|_| *end == Orderliness::Abrupt && is_known)?;
        Some((facts.last.realtime, facts.machine, boot))
    };
    let mut ended: Vec<(Realtime, Id128, usize)> = ends.iter().enumerate().filter_map(end).collect();
    ended.sort_unstable();
    let groups = ended.chunk_by(|one, two| two.0.0.saturating_sub(one.0.0) <= TOGETHER);
    groups.filter_map(group).collect()
}

fn group(ended: &[(Realtime, Id128, usize)]) -> Option<Together> {
    let machines: BTreeSet<Id128> = ended.iter().map(|(_, machine, _)| *machine).collect();
    let (from, to) = (ended.first()?.0, ended.last()?.0);
    let boots = ended.iter().map(|(.., boot)| *boot).collect();
    (machines.len() > 1).then_some(Together { boots, machines: machines.len(), from, to })
}
