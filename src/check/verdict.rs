//! Whose an entry is: proven by its payloads, or fitting in with those that are.

use std::collections::HashSet;

use super::judge::Judge;
use super::starts::Starts;
use crate::corrupt::Offset;
use crate::file::{Entry, JournalFile};
use crate::format::{Id128, Seqnum};

/// What is decided of an entry that no hash proves.
pub(super) enum Verdict {
    /// This file's, without the items at these positions.
    Own(Vec<usize>),
    /// No entry of this file.
    Not,
}

/// Where an entry was found.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) is_reached: bool,
    pub(super) is_in_line: bool,
}

/// An entry that is this file's own.
#[derive(Clone, Copy)]
pub(super) struct Admitted {
    pub(super) at: Offset,
    pub(super) seqnum: Seqnum,
    pub(super) is_reached: bool,
}

/// Everything that is known when entries are judged.
pub(super) struct Court<'data> {
    file: &'data JournalFile,
    judge: Judge<'data>,
    /// Where objects lie that prove themselves.
    sound: &'data Starts,
    boots: HashSet<Id128>,
    pub(super) admitted: Vec<Admitted>,
    /// Payloads of whole entries: where no key tells of the others, only these are proven.
    proven: Starts,
    /// The admitted ones by seqnum.
    by_seqnum: Vec<(Seqnum, Offset)>,
    /// The last object that the header knows of; beyond it others' remains may lie.
    tail: Option<Offset>,
    /// The last entry that the index reaches.
    last: Option<Offset>,
    /// Links that may still be followed.
    links: u64,
}

/// Pages reach the disk each for itself.
const PAGE: u64 = 4096;

/// Whether what an entry says of itself lies in one page.
fn is_in_one_piece(entry: &Entry<'_>) -> bool {
    entry.offset().0 % PAGE <= PAGE.saturating_sub(64)
}

impl<'data> Court<'data> {
    pub(super) fn of(file: &'data JournalFile, judge: Judge<'data>, sound: &'data Starts) -> Self {
        let tail = file.header().tail_object_offset;
        let tail = (tail >= file.objects_from() && tail.0 < file.image().len()).then_some(tail);
        let is_own = |at: &Offset| judge.is_decisive() || tail.is_none_or(|tail| *at <= tail);
        let boots = judge.boots.iter().filter(|(_, at)| is_own(at)).map(|(boot, _)| *boot).collect();
        let links = file.image().len();
        Self {
            file,
            judge,
            sound,
            boots,
            proven: Starts::of(links),
            admitted: Vec::new(),
            by_seqnum: Vec::new(),
            tail,
            last: None,
            links,
        }
    }

    /// Whether the payloads prove the entry.
    pub(super) fn is_whole(&self, entry: &Entry<'_>) -> bool {
        self.judge.is_whole(entry.head(), entry.stored_items())
    }

    /// Whether a whole entry is this file's: its hash says so where hashes are keyed. Else, if it lies beyond what the
    /// header knows of, it must be newer than that and share a payload with it.
    pub(super) fn is_own(&self, entry: &Entry<'_>, is_reached: bool) -> bool {
        let header = self.file.header();
        let is_newer = entry.seqnum() > header.tail_entry_seqnum;
        let fits = |tail| entry.offset() <= tail || (is_newer && entry.items().any(|at| at <= tail));
        is_reached || self.judge.is_decisive() || self.tail.is_none_or(fits)
    }

    pub(super) fn admit(&mut self, entry: &Entry<'_>, is_reached: bool) {
        if self.is_whole(entry) {
            if !entry.boot_id().is_null() {
                self.boots.insert(entry.boot_id());
            }
            for at in entry.items() {
                self.proven.insert(at);
            }
        }
        self.admitted.push(Admitted { at: entry.offset(), seqnum: entry.seqnum(), is_reached });
    }

    /// Takes the boot of an entry that the index reaches for one that there was.
    pub(super) fn trust_boot(&mut self, entry: &Entry<'_>) {
        if is_in_one_piece(entry) && !entry.boot_id().is_null() {
            self.boots.insert(entry.boot_id());
        }
    }

    /// Puts the admitted in order, so that others can be held against them.
    pub(super) fn sort(&mut self) {
        self.admitted.sort_unstable_by_key(|admitted| admitted.at);
        self.by_seqnum = self.admitted.iter().map(|admitted| (admitted.seqnum, admitted.at)).collect();
        self.by_seqnum.sort_unstable();
        self.last = self.admitted.iter().rev().find(|admitted| admitted.is_reached).map(|admitted| admitted.at);
    }

    /// Judges an entry whose payloads do not prove it: some are gone, or the entry itself is torn.
    pub(super) fn verdict(&mut self, entry: &Entry<'_>, bounds: Bounds) -> Verdict {
        let lost = self.lost(entry);
        let keeps_some = lost.len() < entry.items().len();
        let is_known = self.boots.contains(&entry.boot_id());
        let is_in_one_piece = is_in_one_piece(entry);
        let is_own = match bounds {
            // The index is a witness too, but of a place only: half a head may be of another time by now.
            Bounds { is_reached: true, .. } => is_known || is_in_one_piece || self.is_torn(entry),
            _ if !is_known || !self.fits(entry) => false,
            Bounds { is_in_line, .. } => is_in_line || keeps_some,
        };
        if is_own { Verdict::Own(lost) } else { Verdict::Not }
    }

