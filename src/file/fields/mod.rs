//! Field names and their values, by the index and, where that is damaged, by reading the entries.

use std::collections::{BTreeMap, BTreeSet};

mod order;
mod users;
mod values;

pub use values::Values;

#[cfg(test)]
mod tests;

use super::chain::{Chain, Way};
use super::{Entry, JournalFile};
use crate::bytes::{Reads, Sparing};
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::format::{Budget, Data, Id128, Inflater, RawObject, limits};

/// As much of an object is read at first as nearly all have.
const OBJECT: usize = 256;

/// So many bytes behind an object's end show the header of the next one.
const BEHIND: u64 = 24;

impl JournalFile {
    /// Adds the names of all fields in this file to `names`.
    ///
    /// They come from the field hash table; where it or a chain is damaged, or a check found the file to be, from the entries
    /// too.
    pub fn field_names(&self, names: &mut BTreeSet<Vec<u8>>, losses: &mut Losses) {
        let before = losses.structure;
        match self.field_table() {
            Ok(table) => {
                let heads = table.iter().flat_map(|table| table.heads());
                let mut reached = 0_usize;
                for field in heads.flat_map(|head| self.field_chain(head)).take(self.too_many_fields()) {
                    reached = reached.saturating_add(usize::from(field.is_ok()));
                    match field {
                        Ok(field) if !names.contains(field.name) => drop(names.insert(field.name.to_vec())),
                        Ok(_) => {}
                        Err(damage) => losses.structure(damage),
                    }
                }
                self.all_fields(reached).unwrap_or_else(|damage| losses.structure(damage));
            }
            Err(damage) => losses.structure(damage),
        }
        if losses.structure > before || self.is_checked() {
            self.scan_fields(losses, |name, _, _| {
                if !names.contains(name) {
                    names.insert(name.to_vec());
                }
            });
        }
    }

    /// The values of the field `name`, ascending and each once, with how many entries use it.
    pub fn field_values(&self, name: &[u8], losses: &mut Losses) -> Values<'_> {
        let mut found = self.listed_values(name, losses);
        found.sum();
        found
    }

    /// The values of the field `name` with how many entries use each, in no order; a value may come again.
    ///
    /// They come from the field's own list; where that is damaged, or a check found the file to be, each value is counted by
    /// reading the entries.
    pub(crate) fn listed_values(&self, name: &[u8], losses: &mut Losses) -> Values<'_> {
        let (mut found, image) = (Values::default(), self.image());
        if self.is_checked() || self.list_values(name, losses, |value, uses| found.push(image, value, uses)).is_none() {
            found.clear();
            let mut counts: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
            self.scan_fields(losses, |field, value, uses| {
                if field == name {
                    let count = counts.entry(value.to_vec()).or_default();
                    *count = count.saturating_add(uses);
                }
            });
            counts.iter().for_each(|(value, uses)| found.push(image, value, *uses));
        }
        found
    }

    /// Calls `visit` with the values of the field `name`, the newest first, none of which is kept: by the field's own
    /// list, and where that is damaged, or a check found the file to be, by the entries too. So a value may come again.
    pub fn each_value(&self, name: &[u8], losses: &mut Losses, mut visit: impl FnMut(&[u8])) {
        if self.is_checked() || self.list_values(name, losses, |value, _| visit(value)).is_none() {
            self.scan_fields(losses, |field, value, _| {
                if field == name {
                    visit(value);
                }
            });
        }
    }

    /// Calls `visit` with each value in a field's list and how many entries use it; `None` when the list is damaged.
    fn list_values(&self, name: &[u8], losses: &mut Losses, mut visit: impl FnMut(&[u8], u64)) -> Option<()> {
        let (mut inflater, layout) = (Search::of(self).inflater, self.layout());
        let Some(field) = self.find_field(name).map_err(|damage| losses.structure(damage)).ok()? else {
            return Some(());
        };
        let (from, mut buffer, mut left) = (self.sparing(), Vec::new(), self.list_budget());
        let read = |at| {
            let (raw, behind) = whole(&from, at, &mut buffer)?;
            let data = Data::decode(raw, layout)?;
            let entries = self.counted(&from, &data, &mut left)?;
            let value = self.plain_before(&data.stored, behind, &mut inflater);
            let value = value.map(|payload| {
                visit(payload.strip_prefix(name).and_then(|rest| rest.strip_prefix(b"="))?, entries);
                Some(())
            });
            Ok((value, data.next_field, data.size(layout)))
        };
        for value in Chain::new(field.head_data, Way::Down, "list of a field's data", read) {
            match value.map_err(|damage| losses.structure(damage)).ok()? {
                Ok(is_of_field) => is_of_field?,
                Err(damage) => losses.field(damage),
            }
        }
        Some(())
    }

    /// Calls `visit` with name and value of every readable field of every readable entry, and how many entries use it.
    fn scan_fields(&self, losses: &mut Losses, mut visit: impl FnMut(&[u8], &[u8], u64)) {
        let mut search = Search::of(self);
        let mut uses: BTreeMap<Offset, u64> = BTreeMap::new();
        for entry in self.entries(0..self.slot_count()) {
            let Ok(entry) = entry.map_err(|damage| losses.entry(damage)) else { continue };
            let count = |at| {
                let count: &mut u64 = uses.entry(at).or_default();
                *count = count.saturating_add(1);
                false
            };
            if let Err(damage) = search.visit(&entry, count, |_| {}) {
                losses.structure(damage);
                break;
            }
        }
        for (at, uses) in uses {
            match self.named(at, &mut search.inflater) {
                Ok((name, value)) => visit(name, value, uses),
                Err(damage) => losses.field(damage),
            }
        }
    }
}

