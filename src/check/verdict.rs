//! Whose an entry is: proven by its payloads, or fitting in with those that are.

use std::collections::HashSet;

use super::judge::Judge;
use super::places::{PAGE, Places};
use super::starts::Starts;
use crate::corrupt::Offset;
use crate::file::{Entry, JournalFile};
use crate::format::{EntryHead, Id128, Seqnum};

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

/// What the place of an item says of whether its payload belongs to the entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Item and payload are where they were written, and the item states the hash that the payload has.
    Certain,
    /// Item and payload are where they were written.
    Own,
    /// The item lies in the page of the entry's head.
    Near,
    /// Nothing.
    Unknown,
}

impl Place {
    const fn of(is_in_place: bool, is_near: bool, states_hash: bool) -> Self {
        if states_hash && (is_in_place || is_near) {
            Self::Certain
        } else if is_in_place {
            Self::Own
        } else if is_near {
            Self::Near
        } else {
            Self::Unknown
        }
    }
}

/// Everything that is known when entries are judged.
pub(super) struct Court<'data> {
    file: &'data JournalFile,
    judge: Judge<'data>,
    /// Where objects lie that prove themselves.
    sound: &'data Starts,
    places: Places,
    boots: HashSet<Id128>,
    /// Boots that one entry states, without a word of the index.
    heard: HashSet<Id128>,
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

/// The last byte of an entry's clocks and boot.
const HEAD_END: u64 = 55;

/// Whether what an entry says of itself lies in one page.
fn is_in_one_piece(entry: &Entry<'_>) -> bool {
    entry.offset().0 % PAGE < PAGE.saturating_sub(HEAD_END)
}

/// Whether two heads are of one entry; its hash may lie in another page.
fn are_one(one: &EntryHead, other: &EntryHead) -> bool {
    *one == EntryHead { xor_hash: one.xor_hash, ..*other }
}

