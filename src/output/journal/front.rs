//! The few things that are looked for again and again.

/// So many places there are.
const PLACES: usize = 1 << 12;

/// No key.
const NONE: u64 = u64::MAX;

/// Notes by key, each at the one place that its key has: what comes later takes the place of what was there.
///
/// Nine of ten items of entries point at a few hundred DATA, which stay in the processor's nearest cache here.
#[derive(Debug)]
pub(super) struct Front<T> {
    places: Vec<(u64, Option<T>)>,
}

impl<T: Copy> Front<T> {
    pub(super) fn new() -> Self {
        Self { places: vec![(NONE, None); PLACES] }
    }

    /// What was kept last for this key, if nothing took its place.
    #[inline]
    pub(super) fn find(&self, key: u64) -> Option<T> {
        self.places.get(place(key)).and_then(|(known, note)| if *known == key { *note } else { None })
    }

    /// Keeps a note.
    pub(super) fn keep(&mut self, key: u64, note: T) {
        self.places.get_mut(place(key)).into_iter().for_each(|place| *place = (key, Some(note)));
    }

    /// Gives everything up.
    pub(super) fn clear(&mut self) {
        self.places.fill((NONE, None));
    }
}

/// The upper bits of a product: offsets differ in the lower ones.
#[inline]
const fn place(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - PLACES.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_what_was_kept_last() {
        let mut front = Front::new();
        assert_eq!((front.find(0), front.find(NONE)), (None, None));
        let keys = (0..20_000).map(|number| number << 3);
        keys.clone().for_each(|key| front.keep(key, key + 1));
        assert!(keys.clone().all(|key| front.find(key).is_none_or(|note| note == key + 1)));
        // The places are used evenly, so that the latest keys are mostly there.
        assert!(keys.clone().filter(|key| front.find(*key).is_some()).count() > PLACES * 3 / 4);
        assert_eq!(front.find(19_999 << 3), Some((19_999 << 3) + 1));
        front.clear();
        assert!(keys.clone().all(|key| front.find(key).is_none()));
    }
}
