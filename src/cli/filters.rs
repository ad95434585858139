//! The options that say which entries, as journalctl spells them.

use std::path::PathBuf;

use clap::Args;

use super::nothing::Names;
use crate::error::Error;
use crate::file::{self, Cursor};
use crate::format::field::is_name;
use crate::journal::Journal;
use crate::query::identifier::{self, Spelling};
use crate::query::{Matches, Term, Which, unit, word};

/// Filters, each required together with the others.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Which entries")]
pub(super) struct Filters {
    /// What a system unit wrote and what was written about it; also a pattern such as 'ssh*'; several are alternatives
    #[arg(short, long, value_name = "UNIT", allow_hyphen_values = true)]
    unit: Vec<String>,
    /// The same for a unit of users' managers
    #[arg(long, value_name = "UNIT", allow_hyphen_values = true)]
    user_unit: Vec<String>,
    /// Only this syslog identifier, or those that fit a pattern with * ? and […]; several are alternatives
    #[arg(short = 't', long, value_name = "NAME", allow_hyphen_values = true)]
    identifier: Vec<String>,
    /// Not this syslog identifier
    #[arg(short = 'T', long, value_name = "NAME", allow_hyphen_values = true)]
    exclude_identifier: Vec<String>,
    /// This priority and all more urgent ones (err, 3), or a range (warning..err)
    #[arg(short, long, value_name = "PRIORITY")]
    priority: Option<String>,
    /// Only these syslog facilities (kern,daemon,local0); help lists them
    #[arg(long, value_name = "NAMES")]
    facility: Vec<String>,
    /// Only the kernel's messages, of all boots unless -b says otherwise
    #[arg(short = 'k', long)]
    dmesg: bool,
    /// Only messages that fit a pattern, which may have look-around and back-references as journalctl's; several must
    /// all fit; FIELD:PATTERN looks in another field
    #[arg(short, long, value_name = "PATTERN", allow_hyphen_values = true)]
    grep: Vec<String>,
    /// Only messages that do not fit a pattern
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    not_grep: Vec<String>,
    /// Whether upper and lower case differ in patterns; without it they do when a pattern has an upper-case letter
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true",
          value_parser = clap::builder::BoolishValueParser::new())]
    case_sensitive: Option<bool>,
    /// Whether patterns are for the message, whatever they begin with, and one of several values is asked.
    #[arg(skip)]
    as_journalctl: bool,
}

/// Where to begin, by the cursor of an entry.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Time")]
pub(super) struct Cursors {
    /// Begin at the entry of this cursor
    #[arg(short, long, value_name = "CURSOR")]
    cursor: Option<String>,
    /// Begin behind the entry of this cursor
    #[arg(long, value_name = "CURSOR", conflicts_with_all = ["cursor", "cursor_file"])]
    after_cursor: Option<String>,
    /// Begin behind the cursor in this file, if it exists, and write the last one to it
    #[arg(long, value_name = "FILE", conflicts_with = "cursor")]
    cursor_file: Option<PathBuf>,
}

impl Cursors {
    /// Whether any was typed.
    pub(super) const fn are_any(&self) -> bool {
        self.cursor.is_some() || self.after_cursor.is_some() || self.cursor_file.is_some()
    }

    /// The cursor to begin at, and whether its entry is left out.
    ///
    /// # Errors
    /// When the text is no cursor, or the file cannot be read.
    pub(super) fn read(&self) -> Result<Option<(Cursor, bool)>, Error> {
        let saved = match &self.cursor_file {
            Some(path) => match std::fs::read_to_string(path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                read => Some(read.map_err(|source| Error::Io { path: path.clone(), source })?.trim().to_owned()),
            },
            None => None,
        };
        // A file that is there and empty tells as little as none; of several lines the first counts, as in journalctl.
        let saved = saved.as_deref().and_then(|text| text.lines().next()).map(str::to_owned);
        let after = self.after_cursor.clone().or(saved);
        let Some(text) = self.cursor.as_ref().or(after.as_ref()) else { return Ok(None) };
        let bad = |why: file::NotACursor| Error::BadQuery { what: "cursor", input: text.clone(), why: why.to_string() };
        Ok(Some((text.parse().map_err(bad)?, after.is_some())))
    }

