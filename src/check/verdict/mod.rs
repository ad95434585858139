//! Whose an entry is: proven by its payloads, or fitting in with those that are.

mod boot;
mod copies;
mod items;
mod order;
mod ours;

use std::collections::{HashMap, HashSet};

use boot::is_cut_off;

use super::judge::Judge;
use super::places::{PAGE, Pages, Places};
use super::starts::Starts;
use crate::corrupt::{Fault, Offset};
use crate::file::{Entry, JournalFile};
use crate::format::{Id128, Realtime, Seqnum};

/// What is decided of an entry that no hash proves.
pub(super) enum Verdict {
    /// This file's, with all its payloads: it lies where they list it.
    Whole,
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
    places: Places,
    boots: HashSet<Id128>,
    /// The boots that payloads name, by place.
    named: HashMap<Offset, Id128>,
    /// Boots that an entry states.
    heard: HashSet<Id128>,
    /// Of these, those that one alone states, which the index reaches or whose page is in its place.
    heard_once: Vec<Id128>,
    /// Ids that are those of boots but for a bit or a few, and these.
    misheard: HashMap<Id128, Id128>,
    pub(super) admitted: Vec<Admitted>,
    /// Entries that state another boot than the one that they are of, with that one, and what is wrong.
    pub(super) estranged: Vec<(Offset, Id128, Fault)>,
    /// Payloads of whole entries: where no key tells of the others, only these are proven.
    proven: Starts,
    /// The admitted ones by seqnum.
    by_seqnum: Vec<(Seqnum, Offset)>,
    /// Those of the admitted in pages that are in place, in order.
    settled: Vec<(Offset, Seqnum)>,
    /// The last object that the header knows of; beyond it others' remains may lie.
    tail: Option<Offset>,
    /// The highest number up to there, by the header and by the entries; what is newer has a higher one.
    newest: Seqnum,
    /// The number and the time of the first entry by the header, where an entry shows that it is this file's header.
    first: Option<(Seqnum, Realtime)>,
    /// Pages with an entry that is older than that: of an older file, whatever else is in them.
    older: Pages,
    /// Pages behind that which are this file's all the same.
    ours: Pages,
    /// The last entry that the index reaches.
    last: Option<Offset>,
    /// Links that may still be followed.
    links: u64,
}

/// What a walk found in a file.
pub(super) struct Known<'data> {
    pub(super) judge: Judge<'data>,
    /// Where objects lie that prove themselves.
    pub(super) sound: &'data Starts,
    /// Where entries stand in line with other objects.
    pub(super) in_line: &'data Starts,
    pub(super) places: Places,
}

/// Where an entry's own words of itself begin, behind its object's header, where they end, and where what its hash proves
/// begins.
const CLOCKS: u64 = 16;
const HEAD_END: u64 = 55;
const PROVEN: u64 = 56;

/// The page of a byte of an entry.
fn page(entry: &Entry<'_>, into: u64) -> u64 {
    entry.offset().0.saturating_add(into) / PAGE
}

/// Whether what an entry says of itself lies in one page, and its object begins there.
fn is_in_one_piece(entry: &Entry<'_>) -> bool {
    page(entry, 0) == page(entry, HEAD_END)
}

/// Whether what no hash covers lies in one page with what one does.
fn is_covered(entry: &Entry<'_>) -> bool {
    page(entry, CLOCKS) == page(entry, PROVEN)
}

/// The last object that the header knows of. One from before the first entry knows nothing yet, while the rest may have
/// reached the disk: then it is the last one that stands in line behind the tables.
fn known_to(file: &JournalFile, tail: Offset) -> Offset {
    if file.header().n_entries > 0 {
        return tail;
    }
    let end = Offset(file.image().len());
    file.objects(&(tail..end)).map_while(Result::ok).last().map_or(tail, |object| object.at)
}

