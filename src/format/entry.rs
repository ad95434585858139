//! ENTRY: when something was logged, in which boot, and which DATA it consists of.

use super::leaf::{decode, id128, u64_at};
use super::object::RawObject;
use super::{Id128, Layout, Monotonic, Realtime, Seqnum};
use crate::bytes::{Image, Reads};
use crate::corrupt::{Corrupt, Fault, Offset};

use nom::number::complete::le_u64;
use nom::{IResult, Parser};

/// The type byte of ENTRY.
pub const TYPE: u8 = 3;

/// Where the items start within the object.
const ITEMS: usize = 64;

/// The fixed part of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHead {
    /// Its number, counted by the writer.
    pub seqnum: Seqnum,
    /// Wall-clock time of reception.
    pub realtime: Realtime,
    /// Time since boot of reception.
    pub monotonic: Monotonic,
    /// The boot it was logged in; null only through damage, which the entry survives.
    pub boot_id: Id128,
    /// XOR of the Jenkins hashes of its payloads as submitted, repeats included.
    pub xor_hash: u64,
}

type Head = (u64, u64, u64, Id128, u64);

fn head(i: &[u8]) -> IResult<&[u8], Head> {
    (le_u64, le_u64, le_u64, id128, le_u64).parse(i)
}

impl EntryHead {
    /// Decodes the fixed part of an ENTRY object.
    ///
    /// # Errors
    /// When the object has another type, is too small, or holds a number that no writer stores.
    pub fn decode(raw: RawObject<'_>) -> Result<Self, Corrupt> {
        let raw = raw.expect(TYPE, "entry", ITEMS as u64)?;
        let body = raw.bytes.get(16..).unwrap_or_default();
        let (_, (seqnum, realtime, monotonic, boot_id, xor_hash)) = decode(body, raw.at, "entry", head)?;
        let (realtime, monotonic) = (Realtime(realtime), Monotonic(monotonic));
        Self { seqnum: Seqnum(seqnum), realtime, monotonic, boot_id, xor_hash }.checked(raw.at)
    }

    /// Reads the fixed part of the entry at `at`, and whether its end never reached the disk: the last item is empty, or
    /// the hash, which is written before the items.
    ///
    /// # Errors
    /// As [`EntryHead::read`].
    pub fn glance<R: Reads>(from: &R, at: Offset, layout: Layout) -> Result<(Self, bool), Corrupt> {
        let (mut first, remain) = ([0; ITEMS], from.size().saturating_sub(at.0));
        let len = from.read(at, &mut first);
        let (raw, size) = RawObject::start(first.get(..len).unwrap_or_default(), at, remain, "entry")?;
        let head = Self::decode(raw.expect_size(size, TYPE, "entry", ITEMS as u64)?)?;
        let width = width(layout) as u64;
        let items = size.saturating_sub(ITEMS as u64);
        if items == 0 || !items.is_multiple_of(width) {
            return Err(uneven(at, items, layout));
        }
        let mut last = [0; 8];
        let place = Offset(at.0.saturating_add(size).saturating_sub(width));
        from.read(place, last.get_mut(..width.min(8) as usize).unwrap_or_default());
        Ok((head, head.xor_hash == 0 || u64::from_le_bytes(last) == 0))
    }

    /// The fixed part and the items of the entry at `at`, by fixed offsets: the hot path.
    ///
    /// # Errors
    /// As [`EntryHead::decode`] and [`Items::of`].
    #[inline]
    pub fn read<'data>(image: Image<'data>, at: Offset, layout: Layout) -> Result<(Self, Items<'data>), Corrupt> {
        let rest = image.from(at);
        // One look at the length for the whole fixed part.
        if let Some(&[[TYPE, ..], size, seqnum, realtime, monotonic, boot, boot_end, hash]) =
            rest.as_chunks::<8>().0.first_chunk::<8>()
            && let Some(end) = usize::try_from(u64::from_le_bytes(size)).ok()
            && let Some(items) = rest.get(ITEMS..end)
            && at.is_aligned()
        {
            let [seqnum, realtime, monotonic, xor_hash] = [seqnum, realtime, monotonic, hash].map(u64::from_le_bytes);
            let (realtime, monotonic) = (Realtime(realtime), Monotonic(monotonic));
            let boot_id = Id128::from_halves(boot, boot_end);
            let head = Self { seqnum: Seqnum(seqnum), realtime, monotonic, boot_id, xor_hash };
            return Ok((head.checked(at)?, Items::window(at, items, layout)?));
        }
        Self::read_with_reason(image, at, layout)
    }

    /// Off the hot path: says what is wrong.
    #[cold]
    fn read_with_reason<'data>(
        image: Image<'data>,
        at: Offset,
        layout: Layout,
    ) -> Result<(Self, Items<'data>), Corrupt> {
        let raw = RawObject::read(image, at, "entry")?;
        Ok((Self::decode(raw)?, Items::of(raw, layout)?))
    }

    #[inline]
    fn checked(self, at: Offset) -> Result<Self, Corrupt> {
        if self.seqnum.0 > 0 && self.realtime.is_valid() && self.monotonic.is_valid() {
            return Ok(self);
        }
        Err(self.fault(at))
    }

    #[cold]
    fn fault(self, at: Offset) -> Corrupt {
        let value = |found, must| Fault::Value { found, must };
        let (what, fault) = if self.seqnum.0 == 0 {
            ("entry seqnum", value(0, "above 0"))
        } else if !self.realtime.is_valid() {
            ("entry realtime", value(self.realtime.0, "above 0 and below 2^55"))
        } else {
            ("entry monotonic", value(self.monotonic.0, "below 2^55"))
        };
        Corrupt::new(at, what, fault)
    }
}

