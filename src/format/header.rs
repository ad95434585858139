//! The header at offset 0: fields in order, the later ones only where the header is long enough to have them.

use nom::bytes::complete::{tag, take};
use nom::combinator::{cond, map};
use nom::number::complete::{le_u8, le_u32, le_u64};
use nom::{IResult, Parser};

use super::leaf::{decode, id128, offset};
use super::{Id128, Layout, Monotonic, Realtime, Seqnum, limits};
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};

/// The first eight bytes of every journal file.
pub const SIGNATURE: &[u8; 8] = b"LPKSHHRH";

/// Bits of `incompatible_flags`: a reader that does not know one cannot read the file.
pub mod incompatible {
    /// DATA may be compressed with XZ.
    pub const XZ: u32 = 1;
    /// DATA may be compressed with LZ4.
    pub const LZ4: u32 = 1 << 1;
    /// Hashes are SipHash-2-4 keyed with the file id.
    pub const KEYED_HASH: u32 = 1 << 2;
    /// DATA may be compressed with ZSTD.
    pub const ZSTD: u32 = 1 << 3;
    /// The compact layout.
    pub const COMPACT: u32 = 1 << 4;
    /// All that this reader knows.
    pub const KNOWN: u32 = XZ | LZ4 | KEYED_HASH | ZSTD | COMPACT;
}

/// Bits of `compatible_flags`: a reader that does not know one goes on.
pub mod compatible {
    /// The file has TAG objects.
    pub const SEALED: u32 = 1;
    /// `tail_entry_boot_id` is written only together with an entry (systemd 254 and later).
    pub const TAIL_ENTRY_BOOT_ID: u32 = 1 << 1;
    /// Every sealing epoch has a tag (systemd 255 and later).
    pub const SEALED_CONTINUOUS: u32 = 1 << 2;
    /// All that this reader knows.
    pub const KNOWN: u32 = SEALED | TAIL_ENTRY_BOOT_ID | SEALED_CONTINUOUS;
}

/// What the writer last said of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Closed, or quiet for the writer's sync interval.
    Offline,
    /// Open for writing when it was last touched.
    Online,
    /// Closed for ever.
    Archived,
    /// A value that no writer stores.
    Other(u8),
}

impl State {
    /// Whether the writer left the file in order, with a header that counts all of it.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Offline | Self::Archived)
    }
}

impl From<u8> for State {
    fn from(byte: u8) -> Self {
        match byte {
            0 => Self::Offline,
            1 => Self::Online,
            2 => Self::Archived,
            other => Self::Other(other),
        }
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Offline => f.write_str("OFFLINE"),
            Self::Online => f.write_str("ONLINE"),
            Self::Archived => f.write_str("ARCHIVED"),
            Self::Other(byte) => write!(f, "UNKNOWN ({byte})"),
        }
    }
}

/// The header as stored; everything in it is a claim to be checked against what it points at.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names are the format's own")]
pub struct Header {
    pub compatible_flags: u32,
    pub incompatible_flags: u32,
    pub state: State,
    pub file_id: Id128,
    pub machine_id: Id128,
    /// Belongs to the last entry only with [`compatible::TAIL_ENTRY_BOOT_ID`], else to the last writer.
    pub tail_entry_boot_id: Id128,
    pub seqnum_id: Id128,
    pub header_size: u64,
    pub arena_size: u64,
    /// The first bucket, 16 bytes into the table's object.
    pub data_hash_table_offset: Offset,
    pub data_hash_table_size: u64,
    pub field_hash_table_offset: Offset,
    pub field_hash_table_size: u64,
    pub tail_object_offset: Offset,
    pub n_objects: u64,
    pub n_entries: u64,
    pub tail_entry_seqnum: Seqnum,
    pub head_entry_seqnum: Seqnum,
    pub entry_array_offset: Offset,
    pub head_entry_realtime: Realtime,
    pub tail_entry_realtime: Realtime,
    pub tail_entry_monotonic: Monotonic,
    pub n_data: Option<u64>,
    pub n_fields: Option<u64>,
    pub n_tags: Option<u64>,
    pub n_entry_arrays: Option<u64>,
    pub data_hash_chain_depth: Option<u64>,
    pub field_hash_chain_depth: Option<u64>,
    pub tail_entry_array_offset: Option<u32>,
    pub tail_entry_array_n_entries: Option<u32>,
    pub tail_entry_offset: Option<Offset>,
}

