//! The beginning of a closed file: its header and its first entry, for who decides whether to open it.

use std::path::Path;

use super::JournalFile;
use crate::bytes::{Handle, Image, Reads};
use crate::corrupt::Offset;
use crate::format::array::{ArrayHead, slot};
use crate::format::header::{State, compatible};
use crate::format::{EntryHead, Header};

/// So many bytes have all that is read of a header.
pub(super) const START: usize = 1024;

/// What a closed file begins with.
#[derive(Clone, Debug)]
pub struct Begin {
    /// Its header.
    pub header: Header,
    /// The head of its first entry.
    pub first: EntryHead,
}

impl Begin {
    /// Reads the beginning of a file that was archived; `None` where header, length and first entry do not agree in all,
    /// so that only opening it tells what is in it. Costs a few short reads, and no map.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        let handle = Handle::open(path).ok()?;
        let mut start = [0; START];
        let len = handle.read(Offset(0), &mut start);
        let header = JournalFile::read_header(path, Image::new(start.get(..len)?)).ok()?;
        let layout = header.layout();
        let array = ArrayHead::read(&handle, header.entry_array_offset, layout).ok()?;
        let (first, is_torn) = EntryHead::glance(&handle, slot(&handle, array.at, layout, 0), layout).ok()?;
        let begin = Self { header, first };
        (!is_torn && !handle.has_failed() && begin.agrees(handle.size())).then_some(begin)
    }

    /// What the header says of the last entry, as of the first one's boot, which is not known.
    #[must_use]
    pub const fn last(&self) -> EntryHead {
        let Self { header, first } = self;
        EntryHead {
            seqnum: header.tail_entry_seqnum,
            realtime: header.tail_entry_realtime,
            monotonic: header.tail_entry_monotonic,
            ..*first
        }
    }

    /// Whether what the header says can be true of a file of so many bytes with this first entry.
    fn agrees(&self, size: u64) -> bool {
        let Self { header, first } = self;
        let numbers = header.tail_entry_seqnum.0.checked_sub(first.seqnum.0);
        // As many entries as numbers: none fell back or was given twice.
        header.state == State::Archived
            && header.compatible_flags & !compatible::KNOWN == 0
            && header.size_fault().is_none()
            && header.header_size.checked_add(header.arena_size).is_some_and(|needs| needs <= size)
            && (header.head_entry_seqnum, header.head_entry_realtime) == (first.seqnum, first.realtime)
            && numbers.and_then(|numbers| numbers.checked_add(1)) == Some(header.n_entries)
            && !first.boot_id.is_null()
    }
}
