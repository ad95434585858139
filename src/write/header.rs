//! The header, which is written last.

use crate::format::header::SIGNATURE;

/// Its size: that of systemd 254 and later.
pub(super) const SIZE: usize = 272;

/// The state of a file that is closed for ever.
pub(super) const ARCHIVED: u8 = 2;

/// A header that is being filled; what is not said is 0.
#[derive(Debug)]
pub(super) struct Header([u8; SIZE]);

impl Header {
    /// A header with nothing but its own size.
    pub(super) fn new() -> Self {
        let mut header = Self([0; SIZE]);
        header.put(0, SIGNATURE);
        header.number(88, SIZE as u64);
        header
    }

    pub(super) fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.0.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    pub(super) fn number(&mut self, at: usize, number: u64) {
        self.put(at, &number.to_le_bytes());
    }

    pub(super) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}
