//! The slots of a file whose entries match, by the file's own lists: each DATA object is tested once, not each entry.

use super::bitmap::Bitmap;
use super::marker::Marker;
use super::{fitting, scan};
use crate::corrupt::{Corrupt, Losses};
use crate::file::JournalFile;
use crate::format::Inflater;
use crate::query::{Matches, Term};

/// Reading the fields of an entry costs as much as so many steps through a list.
const READING: usize = 32;

/// Testing a DATA object costs as much as so many steps through a list.
const TESTING: u64 = 8;

/// The slots whose entries match.
///
/// What is rarest is looked up first; where little is left, those entries are read and no longer list is walked.
///
/// # Errors
/// When a table or a list is damaged; the caller then reads the entries.
pub(super) fn slots(file: &JournalFile, matches: &Matches, losses: &mut Losses) -> Result<Bitmap, Corrupt> {
    file.check_index()?;
    let mut look = Look { file, inflater: Inflater::default(), losses };
    let mut conditions = Vec::new();
    for any in matches.conditions() {
        conditions.push(any.into_iter().map(|group| look.ranked(group)).collect::<Result<Vec<_>, _>>()?);
    }
    conditions.sort_by_key(|any| any.iter().map(Group::estimate).fold(0, u64::saturating_add));
    let mut whole: Option<Bitmap> = None;
    for any in conditions {
        let mut alternatives = Bitmap::new(file.slot_count());
        for group in any {
            alternatives.or(&look.group(group, whole.as_ref())?);
        }
        whole = Some(alternatives);
    }
    Ok(whole.unwrap_or_else(|| Bitmap::new(file.slot_count())))
}

/// How many steps through lists and tests of DATA finding the slots takes at most, by the file's own counts.
///
/// # Errors
/// As [`slots`].
pub(in crate::query) fn cost(file: &JournalFile, matches: &Matches) -> Result<u64, Corrupt> {
    let mut losses = Losses::default();
    let mut look = Look { file, inflater: Inflater::default(), losses: &mut losses };
    let mut cost = 0_u64;
    for group in matches.conditions().flatten() {
        cost = look.ranked(group)?.0.iter().fold(cost, |cost, values| cost.saturating_add(values.estimate));
    }
    Ok(cost)
}

/// At most so many entries match, by the counts of exact values; `None` where these say nothing.
///
/// # Errors
/// As [`slots`].
pub(in crate::query) fn at_most(file: &JournalFile, matches: &Matches) -> Result<Option<u64>, Corrupt> {
    let mut inflater = Inflater::default();
    let mut of_term = |term: &Term| match term.exact().filter(|_| !term.is_negative()) {
        Some(payload) => file.find_data(payload, &mut inflater).map(|data| data.map_or(0, |data| data.n_entries)),
        None => Ok(u64::MAX),
    };
    let mut least = u64::MAX;
    for any in matches.conditions() {
        let mut together = 0_u64;
        for group in any {
            let mut of_group = u64::MAX;
            for values in group {
                let sum = values.iter().try_fold(0_u64, |sum, term| Ok(sum.saturating_add(of_term(term)?)))?;
                of_group = of_group.min(sum);
            }
            together = together.saturating_add(of_group);
        }
        least = least.min(together);
    }
    Ok(Some(least).filter(|least| *least < u64::MAX))
}

/// Alternative values, with how many steps finding their entries takes.
struct Values<'t> {
    terms: &'t [Term],
    estimate: u64,
}

/// Conditions that must hold together, the cheapest first.
struct Group<'t>(Vec<Values<'t>>);

impl Group<'_> {
    /// How many slots it has at most, as far as is known.
    fn estimate(&self) -> u64 {
        self.0.first().map_or(0, |values| values.estimate)
    }
}

struct Look<'f, 'l> {
    file: &'f JournalFile,
    inflater: Inflater,
    losses: &'l mut Losses,
}

impl Look<'_, '_> {
    fn ranked<'t>(&mut self, group: &'t [Vec<Term>]) -> Result<Group<'t>, Corrupt> {
        let mut ranked = Vec::new();
        for terms in group {
            let mut estimate = 0_u64;
            for term in terms {
                estimate = estimate.saturating_add(self.estimate(term)?);
            }
            ranked.push(Values { terms, estimate });
        }
        ranked.sort_by_key(|values| values.estimate);
        Ok(Group(ranked))
    }

    fn estimate(&mut self, term: &Term) -> Result<u64, Corrupt> {
        let all = self.file.slot_count() as u64;
        match term.exact() {
            Some(_) if term.is_negative() => Ok(all),
            Some(payload) => Ok(self.file.find_data(payload, &mut self.inflater)?.map_or(0, |data| data.n_entries)),
            // How many values the field has is not known without walking them; the header knows all fields' together.
            None => Ok(self.file.header().n_data.unwrap_or(all).saturating_mul(TESTING).saturating_add(all)),
        }
    }

    /// The slots of a group, of those in `within`.
    fn group(&mut self, group: Group<'_>, within: Option<&Bitmap>) -> Result<Bitmap, Corrupt> {
        let mut set = within.cloned();
        for values in group.0 {
            set = Some(match set {
                Some(mut set) if (set.count().saturating_mul(READING) as u64) < values.estimate => {
                    scan::narrow(self.file, &Matches::of_values(values.terms), &mut set, self.losses);
                    set
                }
                Some(mut set) => {
                    set.and(&self.values(&values)?);
                    set
                }
                None => self.values(&values)?,
            });
        }
        Ok(set.unwrap_or_else(|| Bitmap::new(self.file.slot_count())))
    }

    fn values(&mut self, values: &Values<'_>) -> Result<Bitmap, Corrupt> {
        let mut set = Bitmap::new(self.file.slot_count());
        for term in values.terms {
            let mut fitting = self.term(term)?;
            if term.is_negative() {
                fitting.invert(self.file.slot_count());
            }
            set.or(&fitting);
        }
        Ok(set)
    }

    /// The slots of the entries with a DATA object that fits `term`.
    fn term(&mut self, term: &Term) -> Result<Bitmap, Corrupt> {
        let mut set = match term.exact() {
            None => fitting::slots(self.file, term, self.losses)?,
            Some(payload) => {
                let mut marker = Marker::new(self.file);
                if let Some(data) = self.file.find_data(payload, &mut self.inflater)? {
                    marker.data(&data)?;
                }
                marker.finish()?
            }
        };
        if term.asks_one() {
            scan::narrow_to_asked(self.file, term, &mut set);
        }
        Ok(set)
    }
}
