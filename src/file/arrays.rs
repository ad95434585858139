//! Chains of entry arrays as one sequence.

use std::ops::Range;

use super::chain::{Chain, Way};
use super::{Entry, JournalFile};
use crate::bytes::{Image, Reads};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::array::{Slots, place, slot};
use crate::format::{ArrayHead, Data, EntryArray, Layout, RawObject};

/// A chain of entry arrays, walked once: from then on any slot is found without following links.
///
/// Only the last array of a chain has unused slots; they are left out. Arrays double in size, so a chain has a few
/// dozen at most.
#[derive(Clone, Debug, Default)]
pub struct Arrays {
    parts: Vec<Part>,
    len: usize,
    bytes: usize,
    damage: Option<Corrupt>,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    at: Offset,
    start: usize,
    len: usize,
}

/// What a disk or a crash loses at once, in bytes.
const PAGE: u64 = 4096;

/// How many arrays of a chain are followed: memory for each is kept, and those of a real chain double in size.
const LINKS_MOST: usize = 1 << 20;

/// No page has fewer slots, whatever the layout.
const PAGE_SLOTS: usize = 512;

fn array(image: Image<'_>, layout: Layout, at: Offset) -> Result<EntryArray<'_>, Corrupt> {
    EntryArray::decode(RawObject::read(image, at, "entry array")?, layout)
}

/// How many slots are used: as many as `claimed` where the slots agree, else up to the last that is not 0.
fn used<R: Reads>(from: &R, layout: Layout, array: &ArrayHead, claimed: usize) -> usize {
    let is_used = |index| index < array.slots && slot(from, array.at, layout, index).is_some();
    let agrees = claimed <= array.slots && claimed.checked_sub(1).is_none_or(is_used);
    if agrees && !is_used(claimed) {
        return claimed;
    }
    (0..array.slots).rev().find(|index| is_used(*index)).map_or(0, |last| last.saturating_add(1))
}

impl Arrays {
    /// Walks the chain that starts at `first`; `claimed` is the count that the file states, used only as a hint.
    ///
    /// Damage ends the chain there; what was walked before stays.
    #[must_use]
    pub fn walk<R: Reads>(from: &R, layout: Layout, first: Offset, claimed: u64) -> Self {
        let mut whole = Self::default();
        let claimed = usize::try_from(claimed).unwrap_or(usize::MAX);
        let read = |at| ArrayHead::read(from, at, layout).map(|array| (array, array.next, array.size));
        for step in Chain::new(first, Way::Up, "entry array", read) {
            let array = match step {
                Ok(array) => array,
                Err(damage) => {
                    whole.damage = Some(damage);
                    break;
                }
            };
            if whole.parts.len() >= LINKS_MOST {
                let found = (LINKS_MOST as u64).saturating_add(1);
                let fault = Fault::Value { found, must: "at most as many arrays as a chain may have" };
                whole.damage = Some(Corrupt::new(array.at, "entry array", fault));
                break;
            }
            let last = !array.next.is_some();
            let left = claimed.saturating_sub(whole.len);
            let len = if last { used(from, layout, &array, left) } else { array.slots };
            whole.parts.push(Part { at: array.at, start: whole.len, len });
            whole.len = whole.len.saturating_add(len);
            whole.bytes = whole.bytes.saturating_add(array.size);
        }
        whole
    }

    /// The number of used slots.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no used slot.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The damage that ended the chain before its end.
    #[must_use]
    pub const fn damage(&self) -> Option<&Corrupt> {
        self.damage.as_ref()
    }

    /// The same, with a slot that names no entry among the used ones taken for damage: a page of slots was lost. One slot
    /// in every 4 KiB of every array is looked at, and the last if its page is not that of the array's head.
    pub(super) fn checked<R: Reads>(mut self, from: &R, layout: Layout) -> Self {
        let blank = self.parts.iter().find_map(|part| {
            let last = part.len.checked_sub(1);
            let last = last.filter(|last| place(part.at, layout, *last).0 / PAGE != part.at.0 / PAGE);
            let mut looked = (0..part.len).step_by(PAGE_SLOTS).chain(last);
            looked.find(|index| !slot(from, part.at, layout, *index).is_some()).map(|_| part.at)
        });
        if let Some(at) = blank.filter(|_| self.damage.is_none()) {
            let fault = Fault::Value { found: 0, must: "the place of an entry, in every slot" };
            self.damage = Some(Corrupt::new(at, "entry array", fault));
        }
        self
    }

    /// How many bytes the arrays have.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The offset in slot `index`, 0 where it is empty or beyond the end.
    #[must_use]
    pub fn get<R: Reads>(&self, from: &R, layout: Layout, index: usize) -> Offset {
        let part = self.part(index).filter(|_| index < self.len);
        part.map_or(Offset(0), |part| slot(from, part.at, layout, index.saturating_sub(part.start)))
    }

    /// The offsets in the slots of `range`, from either end.
    #[must_use]
    pub fn iter<'data>(&self, image: Image<'data>, layout: Layout, range: Range<usize>) -> Slice<'_, 'data> {
        let end = range.end.min(self.len);
        Slice { arrays: self, found: None, image, layout, range: range.start.min(end)..end, front: None, back: None }
    }

    /// The first slot whose offset is not below `at`, by bisection; slots ascend in a sound file.
    #[must_use]
    pub fn position<R: Reads>(&self, from: &R, layout: Layout, at: Offset) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            if self.get(from, layout, middle) < at { low = middle.saturating_add(1) } else { high = middle }
        }
        low
    }

    fn part(&self, index: usize) -> Option<Part> {
        let after = self.parts.partition_point(|part| part.start <= index);
        self.parts.get(after.checked_sub(1)?).copied()
    }
}

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

