//! `rules`: what lines mean for a verdict; and `--rules` of other commands, which adds a user's own.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::Form;
use super::{Status, Stop, Terminal};
use crate::analysis::{RULES_LARGEST, Rulebook, RulesError};
use crate::error::Error;
use crate::output::Style;
use crate::output::rules::{Checked, checked, list, one};

const EXAMPLES: &str = "\
Examples:
  lastwords rules                          all rules, a line or two each
  lastwords rules reset.amd-watchdog       one of them in full
  lastwords rules --check fleet.toml       is this file in order?
  lastwords rules --rules fleet.toml       all rules, with those of the file
  lastwords why DIR --rules fleet.toml     a verdict by them

A rule of a file looks like this; one with a built-in rule's id replaces it:

  version = 1

  [senders]
  gate = [[\"_SYSTEMD_UNIT=gate.service\"]]

  [[rule]]
  id = \"gate.restart\"
  where = \"ending\"
  by = \"gate\"
  pattern = '^restart in (?P<seconds>[0-9]+) s$'
  literal = \"restart in \"
  cause = \"requested.orchestrator\"
  strength = \"strong\"
  shows = \"the gate asked for a restart in {seconds} s\"
  fires = [\"restart in 5 s\"]
  not = [\"no restart in sight\"]

fires and not are lines that prove the rule when the file is read. A rule may
go without them; one that has some is refused as soon as it no longer fits.

A rule trusts the fields that journald writes, those that begin with _. Whoever
imports or rewrites a journal can forge them too, which no reader can see.";

/// A user's own rules.
#[derive(Debug, Default, Args)]
pub(super) struct OwnRules {
    /// Judge by the rules of this file too, which replace built-in ones of the same id; see lastwords rules --help
    #[arg(long, value_name = "FILE", help_heading = "Verdict")]
    rules: Vec<PathBuf>,
}

impl OwnRules {
    /// All rules that hold: those that are built in and the user's own.
    ///
    /// # Errors
    /// When a file cannot be read or has faults.
    pub(super) fn book(&self) -> Result<Cow<'static, Rulebook>, Stop> {
        let mut book = Cow::Borrowed(Rulebook::builtin());
        for path in &self.rules {
            book = Cow::Owned(book.with(&path.display().to_string(), &text(path)?)?);
        }
        Ok(book)
    }
}

/// The options of `rules`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Rules {
    /// Only these, in full
    #[arg(value_name = "ID", conflicts_with = "check")]
    ids: Vec<String>,
    /// Say what is wrong with a file of rules, by line; exit status 1 where anything is
    #[arg(long, value_name = "FILE", conflicts_with = "rules")]
    check: Vec<PathBuf>,
    #[command(flatten)]
    own: OwnRules,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Form::Text, value_name = "FORM", help_heading = "How they look")]
    output: Form,
}

pub(super) fn run(args: &Rules, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let json = args.output == Form::Json;
    if !args.check.is_empty() {
        return check(&args.check, json, terminal, out);
    }
    let book = args.own.book()?;
    let style = Style { width: terminal.width, color: terminal.color, zone: jiff::tz::TimeZone::UTC };
    if args.ids.is_empty() {
        list(&book, json, terminal.interactive, &style, out)?;
        return Ok(Status::Done);
    }
    for id in &args.ids {
        let missing = || Error::NotFound { what: "rule", input: id.clone() };
        one(book.rule(id).ok_or_else(missing)?, json, terminal.interactive, &style, out)?;
    }
    Ok(Status::Done)
}

/// Reads files of rules and says what is wrong with them, of all files everything.
fn check(paths: &[PathBuf], json: bool, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let builtin = Rulebook::builtin();
    let mut status = Status::Done;
    for path in paths {
        let file = path.display().to_string();
        let (faults, book) = match builtin.with(&file, &text(path)?) {
            Ok(book) => (Vec::new(), book),
            Err(RulesError { faults, .. }) => (faults, builtin.clone()),
        };
        if !faults.is_empty() {
            status = Status::Negative;
        }
        let own = book.rules().iter().filter(|rule| *rule.file == *file);
        let (replaced, added): (Vec<_>, Vec<_>) = own.partition(|rule| builtin.rule(&rule.id).is_some());
        let found = Checked { file: &file, added: added.len(), replaced: replaced.len(), faults: &faults };
        checked(&found, json, terminal.interactive, out)?;
    }
    Ok(status)
}

/// The text of a file, as far as a file of rules may be long and a little more.
fn text(path: &Path) -> Result<String, Stop> {
    let failed = |source| Error::Io { path: path.to_owned(), source };
    let mut text = String::new();
    let most = RULES_LARGEST as u64 + 1;
    File::open(path).and_then(|file| file.take(most).read_to_string(&mut text)).map_err(failed)?;
    Ok(text)
}
