//! How large an entry's fields are, as exported and on disk.

use std::collections::HashMap;

use crate::bytes::Mix;
use crate::corrupt::{Corrupt, Offset};
use crate::file::JournalFile;
use crate::format::{Inflater, Layout, Stored, limits};
use crate::journal::Journal;

/// Shares of disk space are summed in such parts of a byte.
pub(super) const PARTS: u64 = 1024;

/// File and offset of a DATA object in one number: offsets are multiples of 8 and below 8 TiB.
#[inline]
pub(super) fn name(file: u32, at: Offset) -> Option<u64> {
    (at.is_aligned() && at.0 >> 43 == 0 && file >> 24 == 0).then_some(u64::from(file) << 40 | at.0 >> 3)
}

/// A decompressor for as much as the size of the journal's files pays for.
pub(super) fn bounded(journal: &Journal) -> Inflater {
    let most =
        |file: &JournalFile| file.image().len().saturating_mul(limits::INFLATE_RATIO).max(file.options().payload_limit);
    Inflater::bounded(journal.files().iter().map(most).fold(0, u64::saturating_add))
}

/// The decompressed sizes of DATA that several entries use.
#[derive(Debug)]
pub(super) struct Plain {
    inflater: Inflater,
    sizes: HashMap<u64, u64, Mix>,
}

impl Plain {
    pub(super) fn new(journal: &Journal) -> Self {
        Self { inflater: bounded(journal), sizes: HashMap::with_hasher(Mix::new()) }
    }

    /// The size, where it is known.
    #[inline]
    pub(super) fn known(&self, name: Option<u64>) -> Option<u64> {
        self.sizes.get(&name?).copied()
    }

    /// Inflates a payload, and remembers its size if other entries use it too.
    pub(super) fn inflate<'a>(
        &'a mut self,
        file: &JournalFile,
        stored: &Stored<'a>,
        name: Option<u64>,
    ) -> Result<&'a [u8], Corrupt> {
        let payload = file.plain(stored, &mut self.inflater)?;
        if let Some(name) = name.filter(|_| stored.n_entries != 1) {
            self.sizes.insert(name, payload.len() as u64);
        }
        Ok(payload)
    }
}

/// What one of the users of a DATA object has of it and of its list of entries, in parts of a byte.
#[inline]
pub(super) fn share(stored: &Stored<'_>, layout: Layout) -> u64 {
    let (head, slot) = match layout {
        Layout::Regular => (64, 8),
        Layout::Compact => (72, 4),
    };
    let object = (stored.bytes.len() as u64 + head).next_multiple_of(8);
    match stored.n_entries {
        0 | 1 => object * PARTS,
        // The first user stands in the object itself, the others in arrays. A division of floats takes half the time.
        users => (object.saturating_add((users - 1).saturating_mul(slot)) as f64 * PARTS as f64 / users as f64) as u64,
    }
}

/// What an entry itself takes, with its slot in the main array, in bytes.
#[inline]
pub(super) const fn own(items: usize, layout: Layout) -> u64 {
    let (item, slot) = match layout {
        Layout::Regular => (16, 8),
        Layout::Compact => (4, 4),
    };
    (64 + items as u64 * item).next_multiple_of(8) + slot
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrupt::Offset;

    #[test]
    fn a_count_that_lies_does_not_overflow() {
        for n_entries in [0, 1, 2, u64::MAX] {
            let stored = Stored { at: Offset(0), flags: 0, entry: Offset(0), n_entries, bytes: b"A=1" };
            let (shared, whole) = (share(&stored, Layout::Regular), 72 * PARTS);
            assert!(shared > 0 && shared <= whole, "{n_entries}: {shared} of {whole}");
        }
    }
}
