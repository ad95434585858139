//! What is missing in objects that were written before all entries were known: their links.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use super::chains::Chains;
use super::links::Links;
use super::plan::Plan;
use super::writer::{Field, byte};
use crate::bytes::disk;
use crate::format::Layout;

/// Everything that says what belongs into the objects that lie in the file already.
#[derive(Debug)]
pub(super) struct Missing<'w> {
    pub(super) places: &'w [u32],
    pub(super) links: &'w Links,
    pub(super) entries: &'w [u32],
    pub(super) fields: &'w [Field],
    pub(super) plan: &'w Plan,
    pub(super) layout: Layout,
    pub(super) renumbers: bool,
}

/// The bytes before what objects hold: the most that is mended of one begins no further behind its own begin.
const REACH: u64 = 72;

/// A part of the file in memory.
struct Block<'b> {
    start: u64,
    bytes: &'b mut [u8],
}

impl Missing<'_> {
    /// Puts what is missing into a part of the file, which will not change any more then.
    pub(super) fn mend(
        &self,
        part: &Range<u64>,
        (data, names): (&Chains, &Chains),
        file: &mut File,
        bytes: &mut Vec<u8>,
    ) -> io::Result<()> {
        let (of_data, of_fields) =
            (within(self.places, part, |at| byte(*at)), within(self.fields, part, |field| field.at));
        let renumbered = if self.renumbers { self.entries } else { &[] };
        let of_entries = within(renumbered, part, |at| byte(*at));
        if !(of_data.is_empty() && of_fields.is_empty() && of_entries.is_empty()) {
            bytes.resize(part.end.saturating_sub(part.start) as usize, 0);
            file.seek(SeekFrom::Start(part.start))?;
            file.read_exact(bytes)?;
            let mut block = Block { start: part.start, bytes };
            self.data(of_data, data, &mut block);
            for index in of_fields {
                let (Some(field), Some(next)) = (self.fields.get(index), names.next.get(index)) else { continue };
                block.put(field.at + 24, [byte(*next), field.newest]);
            }
            for index in of_entries {
                self.entries.get(index).into_iter().for_each(|at| block.put(byte(*at) + 16, [index as u64 + 1]));
            }
            file.seek(SeekFrom::Start(part.start))?;
            file.write_all(bytes)?;
        }
        disk::begin(file, part.clone());
        Ok(())
    }

    /// Puts the links of some DATA down.
    fn data(&self, indices: Range<usize>, chains: &Chains, block: &mut Block<'_>) {
        let of = |slice: &[u32], index: u32| slice.get(index as usize).copied().map_or(0, byte);
        let places = self.places.get(indices.clone()).unwrap_or_default();
        let nexts = chains.next.get(indices.clone()).unwrap_or_default();
        for (index, (at, next)) in indices.zip(places.iter().zip(nexts)) {
            let (first, list) = self.links.of(index);
            let entry = first.map_or(0, |first| of(self.entries, first));
            let chain = list.and_then(|list| self.plan.lists.get(list)).copied().unwrap_or_default();
            let count = list.map_or(0, |list| self.links.count(list)) + u64::from(first.is_some());
            // Between the two lies the link to another value of the same field, which is there.
            block.put(byte(*at) + 24, [byte(*next)]);
            block.put(byte(*at) + 40, [entry, chain.head(), count]);
            if self.layout == Layout::Compact {
                block.put(byte(*at) + 64, [chain.tail_word()]);
            }
        }
    }
}

impl Block<'_> {
    /// Stores words one after the other from a place on, as far as they lie in the block; places are multiples of 8.
    #[inline]
    fn put<const COUNT: usize>(&mut self, at: u64, words: [u64; COUNT]) {
        let words = words.map(u64::to_le_bytes);
        match self.from(at).and_then(|rest| rest.get_mut(..COUNT * 8)) {
            Some(place) => place.copy_from_slice(words.as_flattened()),
            None => self.put_some(at, &words),
        }
    }

    /// What there is from a place on.
    #[inline]
    fn from(&mut self, at: u64) -> Option<&mut [u8]> {
        self.bytes.get_mut(usize::try_from(at.checked_sub(self.start)?).ok()?..)
    }

    /// The same at the edges of the block.
    #[cold]
    fn put_some(&mut self, at: u64, words: &[[u8; 8]]) {
        for (at, word) in (at..).step_by(8).zip(words) {
            let place = self.from(at).and_then(<[u8]>::first_chunk_mut);
            place.into_iter().for_each(|place| *place = *word);
        }
    }
}

/// The indices of the objects that may have missing words in a part; objects ascend by their places.
fn within<T>(objects: &[T], part: &Range<u64>, place: impl Fn(&T) -> u64) -> Range<usize> {
    let begin = objects.partition_point(|object| place(object) + REACH <= part.start);
    begin..objects.partition_point(|object| place(object) < part.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_at_the_edges_of_a_block_are_stored_as_far_as_they_lie_in_it() {
        let mut bytes = [0xff; 32];
        let mut block = Block { start: 800, bytes: &mut bytes };
        block.put(784, [1, 2, 3]);
        block.put(808, [4]);
        block.put(824, [5, 6]);
        block.put(832, [7]);
        block.put(0, [8]);
        let words: Vec<u64> = bytes.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
        assert_eq!(words, [3, 4, u64::MAX, 5]);
    }

    #[test]
    fn objects_of_a_part_are_those_that_may_reach_into_it() {
        let objects = [100, 200, 300, 400].map(|at: u64| at * 8);
        assert_eq!(within(&objects, &(1672..2400), |at| *at), 2..2);
        assert_eq!(within(&objects, &(1671..2401), |at| *at), 1..3);
        assert_eq!(within(&objects, &(0..9999), |at| *at), 0..4);
    }
}
