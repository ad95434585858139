//! Which stretches overlap: the rest costs nothing per entry.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::{Piece, Stretch};
use crate::file::JournalFile;
use crate::format::Id128;

/// A stretch with the keys it is merged by.
#[derive(Clone, Copy, Debug)]
struct Keyed {
    index: usize,
    file: u32,
    strand: Id128,
    /// The boot's rank, made non-decreasing along the strand.
    rank: usize,
    /// The monotonic times of both ends, made non-decreasing along the strand.
    from: u64,
    to: u64,
    seqnums: (u64, u64),
}

/// Cuts the order into pieces, oldest first.
pub(super) fn pieces(stretches: &[Stretch], files: &[JournalFile]) -> Vec<Piece> {
    let mut strands: BTreeMap<Id128, Vec<Keyed>> = BTreeMap::new();
    let mut seqnums: BTreeMap<u32, u64> = BTreeMap::new();
    for (index, stretch) in stretches.iter().enumerate() {
        let Some(file) = files.get(stretch.file as usize) else { continue };
        let strand = file.header().seqnum_id;
        // The array's order wins over seqnums that fall within one file.
        let running = seqnums.entry(stretch.file).or_default();
        let first = stretch.first.seqnum.0.max(*running);
        let last = stretch.last.seqnum.0.max(first);
        *running = last;
        let (from, to) = (stretch.first.monotonic.0, stretch.last.monotonic.0);
        let keyed = Keyed {
            index,
            file: stretch.file,
            strand,
            rank: stretch.boot,
            from,
            to: to.max(from),
            seqnums: (first, last),
        };
        strands.entry(strand).or_default().push(keyed);
    }
    let mut ranks: BTreeMap<usize, Vec<Keyed>> = BTreeMap::new();
    for strand in strands.into_values() {
        for keyed in along(strand) {
            ranks.entry(keyed.rank).or_default().push(keyed);
        }
    }
    ranks.into_values().flat_map(overlaps).collect()
}

/// Makes rank and monotonic non-decreasing along a strand: nothing sorts before what certainly precedes it.
fn along(mut strand: Vec<Keyed>) -> Vec<Keyed> {
    strand.sort_by_key(|keyed| (keyed.seqnums, keyed.index));
    let mut open: BinaryHeap<Reverse<(u64, usize, u64)>> = BinaryHeap::new();
    let mut running = (0, 0);
    // Seqnums that repeat or fall say nothing within a file; its order does.
    let mut in_file: BTreeMap<u32, (usize, u64)> = BTreeMap::new();
    for keyed in &mut strand {
        let own = in_file.entry(keyed.file).or_default();
        while let Some(Reverse((_, rank, to))) = open.peek().filter(|Reverse((last, ..))| *last < keyed.seqnums.0) {
            running = running.max((*rank, *to));
            open.pop();
        }
        let before = running.max(*own);
        if keyed.rank < before.0 {
            (keyed.rank, keyed.from, keyed.to) = (before.0, before.1, before.1);
        } else if keyed.rank == before.0 {
            keyed.from = keyed.from.max(before.1);
            keyed.to = keyed.to.max(keyed.from);
        }
        *own = (keyed.rank, keyed.to);
        open.push(Reverse((keyed.seqnums.1, keyed.rank, keyed.to)));
    }
    strand
}

/// The pieces of one rank: a stretch that begins where all before have ended starts a new piece.
fn overlaps(mut keyed: Vec<Keyed>) -> Vec<Piece> {
    keyed.sort_by_key(|keyed| (keyed.from, keyed.seqnums, keyed.to, keyed.index));
    let mut groups: Vec<Group> = Vec::new();
    for next in keyed {
        match groups.last_mut() {
            Some(group) if group.overlaps(&next) => group.add(&next),
            _ => groups.push(Group::of(&next)),
        }
    }
    groups.into_iter().map(Group::piece).collect()
}

struct Group {
    members: Vec<usize>,
    to: u64,
    /// The one strand of all members with its highest seqnum, or `None` when there are several.
    strand: Option<(Id128, u64)>,
}

impl Group {
    fn of(keyed: &Keyed) -> Self {
        Self { members: vec![keyed.index], to: keyed.to, strand: Some((keyed.strand, keyed.seqnums.1)) }
    }

    fn overlaps(&self, next: &Keyed) -> bool {
        match self.strand {
            // Within a strand seqnums tell, so ranges may touch in time.
            Some((strand, seqnum)) if strand == next.strand => seqnum >= next.seqnums.0 || self.to > next.from,
            _ => self.to >= next.from,
        }
    }

    fn add(&mut self, next: &Keyed) {
        self.members.push(next.index);
        self.to = self.to.max(next.to);
        self.strand = match self.strand {
            Some((strand, seqnum)) if strand == next.strand => Some((strand, seqnum.max(next.seqnums.1))),
            _ => None,
        };
    }

    fn piece(mut self) -> Piece {
        match self.members.as_slice() {
            [one] => Piece::Run(*one),
            _ => {
                self.members.sort_unstable();
                Piece::Merge(self.members)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed(index: usize, rank: usize, seqnums: (u64, u64)) -> Keyed {
        Keyed { index, file: 0, strand: Id128::default(), rank, from: 10, to: 10, seqnums }
    }

    #[test]
    fn a_file_whose_seqnums_repeat_keeps_its_own_order() {
        let strand = along(vec![keyed(0, 1, (5, 5)), keyed(1, 0, (5, 5)), keyed(2, 2, (6, 6))]);
        assert_eq!(strand.iter().map(|keyed| keyed.rank).collect::<Vec<_>>(), [1, 1, 2]);
    }

    #[test]
    fn ranges_that_touch_within_a_strand_are_not_merged() {
        let of = |index, from, to, seqnums| Keyed { from, to, ..keyed(index, 0, seqnums) };
        let apart = vec![of(0, 0, 10, (1, 9)), of(1, 10, 20, (10, 19)), of(2, 25, 30, (20, 29))];
        assert_eq!(overlaps(along(apart)), [Piece::Run(0), Piece::Run(1), Piece::Run(2)]);
        let mixed = vec![of(0, 0, 10, (1, 9)), of(1, 5, 7, (4, 6)), of(2, 25, 30, (20, 29))];
        assert_eq!(overlaps(along(mixed)), [Piece::Merge(vec![0, 1]), Piece::Run(2)]);
    }
}
