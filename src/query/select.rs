//! The entries of a query in order, in chunks of places, from either end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::chunks::{Cutter, JoinedChunk};
use super::plan::{Plan, Plans};
use super::{Places, Query};
use crate::corrupt::Losses;
use crate::journal::{Journal, Place, Stretch};

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

/// So many entries of a query for a few are read before any index is asked.
const TRIED: usize = 1 << 14;

/// What a query selects, ready to be walked.
#[derive(Debug)]
pub struct Selection<'j> {
    pub(super) journal: &'j Journal,
    pub(super) query: Query,
    plans: Plans,
    pub(super) conflicts: AtomicU64,
    tried: AtomicUsize,
    /// How many entries were shown to workers.
    pub(super) visited: AtomicUsize,
    /// What could not be read where entries were tried one by one, by file.
    untold: Mutex<BTreeMap<u32, Losses>>,
}

impl<'j> Selection<'j> {
    /// Takes a query; each file is planned when its first entry is wanted.
    #[must_use]
    pub fn of(journal: &'j Journal, query: &Query) -> Self {
        Self {
            journal,
            query: query.clone(),
            plans: Plans::new(journal.files().len()),
            conflicts: AtomicU64::new(0),
            tried: AtomicUsize::new(0),
            visited: AtomicUsize::new(0),
            untold: Mutex::default(),
        }
    }

    /// Damage to the index that was met so far, and what could not be read while looking for matches.
    #[must_use]
    pub fn losses(&self) -> Vec<(usize, Losses)> {
        let mut losses: BTreeMap<usize, Losses> = self.query.lost.iter().cloned().collect();
        for (file, found) in self.untold.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            losses.insert(*file as usize, found.clone());
        }
        // A plan has met the same and more.
        losses.extend(self.plans.made().map(|(index, plan)| (index, plan.losses.clone())));
        losses.into_iter().filter(|(_, found)| !found.is_empty()).collect()
    }

    /// How many entries [`Selection::visit`] has shown so far.
    #[must_use]
    pub fn visited(&self) -> usize {
        self.visited.load(Ordering::Relaxed)
    }

    /// How many pairs of entries, as far as walked, share namespace and seqnum but not content; both were given.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.conflicts.load(Ordering::Relaxed)
    }

    /// How often the search for a pattern was given up so far, see [`Matches::given_up`](super::Matches::given_up).
    #[must_use]
    pub fn given_up(&self) -> u64 {
        self.query.matches.given_up()
    }

    /// Calls `take` with chunks of the wanted entries in order, or in reverse, until it returns `false`.
    pub fn walk(&self, mut take: impl FnMut(Chunk) -> bool) {
        let mut take = |cut: JoinedChunk| take(cut.chunk);
        let mut cutter = Cutter::new(self.journal, &self.query, &mut take);
        self.wanted().all(|place| cutter.push(place, Vec::new()));
        cutter.flush();
    }

    /// The places of all wanted entries in order, or in reverse, whatever number of them the query asks for.
    #[must_use]
    pub fn places(&self, reverse: bool) -> Places<'_, 'j> {
        Places::of(self, reverse)
    }

    /// Calls `visit` with each entry's place until it returns `false`.
    pub fn each(&self, reverse: bool, visit: impl FnMut(Place) -> bool) {
        self.places(reverse).all(visit);
    }

    /// Whether no entry is chosen by what it says, so that none is searched.
    #[must_use]
    pub fn is_without_terms(&self) -> bool {
        self.query.matches.is_empty()
    }

    /// How many files have been searched for matches, and how many are to be at most: none where all entries are wanted.
    #[must_use]
    pub fn searched(&self) -> (usize, usize) {
        let files = if self.is_without_terms() { 0 } else { self.journal.files().len() };
        (self.plans.made().count(), files)
    }

    /// How many entries were read one by one since only a few were wanted.
    #[must_use]
    pub fn tried(&self) -> usize {
        self.tried.load(Ordering::Relaxed).min(TRIED)
    }

    /// A stretch, if it is of the wanted boot.
    pub(super) fn stretch(&self, index: usize) -> Option<&'j Stretch> {
        let stretch = self.journal.order().stretches().get(index)?;
        (self.query.boot.is_none_or(|boot| boot == stretch.boot)).then_some(stretch)
    }

    /// The plan of a file; `next` are files that will be wanted soon.
    pub(super) fn plan(&self, file: u32, next: impl Iterator<Item = usize>) -> Option<&Plan> {
        self.plans.get(self.journal, &self.query, file as usize, next)
    }

    /// Keeps what could not be read where entries were tried one by one.
    pub(super) fn add_losses(&self, losses: BTreeMap<u32, Losses>) {
        let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        for (file, found) in losses {
            untold.entry(file).or_default().add(found);
        }
    }

    /// The plans made so far, by file.
    pub(super) fn made(&self) -> impl Iterator<Item = (usize, &Plan)> {
        self.plans.made()
    }

    /// Whether only a few of the entries are wanted, so that they may be found before the work of planning is done.
    #[must_use]
    pub const fn is_limited(&self) -> bool {
        self.query.last.is_some() || self.query.first.is_some()
    }

    /// Whether entries may still be read one by one in the hope of finding the few that are wanted.
    pub(super) fn may_try(&self) -> bool {
        self.is_limited() && self.tried.load(Ordering::Relaxed) < TRIED
    }

    /// Takes one of those tries.
    pub(super) fn try_one(&self) -> bool {
        self.is_limited() && self.tried.fetch_add(1, Ordering::Relaxed) < TRIED
    }

    /// Whether the time of reception lies within the wanted range. What cannot be read stays, to be counted.
    pub(super) fn in_time(&self, place: Place) -> bool {
        self.journal.entry(place).map_or(true, |entry| {
            let time = entry.realtime();
            self.query.since.is_none_or(|since| time >= since) && self.query.until.is_none_or(|until| time <= until)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::CHUNK;
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
            Selection::of(&journal, &query).walk(|chunk| {
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
