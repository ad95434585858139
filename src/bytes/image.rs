use crate::corrupt::{Corrupt, Fault, Offset};

/// A view of a file's bytes: copy it freely, what it returns lives as long as the bytes.
///
/// Every read is checked against the true length; nothing panics.
#[derive(Clone, Copy, Debug)]
pub struct Image<'data> {
    bytes: &'data [u8],
}

impl<'data> Image<'data> {
    /// A view of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'data [u8]) -> Self {
        Self { bytes }
    }

    /// All bytes.
    #[must_use]
    pub const fn bytes(self) -> &'data [u8] {
        self.bytes
    }

    /// The length in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "nobody asks whether a file is empty")]
    pub const fn len(self) -> u64 {
        self.bytes.len() as u64
    }

    /// `len` bytes at `at`.
    ///
    /// # Errors
    /// [`Fault::Short`] with what was missing.
    #[inline]
    pub fn take(self, at: Offset, len: u64, what: &'static str) -> Result<&'data [u8], Corrupt> {
        let span = usize::try_from(at.0).ok().zip(usize::try_from(len).ok());
        span.and_then(|(at, len)| self.bytes.get(at..)?.get(..len)).ok_or_else(|| self.short(at, len, what))
    }

    /// Everything from `at` on; empty beyond the end.
    #[must_use]
    #[inline]
    pub fn from(self, at: Offset) -> &'data [u8] {
        usize::try_from(at.0).ok().and_then(|at| self.bytes.get(at..)).unwrap_or_default()
    }

    /// The same bytes for as long as the file has them, where `bytes` lie in it and are no copy.
    #[must_use]
    pub fn lend(self, bytes: &[u8]) -> Option<&'data [u8]> {
        let at = bytes.as_ptr().addr().checked_sub(self.bytes.as_ptr().addr())?;
        self.bytes.get(at..)?.get(..bytes.len())
    }

    #[cold]
    fn short(self, at: Offset, needs: u64, what: &'static str) -> Corrupt {
        Corrupt::new(at, what, Fault::Short { needs, remain: self.len().saturating_sub(at.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_past_the_end_says_what_was_missing() {
        let image = Image::new(b"0123456789");
        assert_eq!(image.take(Offset(2), 3, "thing"), Ok(&b"234"[..]));
        let damage = image.take(Offset(8), 3, "thing").unwrap_err();
        assert_eq!(damage.to_string(), "thing at 0x8: needs 3 bytes, 2 remain");
        assert!(image.take(Offset(u64::MAX), u64::MAX, "thing").is_err());
    }

    #[test]
    fn only_what_lies_in_a_file_is_lent() {
        let bytes = *b"0123456789";
        let image = Image::new(&bytes[2..8]);
        let lent = |part: &[u8]| image.lend(part).map(<[u8]>::as_ptr);
        assert_eq!(lent(&bytes[3..5]), Some(bytes[3..].as_ptr()));
        assert_eq!(lent(&bytes[2..8]), Some(bytes[2..].as_ptr()));
        let copy = bytes;
        assert_eq!([lent(&bytes[1..3]), lent(&bytes[7..9]), lent(&bytes[8..9]), lent(&copy[3..4])], [None; 4]);
    }
}
