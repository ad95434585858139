//! Entries by what their messages say, through the list of a file's different messages: each is looked at once.

use crate::corrupt::Offset;
use crate::file::{JournalFile, Search};
use crate::format::Inflater;

/// So much of a message is looked at.
const MESSAGE_MOST: usize = 4096;

/// The offsets of a file's entries whose message `speaks`, ascending.
///
/// Where the index cannot be trusted, or proves damaged, entries are read one by one.
pub(super) fn offsets(file: &JournalFile, is_trusted: bool, speaks: &(dyn Fn(&[u8]) -> bool + Sync)) -> Vec<Offset> {
    let listed = if is_trusted { listed(file, speaks) } else { None };
    let mut found = listed.unwrap_or_else(|| scanned(file, 0, speaks));
    found.sort_unstable();
    found.dedup();
    found
}

/// `None` where the index is damaged.
fn listed(file: &JournalFile, speaks: &dyn Fn(&[u8]) -> bool) -> Option<Vec<Offset>> {
    let mut inflater = Inflater::default();
    // The last entry of a file may be in no list.
    let mut found = scanned(file, file.arrays().len().saturating_sub(1), speaks);
    let Some(field) = file.find_field(b"MESSAGE").ok()? else { return Some(found) };
    for data in file.data_of(&field) {
        let data = data.ok()?;
        let Ok(payload) = file.plain(&data.stored, &mut inflater) else { continue };
        if !payload.strip_prefix(b"MESSAGE=").is_some_and(|message| speaks(beginning(message))) {
            continue;
        }
        let entries = file.entries_of(&data);
        if entries.damage().is_some() {
            return None;
        }
        found.extend(entries.iter());
    }
    Some(found)
}

fn scanned(file: &JournalFile, from: usize, speaks: &dyn Fn(&[u8]) -> bool) -> Vec<Offset> {
    let mut search = Search::of(file);
    let mut found = Vec::new();
    for entry in file.entries(from..file.arrays().len()).flatten() {
        let mut said = false;
        let visited = search.visit(
            &entry,
            |_| true,
            |field| said |= field.is_ok_and(|(name, value)| name == b"MESSAGE" && speaks(beginning(value))),
        );
        if said {
            found.push(entry.offset());
        }
        if visited.is_err() {
            break;
        }
    }
    found
}

fn beginning(message: &[u8]) -> &[u8] {
    message.get(..MESSAGE_MOST).unwrap_or(message)
}
