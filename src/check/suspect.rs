//! Whether a file is worth a walk, by what a few of its pages say.

use crate::file::JournalFile;
use crate::format::header::State;
use crate::format::{ObjectType, RawObject};

/// Whether a file may hold entries that its index does not reach.
///
/// So may every file that was not closed: one that is ONLINE by its header or was set aside as unclean, by its name. Of
/// others the index must lead to all that the header claims, and nothing may lie behind the last object that the header
/// knows; where the boots are not listed as they should be, the header must be that of the objects; and none is taken for
/// empty by what its header says. A file that was archived is taken by its index alone, until something of it cannot be
/// read. Costs a few pages.
#[must_use]
pub fn is_suspect(file: &JournalFile) -> bool {
    let header = file.header();
    let is_open = !header.state.is_closed();
    let was_set_aside = file.path().as_os_str().as_encoded_bytes().ends_with(b"~");
    let reached = file.arrays().len() as u64;
    is_open
        || was_set_aside
        || !file.losses().is_empty()
        || header.n_entries != reached
        || reached == 0
        || (header.state == State::Offline && has_more(file))
        || (!file.tells_boots() && !super::header_fits(file))
}

/// Whether anything follows on the last object that the header knows, or that is none.
fn has_more(file: &JournalFile) -> bool {
    let image = file.image();
    let Ok(tail) = RawObject::read(image, file.header().tail_object_offset, "last object") else { return true };
    let behind = super::walk::end_of(tail);
    ObjectType::from(tail.kind) == ObjectType::Unused || image.from(behind).iter().take(16).any(|byte| *byte != 0)
}
