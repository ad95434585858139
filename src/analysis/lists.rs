//! Entries by the lists of the DATA that they use, as an index that can be trusted has them.

use std::ops::Range;

use super::marks::is;
use crate::corrupt::Offset;
use crate::file::{DataEntries, JournalFile};
use crate::format::{Data, Id128, Inflater};

/// Lists no longer than this are read from end to end, which shows whether they ascend; longer ones are bisected.
const LIST_READ: usize = 1024;

/// Those of ascending offsets that lie from one to another.
pub(super) fn between(offsets: &[Offset], first: Offset, last: Offset) -> &[Offset] {
    let (from, to) = (offsets.partition_point(|at| *at < first), offsets.partition_point(|at| *at <= last));
    offsets.get(from..to).unwrap_or_default()
}

/// The DATA that whole terms ask for; `None` where the index is damaged.
fn data<'j>(file: &'j JournalFile, terms: &[&str]) -> Option<Vec<Data<'j>>> {
    let mut inflater = Inflater::default();
    let mut found = Vec::new();
    for term in terms.iter().filter(|term| !term.ends_with('*')) {
        found.extend(file.find_data(term.as_bytes(), &mut inflater).ok()?);
    }
    Some(found)
}

/// Whether all entries at some places are of a boot, as the lists that name them should have it.
pub(super) fn are_of(file: &JournalFile, found: &[Offset], boot: Id128) -> bool {
    found.iter().all(|at| file.entry(*at).is_ok_and(|entry| entry.boot_id() == boot))
}

/// The entries in some slots by the lists of the DATA; `None` where a list is damaged.
pub(super) fn listed(file: &JournalFile, slots: Range<usize>, terms: &[&str]) -> Option<Vec<Offset>> {
    let end = slots.end;
    let (low, high) = (file.entry_at(slots.start), file.entry_at(end.checked_sub(1)?));
    let mut found = Vec::new();
    for data in data(file, terms)? {
        let entries = file.entries_of(&data);
        // A writer that was interrupted may be one ahead of its count.
        if entries.damage().is_some() || (entries.len() as u64).abs_diff(data.n_entries) > 1 {
            return None;
        }
        within(&entries, low, high, &mut found)?;
    }
    // The last entry of a file may be in no list.
    if end == file.slot_count()
        && let Ok(last) = file.entry(high)
        && last.items().any(|at| is(file, at, terms, &mut Inflater::default()))
    {
        found.push(high);
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// Adds what a list has from `low` to `high`; `None` where it does not ascend.
fn within(entries: &DataEntries<'_>, low: Offset, high: Offset, found: &mut Vec<Offset>) -> Option<()> {
    let from = if entries.len() > LIST_READ { entries.position(low) } else { 0 };
    let mut before = Offset(0);
    for at in entries.iter_from(from) {
        if at <= before {
            return None;
        }
        before = at;
        if at > high && entries.len() > LIST_READ {
            break;
        }
        if (low..=high).contains(&at) {
            found.push(at);
        }
    }
    Some(())
}
