//! How a boot ended, as a judgement that shows its evidence.
//!
//! [`judge`] looks at one boot and returns a [`Postmortem`]; [`endings`] gives the facets of all boots. Both ask a
//! [`Source`] for facts and lines and know nothing of files: a journal is one source, a hand-made [`Listed`] another.
//!
//! A shutdown has stages, and each leaves lines. How many of them a journal can keep depends on the machine:
//!
//! ```text
//! S0  asked for        logind, a client, a signal, a key, a policy
//! S1  stops begin      multi-user.target and most services
//! S2  late             local-fs.target, umount.target; journald leaves /var
//! S3  final            reboot.target, "Shutting down.", "Journal stopped"
//!                      never seen where the journal is a mount of its own
//! ```
//!
//! So a boot is orderly when it came as far as this machine's boots ever come ([`Cap`]). Absence of a line is evidence
//! only where the line could have been kept.
//!
//! No look, no wording for people beyond one headline and one sentence per sign: that is `output`'s.

mod aftermath;
mod cap;
mod catalog;
mod death;
mod ending;
mod evidence;
mod finder;
mod flood;
mod headline;
mod journal_source;
mod limits;
mod listed;
mod report;
mod rules;
mod sender;
mod sequence;
mod source;
#[cfg(test)]
mod tests;
mod timeline;
mod unit;
mod verdict;

pub use journal_source::JournalSource;
pub use listed::Listed;
pub use report::{
    Action, Boot, Cap, Death, Ending, Evidence, Learnt, Next, Orderliness, Place, Postmortem, Side, Silence, Stage,
    Strength, Witness,
};
pub use rules::{
    Fault, Means, Observed, Pattern, Rule, Rulebook, RulesError, Sample, Sign as RuleSign, Term, Text, Weights, Where,
    Writer,
};
pub use source::{BootFacts, FileFacts, FileState, Line, Moment, Numbered, Source, Wanted};
pub use timeline::{Clock, ClockKind, ClockStep, Invisible, Jump, Span, Timeline};
pub use unit::Step;
pub use verdict::{Cause, Condition, Confidence, Initiator, Only, UnknownWord};

use rayon::prelude::*;

use cap::{Reach, Reaches};
use ending::{Case, Finding};
use sequence::{Sequence, Sign, TAIL_LINES, TAIL_WINDOW};

/// So many of a boot's last entries are part of its report.
const LAST_ENTRIES: usize = 20;

/// Says how one boot ended, with the evidence; `None` where there is no such boot.
///
/// The machine's other boots are asked how far its shutdowns can be seen, the nearest first, until one shows the last
/// stage.
#[must_use]
pub fn judge(source: &dyn Source, boot: usize) -> Option<Postmortem> {
    let sequence = Sequence::read(source, boot);
    let others = neighbours(source, boot).into_iter();
    let cap = cap::learn(
        source,
        (boot, &sequence),
        others.map(|other| reach(source, other, &Sequence::read(source, other))),
    )?;
    let case = Case::new(source, boot, &sequence, &cap)?;
    let finding = case.finding();
    let after = case.aftermath();
    Some(postmortem(&case, finding, &after))
}

/// Says of every boot how it ended, in the order of [`Source::boots`].
#[must_use]
pub fn endings(source: &dyn Source) -> Vec<Ending> {
    let boots = 0..source.boots().len();
    let sequences: Vec<Sequence> = boots.into_par_iter().map(|boot| Sequence::read(source, boot)).collect();
    let reaches = Reaches::of(
        source,
        sequences.iter().enumerate().map(|(boot, sequence)| reach(source, boot, sequence)).collect(),
    );
    let judged = sequences.par_iter().enumerate().filter_map(|(boot, sequence)| {
        let cap = cap::learn(source, (boot, sequence), reaches.nearest(source, boot))?;
        let case = Case::new(source, boot, sequence, &cap)?;
        let finding = case.finding();
        let after = if finding.asks_next() { case.aftermath() } else { Vec::new() };
        Some(case.ending(finding, &after))
    });
    judged.collect()
}

fn reach(source: &dyn Source, boot: usize, sequence: &Sequence) -> Reach {
    Reach::of(source.boots().get(boot).map(|facts| facts.id).unwrap_or_default(), sequence)
}

/// The other boots of the same machine, the nearest first.
fn neighbours(source: &dyn Source, boot: usize) -> Vec<usize> {
    let machine = source.boots().get(boot).map(|facts| facts.machine);
    let others = source.boots().iter().enumerate().filter(|(at, facts)| *at != boot && Some(facts.machine) == machine);
    let mut others: Vec<usize> = others.map(|(at, _)| at).collect();
    others.sort_by_key(|at| at.abs_diff(boot));
    others
}

fn postmortem(case: &Case<'_>, finding: Finding, after: &[Sign]) -> Postmortem {
    let ending = case.ending(finding, after);
    let tail = case.source.tail(case.boot, TAIL_LINES, TAIL_WINDOW, Wanted::ALL);
    let scales = evidence::weigh(case, finding, after);
    let last = tail.iter().skip(tail.len().saturating_sub(LAST_ENTRIES));
    Postmortem {
        boot: case.facts.into(),
        ending,
        headline: headline::sentence(ending),
        evidence: scales.evidence,
        against: scales.against,
        stage: case.sequence.stage(),
        cap: case.cap.clone(),
        last_entries: last.map(|line| evidence::place(case.source, line)).collect(),
        restricted: false,
        next: case.next.map(|(_, facts)| Next {
            id: facts.id,
            kernel_start: death::kernel_start(facts),
            lines: after.iter().map(|sign| evidence::of(case.source, sign, Side::Next)).collect(),
        }),
        death: death::interval(case, finding),
        silence: death::silence(case, &tail),
        limits: limits::of(case, finding, &tail),
    }
}
