//! The hashes of sound payloads by the places of their DATA, which entries are held against: of all, or where memory is
//! short, of those that are asked for often.

use std::collections::HashMap;

use super::starts::{Starts, bit};
use crate::bytes::Mix;
use crate::corrupt::Offset;

/// What is remembered of sound payloads.
#[derive(Debug)]
pub(super) enum Memory {
    /// All of them.
    All(Payloads),
    /// Some of those that are worth it.
    Some(HashMap<Offset, u64, Mix>),
}

/// How many are remembered where memory is short: as many as a table has room for without growing beyond 2^21 places.
const REMEMBERED_MOST: usize = 1_800_000;

impl Memory {
    /// Room for all payloads of a file with `len` bytes, a fiftieth of it and 8 bytes for each.
    pub(super) fn of_all(len: u64) -> Self {
        Self::All(Payloads::of(len))
    }

    /// Room for some, 64 MiB at most.
    pub(super) fn of_some() -> Self {
        Self::Some(HashMap::default())
    }

    /// Whether the payload of a DATA that so many entries have is to be remembered; the others must be read again.
    pub(super) fn wants(&self, n_entries: u64, is_compressed: bool) -> bool {
        match self {
            Self::All(_) => true,
            Self::Some(held) => (n_entries != 1 || is_compressed) && held.len() < REMEMBERED_MOST,
        }
    }

    /// Adds the payload of the DATA at `at`, which lies behind all added before.
    pub(super) fn push(&mut self, at: Offset, hash: u64) {
        match self {
            Self::All(all) => all.push(at, hash),
            Self::Some(held) => _ = held.insert(at, hash),
        }
    }

    /// The hash of the payload of the DATA at `at`, if a sound one lies there and is remembered.
    pub(super) fn get(&self, at: Offset) -> Option<u64> {
        match self {
            Self::All(all) => all.get(at),
            Self::Some(held) => held.get(&at).copied(),
        }
    }

    /// Whether sound payloads may lie where nothing is remembered.
    pub(super) const fn forgets(&self) -> bool {
        matches!(self, Self::Some(_))
    }
}

/// The Jenkins hash of every sound payload, found by the place of its DATA.
///
/// Entries hold the XOR of these hashes, in files with keyed hashes too.
#[derive(Debug, Default)]
pub(super) struct Payloads {
    starts: Starts,
    /// How many places lie before each word of the set, as far as places were added.
    before: Vec<u32>,
    hashes: Vec<u64>,
}

impl Payloads {
    pub(super) fn of(len: u64) -> Self {
        Self { starts: Starts::of(len), before: Vec::new(), hashes: Vec::new() }
    }

    /// Adds the payload of the DATA at `at`, which lies behind all added before.
    pub(super) fn push(&mut self, at: Offset, hash: u64) {
        let (Some((word, _)), Ok(count)) = (bit(at), u32::try_from(self.hashes.len())) else { return };
        if self.starts.insert(at) {
            if self.before.len() <= word {
                self.before.resize(word.saturating_add(1), count);
            }
            self.hashes.push(hash);
        }
    }

    /// The hash of the payload of the DATA at `at`, if a sound one lies there.
    pub(super) fn get(&self, at: Offset) -> Option<u64> {
        let (word, bit) = bit(at)?;
        let bits = self.starts.word(word);
        if bits & bit == 0 {
            return None;
        }
        let lower = (bits & bit.wrapping_sub(1)).count_ones();
        let index = self.before.get(word)?.saturating_add(lower);
        self.hashes.get(usize::try_from(index).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_found_by_its_place_and_only_there() {
        let mut payloads = Payloads::of(1 << 16);
        let places: Vec<u64> = (26..8000).filter(|n| n % 7 == 0 || n % 11 == 3).map(|n| n * 8).collect();
        for at in &places {
            payloads.push(Offset(*at), at * 3);
            assert_eq!(payloads.get(Offset(*at)), Some(at * 3));
        }
        let found = (0..1 << 16).filter(|at| payloads.get(Offset(*at)) == Some(at * 3)).collect::<Vec<_>>();
        assert_eq!(found, places);
    }
}