impl<'data> Court<'data> {
    /// With all that is `known` of a file.
    pub(super) fn of(file: &'data JournalFile, known: Known<'data>) -> Self {
        let Known { judge, sound, in_line, mut places } = known;
        places.ask(file, &judge, [sound, in_line]);
        let tail = file.header().tail_object_offset;
        let tail = (tail >= file.objects_from() && tail.0 < file.image().len()).then(|| known_to(file, tail));
        let named = judge.boots.iter().map(|(boot, at)| (*at, *boot)).collect();
        let links = file.image().len();
        let mut court = Self {
            file,
            judge,
            sound,
            places,
            boots: HashSet::new(),
            named,
            heard: HashSet::new(),
            heard_once: Vec::new(),
            misheard: HashMap::new(),
            proven: Starts::of(links),
            admitted: Vec::new(),
            estranged: Vec::new(),
            by_seqnum: Vec::new(),
            settled: Vec::new(),
            tail,
            newest: file.header().tail_entry_seqnum,
            first: order::first_of(file, [sound, in_line]),
            older: Pages::of(links),
            ours: Pages::of(links),
            last: None,
            links,
        };
        court.find_older(in_line);
        court.claim_pages(in_line);
        let boots = court.judge.boots.iter().filter(|(_, at)| court.is_ours(**at)).map(|(boot, _)| *boot).collect();
        court.boots = boots;
        court
    }

    /// Whether the payloads prove the entry, and its clocks were written with what they prove.
    pub(super) fn is_whole(&self, entry: &Entry<'_>) -> bool {
        let behind = Offset(entry.offset().0.saturating_add(PROVEN));
        self.judge.is_whole(entry.head(), entry.stored_items())
            && (is_covered(entry) || (self.places.is_own(entry.offset()) && self.places.is_own(behind)))
    }

    /// Whether the parts of an entry's head were written together, if they lie in two pages.
    fn is_of_one_time(&self, entry: &Entry<'_>) -> bool {
        let end = Offset(entry.offset().0.saturating_add(HEAD_END));
        let is_begun = || self.places.is_own(entry.offset());
        let is_followed = || self.is_followed(entry) && !self.places.is_denied(entry.offset());
        page(entry, CLOCKS) == page(entry, HEAD_END) || (self.places.is_own(end) && (is_begun() || is_followed()))
    }

    /// Whether an object that proves itself begins where the entry ends.
    fn is_followed(&self, entry: &Entry<'_>) -> bool {
        let end = entry.offset().0.saturating_add(entry.size() as u64).checked_next_multiple_of(8);
        end.is_some_and(|end| self.sound.contains(Offset(end)))
    }

    /// Whether an entry can be this file's: it is not older than the first, and the index reaches it, or hashes are keyed,
    /// which proves what agrees with them. Else, if it lies beyond what the header knows of, its page must be this file's and its number not below the first;
    /// or it must be newer than the header and share a payload with what is this file's.
    pub(super) fn is_own(&self, entry: &Entry<'_>, is_reached: bool) -> bool {
        let (header, at) = (self.file.header(), entry.offset());
        let is_older = || [CLOCKS, HEAD_END].iter().any(|into| self.older.contains(page(entry, *into)));
        let is_before = self.is_numbered_before(entry);
        if (is_before && self.is_timed_before(entry)) || ((is_before || !is_in_one_piece(entry)) && is_older()) {
            return false;
        }
        if is_reached || self.judge.is_decisive() || self.tail.is_none_or(|tail| at <= tail) {
            return true;
        }
        let is_newer = || entry.seqnum() > self.newest;
        // Before the first entry the last number is that of the file before.
        let is_new = header.n_entries > 0 || entry.seqnum() > header.tail_entry_seqnum;
        let is_in_place = self.is_ours(at) && entry.seqnum() >= header.head_entry_seqnum && is_new;
        is_in_place || (is_newer() && entry.items().any(|item| self.is_ours(item)))
    }

