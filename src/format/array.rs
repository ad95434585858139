//! ENTRY_ARRAY: offsets of entries, and the link to the next array.

use nom::{IResult, Parser};

use super::Layout;
use super::leaf::{decode, offset};
use super::object::RawObject;
use crate::corrupt::{Corrupt, Fault, Offset};

/// The type byte of ENTRY_ARRAY.
pub const TYPE: u8 = 6;

/// An ENTRY_ARRAY object: a link and a window of slots.
#[derive(Clone, Copy, Debug)]
pub struct EntryArray<'data> {
    /// Where it lies.
    pub at: Offset,
    /// The next array of the chain, further on in the file.
    pub next: Offset,
    /// The slots; unused ones, at the end of a chain's last array, are 0.
    pub slots: Slots<'data>,
}

/// Slots of an array: 4 bytes each in compact files, 8 otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Slots<'data> {
    raw: &'data [u8],
    layout: Layout,
}

fn link(i: &[u8]) -> IResult<&[u8], Offset> {
    offset.parse(i)
}

impl<'data> EntryArray<'data> {
    /// Decodes an ENTRY_ARRAY object.
    ///
    /// # Errors
    /// When the object has another type, no slot, or its last slot is cut.
    pub fn decode(raw: RawObject<'data>, layout: Layout) -> Result<Self, Corrupt> {
        let width = width(layout);
        let raw = raw.expect(TYPE, "entry array", least(layout))?;
        let body = raw.bytes.get(16..).unwrap_or_default();
        let (slots, next) = decode(body, raw.at, "entry array", link)?;
        if !slots.len().is_multiple_of(width) {
            let must = if width == 4 { "a multiple of 4" } else { "a multiple of 8" };
            return Err(Corrupt::new(raw.at, "entry array", Fault::Value { found: slots.len() as u64, must }));
        }
        Ok(Self { at: raw.at, next, slots: Slots { raw: slots, layout } })
    }

    /// How many bytes the object has.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.slots.raw.len().saturating_add(24)
    }
}

impl Slots<'_> {
    /// How many slots there are, used or not.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an array has at least one slot")]
    pub const fn len(&self) -> usize {
        match self.layout {
            Layout::Regular => self.raw.len() / 8,
            Layout::Compact => self.raw.len() / 4,
        }
    }

    /// The slot `index`; 0 where it is unused or beyond the end.
    #[inline]
    #[must_use]
    pub fn at(&self, index: usize) -> Offset {
        let rest = self.raw.get(index.saturating_mul(width(self.layout))..).unwrap_or_default();
        match self.layout {
            Layout::Regular => Offset(rest.first_chunk().map_or(0, |raw| u64::from_le_bytes(*raw))),
            Layout::Compact => Offset(rest.first_chunk().map_or(0, |raw| u32::from_le_bytes(*raw).into())),
        }
    }
}

/// The size of an array with one slot.
const fn least(layout: Layout) -> u64 {
    match layout {
        Layout::Regular => 32,
        Layout::Compact => 28,
    }
}

const fn width(layout: Layout) -> usize {
    match layout {
        Layout::Regular => 8,
        Layout::Compact => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Image;

    #[test]
    fn slots_of_both_layouts_decode_from_literal_bytes() {
        for (layout, slots) in
            [(Layout::Compact, &[1u8, 1, 0, 0, 0, 2, 0, 0][..]), (Layout::Regular, &[1, 1, 0, 0, 0, 0, 0, 0])]
        {
            let mut bytes = vec![0; 208];
            bytes.extend([6, 0, 0, 0, 0, 0, 0, 0]);
            bytes.extend((24 + slots.len() as u64).to_le_bytes());
            bytes.extend(0x4000u64.to_le_bytes());
            bytes.extend(slots);
            let raw = RawObject::read(Image::new(&bytes), Offset(208), "entry array").unwrap();
            let array = EntryArray::decode(raw, layout).unwrap();
            assert_eq!((array.next, array.slots.at(0)), (Offset(0x4000), Offset(0x101)));
            assert_eq!(array.slots.at(1), Offset(if layout == Layout::Compact { 0x200 } else { 0 }));
            assert_eq!(array.slots.at(usize::MAX), Offset(0));
        }
    }
}
