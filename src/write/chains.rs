//! Hash tables of the size that their content needs.

use std::ops::Range;

use super::writer::byte;
use crate::bytes::used_at_random;

/// The buckets of a table, and how each object's chain goes on.
#[derive(Debug)]
pub(super) struct Chains {
    /// First and last place of each bucket, in steps of 8, and its length; 0 in an empty one.
    buckets: Vec<[u32; 3]>,
    /// The next place after each object, 0 at the end of a chain.
    pub(super) next: Vec<u32>,
    /// How many objects a look-up passes over at most.
    pub(super) depth: u64,
}

impl Chains {
    /// Chains objects whose hashes and places are given in the order of the file: chains only lead onward.
    pub(super) fn of(objects: impl DoubleEndedIterator<Item = (u64, u32)> + ExactSizeIterator) -> Self {
        let count = buckets(objects.len());
        let mut chains = Self { buckets: vec![[0; 3]; count], next: vec![0; objects.len()], depth: 0 };
        used_at_random(&chains.buckets);
        for (index, (hash, place)) in objects.enumerate().rev() {
            let bucket = (hash % count as u64) as usize;
            let (bucket, next) = (chains.buckets.get_mut(bucket), chains.next.get_mut(index));
            let (Some([first, last, length]), Some(next)) = (bucket, next) else { continue };
            *next = std::mem::replace(first, place);
            if *last == 0 {
                *last = place;
            }
            chains.depth = chains.depth.max((*length).into());
            *length += 1;
        }
        chains
    }

    /// The words of some buckets as they lie in the file.
    pub(super) fn words(&self, buckets: Range<usize>) -> impl Iterator<Item = u64> {
        let buckets = self.buckets.get(buckets).unwrap_or_default();
        buckets.iter().flat_map(|[first, last, _]| [byte(*first), byte(*last)])
    }
}

/// How many buckets a table of so many objects has: it is three quarters full, where journald would begin another file.
pub(super) fn buckets(objects: usize) -> usize {
    objects.div_ceil(3).saturating_mul(4).max(LEAST) | 1
}

/// So many buckets has a table at least.
const LEAST: usize = 15;
