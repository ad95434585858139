//! Queries put together step by step.

use super::{Matches, Query, Start};
use crate::format::Realtime;

/// ```
/// use lastwords::{Journal, Matches, Query, Selection};
///
/// let journal = Journal::open(&["testdata/demo"], Default::default())?;
/// let errors = Matches::read(&["PRIORITY<=3", "_TRANSPORT!=audit"])?;
/// let query = Query::new().matching(errors).newest(5);
/// let selection = Selection::of(&journal, &query);
/// for entry in selection.entries() {
///     let entry = entry.expect("the demo is sound");
///     assert!(entry.get("PRIORITY").is_some_and(|priority| priority.as_ref() <= b"3".as_slice()));
/// }
/// assert_eq!(selection.entries().count(), 5);
/// # Ok::<(), lastwords::Error>(())
/// ```
impl Query {
    /// A query for all entries, oldest first.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Wants only entries of one boot, by its index in [`Journal::boots`](crate::Journal::boots).
    #[must_use]
    pub fn boot(mut self, boot: usize) -> Self {
        self.boot = Some(boot);
        self
    }

    /// Wants only entries received at this time or later, in microseconds since 1970.
    #[must_use]
    pub fn since(mut self, time: Realtime) -> Self {
        self.since = Some(time);
        self
    }

    /// Wants only entries received at this time or earlier, in microseconds since 1970.
    #[must_use]
    pub fn until(mut self, time: Realtime) -> Self {
        self.until = Some(time);
        self
    }

    /// Wants only entries whose fields match.
    #[must_use]
    pub fn matching(mut self, matches: Matches) -> Self {
        self.matches = matches;
        self
    }

    /// Begins at the entry of a cursor, in whatever direction.
    #[must_use]
    pub const fn starting(mut self, start: Start) -> Self {
        self.start = Some(start);
        self
    }

    /// Wants the newest entries first.
    #[must_use]
    pub const fn reversed(mut self) -> Self {
        self.reverse = true;
        self
    }

    /// Wants only the newest so many entries.
    #[must_use]
    pub const fn newest(mut self, entries: usize) -> Self {
        self.last = Some(entries);
        self
    }

    /// Wants only so many entries from where it begins, in the direction asked for.
    #[must_use]
    pub const fn first(mut self, entries: usize) -> Self {
        self.first = Some(entries);
        self
    }

    /// Reads every entry instead of asking the indexes; the answer to a file whose index and content disagree.
    #[must_use]
    pub const fn without_index(mut self) -> Self {
        self.no_index = true;
        self
    }

    /// Whether it asks for all entries, so that what the indexes list is the answer.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        let bounds = self.boot.is_some() || self.since.is_some() || self.until.is_some() || self.start.is_some();
        !bounds && self.matches.is_empty()
    }
}
