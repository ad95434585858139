//! The entries of a query in order, in chunks of places, from either end.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::bitmap::Bitmap;
use super::{CHUNK, Query};
use crate::corrupt::Losses;
use crate::format::Realtime;
use crate::journal::{Journal, Merge, Piece, Place, Stretch};

/// How many places of a merge are held at once when it is walked backwards.
const BLOCK: usize = 1 << 16;

/// Some entries that follow one another.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// The entries.
    pub places: Vec<Place>,
    /// The entry that comes before the first one in this selection.
    pub before: Option<Place>,
}

/// What a query selects, ready to be walked.
#[derive(Debug)]
pub struct Selection<'j> {
    journal: &'j Journal,
    boot: Option<usize>,
    since: Option<Realtime>,
    until: Option<Realtime>,
    slots: Vec<Option<Bitmap>>,
    losses: Vec<(usize, Losses)>,
    conflicts: AtomicU64,
}

impl<'j> Selection<'j> {
    /// Works out which entries match, file by file, through the index.
    #[must_use]
    pub fn of(journal: &'j Journal, query: &Query) -> Self {
        let mut losses = Vec::new();
        let boot = query.boot.and_then(|boot| journal.boots().get(boot));
        let slots = journal.files().iter().enumerate().map(|(index, file)| {
            // A file without entries of the wanted boot is not looked at.
            if boot.is_some_and(|boot| boot.files.binary_search(&index).is_err()) {
                return None;
            }
            let mut found = Losses::default();
            let slots = query.matches.slots(file, &mut found);
            if !found.is_empty() {
                losses.push((index, found));
            }
            slots
        });
        let slots = slots.collect();
        Self {
            journal,
            boot: query.boot,
            since: query.since,
            until: query.until,
            slots,
            losses,
            conflicts: AtomicU64::new(0),
        }
    }

    /// Damage to the index that was met; the files concerned were read entry by entry.
    pub fn losses(&self) -> &[(usize, Losses)] {
        &self.losses
    }

