//! The offsets in the slots of arrays, from either end.

use std::ops::Range;

use super::arrays::{Arrays, Part};
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Offset};
use crate::format::array::Slots;
use crate::format::{EntryArray, Layout, RawObject};

/// The offsets in a range of slots.
#[derive(Clone, Debug)]
pub struct Slice<'a, 'data> {
    arrays: &'a Arrays,
    /// What takes the place of the arrays.
    found: Option<&'a [Offset]>,
    image: Image<'data>,
    layout: Layout,
    range: Range<usize>,
    front: Option<(Part, Slots<'data>)>,
    back: Option<(Part, Slots<'data>)>,
}

impl<'a, 'data> Slice<'a, 'data> {
    /// Those of the arrays themselves.
    pub(super) fn of(arrays: &'a Arrays, image: Image<'data>, layout: Layout, range: Range<usize>) -> Self {
        let end = range.end.min(arrays.len());
        Self { arrays, found: None, image, layout, range: range.start.min(end)..end, front: None, back: None }
    }

    /// The same slots of what a check found, which takes the place of all arrays.
    pub(super) fn instead(self, found: &'a [Offset], range: Range<usize>) -> Self {
        let end = range.end.min(found.len());
        Self { found: Some(found), range: range.start.min(end)..end, ..self }
    }

    /// The slots that are left.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The offset in slot `index`, 0 beyond the last, whatever the range is. Looks that come one after the other cost
    /// little where they are near each other.
    #[inline]
    pub fn at(&mut self, index: usize) -> Offset {
        if let Some(found) = self.found {
            return found.get(index).copied().unwrap_or_default();
        }
        if let Some(at) = held(self.front.as_ref(), index) {
            return at;
        }
        self.front = self.hold(index);
        held(self.front.as_ref(), index).unwrap_or_default()
    }

    /// The array that holds slot `index`.
    #[cold]
    fn hold(&self, index: usize) -> Option<(Part, Slots<'data>)> {
        let part = self.arrays.part(index)?;
        array(self.image, self.layout, part.at).ok().map(|array| (part, array.slots))
    }
}

/// The slot `index`, if the array held is the one that has it.
#[inline]
fn held(held: Option<&(Part, Slots<'_>)>, index: usize) -> Option<Offset> {
    let (part, slots) = held?;
    let within = index.wrapping_sub(part.start);
    (within < part.len).then(|| slots.at(within))
}

impl Iterator for Slice<'_, '_> {
    type Item = Offset;

    #[inline]
    fn next(&mut self) -> Option<Offset> {
        let index = self.range.next()?;
        Some(self.at(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl DoubleEndedIterator for Slice<'_, '_> {
    fn next_back(&mut self) -> Option<Offset> {
        let index = self.range.next_back()?;
        if let Some(found) = self.found {
            return found.get(index).copied();
        }
        if let Some(at) = held(self.back.as_ref(), index) {
            return Some(at);
        }
        self.back = self.hold(index);
        Some(held(self.back.as_ref(), index).unwrap_or_default())
    }
}

impl ExactSizeIterator for Slice<'_, '_> {}

fn array(image: Image<'_>, layout: Layout, at: Offset) -> Result<EntryArray<'_>, Corrupt> {
    EntryArray::decode(RawObject::read(image, at, "entry array")?, layout)
}