impl Header {
    /// Reads the header from the start of a file.
    ///
    /// # Errors
    /// When the file is shorter than the smallest header or the signature is missing.
    pub fn read(image: Image<'_>) -> Result<Self, Corrupt> {
        let fixed = image.take(Offset(0), limits::HEADER_LEAST, "header")?;
        let (_, mut header) = decode(fixed, Offset(0), "header", fixed_part)?;
        let size = if header.size_fault().is_none() { header.header_size } else { limits::HEADER_LEAST };
        let tail = image.take(Offset(0), size.min(image.len()), "header")?;
        let tail = tail.get(208..).unwrap_or_default();
        decode(tail, Offset(limits::HEADER_LEAST), "header", |i| tail_part(i, size, &mut header))?;
        Ok(header)
    }

    /// What is wrong with `header_size`, if anything; a reader then assumes the smallest header.
    #[must_use]
    pub const fn size_fault(&self) -> Option<Corrupt> {
        let found = self.header_size;
        if found < limits::HEADER_LEAST {
            return Some(Corrupt::new(Offset(88), "header size", Fault::Size { found, least: limits::HEADER_LEAST }));
        }
        if !found.is_multiple_of(8) || found > 1 << 20 {
            let must = "a multiple of 8 and below 1 MiB";
            return Some(Corrupt::new(Offset(88), "header size", Fault::Value { found, must }));
        }
        None
    }

    /// The layout of the file's objects.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        if self.incompatible_flags & incompatible::COMPACT == 0 { Layout::Regular } else { Layout::Compact }
    }

    /// Whether hashes are keyed with the file id.
    #[must_use]
    pub const fn is_keyed(&self) -> bool {
        self.incompatible_flags & incompatible::KEYED_HASH != 0
    }
}

fn fixed_part(i: &[u8]) -> IResult<&[u8], Header> {
    let (i, (_, compatible_flags, incompatible_flags, state, _)) =
        (tag(&SIGNATURE[..]), le_u32, le_u32, le_u8, take(7usize)).parse(i)?;
    let (i, (file_id, machine_id, tail_entry_boot_id, seqnum_id)) = (id128, id128, id128, id128).parse(i)?;
    let (i, (header_size, arena_size)) = (le_u64, le_u64).parse(i)?;
    let (i, (data_hash_table_offset, data_hash_table_size)) = (offset, le_u64).parse(i)?;
    let (i, (field_hash_table_offset, field_hash_table_size)) = (offset, le_u64).parse(i)?;
    let (i, (tail_object_offset, n_objects, n_entries)) = (offset, le_u64, le_u64).parse(i)?;
    let (i, (tail_seqnum, head_seqnum, entry_array_offset)) = (le_u64, le_u64, offset).parse(i)?;
    let (i, (head_realtime, tail_realtime, tail_monotonic)) = (le_u64, le_u64, le_u64).parse(i)?;
    let header = Header {
        compatible_flags,
        incompatible_flags,
        state: State::from(state),
        file_id,
        machine_id,
        tail_entry_boot_id,
        seqnum_id,
        header_size,
        arena_size,
        data_hash_table_offset,
        data_hash_table_size,
        field_hash_table_offset,
        field_hash_table_size,
        tail_object_offset,
        n_objects,
        n_entries,
        tail_entry_seqnum: Seqnum(tail_seqnum),
        head_entry_seqnum: Seqnum(head_seqnum),
        entry_array_offset,
        head_entry_realtime: Realtime(head_realtime),
        tail_entry_realtime: Realtime(tail_realtime),
        tail_entry_monotonic: Monotonic(tail_monotonic),
        n_data: None,
        n_fields: None,
        n_tags: None,
        n_entry_arrays: None,
        data_hash_chain_depth: None,
        field_hash_chain_depth: None,
        tail_entry_array_offset: None,
        tail_entry_array_n_entries: None,
        tail_entry_offset: None,
    };
    Ok((i, header))
}

