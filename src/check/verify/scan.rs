//! The first pass: every object by itself, in the order of the file, and what the order alone tells.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::chained::{Buckets, Chained};
use super::crew::crew;
use super::finding::{Findings, Touches};
use super::names::{NAMES_KEPT, NAMES_LEAST, Names};
use super::object::Checker;
use super::places::{Places, Stretch};
use super::rule::Rule;
use super::{Options, order::Order};
use crate::bytes::Mix;
use crate::check::{Piece, Walk};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::{Id128, ObjectType, RawObject, Table};

/// How many payload hashes are remembered; of more values, they are worked out again where they are asked for.
const HASHES_KEPT: usize = 2 << 20;

/// How many tags are remembered; a file with one a second has so many in twelve days.
const TAGS_KEPT: usize = 1 << 20;

/// Stands for the hash of a payload that could not be read; the chance that one has it is 2^-64.
pub(super) const UNREAD: u64 = 0x6a09_e667_f3bc_c909;

/// A TAG that was met.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seal {
    pub(super) at: Offset,
    pub(super) seqnum: u64,
    pub(super) epoch: u64,
}

/// What one stretch of the file holds, or all of it.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) findings: Findings,
    /// How many objects of each type, by type byte.
    pub(super) counts: [u64; 8],
    /// Where the last object begins.
    pub(super) last: Offset,
    /// Objects behind the one that the header calls the last.
    pub(super) behind: u64,
    pub(super) order: Order,
    pub(super) names: Names,
    /// The Jenkins hashes of the payloads of [`Kind::Kept`](super::places::Kind), ascending by place.
    pub(super) hashes: Vec<u64>,
    pub(super) tags: Vec<Seal>,
    /// The hash tables that were met, by type byte and place.
    pub(super) tables: Vec<RawTable>,
    /// The boots that payloads name.
    pub(super) boots: Vec<(Offset, Id128)>,
    /// The slots of all arrays.
    pub(super) slots: u64,
    /// Sums over the places of objects of a kind: two sets with one sum are the same set.
    pub(super) data: u64,
    pub(super) singles: u64,
    pub(super) arrays: u64,
    /// The chains of the data hash table, as far as the objects tell.
    pub(super) chained: Chained,
    /// How long its longest chain is, less one.
    pub(super) depth: u64,
    /// Payloads that could not be read though nothing is wrong with them.
    pub(super) unread: u64,
    /// Whether an object is so damaged that the next one may not begin where it says.
    pub(super) broken: bool,
    /// Whether there were more compressed payloads than are remembered.
    pub(super) overflow: bool,
    /// Whether there were more tags than are remembered.
    pub(super) crowded: bool,
}

/// A hash table that was met.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawTable {
    pub(super) kind: u8,
    pub(super) at: Offset,
    pub(super) size: u64,
}

impl Scanned {
    /// Adds what the stretch behind this one holds.
    fn append(&mut self, next: Self) {
        self.findings.extend(next.findings);
        for (count, more) in self.counts.iter_mut().zip(next.counts) {
            *count = count.saturating_add(more);
        }
        self.last = self.last.max(next.last);
        self.behind = self.behind.saturating_add(next.behind);
        self.order.append(&next.order, &mut self.findings);
        self.names.append(next.names, &mut self.findings);
        self.hashes.extend(next.hashes);
        self.tags.extend(next.tags);
        self.tables.extend(next.tables);
        self.boots.extend(next.boots);
        self.slots = self.slots.saturating_add(next.slots);
        self.data = self.data.wrapping_add(next.data);
        self.singles = self.singles.wrapping_add(next.singles);
        self.arrays = self.arrays.wrapping_add(next.arrays);
        self.chained.append(&next.chained);
        self.unread = self.unread.saturating_add(next.unread);
        self.broken |= next.broken;
        self.overflow |= next.overflow;
        self.crowded |= next.crowded;
    }

    /// How many objects of a type there are.
    pub(super) fn count(&self, kind: u8) -> u64 {
        self.counts.get(usize::from(kind)).copied().unwrap_or_default()
    }

    /// Counts an object and remembers where it lies.
    pub(super) fn meet(&mut self, raw: RawObject<'_>, tail: Offset) {
        if let Some(count) = self.counts.get_mut(usize::from(raw.kind)) {
            *count = count.saturating_add(1);
        }
        self.last = raw.at;
        if tail.is_some() && raw.at > tail {
            self.behind = self.behind.saturating_add(1);
        }
    }

    /// Remembers a tag.
    pub(super) fn tag(&mut self, seal: Seal, room: &Room) {
        if room.tags.fetch_add(1, Ordering::Relaxed) < TAGS_KEPT { self.tags.push(seal) } else { self.crowded = true }
    }
}

/// Room that all threads share, and how much of it is a thread's own.
#[derive(Debug)]
pub(super) struct Room {
    hashes: AtomicUsize,
    tags: AtomicUsize,
    /// How many names each part of the file may have.
    pub(super) names: usize,
}

impl Room {
    /// Room for so many parts.
    fn of(parts: usize) -> Self {
        let names = NAMES_KEPT.checked_div(parts).unwrap_or(NAMES_KEPT).max(NAMES_LEAST);
        Self { hashes: AtomicUsize::new(0), tags: AtomicUsize::new(0), names }
    }

