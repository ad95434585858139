//! One condition on one field, as people type it and as payloads are tested.

use std::ops::Range;

use super::pattern::Pattern;
use crate::error::Error;
use crate::file::Entry;
use crate::format::Inflater;
use crate::format::field::is_name;

/// A condition on a field. A field that occurs several times satisfies it if any of its values does, unless one of them
/// alone is [asked](Term::asking).
#[derive(Clone, Debug)]
pub struct Term {
    /// `NAME=value` for comparisons with a value, `NAME=` for all others.
    payload: Vec<u8>,
    name: usize,
    test: Test,
    which: Which,
}

/// Which of several values of a field a condition asks, in the order that the entry has them in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Each of them.
    #[default]
    All,
    /// The first alone.
    First,
    /// The last alone.
    Last,
}

#[derive(Clone, Debug)]
enum Test {
    /// A value is exactly this.
    Is,
    /// No value is exactly this.
    IsNot,
    /// A value fits the pattern.
    Like(Pattern),
    /// No value fits the pattern.
    Unlike(Pattern),
    /// There is such a field.
    Present,
    /// There is no such field.
    Absent,
    /// A value is a decimal number that compares so.
    Number(Order, i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Less,
    AtMost,
    AtLeast,
    More,
}

/// The operators, longer ones before those that begin them.
const OPERATORS: [&[u8]; 8] = [b"!~=", b"~=", b"!=", b"<=", b">=", b"=", b"<", b">"];

impl Term {
    /// Reads `FIELD=value`, `FIELD!=value`, `FIELD~=pattern`, `FIELD!~=pattern`, `FIELD=*`, `FIELD!=*`, or a comparison
    /// with a number: `FIELD<=3`, `<`, `>`, `>=`.
    ///
    /// # Errors
    /// When there is no operator, the name is none that a stored field may have, or what follows cannot be read.
    pub fn read(text: &[u8]) -> Result<Self, Error> {
        let bad = |why: &str| bad(text, why);
        let end =
            text.iter().position(|byte| b"=!~<>".contains(byte)).ok_or_else(|| bad("a term reads FIELD=value"))?;
        let (name, rest) = text.split_at_checked(end).unwrap_or_default();
        let operator = OPERATORS.iter().find(|operator| rest.starts_with(operator));
        let operator = operator.ok_or_else(|| bad("a term reads FIELD=value"))?;
        let value = rest.get(operator.len()..).unwrap_or_default();
        if !is_name(name) {
            return Err(bad("a field name has letters A-Z, digits and _, and no digit first"));
        }
        if name.starts_with(b"__") {
            return Err(bad("names with two _ in front are not stored in journals"));
        }
        Ok(match *operator {
            b"=" if value == b"*" => Self::of(name, b"", Test::Present),
            b"!=" if value == b"*" => Self::of(name, b"", Test::Absent),
            b"=" => Self::of(name, value, Test::Is),
            b"!=" => Self::of(name, value, Test::IsNot),
            b"~=" => Self::of(name, b"", Test::Like(pattern(text, value, false)?)),
            b"!~=" => Self::of(name, b"", Test::Unlike(pattern(text, value, false)?)),
            comparison => Self::of(name, b"", Test::Number(order(comparison), number(text, value)?)),
        })
    }

    /// The condition that a value of `field` is exactly `value`, whatever bytes that are.
    #[must_use]
    pub fn is(field: &str, value: &[u8]) -> Self {
        Self::of(field.as_bytes(), value, Test::Is)
    }

    /// The condition that no value of `field` is exactly `value`; an entry without the field fulfils it.
    #[must_use]
    pub fn is_not(field: &str, value: &[u8]) -> Self {
        Self::of(field.as_bytes(), value, Test::IsNot)
    }

    /// The condition that there is such a field.
    #[must_use]
    pub fn present(field: &str) -> Self {
        Self::of(field.as_bytes(), b"", Test::Present)
    }

