//! Whole boots beside their ends: conditions that showed long before, and signs that a machine shows all the time.

use super::item::{Item, Role};
use super::noise::{Life, is_noise};
use crate::analysis::ending::{Case, Finding};
use crate::analysis::occurrences::Occurrence;
use crate::analysis::rules::Observed;
use crate::analysis::survey::Survey;

/// What was observed at a boot's end, and of the rules that were not, what they found in the whole boot.
pub(in crate::analysis) fn observed(at_end: &[Observed], in_whole: &[Occurrence]) -> Vec<Observed> {
    // What only led to an end is of no account long before it.
    let lasts = |known: &Occurrence| known.rule.contributing.is_some() || known.rule.causes.is_empty();
    let is_new = |known: &&Occurrence| lasts(known) && at_end.iter().all(|seen| seen.rule.id != known.rule.id);
    let mut observed = at_end.to_vec();
    observed.extend(in_whole.iter().filter(is_new).map(|known| known.last.clone()));
    observed.sort_by_key(|seen| seen.line.monotonic);
    observed
}

/// Marks the precursors that the machine shows when nothing ends.
pub(in crate::analysis) fn mark_noise(survey: &Survey<'_>, case: &Case<'_>, items: &mut [Item]) {
    let share = survey.book.weights().noise_share;
    let mut asked: Vec<(String, bool)> = Vec::new();
    for item in items.iter_mut().filter(|item| item.role == Role::Precursor && !item.is_proof()) {
        let known = asked.iter().find(|(rule, _)| *rule == item.rule).map(|(_, noise)| *noise);
        item.is_noise = known.unwrap_or_else(|| {
            let (lives, this) = lives(survey, case, &item.rule);
            let noise = is_noise(&lives, this, share);
            asked.push((item.rule.clone(), noise));
            noise
        });
    }
}

/// When a rule found lines in each boot of a machine, and which of these boots is the one in question.
fn lives(survey: &Survey<'_>, case: &Case<'_>, rule: &str) -> (Vec<Life>, usize) {
    let (mut lives, mut this) = (Vec::new(), 0);
    for (boot, facts) in survey.source.boots().iter().enumerate() {
        if facts.machine != case.facts.machine {
            continue;
        }
        if boot == case.boot {
            this = lives.len();
        }
        let found = survey.occurrences.boot(boot).iter().find(|known| known.rule.id == rule);
        let times = found.map(|found| found.times.iter().map(|at| at.0).collect()).unwrap_or_default();
        let finding = survey.boots.get(boot).and_then(|read| read.finding);
        let ended_well = matches!(finding, Some(Finding::Complete | Finding::Running));
        lives.push(Life { from: facts.first.monotonic.0, until: facts.last.monotonic.0, times, ended_well });
    }
    (lives, this)
}
