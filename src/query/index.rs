//! The slots of a file that satisfy a term, by the file's own lists: each DATA object is tested once, not each entry.

use super::Term;
use super::bitmap::Bitmap;
use crate::corrupt::{Corrupt, Fault, Losses};
use crate::file::JournalFile;
use crate::format::{Data, Inflater};

/// The slots whose entries satisfy `term`.
///
/// An exact term is one look-up by hash; any other tests all values of its field.
///
/// # Errors
/// When a table or a list is damaged; the caller then reads the entries.
pub(super) fn slots(
    file: &JournalFile,
    term: &Term,
    inflater: &mut Inflater,
    losses: &mut Losses,
) -> Result<Bitmap, Corrupt> {
    let mut set = Bitmap::new(file.arrays().len());
    if let Some(payload) = term.exact() {
        if let Some(data) = file.find_data(payload, inflater)? {
            mark(file, &data, &mut set)?;
        }
    } else if let Some(field) = file.find_field(term.field())? {
        for data in file.data_of(&field) {
            let data = data?;
            match file.plain(&data.stored, inflater) {
                Ok(payload) if term.fits(payload) => mark(file, &data, &mut set)?,
                Ok(_) => {}
                // Whether it would have fitted nobody knows: said, since its entries may not be shown.
                Err(damage) => losses.field(damage),
            }
        }
    }
    if term.is_negative() {
        set.invert(file.arrays().len());
    }
    Ok(set)
}

/// Marks the slots of the entries that use `data`. Its list and the main array both ascend, so they are walked side by
/// side, in strides that double while nothing is found.
fn mark(file: &JournalFile, data: &Data<'_>, set: &mut Bitmap) -> Result<(), Corrupt> {
    let entries = file.entries_of(data);
    let (image, layout, len) = (file.image(), file.layout(), file.arrays().len());
    let mut from = 0;
    for at in entries.iter() {
        let (mut low, mut high, mut stride) = (from, from, 1);
        while high < len && file.arrays().get(image, layout, high) < at {
            low = high + 1;
            high = (high + stride).min(len);
            stride *= 2;
        }
        while low < high {
            let middle = low.midpoint(high);
            if file.arrays().get(image, layout, middle) < at { low = middle + 1 } else { high = middle }
        }
        if low >= len || file.arrays().get(image, layout, low) != at {
            let fault = Fault::Value { found: at.0, must: "an entry of the main array, in its order" };
            return Err(Corrupt::new(data.at, "list of a value's entries", fault));
        }
        set.insert(low);
        from = low + 1;
    }
    // A writer that was interrupted may be one ahead of its count.
    if (entries.len() as u64).abs_diff(data.n_entries) > 1 {
        let fault = Fault::Count { claimed: data.n_entries, found: entries.len() as u64 };
        return Err(Corrupt::new(data.at, "list of a value's entries", fault));
    }
    entries.damage().map_or(Ok(()), |damage| Err(damage.clone()))
}

/// Asks the hash table for what certainly is in the file: the values of a few entries from all over it.
///
/// A table that was lost or never written answers every question with "no such value", which nothing else would show.
///
/// # Errors
/// When a value of an entry is not found.
pub(super) fn check(file: &JournalFile) -> Result<(), Corrupt> {
    let len = file.arrays().len();
    // The last entry may be missing from the index of a sound file.
    for slot in [0, len / 4, len / 2, len / 4 * 3, len.saturating_sub(2)] {
        let Ok(entry) = file.entry(file.entry_at(slot)) else { continue };
        for at in entry.items() {
            if file.data(at).is_ok_and(|data| !file.is_linked(&data)) {
                let fault = Fault::Value { found: at.0, must: "in the chain of its bucket" };
                return Err(Corrupt::new(at, "data hash table", fault));
            }
        }
    }
    Ok(())
}
