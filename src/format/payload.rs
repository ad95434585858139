//! Stored payloads made plain again, never beyond a limit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::limits;
use crate::corrupt::Fault;

/// How a payload is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// A whole `.xz` stream.
    Xz,
    /// A 64-bit size, then one raw LZ4 block.
    Lz4,
    /// A zstd frame, or several.
    Zstd,
}

impl Codec {
    /// The codec's name, which is also that of the feature that reads it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xz => "xz",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}

/// How many bytes may still be inflated for one question to one file, shared by all who work on it.
#[derive(Clone, Debug)]
pub struct Budget {
    most: u64,
    left: Arc<AtomicU64>,
    is_short: Arc<AtomicBool>,
}

impl Budget {
    /// So many bytes in all.
    #[must_use]
    pub fn of(most: u64) -> Self {
        Self { most, left: Arc::new(AtomicU64::new(most)), is_short: Arc::default() }
    }

    /// Whether nothing, or too little for what was wanted, is left.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.is_short.load(Ordering::Relaxed)
    }

    /// How many bytes it was in all.
    #[must_use]
    pub const fn most(&self) -> u64 {
        self.most
    }

    fn fault(&self) -> Fault {
        self.is_short.store(true, Ordering::Relaxed);
        Fault::Spent { most: self.most }
    }

    fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    fn spend(&self, bytes: u64) {
        // Two threads may both use what is left; each at most once.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(bytes)));
    }
}

/// A reusable decompressor: one buffer and one decoder state for any number of payloads.
pub struct Inflater {
    buffer: Vec<u8>,
    left: u64,
    budget: Option<Budget>,
    #[cfg(feature = "zstd")]
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl Default for Inflater {
    fn default() -> Self {
        Self::bounded(u64::MAX)
    }
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflater").field("buffer", &self.buffer.len()).finish_non_exhaustive()
    }
}

/// A buffer that served one huge payload is given back to the system, so that it does not stay for the whole run.
const BUFFER_KEPT: usize = 4 << 20;

/// A frame may say that it has so many bytes: memory that nothing is written to costs nothing.
#[cfg(feature = "zstd")]
const BELIEVED: u64 = 16 << 20;

impl Inflater {
    /// A decompressor for so many bytes in all; then it answers [`Fault::TooLarge`].
    #[must_use]
    pub const fn bounded(total: u64) -> Self {
        Self {
            buffer: Vec::new(),
            left: total,
            budget: None,
            #[cfg(feature = "zstd")]
            zstd: None,
        }
    }

    /// A decompressor that pays from a budget; when that is spent, it answers [`Fault::Spent`].
    #[must_use]
    pub fn within(budget: &Budget) -> Self {
        let mut inflater = Self::default();
        inflater.pay_from(budget);
        inflater
    }

    /// From now on pays from another budget: that of the file whose payloads come next.
    #[inline]
    pub fn pay_from(&mut self, budget: &Budget) {
        if !self.budget.as_ref().is_some_and(|own| Arc::ptr_eq(&own.left, &budget.left)) {
            self.budget = Some(budget.clone());
        }
    }

    /// Gives a large buffer back to the system, where none is wanted for some time.
    #[inline]
    pub fn relax(&mut self) {
        if self.buffer.capacity() > BUFFER_KEPT {
            self.buffer = Vec::new();
        }
    }

