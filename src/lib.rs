//! Reads systemd journals after the fact and says how each boot ended, with the evidence.
//!
//! Journals are read as they lie: directories copied from `/var/log/journal`, single files, damaged ones too. Files are
//! memory-mapped, fields are borrowed from the map, and what cannot be read is counted and never silently left out.
//!
//! # How did it end?
//!
//! ```
//! use lastwords::{Journal, JournalSource, judge};
//!
//! let journal = Journal::open(&["testdata/demo"], Default::default())?;
//! let source = JournalSource::of(&journal);
//! let newest = journal.boots().len() - 1;
//! let before = judge(&source, newest - 1).expect("the demo has eight boots");
//! assert!(before.headline.starts_with("Orderly reboot"));
//! assert!(!before.evidence.is_empty());
//! # Ok::<(), lastwords::Error>(())
//! ```
//!
//! # Read entries
//!
//! ```
//! use lastwords::{Journal, Matches, Query, Selection};
//!
//! let journal = Journal::open(&["testdata/demo"], Default::default())?;
//! let matches = Matches::read(&["_TRANSPORT=kernel", "PRIORITY=3"])?;
//! let query = Query { matches, ..Query::default() };
//! let mut messages = Vec::new();
//! Selection::of(&journal, &query).each(false, |place| {
//!     if let Ok(entry) = journal.entry(place) {
//!         messages.extend(entry.get("MESSAGE").map(|text| String::from_utf8_lossy(&text).into_owned()));
//!     }
//!     true // go on
//! });
//! assert!(!messages.is_empty());
//! # Ok::<(), lastwords::Error>(())
//! ```
//!
//! # Where things are
//!
//! | want | use |
//! |---|---|
//! | many files as one, their order, their boots | [`Journal`], [`journal`] |
//! | some of the entries, in order or in parallel | [`Query`], [`Selection`], [`query`] |
//! | how a boot ended | [`judge`], [`endings`], [`Postmortem`], [`analysis`] |
//! | entries as text, JSON, export stream | [`output`] |
//! | one file: entries, fields, look-ups | [`JournalFile`], [`Entry`], [`file`](mod@file) |
//! | what lies in a file beyond its index | [`check`] |
//! | a journal file of entries from anywhere | [`write`](mod@write) |
//! | one object from its bytes | [`format`](mod@format), which also describes the format |
//! | bytes of a file, mapped or loaded | [`bytes`] |
//!
//! Each layer uses only those below it:
//!
//! ```text
//! bytes → format → file → check → journal → write → query → analysis → output → cli
//! ```
//!
//! # Features
//!
//! `zstd`, `lz4` and `xz` read payloads of that codec (all on by default); without one, such a payload is counted as
//! lost and named. `cli` is the command, on by default; a library user turns it off. `testkit` makes journals and
//! damages them, for tests.
//!
//! # Promise
//!
//! No input makes the library panic, loop for ever, or allocate more than a small multiple of the input's size;
//! decompressed payloads are bounded by [`Options::payload_limit`]. A file that another process shortens while it is
//! mapped is the one exception, see [`bytes::Source`].
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod analysis;
pub mod bytes;
pub mod check;
#[cfg(feature = "cli")]
pub mod cli;
pub mod corrupt;
pub mod error;
pub mod file;
pub mod format;
pub mod journal;
pub mod output;
pub mod query;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
pub mod write;

pub use analysis::{JournalSource, Postmortem, endings, judge};
pub use error::Error;
pub use file::{Cursor, Entry, JournalFile, Options};
pub use journal::{Boot, Journal};
pub use query::{Matches, Query, Selection};

/// The README's examples, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
