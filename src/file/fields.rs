//! Field names and their values, by the index and, where that is damaged, by reading the entries.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::JournalFile;
use crate::corrupt::Losses;
use crate::format::Inflater;

impl JournalFile {
    /// Adds the names of all fields in this file to `names`.
    ///
    /// They come from the field hash table; where it or a chain is damaged, from the entries too.
    pub fn field_names(&self, names: &mut BTreeSet<Vec<u8>>, losses: &mut Losses) {
        let before = losses.structure;
        match self.field_table() {
            Ok(table) => {
                let heads = table.iter().flat_map(|table| table.heads());
                for field in heads.flat_map(|head| self.field_chain(head)) {
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
            self.scan_fields(losses, |name, _| {
                if !names.contains(name) {
                    names.insert(name.to_vec());
                }
            });
        }
    }

    /// Adds the values of the field `name`, with how many entries use each, to `values`.
    ///
    /// They come from the field's own list; where that is damaged, each value is counted by reading the entries.
    pub fn field_values(&self, name: &[u8], values: &mut BTreeMap<Vec<u8>, u64>, losses: &mut Losses) {
        let mut found: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        if self.list_values(name, &mut found, losses).is_none() {
            found.clear();
            self.scan_fields(losses, |field, value| {
                if field == name {
                    let count = found.entry(value.to_vec()).or_default();
                    *count = count.saturating_add(1);
                }
            });
        }
        for (value, count) in found {
            let sum = values.entry(value).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    /// `None` when the list is damaged.
    fn list_values(&self, name: &[u8], found: &mut BTreeMap<Vec<u8>, u64>, losses: &mut Losses) -> Option<()> {
        let mut inflater = Inflater::default();
        let field = self.find_field(name).map_err(|damage| losses.structure(damage)).ok()?;
        for data in field.iter().flat_map(|field| self.data_of(field)) {
            let data = data.map_err(|damage| losses.structure(damage)).ok()?;
            match self.plain(&data.stored, &mut inflater) {
                Ok(payload) => {
                    let value = payload.strip_prefix(name).and_then(|rest| rest.strip_prefix(b"="))?;
                    let entries = data.n_entries.min(self.arrays().len() as u64);
                    let count = found.entry(value.to_vec()).or_default();
                    *count = count.saturating_add(entries);
                }
                Err(damage) => losses.field(damage),
            }
        }
        Some(())
    }

    /// Calls `visit` with name and value of every readable field of every readable entry, each DATA of a repeated
    /// field once per entry.
    fn scan_fields(&self, losses: &mut Losses, mut visit: impl FnMut(&[u8], &[u8])) {
        let mut inflater = Inflater::default();
        let mut bad = HashSet::new();
        for entry in self.entries(0..self.arrays().len()) {
            let Ok(entry) = entry.map_err(|damage| losses.entry(damage)) else { continue };
            for at in entry.items() {
                match entry.field_at(at, &mut inflater) {
                    Ok((name, value)) => visit(name, value),
                    Err(damage) if bad.insert(at) => losses.field(damage),
                    Err(_) => {}
                }
            }
        }
    }
}
