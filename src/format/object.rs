//! The 16 bytes in front of every object, and the object cut to the size they state.

use super::{Data, EntryArray, EntryHead, Field, Items, Layout, Table, Tag, limits};
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};

/// The length of an object header.
pub const HEADER: u64 = 16;

/// The length of every TAG.
pub const TAG_SIZE: u64 = 64;

/// What an object is, by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the format's own")]
pub enum ObjectType {
    Unused,
    Data,
    Field,
    Entry,
    DataHashTable,
    FieldHashTable,
    EntryArray,
    Tag,
    /// A type that this reader does not know.
    Other(u8),
}

impl From<u8> for ObjectType {
    fn from(byte: u8) -> Self {
        match byte {
            0 => Self::Unused,
            1 => Self::Data,
            2 => Self::Field,
            3 => Self::Entry,
            4 => Self::DataHashTable,
            5 => Self::FieldHashTable,
            6 => Self::EntryArray,
            7 => Self::Tag,
            other => Self::Other(other),
        }
    }
}

/// An object whose header has been read and whose bytes are cut to its size; its content has not been looked at.
#[derive(Clone, Copy, Debug)]
pub struct RawObject<'data> {
    /// Where it lies.
    pub at: Offset,
    /// The type byte.
    pub kind: u8,
    /// The compression flags.
    pub flags: u8,
    /// The whole object with its header, without padding.
    pub bytes: &'data [u8],
}

/// A decoded object.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each variant is the type of that name")]
pub enum Object<'data> {
    Data(Data<'data>),
    Field(Field<'data>),
    Entry(EntryHead, Items<'data>),
    HashTable(Table<'data>),
    EntryArray(EntryArray<'data>),
    Tag(Tag<'data>),
    /// An unknown type, carried on.
    Other(RawObject<'data>),
}

impl<'data> RawObject<'data> {
    /// The object at `at`, cut to its stated size.
    ///
    /// # Errors
    /// When no object can lie at `at`, or the stated size does not fit the file.
    #[inline]
    pub fn read(image: Image<'data>, at: Offset, what: &'static str) -> Result<Self, Corrupt> {
        let rest = image.from(at);
        Self::start(rest, at, rest.len() as u64, what).map(|(object, _)| object)
    }

    /// The object at `at` by the first bytes of it, `first`, of `remain` that its file has from there on.
    ///
    /// Its bytes are as many of `first` as belong to it; beside it stands the size it states.
    ///
    /// # Errors
    /// As [`RawObject::read`], and when `first` is shorter than an object header.
    #[inline]
    pub fn start(first: &'data [u8], at: Offset, remain: u64, what: &'static str) -> Result<(Self, u64), Corrupt> {
        if !at.is_aligned() || at.0 < limits::HEADER_LEAST {
            return Err(Corrupt::new(at, what, Fault::Place { found: at.0 }));
        }
        let short = |needs| Corrupt::new(at, what, Fault::Short { needs, remain });
        // Six reserved bytes follow the flags. A walk through a file does little else than this.
        let Some([[kind, flags, ..], size]) = first.as_chunks::<8>().0.first_chunk() else { return Err(short(HEADER)) };
        let (kind, flags, size) = (*kind, *flags, u64::from_le_bytes(*size));
        if size < HEADER {
            return Err(Corrupt::new(at, what, Fault::Size { found: size, least: HEADER }));
        }
        if size > remain {
            return Err(short(size));
        }
        let bytes = usize::try_from(size).ok().and_then(|size| first.get(..size)).unwrap_or(first);
        Ok((Self { at, kind, flags, bytes }, size))
    }

    /// Passes the object on if it has the type wanted and at least `least` bytes.
    ///
    /// # Errors
    /// [`Fault::Type`] or [`Fault::Size`].
    pub fn expect(self, kind: u8, wanted: &'static str, least: u64) -> Result<Self, Corrupt> {
        self.expect_size(self.bytes.len() as u64, kind, wanted, least)
    }

    /// As [`RawObject::expect`], for an object of which only the first bytes are here, and its size.
    ///
    /// # Errors
    /// [`Fault::Type`] or [`Fault::Size`].
    pub fn expect_size(self, size: u64, kind: u8, wanted: &'static str, least: u64) -> Result<Self, Corrupt> {
        if self.kind != kind {
            return Err(Corrupt::new(self.at, wanted, Fault::Type { wanted, found: self.kind }));
        }
        if size < least {
            return Err(Corrupt::new(self.at, wanted, Fault::Size { found: size, least }));
        }
        Ok(self)
    }

    /// Decodes the object by its type.
    ///
    /// # Errors
    /// What the type's own decoder finds.
    pub fn parse(self, layout: Layout) -> Result<Object<'data>, Corrupt> {
        Ok(match ObjectType::from(self.kind) {
            ObjectType::Data => Object::Data(Data::decode(self, layout)?),
            ObjectType::Field => Object::Field(Field::decode(self)?),
            ObjectType::Entry => Object::Entry(EntryHead::decode(self)?, Items::of(self, layout)?),
            ObjectType::DataHashTable | ObjectType::FieldHashTable => Object::HashTable(Table::decode(self)?),
            ObjectType::EntryArray => Object::EntryArray(EntryArray::decode(self, layout)?),
            ObjectType::Tag => Object::Tag(Tag::decode(self)?),
            ObjectType::Unused | ObjectType::Other(_) => Object::Other(self),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(kind: u8, size: u64) -> Vec<u8> {
        let mut bytes = vec![0; 208];
        bytes.extend([kind, 4, 0, 0, 0, 0, 0, 0]);
        bytes.extend(size.to_le_bytes());
        bytes.extend([0xaa; 8]);
        bytes
    }

    #[test]
    fn an_object_is_cut_to_its_stated_size() {
        let bytes = file(9, 20);
        let raw = RawObject::read(Image::new(&bytes), Offset(208), "object").unwrap();
        assert_eq!((raw.kind, raw.flags, raw.bytes.len()), (9, 4, 20));
        assert!(matches!(raw.parse(Layout::Compact), Ok(Object::Other(_))));
    }

    #[test]
    fn a_size_below_the_header_or_beyond_the_file_is_damage() {
        for (size, text) in
            [(15, "object at 0xd0: size 15 is below 16"), (25, "object at 0xd0: needs 25 bytes, 24 remain")]
        {
            let bytes = file(1, size);
            let damage = RawObject::read(Image::new(&bytes), Offset(208), "object").unwrap_err();
            assert_eq!(damage.to_string(), text);
        }
        let bytes = file(1, 20);
        for at in [0, 207, 209, u64::MAX] {
            assert!(RawObject::read(Image::new(&bytes), Offset(at), "object").is_err(), "{at}");
        }
    }
}
