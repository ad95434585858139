//! Where DATA and ENTRY objects begin, in one byte for every 64 of the file, with a rank among the DATA that matter.

use std::ops::Range;

use crate::corrupt::Offset;

/// What begins at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An ENTRY.
    Entry = 1,
    /// A plain DATA that one entry has.
    Single = 2,
    /// Any other DATA: it has a rank among its like.
    Kept = 3,
}

/// Bytes of the file for which there is one cell: no two DATA or ENTRY begin so close to each other.
const SPAN: u64 = 64;

/// Cells of a block, for each of which the rank of the first is stored.
const BLOCK: usize = 16;

/// One bit of each cell of a block.
const ONES: u128 = u128::from_le_bytes([1; BLOCK]);

/// The starts of all DATA and ENTRY objects; 1/64 of the file, and as much as a quarter of that for ranks.
///
/// A cell is 0, or: bits 0 to 2 the place within the cell, in words; bits 3 and 4 the kind; bit 5 a mark.
#[derive(Debug, Default)]
pub(super) struct Places {
    cells: Vec<u8>,
    before: Vec<u32>,
    kept: usize,
}

/// A stretch of cells that one thread fills.
#[derive(Debug)]
pub(super) struct Stretch<'a> {
    first: usize,
    cells: &'a mut [u8],
    /// Starts that lie in the first cell of the next stretch.
    pub(super) spilt: Vec<(Offset, u8)>,
}

fn index(at: Offset) -> usize {
    usize::try_from(at.0 / SPAN).unwrap_or(usize::MAX)
}

fn cell(at: Offset, kind: Kind, marked: bool) -> u8 {
    let word = u8::try_from(at.0 % SPAN / 8).unwrap_or_default();
    word | (kind as u8) << 3 | u8::from(marked) << 5
}

fn kind(cell: u8) -> Option<Kind> {
    match cell >> 3 & 3 {
        1 => Some(Kind::Entry),
        2 => Some(Kind::Single),
        3 => Some(Kind::Kept),
        _ => None,
    }
}

impl Stretch<'_> {
    /// Notes that an object begins at `at`.
    pub(super) fn insert(&mut self, at: Offset, kind: Kind, marked: bool) {
        let cell = cell(at, kind, marked);
        match index(at).checked_sub(self.first).and_then(|index| self.cells.get_mut(index)) {
            Some(slot) => *slot = cell,
            None => self.spilt.push((at, cell)),
        }
    }
}

impl Places {
    /// No places of a file of `len` bytes.
    pub(super) fn of(len: u64) -> Self {
        let cells = index(Offset(len)).saturating_add(1).next_multiple_of(BLOCK);
        Self { cells: vec![0; cells], before: Vec::new(), kept: 0 }
    }

