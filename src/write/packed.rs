//! Fields made ready for a writer, by any thread.

use super::codec::{Deflater, LEAST};
use super::known::Print;
use super::name::field_name;
use crate::format::hash::{FileHash, jenkins64};

/// Makes fields ready for one writer: what costs time and needs nothing of the file, on a thread of its own.
#[derive(Debug)]
pub struct Packer {
    pub(super) hash: FileHash,
    compress: bool,
    deflater: Deflater,
}

/// A field as it will be stored, with what it is known by.
#[derive(Clone, Copy, Debug)]
pub struct Packed<'a> {
    pub(super) print: Print,
    pub(super) name: &'a [u8],
    pub(super) stored: &'a [u8],
    pub(super) is_zstd: bool,
}

/// What stands in front of a packed field's name and stored bytes.
const HEAD: usize = 22;

impl Packer {
    pub(super) fn new(hash: FileHash, compress: bool) -> Self {
        Self { hash, compress, deflater: Deflater::default() }
    }

    /// Another one for the same writer.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(self.hash, self.compress)
    }

    /// What a payload is known by.
    #[inline]
    pub(super) fn print(&self, payload: &[u8]) -> Print {
        Print { hash: self.hash.of(payload), jenkins: jenkins64(payload) }
    }

    /// Packs a field; `frame` is the payload as zstd has it already, if it does. `None` for one whose name no journal may
    /// have.
    #[inline]
    pub fn pack<'a>(&'a mut self, payload: &'a [u8], frame: Option<&'a [u8]>) -> Option<Packed<'a>> {
        let name = field_name(payload)?;
        Some(self.pack_named(name, payload, frame))
    }

    /// The same for a payload whose name is known, which is as of [`field_name`].
    #[inline]
    pub fn pack_named<'a>(&'a mut self, name: &'a [u8], payload: &'a [u8], frame: Option<&'a [u8]>) -> Packed<'a> {
        let print = self.print(payload);
        self.packed(print, name, payload, frame)
    }

    pub(super) fn packed<'a>(
        &'a mut self,
        print: Print,
        name: &'a [u8],
        payload: &'a [u8],
        frame: Option<&'a [u8]>,
    ) -> Packed<'a> {
        let small = if self.compress && payload.len() >= LEAST { self.deflater.small(payload, frame) } else { None };
        Packed { print, name, stored: small.unwrap_or(payload), is_zstd: small.is_some() }
    }
}

impl<'a> Packed<'a> {
    /// Its part of what entries are told apart by; see [`xor_hash`](super::xor_hash).
    #[inline]
    #[must_use]
    pub const fn jenkins(&self) -> u64 {
        self.print.jenkins
    }

    /// Appends it as bytes, for a thread that [`Packed::read`]s them.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut head = [0; HEAD];
        let (hash, rest) = head.split_at_mut(8);
        hash.copy_from_slice(&self.print.hash.to_le_bytes());
        let (jenkins, rest) = rest.split_at_mut(8);
        jenkins.copy_from_slice(&self.print.jenkins.to_le_bytes());
        let (size, rest) = rest.split_at_mut(4);
        size.copy_from_slice(&(self.stored.len() as u32).to_le_bytes());
        rest.copy_from_slice(&[self.name.len() as u8, self.is_zstd.into()]);
        out.extend_from_slice(&head);
        if self.is_zstd {
            out.extend_from_slice(self.name);
        }
        out.extend_from_slice(self.stored);
    }

    /// Takes one from the front of what [`Packed::write`] made; `None` where there is none.
    #[inline]
    pub fn read(from: &mut &'a [u8]) -> Option<Self> {
        let (head, rest) = from.split_first_chunk::<HEAD>()?;
        let word = |at: usize| head.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |raw| u64::from_le_bytes(*raw));
        let print = Print { hash: word(0), jenkins: word(8) };
        let [.., a, b, c, d, named, is_zstd] = *head;
        let (size, named, is_zstd) = (u32::from_le_bytes([a, b, c, d]) as usize, usize::from(named), is_zstd > 0);
        let (name, rest) = if is_zstd { rest.split_at_checked(named)? } else { (rest.get(..named)?, rest) };
        let (stored, rest) = rest.split_at_checked(size)?;
        *from = rest;
        Some(Self { print, name, stored, is_zstd })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Id128;

    #[test]
    fn what_is_packed_is_read_again() {
        let mut packer = Packer::new(FileHash::Keyed(Id128([3; 16])), true);
        let long = [b"LONG=".as_slice(), &[b'x'; 600]].concat();
        let mut bytes = Vec::new();
        for payload in [b"A=1".as_slice(), &long, b"EMPTY="] {
            packer.pack(payload, None).unwrap().write(&mut bytes);
        }
        assert!(packer.pack(b"no name", None).is_none());
        let mut from = bytes.as_slice();
        for (name, payload) in [("A", b"A=1".as_slice()), ("LONG", &long), ("EMPTY", b"EMPTY=")] {
            let packed = Packed::read(&mut from).unwrap();
            assert_eq!((packed.name, packed.print), (name.as_bytes(), packer.print(payload)));
            assert_eq!(packed.stored == payload, !packed.is_zstd);
        }
        assert!(from.is_empty() && Packed::read(&mut from).is_none());
        assert!(Packed::read(&mut &bytes[..HEAD + 2]).is_none());
    }
}
