//! The entries of a query in order, in chunks of places, from either end.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::bitmap::Bitmap;
use super::{CHUNK, Query, Start};
use crate::corrupt::Losses;
use crate::format::Realtime;
use crate::journal::{Backwards, Journal, Merge, Piece, Place, Stretch};

/// Some entries that follow one another.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// The entries.
    pub places: Vec<Place>,
    /// How many entries of the selection come before the first one.
    pub first: usize,
    /// The entry that comes before the first one in this selection.
    pub before: Option<Place>,
    /// The last entry before the first one that has the field [`Query::landmark`].
    pub landmark: Option<Place>,
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
    start: Option<Start>,
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
            let slots = query.matches.slots(file, journal.is_damaged(index), &mut found);
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
            start: query.start,
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
        let landmark = |place: &&Place| {
            query.landmark.is_some_and(|name| self.journal.entry(**place).is_ok_and(|entry| entry.get(name).is_some()))
        };
        let chunk = Chunk::default();
        let mut chunker = Chunker {
            chunk,
            count: 0,
            last: None,
            landmark: None,
            is_landmark: &landmark,
            take: &mut take,
            stopped: false,
        };
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
        let mut one = |index: usize| {
            // What lies before the start is passed over; the piece that holds it is cut.
            let start = self.start.filter(|start| start.piece == index);
            match pieces.get(index) {
                Some(Piece::Run(run)) => self.run(*run, start, reverse, &mut visit),
                Some(Piece::Merge(members)) => self.merge(members, start, reverse, &mut visit),
                None => true,
            }
        };
        let start = self.start.map(|start| start.piece);
        if reverse {
            (0..start.map_or(pieces.len(), |start| start + 1)).rev().all(&mut one)
        } else {
            (start.unwrap_or(0)..pieces.len()).all(&mut one)
        };
    }

    fn stretch(&self, index: usize) -> Option<&'j Stretch> {
        let stretch = self.journal.order().stretches().get(index)?;
        (self.boot.is_none_or(|boot| boot == stretch.boot)).then_some(stretch)
    }

    fn run(&self, index: usize, start: Option<Start>, reverse: bool, visit: &mut impl FnMut(Place) -> bool) -> bool {
        let Some(stretch) = self.stretch(index) else { return true };
        let Some(file) = self.journal.files().get(stretch.file as usize) else { return true };
        let mut one = |at| {
            let place = Place { file: stretch.file, at };
            !self.in_time(place) || visit(place)
        };
        let range = start.map_or(stretch.slots.clone(), |start| start.cut(stretch.slots.clone(), reverse));
        match self.slots.get(stretch.file as usize).and_then(Option::as_ref) {
            None => {
                let mut slots = file.arrays().iter(file.image(), file.layout(), range);
                if reverse { slots.rev().all(&mut one) } else { slots.all(&mut one) }
            }
            Some(set) => Marked { set, left: range, reverse }.all(|slot| one(file.entry_at(slot))),
        }
    }

    fn merge(
        &self,
        members: &[usize],
        start: Option<Start>,
        reverse: bool,
        visit: &mut impl FnMut(Place) -> bool,
    ) -> bool {
        let mut waiting = start;
        let mut visit = |place: Place| {
            if let Some(start) = waiting {
                if !self.journal.entry(place).is_ok_and(|entry| start.is(entry.head())) {
                    return true;
                }
                waiting = None;
                if !start.is_included() {
                    return true;
                }
            }
            !self.wanted(place) || visit(place)
        };
        let stretches = members.iter().filter_map(|index| self.stretch(*index));
        let (going, conflicts) = if reverse {
            let mut merge = Backwards::of(self.journal.files(), stretches);
            (merge.all(&mut visit), merge.conflicts())
        } else {
            let mut merge = Merge::of(self.journal.files(), stretches);
            (merge.all(&mut visit), merge.conflicts())
        };
        self.conflicts.fetch_add(conflicts, Ordering::Relaxed);
        going
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
    count: usize,
    last: Option<Place>,
    landmark: Option<Place>,
    is_landmark: &'t dyn Fn(&&Place) -> bool,
    take: &'t mut dyn FnMut(Chunk) -> bool,
    stopped: bool,
}

impl Chunker<'_> {
    fn push(&mut self, place: Place) -> bool {
        if self.chunk.places.is_empty() {
            self.chunk.first = self.count;
            self.chunk.before = self.last;
            self.chunk.landmark = self.landmark;
            self.chunk.places.reserve_exact(CHUNK);
        }
        self.chunk.places.push(place);
        self.count += 1;
        self.last = Some(place);
        if self.chunk.places.len() == CHUNK {
            self.flush();
        }
        !self.stopped
    }

    fn flush(&mut self) {
        if !self.chunk.places.is_empty() && !self.stopped {
            // From the end, where nearly always the first look is enough.
            self.landmark = self.chunk.places.iter().rev().find(self.is_landmark).copied().or(self.landmark);
            self.stopped = !(self.take)(std::mem::take(&mut self.chunk));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::{JournalFile, Options};
    use crate::testkit::synth::{Record, Synth};

    /// Entries by seqnum, of which those that `has` picks have a message.
    fn journal(entries: u64, has: impl Fn(u64) -> bool) -> Journal {
        let record = |seqnum| Record::new(seqnum).field(if has(seqnum) { "MESSAGE=a" } else { "OTHER=a" });
        let synth = (1..=entries).map(record).fold(Synth::new(), Synth::entry);
        let file = JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default());
        Journal::from_files(vec![file.unwrap()])
    }

    #[test]
    fn a_chunk_knows_its_number_and_the_landmark_before_it() {
        let length = CHUNK as u64;
        let last_of_third = length * 3;
        let journal = journal(length * 4 + 1, |seqnum| seqnum == 7 || seqnum == last_of_third);
        let told = |landmark, reverse| {
            let query = Query { landmark, reverse, ..Query::default() };
            let mut told = Vec::new();
            Selection::of(&journal, &query).walk(&query, |chunk| {
                let seqnum = |place| journal.entry(place).unwrap().seqnum().0;
                told.push((chunk.first, chunk.before.map(seqnum), chunk.landmark.map(seqnum)));
                true
            });
            told
        };
        let starts = [0, 1, 2, 3, 4].map(|chunk| chunk * CHUNK);
        let befores = [None, Some(length), Some(length * 2), Some(last_of_third), Some(length * 4)];
        let landmarks = [None, Some(7), Some(7), Some(last_of_third), Some(last_of_third)];
        let all = |landmarks: [Option<u64>; 5]| {
            let rows = starts.iter().zip(befores).zip(landmarks);
            rows.map(|((start, before), landmark)| (*start, before, landmark)).collect::<Vec<_>>()
        };
        assert_eq!(told(Some("MESSAGE"), false), all(landmarks));
        assert_eq!(told(None, false), all([None; 5]));
        let backwards = told(Some("MESSAGE"), true);
        assert_eq!(backwards.iter().map(|row| row.2).collect::<Vec<_>>(), {
            [None, None, Some(last_of_third), Some(last_of_third), Some(7)]
        });
    }
}
