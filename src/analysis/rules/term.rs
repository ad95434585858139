//! A condition on one field of a line, as rules write it.

use std::fmt;
use std::str::FromStr;

use memchr::memmem;

use super::super::source::Line;

/// `FIELD=value`, `FIELD=beginning*`, or with `!=` for the contrary, which a line without the field fulfils; that may also
/// be `FIELD!=*end` or `FIELD!=*part*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The field.
    pub field: String,
    /// Whether the field must not be so.
    pub negated: bool,
    /// The value, or its beginning.
    pub value: String,
    /// Whether `value` is only the beginning.
    pub begins: bool,
    /// Whether `value` is only the end, or beside `begins` any part; of contraries only, since no index finds it.
    pub ends: bool,
}

impl Term {
    /// Whether a line fulfils it.
    #[must_use]
    pub fn fits(&self, line: &Line) -> bool {
        let wanted = self.value.as_bytes();
        let is = |value: &[u8]| match (self.begins, self.ends) {
            (false, false) => value == wanted,
            (true, false) => value.starts_with(wanted),
            (false, true) => value.ends_with(wanted),
            (true, true) => memmem::find(value, wanted).is_some(),
        };
        line.fields.iter().any(|(name, value)| *name == self.field && is(value)) != self.negated
    }

    /// The same for [`Source`](super::super::Source), which knows no contraries.
    pub(super) fn asked(&self) -> Option<String> {
        (!self.negated).then(|| format!("{}={}{}", self.field, self.value, if self.begins { "*" } else { "" }))
    }

    /// Whether only journald sets the field.
    pub(super) fn is_trusted(&self) -> bool {
        self.field.starts_with('_') && !self.negated
    }
}

impl FromStr for Term {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let no_term = || format!("`{text}` is not FIELD=value, FIELD=beginning*, FIELD!=value or FIELD!=*end");
        let (name, value) = text.split_once('=').ok_or_else(no_term)?;
        let (field, negated) = name.strip_suffix('!').map_or((name, false), |field| (field, true));
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if field.is_empty() || !field.bytes().all(is_name) {
            return Err(no_term());
        }
        let (value, begins) = value.strip_suffix('*').map_or((value, false), |value| (value, true));
        let (value, ends) = value.strip_prefix('*').map_or((value, false), |value| (value, true));
        if ends && !negated {
            return Err(no_term());
        }
        Ok(Self { field: field.to_owned(), negated, value: value.to_owned(), begins, ends })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (not, more) = (if self.negated { "!" } else { "" }, if self.begins { "*" } else { "" });
        let before = if self.ends { "*" } else { "" };
        write!(f, "{}{not}={before}{}{more}", self.field, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::log::line_of;
    use super::*;

    #[test]
    fn contraries_may_be_of_an_end_or_a_part() {
        let fits = |term: &str, value: &str| term.parse::<Term>().unwrap().fits(&line_of(&[("UNIT", value)]));
        for (term, fitting, other) in [
            ("UNIT=a.service", "a.service", "a.service.d"),
            ("UNIT=app-*", "app-x", "my-app-x"),
            ("UNIT!=app-*", "my-app-x", "app-x"),
            ("UNIT!=*.service", "x.service.d", "x.service"),
            ("UNIT!=*/libpod*", "libpod-1", "user.slice/libpod-1/x"),
        ] {
            assert!(fits(term, fitting) && !fits(term, other), "{term}");
            assert_eq!(term.parse::<Term>().unwrap().to_string(), term);
        }
        assert!("UNIT=*.service".parse::<Term>().is_err(), "no index finds that");
    }
}
