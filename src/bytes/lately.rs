//! The few things that are looked for again and again.

/// Notes by number, such as a place in a file, each at the one of `PLACES` that its number has: what comes later takes
/// the place of what was there. 0 is no number.
///
/// Nine of ten items of entries point at a few hundred DATA, and neighbours mostly have the same; what is known of these
/// stays in the processor's nearest caches here. `PLACES` is a power of two.
#[derive(Clone, Debug)]
pub(crate) struct Lately<T, const PLACES: usize>(Box<[(u64, T); PLACES]>);

impl<T: Copy + Default, const PLACES: usize> Default for Lately<T, PLACES> {
    fn default() -> Self {
        const { assert!(PLACES.is_power_of_two()) };
        Self(Box::new([(0, T::default()); PLACES]))
    }
}

impl<T: Copy + Default, const PLACES: usize> Lately<T, PLACES> {
    /// The upper bits of a product: places in a file differ in the lower ones.
    #[inline]
    fn place(number: u64) -> usize {
        let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // Two shifts, since one by 64 is none, which is what a single place takes.
        let shift = u64::BITS.saturating_sub(1).saturating_sub(PLACES.trailing_zeros());
        usize::try_from((spread >> 1).wrapping_shr(shift)).unwrap_or_default()
    }

    /// What was kept last for a number, if nothing took its place.
    #[inline]
    pub(crate) fn find(&self, number: u64) -> Option<&T> {
        let (known, note) = self.0.get(Self::place(number))?;
        (*known == number && number != 0).then_some(note)
    }

    /// Keeps a note.
    #[inline]
    pub(crate) fn keep(&mut self, number: u64, note: T) {
        if let Some(place) = self.0.get_mut(Self::place(number)) {
            *place = (number, note);
        }
    }

    /// Gives everything up.
    pub(crate) fn clear(&mut self) {
        self.0.fill((0, T::default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_what_was_kept_last() {
        let mut lately = Lately::<u64, 4096>::default();
        assert_eq!((lately.find(0), lately.find(u64::MAX)), (None, None));
        let numbers = (1..20_000).map(|number| number << 3);
        for number in numbers.clone() {
            lately.keep(number, number + 1);
            assert_eq!(lately.find(number), Some(&(number + 1)));
        }
        assert!(numbers.clone().all(|number| lately.find(number).is_none_or(|note| *note == number + 1)));
        // The places are used evenly, so that the latest are mostly there.
        assert!(numbers.clone().filter(|number| lately.find(*number).is_some()).count() > 4096 * 3 / 4);
        lately.keep(0, 5);
        assert_eq!(lately.find(0), None);
        lately.clear();
        assert!(numbers.clone().all(|number| lately.find(number).is_none()));
    }

    #[test]
    fn one_place_has_what_came_last() {
        let mut lately = Lately::<u8, 1>::default();
        lately.keep(8, 1);
        lately.keep(16, 2);
        assert_eq!((lately.find(8), lately.find(16)), (None, Some(&2)));
    }
}
