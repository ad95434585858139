//! Places cut into chunks, each of which knows what comes before it.

use super::{CHUNK, Chunk, Query};
use crate::journal::{Journal, Place};

/// Some entries that follow one another, some of which stand for several: the parts of one message.
#[derive(Clone, Debug, Default)]
pub struct JoinedChunk {
    /// The entries; of a joined message its first part.
    pub chunk: Chunk,
    /// All parts of joined messages in order, each with the index of its first part in [`Chunk::places`], ascending.
    pub parts: Vec<(usize, Vec<Place>)>,
    /// The last entry that was walked over when the chunk was cut, where that is not the last of [`Chunk::places`].
    pub last: Option<Place>,
}

impl From<Chunk> for JoinedChunk {
    fn from(chunk: Chunk) -> Self {
        Self { chunk, parts: Vec::new(), last: None }
    }
}

/// Cuts what is pushed into chunks.
pub(super) struct Cutter<'a> {
    journal: &'a Journal,
    /// The field of [`Query::landmark`].
    field: Option<&'static str>,
    cut: JoinedChunk,
    /// How many entries it has, parts included.
    entries: usize,
    count: usize,
    before: Option<Place>,
    landmark: Option<Place>,
    take: &'a mut dyn FnMut(JoinedChunk) -> bool,
    stopped: bool,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(journal: &'a Journal, query: &Query, take: &'a mut dyn FnMut(JoinedChunk) -> bool) -> Self {
        let cut = JoinedChunk::default();
        let (field, stopped) = (query.landmark, false);
        Self { journal, field, cut, entries: 0, count: 0, before: None, landmark: None, take, stopped }
    }

    /// Adds an entry, with the parts of its message if there are several; `false` when no more is wanted.
    pub(super) fn push(&mut self, place: Place, parts: Vec<Place>) -> bool {
        let chunk = &mut self.cut.chunk;
        if chunk.places.is_empty() {
            (chunk.first, chunk.before, chunk.landmark) = (self.count, self.before, self.landmark);
            chunk.places.reserve_exact(CHUNK);
        }
        self.entries += parts.len().max(1);
        if parts.len() > 1 {
            self.cut.parts.push((chunk.places.len(), parts));
        }
        chunk.places.push(place);
        self.count += 1;
        self.before = Some(place);
        // Parts count too: they are what a chunk takes to render.
        if self.entries >= CHUNK {
            self.flush();
        }
        !self.stopped
    }

    /// Says up to where has been walked.
    pub(super) const fn walked(&mut self, place: Place) {
        self.cut.last = Some(place);
    }

    /// Gives what is left.
    pub(super) fn flush(&mut self) {
        if self.cut.chunk.places.is_empty() || self.stopped {
            return;
        }
        let has = |place: &&Place| {
            self.field.is_some_and(|field| self.journal.entry(**place).is_ok_and(|entry| entry.get(field).is_some()))
        };
        self.entries = 0;
        // From the end, where nearly always the first look is enough.
        self.landmark = self.cut.chunk.places.iter().rev().find(has).copied().or(self.landmark);
        self.stopped = !(self.take)(std::mem::take(&mut self.cut));
    }
}
