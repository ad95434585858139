//! Chains of entry arrays as one sequence.

use std::ops::Range;

use super::chain::{Chain, Way};
use super::slice::Slice;
use crate::bytes::{Image, Reads};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::array::{place, slot};
use crate::format::{ArrayHead, Layout};

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

/// An array of a chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) at: Offset,
    /// Which slot of the chain is its first, and how many it has.
    pub(super) start: usize,
    pub(super) len: usize,
}

/// What a disk or a crash loses at once, in bytes.
const PAGE: u64 = 4096;

/// How many arrays of a chain are followed: memory for each is kept, and those of a real chain double in size.
const LINKS_MOST: usize = 1 << 20;

/// No page has fewer slots, whatever the layout.
const PAGE_SLOTS: usize = 512;

/// So many arrays of a chain are followed for nothing: those of a real one double in size, and it has fewer.
const LINKS_FREE: usize = 64;

/// How many slots are used: as many as `claimed` where the slots agree, else up to the last that is not 0, which costs
/// each slot behind it.
fn used<R: Reads>(from: &R, layout: Layout, array: &ArrayHead, claimed: usize, left: &mut u64) -> usize {
    let is_used = |index| index < array.slots && slot(from, array.at, layout, index).is_some();
    let agrees = claimed <= array.slots && claimed.checked_sub(1).is_none_or(is_used);
    if agrees && !is_used(claimed) {
        return claimed;
    }
    let mut looked = (0..array.slots).rev().take(usize::try_from(*left).unwrap_or(usize::MAX));
    let last = looked.find(|index| is_used(*index));
    let used = last.map_or(0, |last| last.saturating_add(1));
    *left = left.saturating_sub(array.slots.saturating_sub(used) as u64);
    used
}

impl Arrays {
    /// Walks the chain that starts at `first`; `claimed` is the count that the file states, used only as a hint.
    ///
    /// Damage ends the chain there; what was walked before stays.
    #[must_use]
    pub fn walk<R: Reads>(from: &R, layout: Layout, first: Offset, claimed: u64) -> Self {
        let mut free = u64::MAX;
        Self::walk_within(from, layout, (first, claimed), &mut free)
    }

    /// As [`Arrays::walk`], paying from `left` for what no sound chain costs: arrays beyond the first few dozen, and slots
    /// that were looked at because the count is not true. Once nothing is left, that is damage.
    pub(super) fn walk_within<R: Reads>(
        from: &R,
        layout: Layout,
        (first, claimed): (Offset, u64),
        left: &mut u64,
    ) -> Self {
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
            *left = left.saturating_sub(u64::from(whole.parts.len() >= LINKS_FREE));
            let rest = claimed.saturating_sub(whole.len);
            let len = if array.next.is_some() { array.slots } else { used(from, layout, &array, rest, left) };
            if *left == 0 {
                let found = (whole.parts.len() as u64).saturating_add(1);
                let fault = Fault::Value { found, must: "no more arrays than all lists together may have" };
                whole.damage = Some(Corrupt::new(array.at, "entry array", fault));
                break;
            }
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

    /// How many arrays there are.
    pub(super) const fn links(&self) -> usize {
        self.parts.len()
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
        Slice::of(self, image, layout, range)
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

    /// The array that has a slot.
    pub(super) fn part(&self, index: usize) -> Option<Part> {
        let after = self.parts.partition_point(|part| part.start <= index);
        self.parts.get(after.checked_sub(1)?).copied()
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
        // All chains together may cost so much; the first few dozen arrays of each cost nothing.
        let mut left = 2000;
        let walk = |from, left: &mut u64| Arrays::walk_within(&image, Layout::Regular, (Offset(from), 1000), left);
        let end = 208 + count * 32;
        assert_eq!(walk(end - 1000 * 32, &mut left).damage(), None);
        assert_eq!((walk(end - 64 * 32, &mut left).len(), left), (64, 2000 - (1000 - LINKS_FREE as u64)));
        let spent = walk(208, &mut left);
        assert_eq!((spent.len(), left), (LINKS_FREE + 1063, 0));
        assert!(spent.damage().unwrap().to_string().contains("no more arrays than all lists together"), "{spent:?}");
    }

    #[test]
    fn a_wrong_count_costs_the_slots_that_were_looked_at() {
        let mut bytes = vec![0; 208];
        bytes.extend([6, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([24 + 100 * 8, 0].into_iter().flat_map(u64::to_le_bytes));
        bytes.extend((1..=100_u64).flat_map(|slot| if slot <= 10 { (8 * slot).to_le_bytes() } else { [0; 8] }));
        let image = Image::new(&bytes);
        for (claimed, cost) in [(10, 0), (9, 90), (8, 90), (11, 90), (1 << 40, 90)] {
            let mut left = 1000;
            let arrays = Arrays::walk_within(&image, Layout::Regular, (Offset(208), claimed), &mut left);
            assert_eq!((arrays.len(), arrays.damage(), 1000 - left), (10, None, cost), "{claimed}");
        }
    }
}
