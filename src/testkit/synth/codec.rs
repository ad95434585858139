//! How payloads are stored: plain, or compressed by one of the journal's codecs.

/// The codec that a synthetic journal stores its longer payloads with.
///
/// Without the cargo feature of a codec its payloads stay plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Payloads are stored as they are.
    #[default]
    None,
    /// One zstd frame that states its content size, as systemd writes it.
    Zstd,
    /// One zstd frame without a content size, which systemd before 262 refuses.
    ZstdNoSize,
    /// Many zstd frames one behind the other, each of 64 KiB, as no systemd writes it.
    ZstdFrames,
    /// One zstd frame that states a content of 1 TiB.
    ZstdFalseSize,
    /// An LZ4 block behind a size of 1 TiB.
    Lz4FalseSize,
    /// The uncompressed size in 8 bytes, then one raw LZ4 block.
    Lz4,
    /// A whole `.xz` stream without checksum.
    Xz,
}

impl Codec {
    /// The bit in the flags of a DATA object that is compressed so.
    pub(super) fn object_flag(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Xz => 0x01,
            Self::Lz4 | Self::Lz4FalseSize => 0x02,
            Self::Zstd | Self::ZstdNoSize | Self::ZstdFrames | Self::ZstdFalseSize => 0x04,
        }
    }

    /// The bit in the header's incompatible flags that allows it.
    pub(super) fn header_flag(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Xz => 0x01,
            Self::Lz4 | Self::Lz4FalseSize => 0x02,
            Self::Zstd | Self::ZstdNoSize | Self::ZstdFrames | Self::ZstdFalseSize => 0x08,
        }
    }

    /// The compressed form, if there is one and it is smaller than the payload.
    pub(super) fn compress(self, payload: &[u8]) -> Option<Vec<u8>> {
        let stored: Option<Vec<u8>> = match self {
            #[cfg(feature = "zstd")]
            Self::Zstd => zstd::bulk::compress(payload, 3).ok(),
            #[cfg(feature = "zstd")]
            Self::ZstdNoSize => zstd_without_size(payload).ok(),
            #[cfg(feature = "zstd")]
            Self::ZstdFrames => payload
                .chunks(1 << 16)
                .map(|part| zstd_without_size(part).ok())
                .collect::<Option<Vec<_>>>()
                .map(|frames| frames.concat()),
            #[cfg(feature = "zstd")]
            Self::ZstdFalseSize => zstd_without_size(payload).ok().map(|frame| with_false_size(&frame)),
            #[cfg(feature = "lz4")]
            Self::Lz4FalseSize => Some([&FALSE_SIZE.to_le_bytes()[..], &lz4_flex::block::compress(payload)].concat()),
            #[cfg(feature = "lz4")]
            Self::Lz4 => Some(lz4(payload)),
            #[cfg(feature = "xz")]
            Self::Xz => xz(payload).ok(),
            _ => None,
        };
        stored.filter(|stored| stored.len() < payload.len())
    }
}

#[cfg(feature = "zstd")]
fn zstd_without_size(payload: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Write;

    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3)?;
    encoder.include_contentsize(false)?;
    encoder.write_all(payload)?;
    encoder.finish()
}

/// A size that no payload has.
#[cfg(any(feature = "zstd", feature = "lz4"))]
const FALSE_SIZE: u64 = 1 << 40;

/// The frame with a content size in 8 bytes behind its descriptors of frame and window.
#[cfg(feature = "zstd")]
fn with_false_size(frame: &[u8]) -> Vec<u8> {
    [&frame[..4], &[frame[4] | 0xc0], &frame[5..6], &FALSE_SIZE.to_le_bytes(), &frame[6..]].concat()
}

#[cfg(feature = "lz4")]
fn lz4(payload: &[u8]) -> Vec<u8> {
    let mut stored = (payload.len() as u64).to_le_bytes().to_vec();
    stored.extend(lz4_flex::block::compress(payload));
    stored
}

#[cfg(feature = "xz")]
fn xz(payload: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Write;
    use xz2::stream::{Check, Filters, LzmaOptions, Stream};

    let mut options = LzmaOptions::new_preset(0)?;
    options.dict_size(1 << 20);
    let stream = Stream::new_stream_encoder(Filters::new().lzma2(&options), Check::None)?;
    let mut encoder = xz2::write::XzEncoder::new_stream(Vec::new(), stream);
    encoder.write_all(payload)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::Codec;

    const LONG: &[u8] = &[b'x'; 300];

    #[test]
    #[cfg(feature = "zstd")]
    fn a_zstd_frame_states_its_size_unless_told_not_to() {
        let frame = Codec::Zstd.compress(LONG).unwrap();
        // Single segment, content size in two bytes, less 256.
        assert_eq!(frame[..7], [0x28, 0xb5, 0x2f, 0xfd, 0x60, 44, 0]);
        let frame = Codec::ZstdNoSize.compress(LONG).unwrap();
        assert_eq!(frame[..4], [0x28, 0xb5, 0x2f, 0xfd]);
        assert_eq!(frame[4] & 0b1110_0000, 0);
    }

    #[test]
    #[cfg(feature = "lz4")]
    fn an_lz4_payload_begins_with_its_size() {
        assert_eq!(Codec::Lz4.compress(LONG).unwrap()[..9], [44, 1, 0, 0, 0, 0, 0, 0, 0x1f]);
    }

    #[test]
    #[cfg(feature = "xz")]
    fn an_xz_payload_is_a_stream_without_check() {
        let head = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0, 0xff, 0x12, 0xd9, 0x41];
        assert_eq!(Codec::Xz.compress(LONG).unwrap()[..12], head);
    }

    #[test]
    fn what_does_not_shrink_stays_plain() {
        for codec in [Codec::None, Codec::Zstd, Codec::ZstdNoSize, Codec::Lz4, Codec::Xz] {
            assert_eq!(codec.compress(b"short"), None);
        }
        assert_eq!(Codec::None.compress(LONG), None);
    }
}
