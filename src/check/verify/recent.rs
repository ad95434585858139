//! The values that entries have had lately, since neighbours mostly have the same.

use crate::corrupt::Offset;

/// How many are remembered: what fits the cache next to a core.
const SLOTS: usize = 1 << BITS;
const BITS: u32 = 13;
/// What leaves so many bits of a word.
const SHIFT: u32 = u64::BITS - BITS;

/// What is known of a value of several entries.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Value {
    pub(super) at: Offset,
    /// The Jenkins hash of its payload.
    pub(super) hash: u64,
    /// What it is in the sums over pairs.
    pub(super) factor: u64,
    /// Whether it names a boot.
    pub(super) is_boot: bool,
}

/// Values by their places; one takes the room of another.
#[derive(Debug)]
pub(super) struct Recent(Box<[Value; SLOTS]>);

impl Default for Recent {
    fn default() -> Self {
        Self(Box::new([Value::default(); SLOTS]))
    }
}

impl Recent {
    #[inline]
    fn slot(at: Offset) -> usize {
        let spread = (at.0 >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> SHIFT;
        usize::try_from(spread).unwrap_or_default()
    }

    /// The value at a place, if it was there lately.
    #[inline]
    pub(super) fn find(&self, at: Offset) -> Option<&Value> {
        self.0.get(Self::slot(at)).filter(|value| value.at == at && at.is_some())
    }

    /// Remembers the value at a place.
    #[inline]
    pub(super) fn keep(&mut self, value: Value) {
        if let Some(slot) = self.0.get_mut(Self::slot(value.at)) {
            *slot = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_is_what_was_kept_at_that_place() {
        let mut recent = Recent::default();
        assert!(recent.find(Offset(0)).is_none());
        let places = || (1..30_000).map(|n| Offset(n * 88));
        for at in places() {
            recent.keep(Value { at, hash: at.0 + 1, factor: at.0 + 2, is_boot: at.0 % 3 == 0 });
            let value = recent.find(at).unwrap();
            assert_eq!((value.hash, value.factor, value.is_boot), (at.0 + 1, at.0 + 2, at.0 % 3 == 0));
        }
        let found = places().filter_map(|at| recent.find(at).map(|value| (at, value.hash)));
        assert!(found.clone().all(|(at, hash)| hash == at.0 + 1) && found.count() > SLOTS / 2);
    }
}
