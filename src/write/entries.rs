//! The entries of a list, read back; the tests are those of the lists.

use super::links::{HEAD, STEP};

/// The entries of a list; see [`Links::entries`].
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    arena: &'a [u8],
    piece: &'a [u8],
    next: u32,
    entry: u32,
    left: u32,
}

impl<'a> Entries<'a> {
    /// The `count` entries after `first` whose steps begin in the piece with this number.
    pub(super) const fn of(arena: &'a [u8], piece: u32, first: u32, count: u32) -> Self {
        Self { arena, piece: &[], next: piece, entry: first, left: count }
    }

    /// Appends the next entries, `most` at most.
    pub(super) fn append(&mut self, most: usize, out: &mut Vec<u32>) {
        let count = self.left.min(most as u32);
        let mut entry = self.entry;
        let mut left = count;
        while left > 0 {
            // Mostly steps have one byte each, and so have the next eight.
            if let Some((steps, rest)) = self.piece.split_first_chunk::<8>()
                && u64::from_le_bytes(*steps) & 0x8080_8080_8080_8080 == 0
                && left >= 8
            {
                out.extend_from_slice(&steps.map(|step| {
                    entry = entry.wrapping_add(step.into());
                    entry
                }));
                (self.piece, left) = (rest, left - 8);
            } else {
                entry = entry.wrapping_add(self.step().unwrap_or_default());
                out.push(entry);
                left -= 1;
            }
        }
        (self.entry, self.left) = (entry, self.left - count);
    }

    /// How far the next entry is from the one before.
    fn step(&mut self) -> Option<u32> {
        let (mut step, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            step |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(step);
            }
            shift += 7;
        }
    }

    #[inline]
    fn byte(&mut self) -> Option<u8> {
        if self.piece.is_empty() {
            let rest = self.arena.get(self.next as usize * STEP..)?;
            let (head, rest) = rest.split_first_chunk::<HEAD>()?;
            let [a, b, c, d, e, f] = *head;
            self.next = u32::from_le_bytes([a, b, c, d]);
            self.piece = rest.get(..usize::from(u16::from_le_bytes([e, f])))?;
        }
        let (byte, rest) = self.piece.split_first()?;
        self.piece = rest;
        Some(*byte)
    }
}
