//! What lines mean for a boot's end, as data that reads aloud: `catalogue.toml`, and what users add to it.
//!
//! A rule names who must have written a line, what the line looks like, what it says of the end, and how much that
//! weighs. All rules that fit a line speak. Text is asked last: an id or a field decides where there is one, and no
//! field that the writer could choose makes a proof.

mod form;
mod grams;
mod load;
mod look;
mod matching;
mod means;
mod pattern;
mod reader;
mod rule;
mod sample;
mod structural;
pub(super) mod table;
mod term;
#[cfg(test)]
mod tests;
mod voices;
mod weights;
mod words;
mod writer;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, LazyLock};

pub use load::LARGEST;
pub use means::Means;
pub use pattern::Pattern;
pub use reader::Fault;
pub use rule::{Observed, Rule, Sample, Sign, Text, Where};
pub use structural::Structural;
pub use term::Term;
pub use weights::Weights;
pub use writer::Writer;

use super::report::Strength;
use super::source::Line;
use load::{Care, Stock};
use table::Table;
use voices::Voices;
use writer::Stated;

/// The file that comes with the program.
const CATALOGUE: &str = include_str!("catalogue.toml");
/// How its rules name it.
const CATALOGUE_NAME: &str = "catalogue.toml";

static BUILTIN: LazyLock<Rulebook> = LazyLock::new(|| {
    // A test reads it strictly: it has no faults.
    let stock = load::read(CATALOGUE_NAME, CATALOGUE, &BTreeMap::new(), Care::Catalogue);
    Rulebook::default().joined(stock.unwrap_or_default())
});

/// All rules that hold, with the weights of evidence.
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    rules: Vec<Arc<Rule>>,
    places: HashMap<String, usize>,
    senders: BTreeMap<String, Arc<Stated>>,
    weights: Weights,
    /// The rules for a boot that ends, and for the one after it.
    tables: [Table; 2],
    /// Of both those that have a meaning in the sequence that ends a boot.
    meaning: [Table; 2],
    /// The rules of a boot's own lines that show what may contribute to an end, or what led to it unless it is usual.
    conditions: Table,
    /// What of these is looked for in messages.
    voices: Voices,
}

/// Everything that is wrong with a rules file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    /// The file, as the user named it.
    pub file: String,
    /// What is wrong, by line.
    pub faults: Vec<Fault>,
}

impl Rulebook {
    /// The rules that come with the program; read once.
    #[must_use]
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// These rules and those of a file, which replace rules of the same id, and weights where it states any.
    ///
    /// # Errors
    /// Everything that is wrong with the file, by line; then nothing of it is taken.
    pub fn with(&self, file: &str, text: &str) -> Result<Self, RulesError> {
        let stock = load::read(file, text, &self.senders, Care::Strict);
        let stock = stock.map_err(|faults| RulesError { file: file.to_owned(), faults })?;
        Ok(self.clone().joined(stock))
    }

    fn joined(mut self, stock: Stock) -> Self {
        for rule in stock.rules {
            match self.places.get(&rule.id).and_then(|place| self.rules.get_mut(*place)) {
                Some(known) => *known = Arc::new(rule),
                None => {
                    self.places.insert(rule.id.clone(), self.rules.len());
                    self.rules.push(Arc::new(rule));
                }
            }
        }
        self.senders.extend(stock.senders);
        self.weights = stock.weights.unwrap_or(self.weights);
        let (ending, next) = (|rule: &&Arc<Rule>| rule.is_of_ending(), |rule: &&Arc<Rule>| rule.is_of_next());
        let means = || self.rules.iter().filter(|rule| !rule.means.is_empty());
        self.meaning = [Table::of(means().filter(ending)), Table::of(means().filter(next))];
        // What ends a state is of account as long as the state is.
        let ends = |rule: &&Arc<Rule>| rule.causes.is_empty() && !rule.excludes.is_empty();
        let states = |rule: &&Arc<Rule>| rule.contributing.is_some() || ends(rule);
        let shows = |rule: &&Arc<Rule>| rule.is_of_ending() && (states(rule) || rule.may_be_usual());
        self.conditions = Table::of(self.rules.iter().filter(shows));
        self.voices = Voices::of(self.rules.iter().filter(shows));
        self.tables = [Table::of(self.rules.iter().filter(ending)), Table::of(self.rules.iter().filter(next))];
        self
    }

    /// All rules, in the order of their files.
    #[must_use]
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// How much a sign counts that code finds; nothing where no rule states it.
    pub(super) fn strength_of(&self, sign: Structural) -> Strength {
        self.rule(sign.id()).map_or(Strength::Ctx, |rule| rule.strength)
    }

    /// The rule of an id, those that code applies (`[[structural]]`) among them.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Arc<Rule>> {
        self.places.get(id).and_then(|place| self.rules.get(*place))
    }

    /// The fields that the rules ask for, other than the message and its id, each once.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&str> {
        self.rules.iter().flat_map(|rule| rule.fields()).collect()
    }

    /// How much evidence counts.
    #[must_use]
    pub const fn weights(&self) -> &Weights {
        &self.weights
    }

    /// What all rules for a boot that ends, or for the boot after it, say of a line.
    #[must_use]
    pub fn observe(&self, in_next: bool, line: &Line) -> Vec<Observed> {
        self.table(in_next).observe(line)
    }

    /// The rules that make the sequence that ends a boot.
    pub(super) const fn sequence(&self) -> &Table {
        let [ending, _] = &self.meaning;
        ending
    }

    /// The rules for what a boot finds of the end before it.
    pub(super) const fn aftermath(&self) -> &Table {
        let [_, next] = &self.meaning;
        next
    }

    /// The rules of a boot's own lines that show what may contribute to an end, or what led to it unless it is usual.
    pub(super) const fn conditions(&self) -> &Table {
        &self.conditions
    }

    /// What of these rules is looked for in messages, and from whom.
    pub(super) const fn voices(&self) -> &Voices {
        &self.voices
    }

    /// All rules for one of two boots.
    pub(super) const fn table(&self, in_next: bool) -> &Table {
        let [ending, next] = &self.tables;
        if in_next { next } else { ending }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.faults.iter().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(f, "{end}{}:{fault}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for RulesError {}
