//! The head of an entry as `export` and the JSON formats show it: six members in the same order, framed differently.

use super::number::{decimal, hex};
use crate::file::Entry;
use crate::format::Id128;

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

/// The field that the head shows already.
pub(super) const BOOT_ID: &[u8] = b"_BOOT_ID";

/// Writes heads; keeps the text of the two ids, which rarely change from one entry to the next.
#[derive(Debug, Default)]
pub(super) struct Head {
    seqnum_id: IdText,
    boot_id: IdText,
}

impl Head {
    /// Appends the head of an entry.
    pub(super) fn write(&mut self, entry: &Entry<'_>, frame: &Frame, out: &mut Vec<u8>) {
        let head = entry.head();
        let [cursor, realtime, monotonic, seqnum, before_seqnum_id, before_boot_id, end] = *frame;
        out.extend_from_slice(cursor);
        self.cursor(entry, out);
        for (before, number) in [(realtime, head.realtime.0), (monotonic, head.monotonic.0), (seqnum, head.seqnum.0)] {
            out.extend_from_slice(before);
            decimal(number, out);
        }
        let (seqnum_id, boot_id) = (&self.seqnum_id.text, &self.boot_id.text);
        for part in [before_seqnum_id, seqnum_id, before_boot_id, boot_id, end] {
            out.extend_from_slice(part);
        }
    }

    /// Appends the cursor of an entry, as [`Cursor::write`](crate::file::Cursor::write) has it.
    pub(super) fn cursor(&mut self, entry: &Entry<'_>, out: &mut Vec<u8>) {
        let head = entry.head();
        out.extend_from_slice(b"s=");
        out.extend_from_slice(self.seqnum_id.of(entry.file().header().seqnum_id));
        out.extend_from_slice(b";i=");
        hex(head.seqnum.0, out);
        out.extend_from_slice(b";b=");
        out.extend_from_slice(self.boot_id.of(head.boot_id));
        for (before, number) in [(b";m=", head.monotonic.0), (b";t=", head.realtime.0), (b";x=", head.xor_hash)] {
            out.extend_from_slice(before);
            hex(number, out);
        }
    }
}

/// An id and its text.
#[derive(Debug)]
struct IdText {
    id: Id128,
    text: [u8; 32],
}

impl Default for IdText {
    fn default() -> Self {
        Self { id: Id128::default(), text: [b'0'; 32] }
    }
}

impl IdText {
    #[inline]
    fn of(&mut self, id: Id128) -> &[u8] {
        if self.id != id {
            *self = Self { id, text: id.hex() };
        }
        &self.text
    }
}
