//! TAG: a seal over everything that lies before it.

use nom::number::complete::le_u64;
use nom::{IResult, Parser};

use super::leaf::decode;
use super::object::RawObject;
use crate::corrupt::Corrupt;

/// The type byte of TAG.
pub const TYPE: u8 = 7;

/// A TAG object, decoded and not verified.
#[derive(Clone, Copy, Debug)]
pub struct Tag<'data> {
    /// Its number in the file, from 1.
    pub seqnum: u64,
    /// The epoch of the sealing key.
    pub epoch: u64,
    /// The HMAC-SHA256, 32 bytes.
    pub seal: &'data [u8],
}

fn head(i: &[u8]) -> IResult<&[u8], (u64, u64)> {
    (le_u64, le_u64).parse(i)
}

impl<'data> Tag<'data> {
    /// Decodes a TAG object.
    ///
    /// # Errors
    /// When the object has another type or is too small.
    pub fn decode(raw: RawObject<'data>) -> Result<Self, Corrupt> {
        let raw = raw.expect(TYPE, "tag", 64)?;
        let body = raw.bytes.get(16..64).unwrap_or_default();
        let (seal, (seqnum, epoch)) = decode(body, raw.at, "tag", head)?;
        Ok(Self { seqnum, epoch, seal })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrupt::Offset;

    #[test]
    fn a_tag_decodes_from_literal_bytes() {
        let mut bytes = vec![7, 0, 0, 0, 0, 0, 0, 0];
        for word in [64u64, 3, 9] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend([0x5a; 32]);
        let tag = Tag::decode(RawObject { at: Offset(208), kind: 7, flags: 0, bytes: &bytes }).unwrap();
        assert_eq!((tag.seqnum, tag.epoch, tag.seal), (3, 9, &[0x5a; 32][..]));
    }
}
