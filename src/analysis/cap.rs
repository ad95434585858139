//! The highest shutdown stage that a machine's journal can show, learnt from its other boots.

use std::collections::BTreeMap;

use super::report::{Cap, Learnt, Stage};
use super::sequence::Sequence;
use super::source::Source;
use super::unit::{self, Step};
use crate::format::Id128;

/// Units that mount the journal apart from the root filesystem.
const MOUNTS: [&str; 4] = ["var-log-journal.mount", "var-log.mount", "var.mount", "bind-var-log-journal.service"];

/// How far a boot's shutdown came, for what it teaches of its machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    boot: Id128,
    stage: Option<Stage>,
}

impl Reach {
    /// What a boot teaches.
    ///
    /// A forced shutdown jumps to the last stage with the journal still open, which an orderly one on the same machine
    /// may never show: it teaches nothing.
    pub(super) fn of(boot: Id128, sequence: &Sequence) -> Self {
        Self { boot, stage: sequence.stage().filter(|_| sequence.is_regular()) }
    }
}

/// What all boots teach, by machine.
#[derive(Debug)]
pub(super) struct Reaches {
    all: Vec<Reach>,
    /// The boots that came to a stage, ascending, by machine and stage.
    came: BTreeMap<(Id128, Stage), Vec<usize>>,
}

impl Reaches {
    /// Takes what each boot teaches, in the order of [`Source::boots`].
    pub(super) fn of(source: &dyn Source, all: Vec<Reach>) -> Self {
        let mut came: BTreeMap<(Id128, Stage), Vec<usize>> = BTreeMap::new();
        for (boot, (facts, reach)) in source.boots().iter().zip(&all).enumerate() {
            if let Some(stage) = reach.stage {
                came.entry((facts.machine, stage)).or_default().push(boot);
            }
        }
        Self { all, came }
    }

    /// Of the other boots of the same machine those that can teach anything: the nearest of each stage, the highest
    /// stage first. Of two that are equally near it is the older.
    pub(super) fn nearest(&self, source: &dyn Source, boot: usize) -> impl Iterator<Item = Reach> {
        let machine = source.boots().get(boot).map(|facts| facts.machine).unwrap_or_default();
        [Stage::S3, Stage::S2].into_iter().filter_map(move |stage| {
            let came = self.came.get(&(machine, stage))?;
            let later = came.partition_point(|other| *other <= boot);
            let earlier = came.partition_point(|other| *other < boot).checked_sub(1).and_then(|at| came.get(at));
            let near = earlier.into_iter().chain(came.get(later)).min_by_key(|other| other.abs_diff(boot))?;
            self.all.get(*near).copied()
        })
    }
}

/// A boot's cap: the last stage where it came to it itself, else what the machine's other boots teach, else how its
/// journal is mounted.
pub(super) fn learn(
    source: &dyn Source,
    (boot, own): (usize, &Sequence),
    others: impl Iterator<Item = Reach>,
) -> Option<Cap> {
    let id = source.boots().get(boot)?.id;
    if own.stage() == Some(Stage::S3) {
        return Some(Cap { stage: Stage::S3, learnt: Learnt::Boot(id) });
    }
    let mut best: Option<(Stage, Id128)> = None;
    for reach in others {
        // Below S2 the shutdown was broken off: leaving /var is itself a step of S2.
        if let Some(stage) = reach.stage.filter(|stage| *stage >= Stage::S2) {
            if best.is_none_or(|(known, _)| stage > known) {
                best = Some((stage, reach.boot));
            }
            if stage == Stage::S3 {
                break;
            }
        }
    }
    Some(match best {
        Some((stage, by)) => Cap { stage, learnt: Learnt::Boot(by) },
        None => mounted(source, boot),
    })
}

/// Whether a boot's journal, or a directory above it, is a mount of its own.
pub(super) fn is_mounted_apart(source: &dyn Source, boot: usize) -> bool {
    matches!(mounted(source, boot).learnt, Learnt::Mount(_))
}

fn mounted(source: &dyn Source, boot: usize) -> Cap {
    let terms = MOUNTS.map(|unit| format!("UNIT={unit}"));
    let lines = source.having(boot, &terms.each_ref().map(String::as_str));
    let mut mounts = lines.iter().filter_map(unit::step).filter(|(step, _)| *step == Step::Started);
    match mounts.find(|(_, unit)| MOUNTS.contains(&unit.as_ref())) {
        Some((_, unit)) => Cap { stage: Stage::S2, learnt: Learnt::Mount(unit.into_owned()) },
        None => Cap { stage: Stage::S3, learnt: Learnt::Assumed },
    }
}
