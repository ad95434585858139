//! Files of a namespace, which its own journald writes and its own counter numbers.

use super::name::namespace;
use crate::file::JournalFile;

/// Whether a file's entries say that they are of a namespace. A copied directory may have any name: beside one that is
/// named after a namespace both of its ends must say so, since a file may also hold what was gathered from several.
///
/// Cost: its first and its last entry are read.
#[must_use]
pub fn names_namespace(file: &JournalFile) -> bool {
    let says = |slot: usize| file.entry(file.entry_at(slot)).is_ok_and(|entry| entry.get("_NAMESPACE").is_some());
    let (first, last) = (0, file.slot_count().saturating_sub(1));
    if namespace(file.path()).is_some() { says(last) || says(first) } else { says(last) && says(first) }
}

/// The namespace that a file's directory is named after, where its entries say that they are of one.
pub(super) fn own_namespace(file: &JournalFile) -> Option<&str> {
    namespace(file.path()).filter(|_| names_namespace(file))
}
