//! The two hash tables: every bucket's chain, and whether all objects are in one.

use std::hash::BuildHasher;
use std::ops::Range;

use super::Options;
use super::chained::Chained;
use super::crew::crew;
use super::entries::{Known, word};
use super::finding::{Findings, Touches};
use super::rule::Rule;
use crate::check::starts::Starts;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::{ObjectType, Table};

/// One of the two tables, with what belongs into it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hashed<'a> {
    pub(super) known: Known<'a>,
    /// Where the first bucket lies.
    pub(super) first: Offset,
    pub(super) size: u64,
    /// FIELD objects, ascending; `None` for the table of DATA.
    pub(super) fields: Option<&'a [Offset]>,
    /// What the objects tell of their chains, and how deep these are, where that was taken.
    pub(super) chained: Option<(Chained, u64)>,
    /// How many objects there are, and a sum over them.
    pub(super) objects: (u64, u64),
    /// How long the longest chain is by the header's memory.
    pub(super) depth: Option<u64>,
}

/// What a walk along chains met.
#[derive(Debug, Default)]
struct Met {
    findings: Findings,
    count: u64,
    sum: u64,
    depth: u64,
    /// Whether more objects were met than there are.
    is_over: bool,
}

impl Hashed<'_> {
    fn what(&self) -> &'static str {
        if self.fields.is_some() { "field hash table" } else { "data hash table" }
    }

    fn object(&self) -> &'static str {
        if self.fields.is_some() { "field" } else { "data" }
    }

    fn is_known(&self, at: Offset) -> bool {
        match self.fields {
            Some(fields) => fields.binary_search(&at).is_ok(),
            None => self.known.places.is_data(at),
        }
    }

    /// Checks the table.
    pub(super) fn check(&self, options: &Options<'_>, findings: &mut Findings) {
        let Ok(table) = Table::at(self.known.file.image(), self.first, self.size, self.what()) else { return };
        if self.is_whole(&table, options) {
            return;
        }
        let work = |met: &mut Met, buckets: Range<u64>| {
            for index in buckets {
                self.bucket(&table, index, met, |_| true);
            }
        };
        let mut whole = Met::default();
        for met in crew(options.threads, jobs(&table, options), Met::default, work) {
            whole.findings.extend(met.findings);
            whole.count = whole.count.saturating_add(met.count);
            whole.sum = whole.sum.wrapping_add(met.sum);
            whole.depth = whole.depth.max(met.depth);
            whole.is_over |= met.is_over;
        }
        if (whole.count, whole.sum) != self.objects {
            return self.unhashed(&table, findings);
        }
        findings.extend(whole.findings);
        if let Some(found) = self.depth.filter(|depth| *depth > whole.depth) {
            let at = if self.fields.is_some() { Offset(248) } else { Offset(240) };
            let fault = Fault::Differs { found, wanted: whole.depth };
            findings.add(Rule::ChainDepth, Corrupt::new(at, "hash chain depth", fault), Touches::File);
        }
    }

    /// Whether sums tell that nothing is wrong; where they do not, a walk says what.
    fn is_whole(&self, table: &Table<'_>, options: &Options<'_>) -> bool {
        let Some((mut chained, depth)) = self.chained else { return false };
        let work = |chained: &mut Chained, buckets: Range<u64>| {
            buckets.for_each(|index| chained.bucket(self.known.mix, index, table.bucket(index)));
        };
        for part in crew(options.threads, jobs(table, options), Chained::default, work) {
            chained.append(&part);
        }
        chained.is_whole() && self.depth.is_none_or(|noted| noted <= depth)
    }

    /// Walks the chain of a bucket.
    fn bucket(&self, table: &Table<'_>, index: u64, met: &mut Met, mut each: impl FnMut(Offset) -> bool) {
        let (head, tail) = table.bucket(index);
        let place = Offset(self.first.0.saturating_add(index.saturating_mul(16)));
        let touches = Touches::File;
        let (mut at, mut last, mut depth) = (head, Offset(0), 0_u64);
        while at.is_some() && !met.is_over {
            let from = if last.is_some() { last } else { place };
            if at <= last {
                let damage = Corrupt::new(from, "hash chain", Fault::Loop { next: at });
                return met.findings.add(Rule::Bucket, damage, touches);
            }
            if !self.is_known(at) {
                let fault = Fault::Leads { to: at, wanted: self.object() };
                return met.findings.add(Rule::Bucket, Corrupt::new(from, "hash chain", fault), touches);
            }
            let bucket = word(self.known.file, at, 16).checked_rem(table.len()).unwrap_or_default();
            if bucket != index {
                let fault = Fault::Differs { found: index, wanted: bucket };
                met.findings.add(Rule::Bucket, Corrupt::new(at, "bucket", fault), Touches::File);
            }
            if !each(at) {
                return;
            }
            met.count = met.count.saturating_add(1);
            met.sum = met.sum.wrapping_add(self.known.mix.hash_one(at.0));
            met.is_over = met.count > self.objects.0;
            depth = depth.saturating_add(1);
            last = at;
            at = Offset(word(self.known.file, at, 24));
        }
        met.depth = met.depth.max(depth.saturating_sub(1));
        if tail != last && !met.is_over {
            let damage = Corrupt::new(place, "tail of a bucket", Fault::Differs { found: tail.0, wanted: last.0 });
            met.findings.add(Rule::Bucket, damage, touches);
        }
    }

    /// Reports the objects that are in no chain.
    fn unhashed(&self, table: &Table<'_>, findings: &mut Findings) {
        let mut reached = Starts::of(self.known.file.image().len());
        let mut met = Met::default();
        for index in 0..table.len() {
            // What another chain has led to ends this one, so that each object is met once.
            self.bucket(table, index, &mut met, |at| reached.insert(at));
        }
        findings.extend(met.findings);
        let data = self.known.places.ranges(1).into_iter().flat_map(|range| self.known.places.iter(range));
        let data = data.map(|(at, ..)| at).filter(|at| self.known.places.is_data(*at));
        let all: &mut dyn Iterator<Item = Offset> = match self.fields {
            Some(fields) => &mut fields.iter().copied(),
            None => &mut { data },
        };
        for at in all.filter(|at| !reached.contains(*at)) {
            self.unreached(at, findings);
        }
    }

    fn unreached(&self, at: Offset, findings: &mut Findings) {
        let damage = Corrupt::new(at, self.object(), Fault::Unlisted { at, wanted: self.what() });
        let touches = match self.fields {
            Some(_) => self
                .known
                .file
                .field(at)
                .map_or(Touches::File, |field| Touches::Field { name: super::names::text(field.name) }),
            None => super::entries::touches_value(self.known.file, at),
        };
        // The last object may have been written and not yet linked.
        if at > self.known.last {
            findings.remark(Rule::Unhashed, damage, touches);
        } else {
            findings.add(Rule::Unhashed, damage, touches);
        }
    }
}

