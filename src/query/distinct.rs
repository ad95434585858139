//! Which names and values of fields the entries of a query have, each once.

use std::collections::{BTreeSet, HashSet};

use super::{Query, Selection};
use crate::corrupt::{Losses, Offset};
use crate::file::Search;
use crate::journal::{Journal, Place};

/// Names or values that were found.
#[derive(Debug, Default)]
pub struct Distinct {
    /// Each once, by their bytes.
    pub texts: BTreeSet<Vec<u8>>,
    /// What could not be read, by file.
    pub losses: Vec<(usize, Losses)>,
}

impl Query {
    /// Whether it asks for all entries, so that what the indexes list is the answer.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        let bounds = self.boot.is_some() || self.since.is_some() || self.until.is_some() || self.start.is_some();
        !bounds && self.matches.is_empty()
    }

    /// The names of the fields that the entries have. Cost: the items of every entry, and each DATA that several entries
    /// share is read once.
    #[must_use]
    pub fn names(&self, journal: &Journal) -> Distinct {
        distinct(journal, self, |name, _| Some(name.to_vec()))
    }

    /// The values of the field `wanted` that the entries have, at the same cost.
    #[must_use]
    pub fn values(&self, journal: &Journal, wanted: &[u8]) -> Distinct {
        distinct(journal, self, |name, value| (name == wanted).then(|| value.to_vec()))
    }
}

fn distinct(journal: &Journal, query: &Query, pick: impl Fn(&[u8], &[u8]) -> Option<Vec<u8>>) -> Distinct {
    let mut found = Distinct::default();
    let mut searches: Vec<Search> = journal.files().iter().map(Search::of).collect();
    // DATA of one entry only is not met again: remembering it would cost memory for nothing.
    let mut seen: Vec<HashSet<Offset>> = vec![HashSet::new(); journal.files().len()];
    let mut losses = vec![Losses::default(); journal.files().len()];
    let mut visit = |place: Place| {
        let file = place.file as usize;
        let (Some(seen), Some(losses), Some(search)) =
            (seen.get_mut(file), losses.get_mut(file), searches.get_mut(file))
        else {
            return;
        };
        let entry = match journal.entry(place) {
            Ok(entry) => entry,
            Err(damage) => return losses.entry(damage),
        };
        let is_new = |at| {
            let is_new = !seen.contains(&at);
            if is_new && entry.file().data(at).is_ok_and(|data| data.n_entries != 1) {
                seen.insert(at);
            }
            is_new
        };
        let paid = search.visit(&entry, is_new, |field| match field {
            Ok((name, value)) => found.texts.extend(pick(name, value)),
            Err(damage) => losses.field(damage),
        });
        if let Err(damage) = paid {
            losses.structure(damage);
        }
    };
    let selection = Selection::of(journal, query);
    selection.walk(query, |chunk| {
        chunk.places.iter().for_each(|place| visit(*place));
        true
    });
    found.losses = selection.losses().to_vec();
    found.losses.extend(losses.into_iter().enumerate().filter(|(_, losses)| !losses.is_empty()));
    found
}
