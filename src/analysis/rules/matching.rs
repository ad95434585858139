//! Whether a rule fits a line.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::super::report::Strength;
use super::super::source::Line;
use super::super::unit::{self, Step};
use super::rule::{Rule, Sign, Text};

/// What a rule finds in a line: what its pattern captured, and how much the line weighs.
pub(super) type Found = (Vec<(String, String)>, Strength);

/// A line while rules are held against it: what they ask for more than once is worked out once.
pub(super) struct Held<'l> {
    pub(super) line: &'l Line,
    message: OnceCell<Cow<'l, str>>,
    step: OnceCell<Option<(Step, Cow<'l, str>)>>,
}

impl<'l> Held<'l> {
    pub(super) const fn new(line: &'l Line) -> Self {
        Self { line, message: OnceCell::new(), step: OnceCell::new() }
    }

    pub(super) fn message(&self) -> &str {
        self.message.get_or_init(|| self.line.message())
    }

    pub(super) fn step(&self) -> Option<&(Step, Cow<'l, str>)> {
        self.step.get_or_init(|| unit::step(self.line)).as_ref()
    }
}

/// What a rule finds in a line, where it fits.
pub(super) fn fits(rule: &Rule, line: &Line) -> Option<Found> {
    found(rule, &Held::new(line))
}

/// The same of a line that several rules are held against.
pub(super) fn found(rule: &Rule, held: &Held<'_>) -> Option<Found> {
    let sign = rule.sign.as_ref()?;
    let most = rule.by.iter().filter(|writer| writer.wrote(held.line)).map(|writer| writer.most(held.line)).max()?;
    if !sign.fields_fit(held) {
        return None;
    }
    let captures = sign.text.captures(held)?;
    if !sign.bits.iter().all(|(name, bit)| is_set(&captures, name, *bit)) {
        return None;
    }
    Some((captures, rule.strength.min(most)))
}

impl Sign {
    fn fields_fit(&self, held: &Held<'_>) -> bool {
        let line = held.line;
        (self.message_ids.is_empty() || self.message_ids.iter().any(|id| line.is("MESSAGE_ID", id)))
            && self.fields.iter().all(|term| term.fits(line))
            && self.within.is_none_or(|within| line.monotonic <= within)
            && !self.lacks.iter().any(|part| held.message().contains(part.as_str()))
            && self.step.is_none_or(|step| self.is_step(step, held))
    }

    fn is_step(&self, step: Step, held: &Held<'_>) -> bool {
        let named = |unit: &str, wanted: &str| match wanted.strip_suffix('*') {
            Some(beginning) => unit.starts_with(beginning),
            None => unit == wanted,
        };
        held.step().is_some_and(|(took, unit)| *took == step && self.units.iter().any(|wanted| named(unit, wanted)))
    }
}

impl Text {
    fn captures(&self, held: &Held<'_>) -> Option<Vec<(String, String)>> {
        let fits = match self {
            Self::Any => true,
            Self::Whole(texts) => texts.iter().any(|text| held.message() == text),
            Self::Starts(starts) => starts.iter().any(|start| held.message().starts_with(start.as_str())),
            Self::Has(parts) => parts.iter().any(|part| held.message().contains(part.as_str())),
            Self::Pattern(pattern) => return pattern.captures(held.message()),
        };
        fits.then(Vec::new)
    }

    /// What a message must contain to fit: one of these; none where any message may do.
    pub(super) fn literals(&self) -> &[String] {
        match self {
            Self::Any => &[],
            Self::Whole(texts) | Self::Starts(texts) | Self::Has(texts) => texts,
            Self::Pattern(pattern) => &pattern.literals,
        }
    }
}

/// Whether a captured register has a bit; one that reads all ones was not read at all.
fn is_set(captures: &[(String, String)], name: &str, bit: u32) -> bool {
    let value = captures.iter().find(|(known, _)| known == name);
    let value = value.and_then(|(_, value)| u64::from_str_radix(value, 16).ok());
    value.is_some_and(|value| value != u64::from(u32::MAX) && value != u64::MAX && value >> bit & 1 == 1)
}
