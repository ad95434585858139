//! Lists of entries as chains of arrays.

use super::spool::Spool;
use crate::error::Error;
use crate::format::{Layout, array};

/// So many places are put down before anything else is thought of.
const AT_ONCE: usize = 4096;

/// A list in the file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chain {
    /// Where its first array lies, and its last; 0 when it is empty.
    pub(super) head: u64,
    pub(super) tail: u64,
    /// How many entries the last array has.
    pub(super) used: u32,
    pub(super) arrays: u64,
}

impl Chain {
    /// The last array's place and its entries, 32 bits each, as one number.
    pub(super) const fn tail_word(self) -> u64 {
        (self.used as u64) << 32 | self.tail
    }
}

/// How many entries fit the next array of a chain, by those it has and the capacity of its last array.
///
/// Arrays grow threefold, as journald's do, so that a reader finds the right one in a few steps.
pub(super) const fn capacity(before: u64, last: u64) -> u64 {
    let wanted = if before > last { (before + 1) * 2 } else { last * 2 };
    if wanted < 4 { 4 } else { wanted }
}

impl Spool {
    /// Appends the arrays of a list of `count` entries; the last one is no longer than it needs to be. `places` appends
    /// the places of as many of the next entries as it is told, in steps of 8.
    pub(super) fn chain(
        &mut self,
        layout: Layout,
        count: u64,
        places: &mut impl FnMut(usize, &mut Vec<u32>),
    ) -> Result<Chain, Error> {
        let (mut chain, mut done, mut last, mut some) = (Chain::default(), 0, 0, Vec::new());
        let width = if layout == Layout::Compact { 4 } else { 8 };
        while done < count {
            last = capacity(done, last);
            let here = last.min(count - done);
            let size = 24 + here * width;
            let at = self.begin(array::TYPE, 0, size)?;
            let follows = done + here < count;
            self.put_u64(if follows { at + size.next_multiple_of(8) } else { 0 });
            for begin in (0..here as usize).step_by(AT_ONCE) {
                some.clear();
                places(AT_ONCE.min(here as usize - begin), &mut some);
                self.slots(layout, &some);
                self.ease()?;
            }
            self.pad();
            if done == 0 {
                chain.head = at;
            }
            (chain.tail, chain.used, chain.arrays) = (at, here as u32, chain.arrays + 1);
            done += here;
        }
        Ok(chain)
    }

    /// Appends the slots of an array.
    fn slots(&mut self, layout: Layout, places: &[u32]) {
        if layout == Layout::Compact {
            let slots = self.words::<4>(places.len()).iter_mut();
            slots.zip(places).for_each(|(slot, place)| *slot = (*place << 3).to_le_bytes());
        } else {
            let slots = self.words::<8>(places.len()).iter_mut();
            slots.zip(places).for_each(|(slot, place)| *slot = (u64::from(*place) << 3).to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::capacity;

    #[test]
    fn arrays_grow_by_journalds_rule() {
        let (mut items, mut last, mut seen) = (0, 0, Vec::new());
        for _ in 0..7 {
            last = capacity(items, last);
            items += last;
            seen.push(last);
        }
        // As seen in files of systemd 252 and 257.
        assert_eq!(seen, [4, 8, 26, 78, 234, 702, 2106]);
    }
}