    /// Whether the page that has the second part of an entry's head never reached the disk.
    fn is_torn(&self, entry: &Entry<'_>) -> bool {
        let (head, end) = (entry.offset().0, entry.offset().0.saturating_add(64));
        let from = end.saturating_sub(end % PAGE).max(head);
        let rest = self.file.image().take(Offset(from), end.saturating_sub(from), "entry");
        rest.is_ok_and(|rest| rest.iter().all(|byte| *byte == 0))
    }

    /// Whether the seqnum lies between those of the entries before and behind, and is not taken.
    fn fits(&self, entry: &Entry<'_>) -> bool {
        let (at, seqnum) = (entry.offset(), entry.seqnum());
        let behind = self.admitted.partition_point(|admitted| admitted.at < at);
        let before = behind.checked_sub(1).and_then(|index| self.admitted.get(index));
        let fits_before = before.is_none_or(|before| before.seqnum < seqnum);
        let fits_behind = self.admitted.get(behind).is_none_or(|behind| seqnum < behind.seqnum);
        // What was moved within the file is out of its place, but not out of the range.
        let first = self.file.header().head_entry_seqnum;
        fits_before
            && fits_behind
            && (first <= seqnum || self.by_seqnum.first().is_some_and(|(least, _)| *least < first))
    }

    /// The items whose payload is gone, or cannot be shown to be theirs.
    ///
    /// Pages change for themselves: what lies in the page of the entry's head is what was written with it, what another
    /// page says may be of another time. So an item counts where its DATA names the entry as its own. Where that cannot
    /// be, since the list of the DATA is torn, or the entry was never linked, an item near the head counts if the hash
    /// that it states agrees, or at least the DATA is where the hash table has it. Where all payloads are there and
    /// contradict the entry, only the DATA is asked.
    fn lost(&mut self, entry: &Entry<'_>) -> Vec<usize> {
        let items = entry.stored_items();
        let is_contradicted = items.pairs().all(|(at, stated)| self.judge.item(at, stated).is_some());
        let width = entry.size().saturating_sub(64).checked_div(items.len()).unwrap_or_default();
        // Where its size is a lie, others lie in it.
        let stop = Offset(entry.offset().0.saturating_add(entry.size() as u64));
        let stop = self.sound.between(entry.offset(), stop).unwrap_or(stop);
        let mut lost = Vec::new();
        for (index, (at, stated)) in items.pairs().enumerate() {
            let end = index.saturating_add(1).saturating_mul(width).saturating_add(63) as u64;
            let is_near = entry.offset().0 >> PAGE.trailing_zeros()
                == entry.offset().0.saturating_add(end) >> PAGE.trailing_zeros();
            let is_likely = is_near && !is_contradicted;
            let is_inside = entry.offset().0.saturating_add(end) < stop.0;
            // An entry is written after its payloads.
            let is_proven = self.judge.has_hash() || self.proven.contains(at);
            let is_there = is_inside && is_proven && at < entry.offset() && self.judge.item(at, stated).is_some();
            if !(is_there && ((is_likely && stated.is_some()) || self.is_theirs(at, entry.offset(), is_likely))) {
                lost.push(index);
            }
        }
        lost
    }

    /// Whether the DATA at `data` lists the entry at `entry` and is where it belongs; or, if that is likely, cannot tell.
    fn is_theirs(&mut self, data: Offset, entry: Offset, is_likely: bool) -> bool {
        let Ok(data) = self.file.data(data) else { return false };
        if self.links == 0 {
            return false;
        }
        let in_place = self.file.is_linked_within(&data, &mut self.links);
        if data.entry == entry {
            return in_place != Some(false);
        }
        let entries = self.file.entries_of(&data);
        self.links = self.links.saturating_sub(entries.links() as u64);
        if entries.contains(entry) {
            return in_place != Some(false);
        }
        let is_silent = entries.damage().is_some() || self.last.is_none_or(|last| entry > last);
        is_likely && is_silent && in_place == Some(true)
    }

    /// The seqnums of the admitted, without those that their neighbours contradict: one flipped bit would make a hole of
    /// billions.
    pub(super) fn seqnums(&self) -> Vec<Seqnum> {
        let all: Vec<Seqnum> = self.admitted.iter().map(|admitted| admitted.seqnum).collect();
        let ends = [all.first().copied(), all.last().copied()];
        let inner = all.windows(3).filter_map(|three| {
            let [before, seqnum, behind] = *three else { return None };
            (before >= behind || (before <= seqnum && seqnum <= behind)).then_some(seqnum)
        });
        ends.into_iter().flatten().chain(inner).collect()
    }

    /// Whether an entry that the index does not reach stands elsewhere too, with the same clocks and fields.
    pub(super) fn is_copy(&self, file: &JournalFile, entry: &Entry<'_>) -> bool {
        let first = self.by_seqnum.partition_point(|(seqnum, _)| *seqnum < entry.seqnum());
        let same = self.by_seqnum.iter().skip(first).take_while(|(seqnum, _)| *seqnum == entry.seqnum());
        let mut others = same.filter(|(_, at)| *at != entry.offset()).filter_map(|(_, at)| {
            let place = self.admitted.binary_search_by_key(at, |admitted| admitted.at).ok()?;
            Some((self.admitted.get(place)?.is_reached, file.entry_as_stated(*at).ok()?))
        });
        others.any(|(is_reached, other)| {
            let is_first = is_reached || other.offset() < entry.offset();
            is_first && other.head() == entry.head() && self.same_fields(&other, entry)
        })
    }

    /// An entry that lost fields is a copy of one that has them.
    fn same_fields(&self, one: &Entry<'_>, other: &Entry<'_>) -> bool {
        one.items().eq(other.items()) || self.is_whole(one) || !self.is_whole(other)
    }
}
