//! The entries of a selection for programs: one after the other, or by several threads.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::{Chunk, Outcome, Selection, Wanted, render};
use crate::corrupt::{Corrupt, Losses};
use crate::file::Entry;
use crate::journal::{Journal, Place, Rising};

/// The wanted entries one by one; see [`Selection::entries`].
#[derive(Debug)]
pub struct Entries<'s, 'j> {
    journal: &'j Journal,
    wanted: Wanted<'s, 'j>,
}

impl<'j> Iterator for Entries<'_, 'j> {
    type Item = Result<Entry<'j>, Corrupt>;

    fn next(&mut self) -> Option<Self::Item> {
        self.wanted.next().map(|place| self.journal.entry(place))
    }
}

impl<'j> Selection<'j> {
    /// The wanted entries in the order and number that the query says; one that cannot be read is an `Err`, and the next
    /// follows.
    #[must_use]
    pub fn entries(&self) -> Entries<'_, 'j> {
        Entries { journal: self.journal, wanted: self.wanted() }
    }

    /// Shows every wanted entry to one of several workers; what each worker was left with, and what could not be read,
    /// by file.
    ///
    /// Which worker gets an entry is left to chance, and there may be more workers than work, so that only what does not
    /// depend on the order can be worked out: counts, sums, sets.
    ///
    /// ```
    /// use lastwords::{Journal, Query, Selection};
    ///
    /// let journal = Journal::open(&["testdata/demo"], Default::default())?;
    /// let selection = Selection::of(&journal, &Query::new().boot(0));
    /// let (fields, losses) = selection.visit(2, || 0, |count, _, entry| *count += entry.items().len());
    /// assert!(fields.iter().sum::<usize>() > 1000 && losses.is_empty());
    /// # Ok::<(), lastwords::Error>(())
    /// ```
    pub fn visit<W: Send>(
        &self,
        threads: usize,
        worker: impl Fn() -> W + Sync,
        visit: impl Fn(&mut W, Place, &Entry<'j>) + Sync,
    ) -> (Vec<W>, Vec<(usize, Losses)>) {
        let outcome = render(
            self,
            threads,
            || (worker(), BTreeMap::<u32, Losses>::new(), Rising::default()),
            |(state, lost, rising), chunk: &Chunk, _| {
                self.visited.fetch_add(chunk.places.len(), Ordering::Relaxed);
                for place in &chunk.places {
                    match self.journal.entry(*place) {
                        Ok(entry) => {
                            if let Err(damage) = rising.see(*place, &entry) {
                                lost.entry(place.file).or_default().structure(damage);
                            }
                            visit(state, *place, &entry);
                        }
                        Err(damage) => lost.entry(place.file).or_default().entry(damage),
                    }
                }
            },
            |_| true,
        );
        let (Outcome::Done(workers) | Outcome::Stopped(workers)) = outcome;
        let mut losses: BTreeMap<usize, Losses> = self.losses().into_iter().collect();
        let mut states = Vec::with_capacity(workers.len());
        for (state, lost, _) in workers {
            states.push(state);
            for (file, lost) in lost {
                losses.entry(file as usize).or_default().add(lost);
            }
        }
        (states, losses.into_iter().collect())
    }
}
