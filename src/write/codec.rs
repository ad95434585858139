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
    ///
    /// `frame` is what the payload came from and is taken as it is if it is just that.
    #[cfg(feature = "zstd")]
    pub(super) fn small<'a>(&'a mut self, payload: &[u8], frame: Option<&'a [u8]>) -> Option<&'a [u8]> {
        if frame.is_some_and(|frame| frame.len() < payload.len() && is_frame_of(frame, payload.len())) {
            return frame;
        }
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
    pub(super) fn small<'a>(&'a mut self, _payload: &[u8], _frame: Option<&'a [u8]>) -> Option<&'a [u8]> {
        None
    }
}

/// Whether these bytes are one frame, which says that it holds `size` bytes: what every systemd can read.
#[cfg(feature = "zstd")]
fn is_frame_of(frame: &[u8], size: usize) -> bool {
    let stated = zstd::zstd_safe::get_frame_content_size(frame);
    stated.is_ok_and(|stated| stated == Some(size as u64))
        && zstd::zstd_safe::find_frame_compressed_size(frame).is_ok_and(|whole| whole == frame.len())
}
