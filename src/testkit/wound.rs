//! Damage with a name: what crashes, bad disks and bad writers do to a journal, on its bytes.
//!
//! Each function edits in place. Damage that would lie outside the bytes, even in part, leaves them as they are, so that
//! a fuzzer may ask for anything. [`Wound`] is the same damage as a value, and can be derived from raw fuzzer input.

use std::ops::Range;

/// The bytes of a page, as [`swap_pages`] counts them.
pub const PAGE: u64 = 4096;

/// Cuts the file to `len` bytes.
pub fn truncate_at(bytes: &mut Vec<u8>, len: u64) {
    bytes.truncate(usize::try_from(len).unwrap_or(usize::MAX));
}

/// Zeroes a range.
pub fn zero(bytes: &mut [u8], range: Range<u64>) {
    if let Some(hit) = part(bytes, range.start, range.end.saturating_sub(range.start)) {
        hit.fill(0);
    }
}

/// Zeroes everything from an offset on, as when the last pages never reached the disk.
pub fn zero_tail_from(bytes: &mut [u8], from: u64) {
    let end = bytes.len() as u64;
    zero(bytes, from..end);
}

/// Flips one bit, counted from the least significant, of the byte at `at`.
pub fn flip_bit(bytes: &mut [u8], at: u64, bit: u8) {
    put(bytes, at, |hit: &mut [u8; 1]| hit[0] ^= 1 << (bit % 8));
}

/// Stores a number of 64 bits.
pub fn put_u64(bytes: &mut [u8], at: u64, value: u64) {
    put(bytes, at, |hit| *hit = value.to_le_bytes());
}

/// Stores a number of 32 bits.
pub fn put_u32(bytes: &mut [u8], at: u64, value: u32) {
    put(bytes, at, |hit| *hit = value.to_le_bytes());
}

/// Makes the entry array at this offset its own successor.
pub fn loop_chain(bytes: &mut [u8], array: u64) {
    put_u64(bytes, array.saturating_add(16), array);
}

/// Makes the object at this offset claim another size.
pub fn lie_size(bytes: &mut [u8], object: u64, size: u64) {
    put_u64(bytes, object.saturating_add(8), size);
}

/// Zeroes one item of the entry array at this offset, as wide as the header's flags say.
pub fn zero_array_item(bytes: &mut [u8], array: u64, item: u64) {
    let compact = bytes.get(12).is_some_and(|flags| flags & 0x10 != 0);
    let size = if compact { 4 } else { 8 };
    let at = item.saturating_mul(size).saturating_add(24).saturating_add(array);
    zero(bytes, at..at.saturating_add(size));
}

/// Exchanges two pages, counted from 0; the last page takes part only if it is whole.
pub fn swap_pages(bytes: &mut [u8], one: u64, other: u64) {
    let (low, high) = (one.min(other).saturating_mul(PAGE), one.max(other).saturating_mul(PAGE));
    if low == high || part(bytes, high, PAGE).is_none() {
        return;
    }
    let (before, after) = bytes.split_at_mut(high as usize);
    if let (Some(low), Some(high)) = (part(before, low, PAGE), part(after, 0, PAGE)) {
        low.swap_with_slice(high);
    }
}

/// The `len` bytes at `at`, if all of them exist.
fn part(bytes: &mut [u8], at: u64, len: u64) -> Option<&mut [u8]> {
    let at = usize::try_from(at).ok()?;
    bytes.get_mut(at..at.checked_add(usize::try_from(len).ok()?)?)
}

fn put<const N: usize>(bytes: &mut [u8], at: u64, edit: impl FnOnce(&mut [u8; N])) {
    if let Some(hit) = part(bytes, at, N as u64).and_then(|hit| hit.try_into().ok()) {
        edit(hit);
    }
}