    /// Decompresses `stored`; the result lives until the next call.
    ///
    /// Memory is bounded by `limit`, whatever the payload declares.
    ///
    /// # Errors
    /// [`Fault::TooLarge`], [`Fault::Spent`], [`Fault::Decompress`] or [`Fault::NotEnabled`].
    pub fn inflate(&mut self, codec: Codec, stored: &[u8], limit: u64) -> Result<&[u8], Fault> {
        let paid = self.budget.as_ref().map_or(u64::MAX, Budget::left);
        let limit = limit.min(limits::PAYLOAD_MOST);
        let (limit, is_paid) = if paid < limit { (paid, false) } else { (limit, true) };
        let limit = limit.min(self.left);
        self.buffer.clear();
        if self.left == 0 {
            return Err(Fault::TooLarge { size: 1, limit: 0 });
        }
        if let Some(budget) = self.budget.as_ref().filter(|_| paid == 0) {
            return Err(budget.fault());
        }
        self.relax();
        let done = match codec {
            Codec::Xz => self.xz(stored, limit),
            Codec::Lz4 => self.lz4(stored, limit),
            Codec::Zstd => self.zstd(stored, limit),
        };
        // What failed half-way has cost as much as what succeeded.
        self.left = self.left.saturating_sub(self.buffer.len() as u64);
        let Some(budget) = &self.budget else { return done.map(|()| self.buffer.as_slice()) };
        budget.spend(self.buffer.len() as u64);
        match done {
            Err(Fault::TooLarge { .. }) if !is_paid => Err(budget.fault()),
            done => done.map(|()| self.buffer.as_slice()),
        }
    }

    /// The first `most` bytes of what [`Inflater::inflate`] would give, of zstd and xz at no more cost than that; what
    /// follows may be damaged. Nothing is paid for it.
    ///
    /// # Errors
    /// [`Fault::Decompress`] or [`Fault::NotEnabled`].
    pub fn beginning(&mut self, codec: Codec, stored: &[u8], most: usize) -> Result<&[u8], Fault> {
        self.buffer.clear();
        self.relax();
        let limit = most as u64;
        let done = match codec {
            Codec::Xz => self.xz(stored, limit),
            Codec::Lz4 => self.lz4(stored, limits::PAYLOAD_MOST),
            Codec::Zstd => self.zstd_stream(stored, limit),
        };
        match done {
            Err(fault) if !matches!(fault, Fault::TooLarge { .. }) => Err(fault),
            _ => Ok(self.buffer.get(..most).unwrap_or(&self.buffer)),
        }
    }

    #[cfg(feature = "xz")]
    fn xz(&mut self, stored: &[u8], limit: u64) -> Result<(), Fault> {
        let bad = |_| Fault::Decompress { codec: "xz" };
        let stream = xz2::stream::Stream::new_stream_decoder(limits::XZ_MEMORY, 0)
            .map_err(|_| Fault::Decompress { codec: "xz" })?;
        bounded(xz2::bufread::XzDecoder::new_stream(stored, stream), limit, &mut self.buffer)?.map_err(bad)
    }

    #[cfg(not(feature = "xz"))]
    #[expect(clippy::unused_self, reason = "the same shape with and without the codec")]
    fn xz(&mut self, _stored: &[u8], _limit: u64) -> Result<(), Fault> {
        Err(Fault::NotEnabled { codec: "xz" })
    }

    #[cfg(feature = "lz4")]
    fn lz4(&mut self, stored: &[u8], limit: u64) -> Result<(), Fault> {
        let bad = Fault::Decompress { codec: "lz4" };
        let Some((size, block)) = stored.split_first_chunk() else { return Err(bad) };
        let size = u64::from_le_bytes(*size);
        if size > limit {
            return Err(Fault::TooLarge { size, limit });
        }
        // No block expands more than 255 times, so a lie about the size costs no memory.
        let Ok(size) = usize::try_from(size) else { return Err(bad) };
        if size > block.len().saturating_mul(255).saturating_add(64) {
            return Err(bad);
        }
        self.buffer.resize(size, 0);
        match lz4_flex::block::decompress_into(block, &mut self.buffer) {
            Ok(written) if written == size => Ok(()),
            _ => Err(bad),
        }
    }

    #[cfg(not(feature = "lz4"))]
    #[expect(clippy::unused_self, reason = "the same shape with and without the codec")]
    fn lz4(&mut self, _stored: &[u8], _limit: u64) -> Result<(), Fault> {
        Err(Fault::NotEnabled { codec: "lz4" })
    }