    /// How many pairs of entries, as far as walked, share namespace and seqnum but not content; both were given.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.conflicts.load(Ordering::Relaxed)
    }

    /// Calls `take` with chunks of the wanted entries in order, or in reverse, until it returns `false`.
    pub fn walk(&self, query: &Query, mut take: impl FnMut(Chunk) -> bool) {
        let mut chunker = Chunker { chunk: Chunk::default(), last: None, take: &mut take, stopped: false };
        match query.last {
            Some(wanted) => {
                let mut newest = VecDeque::new();
                self.each(true, |place| {
                    if newest.len() < wanted {
                        newest.push_back(place);
                    }
                    newest.len() < wanted
                });
                if !query.reverse {
                    newest.make_contiguous().reverse();
                }
                newest.into_iter().all(|place| chunker.push(place));
            }
            None => {
                let mut left = query.first.unwrap_or(usize::MAX);
                self.each(query.reverse, |place| {
                    let wanted = left > 0 && chunker.push(place);
                    left = left.saturating_sub(1);
                    wanted && left > 0
                });
            }
        }
        chunker.flush();
    }

    /// Calls `visit` with each entry's place until it returns `false`.
    pub fn each(&self, reverse: bool, mut visit: impl FnMut(Place) -> bool) {
        let pieces = self.journal.order().pieces();
        let mut piece = |piece: &Piece| match piece {
            Piece::Run(index) => self.run(*index, reverse, &mut visit),
            Piece::Merge(members) => self.merge(members, reverse, &mut visit),
        };
        if reverse {
            pieces.iter().rev().all(&mut piece)
        } else {
            pieces.iter().all(&mut piece)
        };
    }

    fn stretch(&self, index: usize) -> Option<&'j Stretch> {
        let stretch = self.journal.order().stretches().get(index)?;
        (self.boot.is_none_or(|boot| boot == stretch.boot)).then_some(stretch)
    }

    fn run(&self, index: usize, reverse: bool, visit: &mut impl FnMut(Place) -> bool) -> bool {
        let Some(stretch) = self.stretch(index) else { return true };
        let Some(file) = self.journal.files().get(stretch.file as usize) else { return true };
        let mut one = |at| {
            let place = Place { file: stretch.file, at };
            !self.in_time(place) || visit(place)
        };
        match self.slots.get(stretch.file as usize).and_then(Option::as_ref) {
            None => {
                let mut slots = file.arrays().iter(file.image(), file.layout(), stretch.slots.clone());
                if reverse { slots.rev().all(&mut one) } else { slots.all(&mut one) }
            }
            Some(set) => Marked { set, left: stretch.slots.clone(), reverse }.all(|slot| one(file.entry_at(slot))),
        }
    }

    fn merge(&self, members: &[usize], reverse: bool, visit: &mut impl FnMut(Place) -> bool) -> bool {
        let stretches = members.iter().filter_map(|index| self.stretch(*index));
        let mut merge = Merge::of(self.journal.files(), stretches);
        if !reverse {
            let going = merge.all(|place| !self.wanted(place) || visit(place));
            self.conflicts.fetch_add(merge.conflicts(), Ordering::Relaxed);
            return going;
        }
        // Backwards: remember where each block begins, then merge the blocks again from the last to the first.
        let mut starts = vec![merge.clone()];
        let mut count = 0_usize;
        while merge.next().is_some() {
            count += 1;
            if count.is_multiple_of(BLOCK) {
                starts.push(merge.clone());
            }
        }
        self.conflicts.fetch_add(merge.conflicts(), Ordering::Relaxed);
        starts.into_iter().rev().all(|start| {
            let block: Vec<Place> = start.take(BLOCK).collect();
            block.into_iter().rev().all(|place| !self.wanted(place) || visit(place))
        })
    }

    /// Whether an entry of a merge is selected.
    fn wanted(&self, place: Place) -> bool {
        let marked = match (self.slots.get(place.file as usize), self.journal.files().get(place.file as usize)) {
            (Some(Some(set)), Some(file)) => {
                set.contains(file.arrays().position(file.image(), file.layout(), place.at))
            }
            _ => true,
        };
        marked && self.in_time(place)
    }

    /// Whether the time of reception lies within the wanted range. What cannot be read stays, to be counted.
    fn in_time(&self, place: Place) -> bool {
        if self.since.is_none() && self.until.is_none() {
            return true;
        }
        self.journal.entry(place).map_or(true, |entry| {
            let time = entry.realtime();
            self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time <= until)
        })
    }
}

/// The slots of a set within a range, from one end.
struct Marked<'a> {
    set: &'a Bitmap,
    left: Range<usize>,
    reverse: bool,
}

impl Iterator for Marked<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.reverse {
            let slot = self.set.last(self.left.start, self.left.end)?;
            self.left.end = slot;
            Some(slot)
        } else {
            let slot = self.set.first(self.left.start, self.left.end)?;
            self.left.start = slot + 1;
            Some(slot)
        }
    }
}

struct Chunker<'t> {
    chunk: Chunk,
    last: Option<Place>,
    take: &'t mut dyn FnMut(Chunk) -> bool,
    stopped: bool,
}

impl Chunker<'_> {
    fn push(&mut self, place: Place) -> bool {
        if self.chunk.places.is_empty() {
            self.chunk.before = self.last;
            self.chunk.places.reserve_exact(CHUNK);
        }
        self.chunk.places.push(place);
        self.last = Some(place);
        if self.chunk.places.len() == CHUNK {
            self.flush();
        }
        !self.stopped
    }

    fn flush(&mut self) {
        if !self.chunk.places.is_empty() && !self.stopped {
            self.stopped = !(self.take)(std::mem::take(&mut self.chunk));
        }
    }
}
