//! What must ascend from entry to entry.

use super::finding::{Findings, Touches};
use super::rule::Rule;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::EntryHead;

/// The first and the last entry of a stretch of the file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Order {
    pub(super) ends: Option<[(Offset, EntryHead); 2]>,
}

impl Order {
    /// Takes the next entry.
    pub(super) fn push(&mut self, at: Offset, head: EntryHead, findings: &mut Findings) {
        self.append(&Self { ends: Some([(at, head); 2]) }, findings);
    }

    /// Takes the stretch behind this one.
    pub(super) fn append(&mut self, next: &Self, findings: &mut Findings) {
        let Some([first, last]) = next.ends else { return };
        let Some([_, held]) = &mut self.ends else {
            self.ends = next.ends;
            return;
        };
        compare(held, &first, findings);
        *held = last;
    }

    /// The first entry.
    pub(super) fn first(&self) -> Option<(Offset, EntryHead)> {
        self.ends.map(|[first, _]| first)
    }

    /// The last entry.
    pub(super) fn last(&self) -> Option<(Offset, EntryHead)> {
        self.ends.map(|[_, last]| last)
    }
}

fn compare((_, before): &(Offset, EntryHead), (at, head): &(Offset, EntryHead), findings: &mut Findings) {
    let touches = || Touches::Entry { seqnum: head.seqnum, realtime: head.realtime };
    if head.seqnum <= before.seqnum {
        let fault = Fault::Order { found: head.seqnum.0, before: before.seqnum.0 };
        findings.add(Rule::EntrySeqnum, Corrupt::new(*at, "entry seqnum", fault), touches());
    }
    if head.boot_id == before.boot_id && head.monotonic < before.monotonic {
        let fault = Fault::Order { found: head.monotonic.0, before: before.monotonic.0 };
        findings.add(Rule::EntryMonotonic, Corrupt::new(*at, "entry monotonic", fault), touches());
    }
}