    #[cfg(feature = "zstd")]
    fn zstd(&mut self, stored: &[u8], limit: u64) -> Result<(), Fault> {
        let bad = || Fault::Decompress { codec: "zstd" };
        let declared = zstd::zstd_safe::get_frame_content_size(stored).map_err(|_| bad())?;
        if let Some(size) = declared {
            if size > limit {
                return Err(Fault::TooLarge { size, limit });
            }
            // What a frame declares beyond that is believed only as far as its own length makes it likely.
            if size <= (stored.len() as u64).saturating_mul(64).max(BELIEVED) && self.zstd_whole(stored, size) {
                return Ok(());
            }
        }
        self.buffer.clear();
        self.zstd_stream(stored, limit)
    }

    /// Any frames, a little at a time.
    #[cfg(feature = "zstd")]
    fn zstd_stream(&mut self, stored: &[u8], limit: u64) -> Result<(), Fault> {
        let bad = |_| Fault::Decompress { codec: "zstd" };
        let decoder = zstd::stream::read::Decoder::with_buffer(stored).map_err(bad)?;
        bounded(decoder, limit, &mut self.buffer)?.map_err(bad)
    }

    #[cfg(not(feature = "zstd"))]
    #[expect(clippy::unused_self, reason = "the same shape with and without the codec")]
    fn zstd_stream(&mut self, _stored: &[u8], _limit: u64) -> Result<(), Fault> {
        Err(Fault::NotEnabled { codec: "zstd" })
    }

    /// The usual case: one frame of known size in one call. `false` when it is something else.
    #[cfg(feature = "zstd")]
    fn zstd_whole(&mut self, stored: &[u8], size: u64) -> bool {
        if self.zstd.is_none() {
            self.zstd = zstd::bulk::Decompressor::new().ok();
        }
        let (Some(decoder), Ok(size)) = (&mut self.zstd, usize::try_from(size)) else { return false };
        self.buffer.try_reserve_exact(size).is_ok()
            && decoder.decompress_to_buffer(stored, &mut self.buffer).is_ok_and(|written| written == size)
    }

    #[cfg(not(feature = "zstd"))]
    #[expect(clippy::unused_self, reason = "the same shape with and without the codec")]
    fn zstd(&mut self, _stored: &[u8], _limit: u64) -> Result<(), Fault> {
        Err(Fault::NotEnabled { codec: "zstd" })
    }
}

/// Reads a decoder to its end, or one byte beyond the limit, which is damage.
#[cfg(any(feature = "xz", feature = "zstd"))]
fn bounded(decoder: impl std::io::Read, limit: u64, into: &mut Vec<u8>) -> Result<std::io::Result<()>, Fault> {
    use std::io::Read;
    let read = decoder.take(limit.saturating_add(1)).read_to_end(into);
    let size = into.len() as u64;
    if size > limit {
        return Err(Fault::TooLarge { size, limit });
    }
    Ok(read.map(drop))
}

