//! The entries of a selection for programs: one after the other, or by several threads.

use super::{Outcome, Selection, Wanted, render};
use crate::corrupt::Corrupt;
use crate::file::Entry;
use crate::journal::Journal;

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

    /// Shows every wanted entry to one of several workers, in no order, and returns what each worker was left with.
    ///
    /// ```
    /// use lastwords::{Journal, Query, Selection};
    ///
    /// let journal = Journal::open(&["testdata/demo"], Default::default())?;
    /// let selection = Selection::of(&journal, &Query::new().boot(0));
    /// let fields = selection.visit(2, || 0, |count, entry| *count += entry.map_or(0, |entry| entry.items().len()));
    /// assert!(fields.iter().sum::<usize>() > 1000);
    /// # Ok::<(), lastwords::Error>(())
    /// ```
    pub fn visit<W: Send>(
        &self,
        threads: usize,
        worker: impl Fn() -> W + Sync,
        visit: impl Fn(&mut W, Result<Entry<'j>, Corrupt>) + Sync,
    ) -> Vec<W> {
        let chunk = |state: &mut W, chunk: &super::Chunk, _: &mut Vec<u8>| {
            for place in &chunk.places {
                visit(state, self.journal.entry(*place));
            }
        };
        let (Outcome::Done(states) | Outcome::Stopped(states)) = render(self, threads, worker, chunk, |_| true);
        states
    }
}
