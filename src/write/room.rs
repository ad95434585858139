//! Whether a file can take one more entry, and what another file takes over from it where it cannot.

use super::packed::Packed;
use super::{DataId, MOST, Stamp, Writer};
use crate::corrupt::{Corrupt, Offset};
use crate::error::Error;
use crate::format::{Codec, Inflater, limits};

/// What an array has besides its slots, at most: a header and padding.
const ARRAY: u64 = 32;
/// Each array of a list has room for three times as many entries as those before it together, so that a list of `n`
/// has no more than two arrays and one for each so many.
const ENTRIES_AN_ARRAY: u64 = 13;

impl Writer {
    /// Whether an entry can follow so that every systemd finds the file sound: its boot's clock does not go back, and
    /// there is room for it with its new fields, which take `bytes` at most. The first entry always can.
    #[must_use]
    pub fn takes(&self, stamp: &Stamp, bytes: u64) -> bool {
        let most = self.options.most.min(MOST);
        self.entries.is_empty() || (!self.course.goes_back(stamp) && self.size().saturating_add(bytes) <= most)
    }

    /// How large the file would be if it ended here, at most.
    fn size(&self) -> u64 {
        let width = if self.is_compact() { 4 } else { 8 };
        let (lists, uses) = (self.links.lists() as u64 + 1, self.links.uses() + self.entries.len() as u64);
        let arrays = lists * 2 + uses / ENTRIES_AN_ARRAY;
        let buckets = (self.places.len() + self.fields.len()) as u64 * 4 / 3 + 64;
        self.spool.end() + uses * width + arrays * ARRAY + buckets * 16
    }

    /// The number of a field that was packed for another file, which is stored now unless it is there.
    ///
    /// # Errors
    /// When it cannot be written, or was not packed by this program.
    pub fn packed_elsewhere(&mut self, packed: &Packed<'_>, inflater: &mut Inflater) -> Result<Option<DataId>, Error> {
        if !packed.is_zstd {
            return self.data(packed.stored);
        }
        match inflater.inflate(Codec::Zstd, packed.stored, limits::PAYLOAD_MOST) {
            Ok(payload) => self.data(payload),
            Err(fault) => {
                let damage = Corrupt::new(Offset(self.spool.end()), "data payload", fault);
                Err(Error::Corrupt { path: self.spool.target().to_owned(), damage })
            }
        }
    }
}
