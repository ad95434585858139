//! Whether a file is worth a walk, by what a few of its pages say.

use super::walk::{end_of, is_blank};
use crate::file::JournalFile;
use crate::format::{ObjectType, RawObject};

/// Whether a file may hold entries that its index does not reach.
///
/// So may every file that was not closed: one that is ONLINE by its header or was set aside as unclean, by its name. Of
/// others the index must lead to all that the header claims, and nothing may lie behind the last object that the header
/// knows; where the boots are not listed as they should be, the header must be that of the objects; and none is taken for
/// empty by what its header says. What passes is taken by its index alone, until something of it cannot be read. Costs a few
/// pages.
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
        || has_more(file)
        || (!file.tells_boots() && !super::header_fits(file))
}

/// Pages behind the last object that are looked at one after the other; of those beyond only some, each about a quarter as far
/// again.
const NEXT: usize = 16;

/// Whether anything follows on the last object that the header knows, or that is none.
///
/// Where the header is of an older state than the rest, so may be the pages next to that object: what was written since then
/// reaches from there to somewhere, and is met by a few looks.
fn has_more(file: &JournalFile) -> bool {
    let image = file.image();
    let Ok(tail) = RawObject::read(image, file.header().tail_object_offset, "last object") else { return true };
    let mut pages = image.from(end_of(tail)).chunks(4096);
    let far = std::iter::successors(Some(NEXT / 4), |far| far.checked_add(far.div_ceil(4)));
    let is_written = |page: &[u8]| !is_blank(page);
    ObjectType::from(tail.kind) == ObjectType::Unused
        || pages.by_ref().take(NEXT).any(is_written)
        || far.map_while(|far| pages.nth(far)).any(is_written)
}
