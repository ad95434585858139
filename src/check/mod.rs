//! What a crash left behind: everything that lies in one file, whether its index reaches it or not.
//!
//! A journal file is a row of objects, and its index is made of such objects too. Where the index is torn, the row is
//! still there: [`Walk`] gives object after object and finds the next one after damage; [`Salvage`] holds the entries
//! among them against the index and says which lie beyond it, which are whole, which lost fields, and which are not this
//! file's at all; [`Account`] is all of it in numbers.
//!
//! What proves what:
//!
//! | object | proof |
//! | --- | --- |
//! | DATA, FIELD | the hash of its content; keyed with the file's id, so that nothing of another file passes |
//! | ENTRY | the XOR of its payloads' hashes; each payload must be proven first |
//! | ENTRY_ARRAY | slots ascend, and the first names an entry |
//! | ENTRY with payloads lost | its boot is known, its seqnum fits in, and what is left of its payloads is proven |
//!
//! Whether a file is whole by every rule is another question, and [`verify`](mod@verify) answers it.
//!
//! A pure function of one open file. What it finds is taken up by the reader as [`Findings`](crate::file::Findings),
//! which `journal` sees to for files that [`is_suspect`] names.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

mod account;
mod claims;
mod judge;
mod light;
mod links;
mod memory;
mod places;
mod reach;
mod restore;
mod salvage;
mod sample;
mod search;
mod starts;
mod suspect;
#[cfg(test)]
mod tests;
mod total;
mod verdict;
pub mod verify;
mod walk;

pub(crate) use account::common;
pub use account::{Account, Bytes, Entries, Objects, Seqnums};
pub use claims::Claims;
pub(crate) use claims::width;
pub use restore::{Restored, header_fits, restore, restore_bytes};
pub use salvage::{Salvage, Salvaged};
pub(crate) use starts::Starts;
pub use suspect::is_suspect;
pub use walk::{Piece, Walk};