    /// Takes room for one more payload hash, if there is any.
    pub(super) fn take(&self) -> bool {
        self.hashes.fetch_add(1, Ordering::Relaxed) < HASHES_KEPT
    }
}

/// Looks at every object of the file: in parts at once, and where damage shows, all over again and with more care.
pub(super) fn scan(file: &JournalFile, mix: Mix, options: &Options<'_>) -> (Scanned, Places) {
    let parts = if header_is_usable(file) { file.parts(options.threads.saturating_mul(4)) } else { Vec::new() };
    let buckets = buckets(file, options.threads);
    if !parts.is_empty() {
        let (whole, places) = rows(file, mix, &parts, &buckets, options);
        // Of too much, one thread keeps the first, so that the findings are the same with any number of threads.
        if !(whole.broken || whole.crowded || whole.names.overflow) {
            return (whole, places);
        }
    }
    let (room, mut buckets, mut places) = (Room::of(1), buckets, Places::of(file.image().len()));
    let all = Offset(0)..Offset(file.image().len());
    let stretch = places.stretches(std::slice::from_ref(&all)).pop();
    let done =
        stretch.map(|stretch| (Offset(0), pieces(file, Checker::new(file, mix, stretch, (&room, &mut buckets)))));
    let whole = joined(done.into_iter().collect(), &mut places);
    (Scanned { depth: buckets.depth(), ..whole }, places)
}

/// The data hash table's buckets, with nothing in them.
fn buckets(file: &JournalFile, threads: usize) -> Buckets {
    let (first, size) = (file.header().data_hash_table_offset, file.header().data_hash_table_size);
    Buckets::of(Table::at(file.image(), first, size, "data hash table").ok().as_ref(), threads)
}

/// Looks at the parts of a file in all threads.
fn rows(
    file: &JournalFile,
    mix: Mix,
    parts: &[Range<Offset>],
    empty: &Buckets,
    options: &Options<'_>,
) -> (Scanned, Places) {
    let (room, mut places) = (Room::of(parts.len()), Places::of(file.image().len()));
    let jobs: Vec<_> = parts.iter().cloned().zip(places.stretches(parts)).collect();
    let state = || (Vec::new(), empty.clone());
    let work = |(done, buckets): &mut (Vec<_>, Buckets), (part, stretch): (Range<Offset>, Stretch<'_>)| {
        done.push((part.start, row(file, &part, Checker::new(file, mix, stretch, (&room, buckets)))));
        options.done(part.end.0.saturating_sub(part.start.0));
    };
    let (mut done, mut filled) = (Vec::new(), Buckets::default());
    for (more, buckets) in crew(options.threads, jobs, state, work) {
        done.extend(more);
        filled.append(buckets);
    }
    let whole = joined(done, &mut places);
    (Scanned { depth: filled.depth(), ..whole }, places)
}

type Done = (Scanned, Vec<(Offset, u8)>);

fn joined(mut done: Vec<(Offset, Done)>, places: &mut Places) -> Scanned {
    done.sort_by_key(|(start, _)| *start);
    let mut whole = Scanned::default();
    let mut spilt = Vec::new();
    for (_, (part, mut more)) in done {
        whole.append(part);
        spilt.append(&mut more);
    }
    places.close(spilt);
    whole
}

/// Whether objects can be looked for where the header says that they begin.
fn header_is_usable(file: &JournalFile) -> bool {
    file.header().size_fault().is_none() && file.header().header_size < file.image().len()
}

/// The objects of a part, one behind the other.
fn row<'a>(file: &'a JournalFile, part: &Range<Offset>, mut checker: Checker<'a, '_>) -> Done {
    for object in file.objects(part) {
        match object {
            Ok(raw) => checker.object(raw),
            Err(_) => checker.found.broken = true,
        }
        if checker.found.broken {
            break;
        }
    }
    checker.end()
}

/// The objects of a damaged file, wherever one proves itself.
fn pieces<'a>(file: &'a JournalFile, mut checker: Checker<'a, '_>) -> Done {
    for piece in Walk::frugal(file) {
        match piece {
            Piece::Sound(raw) => checker.object(raw),
            Piece::Doubtful(raw, damage) => doubtful(&mut checker, raw, damage),
            Piece::Gap { from, to, damage } => gap(&mut checker, from, to, damage),
        }
    }
    checker.end()
}

fn doubtful<'a>(checker: &mut Checker<'a, '_>, raw: RawObject<'a>, damage: Corrupt) {
    let known = !matches!(ObjectType::from(raw.kind), ObjectType::Unused | ObjectType::Other(_));
    if known && !matches!(damage.fault, Fault::TooLarge { .. }) {
        return checker.object(raw);
    }
    checker.found.findings.add(Rule::Object, damage, Touches::File);
}

fn gap(checker: &mut Checker<'_, '_>, from: Offset, to: Offset, damage: Option<Corrupt>) {
    let bytes = to.0.saturating_sub(from.0);
    let fault = Corrupt::new(from, "gap", Fault::Lost { bytes });
    checker.found.findings.add(Rule::Gap, fault, Touches::File);
    if let Some(damage) = damage {
        checker.found.findings.add(Rule::Object, damage, Touches::File);
    }
}
