//! The slots of a file that satisfy a term, by the file's own lists: each DATA object is tested once, not each entry.

use super::Term;
use super::bitmap::Bitmap;
use crate::corrupt::Corrupt;
use crate::file::JournalFile;
use crate::format::{Data, Inflater};

/// The slots whose entries satisfy `term`.
///
/// An exact term is one look-up by hash; any other tests all values of its field.
///
/// # Errors
/// When a table or a list is damaged; the caller then reads the entries.
pub(super) fn slots(file: &JournalFile, term: &Term, inflater: &mut Inflater) -> Result<Bitmap, Corrupt> {
    let mut set = Bitmap::new(file.arrays().len());
    if let Some(payload) = term.exact() {
        if let Some(data) = file.find_data(payload, inflater)? {
            mark(file, &data, &mut set)?;
        }
    } else if let Some(field) = file.find_field(term.field())? {
        for data in file.data_of(&field) {
            let data = data?;
            // A value that cannot be read is counted when its entry is shown.
            if file.plain(&data.stored, inflater).is_ok_and(|payload| term.fits(payload)) {
                mark(file, &data, &mut set)?;
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
        if low < len && file.arrays().get(image, layout, low) == at {
            set.insert(low);
            from = low + 1;
        } else {
            from = low;
        }
    }
    entries.damage().map_or(Ok(()), |damage| Err(damage.clone()))
}