/// The DATA object at `at`, all of it, and what was read from the last multiple of 8 up to its end on: enough to tell
/// whether another object begins there.
fn whole<'b>(from: &Sparing<'b>, at: Offset, buffer: &'b mut Vec<u8>) -> Result<(RawObject<'b>, &'b [u8]), Corrupt> {
    let remain = from.size().saturating_sub(at.0);
    let read = match from.lent(at) {
        Some(lent) => lent,
        None => copied(from, at, remain, buffer)?,
    };
    let (raw, size) = RawObject::start(read, at, remain, "data")?;
    let behind = usize::try_from(size & !7).ok().and_then(|end| read.get(end..)).unwrap_or_default();
    Ok((raw, behind))
}

/// The object at `at` and what lies behind it, copied.
fn copied<'b>(from: &impl Reads, at: Offset, remain: u64, buffer: &'b mut Vec<u8>) -> Result<&'b [u8], Corrupt> {
    buffer.resize(OBJECT, 0);
    let mut len = from.read(at, buffer);
    let (_, size) = RawObject::start(buffer.get(..len).unwrap_or_default(), at, remain, "data")?;
    // No more than the file has from there on.
    let wanted = size.saturating_add(BEHIND).min(remain);
    if wanted > len as u64 {
        buffer.resize(usize::try_from(wanted).unwrap_or_default(), 0);
        len = from.read(at, buffer);
    }
    Ok(buffer.get(..len).unwrap_or_default())
}

/// Work that one question may cost in one file: entries lie apart in a sound file, so all of them together have no more
/// items than fit it.
#[derive(Debug)]
pub struct Search {
    pub(super) inflater: Inflater,
    most: u64,
    items: u64,
}

impl JournalFile {
    /// What a search through this file's values may inflate: so much that no sound file comes near, and time stays in
    /// proportion to the file.
    #[must_use]
    pub fn budget(&self) -> Budget {
        let least = self.options().payload_limit.saturating_mul(limits::SEARCH_PAYLOADS);
        Budget::of(self.image().len().saturating_mul(limits::SEARCH_RATIO).max(least))
    }
}

impl Search {
    /// As much work as the size of `file` pays for.
    #[must_use]
    pub fn of(file: &JournalFile) -> Self {
        let size = file.image().len();
        let most = size / limits::ITEM_LEAST;
        let inflate = size.saturating_mul(limits::INFLATE_RATIO).max(file.options().payload_limit);
        Self { inflater: Inflater::bounded(inflate), most, items: most }
    }

    /// Pays for the items of an entry, if anything is left.
    fn affords(&mut self, entry: &Entry<'_>) -> bool {
        let left = self.items.checked_sub(entry.items().len() as u64);
        self.items = left.unwrap_or_default();
        left.is_some()
    }

    /// Calls `visit` with name and value of each field of an entry whose DATA, by its offset, is `wanted`.
    ///
    /// # Errors
    /// When nothing is left to pay for the entry.
    pub fn visit(
        &mut self,
        entry: &Entry<'_>,
        mut wanted: impl FnMut(Offset) -> bool,
        mut visit: impl FnMut(Result<(&[u8], &[u8]), Corrupt>),
    ) -> Result<(), Corrupt> {
        if !self.affords(entry) {
            let fault = Fault::Value { found: self.most, must: "more than all entries have items" };
            return Err(Corrupt::new(entry.offset(), "entry items", fault));
        }
        for at in entry.items().filter(|at| wanted(*at)) {
            visit(entry.field_at(at, &mut self.inflater));
        }
        Ok(())
    }

    /// The boot that a `_BOOT_ID=` field of an entry names: the one that its head states, if any does.
    pub fn boot(&mut self, entry: &Entry<'_>) -> Option<Id128> {
        if !self.affords(entry) {
            return None;
        }
        let mut first = None;
        for at in entry.items() {
            let Ok((b"_BOOT_ID", value)) = entry.field_at(at, &mut self.inflater) else { continue };
            let named = std::str::from_utf8(value).ok().and_then(|id| id.parse().ok());
            if named == Some(entry.boot_id()) {
                return named;
            }
            first = first.or(named);
        }
        first
    }

    /// The id in the first field of this name, as [`Entry::get`] finds it.
    pub fn id(&mut self, entry: &Entry<'_>, name: &[u8]) -> Option<Id128> {
        if !self.affords(entry) {
            return None;
        }
        for at in entry.items() {
            if let Ok((field, value)) = entry.field_at(at, &mut self.inflater)
                && field == name
            {
                return std::str::from_utf8(value).ok()?.parse().ok();
            }
        }
        None
    }
}
