//! The places of a selection's entries, one after the other, from either end.

use std::ops::Range;
use std::sync::atomic::Ordering;

use super::near::Near;
use super::plan::{Bitmap, Judge, Plan, index};
use super::window::{self, Window};
use super::{Selection, Start};
use crate::file::Slice;
use crate::journal::{Backwards, Merge, Piece, Place, Stretch};

/// Looking up fewer steps than this is done at once, whatever number of entries is wanted.
const CHEAP: u64 = 4096;

/// The places of the wanted entries, in order or in reverse; see [`Selection::places`].
#[derive(Debug)]
pub struct Places<'s, 'j> {
    pub(super) selection: &'s Selection<'j>,
    reverse: bool,
    /// The pieces that have not been begun.
    pieces: Range<usize>,
    walk: Option<Walk<'s, 'j>>,
    judge: Option<Judge>,
    near: Near<'j>,
}

/// A piece that is being walked.
#[derive(Debug)]
struct Walk<'s, 'j> {
    raw: Raw<'s, 'j>,
    /// Whether each entry's time is to be looked at.
    timed: bool,
    /// Whether each entry's fields are.
    tested: bool,
    /// An entry of a merge that must come first.
    waiting: Option<Start>,
}

#[derive(Debug)]
enum Raw<'s, 'j> {
    /// All slots of a part of a file.
    Slots(u32, Slice<'j, 'j>),
    /// The slots of a set, and all of the file.
    Marked(u32, Marked<'s>, Slice<'j, 'j>),
    Merge(Box<Merge<'j>>),
    Backwards(Box<Backwards<'j>>),
}

/// The slots of a set within a range, from one end.
#[derive(Debug)]
struct Marked<'s> {
    set: &'s Bitmap,
    left: Range<usize>,
}

impl Marked<'_> {
    fn next(&mut self, reverse: bool) -> Option<usize> {
        if reverse {
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

impl Iterator for Places<'_, '_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        loop {
            while let Some(place) = self.walk.as_mut().and_then(|walk| walk.raw.next(self.reverse)) {
                if self.is_wanted(place) {
                    return Some(place);
                }
            }
            self.close();
            let piece = if self.reverse { self.pieces.next_back() } else { self.pieces.next() };
            self.walk = self.open(piece?);
        }
    }
}

impl Raw<'_, '_> {
    #[inline]
    fn next(&mut self, reverse: bool) -> Option<Place> {
        match self {
            Self::Slots(file, slots) => {
                let at = if reverse { slots.next_back() } else { slots.next() }?;
                Some(Place { file: *file, at })
            }
            Self::Marked(file, marked, slots) => {
                let slot = marked.next(reverse)?;
                Some(Place { file: *file, at: slots.at(slot) })
            }
            Self::Merge(merge) => merge.next(),
            Self::Backwards(merge) => merge.next(),
        }
    }
}

impl<'s, 'j> Places<'s, 'j> {
    pub(super) fn of(selection: &'s Selection<'j>, reverse: bool) -> Self {
        let all = 0..selection.journal.order().pieces().len();
        let start = selection.query.start.map(|start| start.piece);
        let pieces = match start {
            Some(start) if reverse => all.start..(start + 1).min(all.end),
            Some(start) => start..all.end,
            None => all,
        };
        Self { selection, reverse, pieces, walk: None, judge: None, near: Near::default() }
    }

    /// Begins a piece. What lies before the start is passed over; the piece that holds it is cut.
    fn open(&mut self, index: usize) -> Option<Walk<'s, 'j>> {
        let start = self.selection.query.start.filter(|start| start.piece == index);
        match self.selection.journal.order().pieces().get(index)? {
            Piece::Run(run) => self.run(*run, start),
            Piece::Merge(members) => Some(self.merge(members, start)),
        }
    }

    fn run(&self, index: usize, start: Option<Start>) -> Option<Walk<'s, 'j>> {
        let stretch = self.selection.stretch(index)?;
        let file = self.selection.journal.files().get(stretch.file as usize)?;
        let (slots, timed) = match window::of(file, stretch, &self.selection.query) {
            Window::Exact(slots) => (slots, false),
            Window::Each => (stretch.slots.clone(), true),
        };
        let slots = start.map_or(slots.clone(), |start| start.cut(slots, self.reverse));
        if slots.is_empty() {
            return None;
        }
        let tested = self.is_tried(stretch.file);
        let raw = if self.selection.query.matches.is_empty() || tested {
            Raw::Slots(stretch.file, file.slots(slots))
        } else {
            let marked = Marked { set: &self.plan(stretch.file)?.slots, left: slots };
            Raw::Marked(stretch.file, marked, file.slots(0..file.slot_count()))
        };
        Some(Walk { raw, timed, tested, waiting: None })
    }

    fn merge(&self, members: &[usize], start: Option<Start>) -> Walk<'s, 'j> {
        let journal = self.selection.journal;
        let whole = members.iter().filter_map(|index| self.selection.stretch(*index));
        let mut timed = false;
        let cut: Vec<Stretch> = whole
            .clone()
            .filter_map(|stretch| {
                let file = journal.files().get(stretch.file as usize)?;
                match window::of(file, stretch, &self.selection.query) {
                    Window::Exact(slots) => (!slots.is_empty()).then(|| Stretch { slots, ..stretch.clone() }),
                    Window::Each => {
                        timed = true;
                        None
                    }
                }
            })
            .collect();
        // The start may lie before the window, and a clock that was set back somewhere makes times no order.
        timed |= start.is_some();
        let tested = !self.selection.query.matches.is_empty();
        let may_be_few = tested && !timed && !self.reverse && !self.selection.is_limited();
        let few = if may_be_few { self.few(&cut) } else { None };
        let raw = match few {
            Some(few) => Raw::Merge(Box::new(few)),
            None if timed => self.merged(whole),
            None => self.merged(cut.iter()),
        };
        Walk { raw, timed, tested, waiting: start }
    }

    fn merged<'t>(&self, stretches: impl Iterator<Item = &'t Stretch> + Clone) -> Raw<'s, 'j> {
        let files = self.selection.journal.files();
        if self.reverse {
            Raw::Backwards(Box::new(Backwards::of(files, stretches)))
        } else {
            Raw::Merge(Box::new(Merge::of(files, stretches)))
        }
    }

    /// Whether an entry that the walk came upon is selected.
    #[inline]
    fn is_wanted(&mut self, place: Place) -> bool {
        let Some(walk) = &mut self.walk else { return false };
        if let Some(start) = walk.waiting {
            if !self.selection.journal.entry(place).is_ok_and(|entry| start.is(entry.head())) {
                return false;
            }
            walk.waiting = None;
            if !start.is_included() {
                return false;
            }
        }
        let (tested, timed) = (walk.tested, walk.timed);
        (!timed || self.selection.in_time(place)) && (!tested || self.fits(place))
    }

    /// Whether an entry's fields are those wanted: by reading it as long as that is worth it, then by its file's plan.
    fn fits(&mut self, place: Place) -> bool {
        if self.selection.try_one() {
            let judge = self.judge.get_or_insert_with(|| Judge::of(&self.selection.query.matches));
            // What cannot be read is passed on, to be counted.
            return self.selection.journal.entry(place).map_or(true, |entry| judge.holds(place.file, &entry));
        }
        let file = self.selection.journal.files().get(place.file as usize);
        let (Some(file), Some(plan)) = (file, self.plan(place.file)) else { return false };
        // From here on only what is in the set needs to be looked at.
        if let Some(Walk { raw: raw @ Raw::Slots(..), tested, .. }) = &mut self.walk
            && let Raw::Slots(index, slots) = raw
        {
            *tested = false;
            *raw = Raw::Marked(*index, Marked { set: &plan.slots, left: slots.range() }, slots.clone());
        }
        plan.slots.contains(self.near.slot(place.file, file, place.at))
    }

    /// Whether a few entries of a file are to be read before it is planned.
    fn is_tried(&self, index: u32) -> bool {
        let (selection, index) = (self.selection, index as usize);
        if selection.query.matches.is_empty() || !selection.may_try() {
            return false;
        }
        let file = selection.journal.files().get(index);
        file.is_some_and(|file| index::cost(file, &selection.query.matches).map_or(true, |cost| cost > CHEAP))
    }

    pub(super) fn plan(&self, file: u32) -> Option<&'s Plan> {
        let order = self.selection.journal.order();
        let next = |piece: usize| {
            let members: &[usize] = match order.pieces().get(piece) {
                Some(Piece::Run(index)) => std::slice::from_ref(index),
                Some(Piece::Merge(members)) => members,
                None => &[],
            };
            members.iter().filter_map(|index| self.selection.stretch(*index)).map(|stretch| stretch.file as usize)
        };
        let (first, last) = (self.pieces.clone().flat_map(next), self.pieces.clone().rev().flat_map(next));
        let few = if self.selection.is_limited() { 0 } else { usize::MAX };
        if self.reverse {
            self.selection.plan(file, last.take(few))
        } else {
            self.selection.plan(file, first.take(few))
        }
    }

    fn close(&mut self) {
        let conflicts = match self.walk.take().map(|walk| walk.raw) {
            Some(Raw::Merge(merge)) => merge.conflicts(),
            Some(Raw::Backwards(merge)) => merge.conflicts(),
            _ => 0,
        };
        self.selection.conflicts.fetch_add(conflicts, Ordering::Relaxed);
        if let Some(judge) = self.judge.take() {
            self.selection.add_losses(judge.into_losses());
        }
    }
}

impl Drop for Places<'_, '_> {
    fn drop(&mut self) {
        self.close();
    }
}
