//! Where a walk begins: at the entry that a cursor names.

use std::ops::Range;

use crate::error::Error;
use crate::file::Cursor;
use crate::format::EntryHead;
use crate::journal::{Journal, Piece, Place};

/// An entry to begin at, in either direction.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// The piece of the order that holds it.
    pub(super) piece: usize,
    place: Place,
    slot: usize,
    head: EntryHead,
    /// Whether it is itself left out.
    after: bool,
}

impl Start {
    /// Finds the entry that `cursor` names; `after` leaves it out. Cost: a bisection per file.
    ///
    /// # Errors
    /// When no file has it.
    pub fn at(journal: &Journal, cursor: &Cursor, after: bool) -> Result<Self, Error> {
        let missing = || Error::NotFound { what: "entry of the cursor", input: cursor.to_string() };
        locate(journal, cursor).and_then(|found| Self::of(journal, found, after)).ok_or_else(missing)
    }

    fn of(journal: &Journal, (place, slot, head): (Place, usize, EntryHead), after: bool) -> Option<Self> {
        let stretches = journal.order().stretches();
        let holds = |index: &usize| {
            stretches.get(*index).is_some_and(|stretch| stretch.file == place.file && stretch.slots.contains(&slot))
        };
        let piece = journal.order().pieces().iter().position(|piece| match piece {
            Piece::Run(index) => holds(index),
            Piece::Merge(members) => members.iter().any(holds),
        });
        Some(Self { piece: piece?, place, slot, head, after })
    }

    /// Finds the entry that stands next to where one that no file has would stand, in the direction of the walk: by the
    /// cursor's seqnum, or by its boot and time since that. Cost: a bisection per file.
    #[must_use]
    pub fn near(journal: &Journal, cursor: &Cursor, reverse: bool) -> Option<Self> {
        let (place, slot, head) = behind_seqnum(journal, cursor).or_else(|| behind_time(journal, cursor))?;
        // What is found stands behind the place, so that it is left out on the way back.
        Self::of(journal, (place, slot, head), reverse)
    }

    /// Whether the cursor names this entry by all but its seqnum, although that counts in the series of the entry's own
    /// file: such a cursor contradicts itself. Copies in files with series of their own have other seqnums rightly.
    #[must_use]
    pub fn contradicts(&self, journal: &Journal, cursor: &Cursor) -> bool {
        let file = journal.files().get(self.place.file as usize);
        let series = file.map(|file| file.header().seqnum_id);
        cursor.seqnum_id.is_some()
            && cursor.seqnum_id == series
            && cursor.seqnum.is_some_and(|seqnum| seqnum != self.head.seqnum)
    }

    /// An entry that was found otherwise.
    pub(super) const fn new(piece: usize, place: Place, slot: usize, head: EntryHead) -> Self {
        Self { piece, place, slot, head, after: false }
    }

    /// Where the entry lies.
    pub(super) const fn place(&self) -> Place {
        self.place
    }

    /// The entry's clocks and numbers.
    pub(super) const fn head(&self) -> &EntryHead {
        &self.head
    }

    /// The part of a run's slots that is left.
    pub(super) fn cut(&self, slots: Range<usize>, reverse: bool) -> Range<usize> {
        match (reverse, self.after) {
            (false, false) => self.slot.max(slots.start)..slots.end,
            (false, true) => (self.slot + 1).max(slots.start)..slots.end,
            (true, false) => slots.start..(self.slot + 1).min(slots.end),
            (true, true) => slots.start..self.slot.min(slots.end),
        }
    }

    /// Whether an entry of the piece is the one; copies of it in other files are too.
    pub(super) fn is(&self, head: &EntryHead) -> bool {
        let identity = |head: &EntryHead| (head.boot_id, head.monotonic, head.realtime, head.xor_hash);
        identity(head) == identity(&self.head)
    }

    /// Whether the entry itself is wanted.
    pub(super) const fn is_included(&self) -> bool {
        !self.after
    }
}

fn locate(journal: &Journal, cursor: &Cursor) -> Option<(Place, usize, EntryHead)> {
    by_seqnum(journal, cursor).or_else(|| by_boot(journal, cursor)).or_else(|| by_time(journal, cursor))
}

