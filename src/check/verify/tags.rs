//! Tags one after the other: their numbers and epochs, which need no key.

use super::finding::{Findings, Touches};
use super::rule::Rule;
use super::scan::{Scanned, Seal};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::header::compatible;

/// Whether the header says that a file is sealed.
pub(super) const fn is_sealed(file: &JournalFile) -> bool {
    file.header().compatible_flags & compatible::SEALED != 0
}

/// Whether every epoch must have a tag.
pub(super) const fn is_continuous(file: &JournalFile) -> bool {
    is_sealed(file) && file.header().compatible_flags & compatible::SEALED_CONTINUOUS != 0
}

/// Checks the order of tags.
pub(super) fn order(file: &JournalFile, scanned: &Scanned, findings: &mut Findings) {
    let mut add = |rule, at, what, fault| findings.add(rule, Corrupt::new(at, what, fault), Touches::File);
    for (wanted, tag) in (1_u64..).zip(&scanned.tags) {
        if tag.seqnum != wanted {
            add(Rule::TagOrder, tag.at, "tag seqnum", Fault::Differs { found: tag.seqnum, wanted });
        }
    }
    let first = scanned.tags.first();
    if !is_sealed(file) {
        if let Some(tag) = first {
            add(Rule::TagOrder, tag.at, "tag", Fault::Value { found: 0, must: "the flag of a sealed file" });
        }
        return;
    }
    let from = first.map_or(Offset(u64::MAX), |tag| tag.at);
    if let Some((at, _)) = scanned.order.first().filter(|(at, _)| *at < from) {
        add(Rule::TagOrder, at, "entry", Fault::Value { found: at.0, must: "behind the first tag" });
    }
    let pairs = scanned.tags.iter().zip(scanned.tags.iter().skip(1));
    for (index, (before, tag)) in pairs.enumerate() {
        if let Some((rule, fault)) = step(before, tag, is_continuous(file), index == 0) {
            add(rule, tag.at, "tag epoch", fault);
        }
    }
}

/// Whether a tag is the next one behind another, or the first.
#[cfg(feature = "seal")]
pub(super) fn is_next(file: &JournalFile, before: Option<&Seal>, tag: &Seal) -> bool {
    let Some(before) = before else { return tag.seqnum == 1 };
    let step = step(before, tag, is_continuous(file), before.seqnum == 1);
    before.seqnum.checked_add(1) == Some(tag.seqnum) && step.is_none_or(|(rule, _)| rule == Rule::TagAgain)
}

/// What is wrong with the step from one epoch to the next.
fn step(before: &Seal, tag: &Seal, continuous: bool, is_second: bool) -> Option<(Rule, Fault)> {
    let back = Fault::Order { found: tag.epoch, before: before.epoch };
    match tag.epoch.checked_sub(before.epoch) {
        None => Some((Rule::TagEpoch, back)),
        Some(1) => None,
        Some(_) if !continuous => None,
        Some(0) if is_second => None,
        Some(0) => Some((Rule::TagAgain, back)),
        Some(_) => Some((Rule::TagEpoch, Fault::Differs { found: tag.epoch, wanted: before.epoch.saturating_add(1) })),
    }
}
