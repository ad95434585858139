//! How the matching entries of each file are found: by its index where that can be trusted, else by reading.

mod bitmap;
mod fitting;
pub(in crate::query) mod index;
mod judge;
mod marker;
mod scan;

use std::sync::OnceLock;

use rayon::prelude::*;

pub(in crate::query) use bitmap::Bitmap;
pub use judge::Judge;

use super::Query;
use crate::corrupt::Losses;
use crate::journal::Journal;

/// So many files are planned together, by several threads.
const AHEAD: usize = 64;

/// Why the entries of a file are read instead of asking its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was asked for, see [`Query::no_index`].
    Asked,
    /// Opening or ordering the file met damage.
    Damaged,
    /// The index contradicts itself or the entries.
    Contradicted,
}

/// The matching slots of one file, and how they were found.
#[derive(Debug)]
pub(in crate::query) struct Plan {
    pub(in crate::query) slots: Bitmap,
    /// `None` where the index was used.
    pub(in crate::query) scanned: Option<Reason>,
    pub(in crate::query) losses: Losses,
}

impl Plan {
    fn of(journal: &Journal, query: &Query, index: usize) -> Self {
        let mut losses = Losses::default();
        let Some(file) = journal.files().get(index) else {
            return Self { slots: Bitmap::new(0), scanned: None, losses };
        };
        let reason = if query.no_index {
            Reason::Asked
        } else if journal.is_damaged(index) {
            Reason::Damaged
        } else {
            match index::slots(file, &query.matches, &mut losses) {
                Ok(mut slots) => {
                    if let Some(last) = file.slot_count().checked_sub(1) {
                        // The last entry of a file may be missing from the index: read, in any case.
                        scan::test(file, last, &query.matches, &mut slots);
                    }
                    return Self { slots, scanned: None, losses };
                }
                Err(damage) => {
                    losses.structure(damage);
                    Reason::Contradicted
                }
            }
        };
        let slots = scan::slots(file, &query.matches, &mut losses);
        Self { slots, scanned: Some(reason), losses }
    }
}

/// The plans of all files, each made when its first entry is wanted.
#[derive(Debug)]
pub(in crate::query) struct Plans(Vec<OnceLock<Plan>>);

impl Plans {
    pub(in crate::query) fn new(files: usize) -> Self {
        Self((0..files).map(|_| OnceLock::new()).collect())
    }

    /// The plan of the file at `index`; with it those of the next files are made, as many as are worth it.
    pub(in crate::query) fn get(
        &self,
        journal: &Journal,
        query: &Query,
        index: usize,
        next: impl Iterator<Item = usize>,
    ) -> Option<&Plan> {
        let plan = self.0.get(index)?;
        if plan.get().is_none() {
            let wanted = |index: &usize| self.0.get(*index).is_some_and(|plan| plan.get().is_none());
            let mut files = vec![index];
            for index in next.filter(wanted).take(AHEAD * 4) {
                if files.len() < AHEAD && !files.contains(&index) {
                    files.push(index);
                }
            }
            files.into_par_iter().for_each(|index| {
                // Made outside the cell: its parallel parts may take up work that asks for the same plan.
                if let Some(plan) = self.0.get(index).filter(|plan| plan.get().is_none()) {
                    let made = Plan::of(journal, query, index);
                    plan.get_or_init(|| made);
                }
            });
        }
        plan.get()
    }

    /// The plans made so far, by file.
    pub(in crate::query) fn made(&self) -> impl Iterator<Item = (usize, &Plan)> {
        self.0.iter().enumerate().filter_map(|(index, plan)| Some((index, plan.get()?)))
    }
}