/// The first entry of a moment, by a cursor that tells nothing more.
fn by_time(journal: &Journal, cursor: &Cursor) -> Option<(Place, usize, EntryHead)> {
    let time = cursor.realtime.filter(|_| cursor.seqnum.is_none() && cursor.monotonic.is_none())?;
    journal.files().iter().enumerate().find_map(|(index, file)| {
        let all = 0..file.slot_count();
        let slot = file.bisect(all.clone(), |entry| entry.realtime() < time);
        first(journal, index, slot..all.end, cursor, |head| head.realtime == time)
    })
}

/// The first entry of the cursor's series with a higher seqnum.
fn behind_seqnum(journal: &Journal, cursor: &Cursor) -> Option<(Place, usize, EntryHead)> {
    let (id, seqnum) = (cursor.seqnum_id?, cursor.seqnum?);
    let files = journal.files().iter().enumerate().filter(|(_, file)| file.header().seqnum_id == id);
    let found = files.filter_map(|(index, file)| {
        let all = 0..file.slot_count();
        let slot = file.bisect(all.clone(), |entry| entry.seqnum() < seqnum);
        first(journal, index, slot..all.end, &Cursor::default(), |head| head.seqnum >= seqnum)
    });
    found.min_by_key(|(_, _, head)| head.seqnum)
}

/// The first entry of the cursor's boot at a later time.
fn behind_time(journal: &Journal, cursor: &Cursor) -> Option<(Place, usize, EntryHead)> {
    let (id, monotonic) = (cursor.boot_id?, cursor.monotonic?);
    let boot = journal.boots().iter().find(|boot| boot.id == id)?;
    let stretches = boot.stretches.iter().filter_map(|index| journal.order().stretches().get(*index));
    let found = stretches.filter_map(|stretch| {
        let file = journal.files().get(stretch.file as usize)?;
        let slot = file.bisect(stretch.slots.clone(), |entry| entry.monotonic() < monotonic);
        let any = Cursor::default();
        first(journal, stretch.file as usize, slot..stretch.slots.end, &any, |head| head.monotonic >= monotonic)
    });
    found.min_by_key(|(_, _, head)| head.monotonic)
}

fn by_seqnum(journal: &Journal, cursor: &Cursor) -> Option<(Place, usize, EntryHead)> {
    let (id, seqnum) = (cursor.seqnum_id?, cursor.seqnum?);
    let files = journal.files().iter().enumerate().filter(|(_, file)| file.header().seqnum_id == id);
    files.into_iter().find_map(|(index, file)| {
        let all = 0..file.slot_count();
        let slot = file.bisect(all.clone(), |entry| entry.seqnum() < seqnum);
        first(journal, index, slot..all.end, cursor, |head| head.seqnum == seqnum)
    })
}

fn by_boot(journal: &Journal, cursor: &Cursor) -> Option<(Place, usize, EntryHead)> {
    let (id, monotonic) = (cursor.boot_id?, cursor.monotonic?);
    let boot = journal.boots().iter().find(|boot| boot.id == id)?;
    let stretches = boot.stretches.iter().filter_map(|index| journal.order().stretches().get(*index));
    // A copy may have another seqnum; everything else agrees.
    let cursor = Cursor { seqnum_id: None, seqnum: None, ..*cursor };
    stretches.into_iter().find_map(|stretch| {
        let file = journal.files().get(stretch.file as usize)?;
        let slot = file.bisect(stretch.slots.clone(), |entry| entry.monotonic() < monotonic);
        first(journal, stretch.file as usize, slot..stretch.slots.end, &cursor, |head| head.monotonic == monotonic)
    })
}

/// The first entry in `slots` that the cursor names, as long as `near` holds.
fn first(
    journal: &Journal,
    index: usize,
    slots: Range<usize>,
    cursor: &Cursor,
    near: impl Fn(&EntryHead) -> bool,
) -> Option<(Place, usize, EntryHead)> {
    let file = journal.files().get(index)?;
    let entries = slots.clone().zip(file.entries(slots)).filter_map(|(slot, entry)| Some((slot, entry.ok()?)));
    let mut entries = entries.take_while(|(_, entry)| near(entry.head()));
    let (slot, entry) = entries.find(|(_, entry)| cursor.names(entry))?;
    Some((Place { file: u32::try_from(index).ok()?, at: entry.offset() }, slot, *entry.head()))
}