impl<'data> Court<'data> {
    pub(super) fn of(file: &'data JournalFile, judge: Judge<'data>, sound: &'data Starts, places: Places) -> Self {
        let tail = file.header().tail_object_offset;
        let tail = (tail >= file.objects_from() && tail.0 < file.image().len()).then_some(tail);
        let is_own = |at: &Offset| judge.is_decisive() || tail.is_none_or(|tail| *at <= tail);
        let boots = judge.boots.iter().filter(|(_, at)| is_own(at)).map(|(boot, _)| *boot).collect();
        let links = file.image().len();
        Self {
            file,
            judge,
            sound,
            places,
            boots,
            heard: HashSet::new(),
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

    /// Whether the parts of an entry's head were written together, if they lie in two pages.
    fn is_of_one_time(&self, entry: &Entry<'_>) -> bool {
        let end = Offset(entry.offset().0.saturating_add(HEAD_END));
        is_in_one_piece(entry)
            || self.is_followed(entry)
            || (self.places.is_own(entry.offset()) && self.places.is_own(end))
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

    /// Takes the boot that an entry states for one that there was, where the index reaches the entry; or where payloads of
    /// this file's own list two entries that state it, since one may have a flipped bit.
    pub(super) fn hear_boot(&mut self, entry: &Entry<'_>, is_reached: bool) {
        let boot = entry.boot_id();
        if boot.is_null() || self.boots.contains(&boot) || !is_in_one_piece(entry) {
            return;
        }
        let is_own = self.judge.is_decisive() || self.tail.is_none_or(|tail| entry.offset() <= tail);
        if is_reached || (is_own && self.is_listed(entry) && !self.heard.insert(boot)) {
            self.boots.insert(boot);
        }
    }

    /// Whether one of its payloads lists the entry as its own.
    fn is_listed(&mut self, entry: &Entry<'_>) -> bool {
        let items = entry.stored_items();
        items.pairs().any(|(at, stated)| {
            at < entry.offset() && self.judge.item(at, stated).is_some() && self.lists(at, entry.offset()) == Some(true)
        })
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
        let is_own = match bounds {
            // The index is a witness too, but of a place only: half a head may be of another time by now.
            Bounds { is_reached: true, .. } => (is_known && self.is_of_one_time(entry)) || is_in_one_piece(entry),
            _ if !is_known || !self.fits(entry) => false,
            Bounds { is_in_line, .. } => (is_in_line || keeps_some) && self.is_of_one_time(entry),
        };
        if is_own { Verdict::Own(lost) } else { Verdict::Not }
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
    /// page says may be of another time. So an item counts where its DATA names the entry as its own; or where both, item
    /// and DATA, lie in pages that are where they were written. Where that cannot be told either, an item near the head
    /// counts if the hash that it states agrees, or at least the DATA is where the hash table has it. Where all payloads
    /// are there and contradict the entry, only the DATA is asked.
    fn lost(&mut self, entry: &Entry<'_>) -> Vec<usize> {
        let items = entry.stored_items();
        let is_contradicted = items.pairs().all(|(at, stated)| self.judge.item(at, stated).is_some());
        let width = entry.size().saturating_sub(64).checked_div(items.len()).unwrap_or_default();
        // Where its size is a lie, others lie in it.
        let stop = Offset(entry.offset().0.saturating_add(entry.size() as u64));
        let stop = self.sound.between(entry.offset(), stop).unwrap_or(stop);
        let is_followed = self.is_followed(entry);
        let is_head_in_place = self.places.is_own(entry.offset());
        let mut lost = Vec::new();
        for (index, (at, stated)) in items.pairs().enumerate() {
            let end = index.saturating_add(1).saturating_mul(width).saturating_add(63) as u64;
            let end = Offset(entry.offset().0.saturating_add(end));
            let is_near = entry.offset().0 / PAGE == end.0 / PAGE;
            // An entry is written after its payloads.
            let is_proven = self.judge.has_hash() || self.proven.contains(at);
            let is_there = end < stop && is_proven && at < entry.offset() && self.judge.item(at, stated).is_some();
            let is_next_own =
                || is_head_in_place && (self.places.is_held(end) || (is_followed && self.places.is_own(end)));
            let is_in_place = self.places.is_own(at) && (is_near || is_next_own());
            let place =
                if is_contradicted { Place::Unknown } else { Place::of(is_in_place, is_near, stated.is_some()) };
            if !(is_there && self.is_theirs(at, entry.offset(), place)) {
                lost.push(index);
            }
        }
        lost
    }

    /// Whether an object that proves itself begins where the entry ends.
    fn is_followed(&self, entry: &Entry<'_>) -> bool {
        let end = entry.offset().0.saturating_add(entry.size() as u64).checked_next_multiple_of(8);
        end.is_some_and(|end| self.sound.contains(Offset(end)))
    }

    /// Whether the DATA at `data` is one of the entry at `entry`, whose item lies at such a place.
    fn is_theirs(&mut self, data: Offset, entry: Offset, place: Place) -> bool {
        match place {
            Place::Certain => return true,
            // One flipped bit leads to another's payload.
            Place::Own => return self.lists(data, entry) != Some(false),
            Place::Near | Place::Unknown => {}
        }
        let Ok(object) = self.file.data(data) else { return false };
        if self.links == 0 {
            return false;
        }
        let in_place = self.file.is_linked_within(&object, &mut self.links);
        match self.lists(data, entry) {
            // Where the chain breaks off, pages must be in place for its list to be of this entry.
            Some(true) => in_place.unwrap_or_else(|| self.places.is_own(data) && self.places.is_own(entry)),
            Some(false) => false,
            None => place == Place::Near && in_place == Some(true),
        }
    }

    /// Whether the DATA at `data` lists the entry at `entry`; `None` where its list is torn, or ends before.
    fn lists(&mut self, data: Offset, entry: Offset) -> Option<bool> {
        let data = self.file.data(data).ok()?;
        if data.entry == entry {
            return Some(true);
        }
        let entries = self.file.entries_of(&data);
        self.links = self.links.checked_sub(entries.links() as u64)?;
        if entries.contains(entry) {
            return Some(true);
        }
        let is_silent = entries.damage().is_some() || self.last.is_none_or(|last| entry > last);
        self.links = self.links.checked_sub(entries.len() as u64)?;
        // A list may have a hole, and then is not to be searched by halves.
        let is_whole = !is_silent && entries.iter().is_sorted() && entries.iter().all(Offset::is_some);
        is_whole.then_some(false)
    }

    /// The seqnums of the admitted, without those that their neighbours contradict: one flipped bit would make a hole of
    /// billions.
    pub(super) fn seqnums(&self) -> Vec<Seqnum> {
        let all: Vec<Seqnum> = self.admitted.iter().map(|admitted| admitted.seqnum).collect();
        let end = |seqnum: Option<&Seqnum>, next: Option<&Seqnum>| {
            let (seqnum, next) = (*seqnum?, next.copied());
            next.is_none_or(|next| self.are_near(seqnum, next)).then_some(seqnum)
        };
        // Of two that are far apart the first is as good as any.
        let second = all.get(1).filter(|_| all.len() > 2);
        let ends = [end(all.first(), second), end(all.last(), all.iter().nth_back(1))];
        let inner = all.windows(3).filter_map(|three| {
            let [before, seqnum, behind] = *three else { return None };
            (before >= behind || (before <= seqnum && seqnum <= behind)).then_some(seqnum)
        });
        ends.into_iter().flatten().chain(inner).collect()
    }

    /// Whether the first or the last seqnum can be beside the one next to it: there is room in the file for what would be
    /// missing between the two, or the header knows of both.
    fn are_near(&self, end: Seqnum, next: Seqnum) -> bool {
        let header = self.file.header();
        let is_known = |seqnum| (header.head_entry_seqnum..=header.tail_entry_seqnum).contains(&seqnum);
        end.0.abs_diff(next.0) <= self.file.image().len() / 64 || (is_known(end) && is_known(next))
    }

    /// Whether an entry stands elsewhere too, with the same clocks and fields, and this one is the copy: the index does not
    /// reach it, or reaches it only by the place of another, whose bytes it overwrote.
    pub(super) fn is_copy(&self, file: &JournalFile, entry: &Entry<'_>, is_reached: bool) -> bool {
        let first = self.by_seqnum.partition_point(|(seqnum, _)| *seqnum < entry.seqnum());
        let same = self.by_seqnum.iter().skip(first).take_while(|(seqnum, _)| *seqnum == entry.seqnum());
        let mut others = same.filter(|(_, at)| *at != entry.offset()).filter_map(|(_, at)| {
            let place = self.admitted.binary_search_by_key(at, |admitted| admitted.at).ok()?;
            Some((self.admitted.get(place)?.is_reached, file.entry_as_stated(*at).ok()?))
        });
        others.any(|(is_other_reached, other)| {
            let is_first = match (is_reached, is_other_reached) {
                (true, true) => self.standing(&other) > self.standing(entry),
                (is_reached, is_other_reached) if is_reached != is_other_reached => is_other_reached,
                _ => other.offset() < entry.offset(),
            };
            is_first && are_one(other.head(), entry.head()) && (is_reached || self.same_fields(&other, entry))
        })
    }

    /// How much speaks for the place of an entry: its page, and its neighbours.
    fn standing(&self, entry: &Entry<'_>) -> (bool, bool) {
        (self.places.is_held(entry.offset()), self.is_in_order(entry))
    }

    /// Whether the admitted entries before and behind have lower and higher seqnums.
    fn is_in_order(&self, entry: &Entry<'_>) -> bool {
        let Ok(place) = self.admitted.binary_search_by_key(&entry.offset(), |admitted| admitted.at) else {
            return false;
        };
        let seqnum = |place: Option<usize>| Some(self.admitted.get(place?)?.seqnum);
        seqnum(place.checked_sub(1)).is_none_or(|before| before < entry.seqnum())
            && seqnum(place.checked_add(1)).is_none_or(|behind| entry.seqnum() < behind)
    }

    /// An entry that lost fields is a copy of one that has them.
    fn same_fields(&self, one: &Entry<'_>, other: &Entry<'_>) -> bool {
        one.items().eq(other.items()) || self.is_whole(one) || !self.is_whole(other)
    }
}
