//! `-I` and `--invocation`: only the entries of one run of each unit.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use super::filters::Filters;
use super::loss::{say, visible};
use crate::corrupt::Losses;
use crate::error::Error;
use crate::format::Id128;
use crate::journal::Journal;
use crate::query::{Invocations, Matches, Query, Selection, Term, descriptor, of_run, unit};

/// Which run of a unit.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Which entries")]
pub(super) struct Invocation {
    /// Only the newest run of each unit that -u or --user-unit names
    #[arg(short = 'I', conflicts_with = "invocation")]
    newest: bool,
    /// Only one run of a unit: an id, 0 the newest of each unit that -u or --user-unit names, -1 the one before, 1 the
    /// oldest, ID-1
    #[arg(long, value_name = "RUN", allow_hyphen_values = true)]
    invocation: Option<String>,
}

/// Whether an entry is of a run or about it.
///
/// # Errors
/// When none is: an id that was mistyped is no run without entries.
fn there_is(journal: &Journal, id: Id128, boot: Option<usize>) -> Result<(), Error> {
    let mut matches = Matches::default();
    matches.require(of_run(id));
    let query = Query { matches, boot, first: Some(1), ..Query::default() };
    let missing = || Error::NotFound { what: "invocation", input: id.to_string() };
    Selection::of(journal, &query).entries().next().map(drop).ok_or_else(missing)
}

impl Invocation {
    /// Whether a run was named.
    pub(super) const fn is_any(&self) -> bool {
        self.newest || self.invocation.is_some()
    }

    /// Requires the run's entries if one was named, in place of the filters by unit; returns what of the runs could not be
    /// read, `None` where none was named. With `only_one` the runs of several units are refused, as journalctl does.
    ///
    /// # Errors
    /// When there is no such run, or an offset comes without a unit.
    pub(super) fn apply(
        &self,
        (filters, of_user, only_one): (&Filters, bool, bool),
        boot: Option<usize>,
        journal: &Journal,
        matches: &mut Matches,
    ) -> Result<Option<Lost>, Error> {
        let Some(text) = self.invocation.as_deref().or(self.newest.then_some("0")).filter(|text| *text != "all") else {
            return Ok(None);
        };
        let option = if self.newest { "-I" } else { "--invocation" };
        let mut lost = Lost::new();
        match descriptor(text)? {
            (Some(id), 0) => {
                there_is(journal, id, boot)?;
                matches.require(of_run(id));
            }
            _ => {
                if only_one {
                    filters.one_unit(option, of_user)?;
                }
                matches.require(runs(filters.units(of_user), (option, text), boot, journal, &mut lost)?);
            }
        }
        Ok(Some(lost))
    }
}

/// What could not be read, by file.
type Lost = Vec<(usize, Losses)>;

/// The terms for the run of each unit that `text` names; of several units some may have no such run.
///
/// # Errors
/// When no unit was named, or none has such a run.
fn runs<'f>(
    units: impl Iterator<Item = (&'f str, bool)>,
    (option, text): (&'static str, &str),
    boot: Option<usize>,
    journal: &Journal,
    lost: &mut Lost,
) -> Result<Vec<[Term; 1]>, Error> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    let units: Vec<(&str, bool)> = units.collect();
    for of_user in [false, true] {
        let named = units.iter().filter(|(_, of)| *of == of_user).map(|(name, _)| *name);
        let meant = named.map(|name| Ok((name, unit::meant(journal, name, of_user)?)));
        let meant: Vec<(&str, BTreeSet<String>)> = meant.collect::<Result<_, Error>>()?;
        // All at once, since that goes over the files once.
        let all: BTreeSet<&String> = meant.iter().flat_map(|(_, names)| names).collect();
        let all: Vec<String> = all.into_iter().cloned().collect();
        let runs = if all.is_empty() { Vec::new() } else { Invocations::of_each(journal, &all, of_user, boot) };
        lost.extend(runs.first().into_iter().flat_map(|runs| runs.losses.iter().cloned()));
        let mut of_each = BTreeMap::new();
        for (name, runs) in all.iter().zip(&runs) {
            match runs.find(text) {
                Ok(run) => drop(of_each.insert(name, of_run(run.id))),
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        found.extend(of_each.values().flatten().cloned());
        let has_none = |names: &BTreeSet<String>| !names.iter().any(|name| of_each.contains_key(name));
        missing.extend(meant.iter().filter(|(_, names)| has_none(names)).map(|(name, _)| *name));
    }
    // In the order in which they were typed.
    missing.sort_by_key(|name| units.iter().position(|(unit, _)| unit == name));
    match missing.as_slice() {
        [] if found.is_empty() => Err(Error::Incomplete { what: option, needs: "a unit, by -u or --user-unit" }),
        [first, ..] if found.is_empty() => {
            Err(Error::NotFound { what: "invocation", input: format!("{text} of {first}") })
        }
        others => {
            others.iter().for_each(|name| say(&visible(&format!("invocation not found: {text} of {name}"))));
            Ok(found)
        }
    }
}
