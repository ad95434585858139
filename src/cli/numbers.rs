//! Numbers of entries that contradict each other, said on stderr.

use super::loss::say;
use crate::journal::{Journal, Twice};

/// More stretches are only counted.
const NAMED: usize = 5;

/// Says which numbers boots have in common, which a series gives only once.
pub(super) fn report_twice(journal: &Journal) {
    let all = journal.given_twice();
    let boot = |index: usize| journal.boots().get(index).map(|boot| boot.id.to_string()).unwrap_or_default();
    for Twice { seqnum_id, boots, first, last } in all.iter().take(NAMED) {
        say(&format!(
            "seqnums {first} to {last} of series {seqnum_id} were given twice, in boots {} and {}: the journal went on \
             from an older state, as after a snapshot, or journald was killed; all entries are shown",
            boot(boots.0),
            boot(boots.1)
        ));
    }
    if let Some(more) = all.len().checked_sub(NAMED).filter(|more| *more > 0) {
        say(&format!("and so were seqnums of {more} more pairs of boots"));
    }
}

/// Says that entries of one boot share a number and differ.
pub(super) fn report_conflicts(conflicts: u64) {
    if conflicts > 0 {
        say(&format!(
            "{conflicts} entries share a seqnum with another entry of the same series that differs; all are shown"
        ));
    }
}