    /// Whether the seqnum is above that of the last entry of a file that was closed, where no whole entry denies that.
    fn is_beyond_all(&self, entry: &Entry<'_>) -> bool {
        let header = self.file.header();
        let last = header.tail_entry_seqnum;
        let is_closed = header.state.is_closed();
        is_closed && last.0 > 0 && entry.seqnum() > last && self.by_seqnum.last().is_none_or(|(most, _)| *most <= last)
    }

    pub(super) fn admit(&mut self, entry: &Entry<'_>, is_reached: bool) {
        if self.is_whole(entry) {
            match self.another_boot(entry, &[]) {
                Some(boot) => self.estranged.push((entry.offset(), boot, Fault::of_boot(entry.boot_id().is_null()))),
                None if entry.boot_id().is_null() => {}
                None => drop(self.boots.insert(entry.boot_id())),
            }
            for at in entry.items() {
                self.proven.insert(at);
            }
        }
        self.admitted.push(Admitted { at: entry.offset(), seqnum: entry.seqnum(), is_reached });
    }

    /// Whether the page of an entry is this file's, or a payload lists what lies there, or the entry knows a payload.
    fn is_here(&mut self, entry: &Entry<'_>) -> bool {
        self.places.is_own(entry.offset()) || self.knows_payload(entry) || self.is_listed(entry)
    }

    /// Puts the admitted in order, so that others can be held against them.
    pub(super) fn sort(&mut self) {
        self.admitted.sort_unstable_by_key(|admitted| admitted.at);
        self.by_seqnum = self.admitted.iter().map(|admitted| (admitted.seqnum, admitted.at)).collect();
        self.by_seqnum.sort_unstable();
        let settled = self.admitted.iter().filter(|admitted| self.places.is_own(admitted.at));
        self.settled = settled.map(|admitted| (admitted.at, admitted.seqnum)).collect();
        self.last = self.admitted.iter().rev().find(|admitted| admitted.is_reached).map(|admitted| admitted.at);
    }

    /// Judges an entry whose payloads do not prove it: some are gone, or the entry itself is torn.
    pub(super) fn verdict(&mut self, entry: &Entry<'_>, bounds: Bounds) -> Verdict {
        if !self.is_own(entry, bounds.is_reached) {
            return Verdict::Not;
        }
        if self.is_listed_by_all(entry) || self.is_listed_up_to_the_cut(entry) {
            return Verdict::Whole;
        }
        let lost = self.lost(entry);
        let keeps_some = lost.len() < entry.items().len();
        let is_known = self.is_boot(entry.boot_id());
        let is_own = match bounds {
            Bounds { is_reached: true, .. } if self.boot_of_torn(entry).is_some() => true,
            // The index is a witness too, but of a place only: half a head may be of another time by now, and where nothing
            // else is proven, the whole of it may be of another file, as far as there is anything to hold it against.
            Bounds { is_reached: true, .. } if (keeps_some && self.is_here(entry)) || self.settled.is_empty() => {
                (is_known && self.is_of_one_time(entry)) || (is_in_one_piece(entry) && !is_cut_off(entry))
            }
            _ if !is_known || !(self.fits(entry) || self.is_stated(entry) || self.is_listed_in_place(entry)) => false,
            _ if !(keeps_some && self.is_here(entry)) && self.is_beyond_all(entry) => false,
            Bounds { is_reached: true, .. } => self.is_of_one_time(entry),
            // What shares a counter and the boots, as users' journals do, has heads that would fit in: only a head in line
            // with objects before it that names payloads of this file is no other's.
            Bounds { is_in_line, .. } if !(self.is_here(entry) || is_in_line && keeps_some) => false,
            Bounds { is_in_line, .. } => {
                (is_in_line || keeps_some || self.is_next(entry)) && self.is_of_one_time(entry)
            }
        };
        if is_own { Verdict::Own(lost) } else { Verdict::Not }
    }
}
