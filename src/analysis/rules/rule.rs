//! One rule: who wrote the line, what it looks like, and what it says of a boot's end.

use std::str::FromStr;
use std::sync::Arc;

use super::super::report::{Action, Strength};
use super::super::source::Line;
use super::super::unit::Step;
use super::super::verdict::{Cause, Condition, Initiator};
use super::means::Means;
use super::pattern::Pattern;
use super::term::Term;
use super::writer::Writer;
use crate::format::Monotonic;

/// One rule, as a rules file states it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its stable name, such as `request.reboot`.
    pub id: String,
    /// In which boot the line stands.
    pub place: Where,
    /// Who must have written the line: any of these.
    pub by: Vec<Writer>,
    /// What the line looks like; a structural rule, which code applies, has none.
    pub sign: Option<Sign>,
    /// What it means within the sequence that ends a boot.
    pub means: Vec<Means>,
    /// What becomes of the machine.
    pub action: Option<Action>,
    /// Who set it going.
    pub initiator: Option<Initiator>,
    /// What it speaks for, the most specific first.
    pub causes: Vec<Cause>,
    /// What else it leaves open.
    pub candidates: Vec<Cause>,
    /// What it excludes.
    pub excludes: Vec<Cause>,
    /// What it shows that may have contributed.
    pub contributing: Option<Condition>,
    /// How much it weighs.
    pub strength: Strength,
    /// The same as a sentence without a full stop; `{name}` stands for a capture or a field.
    pub shows: String,
    /// Which versions write such a line.
    pub versions: Option<String>,
    /// When it fires and means nothing.
    pub false_positives: Option<String>,
    /// Where it is written down.
    pub source: Option<String>,
    /// Lines on which it fires.
    pub fires: Vec<Sample>,
    /// Lines on which it must not.
    pub not: Vec<Sample>,
    /// Of a structural rule: test logs that show it.
    pub fires_in: Vec<String>,
    /// Of a structural rule: test logs that must not.
    pub not_in: Vec<String>,
    /// The file that states it.
    pub file: Arc<str>,
    /// The line of that file, counted from 1.
    pub stated_at: usize,
}

/// In which boot a rule looks for its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// In the boot that ends.
    Ending,
    /// In the boot after it.
    Next,
    /// In either.
    Both,
}

/// What a line looks like; all that is stated must be so.
#[derive(Clone, Debug, Default)]
pub struct Sign {
    /// Its `MESSAGE_ID=`, one of these; any where there is none.
    pub message_ids: Vec<String>,
    /// Conditions on other fields.
    pub fields: Vec<Term>,
    /// The step of a unit that PID 1 reports.
    pub step: Option<Step>,
    /// The unit, one of these, or `beginning*`.
    pub units: Vec<String>,
    /// The message.
    pub text: Text,
    /// What the message must not contain.
    pub lacks: Vec<String>,
    /// Captures of the pattern that are hexadecimal registers, and the bit that must be set.
    pub bits: Vec<(String, u32)>,
    /// It must be written so soon after the boot began, in microseconds.
    pub within: Option<Monotonic>,
}

/// What a message looks like.
#[derive(Clone, Debug, Default)]
pub enum Text {
    /// Anything.
    #[default]
    Any,
    /// Exactly one of these.
    Whole(Vec<String>),
    /// It begins with one of these.
    Starts(Vec<String>),
    /// It contains one of these.
    Has(Vec<String>),
    /// It fits a pattern.
    Pattern(Pattern),
}

/// A line for a rule's test, as fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Names and values; where it names no field of journald's own, those of the rule's writer are added.
    pub fields: Vec<(String, String)>,
    /// The line of the rules file, counted from 1.
    pub stated_at: usize,
}

/// What one rule says of one line.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The line.
    pub line: Line,
    /// What the pattern captured, by name.
    pub captures: Vec<(String, String)>,
    /// How much it weighs: less than [`Rule::strength`] where the writer is known by its own word only.
    pub strength: Strength,
}

impl Sign {
    /// Whether only a look at messages finds its lines: neither an id nor a unit tells them.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.message_ids.is_empty() && self.step.is_none() && !self.text.literals().is_empty()
    }
}

impl Rule {
    /// Whether it looks into the boot that ends.
    #[must_use]
    pub const fn is_of_ending(&self) -> bool {
        matches!(self.place, Where::Ending | Where::Both)
    }

    /// Whether it looks into the boot after the end.
    #[must_use]
    pub const fn is_of_next(&self) -> bool {
        matches!(self.place, Where::Next | Where::Both)
    }

    /// Whether it takes a line of the kernel's or of PID 1's for what led to an end, though it ends nothing itself: a
    /// machine may show that all its life.
    #[must_use]
    pub fn may_be_usual(&self) -> bool {
        let is_own = self.by.iter().all(|writer| ["kernel", "pid1"].contains(&writer.name()));
        let leads = self.means.is_empty() && self.causes.first().is_some_and(|cause| !cause.sets_off());
        let weighs = self.strength > Strength::Ctx && self.strength < Strength::Proof;
        self.is_of_ending() && self.sign.is_some() && is_own && leads && weighs
    }
}

impl Rule {
    /// The fields that it asks for or names in its sentence, other than the message and its id.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        let terms = self.sign.iter().flat_map(|sign| sign.fields.iter().map(|term| term.field.as_str()));
        let named = named(&self.shows).filter(|name| is_field(name));
        terms.chain(named).chain(self.by.iter().flat_map(Writer::fields))
    }
}

/// The names in a sentence that stand for captures or fields.
pub(super) fn named(sentence: &str) -> impl Iterator<Item = &str> {
    sentence.split('{').skip(1).map(|part| part.split_once('}').map_or(part, |(name, _)| name))
}

/// Whether a name is that of a field, not of a capture.
pub(super) fn is_field(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

impl Observed {
    /// The value of a capture.
    #[must_use]
    pub fn capture(&self, name: &str) -> Option<&str> {
        self.captures.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The rule's sentence, with captures and fields filled in.
    #[must_use]
    pub fn shows(&self) -> String {
        let mut rest = self.rule.shows.as_str();
        let mut sentence = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, behind)) = after.split_once('}') else { break };
            sentence.push_str(before);
            sentence.push_str(self.capture(name).or_else(|| self.line.text(name)).unwrap_or("?"));
            rest = behind;
        }
        sentence.push_str(rest);
        sentence
    }
}

impl Where {
    /// How it is spelled.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ending => "ending",
            Self::Next => "next",
            Self::Both => "both",
        }
    }
}

impl FromStr for Where {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Ending, Self::Next, Self::Both]
            .into_iter()
            .find(|place| place.id() == word)
            .ok_or_else(|| format!("`{word}` is not one of ending, next, both"))
    }
}