/// Fields that later writers added; a field is there when the header's size covers it and the file does too.
fn tail_part<'i>(i: &'i [u8], size: u64, header: &mut Header) -> IResult<&'i [u8], ()> {
    let has = |end: u64, i: &[u8], need: usize| size >= end && i.len() >= need;
    let (i, n_data) = cond(has(216, i, 8), le_u64).parse(i)?;
    let (i, n_fields) = cond(has(224, i, 8), le_u64).parse(i)?;
    let (i, n_tags) = cond(has(232, i, 8), le_u64).parse(i)?;
    let (i, n_entry_arrays) = cond(has(240, i, 8), le_u64).parse(i)?;
    let (i, data_depth) = cond(has(248, i, 8), le_u64).parse(i)?;
    let (i, field_depth) = cond(has(256, i, 8), le_u64).parse(i)?;
    let (i, tail_array) = cond(has(264, i, 8), (le_u32, le_u32)).parse(i)?;
    let (i, tail_entry) = cond(has(272, i, 8), map(le_u64, Offset)).parse(i)?;
    header.n_data = n_data;
    header.n_fields = n_fields;
    header.n_tags = n_tags;
    header.n_entry_arrays = n_entry_arrays;
    header.data_hash_chain_depth = data_depth;
    header.field_hash_chain_depth = field_depth;
    header.tail_entry_array_offset = tail_array.map(|(at, _)| at);
    header.tail_entry_array_n_entries = tail_array.map(|(_, n)| n);
    header.tail_entry_offset = tail_entry;
    Ok((i, ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of `size` bytes whose byte pairs at 8-byte places are the place itself.
    fn bytes(size: u64) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..size / 8).flat_map(|word| (word * 8).to_le_bytes()).collect();
        bytes[..8].copy_from_slice(SIGNATURE);
        bytes[8..24].copy_from_slice(&[0, 0, 0, 0, 0x1c, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        bytes[88..96].copy_from_slice(&size.to_le_bytes());
        bytes
    }

    #[test]
    fn every_field_lies_where_the_format_puts_it() {
        let bytes = bytes(272);
        let header = Header::read(Image::new(&bytes)).unwrap();
        assert_eq!((header.incompatible_flags, header.state), (0x1c, State::Online));
        assert_eq!(header.seqnum_id.0[..8], 72u64.to_le_bytes());
        assert_eq!(header.data_hash_table_offset, Offset(104));
        assert_eq!(header.entry_array_offset, Offset(176));
        assert_eq!(header.tail_entry_monotonic, Monotonic(200));
        assert_eq!((header.n_data, header.n_entry_arrays), (Some(208), Some(232)));
        assert_eq!(header.tail_entry_array_offset, Some(256));
        assert_eq!(header.tail_entry_offset, Some(Offset(264)));
    }

    #[test]
    fn a_field_exists_only_when_the_header_has_it() {
        for (size, present) in [(208, 0), (224, 2), (240, 4), (256, 6), (264, 7), (272, 8), (304, 8)] {
            let bytes = bytes(size);
            let h = Header::read(Image::new(&bytes)).unwrap();
            let counts = [h.n_data, h.n_fields, h.n_tags, h.n_entry_arrays, h.data_hash_chain_depth];
            let found = counts.iter().flatten().count()
                + usize::from(h.field_hash_chain_depth.is_some())
                + usize::from(h.tail_entry_array_offset.is_some())
                + usize::from(h.tail_entry_offset.is_some());
            assert_eq!(found, present, "header of {size} bytes");
        }
    }

    #[test]
    fn a_foreign_signature_and_a_short_file_are_refused() {
        let mut bytes = bytes(272);
        assert!(Header::read(Image::new(&bytes[..207])).is_err());
        bytes[0] = b'X';
        let damage = Header::read(Image::new(&bytes)).unwrap_err();
        assert_eq!(damage.to_string(), "header at 0x0: does not follow the layout");
    }
}
