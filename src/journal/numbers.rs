//! Which numbers entries have.

use super::counter::joined;
use super::{Journal, Stretch};
use crate::file::JournalFile;

/// So many entries are looked at; what is not looked at is taken for there.
const LOOKS: usize = 1 << 16;

impl Journal {
    /// The numbers that the entries of stretches have together, as ranges that ascend and lie apart.
    ///
    /// Where a file lacks numbers the places are found by bisection; what cannot be read, what lies beyond 65,536 looks,
    /// all between the ends of a stretch that is given as whole, and what lies outside of `within` (both ends included)
    /// is taken for there.
    #[must_use]
    pub fn numbers_of<'s>(
        &self,
        stretches: impl Iterator<Item = (&'s Stretch, bool)>,
        within: (u64, u64),
    ) -> Vec<(u64, u64)> {
        let mut looks = Looks { left: LOOKS, within };
        let mut runs = Vec::new();
        for (stretch, is_whole) in stretches {
            match self.files().get(stretch.file as usize) {
                Some(file) if !is_whole => through(file, stretch, &mut looks, &mut runs),
                _ => runs.push((stretch.first.seqnum.0, stretch.last.seqnum.0.max(stretch.first.seqnum.0))),
            }
        }
        joined(runs)
    }
}

/// How many entries may still be looked at, and which numbers are of interest.
struct Looks {
    left: usize,
    within: (u64, u64),
}

impl Looks {
    /// Whether anything between two numbers is of interest.
    const fn want(&self, below: u64, above: u64) -> bool {
        below < self.within.1 && self.within.0 < above
    }

    fn at(&mut self, file: &JournalFile, slot: usize) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        Some(file.entry(file.entry_at(slot)).ok()?.seqnum().0)
    }
}

/// The numbers of a stretch: where as many lie between two of its entries as there are slots, all are there.
fn through(file: &JournalFile, stretch: &Stretch, looks: &mut Looks, runs: &mut Vec<(u64, u64)>) {
    let (first, last) = (stretch.first.seqnum.0, stretch.last.seqnum.0);
    let Some(end) = stretch.slots.end.checked_sub(1) else { return };
    let mut open = vec![((stretch.slots.start, first), (end, last))];
    while let Some((one, two)) = open.pop() {
        let (slots, numbers) = (two.0.saturating_sub(one.0), two.1.saturating_sub(one.1));
        if numbers <= slots as u64 || !looks.want(one.1, two.1) {
            runs.push((one.1.min(two.1), one.1.max(two.1)));
            continue;
        }
        if slots <= 1 {
            runs.extend([(one.1, one.1), (two.1, two.1)]);
            continue;
        }
        let middle = one.0.midpoint(two.0);
        let here = looks.at(file, middle).map(|seqnum| (middle, seqnum));
        match here {
            Some(here) => open.extend([(here, two), (one, here)]),
            None => runs.push((one.1, two.1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::{Record, Synth};

    fn ranges(files: &[&[u64]], is_whole: bool) -> Vec<(u64, u64)> {
        within(files, is_whole, (0, u64::MAX))
    }

    fn within(files: &[&[u64]], is_whole: bool, within: (u64, u64)) -> Vec<(u64, u64)> {
        let file = |numbers: &&[u64]| {
            let synth = numbers.iter().map(|number| Record::new(*number)).fold(Synth::new(), Synth::entry);
            JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap()
        };
        let journal = Journal::from_files(files.iter().map(file).collect());
        journal.numbers_of(journal.order().stretches().iter().map(|stretch| (stretch, is_whole)), within)
    }

    #[test]
    fn holes_are_found_wherever_they_are_and_other_files_fill_them() {
        assert_eq!(ranges(&[&[3, 4, 5, 6]], false), [(3, 6)]);
        assert_eq!(ranges(&[&[3, 4, 9, 10, 11, 20]], false), [(3, 4), (9, 11), (20, 20)]);
        assert_eq!(ranges(&[&[1, 3, 5, 7, 9, 10]], false), [(1, 1), (3, 3), (5, 5), (7, 7), (9, 10)]);
        assert_eq!(ranges(&[&[1, 2, 5, 6], &[3, 4, 9]], false), [(1, 6), (9, 9)]);
        assert_eq!(ranges(&[&[7]], false), [(7, 7)]);
        assert_eq!(ranges(&[&[3, 4, 9], &[12, 20]], true), [(3, 9), (12, 20)]);
        assert_eq!(within(&[&[1, 5, 6, 9, 13]], false, (7, 8)), [(1, 6), (9, 13)]);
    }
}
