//! What was found, in full up to a bound and counted beyond it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::rule::{Rule, Weight};
use crate::corrupt::Corrupt;
use crate::format::{Realtime, Seqnum};

/// A rule that is broken: where, by which numbers, and what suffers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How much it weighs here.
    pub weight: Weight,
    /// Which object, where it lies, and the numbers.
    pub damage: Corrupt,
    /// What of the journal's content is concerned.
    pub touches: Touches,
}

/// What of a journal's content a finding concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Touches {
    /// The file as a whole, or a part of its index.
    #[default]
    File,
    /// One entry.
    Entry {
        /// Its number.
        seqnum: Seqnum,
        /// Its time.
        realtime: Realtime,
    },
    /// One value of a field.
    Value {
        /// The field's name, empty where it cannot be read.
        name: String,
        /// How many entries have it, by its own claim.
        entries: u64,
    },
    /// A field with all of its values.
    Field {
        /// The field's name, empty where it cannot be read.
        name: String,
    },
}

/// How many findings of one rule are kept in full.
pub const FINDINGS_KEPT: usize = 32;

/// All findings of a file: the first of each rule in full, the others as a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Findings {
    rules: BTreeMap<(Rule, Weight), (u64, Vec<Finding>)>,
}

impl Findings {
    /// Adds a finding with its rule's own weight.
    #[cold]
    pub(super) fn add(&mut self, rule: Rule, damage: Corrupt, touches: Touches) {
        self.push(Finding { rule, weight: rule.weight(), damage, touches });
    }

    /// Adds a finding that weighs no more than a remark here.
    #[cold]
    pub(super) fn remark(&mut self, rule: Rule, damage: Corrupt, touches: Touches) {
        self.push(Finding { rule, weight: Weight::Remark, damage, touches });
    }

    fn push(&mut self, finding: Finding) {
        let (count, kept) = self.rules.entry((finding.rule, finding.weight)).or_default();
        *count = count.saturating_add(1);
        kept.push(finding);
        if kept.len() > FINDINGS_KEPT.saturating_mul(2) {
            trim(kept);
        }
    }

    /// Adds what another look at the same file found.
    pub(super) fn extend(&mut self, other: Self) {
        for (rule, (more, findings)) in other.rules {
            let (count, kept) = self.rules.entry(rule).or_default();
            *count = count.saturating_add(more);
            kept.extend(findings);
            trim(kept);
        }
    }

    /// Makes remarks of all that was found, as where it need not be wrong.
    pub(super) fn excuse(&mut self) {
        let mut excused = Self::default();
        for ((rule, _), (count, mut kept)) in std::mem::take(&mut self.rules) {
            kept.iter_mut().for_each(|finding| finding.weight = Weight::Remark);
            excused.extend(Self { rules: BTreeMap::from([((rule, Weight::Remark), (count, kept))]) });
        }
        *self = excused;
    }

    /// The findings in order, no more than are kept.
    pub(super) fn in_order(mut self) -> Self {
        self.rules.values_mut().for_each(|(_, kept)| trim(kept));
        self
    }

    /// Whether nothing was found, remarks included.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many faults there are.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.count(Weight::Fault)
    }

    /// How many remarks there are.
    #[must_use]
    pub fn remarks(&self) -> u64 {
        self.count(Weight::Remark)
    }

    fn count(&self, weight: Weight) -> u64 {
        self.rules.iter().filter(|((_, held), _)| *held == weight).fold(0, |sum, (_, (n, _))| sum.saturating_add(*n))
    }

    /// The findings that were kept, rule by rule, each rule's in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.rules.values().flat_map(|(_, kept)| kept)
    }

    /// How often each rule is broken, and how many of those findings were not kept.
    pub fn rules(&self) -> impl Iterator<Item = (Rule, Weight, u64, u64)> + '_ {
        self.rules
            .iter()
            .map(|((rule, weight), (count, kept))| (*rule, *weight, *count, count.saturating_sub(kept.len() as u64)))
    }

    /// Whether a rule is broken, as a fault or as a remark.
    #[must_use]
    pub fn has(&self, rule: Rule) -> bool {
        self.rules.keys().any(|(held, _)| *held == rule)
    }
}

/// Keeps the first in the order of the file, in which no thread need find them.
fn trim(kept: &mut Vec<Finding>) {
    kept.sort_by_key(|finding| finding.damage.at);
    kept.truncate(FINDINGS_KEPT);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrupt::{Fault, Offset};

    #[test]
    fn what_is_beyond_the_bound_is_counted() {
        let mut findings = Findings::default();
        for at in 0..100 {
            findings.add(Rule::Gap, Corrupt::new(Offset(at), "gap", Fault::Malformed), Touches::File);
        }
        findings.remark(Rule::Padding, Corrupt::new(Offset(7), "padding", Fault::Malformed), Touches::File);
        let mut both = findings.clone();
        both.extend(findings);
        let both = both.in_order();
        assert_eq!((both.faults(), both.remarks(), both.iter().count()), (200, 2, FINDINGS_KEPT + 2));
        let (_, _, count, more) = both.rules().next().unwrap();
        assert_eq!((count, more), (200, 200 - FINDINGS_KEPT as u64));
    }
}
