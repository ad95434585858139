//! ENTRY_ARRAY: offsets of entries, and the link to the next array.

use nom::{IResult, Parser};

use super::Layout;
use super::leaf::{decode, offset};
use super::object::RawObject;
use crate::bytes::Reads;
use crate::corrupt::{Corrupt, Fault, Offset};

/// The type byte of ENTRY_ARRAY.
pub const TYPE: u8 = 6;

/// So many bytes of slots are compared at once.
const ZEROS: [u8; 256] = [0; 256];

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

/// An ENTRY_ARRAY object without its slots, which are read one by one.
#[derive(Clone, Copy, Debug)]
pub struct ArrayHead {
    /// Where it lies.
    pub at: Offset,
    /// The next array of the chain, further on in the file.
    pub next: Offset,
    /// How many slots it has, used or not.
    pub slots: usize,
    /// How many bytes the object has.
    pub size: usize,
}

impl ArrayHead {
    /// The length of what is in front of the slots.
    pub const LEN: u64 = 24;

    /// Reads the head of the array at `at`.
    ///
    /// # Errors
    /// When no array lies there, it has no slot, or its last slot is cut.
    pub fn read<R: Reads>(from: &R, at: Offset, layout: Layout) -> Result<Self, Corrupt> {
        let (mut first, remain) = ([0; Self::LEN as usize], from.size().saturating_sub(at.0));
        let len = from.read(at, &mut first);
        let first = first.get(..len).unwrap_or_default();
        let (raw, size) = RawObject::start(first, at, remain, "entry array")?;
        Self::decode(raw, size, layout)
    }

    /// Decodes what is in front of the slots of an object of so many bytes.
    fn decode(raw: RawObject<'_>, size: u64, layout: Layout) -> Result<Self, Corrupt> {
        let width = width(layout);
        let raw = raw.expect_size(size, TYPE, "entry array", least(layout))?;
        let body = raw.bytes.get(16..).unwrap_or_default();
        let (_, next) = decode(body, raw.at, "entry array", link)?;
        let slots = size.saturating_sub(Self::LEN);
        if !slots.is_multiple_of(width as u64) {
            let must = if width == 4 { "a multiple of 4" } else { "a multiple of 8" };
            return Err(Corrupt::new(raw.at, "entry array", Fault::Value { found: slots, must }));
        }
        let slots = usize::try_from(slots).ok().and_then(|slots| slots.checked_div(width)).unwrap_or_default();
        Ok(Self { at: raw.at, next, slots, size: usize::try_from(size).unwrap_or(usize::MAX) })
    }
}

/// Where slot `index` of the array at `at` lies, whether the array has so many or not.
#[must_use]
pub fn place(at: Offset, layout: Layout, index: usize) -> Offset {
    let into = (index as u64).saturating_mul(width(layout) as u64).saturating_add(ArrayHead::LEN);
    Offset(at.0.saturating_add(into))
}

/// The slot `index` of the array at `at`, which must have it; 0 where it is unused or cannot be read.
#[must_use]
pub fn slot<R: Reads>(from: &R, at: Offset, layout: Layout, index: usize) -> Offset {
    let mut raw = [0; 8];
    from.read(place(at, layout, index), raw.get_mut(..width(layout)).unwrap_or_default());
    Offset(u64::from_le_bytes(raw))
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
        let head = ArrayHead::decode(raw, raw.bytes.len() as u64, layout)?;
        let slots = raw.bytes.get(ArrayHead::LEN as usize..).unwrap_or_default();
        Ok(Self { at: raw.at, next: head.next, slots: Slots { raw: slots, layout } })
    }

    /// How many bytes the object has.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.slots.raw.len().saturating_add(ArrayHead::LEN as usize)
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

    /// Gives the first slots, no more than `most`, in their order.
    #[inline]
    pub fn first(&self, most: usize, mut take: impl FnMut(Offset)) {
        match self.layout {
            Layout::Regular => {
                let slots = self.raw.as_chunks().0.iter().take(most);
                slots.for_each(|raw| take(Offset(u64::from_le_bytes(*raw))));
            }
            Layout::Compact => {
                let slots = self.raw.as_chunks().0.iter().take(most);
                slots.for_each(|raw| take(Offset(u32::from_le_bytes(*raw).into())));
            }
        }
    }

    /// The first slot from `index` on that is not empty, and what it holds.
    #[must_use]
    pub fn used_from(&self, index: usize) -> Option<(usize, Offset)> {
        let rest = self.raw.get(index.saturating_mul(width(self.layout))..)?;
        let empty = rest.chunks(ZEROS.len()).take_while(|chunk| ZEROS.starts_with(chunk)).map(<[u8]>::len);
        let index = index.saturating_add(empty.sum::<usize>().checked_div(width(self.layout))?);
        (index..self.len()).map(|index| (index, self.at(index))).find(|(_, item)| item.is_some())
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

    #[test]
    fn the_first_slot_in_use_is_found_wherever_it_is() {
        for layout in [Layout::Compact, Layout::Regular] {
            let wide = width(layout);
            let mut raw = vec![0; 300 * wide];
            assert_eq!(Slots { raw: &raw, layout }.used_from(0), None);
            for slot in [299, 128, 64, 63, 5, 0] {
                raw[slot * wide] = 8;
                let slots = Slots { raw: &raw, layout };
                for from in [0, 1, 5, 6, 63, 64, 65, 200, 299, 300, usize::MAX] {
                    let wanted = [0, 5, 63, 64, 128, 299].into_iter().find(|used| *used >= from.max(slot));
                    assert_eq!(slots.used_from(from), wanted.map(|used| (used, Offset(8))), "{slot} {from}");
                }
            }
        }
    }
}
