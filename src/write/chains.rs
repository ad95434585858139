//! Hash tables of the size that their content needs.

use std::ops::Range;

use super::writer::byte;
use crate::bytes::used_at_random;

/// The buckets of a table, and how each object's chain goes on.
#[derive(Debug)]
pub(super) struct Chains {
    /// First and last place of each bucket, in steps of 8, the last one above; 0 in an empty one.
    buckets: Vec<u64>,
    /// The next place after each object, 0 at the end of a chain.
    pub(super) next: Vec<u32>,
    /// How many objects a look-up passes over at most.
    pub(super) depth: u64,
}

impl Chains {
    /// Chains objects whose hashes and places are given in the order of the file: chains only lead onward.
    ///
    /// `memory` is used again: to clear it takes a fraction of what new memory takes.
    pub(super) fn of(
        objects: impl DoubleEndedIterator<Item = (u64, u32)> + ExactSizeIterator,
        mut memory: Vec<u64>,
    ) -> Self {
        let count = buckets(objects.len());
        memory.clear();
        memory.resize(count, 0);
        let mut lengths = vec![0_u16; count];
        used_at_random(&lengths);
        let mut chains = Self { buckets: memory, next: vec![0; objects.len()], depth: 0 };
        for (index, (hash, place)) in objects.enumerate().rev() {
            let at = (hash % count as u64) as usize;
            let (bucket, length) = (chains.buckets.get_mut(at), lengths.get_mut(at));
            let (Some(bucket), Some(length), Some(next)) = (bucket, length, chains.next.get_mut(index)) else {
                continue;
            };
            let (first, last) = (*bucket as u32, (*bucket >> 32) as u32);
            *next = first;
            *bucket = u64::from(place) | u64::from(if last == 0 { place } else { last }) << 32;
            chains.depth = chains.depth.max((*length).into());
            *length = length.saturating_add(1);
        }
        chains
    }

    /// The words of some buckets as they lie in the file.
    pub(super) fn words(&self, buckets: Range<usize>) -> impl Iterator<Item = u64> {
        let buckets = self.buckets.get(buckets).unwrap_or_default();
        buckets.iter().flat_map(|bucket| [byte(*bucket as u32), byte((*bucket >> 32) as u32)])
    }
}

/// How many buckets a table of so many objects has: it is three quarters full, where journald would begin another file.
pub(super) fn buckets(objects: usize) -> usize {
    objects.div_ceil(3).saturating_mul(4).max(LEAST) | 1
}

/// So many buckets has a table at least.
const LEAST: usize = 15;