    /// The condition that a value of `field` fits `pattern`; `case` says whether upper and lower case differ.
    ///
    /// # Errors
    /// When the pattern is no regular expression.
    pub fn like(field: &str, pattern: &str, case: bool) -> Result<Self, Error> {
        Ok(Self::of(field.as_bytes(), b"", Test::Like(self::pattern(pattern.as_bytes(), pattern.as_bytes(), !case)?)))
    }

    /// The condition that no value of `field` fits `pattern`; an entry without the field fulfils it.
    ///
    /// # Errors
    /// When the pattern is no regular expression.
    pub fn unlike(field: &str, pattern: &str, case: bool) -> Result<Self, Error> {
        Ok(Self::of(field.as_bytes(), b"", Test::Unlike(self::pattern(pattern.as_bytes(), pattern.as_bytes(), !case)?)))
    }

    /// Where in a value of its field the pattern is found first; `None` also where the condition has no pattern.
    #[must_use]
    pub fn found_in(&self, value: &[u8]) -> Option<Range<usize>> {
        match &self.test {
            Test::Like(pattern) => pattern.find(value),
            _ => None,
        }
    }

    /// How often the search for the pattern was given up on a value, which then counts as one that does not fit.
    pub(super) fn given_up(&self) -> u64 {
        match &self.test {
            Test::Like(pattern) | Test::Unlike(pattern) => pattern.given_up(),
            _ => 0,
        }
    }

    fn of(name: &[u8], value: &[u8], test: Test) -> Self {
        let payload = [name, b"=", value].concat();
        Self { payload, name: name.len(), test, which: Which::All }
    }

    /// The same condition on one of several values.
    #[must_use]
    pub const fn asking(mut self, which: Which) -> Self {
        self.which = which;
        self
    }

    /// Whether, in an entry that has a value which [fits](Self::fits), the one that is asked fits; also where no value
    /// of the field can be read.
    pub(super) fn fits_where_asked(&self, entry: &Entry<'_>, inflater: &mut Inflater) -> bool {
        let mut fits = true;
        for at in entry.items().filter(|_| self.which != Which::All) {
            let Ok(stored) = entry.file().stored(at) else { continue };
            let payload = entry.file().plain(&stored, inflater).unwrap_or_default();
            if payload.get(..=self.name) == self.payload.get(..=self.name) {
                fits = self.fits(payload);
                if self.which == Which::First {
                    break;
                }
            }
        }
        fits
    }

    /// Whether one of several values is asked.
    pub(super) fn asks_one(&self) -> bool {
        self.which != Which::All
    }

    /// The field's name.
    #[must_use]
    pub fn field(&self) -> &[u8] {
        self.payload.get(..self.name).unwrap_or_default()
    }

    /// The whole payload, where the condition is about exactly one.
    pub(super) fn exact(&self) -> Option<&[u8]> {
        matches!(self.test, Test::Is | Test::IsNot).then_some(&self.payload)
    }

    /// Whether the condition is that no payload [fits](Self::fits).
    pub(super) const fn is_negative(&self) -> bool {
        matches!(self.test, Test::IsNot | Test::Unlike(_) | Test::Absent)
    }

    /// Whether terms of the same field are alternatives; conditions of other kinds must all hold.
    pub(super) fn is_alternative_to(&self, other: &Self) -> bool {
        matches!((&self.test, &other.test), (Test::Is, Test::Is)) && self.field() == other.field()
    }

    /// Whether a payload begins as those of the term's field do, as far as it goes: a glance before it is read.
    #[inline]
    pub(super) fn may_be_of(&self, payload: &[u8]) -> bool {
        let start = self.payload.get(..=self.name).unwrap_or(&self.payload);
        payload.starts_with(start) || start.starts_with(payload)
    }

