//! The fields of a header held against each other and against the size of the file.

use super::{Claims, width};
use crate::check::account::Seqnums;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::{Header, Layout};

/// The places of fields in the header, for the damage that names them.
const N_ENTRIES: Offset = Offset(152);
const TAIL_SEQNUM: Offset = Offset(160);

/// What `n_entries` must be beside the seqnums.
const RANGE: &str = "no more than there are seqnums from the head's to the tail's";

/// No ENTRY object is shorter.
pub(super) const ENTRY_LEAST: u64 = 64;
/// Offsets of the compact layout have 32 bits.
const COMPACT_MOST: u64 = 1 << 32;

impl Claims {
    /// The first and the last seqnum by the header, where there can be such.
    pub(super) fn range_in(&mut self, header: &Header) -> Option<(u64, u64)> {
        let (first, last) = (header.head_entry_seqnum.0, header.tail_entry_seqnum.0);
        if first > 0 && first <= last {
            return Some((first, last));
        }
        let must = if first == 0 {
            "the number of no entry, since head_entry_seqnum is 0"
        } else {
            "no less than head_entry_seqnum"
        };
        self.contradictions.push(Corrupt::new(TAIL_SEQNUM, "tail_entry_seqnum", Fault::Value { found: last, must }));
        None
    }

    /// Whether the range has room for the header's count, or its ends are there; else either of the two may be wrong, and
    /// the greater is what may have been, if all else has room for it.
    pub(super) fn is_believed(&mut self, header: &Header, range: (u64, u64), seqnums: &Seqnums) -> bool {
        let stated = header.n_entries;
        let is_there = !seqnums.runs.is_empty() && range == (seqnums.first.0, seqnums.last.0);
        if stated <= width(range) || is_there || stated > header.n_objects.min(self.room) {
            return true;
        }
        self.contradict_count(stated, RANGE);
        false
    }

    fn contradict_count(&mut self, found: u64, must: &'static str) {
        self.contradictions.push(Corrupt::new(N_ENTRIES, "n_entries", Fault::Value { found, must }));
    }

    /// How many entries the header claims, at most as many as everything else allows; of those numbers `known` are there.
    pub(super) fn count_in(&mut self, header: &Header, range: Option<(u64, u64)>, known: u64) -> u64 {
        let width = range.map_or(u64::MAX, width);
        let bounds = [
            (width, RANGE),
            (header.n_objects, "no more than n_objects"),
            (self.room, "no more than the file has room for"),
        ];
        let stated = header.n_entries;
        let (least, must) = bounds.into_iter().min_by_key(|(bound, _)| *bound).unwrap_or_default();
        // One that was being written is not counted yet.
        if known > stated.saturating_add(u64::from(!header.state.is_closed())) {
            self.contradict_count(stated, "no less than the entries that are there");
            return if range.is_some() { least } else { known };
        }
        if stated > least {
            self.contradict_count(stated, must);
        }
        stated.min(least)
    }
}

/// How many entries fit into a file, by its length or by the one that it had before it was cut.
pub(super) fn room(header: &Header, len: u64) -> u64 {
    let stated = header.header_size.saturating_add(header.arena_size);
    let stated = if header.layout() == Layout::Compact { stated.min(COMPACT_MOST) } else { stated };
    len.max(stated) / ENTRY_LEAST
}
