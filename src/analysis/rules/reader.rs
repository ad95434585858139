//! Reads tables of a TOML file field by field, and keeps what is wrong with them, all of it, with the line.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::load::Care;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong at one place of a rules file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// The line, counted from 1.
    pub line: usize,
    /// The rule's id, where it lies in a rule that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong, with the value.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        if let Some(rule) = &self.rule {
            write!(f, "rule {rule}: ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// A rules file while it is read.
#[derive(Debug)]
pub(super) struct Faults<'s> {
    text: &'s str,
    care: Care,
    found: Vec<Fault>,
}

impl<'s> Faults<'s> {
    pub(super) const fn new(text: &'s str, care: Care) -> Self {
        Self { text, care, found: Vec::new() }
    }

    /// Adds one at a place of the text, in bytes.
    pub(super) fn add(&mut self, at: usize, rule: Option<&str>, field: Option<&str>, what: impl Into<String>) {
        let line = self.line(at);
        let (rule, field) = (rule.map(str::to_owned), field.map(str::to_owned));
        self.found.push(Fault { line, rule, field, what: what.into() });
    }

    /// The line of a place, counted from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        memchr::memchr_iter(b'\n', before).count() + 1
    }

    /// All of them, by line.
    pub(super) fn into_found(mut self) -> Vec<Fault> {
        self.found.sort_by_key(|fault| fault.line);
        self.found
    }
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) at: usize,
    pub(super) value: T,
}

/// A table while its fields are read; what is asked for is known, all else is reported in the end.
pub(super) struct Fields<'f, 's, 't> {
    faults: &'f mut Faults<'s>,
    table: &'t DeTable<'t>,
    at: usize,
    rule: Option<String>,
    asked: BTreeSet<&'static str>,
}

impl<'f, 's, 't> Fields<'f, 's, 't> {
    pub(super) const fn new(faults: &'f mut Faults<'s>, table: &'t DeTable<'t>, at: Range<usize>) -> Self {
        Self { faults, table, at: at.start, rule: None, asked: BTreeSet::new() }
    }

    /// Where the table starts.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// Names the rule in what is reported from here on.
    pub(super) fn is_rule(&mut self, id: &str) {
        self.rule = Some(id.to_owned());
    }

    /// Reports something of a field; without a place, of the whole table.
    pub(super) fn fault(&mut self, at: usize, field: Option<&str>, what: impl Into<String>) {
        self.faults.add(at, self.rule.as_deref(), field, what);
    }

    /// Reports something of a field at a line of the file.
    pub(super) fn fault_at_line(&mut self, line: usize, field: &str, what: &str) {
        let (rule, field) = (self.rule.clone(), Some(field.to_owned()));
        self.faults.found.push(Fault { line, rule, field, what: what.to_owned() });
    }

    /// The line of a place.
    pub(super) fn line(&self, at: usize) -> usize {
        self.faults.line(at)
    }

    /// Whether everything is tried that can be.
    pub(super) const fn is_strict(&self) -> bool {
        matches!(self.faults.care, Care::Strict)
    }

    /// Whether rules must say of which versions they are.
    pub(super) const fn needs_versions(&self) -> bool {
        matches!(self.faults.care, Care::Catalogue)
    }

    /// Where a field's value starts; where there is none, the table.
    pub(super) fn spot(&self, name: &str) -> usize {
        self.table.get(name).map_or(self.at, |value| value.span().start)
    }

    /// The value of a field.
    pub(super) fn value(&mut self, name: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.insert(name);
        self.table.get(name)
    }

    fn wrong(&mut self, name: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let what = format!("this is {}, not {wanted}", kind(value.get_ref()));
        self.fault(value.span().start, Some(name), what);
    }

    /// A text.
    pub(super) fn text(&mut self, name: &'static str) -> Option<At<&'t str>> {
        let value = self.value(name)?;
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong(name, value, "a text");
        }
        Some(At { at: value.span().start, value: text? })
    }

    /// A text that must be there.
    pub(super) fn needed(&mut self, name: &'static str) -> Option<At<&'t str>> {
        if !self.table.contains_key(name) {
            self.fault(self.at, Some(name), "this is missing");
        }
        self.text(name).filter(|text| {
            let empty = text.value.is_empty();
            if empty {
                self.fault(text.at, Some(name), "this is empty");
            }
            !empty
        })
    }

    /// One text, or a list of them.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<At<&'t str>> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let alone = std::slice::from_ref(value);
        let all = value.get_ref().as_array().map_or(alone, |list| list);
        let mut texts = Vec::new();
        for one in all {
            match one.get_ref().as_str() {
                Some("") => self.fault(one.span().start, Some(name), "this is empty"),
                Some(text) => texts.push(At { at: one.span().start, value: text }),
                None => self.wrong(name, one, "a text"),
            }
        }
        texts
    }

    /// One word that a type knows, or a list of them.
    pub(super) fn words<T: FromStr<Err: fmt::Display>>(&mut self, name: &'static str) -> Vec<T> {
        let mut words = Vec::new();
        for text in self.texts(name) {
            match text.value.parse::<T>() {
                Ok(word) => words.push(word),
                Err(error) => self.fault(text.at, Some(name), error.to_string()),
            }
        }
        words
    }

    /// One word that a type knows.
    pub(super) fn word<T: FromStr<Err: fmt::Display>>(&mut self, name: &'static str) -> Option<T> {
        let text = self.text(name)?;
        text.value.parse().map_err(|error: T::Err| self.fault(text.at, Some(name), error.to_string())).ok()
    }

    /// A number that is not negative.
    pub(super) fn number(&mut self, name: &'static str) -> Option<f64> {
        let value = self.value(name)?;
        let number = number(value.get_ref());
        if number.is_none() {
            self.wrong(name, value, "a number of at least 0");
        }
        number
    }

    /// Reports a value that is of the wrong kind.
    pub(super) fn refuse(&mut self, name: &'static str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        self.wrong(name, value, wanted);
    }

    /// Reports the fields that nobody asked for.
    pub(super) fn finish(mut self) {
        let table = self.table;
        for name in table.keys().filter(|name| !self.asked.contains(name.get_ref().as_ref())).collect::<Vec<_>>() {
            let known: Vec<&str> = self.asked.iter().copied().collect();
            let what = format!("no such field; there are {}", known.join(", "));
            self.fault(name.span().start, Some(name.get_ref()), what);
        }
    }
}

/// A number of at least 0.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    let text = value.as_integer().map(toml::de::DeInteger::as_str).or_else(|| value.as_float().map(|it| it.as_str()));
    text.and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite() && *number >= 0.0)
}

const fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
