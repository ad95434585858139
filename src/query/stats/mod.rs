//! How many entries there are, and how large, by what they have in common and by time.
//!
//! Three measures, each summed over the selected entries, so that the groups of a table sum up to the selection:
//!
//! | measure | of one entry |
//! |---|---|
//! | `entries` | 1; an entry that several files hold counts once |
//! | `bytes` | its fields as exported, `NAME=value`, decompressed, without line ends; what entries share counts for each |
//! | `disk` | what it takes in its file: its ENTRY object and its slot in the main array, and its share of each DATA object with that one's list of entries, which all users of the DATA share equally |
//!
//! `disk` is rounded to whole bytes per entry. Headers, hash tables, FIELD objects and unused space belong to no entry.

mod key;
mod reader;
mod timeline;
mod users;
mod values;
mod weigh;
mod worker;

use std::cmp::Reverse;
use std::collections::BTreeMap;

pub use key::{Key, Value};
pub use timeline::Timeline;
pub use values::{names, values};

use super::Selection;
use crate::corrupt::Losses;
use crate::format::Realtime;
use worker::Worker;

/// What was summed over some entries; the module says what each measure is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Sum {
    /// How many entries.
    pub entries: u64,
    /// Bytes of their fields.
    pub bytes: u64,
    /// Bytes that they take in the files.
    pub disk: u64,
}

impl Sum {
    /// Adds another sum.
    #[inline]
    pub const fn add(&mut self, other: Self) {
        self.entries = self.entries.saturating_add(other.entries);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.disk = self.disk.saturating_add(other.disk);
    }

    /// One of the measures.
    #[must_use]
    pub const fn of(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Entries => self.entries,
            Measure::Bytes => self.bytes,
            Measure::Disk => self.disk,
        }
    }
}

/// What groups are compared by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// How many entries.
    #[default]
    Entries,
    /// Bytes of their fields.
    Bytes,
    /// Bytes that they take in the files.
    Disk,
}

/// The entries that have one value in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The value.
    pub value: Value,
    /// Its entries.
    pub sum: Sum,
}

/// The selected entries, each in one group.
#[derive(Clone, Debug)]
pub struct Table {
    /// What they are grouped by.
    pub key: Key,
    /// The groups, by value; entries that have none come last.
    pub groups: Vec<Group>,
    /// How many entries have several values of the field, and count under the first.
    pub several: u64,
}

/// The largest groups of a table, and what is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top<'t> {
    /// The largest ones: by size, or in the order of their values where these have one.
    pub groups: Vec<&'t Group>,
    /// How many groups are left out.
    pub left_out: usize,
    /// Their sum.
    pub rest: Sum,
    /// The entries that have no value; they are in none of the others.
    pub absent: Sum,
}

impl Table {
    /// The `most` largest groups by a measure.
    #[must_use]
    pub fn top(&self, most: usize, measure: Measure) -> Top<'_> {
        let absent = |group: &&Group| group.value == Value::Absent;
        let mut groups: Vec<&Group> = self.groups.iter().filter(|group| !absent(group)).collect();
        // A stable sort: among equals the order of the values stays.
        groups.sort_by_key(|group| Reverse(group.sum.of(measure)));
        let left = groups.split_off(most.min(groups.len()));
        if self.key.is_ordered() {
            groups.sort_by(|one, two| one.value.cmp(&two.value));
        }
        let mut rest = Sum::default();
        left.iter().for_each(|group| rest.add(group.sum));
        let absent = self.groups.iter().find(absent).map(|group| group.sum).unwrap_or_default();
        Top { groups, left_out: left.len(), rest, absent }
    }
}

/// Counts and sizes of the entries of a query.
#[derive(Clone, Debug)]
pub struct Stats {
    /// All of them.
    pub total: Sum,
    /// The earliest and the latest time of reception by the wall clock.
    pub range: Option<(Realtime, Realtime)>,
    /// One for each key, in the same order.
    pub tables: Vec<Table>,
    /// When they were received.
    pub timeline: Timeline,
    /// What could not be read, per file with any.
    pub losses: Vec<(usize, Losses)>,
}

impl Stats {
    /// Counts the selected entries by each of `keys`, with so many threads.
    ///
    /// `offset` is the seconds east of UTC at which the days of [`Stats::timeline`] begin. What many entries share is
    /// looked at once, and memory grows with the number of different values.
    ///
    /// ```
    /// use lastwords::query::stats::{Key, Measure, Stats, Value};
    /// use lastwords::{Journal, Query, Selection};
    ///
    /// let journal = Journal::open(&["testdata/demo"], Default::default())?;
    /// let keys = [Key::Field("_SYSTEMD_UNIT".to_owned())];
    /// let stats = Stats::of(&Selection::of(&journal, &Query::default()), &keys, 0, 2);
    /// let top = stats.tables[0].top(1, Measure::Entries);
    /// assert_eq!(top.groups[0].value, Value::Bytes(b"init.scope".to_vec()));
    /// assert_eq!(stats.total.entries, 2377);
    /// # Ok::<(), lastwords::Error>(())
    /// ```
    #[must_use]
    pub fn of(selection: &Selection<'_>, keys: &[Key], offset: i64, threads: usize) -> Self {
        let worker = || Worker::new(selection.journal, keys, offset);
        let (workers, losses) = selection.visit(threads, worker, Worker::add);
        let mut whole = Self {
            total: Sum::default(),
            range: None,
            tables: Vec::new(),
            timeline: Timeline::new(offset),
            losses: Vec::new(),
        };
        let mut groups: Vec<(BTreeMap<Value, Sum>, u64)> = vec![Default::default(); keys.len()];
        let mut lost: BTreeMap<usize, Losses> = losses.into_iter().collect();
        for worker in workers {
            worker.finish(&mut whole, &mut groups, &mut lost);
        }
        let tables = keys.iter().zip(groups).map(|(key, (groups, several))| {
            let groups = groups.into_iter().map(|(value, sum)| Group { value, sum }).collect();
            Table { key: key.clone(), groups, several }
        });
        whole.tables = tables.collect();
        whole.losses = lost.into_iter().collect();
        whole
    }
}

/// How many entries of a query each boot has, by index in [`Journal::boots`](crate::Journal::boots); and what
/// could not be read.
///
/// Only the heads of the entries are read.
#[must_use]
pub fn boots(selection: &Selection<'_>, threads: usize) -> (Vec<u64>, Vec<(usize, Losses)>) {
    let journal = selection.journal;
    let worker = || (worker::BootOf::new(journal), vec![0_u64; journal.boots().len()]);
    let (workers, losses) = selection.visit(threads, worker, |(of, counts), place, entry| {
        if let Some(count) = of.boot(place, entry).and_then(|boot| counts.get_mut(boot)) {
            *count += 1;
        }
    });
    let mut all = vec![0; journal.boots().len()];
    for (_, counts) in workers {
        all.iter_mut().zip(counts).for_each(|(all, count)| *all += count);
    }
    (all, losses)
}

#[cfg(test)]
mod tests;
