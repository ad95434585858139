//! The entries that one DATA lists.

use super::JournalFile;
use super::arrays::Arrays;
use crate::corrupt::{Corrupt, Offset};
use crate::format::Data;
use crate::format::array::place;

/// The entries that use one DATA object: the first inline, the others in a chain of arrays.
#[derive(Clone, Debug)]
pub struct DataEntries<'data> {
    file: &'data JournalFile,
    first: Offset,
    rest: Arrays,
}

impl<'data> DataEntries<'data> {
    /// How many there are by the list itself.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rest.len().saturating_add(usize::from(self.first.is_some()))
    }

    /// Whether no entry uses it, as for a field whose entry was never finished.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The offsets of the entries, ascending in a sound file.
    pub fn iter(&self) -> impl Iterator<Item = Offset> + '_ {
        self.iter_from(0)
    }

    /// The offsets of the entries from the `index`th on.
    pub fn iter_from(&self, index: usize) -> impl Iterator<Item = Offset> + '_ {
        let first = (index == 0).then_some(self.first).filter(|at| at.is_some());
        let skipped = index.saturating_sub(usize::from(self.first.is_some()));
        first.into_iter().chain(self.rest.iter(self.file.image(), self.file.layout(), skipped..self.rest.len()))
    }

    /// How many lie before `at`, by bisection.
    #[must_use]
    pub fn position(&self, at: Offset) -> usize {
        let inline = usize::from(self.first.is_some());
        if inline == 1 && self.first >= at {
            return 0;
        }
        inline.saturating_add(self.rest.position(&self.file.image(), self.file.layout(), at))
    }

    /// Where the `index`th of them is written: in the DATA itself, or in a slot of an array.
    pub(crate) fn place(&self, data: &Data<'_>, index: usize) -> Offset {
        let inline = usize::from(self.first.is_some());
        let slot = index.checked_sub(inline).and_then(|slot| Some((slot, self.rest.part(slot)?)));
        slot.map_or(data.at, |(slot, part)| place(part.at, self.file.layout(), slot.saturating_sub(part.start)))
    }

    /// Whether the entry at `at` is among them, by bisection.
    #[must_use]
    pub fn contains(&self, at: Offset) -> bool {
        let (image, layout) = (self.file.image(), self.file.layout());
        let slot = self.rest.position(&image, layout, at);
        self.first == at || self.rest.get(&image, layout, slot) == at
    }

    /// How many arrays the list has, which is what walking it cost.
    #[must_use]
    pub const fn links(&self) -> usize {
        self.rest.links()
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Offset {
        let mut rest = self.rest.iter(self.file.image(), self.file.layout(), 0..self.rest.len());
        rest.next_back().unwrap_or(self.first)
    }

    /// The damage that ended the list before its end.
    #[must_use]
    pub const fn damage(&self) -> Option<&Corrupt> {
        self.rest.damage()
    }
}

impl JournalFile {
    /// The entries that use `data`.
    #[must_use]
    pub fn entries_of(&self, data: &Data<'_>) -> DataEntries<'_> {
        let claimed = data.n_entries.saturating_sub(1);
        let rest = Arrays::walk(&self.image(), self.layout(), data.entry_array, claimed);
        DataEntries { file: self, first: data.entry, rest }
    }
}
