//! Which files need not be opened for a part of a journal, by their headers and first entries.
//!
//! Journald fills one file after the other, so that of hundreds of files a few hold the newest entries, or those of an
//! hour. Where names, headers and first entries of closed files agree that they follow one another without a gap, the
//! others are left out: a few short reads each in place of a map and a walk along its arrays.

use std::path::PathBuf;

use rayon::prelude::*;

use super::clock::ran_on;
use super::{FileName, Journal, Stretch};
use crate::file::Begin;
use crate::format::{Id128, Realtime, Seqnum};

/// Fewer files are opened as soon as sorted out.
const FEW: usize = 16;

/// The part of a journal that is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// So many of the last entries, if not all.
    pub last: Option<usize>,
    /// Nothing that was received before.
    pub since: Option<Realtime>,
    /// Nothing that was received behind.
    pub until: Option<Realtime>,
}

/// A file's index, and the first number and time that its name says.
type Named = (usize, (Seqnum, Realtime));

/// A closed file by its index, and its beginning.
struct Closed {
    index: usize,
    begin: Begin,
}

/// Closed files that follow one another, and which of them are needed.
#[derive(Debug, Default)]
pub(super) struct Needs {
    seqnum_id: Id128,
    /// The last number of the closed files.
    tail: Seqnum,
    /// By path: the beginning of a file that is left out.
    left_out: Vec<Option<Begin>>,
    /// By path: how many entries a closed file must have.
    entries: Vec<Option<u64>>,
}

impl Needs {
    /// Sorts out the files at `paths`; where their names, headers and first entries do not agree, all are needed.
    pub(super) fn of(paths: &[PathBuf], extent: &Extent) -> Self {
        Self::sort_out(paths, extent).unwrap_or_default()
    }

    fn sort_out(paths: &[PathBuf], extent: &Extent) -> Option<Self> {
        let (seqnum_id, named) = of_one_series(paths)?;
        let numbers = named.last()?.1.0.0.checked_sub(named.first()?.1.0.0)?;
        let is_for_time = extent.since.is_some() || extent.until.is_some();
        if !is_for_time && extent.last.is_none_or(|last| last as u64 >= numbers) {
            return None;
        }
        let read = |(index, name): Named| {
            let begin = Begin::read(paths.get(index)?)?;
            let is_named = (begin.first.seqnum, begin.first.realtime) == name && begin.header.seqnum_id == seqnum_id;
            is_named.then_some(Closed { index, begin })
        };
        let closed: Vec<Closed> = named.into_par_iter().map(read).collect::<Option<_>>()?;
        let ascend = |(one, next): (&Closed, &Closed)| one.tail() < next.begin.first.seqnum;
        if !closed.iter().zip(closed.iter().skip(1)).all(ascend) {
            return None;
        }
        let tail = closed.last()?.tail();
        let mut needs = Self { seqnum_id, tail, left_out: vec![None; paths.len()], entries: vec![None; paths.len()] };
        let mut count = 0;
        let mut next = None;
        for closed in closed.iter().rev() {
            let is_left_out = closed.is_beyond(next, extent, count);
            let entries = closed.begin.header.n_entries;
            count = entries.saturating_add(count);
            *needs.entries.get_mut(closed.index)? = Some(entries);
            *needs.left_out.get_mut(closed.index)? = is_left_out.then(|| closed.begin.clone());
            next = Some(closed);
        }
        Some(needs)
    }

    /// The beginning of the file at `index` of the paths, if it is left out.
    pub(super) fn left_out(&self, index: usize) -> Option<&Begin> {
        self.left_out.get(index)?.as_ref()
    }

    /// Whether any file is left out.
    pub(super) fn leaves_out(&self) -> bool {
        self.left_out.iter().any(Option::is_some)
    }

    /// Whether the files that were opened are as the closed ones' beginnings had it, so that those left out are not
    /// needed: the closed ones whole, and all numbers of others behind theirs.
    pub(super) fn are_met(&self, journal: &Journal) -> bool {
        let opened = journal.files().iter().enumerate().filter(|(index, _)| self.left_out(*index).is_none());
        let is_behind = |stretch: &Stretch| stretch.first.seqnum.min(stretch.last.seqnum) > self.tail;
        let stretches = journal.order().stretches();
        opened.into_iter().all(|(index, file)| match self.entries.get(index).copied().flatten() {
            Some(entries) => {
                let is_sound = !journal.is_damaged(index) && journal.salvage(index).is_none();
                is_sound && file.slot_count() as u64 == entries
            }
            None => {
                let mut own = stretches.iter().filter(|stretch| stretch.file as usize == index);
                own.all(is_behind) && file.header().seqnum_id == self.seqnum_id
            }
        })
    }
}

impl Closed {
    fn tail(&self) -> Seqnum {
        self.begin.header.tail_entry_seqnum
    }

    /// Whether nothing of it is wanted, where `count` entries are in the closed files behind it, of which `next` is the
    /// first.
    ///
    /// Its last number must be the one before the next file's first, as a second witness for what its header says. For a
    /// span of time the clock must have run on, from its first entry to its last and to the next file: then it is outside
    /// by the rule that tells so of an open file. A boot between two parts of another one is not noticed.
    fn is_beyond(&self, next: Option<&Self>, extent: &Extent, count: u64) -> bool {
        let Some(next) = next.map(|next| &next.begin.first) else { return false };
        if self.tail().0.checked_add(1) != Some(next.seqnum.0) {
            return false;
        }
        let (first, last) = (&self.begin.first, self.begin.last());
        let before = extent.since.and_then(|since| since.0.checked_sub(next.realtime.max(last.realtime).0));
        let behind = extent.until.and_then(|until| first.realtime.0.checked_sub(until.0));
        match (before.or(behind), extent.since.or(extent.until)) {
            (Some(away), _) => first.boot_id == next.boot_id && ran_on(first, &last, away) && ran_on(&last, next, away),
            (None, Some(_)) => false,
            (None, None) => extent.last.is_some_and(|last| count >= last as u64),
        }
    }
}

/// Many files of one directory and one series, of which at most one is not closed: the series, and the closed ones by
/// index, with the first number and time that their names say, oldest first. `None` for any other files.
fn of_one_series(paths: &[PathBuf]) -> Option<(Id128, Vec<Named>)> {
    let first = paths.first().filter(|_| paths.len() >= FEW)?;
    let stem = FileName::read(first)?.stem().to_owned();
    let (mut series, mut closed) = (None, Vec::with_capacity(paths.len()));
    for (index, path) in paths.iter().enumerate() {
        let name = FileName::read(path).filter(|name| name.stem() == stem && path.parent() == first.parent())?;
        match name {
            FileName::Archived { seqnum_id, .. } if series.is_some_and(|series| series != seqnum_id) => return None,
            FileName::Archived { seqnum_id, head_seqnum, head_realtime, .. } => {
                series = Some(seqnum_id);
                closed.push((index, (head_seqnum, head_realtime)));
            }
            FileName::Active { .. } | FileName::Disposed { .. } => {}
        }
    }
    closed.sort_unstable_by_key(|(_, name)| *name);
    (closed.len().saturating_add(1) >= paths.len()).then_some((series?, closed))
}
