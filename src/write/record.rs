//! An entry to be written, and all of them at once.

use std::path::Path;

use super::{DataId, Options, Report, Writer};
use crate::error::Error;
use crate::format::hash::jenkins64;
use crate::format::{Id128, Monotonic, Realtime, Seqnum};

/// When and where an entry was logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Whose numbers [`Stamp::seqnum`] counts in.
    pub seqnum_id: Id128,
    /// Its number, from 1.
    pub seqnum: Seqnum,
    /// Wall-clock time of reception.
    pub realtime: Realtime,
    /// Time since boot of reception.
    pub monotonic: Monotonic,
    /// The boot it was logged in, never null.
    pub boot_id: Id128,
    /// What the entry is told from others by; [`xor_hash`] of its fields, unless it came with one.
    pub xor_hash: u64,
}

/// An entry with its fields in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// When and where it was logged; a `xor_hash` of 0 is worked out.
    pub stamp: Stamp,
    /// Its fields in order, each `NAME=value`.
    pub fields: Vec<Vec<u8>>,
}

/// What tells entries of the same time apart: the Jenkins hashes of their fields, one upon the other.
pub fn xor_hash<'a>(payloads: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    payloads.into_iter().fold(0, |hash, payload| hash ^ jenkins64(payload))
}

/// Writes entries into a new file, in the order given.
///
/// Fields without a name that a journal may have are left out; [`field_name`](super::field_name) tells.
///
/// ```
/// use lastwords::format::{Id128, Monotonic, Realtime, Seqnum};
/// use lastwords::write::{Options, Record, Seqnums, Stamp, write_journal};
///
/// let record = |number: u64| Record {
///     stamp: Stamp {
///         seqnum_id: Id128([1; 16]),
///         seqnum: Seqnum(number),
///         realtime: Realtime(1_700_000_000_000_000 + number),
///         monotonic: Monotonic(number),
///         boot_id: Id128([2; 16]),
///         xor_hash: 0,
///     },
///     fields: vec![format!("MESSAGE=line {number}").into_bytes(), b"PRIORITY=6".to_vec()],
/// };
/// let path = std::env::temp_dir().join(format!("lastwords-example-{}.journal", std::process::id()));
/// let report = write_journal((1..=3).map(record), &path, &Options::default())?;
/// assert_eq!((report.entries, report.fields, report.seqnums), (3, 4, Seqnums::Kept));
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), lastwords::Error>(())
/// ```
///
/// # Errors
/// When the file exists or cannot be written, or would exceed 4 GiB; then there is none.
pub fn write_journal(
    records: impl IntoIterator<Item = Record>,
    path: &Path,
    options: &Options,
) -> Result<Report, Error> {
    let mut writer = Writer::create(path, options)?;
    let mut data: Vec<DataId> = Vec::new();
    for Record { mut stamp, fields } in records {
        data.clear();
        for field in &fields {
            data.extend(writer.data(field)?);
        }
        if stamp.xor_hash == 0 {
            stamp.xor_hash = xor_hash(fields.iter().map(Vec::as_slice));
        }
        writer.entry(&stamp, &data)?;
    }
    writer.finish()
}
