//! The on-disk format: what one object at one offset is.
//!
//! A journal file is a header followed by objects, each on a multiple of 8 and each with its type and size in front:
//!
//! ```text
//! 0 ┌────────┐ header_size ┌─────────────┬─────────────┬──────┬───────┬──────┬───────┬─────────────┬─ ─ ─
//!   │ header │             │ field table │ data table  │ DATA │ FIELD │ DATA │ ENTRY │ ENTRY_ARRAY │ zeros
//!   └────────┘             └─────────────┴─────────────┴──────┴───────┴──────┴───────┴─────────────┴─ ─ ─
//! ```
//!
//! * A **DATA** object holds one `NAME=value`, once per file, perhaps compressed, and lists the entries that use it.
//! * A **FIELD** object holds one name and starts the list of its DATA.
//! * An **ENTRY** holds the clocks, the boot and the offsets of its DATA.
//! * An **ENTRY_ARRAY** lists entries: of the whole file, or of one DATA; arrays are chained.
//! * The two **hash tables** find DATA by payload and FIELD by name. A **TAG** seals what lies before it.
//!
//! Files are *regular* (64-bit links) or *compact* (32-bit links in entries and arrays, since systemd 252); DATA and
//! FIELD hashes are Jenkins' lookup3 or, keyed with the file id, SipHash-2-4.
//!
//! This layer decodes; it follows no link. Each decoder gets the bytes of one object, already cut to its stated size,
//! and needs nothing else. Its parsers are nom's and none of nom shows outside; hot loops read fixed offsets.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

pub mod array;
pub mod data;
pub mod entry;
pub mod field;
pub mod hash;
pub mod header;
mod id;
mod leaf;
pub mod limits;
pub mod object;
pub mod payload;
mod stamp;
mod sum;
pub mod table;
pub mod tag;

pub use array::{ArrayHead, EntryArray};
pub use data::{Data, Stored};
pub use entry::{EntryHead, Items};
pub use field::Field;
pub use header::{Header, State};
pub use id::{Id128, NotAnId};
pub use object::{Object, ObjectType, RawObject};
pub use payload::{Budget, Codec, Inflater};
pub use stamp::{Monotonic, Realtime, Seqnum, TIME_LIMIT};
pub(crate) use sum::is_sum;
pub use table::Table;
pub use tag::Tag;

/// Which of the two object layouts a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// 64-bit links everywhere.
    Regular,
    /// 32-bit links in entries and arrays, two more fields in DATA; since systemd 252.
    Compact,
}
