//! Field names and their values, by the index and, where that is damaged, by reading the entries.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{Chain, Way};
use super::{Arrays, Entry, JournalFile};
use crate::bytes::Reads;
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::format::{Budget, Data, Id128, Inflater, RawObject, Stored, limits};

/// As much of an object is read at first as nearly all have.
const OBJECT: usize = 256;

/// No slot of an array has fewer bytes.
const SLOT: u64 = 4;

/// So many bytes behind an object's end show the header of the next one.
const BEHIND: u64 = 24;

impl JournalFile {
    /// Adds the names of all fields in this file to `names`.
    ///
    /// They come from the field hash table; where it or a chain is damaged, from the entries too.
    pub fn field_names(&self, names: &mut BTreeSet<Vec<u8>>, losses: &mut Losses) {
        let before = losses.structure;
        match self.field_table() {
            Ok(table) => {
                let heads = table.iter().flat_map(|table| table.heads());
                // Buckets of a sound table share no FIELD, so there are no more than fit the file.
                let room = (self.image().len() / limits::FIELD_LEAST).saturating_add(1);
                for (step, field) in (1..).zip(heads.flat_map(|head| self.field_chain(head))) {
                    if step > room {
                        let fault = Fault::Value { found: step, must: "no more fields than fit the file" };
                        losses.structure(Corrupt::new(
                            self.header().field_hash_table_offset,
                            "field hash table",
                            fault,
                        ));
                        break;
                    }
                    match field {
                        Ok(field) if !names.contains(field.name) => drop(names.insert(field.name.to_vec())),
                        Ok(_) => {}
                        Err(damage) => losses.structure(damage),
                    }
                }
            }
            Err(damage) => losses.structure(damage),
        }
        if losses.structure > before {
            self.scan_fields(losses, |name, _, _| {
                if !names.contains(name) {
                    names.insert(name.to_vec());
                }
            });
        }
    }

    /// The values of the field `name`, ascending, with how many entries use each.
    ///
    /// They come from the field's own list; where that is damaged, each value is counted by reading the entries.
    pub fn field_values(&self, name: &[u8], losses: &mut Losses) -> Vec<(Vec<u8>, u64)> {
        let mut found = Vec::new();
        if self.list_values(name, &mut found, losses).is_none() {
            found.clear();
            let mut counts: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
            self.scan_fields(losses, |field, value, uses| {
                if field == name {
                    let count = counts.entry(value.to_vec()).or_default();
                    *count = count.saturating_add(uses);
                }
            });
            found.extend(counts);
        }
        summed(found)
    }

