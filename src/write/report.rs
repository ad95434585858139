//! What became of the entries.

use std::path::PathBuf;

use crate::format::{Id128, Realtime, Seqnum};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The file.
    pub path: PathBuf,
    /// How many entries it has.
    pub entries: u64,
    /// Of how many boots.
    pub boots: u64,
    /// How many distinct fields.
    pub fields: u64,
    /// Its size in bytes.
    pub size: u64,
    /// Whether the entries have the numbers that they came with.
    pub seqnums: Seqnums,
    /// The file's `seqnum_id`.
    pub seqnum_id: Id128,
    /// The number of the first entry; 0 without one.
    pub head_seqnum: Seqnum,
    /// The number of the last entry; 0 without one.
    pub tail_seqnum: Seqnum,
    /// The time of the first entry; 0 without one.
    pub head_realtime: Realtime,
    /// Entries that no file can hold: without a field, without a boot, or with a time or a number out of range.
    pub refused: u64,
    /// How often an entry of the same boot as the one before it has an earlier monotonic time, which `--verify` faults.
    pub backwards: u64,
}

/// Whether sequence numbers could be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seqnums {
    /// Every entry has its own, under the `seqnum_id` that they came with.
    Kept,
    /// Counted anew from 1 under an id of the file's own, since the entries are of several `seqnum_id`s.
    OfSeveral,
    /// Counted anew, since those that came do not grow from entry to entry.
    Disordered,
}

impl Report {
    /// The name that journald gives an archived file of this content: `stem@SEQNUM_ID-SEQNUM-REALTIME.journal`.
    ///
    /// `stem` is `system`, `user-UID`, or whatever the files that the entries came from begin with.
    #[must_use]
    pub fn archived_name(&self, stem: &str) -> String {
        format!("{stem}@{}-{:016x}-{:016x}.journal", self.seqnum_id, self.head_seqnum.0, self.head_realtime.0)
    }
}
