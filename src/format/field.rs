//! FIELD: one field name and the head of the list of its DATA.

use nom::number::complete::le_u64;
use nom::{IResult, Parser};

use super::leaf::{decode, offset};
use super::object::RawObject;
use crate::corrupt::{Corrupt, Offset};

/// The type byte of FIELD.
pub const TYPE: u8 = 2;

/// A FIELD object.
#[derive(Clone, Copy, Debug)]
pub struct Field<'data> {
    /// Where it lies.
    pub at: Offset,
    /// The hash of the name.
    pub hash: u64,
    /// The next FIELD of the same bucket; chains ascend.
    pub next_hash: Offset,
    /// The newest DATA of this name; its list descends.
    pub head_data: Offset,
    /// The name, without `=`.
    pub name: &'data [u8],
}

fn links(i: &[u8]) -> IResult<&[u8], (u64, Offset, Offset)> {
    (le_u64, offset, offset).parse(i)
}

impl<'data> Field<'data> {
    /// Decodes a FIELD object.
    ///
    /// # Errors
    /// When the object has another type or no name.
    pub fn decode(raw: RawObject<'data>) -> Result<Self, Corrupt> {
        let raw = raw.expect(TYPE, "field", 41)?;
        let body = raw.bytes.get(16..).unwrap_or_default();
        let (name, (hash, next_hash, head_data)) = decode(body, raw.at, "field", links)?;
        Ok(Self { at: raw.at, hash, next_hash, head_data, name })
    }

    /// How many bytes the object has.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.name.len().saturating_add(40)
    }
}

/// Whether writers accept `name` for a field: 1 to 64 of `A-Z 0-9 _`, no digit first.
#[must_use]
pub fn is_name(name: &[u8]) -> bool {
    let letters = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    (1..=64).contains(&name.len()) && !name.first().is_some_and(u8::is_ascii_digit) && name.iter().all(letters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Image;

    #[test]
    fn a_field_decodes_from_literal_bytes() {
        let mut bytes = vec![0; 208];
        bytes.extend([2, 0, 0, 0, 0, 0, 0, 0]);
        for word in [47u64, 0x22, 0x200, 0x208] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(b"MESSAGE.");
        let raw = RawObject::read(Image::new(&bytes), Offset(208), "field").unwrap();
        let field = Field::decode(raw).unwrap();
        assert_eq!((field.hash, field.next_hash, field.head_data), (0x22, Offset(0x200), Offset(0x208)));
        assert_eq!(field.name, b"MESSAGE");
    }

    #[test]
    fn names_follow_the_writers_rule() {
        for good in ["MESSAGE", "_PID", "__CURSOR", "A1"] {
            assert!(is_name(good.as_bytes()), "{good}");
        }
        for bad in ["", "1A", "message", "A-B", &"A".repeat(65)] {
            assert!(!is_name(bad.as_bytes()), "{bad}");
        }
    }
}
