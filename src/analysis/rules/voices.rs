//! What is listened for in messages, and from whom: the literals of rules that nothing else in an index finds.

use std::sync::Arc;

use aho_corasick::packed::Searcher;
use memchr::memmem::Finder;

use super::grams::Grams;
use super::rule::Rule;

/// The literals of some rules, with the writers of each.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Voices {
    long: Grams,
    /// Those that are too short for that.
    short: Vec<(Finder<'static>, u64)>,
    /// Finds any of those at once: most messages have none.
    any_short: Option<Searcher>,
    marks: Vec<(String, u64)>,
}

impl Voices {
    /// Those of rules that only a look at messages finds.
    pub(super) fn of<'r>(rules: impl Iterator<Item = &'r Arc<Rule>>) -> Self {
        let (mut literals, mut writers) = (Vec::new(), Vec::new());
        for rule in rules {
            let Some(sign) = rule.sign.as_ref().filter(|sign| sign.is_heard()) else { continue };
            let mut marks: Vec<String> = rule.by.iter().flat_map(super::Writer::marks).collect();
            marks.sort_unstable();
            marks.dedup();
            let voice = writers.iter().position(|known| *known == marks).unwrap_or_else(|| {
                writers.push(marks);
                writers.len() - 1
            });
            literals.extend(sign.text.literals().iter().map(|text| (text.clone(), bit(voice))));
        }
        let short = || literals.iter().filter(|(text, _)| !Grams::can_find(text));
        let any_short = Searcher::new(short().map(|(text, _)| text));
        let short = short().map(|(text, voice)| (Finder::new(text).into_owned(), *voice)).collect();
        Self { long: Grams::of(&literals), short, any_short, marks: by_mark(&writers) }
    }

    /// Terms that tell writers, each with the voices of these.
    pub(in crate::analysis) fn marks(&self) -> &[(String, u64)] {
        &self.marks
    }

    /// The voices from which a message is of interest; short literals are looked for only where `among` has theirs.
    pub(in crate::analysis) fn of_message(&self, message: &[u8], among: u64) -> u64 {
        let long = self.long.voices_in(message);
        if self.any_short.as_ref().is_some_and(|short| short.find(message).is_none()) {
            return long;
        }
        let short = self.short.iter().filter(|(_, voice)| voice & among != 0);
        let met = short.filter(|(text, _)| text.find(message).is_some());
        met.fold(long, |all, (_, voice)| all | voice)
    }
}

/// Sets of writers beyond so many share a bit.
const fn bit(voice: usize) -> u64 {
    1 << if voice < 63 { voice } else { 63 }
}

/// The other way round: the voices of each mark.
fn by_mark(writers: &[Vec<String>]) -> Vec<(String, u64)> {
    let mut found: Vec<(String, u64)> = Vec::new();
    for (voice, marks) in writers.iter().enumerate() {
        for mark in marks {
            match found.iter_mut().find(|(known, _)| known == mark) {
                Some((_, voices)) => *voices |= bit(voice),
                None => found.push((mark.clone(), bit(voice))),
            }
        }
    }
    found
}
