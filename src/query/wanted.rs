//! The places of a selection in the order and number that its query asks for.

use super::{Places, Selection};
use crate::journal::Place;

/// So many places are held to turn them round; of more the first ones are passed over instead.
const HELD: usize = 1 << 20;

/// The wanted places; see [`Selection::wanted`].
#[derive(Debug)]
pub enum Wanted<'s, 'j> {
    /// The newest ones, found from the end and turned round.
    Held(std::vec::IntoIter<Place>),
    /// So many of a walk.
    Walked(Box<std::iter::Take<Places<'s, 'j>>>),
}

impl Iterator for Wanted<'_, '_> {
    type Item = Place;

    #[inline]
    fn next(&mut self) -> Option<Place> {
        match self {
            Self::Held(places) => places.next(),
            Self::Walked(places) => places.next(),
        }
    }
}

impl<'j> Selection<'j> {
    /// The places of the wanted entries in the order and number that the query says.
    #[must_use]
    pub fn wanted(&self) -> Wanted<'_, 'j> {
        let (reverse, most) = (self.query.reverse, self.query.first.unwrap_or(usize::MAX));
        match self.query.last {
            Some(last) if reverse => self.walked(true, last.min(most)),
            Some(last) => self.newest(last),
            None => self.walked(reverse, most),
        }
    }

    fn walked(&self, reverse: bool, most: usize) -> Wanted<'_, 'j> {
        Wanted::Walked(Box::new(self.places(reverse).take(most)))
    }

    /// The newest `last` entries, oldest first.
    fn newest(&self, last: usize) -> Wanted<'_, 'j> {
        let mut held: Vec<Place> = self.places(true).take(last.min(HELD)).collect();
        if held.len() < last && held.len() == HELD {
            drop(held);
            let all = self.places(false).count();
            let mut places = self.places(false);
            if let Some(before) = all.saturating_sub(last).checked_sub(1) {
                places.nth(before);
            }
            return Wanted::Walked(Box::new(places.take(usize::MAX)));
        }
        held.reverse();
        Wanted::Held(held.into_iter())
    }
}
