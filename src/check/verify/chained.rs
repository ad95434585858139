//! Whether the chains of the data hash table are whole, told by sums while the objects pass by.
//!
//! A chain leads from its bucket over objects of that bucket, always onward. All chains are whole where each object has
//! one link that leads to it, from its bucket or from an earlier object of the same; and where each bucket names the one
//! object of it that links to no other. So sets of places with their buckets must be the same, which sums over both
//! tell without a walk: a walk goes all over the file for each object.

use std::hash::{BuildHasher, Hasher};

use crate::bytes::Mix;
use crate::corrupt::Offset;
use crate::format::Table;

/// Tables with more buckets than this, or than a byte for each in each thread makes four times as much, are walked to
/// know how deep they are.
const BUCKETS_MOST: u64 = 16 << 20;

/// How many objects each bucket has, 255 where there are more. Each thread has its own: to share them took more time
/// than all else about them.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    count: u64,
    filled: Vec<u8>,
    /// Objects that are still to be put into their buckets: many at once, so that the misses of the cache overlap.
    waiting: Vec<u32>,
}

/// How many objects wait at most.
const WAITING_MOST: usize = 512;

impl Buckets {
    /// Those of a table that is still to be filled.
    pub(super) fn of(table: Option<&Table<'_>>, threads: usize) -> Self {
        let count = table.map_or(0, Table::len);
        let bytes = count.saturating_mul(threads as u64);
        let is_small = count <= BUCKETS_MOST && bytes <= BUCKETS_MOST.saturating_mul(4);
        let counted = if is_small { usize::try_from(count).unwrap_or_default() } else { 0 };
        Self { count, filled: vec![0; counted], waiting: Vec::new() }
    }

    /// Puts one more object into a bucket.
    #[inline]
    fn fill(&mut self, bucket: u64) {
        self.waiting.extend(u32::try_from(bucket));
        if self.waiting.len() >= WAITING_MOST {
            self.fill_all();
        }
    }

    fn fill_all(&mut self) {
        for bucket in self.waiting.drain(..) {
            if let Some(filled) = usize::try_from(bucket).ok().and_then(|bucket| self.filled.get_mut(bucket)) {
                *filled = filled.saturating_add(1);
            }
        }
    }

    /// Adds what another thread has put into the same buckets.
    pub(super) fn append(&mut self, mut other: Self) {
        other.fill_all();
        if self.filled.is_empty() {
            self.filled = other.filled;
        } else {
            self.filled.iter_mut().zip(other.filled).for_each(|(filled, more)| *filled = filled.saturating_add(more));
        }
    }

    /// How many objects a look-up passes over at most, where no bucket has more than 255.
    pub(super) fn depth(&mut self) -> u64 {
        self.fill_all();
        self.filled.iter().max().map_or(0, |filled| u64::from(filled.saturating_sub(1)))
    }
}

/// What was met of the chains.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chained {
    /// The objects with their buckets, less those that links lead to.
    links: u64,
    /// The objects that link to no other, less those that buckets name as their last.
    ends: u64,
    /// Links that do not lead onward, and buckets with a first object and no last, or the other way round.
    bad: u64,
}

impl Chained {
    /// Takes an object and its link.
    #[inline]
    pub(super) fn object(&mut self, mix: Mix, buckets: &mut Buckets, at: Offset, hash: u64, next: Offset) {
        let bucket = hash.checked_rem(buckets.count).unwrap_or_default();
        let own = pair(mix, at, bucket);
        self.links = self.links.wrapping_add(own);
        if next.is_some() {
            self.links = self.links.wrapping_sub(pair(mix, next, bucket));
            self.bad = self.bad.saturating_add(u64::from(next <= at));
        } else {
            self.ends = self.ends.wrapping_add(own);
        }
        buckets.fill(bucket);
    }

    /// Takes the links of a bucket.
    #[inline]
    pub(super) fn bucket(&mut self, mix: Mix, bucket: u64, (first, last): (Offset, Offset)) {
        if first.is_some() && last.is_some() {
            self.links = self.links.wrapping_sub(pair(mix, first, bucket));
            self.ends = self.ends.wrapping_sub(pair(mix, last, bucket));
        } else {
            self.bad = self.bad.saturating_add(u64::from(first != last));
        }
    }

    /// Adds what was met elsewhere.
    pub(super) fn append(&mut self, other: &Self) {
        self.links = self.links.wrapping_add(other.links);
        self.ends = self.ends.wrapping_add(other.ends);
        self.bad = self.bad.saturating_add(other.bad);
    }

    /// Whether all chains are whole, once all objects and buckets were taken.
    pub(super) const fn is_whole(&self) -> bool {
        self.links == 0 && self.ends == 0 && self.bad == 0
    }
}

#[inline]
fn pair(mix: Mix, at: Offset, bucket: u64) -> u64 {
    let mut hasher = mix.build_hasher();
    hasher.write_u64(at.0);
    hasher.write_u64(bucket);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three objects of one bucket of two, and one of the other; each a place, a hash, and a link.
    const OBJECTS: [(u64, u64, u64); 4] = [(100, 2, 300), (200, 1, 0), (300, 4, 400), (400, 6, 0)];
    const BUCKETS: [(u64, u64); 2] = [(100, 400), (200, 200)];

    fn is_whole(objects: &[(u64, u64, u64)], buckets: &[(u64, u64)]) -> (bool, u64) {
        let mix = Mix::new();
        let mut room = Buckets { count: 2, filled: vec![0; 2], waiting: Vec::new() };
        let mut chained = Chained::default();
        for (at, hash, next) in objects {
            chained.object(mix, &mut room, Offset(*at), *hash, Offset(*next));
        }
        for (index, (first, last)) in (0..).zip(buckets) {
            chained.bucket(mix, index, (Offset(*first), Offset(*last)));
        }
        (chained.is_whole(), room.depth())
    }

    #[test]
    fn chains_are_whole_only_with_every_link_right() {
        assert_eq!(is_whole(&OBJECTS, &BUCKETS), (true, 2));
        for index in 0..OBJECTS.len() {
            for link in [0, 100, 200, 300, 400, 500] {
                let mut objects = OBJECTS;
                objects[index].2 = link;
                assert_eq!(is_whole(&objects, &BUCKETS).0, link == OBJECTS[index].2, "{index} {link}");
            }
        }
        for (index, bucket) in (0..2).flat_map(|index| [(index, 0), (index, 1)]) {
            for link in [0, 100, 200, 300, 400, 500] {
                let mut buckets = BUCKETS;
                let place = if bucket == 0 { &mut buckets[index].0 } else { &mut buckets[index].1 };
                let is_right = std::mem::replace(place, link) == link;
                assert_eq!(is_whole(&OBJECTS, &buckets).0, is_right, "{index} {bucket} {link}");
            }
        }
    }

    #[test]
    fn two_chains_that_are_exchanged_or_run_in_circles_are_not_whole() {
        let exchanged = [(200, 200), (100, 400)];
        assert!(!is_whole(&OBJECTS, &exchanged).0);
        // The second and the third lead to each other, and nothing to them.
        let circle = [(100, 2, 0), (200, 1, 0), (300, 4, 400), (400, 6, 300)];
        assert!(!is_whole(&circle, &[(100, 100), (200, 200)]).0);
    }
}
