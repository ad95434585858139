//! What stands around one entry or one moment: so many entries before it and behind it.

use super::chunks::Cutter;
use super::{JoinedChunk, Query, Selection, Start};
use crate::format::{EntryHead, Realtime};
use crate::journal::{Journal, Piece, Place, Stretch};

/// Entries around one, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    places: Vec<Place>,
}

impl Around {
    /// Gathers up to `context` entries of `selection` before `start` and as many behind it, and between them the entry
    /// itself, whether it is selected or not. `selection` is to begin at `start`, in both directions.
    ///
    /// Cost: what walking so far costs either way; memory in proportion to what is found.
    #[must_use]
    pub fn entry(journal: &Journal, selection: &Selection<'_>, start: &Start, context: usize) -> Self {
        let itself = |place| place == start.place() || journal.entry(place).is_ok_and(|entry| start.is(entry.head()));
        let mut places = gathered(selection, true, context, itself);
        places.push(start.place());
        places.extend(gathered(selection, false, context, itself));
        Self { places }
    }

    /// Gathers up to `context` entries of `selection` before a moment and as many from it on. `selection` is to begin at
    /// `start`, the first entry from the moment on; without it nothing comes after the moment.
    ///
    /// Cost: as [`Around::entry`].
    #[must_use]
    pub fn moment(journal: &Journal, selection: &Selection<'_>, start: Option<&Start>, context: usize) -> Self {
        let itself = |place| {
            start.is_some_and(|start| {
                place == start.place() || journal.entry(place).is_ok_and(|entry| start.is(entry.head()))
            })
        };
        let mut places = gathered(selection, true, context, itself);
        if start.is_some() {
            places.extend(gathered(selection, false, context, |_| false));
        }
        Self { places }
    }

    /// Calls `take` with chunks of the entries in order, or in reverse, until it returns `false`.
    pub fn walk(&self, journal: &Journal, query: &Query, take: &mut dyn FnMut(JoinedChunk) -> bool) {
        let mut cutter = Cutter::new(journal, query, take);
        if query.reverse {
            self.places.iter().rev().all(|place| cutter.push(*place, Vec::new()));
        } else {
            self.places.iter().all(|place| cutter.push(*place, Vec::new()));
        }
        cutter.flush();
    }
}

/// The first entries of a selection in one direction, in order; the very first is left out if it is the entry itself.
fn gathered(selection: &Selection<'_>, reverse: bool, most: usize, itself: impl Fn(Place) -> bool) -> Vec<Place> {
    let (mut places, mut first) = (Vec::new(), true);
    if most > 0 {
        selection.each(reverse, |place| {
            if !std::mem::take(&mut first) || !itself(place) {
                places.push(place);
            }
            places.len() < most
        });
    }
    if reverse {
        places.reverse();
    }
    places
}

/// The first entry that was received at a time or later, in the order of the journal.
#[derive(Clone, Copy, Debug)]
pub struct Nearest {
    /// The entry, if there is one.
    pub start: Option<Start>,
    /// How many boots the time lies in: several when the clock was set back between them. The first is meant.
    pub boots: usize,
}

impl Nearest {
    /// Looks for a moment, within a boot if one is named. Cost: a bisection per stretch that has it.
    #[must_use]
    pub fn of(journal: &Journal, boot: Option<usize>, time: Realtime) -> Self {
        let (stretches, mut boots) = (journal.order().stretches(), Vec::new());
        let (mut within, mut after) = (None, None);
        for (index, piece) in journal.order().pieces().iter().enumerate() {
            let members = match piece {
                Piece::Run(member) => std::slice::from_ref(member),
                Piece::Merge(members) => members,
            };
            let members = members.iter().filter_map(|member| stretches.get(*member));
            let members: Vec<_> = members.filter(|stretch| boot.is_none_or(|boot| boot == stretch.boot)).collect();
            let holds = |stretch: &&&Stretch| stretch.first.realtime <= time && time <= stretch.last.realtime;
            boots.extend(members.iter().filter(holds).map(|stretch| stretch.boot));
            let first = |candidates: &mut dyn Iterator<Item = &&Stretch>| {
                let starts = candidates.filter_map(|stretch| bisected(journal, index, stretch, time));
                starts.min_by_key(|start| start.head().realtime)
            };
            within = within.or_else(|| first(&mut members.iter().filter(holds)));
            after = after.or_else(|| first(&mut members.iter().filter(|stretch| stretch.first.realtime > time)));
        }
        boots.sort_unstable();
        boots.dedup();
        Self { start: within.or(after), boots: boots.len() }
    }
}

/// The first entry of a stretch that was received at `time` or later.
fn bisected(journal: &Journal, piece: usize, stretch: &Stretch, time: Realtime) -> Option<Start> {
    let file = journal.files().get(stretch.file as usize)?;
    let from = file.bisect(stretch.slots.clone(), |entry| entry.realtime() < time);
    let entries = (from..stretch.slots.end).zip(file.entries(from..stretch.slots.end));
    let (slot, entry) = entries.filter_map(|(slot, entry)| Some((slot, entry.ok()?))).next()?;
    let head: EntryHead = *entry.head();
    Some(Start::new(piece, Place { file: stretch.file, at: entry.offset() }, slot, head))
}
