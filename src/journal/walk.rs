//! The entries of one boot, from either end, without a look at the rest.

use super::{Backwards, Journal, Merge, Piece, Place, Share, Stretch};
use crate::corrupt::Offset;
use crate::file::Slice;

/// What is left of a piece.
enum Part<'j> {
    Run(u32, Slice<'j, 'j>),
    RunBackwards(u32, Slice<'j, 'j>),
    Merge(Merge<'j>),
    Backwards(Backwards<'j>),
}

impl Iterator for Part<'_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        match self {
            Self::Run(file, slots) => slots.next().map(|at| Place { file: *file, at }),
            Self::RunBackwards(file, slots) => slots.next_back().map(|at| Place { file: *file, at }),
            Self::Merge(merge) => merge.next(),
            Self::Backwards(merge) => merge.next(),
        }
    }
}

impl Journal {
    /// The entries of a boot, by index in [`Journal::boots`], first to last; of one that there is not, none.
    pub fn entries_of(&self, boot: usize) -> impl Iterator<Item = Place> + '_ {
        self.shares(boot).iter().filter_map(|share| self.part(share, false)).flatten()
    }

    /// The entries of a boot, last to first.
    pub fn entries_back_of(&self, boot: usize) -> impl Iterator<Item = Place> + '_ {
        self.shares(boot).iter().rev().filter_map(|share| self.part(share, true)).flatten()
    }

    /// Those entries of a boot, first to last and each once, that `pick` finds in its stretches: offsets, ascending.
    pub fn picked_of(&self, boot: usize, pick: impl Fn(&Stretch) -> Vec<Offset>) -> Vec<Place> {
        let mut places = Vec::new();
        for share in self.shares(boot) {
            let picked = self.stretches_of(share).map(|stretch| (stretch, pick(stretch)));
            match self.order().pieces().get(share.piece) {
                Some(Piece::Run(_)) => {
                    let of = |(stretch, picked): (&Stretch, Vec<Offset>)| {
                        let file = stretch.file;
                        picked.into_iter().map(move |at| Place { file, at })
                    };
                    places.extend(picked.flat_map(of));
                }
                Some(Piece::Merge(_)) => places.extend(Merge::among(self.files(), picked)),
                None => {}
            }
        }
        places
    }

    fn shares(&self, boot: usize) -> &[Share] {
        self.boots().get(boot).map_or(&[], |boot| &boot.shares)
    }

    fn stretches_of<'j>(&'j self, share: &'j Share) -> impl Iterator<Item = &'j Stretch> + Clone {
        share.stretches.iter().filter_map(|index| self.order().stretches().get(*index))
    }

    fn part<'j>(&'j self, share: &'j Share, backwards: bool) -> Option<Part<'j>> {
        let mut stretches = self.stretches_of(share);
        Some(match (self.order().pieces().get(share.piece)?, backwards) {
            (Piece::Run(_), _) => {
                let stretch = stretches.next()?;
                let file = self.files().get(stretch.file as usize)?;
                let part = if backwards { Part::RunBackwards } else { Part::Run };
                part(stretch.file, file.slots(stretch.slots.clone()))
            }
            (Piece::Merge(_), true) => Part::Backwards(Backwards::of(self.files(), stretches)),
            (Piece::Merge(_), false) => Part::Merge(Merge::of(self.files(), stretches)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::backwards::tests::{Dice, journal};
    use crate::journal::Piece;

    #[test]
    fn a_boot_is_asked_for_its_own_stretches_alone() {
        let mut dice = Dice(7);
        for turn in 0..100 {
            let journal = journal(&mut dice, turn % 2 == 0, true);
            let (stretches, pieces) = (journal.order().stretches(), journal.order().pieces());
            for (index, boot) in journal.boots().iter().enumerate() {
                let own = |piece: &Piece| match piece {
                    Piece::Run(stretch) => vec![*stretch],
                    Piece::Merge(members) => members.clone(),
                };
                let own = |piece| own(piece).into_iter().filter(|at| stretches[*at].boot == index).collect::<Vec<_>>();
                let all =
                    pieces.iter().enumerate().map(|(at, piece)| (at, own(piece))).filter(|(_, own)| !own.is_empty());
                let shares = boot.shares.iter().map(|share| (share.piece, share.stretches.clone()));
                assert_eq!(shares.collect::<Vec<_>>(), all.collect::<Vec<_>>());
                let forwards: Vec<_> = journal.entries_of(index).collect();
                let mut backwards: Vec<_> = journal.entries_back_of(index).collect();
                backwards.reverse();
                assert_eq!(backwards, forwards);
            }
        }
    }
}