    /// `None` when the list is damaged.
    fn list_values(&self, name: &[u8], found: &mut Vec<(Vec<u8>, u64)>, losses: &mut Losses) -> Option<()> {
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
                let value = payload.strip_prefix(name).and_then(|rest| rest.strip_prefix(b"="))?;
                Some((value.to_vec(), entries))
            });
            Ok((value, data.next_field, data.size(layout)))
        };
        for value in Chain::new(field.head_data, Way::Down, "list of a field's data", read) {
            match value.map_err(|damage| losses.structure(damage)).ok()? {
                Ok(value) => found.push(value?),
                Err(damage) => losses.field(damage),
            }
        }
        Some(())
    }

    /// What walks through lists may cost beyond what those of a sound file do, see [`JournalFile::users`]: no more slots
    /// fit the file.
    #[must_use]
    pub fn list_budget(&self) -> u64 {
        self.image().len() / SLOT
    }

    /// How many entries use a DATA, by its own count, which its list must agree with.
    ///
    /// # Errors
    /// When the list is damaged, or has another length, or is longer than all entries, or nothing is left for it.
    fn counted<R: Reads>(&self, from: &R, data: &Data<'_>, left: &mut u64) -> Result<u64, Corrupt> {
        let claimed = data.n_entries;
        if claimed <= 1 && data.entry.is_some() == (claimed == 1) && !data.entry_array.is_some() {
            return Ok(claimed);
        }
        let rest = (data.entry_array, claimed.saturating_sub(1));
        let rest = Arrays::walk_within(from, self.layout(), rest, left);
        if let Some(damage) = rest.damage() {
            return Err(damage.clone());
        }
        let found = (rest.len() as u64).saturating_add(u64::from(data.entry.is_some()));
        // A writer that was interrupted may be one ahead of its count.
        let slack = u64::from(!self.header().state.is_closed());
        let damage = |fault| Err(Corrupt::new(data.at, "list of a value's entries", fault));
        // Lists go on naming entries that were overwritten since.
        let all = self.slot_count().max(self.arrays().len()) as u64;
        if found > all.saturating_add(slack) {
            return damage(Fault::Value { found, must: "no more than all entries" });
        }
        if found.abs_diff(claimed) <= slack {
            return Ok(claimed);
        }
        damage(Fault::Count { claimed, found })
    }

    /// How many entries use the DATA behind `stored`, by its own count, which its list must agree with.
    ///
    /// The lists of all DATA together cost no more than `left`, at first [`JournalFile::list_budget`]: in a sound file only
    /// a list whose count is one behind costs anything, and no list shares its arrays with another.
    ///
    /// # Errors
    /// When the list is damaged, or has another length, or is longer than all entries, or nothing is left for it.
    pub fn users(&self, stored: &Stored<'_>, left: &mut u64) -> Result<u64, Corrupt> {
        self.counted(&self.image(), &self.data(stored.at)?, left)
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
fn whole<'b, R: Reads>(from: &R, at: Offset, buffer: &'b mut Vec<u8>) -> Result<(RawObject<'b>, &'b [u8]), Corrupt> {
    let remain = from.size().saturating_sub(at.0);
    buffer.resize(OBJECT, 0);
    let mut len = from.read(at, buffer);
    let (_, size) = RawObject::start(buffer.get(..len).unwrap_or_default(), at, remain, "data")?;
    // No more than the file has from there on.
    let wanted = size.saturating_add(BEHIND).min(remain);
    if wanted > len as u64 {
        buffer.resize(usize::try_from(wanted).unwrap_or_default(), 0);
        len = from.read(at, buffer);
    }
    let read = buffer.get(..len).unwrap_or_default();
    let behind = usize::try_from(size & !7).ok().and_then(|end| read.get(end..)).unwrap_or_default();
    RawObject::start(read, at, remain, "data").map(|(raw, _)| (raw, behind))
}

