//! One worker's counts.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::reader::Reader;
use super::{Key, Stats, Sum, Timeline, Value};
use crate::bytes::Mix;
use crate::corrupt::Losses;
use crate::file::Entry;
use crate::format::{Id128, Realtime};
use crate::journal::{Journal, Place};

/// Tells the boots of entries that follow one another.
#[derive(Debug)]
pub(super) struct BootOf<'j> {
    journal: &'j Journal,
    boots: HashMap<Id128, usize, Mix>,
    last: (Id128, usize),
}

impl<'j> BootOf<'j> {
    pub(super) fn new(journal: &'j Journal) -> Self {
        let mut boots = HashMap::with_hasher(Mix::new());
        boots.extend(journal.boots().iter().enumerate().map(|(index, boot)| (boot.id, index)));
        Self { journal, boots, last: (Id128::default(), 0) }
    }

    /// The boot of an entry, by index in [`Journal::boots`].
    #[inline]
    pub(super) fn boot(&mut self, place: Place, entry: &Entry<'_>) -> Option<usize> {
        let id = entry.boot_id();
        if id.is_null() || entry.is_torn() {
            // Where its own id is lost or half written, its place tells.
            return self.journal.boot_of(place);
        }
        if id != self.last.0 {
            let boot = self.boots.get(&id).copied().or_else(|| self.journal.boot_of(place))?;
            self.last = (id, boot);
        }
        Some(self.last.1)
    }
}

/// Sums by the value of a field; the first is for entries without it.
#[derive(Debug)]
struct ByField {
    key: usize,
    sums: Vec<Sum>,
    /// The number of the value of the entry in work, and whether it has another.
    found: u32,
    again: bool,
    several: u64,
}

/// Sums by boot or by the beginning of a period.
#[derive(Debug)]
struct ByNumber {
    key: usize,
    sums: BTreeMap<u64, Sum>,
    absent: Sum,
    /// The group in work, and the period that it is.
    current: (u64, Sum),
    period: Range<u64>,
}

#[derive(Debug)]
pub(super) struct Worker<'s> {
    keys: &'s [Key],
    boots: BootOf<'s>,
    reader: Reader,
    fields: Vec<ByField>,
    numbers: Vec<ByNumber>,
    total: Sum,
    range: Option<(Realtime, Realtime)>,
    timeline: Timeline,
}

impl<'s> Worker<'s> {
    pub(super) fn new(journal: &'s Journal, keys: &'s [Key], offset: i64) -> Self {
        let named = keys.iter().enumerate().filter_map(|(key, by)| Some((key, by.field()?)));
        let fields = named.clone().map(|(key, _)| ByField {
            key,
            sums: vec![Sum::default()],
            found: 0,
            again: false,
            several: 0,
        });
        let other = keys.iter().enumerate().filter(|(_, by)| by.field().is_none());
        let numbers = other.map(|(key, _)| ByNumber {
            key,
            sums: BTreeMap::new(),
            absent: Sum::default(),
            current: (0, Sum::default()),
            period: 0..0,
        });
        Self {
            keys,
            boots: BootOf::new(journal),
            reader: Reader::new(journal, named.map(|(_, field)| field.as_bytes())),
            fields: fields.collect(),
            numbers: numbers.collect(),
            total: Sum::default(),
            range: None,
            timeline: Timeline::new(offset),
        }
    }

    /// Counts an entry.
    pub(super) fn add(&mut self, place: Place, entry: &Entry<'_>) {
        let fields = &mut self.fields;
        let (bytes, disk) = self.reader.read(place, entry, |index, number| {
            if let Some(by) = fields.get_mut(index) {
                by.meet(number);
            }
        });
        let sum = Sum { entries: 1, bytes, disk };
        let time = entry.realtime();
        self.total.add(sum);
        self.range = Some(self.range.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
        self.timeline.add(time, sum);
        self.fields.iter_mut().for_each(|by| by.add(sum));
        for by in &mut self.numbers {
            match self.keys.get(by.key) {
                Some(Key::Boot | Key::Machine) => by.add(self.boots.boot(place, entry).map(|boot| boot as u64), sum),
                Some(key) => by.add_at(key, time, sum),
                None => {}
            }
        }
    }

    /// Adds all that was counted to the whole.
    pub(super) fn finish(
        self,
        whole: &mut Stats,
        groups: &mut [(BTreeMap<Value, Sum>, u64)],
        lost: &mut BTreeMap<usize, Losses>,
    ) {
        whole.total.add(self.total);
        whole.timeline.merge(self.timeline);
        whole.range = match (whole.range, self.range) {
            (Some(one), Some(two)) => Some((one.0.min(two.0), one.1.max(two.1))),
            (one, two) => one.or(two),
        };
        let (values, losses) = self.reader.finish();
        for (by, values) in self.fields.into_iter().zip(values) {
            let Some((groups, several)) = groups.get_mut(by.key) else { continue };
            *several += by.several;
            let mut add = |value: Value, number: usize| {
                if let Some(sum) = by.sums.get(number).filter(|sum| sum.entries > 0) {
                    groups.entry(value).or_default().add(*sum);
                }
            };
            add(Value::Absent, 0);
            values.into_numbers().for_each(|(value, number)| add(Value::Bytes(value), number as usize));
        }
        for by in self.numbers {
            let Some((groups, _)) = groups.get_mut(by.key) else { continue };
            let boots = self.boots.journal.boots();
            let value = |number: u64| match (self.keys.get(by.key), boots.get(number as usize)) {
                (Some(Key::Boot), _) => Value::Boot(number as usize),
                (Some(Key::Machine), Some(boot)) => Value::Machine(boot.machine_id),
                _ => Value::Time(Realtime(number)),
            };
            let current = std::iter::once(by.current);
            let sums = by.sums.into_iter().chain(current).map(|(number, sum)| (value(number), sum));
            for (value, sum) in sums.chain([(Value::Absent, by.absent)]).filter(|(_, sum)| sum.entries > 0) {
                groups.entry(value).or_default().add(sum);
            }
        }
        for (file, losses) in losses {
            lost.entry(file as usize).or_default().add(losses);
        }
    }
}

impl ByField {
    /// Notes that the entry in work has this value.
    #[inline]
    const fn meet(&mut self, number: u32) {
        if self.found == 0 {
            self.found = number;
        } else if number != self.found {
            self.again = true;
        }
    }

    #[inline]
    fn add(&mut self, sum: Sum) {
        let number = self.found as usize;
        if self.sums.len() <= number {
            self.sums.resize(number + 1, Sum::default());
        }
        if let Some(group) = self.sums.get_mut(number) {
            group.add(sum);
        }
        self.several += u64::from(self.again);
        (self.found, self.again) = (0, false);
    }
}

impl ByNumber {
    #[inline]
    fn add(&mut self, number: Option<u64>, sum: Sum) {
        match number {
            Some(number) if number == self.current.0 => self.current.1.add(sum),
            Some(number) => {
                let (before, done) = std::mem::replace(&mut self.current, (number, sum));
                self.sums.entry(before).or_default().add(done);
            }
            None => self.absent.add(sum),
        }
    }

    /// Counts an entry in the period it was received in.
    #[inline]
    fn add_at(&mut self, key: &Key, time: Realtime, sum: Sum) {
        if !self.period.contains(&time.0) {
            match key.period(time) {
                Some(period) => self.period = period,
                None => return self.absent.add(sum),
            }
        }
        self.add(Some(self.period.start), sum);
    }
}