    /// Writes the cursor of the last entry shown to the file, by a new file that takes the old one's place.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn save(&self, cursor: &Cursor) -> Result<(), Error> {
        let Some(path) = &self.cursor_file else { return Ok(()) };
        let mut name = path.clone().into_os_string();
        name.push(".new");
        let new = PathBuf::from(name);
        let written = std::fs::write(&new, format!("{cursor}\n")).and_then(|()| std::fs::rename(&new, path));
        written.map_err(|source| Error::Io { path: path.clone(), source })
    }
}

impl Filters {
    /// Whether any was typed.
    pub(super) fn are_any(&self) -> bool {
        let lists = [&self.unit, &self.user_unit, &self.identifier, &self.exclude_identifier, &self.facility];
        let patterns = [&self.grep, &self.not_grep];
        self.dmesg || self.priority.is_some() || lists.iter().chain(&patterns).any(|list| !list.is_empty())
    }

    /// The names that were typed; of users' journals -u names users' units.
    pub(super) fn names(&self, of_user: bool) -> [Names<'_>; 3] {
        const SYSTEM: &[&str] = &["_SYSTEMD_UNIT", "UNIT", "OBJECT_SYSTEMD_UNIT", "COREDUMP_UNIT", "_SYSTEMD_SLICE"];
        const USER: &[&str] = &[
            "_SYSTEMD_USER_UNIT",
            "USER_UNIT",
            "OBJECT_SYSTEMD_USER_UNIT",
            "COREDUMP_USER_UNIT",
            "_SYSTEMD_USER_SLICE",
        ];
        fn names<'a>(what: &'static str, typed: &'a [String], fields: &'static [&'static str]) -> Names<'a> {
            let suffix = if fields.len() > 1 { ".service" } else { "" };
            Names { what, typed: typed.iter().map(String::as_str).collect(), fields, suffix }
        }
        [
            names("the unit", &self.unit, if of_user { USER } else { SYSTEM }),
            names("the users' unit", &self.user_unit, USER),
            names("the identifier", &self.identifier, &["SYSLOG_IDENTIFIER"]),
        ]
    }

    /// Whether what they mean depends on the fields that the journal has, see [`named`].
    pub(super) fn ask_the_journal(&self) -> bool {
        self.grep.iter().chain(&self.not_grep).any(|pattern| named(pattern, |_| true).is_some())
    }

    /// Whether messages are wanted that do not fit a pattern.
    pub(super) const fn looks_for_none(&self) -> bool {
        !self.not_grep.is_empty()
    }

    /// Takes the options as journalctl does: the last -g alone, for the first message, and -T only where lines are short,
    /// by the last identifier.
    pub(super) fn as_journalctl(&mut self, output: &str) {
        self.grep.drain(..self.grep.len().saturating_sub(1));
        self.as_journalctl = true;
        if !output.starts_with("short") && output != "with-unit" {
            self.exclude_identifier.clear();
        }
    }

    /// Whether only the kernel's messages are wanted.
    pub(super) const fn dmesg(&self) -> bool {
        self.dmesg
    }

    /// Whether the names of the facilities were asked for instead of entries.
    pub(super) fn asks_for_facilities(&self) -> bool {
        self.facility.iter().any(|names| names == "help")
    }

    /// The one unit that was named, and whether it is one of users' managers, for the option `what`, which needs
    /// exactly one.
    ///
    /// # Errors
    /// When none was named, several, or a pattern.
    pub(super) fn one_unit(&self, what: &'static str, of_user: bool) -> Result<(&str, bool), Error> {
        let mut units = self.units(of_user);
        match (units.next(), units.next()) {
            (Some(unit), None) if !unit.0.contains(['*', '?', '[']) => Ok(unit),
            (None, _) => Err(Error::Incomplete { what, needs: "exactly one unit, by -u or --user-unit" }),
            (Some((unit, _)), several) => {
                let why = if several.is_some() { "it is not the only unit" } else { "it is a pattern" };
                let why = format!("{why}, and {what} needs exactly one unit, by -u or --user-unit");
                Err(Error::BadQuery { what: "unit", input: unit.to_owned(), why })
            }
        }
    }

    /// The names of units and patterns of such, each with whether it is one of users' managers.
    pub(super) fn units(&self, of_user: bool) -> impl Iterator<Item = (&str, bool)> {
        let system = self.unit.iter().map(move |unit| (unit.as_str(), of_user));
        system.chain(self.user_unit.iter().map(|unit| (unit.as_str(), true)))
    }

    /// Whether a pattern was asked for, so that finding nothing is a negative answer.
    pub(super) const fn greps(&self) -> bool {
        !self.grep.is_empty()
    }

    /// Adds the conditions to `matches`, those by unit only on demand; of users' journals -u names users' units.
    ///
    /// # Errors
    /// When a value cannot be read.
    pub(super) fn apply(
        &self,
        journal: &Journal,
        by_unit: bool,
        of_user: bool,
        matches: &mut Matches,
    ) -> Result<(), Error> {
        if self.dmesg {
            matches.require([[Term::is("_TRANSPORT", b"kernel")]]);
        }
        let mut units = Vec::new();
        for name in self.unit.iter().filter(|_| by_unit) {
            units.extend(if of_user { unit::user(name)? } else { unit::system(name)? });
        }
        for name in self.user_unit.iter().filter(|_| by_unit) {
            units.extend(unit::user(name)?);
        }
        matches.require(units);
        let spelling = if self.as_journalctl { Spelling::Literal } else { Spelling::Pattern };
        let names = self.identifier.iter().map(|name| identifier::is(name, spelling));
        // Each on its own: terms of one group but for equal ones must all hold.
        matches.require(names.collect::<Result<Vec<_>, _>>()?.concat().into_iter().map(|term| [term]));
        let which = if self.as_journalctl { Which::Last } else { Which::All };
        for name in &self.exclude_identifier {
            for term in identifier::is_not(name, spelling)? {
                matches.require([[term.asking(which)]]);
            }
        }
        if let Some(priority) = &self.priority {
            matches.require([word::priorities(priority)?]);
        }
        let facilities = self.facility.iter().map(|names| word::facilities(names));
        matches.require([facilities.collect::<Result<Vec<_>, _>>()?.concat()]);
        for pattern in &self.grep {
            matches.require([[self.pattern(journal, ("--grep", pattern), Term::like)?]]);
        }
        for pattern in &self.not_grep {
            matches.require([[self.pattern(journal, ("--not-grep", pattern), Term::unlike)?]]);
        }
        Ok(())
    }

    /// What is to be made conspicuous in messages: the first pattern that was looked for in them.
    ///
    /// # Errors
    /// When a pattern cannot be read.
    pub(super) fn highlight(&self, journal: &Journal) -> Result<Option<Term>, Error> {
        let patterns = self.grep.iter().map(|pattern| self.pattern(journal, ("--grep", pattern), Term::like));
        let terms = patterns.collect::<Result<Vec<_>, _>>()?;
        Ok(terms.into_iter().find(|term| term.field() == b"MESSAGE"))
    }

    fn pattern(
        &self,
        journal: &Journal,
        (option, text): (&'static str, &str),
        term: impl Fn(&str, &str, bool) -> Result<Term, Error>,
    ) -> Result<Term, Error> {
        let knows = |field: &str| !self.as_journalctl && knows(journal, field);
        let (field, pattern) = named(text, knows).unwrap_or(("MESSAGE", text));
        // As in journalctl: capital letters beyond A to Z do not count.
        let case = self.case_sensitive.unwrap_or_else(|| pattern.contains(|c: char| c.is_ascii_uppercase()));
        let which = if self.as_journalctl { Which::First } else { Which::All };
        let term = term(field, pattern, case).map_err(|error| match error {
            Error::BadQuery { why, .. } => Error::BadQuery { what: option, input: text.to_owned(), why },
            other => other,
        })?;
        Ok(term.asking(which))
    }
}

/// Splits a pattern for another field than the message. What a message says, such as `BUG: unable`, looks alike: a space
/// behind the colon, or a name that no file has, belongs to a message.
fn named(text: &str, knows: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let (field, pattern) = text.split_once(':')?;
    (is_name(field.as_bytes()) && !pattern.starts_with(' ') && knows(field)).then_some((field, pattern))
}

/// Whether a field of this name may be in a file.
fn knows(journal: &Journal, field: &str) -> bool {
    journal.files().iter().any(|file| !matches!(file.find_field(field.as_bytes()), Ok(None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_a_field_only_if_there_is_one_and_no_space_follows() {
        let knows = |field: &str| ["_COMM", "ERROR"].contains(&field);
        assert_eq!(named("_COMM:^ssh", knows), Some(("_COMM", "^ssh")));
        for message in ["BUG:", "BUG: unable to handle", "ERROR: disk", "error:x", "plain"] {
            assert_eq!(named(message, knows), None, "{message}");
        }
    }
}
