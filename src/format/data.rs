//! DATA: one `NAME=value`, stored once per file.

use nom::number::complete::le_u64;
use nom::{IResult, Parser};

use super::leaf::{decode, offset};
use super::object::RawObject;
use super::{Codec, Layout};
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};

/// The type byte of DATA.
pub const TYPE: u8 = 1;

/// A DATA object with its links.
#[derive(Clone, Copy, Debug)]
pub struct Data<'data> {
    /// Where it lies.
    pub at: Offset,
    /// The hash of the payload before compression, by the file's hash function.
    pub hash: u64,
    /// The next DATA of the same bucket; chains ascend.
    pub next_hash: Offset,
    /// The next DATA of the same field; chains descend.
    pub next_field: Offset,
    /// The first entry that uses it.
    pub entry: Offset,
    /// The chain of arrays with the other entries that use it.
    pub entry_array: Offset,
    /// How many entries use it, by its own claim.
    pub n_entries: u64,
    /// The payload as stored.
    pub stored: Stored<'data>,
}

/// A payload as it lies in the file, perhaps compressed.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'data> {
    /// Where its DATA object lies.
    pub at: Offset,
    /// The object's flags, of which the lowest three name the codec.
    pub flags: u8,
    /// The first entry that uses it, by its own claim.
    pub entry: Offset,
    /// How many entries use it, by its own claim.
    pub n_entries: u64,
    /// The payload's bytes.
    pub bytes: &'data [u8],
}

impl<'data> Stored<'data> {
    /// The payload of the DATA object at `at`, by fixed offsets: the hot path of everything that reads fields.
    ///
    /// # Errors
    /// When no sound DATA object lies there.
    #[inline]
    pub fn read(image: Image<'data>, at: Offset, layout: Layout) -> Result<Self, Corrupt> {
        match Self::glance(image, at, layout) {
            Some(stored) => Ok(stored),
            None => Self::read_with_reason(image, at, layout),
        }
    }

    /// What [`Stored::read`] gives, or `None` where something is wrong, which that one names.
    #[must_use]
    #[inline]
    pub fn glance(image: Image<'data>, at: Offset, layout: Layout) -> Option<Self> {
        let rest = image.from(at);
        // One look at the length for the whole fixed part.
        if let Some([[TYPE, flags, ..], size, _, _, _, entry, _, n_entries]) =
            rest.as_chunks::<8>().0.first_chunk::<8>()
            && let Some(end) = usize::try_from(u64::from_le_bytes(*size)).ok()
            && let Some(bytes) = rest.get(payload_at(layout)..end)
            && !bytes.is_empty()
            && at.is_aligned()
        {
            let [entry, n_entries] = [*entry, *n_entries].map(u64::from_le_bytes);
            return Some(Self { at, flags: *flags, entry: Offset(entry), n_entries, bytes });
        }
        None
    }

    /// Where its DATA object ends, in a file of this layout.
    #[must_use]
    #[inline]
    pub const fn end(&self, layout: Layout) -> u64 {
        self.at.0.saturating_add((payload_at(layout) as u64).saturating_add(self.bytes.len() as u64))
    }

    /// Off the hot path: says what is wrong.
    #[cold]
    fn read_with_reason(image: Image<'data>, at: Offset, layout: Layout) -> Result<Self, Corrupt> {
        RawObject::read(image, at, "data").and_then(|raw| Data::decode(raw, layout)).map(|data| data.stored)
    }

    /// The codec, or `None` for a plain payload.
    ///
    /// # Errors
    /// When several codecs are flagged at once.
    #[inline]
    pub fn codec(&self) -> Result<Option<Codec>, Corrupt> {
        match self.flags & 7 {
            0 => Ok(None),
            1 => Ok(Some(Codec::Xz)),
            2 => Ok(Some(Codec::Lz4)),
            4 => Ok(Some(Codec::Zstd)),
            several => {
                let fault = Fault::Value { found: u64::from(several), must: "one compression flag at most" };
                Err(Corrupt::new(self.at, "data", fault))
            }
        }
    }
}

