//! Entries by what their messages say, through the list of a file's different messages: each is looked at once.

use std::ops::Range;

use rayon::prelude::*;

use crate::corrupt::Offset;
use crate::file::{JournalFile, Search};
use crate::format::{Inflater, ObjectType};

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
///
/// Objects are looked at as they lie, by several threads: the list of a field's values is one chain through the file.
fn listed(file: &JournalFile, speaks: &(dyn Fn(&[u8]) -> bool + Sync)) -> Option<Vec<Offset>> {
    let parts = file.parts(rayon::current_num_threads().saturating_mul(PARTS));
    let said: Option<Vec<Vec<Offset>>> = parts.par_iter().map(|part| spoken_in(file, part, speaks)).collect();
    // The last entry of a file may be in no list.
    let mut found = scanned(file, file.slot_count().saturating_sub(1), speaks);
    found.extend(said?.into_iter().flatten());
    Some(found)
}

/// So many parts for each thread, since they are not equally long.
const PARTS: usize = 8;

fn spoken_in(file: &JournalFile, part: &Range<Offset>, speaks: &dyn Fn(&[u8]) -> bool) -> Option<Vec<Offset>> {
    let (mut inflater, mut found) = (Inflater::default(), Vec::new());
    for object in file.objects(part) {
        let object = object.ok()?;
        if ObjectType::from(object.kind) != ObjectType::Data {
            continue;
        }
        let stored = file.stored(object.at).ok()?;
        let Ok(payload) = file.plain(&stored, &mut inflater) else { continue };
        if !payload.strip_prefix(b"MESSAGE=").is_some_and(|message| speaks(beginning(message))) {
            continue;
        }
        let entries = file.entries_of(&file.data(object.at).ok()?);
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
    for entry in file.entries(from..file.slot_count()).flatten() {
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