/// The places an entry points at: 4 bytes each in compact files, an offset and a hash of 8 each otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Items<'data> {
    raw: &'data [u8],
    layout: Layout,
}

impl<'data> Items<'data> {
    /// The items of an ENTRY object.
    ///
    /// # Errors
    /// When there is none, or the last one is cut.
    pub fn of(raw: RawObject<'data>, layout: Layout) -> Result<Self, Corrupt> {
        Self::window(raw.at, raw.bytes.get(ITEMS..).unwrap_or_default(), layout)
    }

    /// The items in the bytes `raw` of the entry at `at`.
    #[inline]
    fn window(at: Offset, raw: &'data [u8], layout: Layout) -> Result<Self, Corrupt> {
        let width = width(layout);
        if raw.is_empty() || !raw.len().is_multiple_of(width) {
            return Err(uneven(at, raw.len() as u64, layout));
        }
        Ok(Self { raw, layout })
    }

    /// How many there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "an entry has at least one item")]
    pub const fn len(&self) -> usize {
        match self.layout {
            Layout::Regular => self.raw.len() / 16,
            Layout::Compact => self.raw.len() / 4,
        }
    }

    /// How many bytes the object has up to the end of the last one.
    #[must_use]
    #[inline]
    pub const fn end(&self) -> usize {
        self.raw.len().saturating_add(ITEMS)
    }

    /// The offsets of the DATA objects, in the order on disk.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Offset> + Clone + use<'data> {
        let wide = matches!(self.layout, Layout::Regular);
        self.raw.chunks_exact(width(self.layout)).map(move |item| {
            if wide {
                Offset(u64_at(item, 0))
            } else {
                Offset(item.first_chunk().map_or(0, |raw| u32::from_le_bytes(*raw).into()))
            }
        })
    }

    /// Gives what [`Items::pairs`] does, with one look at the layout for all items.
    #[inline]
    pub fn each(&self, mut take: impl FnMut(Offset, Option<u64>)) {
        match self.layout {
            Layout::Regular => {
                let items = self.raw.as_chunks::<16>().0.iter();
                items.for_each(|item| take(Offset(u64_at(item, 0)), Some(u64_at(item, 8))));
            }
            Layout::Compact => {
                let items = self.raw.as_chunks().0.iter();
                items.for_each(|raw| take(Offset(u32::from_le_bytes(*raw).into()), None));
            }
        }
    }

    /// The offsets with the hash that each item states for its DATA; compact files store no hash.
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = (Offset, Option<u64>)> + Clone + use<'data> {
        let wide = matches!(self.layout, Layout::Regular);
        self.raw.chunks_exact(width(self.layout)).map(move |item| match item.first_chunk() {
            Some(raw) if !wide => (Offset(u32::from_le_bytes(*raw).into()), None),
            _ => (Offset(u64_at(item, 0)), Some(u64_at(item, 8))),
        })
    }
}

/// The fault of an entry without items, or whose last item is cut.
#[cold]
const fn uneven(at: Offset, found: u64, layout: Layout) -> Corrupt {
    let must = match layout {
        Layout::Regular => "a positive multiple of 16",
        Layout::Compact => "a positive multiple of 4",
    };
    Corrupt::new(at, "entry items", Fault::Value { found, must })
}

const fn width(layout: Layout) -> usize {
    match layout {
        Layout::Regular => 16,
        Layout::Compact => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(items: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 208];
        bytes.extend([3, 0, 0, 0, 0, 0, 0, 0]);
        for word in [64 + items.len() as u64, 5, 1_000, 20] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend([0xb0; 16]);
        bytes.extend(0xfeed_u64.to_le_bytes());
        bytes.extend(items);
        bytes
    }

    #[test]
    fn an_entry_decodes_from_literal_bytes_in_both_layouts() {
        let compact = bytes(&[8, 1, 0, 0, 16, 1, 0, 0]);
        let regular = bytes(&[8, 1, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9]);
        for (bytes, layout, places) in
            [(compact, Layout::Compact, vec![264, 272]), (regular, Layout::Regular, vec![264])]
        {
            let (head, items) = EntryHead::read(Image::new(&bytes), Offset(208), layout).unwrap();
            assert_eq!((head.seqnum, head.realtime, head.monotonic), (Seqnum(5), Realtime(1_000), Monotonic(20)));
            assert_eq!((head.boot_id, head.xor_hash), (Id128([0xb0; 16]), 0xfeed));
            assert_eq!(items.iter().map(|at| at.0).collect::<Vec<_>>(), places);
            let raw = RawObject::read(Image::new(&bytes), Offset(208), "entry").unwrap();
            assert_eq!(EntryHead::decode(raw), Ok(head));
        }
    }

    #[test]
    fn numbers_that_no_writer_stores_make_the_entry_bad() {
        for (at, text) in [(224, "entry seqnum"), (232, "entry realtime")] {
            let mut bytes = bytes(&[8, 1, 0, 0]);
            bytes[at..at + 8].fill(0);
            let damage = EntryHead::read(Image::new(&bytes), Offset(208), Layout::Compact).unwrap_err();
            assert_eq!(damage.what, text);
        }
        let cut = bytes(&[8, 1, 0, 0, 1]);
        assert!(EntryHead::read(Image::new(&cut), Offset(208), Layout::Compact).is_err());
        let none = bytes(&[]);
        assert!(EntryHead::read(Image::new(&none), Offset(208), Layout::Compact).is_err());
    }
}
