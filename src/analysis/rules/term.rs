//! A condition on one field of a line, as rules write it.

use std::fmt;
use std::str::FromStr;

use super::super::source::Line;

/// `FIELD=value`, `FIELD=beginning*`, or with `!=` for the contrary; a line without the field fulfils that.
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
}

impl Term {
    /// Whether a line fulfils it.
    #[must_use]
    pub fn fits(&self, line: &Line) -> bool {
        let wanted = self.value.as_bytes();
        let is = |value: &[u8]| if self.begins { value.starts_with(wanted) } else { value == wanted };
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
        let no_term = || format!("`{text}` is not FIELD=value, FIELD=beginning* or FIELD!=value");
        let (name, value) = text.split_once('=').ok_or_else(no_term)?;
        let (field, negated) = name.strip_suffix('!').map_or((name, false), |field| (field, true));
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if field.is_empty() || !field.bytes().all(is_name) {
            return Err(no_term());
        }
        let (value, begins) = value.strip_suffix('*').map_or((value, false), |value| (value, true));
        Ok(Self { field: field.to_owned(), negated, value: value.to_owned(), begins })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (not, more) = (if self.negated { "!" } else { "" }, if self.begins { "*" } else { "" });
        write!(f, "{}{not}={}{more}", self.field, self.value)
    }
}
