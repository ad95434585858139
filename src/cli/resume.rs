//! Going on with entries behind those that were written, after damage in a file that was taken by its index alone.
//!
//! Chunks are written in order, and the first one that met such damage is not: the file is walked, the order is worked
//! out anew, and the entries go on behind the last one written. What the walk found that belongs before that is given
//! first, out of its place, so that nothing is left out.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::again::first_walk;
use crate::corrupt::Losses;
use crate::journal::{Journal, Place};
use crate::query::JoinedChunk;

/// A chunk with its number.
pub(super) type Numbered = (usize, JoinedChunk);

/// What could not be read, by the number of the chunk and by file.
pub(super) type Lost = BTreeMap<(usize, u32), Losses>;

/// The chunks of one round.
#[derive(Debug)]
pub(super) struct Round {
    /// The number of the first chunk that is not to be written.
    stop: AtomicUsize,
    /// The entry before each chunk.
    befores: Mutex<Vec<Option<Place>>>,
}

/// What was written in the rounds before.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Places along the way, the last entry written at the end.
    points: Vec<Place>,
    /// The files that were walked since then.
    fresh: Vec<usize>,
    losses: BTreeMap<u32, Losses>,
    rounds: usize,
}

/// After so many rounds all files are walked, so that a directory of damaged files is not begun once for each.
const ROUNDS: usize = 3;

impl Round {
    pub(super) fn new() -> Self {
        Self { stop: AtomicUsize::new(usize::MAX), befores: Mutex::default() }
    }

    /// Numbers the chunks of a walk.
    pub(super) fn numbered(
        &self,
        walk: impl FnOnce(&mut dyn FnMut(JoinedChunk) -> bool),
        take: &mut dyn FnMut(Numbered) -> bool,
    ) {
        let mut number = 0;
        walk(&mut |chunk| {
            self.befores.lock().unwrap_or_else(PoisonError::into_inner).push(chunk.chunk.before);
            number += 1;
            take((number - 1, chunk))
        });
    }

    /// Holds a chunk back where it met damage that a walk may find a way round.
    pub(super) fn judge(&self, journal: &Journal, number: usize, file: u32, losses: &Losses) {
        if !journal.worth_a_walk([(file as usize, losses)]).is_empty() {
            self.stop.fetch_min(number, Ordering::SeqCst);
        }
    }

    /// Whether a chunk may be written; those before it have been.
    pub(super) fn lets_pass(&self, number: usize) -> bool {
        number < self.stop.load(Ordering::SeqCst)
    }

    /// The files that are to be walked, if any; what was written so far is kept in `written`.
    pub(super) fn damaged(self, journal: &Journal, lost: &Lost, written: &mut Written) -> Vec<usize> {
        let stop = self.stop.into_inner();
        if stop == usize::MAX {
            return Vec::new();
        }
        let all = lost.iter().map(|((_, file), losses)| (*file as usize, losses.clone())).collect::<Vec<_>>();
        let mut files = first_walk(journal, &all);
        files.sort_unstable();
        files.dedup();
        written.rounds += 1;
        if written.rounds >= ROUNDS {
            let anything =
                Losses { first: all.into_iter().flat_map(|(_, losses)| losses.first).collect(), ..Losses::default() };
            files = journal.worth_a_walk((0..journal.files().len()).map(|file| (file, &anything)));
        }
        let befores = self.befores.into_inner().unwrap_or_else(PoisonError::into_inner);
        written.points.extend(befores.into_iter().take(stop.saturating_add(1)).flatten());
        for ((_, file), losses) in lost.range(..(stop, 0)) {
            written.losses.entry(*file).or_default().add(losses.clone());
        }
        written.fresh.clone_from(&files);
        files
    }
}

impl Written {
    /// What could not be read of the entries written, by file.
    pub(super) const fn losses(&self) -> &BTreeMap<u32, Losses> {
        &self.losses
    }

    /// The last entry written in rounds before.
    pub(super) fn last(&self) -> Option<Place> {
        self.points.last().copied()
    }

    /// Gives the chunks of a walk without what was written before.
    pub(super) fn rest(
        &self,
        journal: &Journal,
        walk: impl FnOnce(&mut dyn FnMut(JoinedChunk) -> bool),
        take: &mut dyn FnMut(JoinedChunk) -> bool,
    ) {
        let is_there = |place: &&Place| {
            let file = journal.files().get(place.file as usize);
            file.is_some_and(|file| file.entry_at(file.slot_from(place.at)) == place.at)
        };
        let Some(last) = self.points.iter().rev().find(is_there).copied() else { return walk(take) };
        let mut is_behind = false;
        walk(&mut |chunk| {
            if is_behind {
                return take(chunk);
            }
            let is_new = |place: Place| {
                let file = journal.files().get(place.file as usize);
                self.fresh.contains(&(place.file as usize)) && file.is_some_and(|file| file.is_salvaged(place.at))
            };
            let kept = |place: Place| {
                let is_kept = is_behind || is_new(place);
                is_behind |= place == last;
                is_kept
            };
            let chunk = without(chunk, kept, last);
            chunk.chunk.places.is_empty() || take(chunk)
        });
    }
}

/// A chunk with the entries that are kept, behind the entry `last`.
fn without(mut joined: JoinedChunk, mut kept: impl FnMut(Place) -> bool, last: Place) -> JoinedChunk {
    let mut parts = std::mem::take(&mut joined.parts).into_iter().peekable();
    let places = std::mem::take(&mut joined.chunk.places);
    let count = places.len();
    for (index, place) in places.into_iter().enumerate() {
        let part = parts.next_if(|(first, _)| *first == index);
        if kept(place) {
            joined.parts.extend(part.map(|(_, places)| (joined.chunk.places.len(), places)));
            joined.chunk.places.push(place);
        }
    }
    // What was left out counts as shown.
    joined.chunk.first += count - joined.chunk.places.len();
    joined.chunk.before = Some(last);
    joined
}