/// One piece of damage as a value; each variant is the function of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wound {
    /// Cuts the file to so many bytes.
    TruncateAt(u64),
    /// Zeroes `len` bytes.
    Zero {
        /// The first of them.
        from: u64,
        /// How many.
        len: u64,
    },
    /// Zeroes everything from here on.
    ZeroTailFrom(u64),
    /// Flips one bit.
    FlipBit {
        /// The byte.
        at: u64,
        /// The bit, 0 the least.
        bit: u8,
    },
    /// Stores a number of 64 bits.
    PutU64 {
        /// Where.
        at: u64,
        /// What.
        value: u64,
    },
    /// Stores a number of 32 bits.
    PutU32 {
        /// Where.
        at: u64,
        /// What.
        value: u32,
    },
    /// Makes the entry array at this offset its own successor.
    LoopChain(u64),
    /// Makes an object claim another size.
    LieSize {
        /// The object.
        object: u64,
        /// The size that it claims.
        size: u64,
    },
    /// Zeroes one item of an entry array.
    ZeroArrayItem {
        /// The array.
        array: u64,
        /// The item, counted from 0.
        item: u64,
    },
    /// Exchanges two pages, counted from 0.
    SwapPages(u64, u64),
}

impl Wound {
    /// Does the damage.
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        match *self {
            Self::TruncateAt(len) => truncate_at(bytes, len),
            Self::Zero { from, len } => zero(bytes, from..from.saturating_add(len)),
            Self::ZeroTailFrom(from) => zero_tail_from(bytes, from),
            Self::FlipBit { at, bit } => flip_bit(bytes, at, bit),
            Self::PutU64 { at, value } => put_u64(bytes, at, value),
            Self::PutU32 { at, value } => put_u32(bytes, at, value),
            Self::LoopChain(array) => loop_chain(bytes, array),
            Self::LieSize { object, size } => lie_size(bytes, object, size),
            Self::ZeroArrayItem { array, item } => zero_array_item(bytes, array, item),
            Self::SwapPages(one, other) => swap_pages(bytes, one, other),
        }
    }

    /// Takes one wound off the front of fuzzer input, or returns `None` when it has run out.
    ///
    /// A byte chooses the kind; then come its numbers, little-endian. Offsets and sizes take two bytes, so wounds reach
    /// the first 64 KiB of a file; offsets of objects are rounded down to 8. Items and pages take one byte, and values
    /// as many as they have.
    pub fn from_bytes(input: &mut &[u8]) -> Option<Self> {
        let [kind] = take(input)?;
        Some(match kind % 10 {
            0 => Self::TruncateAt(offset(input)?),
            1 => Self::Zero { from: offset(input)?, len: offset(input)? },
            2 => Self::ZeroTailFrom(offset(input)?),
            3 => Self::FlipBit { at: offset(input)?, bit: small(input)? as u8 % 8 },
            4 => Self::PutU64 { at: offset(input)?, value: u64::from_le_bytes(take(input)?) },
            5 => Self::PutU32 { at: offset(input)?, value: u32::from_le_bytes(take(input)?) },
            6 => Self::LoopChain(object(input)?),
            7 => Self::LieSize { object: object(input)?, size: offset(input)? },
            8 => Self::ZeroArrayItem { array: object(input)?, item: small(input)? },
            _ => Self::SwapPages(small(input)?, small(input)?),
        })
    }

    /// Takes wounds off fuzzer input until it runs out.
    #[must_use]
    pub fn list(mut input: &[u8]) -> Vec<Self> {
        std::iter::from_fn(|| Self::from_bytes(&mut input)).collect()
    }
}

fn take<const N: usize>(input: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = input.split_first_chunk()?;
    *input = rest;
    Some(*taken)
}

fn offset(input: &mut &[u8]) -> Option<u64> {
    take(input).map(|taken| u16::from_le_bytes(taken).into())
}

fn object(input: &mut &[u8]) -> Option<u64> {
    offset(input).map(|at| at & !7)
}

fn small(input: &mut &[u8]) -> Option<u64> {
    take(input).map(|[byte]| byte.into())
}

#[cfg(test)]
mod tests;