    /// Whether a payload, which may be of any field, is one that the condition is about.
    pub(super) fn fits(&self, payload: &[u8]) -> bool {
        let value = || payload.get(self.name.saturating_add(1)..).unwrap_or_default();
        match &self.test {
            Test::Is | Test::IsNot => payload == self.payload,
            _ if !payload.starts_with(&self.payload) => false,
            Test::Like(pattern) | Test::Unlike(pattern) => pattern.is_match(value()),
            Test::Present | Test::Absent => true,
            Test::Number(order, than) => parsed(value()).is_some_and(|number| order.holds(number, *than)),
        }
    }
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        let same = match (&self.test, &other.test) {
            (Test::Like(one), Test::Like(two)) | (Test::Unlike(one), Test::Unlike(two)) => one.as_str() == two.as_str(),
            (Test::Number(one, n), Test::Number(two, m)) => (one, n) == (two, m),
            (one, two) => std::mem::discriminant(one) == std::mem::discriminant(two),
        };
        same && self.payload == other.payload && self.which == other.which
    }
}

impl Order {
    const fn holds(self, number: i64, than: i64) -> bool {
        match self {
            Self::Less => number < than,
            Self::AtMost => number <= than,
            Self::AtLeast => number >= than,
            Self::More => number > than,
        }
    }
}

fn order(operator: &[u8]) -> Order {
    match operator {
        b"<" => Order::Less,
        b"<=" => Order::AtMost,
        b">=" => Order::AtLeast,
        _ => Order::More,
    }
}

fn bad(text: &[u8], why: &str) -> Error {
    Error::BadQuery { what: "term", input: String::from_utf8_lossy(text).into_owned(), why: why.to_owned() }
}

fn number(text: &[u8], value: &[u8]) -> Result<i64, Error> {
    parsed(value).ok_or_else(|| bad(text, "a comparison needs a decimal number"))
}

fn parsed(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

fn pattern(text: &[u8], pattern: &[u8], ignore_case: bool) -> Result<Pattern, Error> {
    Pattern::read(pattern, ignore_case).map_err(|why| bad(text, &why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_tests_payloads_of_its_field_only() {
        let cases: [(&str, &[&str], &[&str]); 7] = [
            ("A=1", &["A=1"], &["A=12", "AB=1", "B=1"]),
            ("A~=^x+$", &["A=xx"], &["A=xxy", "AB=xx", "A="]),
            ("A=*", &["A=", "A=1"], &["AB=1"]),
            ("PRIORITY<=3", &["PRIORITY=3", "PRIORITY=-1"], &["PRIORITY=4", "PRIORITY=", "PRIORITY=x", "B=1"]),
            ("A<3", &["A=2"], &["A=3"]),
            ("A>=3", &["A=3"], &["A=2"]),
            ("A>3", &["A=4"], &["A=3"]),
        ];
        for (text, fits, others) in cases {
            let term = Term::read(text.as_bytes()).unwrap();
            assert!(!term.is_negative(), "{text}");
            assert!(fits.iter().all(|payload| term.fits(payload.as_bytes())), "{text}");
            assert!(!others.iter().any(|payload| term.fits(payload.as_bytes())), "{text}");
        }
        for text in ["A!=1", "A!=*", "A!~=x"] {
            assert!(Term::read(text.as_bytes()).unwrap().is_negative(), "{text}");
        }
    }

    #[test]
    fn a_value_may_hold_operators_and_any_bytes() {
        assert!(Term::read(b"A=b!=c").unwrap().fits(b"A=b!=c"));
        assert!(Term::read(b"A=\xff\0").unwrap().fits(b"A=\xff\0"));
        assert!(Term::read(b"A~==").unwrap().fits(b"A=a=b"));
    }

    #[test]
    fn what_is_no_term_is_refused_with_the_reason() {
        for bad in ["a=1", "A", "=x", "__CURSOR=x", "1A=x", "A<x", "A~=(", "A!", "A~x"] {
            assert!(Term::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
