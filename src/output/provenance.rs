//! Where an entry lies and how it was found, for those who ask.

use super::Look;
use super::escape::{Lines, visible_since};
use super::number::decimal;
use crate::file::Entry;

/// The members that `export`, `json` and `verbose` add to each entry when [`Look::provenance`] asks: the file, where the
/// ENTRY object starts in it in bytes, and whether the index reaches it or a walk found it.
pub const PROVENANCE: [&str; 3] = ["_LASTWORDS_FILE", "_LASTWORDS_OFFSET", "_LASTWORDS_REACH"];

/// Appends the value of one member, by its number in [`PROVENANCE`].
pub(super) fn value(entry: &Entry<'_>, member: usize, out: &mut Vec<u8>) {
    match member {
        0 => {
            let start = out.len();
            let path = entry.file().path().to_string_lossy();
            out.extend_from_slice(path.as_bytes());
            // A path is no journal's text, and has no place for line breaks in any format.
            visible_since(start, Lines::One, out);
        }
        1 => decimal(entry.offset().0, out),
        _ => out.extend_from_slice(reach(entry).as_bytes()),
    }
}

fn reach(entry: &Entry<'_>) -> &'static str {
    if entry.file().is_salvaged(entry.offset()) { "salvaged" } else { "index" }
}

impl Look {
    /// Appends the line below an entry that says where it lies, where that is asked.
    #[inline]
    pub(super) fn origin(&self, entry: &Entry<'_>, out: &mut Vec<u8>) {
        if self.provenance {
            below(entry, out);
        }
    }

    /// Appends the members of an entry, each between what stands around a name and a value.
    #[inline]
    pub(super) fn members(&self, entry: &Entry<'_>, around: [&[u8]; 3], out: &mut Vec<u8>) {
        if self.provenance {
            for (member, name) in PROVENANCE.iter().enumerate() {
                out.extend_from_slice(around[0]);
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(around[1]);
                value(entry, member, out);
                out.extend_from_slice(around[2]);
            }
        }
    }
}

#[cold]
fn below(entry: &Entry<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"    ^ ");
    value(entry, 0, out);
    out.extend_from_slice(format!(" at {}, ", entry.offset()).as_bytes());
    out.extend_from_slice(if reach(entry) == "index" { b"by the index" } else { b"salvaged" });
    out.push(b'\n');
}
