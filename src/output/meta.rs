//! The head of an entry as `export` and `json` show it: six members in the same order, framed differently.

use super::number::decimal;
use crate::file::Entry;

/// What stands before each of the six values, and after the last.
pub(super) type Frame = [&'static [u8]; 7];

/// The members in the export format.
pub(super) const EXPORT: Frame = [
    b"__CURSOR=",
    b"\n__REALTIME_TIMESTAMP=",
    b"\n__MONOTONIC_TIMESTAMP=",
    b"\n__SEQNUM=",
    b"\n__SEQNUM_ID=",
    b"\n_BOOT_ID=",
    b"\n",
];

/// The members as the beginning of a JSON object.
pub(super) const JSON: Frame = [
    b"{\"__CURSOR\":\"",
    b"\",\"__REALTIME_TIMESTAMP\":\"",
    b"\",\"__MONOTONIC_TIMESTAMP\":\"",
    b"\",\"__SEQNUM\":\"",
    b"\",\"__SEQNUM_ID\":\"",
    b"\",\"_BOOT_ID\":\"",
    b"\"",
];

/// The field that the head shows already.
pub(super) const BOOT_ID: &[u8] = b"_BOOT_ID";

/// Appends the head of an entry.
pub(super) fn head(entry: &Entry<'_>, frame: &Frame, out: &mut Vec<u8>) {
    let [cursor, realtime, monotonic, seqnum, seqnum_id, boot_id, end] = *frame;
    out.extend_from_slice(cursor);
    entry.cursor().write(out);
    for (before, number) in
        [(realtime, entry.realtime().0), (monotonic, entry.monotonic().0), (seqnum, entry.seqnum().0)]
    {
        out.extend_from_slice(before);
        decimal(number, out);
    }
    for (before, id) in [(seqnum_id, entry.file().header().seqnum_id), (boot_id, entry.boot_id())] {
        out.extend_from_slice(before);
        out.extend_from_slice(&id.hex());
    }
    out.extend_from_slice(end);
}