impl<'data> Slice<'_, 'data> {
    /// The slots that are left.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
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
        if let Some(found) = self.found {
            return found.get(index).copied();
        }
        if let Some(at) = held(self.front.as_ref(), index) {
            return Some(at);
        }
        self.front = self.hold(index);
        Some(held(self.front.as_ref(), index).unwrap_or_default())
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
        self.rest.parts.len()
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

    /// How many slots it has: the entries that the index reaches, or those that a check found.
    #[must_use]
    pub fn slot_count(&self) -> usize {
        self.findings().map_or(self.arrays().len(), |found| found.slots().len())
    }

    /// The offsets of the entries in a range of slots, from either end.
    #[must_use]
    pub fn slots(&self, range: Range<usize>) -> Slice<'_, '_> {
        let Some(findings) = self.findings() else {
            return self.arrays().iter(self.image(), self.layout(), range);
        };
        let found = findings.slots();
        let end = range.end.min(found.len());
        let range = range.start.min(end)..end;
        let (image, layout) = (self.image(), self.layout());
        Slice { arrays: self.arrays(), found: Some(found), image, layout, range, front: None, back: None }
    }

    /// The first slot whose entry does not lie before `at`, by bisection; where slots do not ascend, that of the entry
    /// at `at`, or their number.
    #[must_use]
    pub fn slot_from(&self, at: Offset) -> usize {
        match self.findings() {
            Some(findings) => findings.slot_from(at),
            None => self.arrays().position(&self.image(), self.layout(), at),
        }
    }

    /// The entries in a range of slots, from either end; an unreadable one is an `Err` and the next follows.
    pub fn entries(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = Result<Entry<'_>, Corrupt>> + '_ {
        self.slots(range).map(|at| self.entry(at))
    }

    /// The offset of the entry in slot `index`, 0 beyond the last.
    #[must_use]
    pub fn entry_at(&self, index: usize) -> Offset {
        self.slots(index..index.saturating_add(1)).next().unwrap_or_default()
    }

    /// The first slot in `range` whose entry is not `before` something, by bisection over entries so ordered.
    ///
    /// Unreadable entries are passed over towards the end of the range.
    pub fn bisect(&self, range: Range<usize>, before: impl Fn(&Entry<'_>) -> bool) -> usize {
        let (mut low, mut high) = (range.start, range.end.min(self.slot_count()));
        while low < high {
            let middle = low.midpoint(high);
            let readable = self.entries(middle..high).enumerate().find_map(|(step, entry)| Some((step, entry.ok()?)));
            match readable {
                Some((step, entry)) if before(&entry) => low = middle.saturating_add(step).saturating_add(1),
                _ => high = middle,
            }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_without_end_is_followed_so_far_and_the_rest_is_told_as_damage() {
        let count = LINKS_MOST as u64 + 1;
        let mut bytes = vec![0; 208];
        for n in 1..=count {
            bytes.extend([6, 0, 0, 0, 0, 0, 0, 0]);
            let next = if n == count { 0 } else { 208 + n * 32 };
            bytes.extend([32, next, 8 * n].into_iter().flat_map(u64::to_le_bytes));
        }
        let image = Image::new(&bytes);
        let arrays = Arrays::walk(&image, Layout::Regular, Offset(208), count);
        assert_eq!((arrays.len(), arrays.parts.len()), (LINKS_MOST, LINKS_MOST));
        let damage = arrays.damage().unwrap();
        assert_eq!(damage.at, Offset(208 + LINKS_MOST as u64 * 32));
        assert!(damage.to_string().contains("1048577 must be at most as many"), "{damage}");
        let shorter = Arrays::walk(&image, Layout::Regular, Offset(208 + 32), count - 1);
        assert_eq!((shorter.len(), shorter.damage()), (LINKS_MOST, None));
    }
}
