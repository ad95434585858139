//! One journal file: follows the links between its objects, bounded, and borrows from its bytes.
//!
//! A [`JournalFile`] owns the bytes; everything it gives out borrows them and is `Copy`. Opening reads the header and the
//! chain of the main entry array, which are a few pages whatever the file's size. Damage that opening meets is kept in
//! [`JournalFile::losses`], and everything that is still reachable stays readable.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

mod arrays;
mod begin;
mod chain;
mod cursor;
mod entry;
mod fields;
mod findings;
mod linked;
mod listed;
mod lists;
mod objects;
mod open;
mod owner;
mod slice;
mod slots;
mod spans;
mod tables;
mod whole;

pub use arrays::Arrays;
pub use begin::Begin;
pub use cursor::{Cursor, NotACursor};
pub use entry::{Entry, FieldValue};
pub use fields::{Search, Values};
pub use findings::Findings;
pub(crate) use linked::Link;
pub use listed::DataEntries;
pub use objects::Objects;
pub use open::{JournalFile, Options, Reach};
pub use slice::Slice;
pub use spans::{Span, Spans};
pub(crate) use whole::is_ended;
