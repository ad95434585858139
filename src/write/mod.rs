//! Sound journal files written from entries of anywhere: what a query found, what was salvaged from a wreck.
//!
//! ```text
//! header · (DATA · FIELD? ·)* ENTRY · … · ENTRY_ARRAY* · FIELD_HASH_TABLE · DATA_HASH_TABLE
//! ```
//!
//! Objects are appended as entries come, like journald does it. The lists and the hash tables follow when all entries
//! are known, so that they have the size that the content needs and lie together. Where each of them will lie follows from
//! how many there are, so that two threads write them, and fill in the links of the DATA, in any order. The file is closed as ARCHIVED: readers take it as it is and no writer will append to it.
//!
//! * [`Writer`] takes entries one by one; [`write_journal`] takes all that an iterator gives. A [`Packer`] does what takes
//!   time on other threads, and what has been gathered goes to the system on a thread of its own.
//! * A large file has its place on the disk before it is written, where the system can do that; what it does not need in
//!   the end it gives back.
//! * The bytes go to a file beside the target, which gets the target's name when it is whole and on the disk. A target
//!   that exists is refused, and whatever fails leaves nothing behind; [`abandon`] is for a program that ends at once.
//! * Timestamps, boots, the order of fields and their bytes are kept. Sequence numbers are kept as long as they grow
//!   within one `seqnum_id`, which is all that a file can say; otherwise the file counts anew under an id of its own,
//!   and its [`Report`] says so.
//! * Memory: about 45 bytes for each distinct field, 4 for each entry and 1 or 2 for each further use of a field;
//!   less than a fifth of the file. Fields are told apart by 96 bits of two hashes, one secretly keyed, not by their bytes:
//!   that a file of 4 GiB takes two for the same has a chance below 10⁻¹³, for fields made to collide below 10⁻⁴.
#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

mod arrays;
mod behind;
mod chains;
mod codec;
mod course;
mod draft;
mod ends;
mod entries;
mod finish;
mod header;
mod known;
mod links;
mod mend;
mod name;
mod packed;
mod plan;
mod record;
mod report;
mod room;
mod sheet;
mod spool;
mod used;
mod writer;

#[cfg(test)]
mod tests;

pub use draft::{Abandoned, Draft, Folders, abandon};
pub use name::field_name;
pub use packed::{Packed, Packer};
pub use record::{Record, Stamp, write_journal, xor_hash};
pub use report::{Report, Seqnums};
pub use used::DataId;
pub use writer::Writer;

use crate::format::{Id128, Layout};

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The layout of objects: compact takes systemd 252 or later to read, regular takes more space.
    pub layout: Layout,
    /// Whether payloads from 512 bytes on are compressed with zstd, where that makes them smaller; without the feature
    /// `zstd` none is.
    pub compress: bool,
    /// The machine that the entries are of; null when that is not known, or several.
    pub machine_id: Id128,
    /// The file's id, which keys its hashes; made up when it is not given.
    pub file_id: Option<Id128>,
    /// How large the file may become for [`Writer::takes`]; 4 GiB at most.
    pub most: u64,
    /// About how many different fields are to come, where that is known; more or fewer only take more time, as memory is taken when that many are near.
    pub expected_fields: u64,
    /// Whether to wait until the disk has everything before the file gets its name.
    pub sync: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            layout: Layout::Compact,
            compress: true,
            machine_id: Id128::default(),
            file_id: None,
            most: MOST,
            expected_fields: 0,
            sync: true,
        }
    }
}

/// Where a file must end, since some of its links have 32 bits in either layout.
const MOST: u64 = u32::MAX as u64;