    /// One stretch for each part of the file.
    pub(super) fn stretches(&mut self, parts: &[Range<Offset>]) -> Vec<Stretch<'_>> {
        let mut rest = self.cells.as_mut_slice();
        let mut first = 0_usize;
        let mut stretches = Vec::with_capacity(parts.len());
        let ends = parts.iter().skip(1).map(|part| index(part.start)).chain([usize::MAX]);
        for end in ends {
            let len = end.saturating_sub(first).min(rest.len());
            let (cells, after) = rest.split_at_mut_checked(len).unwrap_or_default();
            stretches.push(Stretch { first, cells, spilt: Vec::new() });
            first = first.saturating_add(len);
            rest = after;
        }
        stretches
    }

    /// Ends filling: takes what was spilt, and counts.
    pub(super) fn close(&mut self, spilt: Vec<(Offset, u8)>) {
        for (at, cell) in spilt {
            if let Some(slot) = self.cells.get_mut(index(at)) {
                *slot = cell;
            }
        }
        let (blocks, _) = self.cells.as_chunks::<BLOCK>();
        let mut kept = 0_u32;
        let mut before = Vec::with_capacity(blocks.len());
        for block in blocks {
            before.push(kept);
            kept = kept.saturating_add(kept_in(block, BLOCK));
        }
        self.before = before;
        self.kept = usize::try_from(kept).unwrap_or(usize::MAX);
    }

    /// What begins at `at`, and whether it is marked.
    #[inline]
    pub(super) fn at(&self, at: Offset) -> Option<(Kind, bool)> {
        let cell = *self.cells.get(index(at))?;
        let is_here = at.is_aligned() && u64::from(cell & 7) == at.0 % SPAN / 8;
        kind(cell).filter(|_| is_here).map(|kind| (kind, cell & 32 != 0))
    }

    /// Whether a DATA begins at `at`.
    #[inline]
    pub(super) fn is_data(&self, at: Offset) -> bool {
        matches!(self.at(at), Some((Kind::Single | Kind::Kept, _)))
    }

    /// Whether an ENTRY begins at `at`.
    #[inline]
    pub(super) fn is_entry(&self, at: Offset) -> bool {
        matches!(self.at(at), Some((Kind::Entry, _)))
    }

    /// How many of [`Kind::Kept`] lie before `at`.
    #[inline]
    pub(super) fn rank(&self, at: Offset) -> usize {
        let index = index(at);
        let block = index / BLOCK;
        let (blocks, _) = self.cells.as_chunks::<BLOCK>();
        let within = blocks.get(block).map_or(0, |cells| kept_in(cells, index % BLOCK));
        let before = self.before.get(block).copied().unwrap_or_default();
        usize::try_from(before.saturating_add(within)).unwrap_or(usize::MAX)
    }

    /// The last place of an ENTRY, or 0.
    pub(super) fn last_entry(&self) -> Offset {
        let is_entry = |cell: &u8| kind(*cell) == Some(Kind::Entry);
        let last = self.cells.iter().rposition(is_entry).unwrap_or_default();
        self.iter(last..last.saturating_add(1)).map(|(at, ..)| at).next().unwrap_or_default()
    }

    /// How many there are of [`Kind::Kept`].
    pub(super) const fn kept(&self) -> usize {
        self.kept
    }

    /// The file cut into so many ranges of about the same number of cells.
    pub(super) fn ranges(&self, most: usize) -> Vec<Range<usize>> {
        let len = self.cells.len();
        let step = len.div_ceil(most.max(1)).max(1);
        (0..len).step_by(step).map(|from| from..from.saturating_add(step).min(len)).collect()
    }

    /// The places in a range of cells, ascending.
    pub(super) fn iter(&self, range: Range<usize>) -> impl Iterator<Item = (Offset, Kind, bool)> + '_ {
        let first = (range.start as u64).saturating_mul(SPAN);
        let cells = self.cells.get(range).unwrap_or_default();
        let starts = (0_u64..).map(move |n| first.saturating_add(n.saturating_mul(SPAN)));
        starts.zip(cells).filter(|(_, cell)| **cell != 0).filter_map(|(start, cell)| {
            let at = Offset(start.saturating_add(u64::from(cell & 7).saturating_mul(8)));
            kind(*cell).map(|kind| (at, kind, cell & 32 != 0))
        })
    }
}

/// How many of the first `len` cells of a block are kept: those that have both bits of the kind.
#[inline]
fn kept_in(block: &[u8; BLOCK], len: usize) -> u32 {
    let word = u128::from_le_bytes(*block);
    let both = word >> 3 & word >> 4 & ONES;
    let below = u32::try_from(len).ok().and_then(|len| 1_u128.checked_shl(len.saturating_mul(8)));
    (both & below.map_or(u128::MAX, |bit| bit.wrapping_sub(1))).count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_ranks_are_those_inserted_whatever_the_parts() {
        let len = 100_000_u64;
        let wanted: Vec<(u64, Kind)> = (0..len / 80)
            .map(|n| (n * 80 + 8 * (n % 2), [Kind::Entry, Kind::Single, Kind::Kept, Kind::Kept][(n % 7 % 4) as usize]))
            .collect();
        for cuts in [vec![], vec![4000_u64], vec![800, 50_000, 50_080]] {
            let starts: Vec<u64> = [0].into_iter().chain(cuts).collect();
            let ends = starts.iter().skip(1).copied().chain([len]);
            let parts: Vec<Range<Offset>> =
                starts.iter().copied().zip(ends).map(|(a, b)| Offset(a)..Offset(b)).collect();
            let mut places = Places::of(len);
            let mut spilt = Vec::new();
            for (part, mut stretch) in parts.iter().zip(places.stretches(&parts)) {
                for (at, kind) in wanted.iter().filter(|(at, _)| part.contains(&Offset(*at))) {
                    stretch.insert(Offset(*at), *kind, at % 3 == 0);
                }
                spilt.append(&mut stretch.spilt);
            }
            places.close(spilt);
            let found: Vec<(u64, Kind)> = places
                .ranges(5)
                .into_iter()
                .flat_map(|range| places.iter(range))
                .map(|(at, kind, _)| (at.0, kind))
                .collect();
            assert_eq!(found, wanted);
            let mut rank = 0;
            for (at, kind) in &wanted {
                assert_eq!(places.at(Offset(*at)), Some((*kind, at % 3 == 0)));
                assert_eq!(places.at(Offset(at + 8)), None);
                assert_eq!(places.rank(Offset(*at)), rank);
                rank += usize::from(*kind == Kind::Kept);
            }
            assert_eq!(places.kept(), rank);
        }
    }
}
