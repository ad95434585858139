//! What several boots show together: of one machine over time, and of several at a time.
//!
//! All of it is structure, never more than a hint at a cause: who judges an end takes it as [`History::signs`].

mod alike;
pub(super) mod change;
mod fleet;
mod gaps;
mod hours;
mod loops;
pub(crate) mod told;

use std::collections::BTreeMap;

use serde::Serialize;

pub use alike::Alike;
pub use change::Change;
pub use fleet::Together;
pub use gaps::EqualGaps;
pub use hours::Hours;
pub use loops::Series;

use super::chronology::{self, Chronology};
use super::report::Orderliness;
use super::rules::Structural;
use super::source::Source;
use crate::format::Id128;

/// What all boots show together. Boots are named by their index in [`Source::boots`].
#[derive(Clone, Debug, Default, Serialize)]
pub struct History {
    /// Boots that died one after another soon after their start, each series as one incident.
    pub crash_loops: Vec<Series>,
    /// Short boots in a row that ended in order.
    pub short_series: Vec<Series>,
    /// Abrupt ends of a machine that were followed by gaps of one length.
    pub equal_gaps: Vec<EqualGaps>,
    /// Machines whose abrupt ends fall into one hour of the day.
    pub hours: Vec<Hours>,
    /// What had changed when a machine first ended abruptly.
    pub first_failures: Vec<FirstFailure>,
    /// Ends of several machines at the same time.
    pub together: Vec<Together>,
    /// What abrupt ends of several machines have in common.
    pub alike: Vec<Alike>,
}

/// The first abrupt end of a machine that had ended in order before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FirstFailure {
    /// The boot.
    pub boot: usize,
    /// What was not the same in the boot before.
    pub changes: Vec<Change>,
}

/// A sign that no single boot shows, for the verdict on one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The structural rule that weighs it.
    pub rule: Structural,
    /// What it shows, as a sentence without a full stop.
    pub shows: String,
}

/// One machine's boots, and how they ended.
#[derive(Clone, Copy)]
struct Machine<'a> {
    source: &'a dyn Source,
    chronology: &'a Chronology,
    ends: &'a [Orderliness],
    boots: &'a [usize],
}

impl Machine<'_> {
    fn is_abrupt(&self, boot: usize) -> bool {
        self.ends.get(boot) == Some(&Orderliness::Abrupt)
    }

    fn abrupt(&self) -> impl Iterator<Item = usize> + '_ {
        self.boots.iter().copied().filter(|boot| self.is_abrupt(*boot))
    }

    /// How long a boot ran, without sleep, in microseconds.
    fn uptime(&self, boot: usize) -> u64 {
        self.source.boots().get(boot).map_or(0, |facts| facts.last.monotonic.0)
    }
}

impl History {
    /// Brings together how boots ended and when; `ends` are in the order of [`Source::boots`], none where a boot is no life of
    /// its machine's own: the boots round it are one after another.
    ///
    /// Lines are read only of the boots beside a first failure, and of abrupt ends where there are several machines.
    #[must_use]
    pub fn of(source: &dyn Source, chronology: &Chronology, ends: &[Option<Orderliness>]) -> Self {
        let mut machines: BTreeMap<Id128, Vec<usize>> = chronology::by_machine(source);
        let is_own = |boot: &usize| ends.get(*boot).is_none_or(Option::is_some);
        machines.values_mut().for_each(|boots| boots.retain(is_own));
        let ends: Vec<Orderliness> = ends.iter().map(|end| end.unwrap_or(Orderliness::Unknown)).collect();
        let ends = ends.as_slice();
        let mut history = Self::default();
        for boots in machines.values() {
            let machine = Machine { source, chronology, ends, boots };
            history.crash_loops.extend(loops::crash(&machine));
            history.short_series.extend(loops::short(&machine));
            history.equal_gaps.extend(gaps::equal(&machine));
            history.hours.extend(hours::cluster(&machine));
            history.first_failures.extend(first_failure(&machine));
        }
        if machines.len() > 1 {
            history.together = fleet::together(source, chronology, ends);
            history.alike = alike::of(source, ends, &history.first_failures);
        }
        history
    }

    /// What this says of the end of one boot.
    #[must_use]
    pub fn signs(&self, boot: usize) -> Vec<Sign> {
        let has = |boots: &[usize]| boots.binary_search(&boot).is_ok();
        let mut signs = Vec::new();
        for series in self.crash_loops.iter().filter(|series| has(&series.boots)) {
            let shows = format!("one of {} short abrupt ends in a row", series.boots.len());
            signs.push(Sign { rule: Structural::LoopCrash, shows });
        }
        for series in self.short_series.iter().filter(|series| has(&series.boots)) {
            let shows = format!("one of {} short orderly boots in a row", series.boots.len());
            signs.push(Sign { rule: Structural::LoopShort, shows });
        }
        for gaps in self.equal_gaps.iter().filter(|gaps| has(&gaps.boots)) {
            let others = gaps.boots.len().saturating_sub(1);
            let shows = format!("the machine was back after {}, as after {others} other abrupt ends", gaps.told());
            signs.push(Sign { rule: Structural::GapEqual, shows });
        }
        signs
    }

    /// What other boots show of the end of one boot, a sentence each, without a full stop; `boots` are the numbers and
    /// machines of all boots.
    #[must_use]
    pub fn told(&self, boots: &[(i64, Id128)], boot: usize) -> Vec<String> {
        told::of(self, boots, boot)
    }

    /// The ends at the same time of other machines, for the end of one boot.
    #[must_use]
    pub fn together_with(&self, boot: usize) -> Option<&Together> {
        self.together.iter().find(|together| together.boots.contains(&boot))
    }
}

/// What had changed when a machine ended abruptly for the first time, or a crash loop began.
fn first_failure(machine: &Machine<'_>) -> Option<FirstFailure> {
    let first = machine.abrupt().next()?;
    let at = machine.boots.iter().position(|boot| *boot == first)?;
    let before = machine.boots.get(at.checked_sub(1)?)?;
    let changes = change::between(machine.source, *before, first);
    (!changes.is_empty()).then_some(FirstFailure { boot: first, changes })
}

#[cfg(test)]
mod tests;
