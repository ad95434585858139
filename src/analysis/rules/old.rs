//! What a line means for a boot's end, as tables that read aloud.
//!
//! One row is one sign: who must have written it, what it looks like, what it means, how much it weighs, and a sentence
//! that says so. The first row that fits a line counts. `ENDING` is read in the boot that ends, `NEXT` in the boot
//! after it, which tells what it found.

use std::borrow::Cow;
use std::cell::OnceCell;

use regex::Regex;

use super::super::report::Strength;
use super::super::sender::Sender;
use super::super::source::Line;
use super::super::unit::{self, Step};
use super::means::Means;

/// One sign.
#[derive(Debug)]
pub(in crate::analysis) struct Rule {
    /// Its stable name.
    pub(in crate::analysis) id: &'static str,
    /// Who must have written the line.
    pub(in crate::analysis) by: Sender,
    /// What the line looks like.
    pub(in crate::analysis) sign: Sign,
    /// What follows from it.
    pub(in crate::analysis) means: Means,
    /// How much it weighs.
    pub(in crate::analysis) strength: Strength,
    /// The same as a sentence.
    pub(in crate::analysis) shows: &'static str,
}

/// What a line looks like.
#[derive(Debug)]
pub(in crate::analysis) enum Sign {
    /// Its `MESSAGE_ID=`.
    Id(&'static str),
    /// Its `MESSAGE_ID=`, and another field as `FIELD=value`.
    With(&'static str, &'static str),
    /// A step of one of these units.
    Unit(Step, &'static [&'static str]),
    /// Its whole message.
    Text(&'static str),
    /// How its message begins.
    Starts(&'static [&'static str]),
    /// What its message contains.
    Has(&'static [&'static str]),
    /// Anything by this sender.
    Any,
}

/// A line while it is held against a table: what rules ask for more than once is worked out once.
struct Held<'l> {
    line: &'l Line,
    /// By [`Sender`].
    senders: [Option<bool>; Sender::COUNT],
    message: OnceCell<Cow<'l, str>>,
    step: OnceCell<Option<(Step, Cow<'l, str>)>>,
    /// Whether the message contains what any row of the table looks for within messages.
    has_part: OnceCell<bool>,
}

impl<'l> Held<'l> {
    fn is_by(&mut self, sender: Sender) -> bool {
        let line = self.line;
        match self.senders.get_mut(sender as usize) {
            Some(known) => *known.get_or_insert_with(|| sender.wrote(line)),
            None => sender.wrote(line),
        }
    }

    fn message(&self) -> &str {
        self.message.get_or_init(|| self.line.message())
    }
}

/// The rows of a table, and what finds lines that fit one.
pub(in crate::analysis) struct Table {
    rules: &'static [Rule],
    terms: Vec<String>,
    marks: Vec<&'static str>,
    /// All that rows look for within messages.
    parts: Option<Regex>,
}

impl Table {
    pub(in crate::analysis) fn of(rules: &'static [Rule]) -> Self {
        let mut terms: Vec<String> = rules.iter().flat_map(|rule| rule.sign.terms()).collect();
        terms.sort_unstable();
        terms.dedup();
        let mut marks: Vec<&str> = rules.iter().flat_map(|rule| rule.by.marks()).copied().collect();
        marks.sort_unstable();
        marks.dedup();
        let parts = rules.iter().flat_map(|rule| match rule.sign {
            Sign::Has(parts) => parts,
            _ => &[],
        });
        let parts: Vec<String> = parts.map(|part| regex::escape(part)).collect();
        Self { rules, terms, marks, parts: Regex::new(&parts.join("|")).ok() }
    }

    /// All fields by which an index finds lines of the table, each once.
    pub(in crate::analysis) fn terms(&self) -> Vec<&str> {
        self.terms.iter().map(String::as_str).collect()
    }

    /// Fields of which every line that fits a row has one: those of the rows' senders, each once.
    pub(in crate::analysis) fn marks(&self) -> &[&'static str] {
        &self.marks
    }

    /// The row that a line fits.
    pub(in crate::analysis) fn read(&self, line: &Line) -> Option<&'static Rule> {
        let mut held = Held {
            line,
            senders: [None; Sender::COUNT],
            message: OnceCell::new(),
            step: OnceCell::new(),
            has_part: OnceCell::new(),
        };
        self.rules.iter().find(|rule| held.is_by(rule.by) && rule.sign.fits(&held, self.parts.as_ref()))
    }
}

impl Sign {
    fn fits(&self, held: &Held<'_>, all_parts: Option<&Regex>) -> bool {
        let line = held.line;
        match self {
            Self::Id(id) => line.is("MESSAGE_ID", id),
            Self::With(id, field) => {
                line.is("MESSAGE_ID", id) && field.split_once('=').is_some_and(|(name, value)| line.is(name, value))
            }
            Self::Unit(step, units) => {
                let took = held.step.get_or_init(|| unit::step(line));
                took.as_ref().is_some_and(|(took, unit)| took == step && units.contains(&unit.as_ref()))
            }
            Self::Text(text) => line.is("MESSAGE", text),
            Self::Starts(starts) => starts.iter().any(|start| held.message().starts_with(start)),
            Self::Has(parts) => {
                let may = || all_parts.is_none_or(|all| all.is_match(held.message()));
                *held.has_part.get_or_init(may) && parts.iter().any(|part| held.message().contains(part))
            }
            Self::Any => true,
        }
    }

    /// The fields by which an index finds such lines; none where only the text tells.
    fn terms(&self) -> Vec<String> {
        match self {
            Self::Id(id) | Self::With(id, _) => vec![format!("MESSAGE_ID={id}")],
            Self::Unit(_, units) => units.iter().map(|unit| format!("UNIT={unit}")).collect(),
            Self::Text(text) => vec![format!("MESSAGE={text}")],
            Self::Starts(_) | Self::Has(_) | Self::Any => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::catalog::{ENDING, FLOOD, NEXT};

    #[test]
    fn every_field_that_a_rule_asks_for_is_read() {
        for rule in ENDING.iter().chain(NEXT) {
            if let super::Sign::With(_, field) = rule.sign {
                let name = field.split_once('=').unwrap().0;
                assert!(crate::analysis::source::READ.contains(&name), "{name}");
            }
        }
    }

    #[test]
    fn every_sign_has_an_id_of_its_own_and_a_sentence() {
        let all: Vec<_> = ENDING.iter().chain(NEXT).chain([&FLOOD]).collect();
        for rule in &all {
            assert_eq!(
                all.iter().filter(|other| other.id == rule.id && other.shows != rule.shows).count(),
                0,
                "{}",
                rule.id
            );
            assert!(rule.id.contains('.'), "{}", rule.id);
            assert!(!rule.shows.is_empty() && !rule.shows.ends_with('.'), "{}", rule.id);
        }
    }
}
