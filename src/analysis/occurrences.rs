//! What rules say of whole boots: which conditions showed, when, and how often.
//!
//! A sign near a boot's end tells little where the same sign stands in every hour of the machine's life. So those rules
//! that speak of a condition or a cause are asked of all boots, in one pass: ids and units by the index, texts by one
//! search for all literals over each file's different messages. Only lines that a rule may fit are read.

use std::sync::Arc;

use rayon::prelude::*;

use super::rules::{Observed, Rule, Rulebook, Sign};
use super::sender::is_userspaces_kmsg;
use super::source::{Glance, Heard, Line, Source, is_users};
use crate::format::Monotonic;

/// What one rule found in one boot.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The rule.
    pub rule: Arc<Rule>,
    /// When its lines were written, since the boot began; in order.
    pub times: Vec<Monotonic>,
    /// The first line.
    pub first: Observed,
    /// The last line.
    pub last: Observed,
}

/// What rules found in all boots, in the order of [`Source::boots`].
#[derive(Clone, Debug, Default)]
pub struct Occurrences {
    boots: Vec<Vec<Occurrence>>,
}

impl Occurrences {
    /// Asks all boots, in one pass over the source.
    #[must_use]
    pub fn of(source: &dyn Source, book: &Rulebook) -> Self {
        let mut found = Self { boots: vec![Vec::new(); source.boots().len()] };
        let table = book.conditions();
        let is_heard = |seen: &Observed| seen.rule.sign.as_ref().is_some_and(Sign::is_heard);
        let terms = table.terms();
        let may = |line: &Line| table.may_know(line);
        found.boots.par_iter_mut().enumerate().for_each(|(boot, known)| {
            for line in source.having_seen(boot, &terms, Glance { fields: table.glanced(), passes: &may }) {
                let seen = table.observe(&line).into_iter().filter(|seen| !is_heard(seen));
                take(known, source, &line, seen);
            }
        });
        let heard =
            Heard { voices: book.voices().marks(), speaks: &|message, among| book.voices().of_message(message, among) };
        source.hear(heard, &mut |boot, line| {
            let seen = table.observe(line).into_iter().filter(is_heard);
            if let Some(known) = found.boots.get_mut(boot) {
                take(known, source, line, seen);
            }
        });
        for known in found.boots.iter_mut().flatten() {
            known.times.sort_unstable();
        }
        found
    }

    /// What rules found in one boot, by rule.
    #[must_use]
    pub fn boot(&self, boot: usize) -> &[Occurrence] {
        self.boots.get(boot).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Adds what rules see in a line to what they found in its boot.
fn take(known: &mut Vec<Occurrence>, source: &dyn Source, line: &Line, seen: impl Iterator<Item = Observed>) {
    // A name in the kernel's log shows nothing of an ordinary life, where every daemon has a voice of its own.
    if is_users(source, line) || is_userspaces_kmsg(line) {
        return;
    }
    for seen in seen {
        let at = line.monotonic;
        match known.iter_mut().find(|known| known.rule.id == seen.rule.id) {
            Some(known) => {
                known.times.push(at);
                if at < known.first.line.monotonic {
                    known.first = seen;
                } else if at >= known.last.line.monotonic {
                    known.last = seen;
                }
            }
            None => known.push(Occurrence {
                rule: Arc::clone(&seen.rule),
                times: vec![at],
                first: seen.clone(),
                last: seen,
            }),
        }
    }
}