#[cfg(all(test, any(feature = "zstd", feature = "lz4", feature = "xz")))]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "zstd")]
    fn zstd_frames_of_every_kind_are_read() {
        let plain = vec![b'z'; 5000];
        let whole = zstd::bulk::compress(&plain, 3).unwrap();
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_contentsize(false).unwrap();
        std::io::Write::write_all(&mut encoder, &plain).unwrap();
        let unsized_frame = encoder.finish().unwrap();
        assert!(matches!(zstd::zstd_safe::get_frame_content_size(&unsized_frame), Ok(None)));
        let two = [whole.clone(), whole.clone()].concat();
        let mut inflater = Inflater::default();
        for (stored, size) in [(&whole, 5000), (&unsized_frame, 5000), (&two, 10_000)] {
            assert_eq!(inflater.inflate(Codec::Zstd, stored, 1 << 20).unwrap().len(), size);
            let fault = inflater.inflate(Codec::Zstd, stored, 4999).unwrap_err();
            assert!(matches!(fault, Fault::TooLarge { limit: 4999, .. }), "{fault}");
        }
        assert_eq!(inflater.inflate(Codec::Zstd, &whole[..10], 1 << 20), Err(Fault::Decompress { codec: "zstd" }));
    }

    #[test]
    #[cfg(feature = "zstd")]
    fn a_bounded_inflater_stops_after_so_many_bytes_whether_they_were_good_or_not() {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_contentsize(false).unwrap();
        std::io::Write::write_all(&mut encoder, &[b'z'; 5000]).unwrap();
        let stored = encoder.finish().unwrap();
        let mut inflater = Inflater::bounded(12_000);
        assert!(inflater.inflate(Codec::Zstd, &stored, 4000).is_err());
        assert!(inflater.inflate(Codec::Zstd, &stored, 6000).is_ok());
        assert_eq!(inflater.inflate(Codec::Zstd, &stored, 6000), Err(Fault::TooLarge { size: 3000, limit: 2999 }));
        assert_eq!(inflater.inflate(Codec::Zstd, &stored, 6000), Err(Fault::TooLarge { size: 1, limit: 0 }));
    }

    #[test]
    #[cfg(feature = "zstd")]
    fn those_who_share_a_budget_stop_together_and_say_so() {
        let stored = zstd::bulk::compress(&[b'z'; 5000], 3).unwrap();
        let budget = Budget::of(12_000);
        let (mut one, mut other) = (Inflater::within(&budget), Inflater::within(&budget.clone()));
        assert!(one.inflate(Codec::Zstd, &stored, 6000).is_ok());
        // A limit of the caller's is one, whatever is left.
        assert!(matches!(one.inflate(Codec::Zstd, &stored, 4000), Err(Fault::TooLarge { limit: 4000, .. })));
        assert!(other.inflate(Codec::Zstd, &stored, 6000).is_ok() && !budget.is_spent());
        for inflater in [&mut one, &mut other] {
            assert_eq!(inflater.inflate(Codec::Zstd, &stored, 6000), Err(Fault::Spent { most: 12_000 }));
        }
        assert!(budget.is_spent());
        // Another file's payloads are not paid for by this one.
        one.pay_from(&Budget::of(5000));
        assert!(one.inflate(Codec::Zstd, &stored, 6000).is_ok());
        assert_eq!(one.inflate(Codec::Zstd, &stored, 6000), Err(Fault::Spent { most: 5000 }));
    }

    #[test]
    #[cfg(feature = "lz4")]
    fn an_lz4_block_that_lies_about_its_size_is_damage() {
        let block = lz4_flex::block::compress(b"hello hello hello hello");
        let stored = |size: u64| [&size.to_le_bytes()[..], &block].concat();
        let mut inflater = Inflater::default();
        assert_eq!(inflater.inflate(Codec::Lz4, &stored(23), 100).unwrap(), b"hello hello hello hello");
        for lie in [22, 24, 99] {
            assert!(inflater.inflate(Codec::Lz4, &stored(lie), 100).is_err(), "{lie}");
        }
        assert_eq!(inflater.inflate(Codec::Lz4, &stored(101), 100), Err(Fault::TooLarge { size: 101, limit: 100 }));
        assert!(inflater.inflate(Codec::Lz4, &stored(1 << 29), limits::PAYLOAD_MOST).is_err());
        assert!(inflater.inflate(Codec::Lz4, b"short", 100).is_err());
    }

    #[test]
    #[cfg(feature = "xz")]
    fn xz_streams_stop_at_the_limit() {
        let mut stored = Vec::new();
        std::io::Read::read_to_end(&mut xz2::read::XzEncoder::new(&[b'x'; 3000][..], 0), &mut stored).unwrap();
        let mut inflater = Inflater::default();
        assert_eq!(inflater.inflate(Codec::Xz, &stored, 3000).unwrap().len(), 3000);
        assert_eq!(inflater.inflate(Codec::Xz, &stored, 2999), Err(Fault::TooLarge { size: 3000, limit: 2999 }));
        assert_eq!(inflater.inflate(Codec::Xz, &stored[..40], 3000), Err(Fault::Decompress { codec: "xz" }));
    }
}
