//! Long payloads made smaller.

/// Shorter payloads are stored as they are, as by journald.
pub(super) const LEAST: usize = 512;

/// Compresses payloads one by one, with one state for all.
#[derive(Default)]
pub(super) struct Deflater {
    #[cfg(feature = "zstd")]
    zstd: Option<zstd::bulk::Compressor<'static>>,
    #[cfg(feature = "zstd")]
    buffer: Vec<u8>,
}

impl std::fmt::Debug for Deflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deflater").finish_non_exhaustive()
    }
}

impl Deflater {
    /// The payload as one zstd frame that states its content's size; `None` where that would not be smaller.
    #[cfg(feature = "zstd")]
    pub(super) fn zstd(&mut self, payload: &[u8]) -> Option<&[u8]> {
        if self.zstd.is_none() {
            self.zstd = zstd::bulk::Compressor::new(zstd::DEFAULT_COMPRESSION_LEVEL).ok();
        }
        self.buffer.clear();
        self.buffer.reserve(zstd::zstd_safe::compress_bound(payload.len()));
        let size = self.zstd.as_mut()?.compress_to_buffer(payload, &mut self.buffer).ok()?;
        self.buffer.get(..size).filter(|stored| stored.len() < payload.len())
    }

    #[cfg(not(feature = "zstd"))]
    #[expect(clippy::unused_self, reason = "the same shape with and without the codec")]
    pub(super) fn zstd(&mut self, _payload: &[u8]) -> Option<&[u8]> {
        None
    }
}
