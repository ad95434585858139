//! The values of one field: each DATA object is told apart once, whoever uses it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::reader::Reader;
use super::weigh;
use crate::bytes::Mix;
use crate::corrupt::{Losses, Offset};
use crate::file::Entry;
use crate::format::Inflater;
use crate::journal::{Counted, Gathered, Journal};
use crate::query::Selection;

/// Numbers the values of a field, from 1 on.
#[derive(Debug)]
pub(super) struct Values {
    /// `NAME=`, and its first bytes as one number.
    lead: Vec<u8>,
    mask: u64,
    first: u64,
    /// The value of DATA that several entries use.
    known: HashMap<u64, u32, Mix>,
    numbers: HashMap<Vec<u8>, u32>,
}

impl Values {
    pub(super) fn new(field: &[u8]) -> Self {
        let lead = [field, b"="].concat();
        let mut first = [0; 8];
        let mut mask = [0; 8];
        for ((first, mask), byte) in first.iter_mut().zip(&mut mask).zip(&lead) {
            (*first, *mask) = (*byte, 0xff);
        }
        let [first, mask] = [first, mask].map(u64::from_le_bytes);
        Self { lead, mask, first, known: HashMap::with_hasher(Mix::new()), numbers: HashMap::new() }
    }

    /// Whether a payload is one of this field.
    #[inline]
    pub(super) fn has(&self, payload: &[u8]) -> bool {
        // Most payloads are told apart by one comparison.
        let near = payload.first_chunk().is_none_or(|word| u64::from_le_bytes(*word) & self.mask == self.first);
        near && payload.starts_with(&self.lead)
    }

    /// The number of the value of a DATA object that was met before.
    #[inline]
    pub(super) fn known(&self, name: Option<u64>) -> Option<u32> {
        self.known.get(&name?).copied()
    }

    /// The number of the value of a payload of this field; `name` is that of its DATA object, `users` how many entries
    /// that one claims. `None` only where numbers run out.
    #[inline]
    pub(super) fn number(&mut self, payload: &[u8], name: Option<u64>, users: u64) -> Option<u32> {
        self.known(name).or_else(|| self.find(payload, name, users))
    }

    fn find(&mut self, payload: &[u8], name: Option<u64>, users: u64) -> Option<u32> {
        let value = payload.get(self.lead.len()..)?;
        let number = match self.numbers.get(value) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.numbers.len()).ok()?.checked_add(1)?;
                self.numbers.insert(value.to_vec(), number);
                number
            }
        };
        if let Some(name) = name.filter(|_| users != 1) {
            self.known.insert(name, number);
        }
        Some(number)
    }

    /// The values with their numbers.
    pub(super) fn into_numbers(self) -> impl Iterator<Item = (Vec<u8>, u32)> {
        self.numbers.into_iter()
    }
}

/// The values of some fields among the entries of a query, with how many of these have each: the most frequent first,
/// then by value. An entry with several values counts in each.
///
/// Only the selected entries are read, by so many threads.
pub fn values(selection: &Selection<'_>, fields: &[&[u8]], threads: usize) -> Gathered<Vec<Counted>> {
    let journal = selection.journal;
    let worker = || (Reader::new(journal, fields.iter().copied()), vec![Vec::<u64>::new(); fields.len()]);
    let (workers, losses) = selection.visit(threads, worker, |(reader, counts), place, entry| {
        reader.read(place, entry, |field, number| {
            let Some(counts) = counts.get_mut(field) else { return };
            let number = number as usize;
            if counts.len() <= number {
                counts.resize(number + 1, 0);
            }
            counts[number] += 1;
        });
    });
    let mut all = vec![BTreeMap::<Vec<u8>, u64>::new(); fields.len()];
    let mut lost: BTreeMap<usize, Losses> = losses.into_iter().collect();
    for (reader, counts) in workers {
        let (values, losses) = reader.finish();
        for ((all, values), counts) in all.iter_mut().zip(values).zip(counts) {
            for (value, number) in values.into_numbers() {
                *all.entry(value).or_default() += counts.get(number as usize).copied().unwrap_or_default();
            }
        }
        for (file, losses) in losses {
            lost.entry(file as usize).or_default().add(losses);
        }
    }
    let sorted = |values: BTreeMap<Vec<u8>, u64>| {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by_key(|(_, count)| Reverse(*count));
        values
    };
    Gathered { found: all.into_iter().map(sorted).collect(), losses: lost.into_iter().collect() }
}

/// The names of the fields that entries of a query have; only these entries are read, by so many threads.
pub fn names(selection: &Selection<'_>, threads: usize) -> Gathered<BTreeSet<Vec<u8>>> {
    let worker = || Names::new(selection.journal);
    let (workers, losses) = selection.visit(threads, worker, |names: &mut Names, place, entry| {
        for at in entry.items() {
            let name = weigh::name(place.file, at);
            if name.is_none_or(|name| !names.seen.contains(&name)) {
                names.read(place.file, name, entry, at);
            }
        }
    });
    let mut lost: BTreeMap<usize, Losses> = losses.into_iter().collect();
    let mut found = BTreeSet::new();
    for worker in workers {
        found.extend(worker.names);
        for (file, losses) in worker.losses {
            lost.entry(file as usize).or_default().add(losses);
        }
    }
    Gathered { found, losses: lost.into_iter().collect() }
}

/// The names of fields that a worker met.
#[derive(Debug)]
struct Names {
    names: HashSet<Vec<u8>>,
    /// DATA that several entries use and whose name is known.
    seen: HashSet<u64, Mix>,
    inflater: Inflater,
    losses: BTreeMap<u32, Losses>,
}

impl Names {
    fn new(journal: &Journal) -> Self {
        let seen = HashSet::with_hasher(Mix::new());
        Self { names: HashSet::new(), seen, inflater: weigh::bounded(journal), losses: BTreeMap::new() }
    }

    fn read(&mut self, file: u32, name: Option<u64>, entry: &Entry<'_>, at: Offset) {
        match entry.field_at(at, &mut self.inflater) {
            Ok((field, _)) if self.names.contains(field) => {}
            Ok((field, _)) => drop(self.names.insert(field.to_vec())),
            Err(damage) => self.losses.entry(file).or_default().field(damage),
        }
        let shared = entry.file().stored(at).is_ok_and(|stored| stored.n_entries != 1);
        self.seen.extend(name.filter(|_| shared));
    }
}
