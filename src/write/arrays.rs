//! Lists of entries as chains of arrays: where each lies follows from how many entries it has.

use super::writer::byte;

/// What an array has before its slots.
pub(super) const HEAD: u64 = 24;

/// A list in the file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chain {
    /// Where its first array lies, and its last, in steps of 8; 0 when it is empty.
    head: u32,
    tail: u32,
    /// How many entries the last array has.
    pub(super) used: u32,
}

/// An array of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Array {
    /// Where it lies.
    pub(super) at: u64,
    /// How many slots it has, all of them used.
    pub(super) slots: u64,
    /// Where it ends, which is where the next one of the list begins.
    pub(super) end: u64,
    /// Whether there is a next one.
    pub(super) goes_on: bool,
}

impl Chain {
    /// The list of `count` entries that begins at `at`, how many arrays it has, and where it ends.
    pub(super) fn at(at: u64, count: u64, width: u64) -> (Self, u64, u64) {
        let (mut chain, mut number, mut end) = (Self::default(), 0, at);
        for array in arrays(at, count, width) {
            chain.tail = (array.at / 8) as u32;
            if number == 0 {
                chain.head = chain.tail;
            }
            (chain.used, number, end) = (array.slots as u32, number + 1, array.end);
        }
        (chain, number, end)
    }

    /// Where its first array lies; 0 when it is empty.
    #[inline]
    pub(super) fn head(self) -> u64 {
        byte(self.head)
    }

    /// The last array's place and its entries, 32 bits each, as one number.
    #[inline]
    pub(super) fn tail_word(self) -> u64 {
        u64::from(self.used) << 32 | byte(self.tail)
    }
}

/// The arrays of a list of `count` entries that begins at `at`, with slots of `width` bytes; the last one is no longer
/// than it needs to be.
pub(super) fn arrays(at: u64, count: u64, width: u64) -> impl Iterator<Item = Array> {
    let (mut at, mut done, mut last) = (at, 0, 0);
    std::iter::from_fn(move || {
        let left = count.checked_sub(done).filter(|left| *left > 0)?;
        last = capacity(done, last);
        let slots = last.min(left);
        let end = at.saturating_add(slots.saturating_mul(width).saturating_add(HEAD).next_multiple_of(8));
        let array = Array { at, slots, end, goes_on: slots < left };
        (done, at) = (done + slots, end);
        Some(array)
    })
}

/// How many entries fit the next array of a chain, by those it has and the capacity of its last array.
///
/// Arrays grow threefold, as journald's do, so that a reader finds the right one in a few steps.
const fn capacity(before: u64, last: u64) -> u64 {
    let wanted = if before > last { (before + 1) * 2 } else { last * 2 };
    if wanted < 4 { 4 } else { wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn a_list_lies_where_its_arrays_do() {
        let array = |at, slots, end, goes_on| Array { at, slots, end, goes_on };
        let compact: Vec<Array> = arrays(800, 13, 4).collect();
        assert_eq!(compact, [array(800, 4, 840, true), array(840, 8, 896, true), array(896, 1, 928, false)]);
        let (chain, number, end) = Chain::at(800, 13, 4);
        assert_eq!((chain.head(), chain.tail_word(), number, end), (800, 1 << 32 | 896, 3, 928));
        assert_eq!(arrays(800, 12, 8).last(), Some(array(856, 8, 944, false)));
        let (none, number, end) = Chain::at(800, 0, 8);
        assert_eq!((none.head(), none.tail_word(), number, end), (0, 0, 0, 800));
    }
}