/// Where the payload starts within the object.
const fn payload_at(layout: Layout) -> usize {
    match layout {
        Layout::Regular => 64,
        Layout::Compact => 72,
    }
}

/// The size of an object with one byte of payload.
const fn least(layout: Layout) -> u64 {
    match layout {
        Layout::Regular => 65,
        Layout::Compact => 73,
    }
}

type Links = (u64, Offset, Offset, Offset, Offset, u64);

fn links(i: &[u8]) -> IResult<&[u8], Links> {
    (le_u64, offset, offset, offset, offset, le_u64).parse(i)
}

impl<'data> Data<'data> {
    /// Decodes a DATA object.
    ///
    /// # Errors
    /// When the object has another type or is too small.
    pub fn decode(raw: RawObject<'data>, layout: Layout) -> Result<Self, Corrupt> {
        let raw = raw.expect(TYPE, "data", least(layout))?;
        let body = raw.bytes.get(16..).unwrap_or_default();
        let (_, (hash, next_hash, next_field, entry, entry_array, n_entries)) = decode(body, raw.at, "data", links)?;
        let bytes = raw.bytes.get(payload_at(layout)..).unwrap_or_default();
        let stored = Stored { at: raw.at, flags: raw.flags, entry, n_entries, bytes };
        Ok(Self { at: raw.at, hash, next_hash, next_field, entry, entry_array, n_entries, stored })
    }

    /// How many bytes the object has in a file of this layout.
    #[must_use]
    pub const fn size(&self, layout: Layout) -> usize {
        self.stored.bytes.len().saturating_add(payload_at(layout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(compact: bool, flags: u8) -> Vec<u8> {
        let mut bytes = vec![0; 208];
        let size = if compact { 75u64 } else { 67 };
        bytes.extend([1, flags, 0, 0, 0, 0, 0, 0]);
        for word in [size, 0x11, 0x100, 0x108, 0x110, 0x118, 7] {
            bytes.extend(word.to_le_bytes());
        }
        if compact {
            bytes.extend([9, 0, 0, 0, 2, 0, 0, 0]);
        }
        bytes.extend(b"A=b.....");
        bytes
    }

    #[test]
    fn both_layouts_decode_from_literal_bytes() {
        for (compact, layout) in [(false, Layout::Regular), (true, Layout::Compact)] {
            let bytes = image(compact, 0);
            let raw = RawObject::read(Image::new(&bytes), Offset(208), "data").unwrap();
            let data = Data::decode(raw, layout).unwrap();
            assert_eq!((data.hash, data.next_hash, data.next_field), (0x11, Offset(0x100), Offset(0x108)));
            assert_eq!((data.entry, data.entry_array, data.n_entries), (Offset(0x110), Offset(0x118), 7));
            assert_eq!(data.stored.bytes, b"A=b");
            assert_eq!(data.size(layout), raw.bytes.len());
            let hot = Stored::read(Image::new(&bytes), Offset(208), layout).unwrap();
            assert_eq!((hot.bytes, hot.n_entries, hot.flags), (&b"A=b"[..], 7, 0));
        }
    }

    #[test]
    fn the_hot_path_names_the_same_damage_as_the_decoder() {
        let mut bytes = image(false, 5);
        let hot = Stored::read(Image::new(&bytes), Offset(208), Layout::Regular).unwrap();
        assert!(hot.codec().is_err());
        bytes[216] = 64;
        let damage = Stored::read(Image::new(&bytes), Offset(208), Layout::Regular).unwrap_err();
        assert_eq!(damage.to_string(), "data at 0xd0: size 64 is below 65");
        bytes[208] = 2;
        let damage = Stored::read(Image::new(&bytes), Offset(208), Layout::Regular).unwrap_err();
        assert_eq!(damage.to_string(), "data at 0xd0: object type 2 where data must be");
    }
}