/// The buckets in parts.
fn jobs(table: &Table<'_>, options: &Options<'_>) -> Vec<Range<u64>> {
    let step = table.len().div_ceil(options.threads.saturating_mul(8).max(1) as u64).max(1);
    let starts = (0..table.len()).step_by(usize::try_from(step).unwrap_or(usize::MAX));
    starts.map(|from| from..from.saturating_add(step).min(table.len())).collect()
}

/// Whether the tables that were met are those of the header.
pub(super) fn places(known: Known<'_>, met: &[super::scan::RawTable], findings: &mut Findings) {
    let header = known.file.header();
    let stated = [
        (ObjectType::DataHashTable, Offset(104), header.data_hash_table_offset, header.data_hash_table_size),
        (ObjectType::FieldHashTable, Offset(120), header.field_hash_table_offset, header.field_hash_table_size),
    ];
    for (kind, at, first, size) in stated {
        let mut of_kind = met.iter().filter(|table| ObjectType::from(table.kind) == kind);
        let is_stated = |table: &&super::scan::RawTable| {
            first.0.checked_sub(16) == Some(table.at.0) && size.checked_add(16) == Some(table.size)
        };
        if of_kind.clone().any(|table| is_stated(&table)) {
            for second in of_kind.filter(|table| !is_stated(table)) {
                let fault = Fault::Value { found: second.at.0, must: "the only hash table of its kind" };
                findings.add(Rule::HashTable, Corrupt::new(second.at, "hash table", fault), Touches::File);
            }
            continue;
        }
        match of_kind.next() {
            Some(table) if first.0.checked_sub(16) == Some(table.at.0) => {
                let wanted = table.size.saturating_sub(16);
                let damage = Corrupt::new(
                    Offset(at.0.saturating_add(8)),
                    "hash table size",
                    Fault::Differs { found: size, wanted },
                );
                findings.add(Rule::HashTable, damage, Touches::File);
            }
            Some(table) => {
                let wanted = table.at.0.saturating_add(16);
                findings.add(
                    Rule::HashTable,
                    Corrupt::new(at, "hash table", Fault::Differs { found: first.0, wanted }),
                    Touches::File,
                );
            }
            // Files without any content may do without.
            None if !first.is_some() && size == 0 => {}
            None => {
                let damage = Corrupt::new(at, "hash table", Fault::Leads { to: first, wanted: "hash table" });
                findings.add(Rule::HashTable, damage, Touches::File);
            }
        }
    }
}
