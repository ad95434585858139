//! The entries of one boot, from either end, without a look at the rest.

use super::{Backwards, Journal, Merge, Piece, Place, Stretch};
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
        let pieces = self.boots().get(boot).map_or(0..0, |boot| boot.pieces.clone());
        pieces.filter_map(move |piece| self.part(boot, piece, false)).flatten()
    }

    /// The entries of a boot, last to first.
    pub fn entries_back_of(&self, boot: usize) -> impl Iterator<Item = Place> + '_ {
        let pieces = self.boots().get(boot).map_or(0..0, |boot| boot.pieces.clone());
        pieces.rev().filter_map(move |piece| self.part(boot, piece, true)).flatten()
    }

    /// Those entries of a boot, first to last and each once, that `pick` finds in its stretches: offsets, ascending.
    pub fn picked_of(&self, boot: usize, pick: impl Fn(&Stretch) -> Vec<Offset>) -> Vec<Place> {
        let mut places = Vec::new();
        let pieces = self.boots().get(boot).map_or(0..0, |boot| boot.pieces.clone());
        for piece in pieces.filter_map(|piece| self.order().pieces().get(piece)) {
            match piece {
                Piece::Run(index) => {
                    let Some(stretch) = self.stretch_of(boot, *index) else { continue };
                    places.extend(pick(stretch).into_iter().map(|at| Place { file: stretch.file, at }));
                }
                Piece::Merge(members) => {
                    let stretches = members.iter().filter_map(|index| self.stretch_of(boot, *index));
                    let picked = stretches.map(|stretch| (stretch, pick(stretch)));
                    places.extend(Merge::among(self.files(), picked));
                }
            }
        }
        places
    }

    fn stretch_of(&self, boot: usize, index: usize) -> Option<&Stretch> {
        self.order().stretches().get(index).filter(|stretch| stretch.boot == boot)
    }

    fn part(&self, boot: usize, piece: usize, backwards: bool) -> Option<Part<'_>> {
        match self.order().pieces().get(piece)? {
            Piece::Run(index) => {
                let stretch = self.stretch_of(boot, *index)?;
                let file = self.files().get(stretch.file as usize)?;
                let slots = file.slots(stretch.slots.clone());
                let part = if backwards { Part::RunBackwards } else { Part::Run };
                Some(part(stretch.file, slots))
            }
            Piece::Merge(members) => {
                let stretches = members.iter().filter_map(move |index| self.stretch_of(boot, *index));
                Some(if backwards {
                    Part::Backwards(Backwards::of(self.files(), stretches))
                } else {
                    Part::Merge(Merge::of(self.files(), stretches))
                })
            }
        }
    }
}