/// Values with their counts, ascending, each once.
pub(crate) fn summed(mut values: Vec<(Vec<u8>, u64)>) -> Vec<(Vec<u8>, u64)> {
    values.sort_unstable();
    values.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = kept.1.saturating_add(next.1);
        }
        same
    });
    values
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::bytes::Mix;
    use crate::file::Options;
    use crate::testkit::synth::{Synth, sample};

    fn open(bytes: Vec<u8>) -> JournalFile {
        JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap()
    }

    /// By the objects as other readers see them.
    fn told(file: &JournalFile, name: &[u8]) -> Vec<(Vec<u8>, u64)> {
        let (mut inflater, mut uses) = (Inflater::default(), std::collections::HashMap::with_hasher(Mix::new()));
        for entry in file.entries(0..file.slot_count()).flatten() {
            entry.items().for_each(|at| *uses.entry(at.0).or_insert(0) += 1);
        }
        let value = |(at, uses): (&u64, &u64)| {
            let (field, value) = file.named(Offset(*at), &mut inflater).ok()?;
            (field == name).then(|| (value.to_vec(), *uses))
        };
        summed(uses.iter().filter_map(value).collect())
    }

    #[test]
    fn a_count_that_its_list_contradicts_is_said_and_not_believed() {
        for compact in [false, true] {
            let bytes = sample(40).compact(compact).build();
            let sound = open(bytes.clone());
            for name in [&b"PRIORITY"[..], b"_SYSTEMD_UNIT", b"MESSAGE"] {
                let (all, field) = (told(&sound, name), sound.find_field(name).unwrap().unwrap());
                let values: Vec<_> = sound.data_of(&field).map(|data| data.unwrap().at.0 as usize).collect();
                for (at, bit) in values.into_iter().flat_map(|at| [0, 1, 2, 3, 5, 9, 40, 63].map(|bit| (at, bit))) {
                    let mut wrong = bytes.clone();
                    wrong[at + 56 + bit / 8] ^= 1 << (bit % 8);
                    let mut losses = Losses::default();
                    assert_eq!(open(wrong).field_values(name, &mut losses), all, "{at} {bit}");
                    assert!(losses.structure > 0, "{at} {bit}");
                }
            }
        }
    }

    /// A sound file of `count` entries with a value for each, and the same with all values naming one chain of `links`
    /// arrays of a slot each, as well as one more entry.
    fn sharing_a_chain(count: u64, links: u64) -> [JournalFile; 2] {
        let bytes = sample(count).compact(false).state(2).build();
        let sound = open(bytes.clone());
        let (first, field) = (sound.entry_at(0).0, sound.find_field(b"MESSAGE").unwrap().unwrap());
        let values: Vec<_> = sound.data_of(&field).map(|data| data.unwrap().at.0 as usize).collect();
        let (mut bytes, start) = (bytes, sound.image().len().next_multiple_of(8));
        bytes.resize(start as usize, 0);
        for link in 1..=links {
            let next = if link == links { 0 } else { start + link * 32 };
            bytes.extend([6, 32, next, first].into_iter().flat_map(u64::to_le_bytes));
        }
        for at in values {
            bytes[at + 48..at + 56].copy_from_slice(&start.to_le_bytes());
            bytes[at + 56..at + 64].copy_from_slice(&(links + 1).to_le_bytes());
        }
        [sound, open(bytes)]
    }

    #[test]
    fn a_chain_that_all_values_share_is_not_walked_for_each_nor_counted() {
        for links in [150, 50_000] {
            let [sound, shared] = sharing_a_chain(40, links);
            let mut losses = Losses::default();
            assert_eq!(shared.field_values(b"MESSAGE", &mut losses), told(&sound, b"MESSAGE"), "{links}");
            assert!(losses.structure > 0, "{links}");
            let (mut left, budget) = (shared.list_budget(), shared.list_budget());
            let field = shared.find_field(b"MESSAGE").unwrap().unwrap();
            let values: Vec<_> = shared.data_of(&field).map(|data| data.unwrap()).collect();
            let asked = values.iter().map(|data| shared.users(&data.stored, &mut left));
            assert!(asked.into_iter().all(|users| users.is_err()) && values.len() == 40);
            // Once nothing is left, a list costs the few dozen arrays that are free.
            assert_eq!(left, if links == 150 { budget - 40 * (150 - 64) } else { 0 }, "{links}");
        }
    }

    #[test]
    fn a_value_that_claims_another_length_is_left_out_and_said() {
        for synth in [Synth::compact(sample(40), true), Synth::compact(sample(40), false)] {
            let bytes = synth.build();
            let sound = open(bytes.clone());
            let all = told(&sound, b"MESSAGE");
            let mut losses = Losses::default();
            assert_eq!(sound.field_values(b"MESSAGE", &mut losses), all);
            assert_eq!((all.len(), losses), (40, Losses::default()));
            let field = sound.find_field(b"MESSAGE").unwrap().unwrap();
            let datas: Vec<_> = sound.data_of(&field).map(|data| data.unwrap().at).collect();
            for (at, by) in datas.iter().flat_map(|at| [-8_i64, -1, 8].map(|by| (at, by))) {
                let size = usize::try_from(at.0).unwrap() + 8;
                let mut wrong = bytes.clone();
                let claimed = u64::from_le_bytes(wrong[size..size + 8].try_into().unwrap()).strict_add_signed(by);
                wrong[size..size + 8].copy_from_slice(&claimed.to_le_bytes());
                let wrong = open(wrong);
                let mut losses = Losses::default();
                let found = wrong.field_values(b"MESSAGE", &mut losses);
                assert_eq!(found, told(&wrong, b"MESSAGE"), "{at} {by}");
                assert_eq!((found.len(), losses.fields), (39, 1), "{at} {by}: {losses:?}");
            }
        }
    }
}
