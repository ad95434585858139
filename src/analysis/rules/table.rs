//! Rules by what finds their lines, so that few are held against any one line.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use aho_corasick::AhoCorasick;

use super::super::source::{Line, READ};
use super::super::unit;
use super::matching::{Held, found};
use super::rule::{Observed, Rule, Sign, Text};

/// Some rules, and what finds the lines that fit one.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Table {
    rules: Vec<Arc<Rule>>,
    by_id: HashMap<String, Vec<usize>>,
    /// Those that ask for a unit's step.
    of_steps: Vec<usize>,
    /// Finds all literals at once, and whose each is.
    literals: Option<AhoCorasick>,
    by_literal: Vec<usize>,
    /// Those that neither an id nor a step nor a literal finds.
    others: Vec<usize>,
    terms: Vec<String>,
    marks: Vec<String>,
    /// The fields that show that no rule fits a line.
    glanced: Vec<Cow<'static, str>>,
}

impl Table {
    /// Sorts rules; they speak in their order.
    pub(super) fn of<'r>(rules: impl Iterator<Item = &'r Arc<Rule>>) -> Self {
        let mut table = Self { rules: rules.cloned().collect(), ..Self::default() };
        let mut literals: Vec<String> = Vec::new();
        for (place, rule) in table.rules.iter().enumerate() {
            let Some(sign) = &rule.sign else { continue };
            table.terms.extend(terms(sign));
            table.marks.extend(rule.by.iter().flat_map(super::Writer::marks));
            let texts = sign.text.literals();
            if !sign.message_ids.is_empty() {
                for id in &sign.message_ids {
                    table.by_id.entry(id.clone()).or_default().push(place);
                }
            } else if sign.step.is_some() {
                table.of_steps.push(place);
            } else if texts.is_empty() {
                table.others.push(place);
            } else {
                literals.extend(texts.iter().cloned());
                table.by_literal.extend(texts.iter().map(|_| place));
            }
        }
        for list in [&mut table.terms, &mut table.marks] {
            list.sort_unstable();
            list.dedup();
        }
        table.glanced = table.glanced_fields();
        // It fails only for more literals than memory could hold; a file has fewer.
        table.literals = AhoCorasick::new(&literals).ok();
        table
    }

    /// Fields by which an index finds lines that fit a rule, each once: ids, units, whole messages.
    pub(in crate::analysis) fn terms(&self) -> Vec<&str> {
        self.terms.iter().map(String::as_str).collect()
    }

    /// Fields of which every line that fits a rule has one, each once: those of the writers.
    pub(in crate::analysis) fn marks(&self) -> Vec<&str> {
        self.marks.iter().map(String::as_str).collect()
    }

    /// Whether any rule fits a line.
    pub(in crate::analysis) fn knows(&self, line: &Line) -> bool {
        let held = Held::new(line);
        self.near(&held).into_iter().any(|rule| found(rule, &held).is_some())
    }

    /// The fields that [`Table::may_know`] looks at.
    pub(in crate::analysis) fn glanced(&self) -> &[Cow<'static, str>] {
        &self.glanced
    }

    /// Whether any rule may fit a line, by those of its fields alone that are [glanced](Self::glanced) at.
    pub(in crate::analysis) fn may_know(&self, line: &Line) -> bool {
        let mut ids = line.fields.iter().filter(|(name, _)| name == "MESSAGE_ID");
        let wrote = |place: &usize| self.rules.get(*place).is_some_and(|rule| rule.by.iter().any(|by| by.wrote(line)));
        ids.any(|(_, id)| std::str::from_utf8(id).is_ok_and(|id| self.by_id.contains_key(id)))
            || (!self.of_steps.is_empty() && unit::may_be_step(line))
            || self.literals.as_ref().is_some_and(|literals| literals.is_match(line.message().as_ref()))
            || self.others.iter().any(wrote)
    }

    fn glanced_fields(&self) -> Vec<Cow<'static, str>> {
        let others = self.others.iter().filter_map(|place| self.rules.get(*place)).flat_map(|rule| &rule.by);
        let mut names: Vec<&str> = others.flat_map(super::Writer::told_by).chain(["MESSAGE", "MESSAGE_ID"]).collect();
        names.sort_unstable();
        names.dedup();
        let known = |name: &str| READ.into_iter().find(|known| *known == name);
        names.into_iter().map(|name| known(name).map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed)).collect()
    }

    /// What the rules say of a line, in their order.
    pub(in crate::analysis) fn observe(&self, line: &Line) -> Vec<Observed> {
        let held = Held::new(line);
        let observed = self.near(&held).into_iter().filter_map(|rule| {
            let (captures, strength) = found(rule, &held)?;
            Some(Observed { rule: Arc::clone(rule), line: line.clone(), captures, strength })
        });
        observed.collect()
    }

    /// The rules that may fit a line, in their order.
    fn near(&self, held: &Held<'_>) -> Vec<&Arc<Rule>> {
        let mut places: Vec<usize> = self.others.clone();
        for (_, id) in held.line.fields.iter().filter(|(name, _)| name == "MESSAGE_ID") {
            let id = std::str::from_utf8(id).unwrap_or_default();
            places.extend(self.by_id.get(id).into_iter().flatten());
        }
        if !self.of_steps.is_empty() && held.step().is_some() {
            places.extend(&self.of_steps);
        }
        if let Some(literals) = &self.literals {
            let met = literals.find_overlapping_iter(held.message());
            places.extend(met.filter_map(|met| self.by_literal.get(met.pattern().as_usize())));
        }
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|place| self.rules.get(place)).collect()
    }
}

/// Fields of which a value is rarer than an id: few lines are of one unit, or tell of one result.
const RARE: [&str; 3] = ["UNIT", "UNIT_RESULT", "USER_UNIT"];

/// The fields by which an index finds such lines; none where only a part of the message tells.
fn terms(sign: &Sign) -> Vec<String> {
    if !sign.message_ids.is_empty() {
        let is_rare = |term: &&super::Term| !term.begins && RARE.contains(&term.field.as_str());
        if let Some(term) = sign.fields.iter().filter(is_rare).find_map(super::Term::asked) {
            return vec![term];
        }
        return sign.message_ids.iter().map(|id| format!("MESSAGE_ID={id}")).collect();
    }
    if sign.step.is_some() {
        let whole = sign.units.iter().filter(|unit| !unit.ends_with('*'));
        return whole.map(|unit| format!("UNIT={unit}")).collect();
    }
    if let Text::Whole(texts) = &sign.text {
        return texts.iter().map(|text| format!("MESSAGE={text}")).collect();
    }
    let whole = sign.fields.iter().filter(|term| !term.begins);
    whole.filter_map(super::Term::asked).take(1).collect()
}
