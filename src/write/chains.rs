//! Hash tables of the size that their content needs.

use super::spool::Spool;
use crate::bytes::used_at_random;
use crate::error::Error;

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
        // Three quarters full, where journald would begin another file.
        let count = objects.len().div_ceil(3).saturating_mul(4).max(LEAST) | 1;
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
}

/// So many buckets has a table at least.
const LEAST: usize = 15;

impl Spool {
    /// Appends a hash table and returns where its buckets begin, and how many bytes they have.
    pub(super) fn table(&mut self, kind: u8, chains: &Chains) -> Result<(u64, u64), Error> {
        let size = chains.buckets.len() as u64 * 16;
        let at = self.begin(kind, 0, 16 + size)?;
        for [first, last, _] in &chains.buckets {
            self.put_u64(u64::from(*first) * 8);
            self.put_u64(u64::from(*last) * 8);
            self.ease()?;
        }
        Ok((at + 16, size))
    }
}
