//! Which pages behind the last object that the header knows of are this file's.
//!
//! Where hashes have no key, what lies there may be left of another file of the same machine, and proves itself all the
//! same. It is this file's where objects lead to it without a gap, or where a payload of this file lists an entry in just
//! that place and the entry names the payload: a header may be older than all of that.

use super::{Court, HEAD_END, is_in_one_piece, page};
use crate::check::places::{PAGE, end_of_item};
use crate::check::starts::Starts;
use crate::check::walk::end_of;
use crate::corrupt::Offset;
use crate::file::Entry;
use crate::format::RawObject;

/// The entries of a page, by their numbers.
#[derive(Default)]
struct Seen {
    page: u64,
    /// How many have one before the first.
    before: usize,
    /// Whether the time of one is before that of the first too.
    is_timed: bool,
    /// Whether one has another.
    is_own: bool,
}

impl Seen {
    const fn is_older(&self) -> bool {
        (self.is_timed || self.before >= 2) && !self.is_own
    }
}

impl Court<'_> {
    /// Whether what lies at a place is this file's, as far as that can be told.
    pub(super) fn is_ours(&self, at: Offset) -> bool {
        let is_claimed = self.tail.is_none_or(|tail| at <= tail) || self.ours.contains(at.0 / PAGE);
        self.judge.is_decisive() || (is_claimed && !self.is_older(at))
    }

    /// Whether a place lies in a page of an older file.
    pub(super) fn is_older(&self, at: Offset) -> bool {
        self.older.contains(at.0 / PAGE)
    }

    /// Finds the pages of an older file that lie where pages of this one did: an entry in them has a number and a time before
    /// the first, or two have such numbers, and none has another. One wrong bit makes one of these less.
    pub(super) fn find_older(&mut self, in_line: &Starts) {
        let mut seen = Seen::default();
        for at in self.first.iter().flat_map(|_| Starts::union([self.sound, in_line])) {
            let Ok(entry) = self.file.entry_as_stated(at) else { continue };
            let page = page(&entry, HEAD_END);
            if page != seen.page {
                seen.is_older().then(|| self.older.insert(seen.page));
                seen = Seen { page, ..Seen::default() };
            }
            if self.is_numbered_before(&entry) {
                seen.before = seen.before.saturating_add(1);
                seen.is_timed |= self.is_timed_before(&entry);
            } else {
                seen.is_own |= is_in_one_piece(&entry);
            }
        }
        seen.is_older().then(|| self.older.insert(seen.page));
    }

    /// Finds the pages behind the tail that are this file's; `in_line` is where entries stand in line with other objects.
    ///
    /// One or two entries of each page are asked at most, of each the payloads up to the first that lists it.
    pub(super) fn claim_pages(&mut self, in_line: &Starts) {
        let Some(tail) = self.tail.filter(|_| !self.judge.is_decisive()) else { return };
        let known = Starts::union([self.sound, in_line]).take_while(|at| *at <= tail);
        let newest = known.filter_map(|at| self.file.entry_as_stated(at).ok()).map(|entry| entry.seqnum()).max();
        self.newest = newest.map_or(self.newest, |newest| newest.min(self.newest));
        if let Some(first) = self.page_behind(tail, in_line) {
            self.claim(first);
        }
        if self.file.header().n_entries == 0 {
            self.claim_linked();
        }
        for at in Starts::union([self.sound, in_line]) {
            if self.is_ours(at) {
                continue;
            }
            let Ok(entry) = self.file.entry_as_stated(at) else { continue };
            if let Some(page) = self.page_listed(&entry) {
                self.claim(page);
            }
        }
    }

    /// Takes the pages of DATA to which the hash table leads, in a file whose header is from before the first entry: the
    /// table was empty then, and what it has now this file wrote.
    fn claim_linked(&mut self) {
        let sound = self.sound;
        for at in sound.iter() {
            let data = self.file.data(at).ok().filter(|_| !self.is_ours(at));
            if data.is_some_and(|data| self.file.is_linked_within(&data, &mut self.links) == Some(true)) {
                self.claim(at.0 / PAGE);
            }
        }
    }

    /// The page behind that of the tail, if the objects that follow on the tail without a gap lead there and the hash of
    /// the last of them covers both; with an entry among them, and none that is not newer than what lies before.
    fn page_behind(&self, tail: Offset, in_line: &Starts) -> Option<u64> {
        let mut last_seqnum = self.newest;
        let (mut at, mut is_newer) = (tail, false);
        loop {
            if let Ok(entry) = self.file.entry_as_stated(at)
                && at > tail
            {
                if entry.seqnum() <= last_seqnum {
                    return None;
                }
                (last_seqnum, is_newer) = (entry.seqnum(), true);
            }
            let raw = RawObject::read(self.file.image(), at, "object").ok()?;
            let last = at.0.saturating_add(raw.bytes.len() as u64).saturating_sub(1);
            if at > tail && last / PAGE > at.0 / PAGE {
                let page = (at.0 / PAGE).saturating_add(1);
                return (is_newer && self.sound.contains(at) && self.places.is_joined(page)).then_some(page);
            }
            let next = end_of(raw);
            let is_in_line = self.sound.contains(next) || in_line.contains(next);
            // Between two pages nothing shows that the second follows on the first.
            if next <= at || next.0.is_multiple_of(PAGE) || !is_in_line {
                return None;
            }
            at = next;
        }
    }

    /// The page in which an entry names a payload of this file that lists it in just that place.
    fn page_listed(&mut self, entry: &Entry<'_>) -> Option<u64> {
        for (index, (at, stated)) in entry.stored_items().pairs().enumerate() {
            let is_one = at < entry.offset() && self.is_ours(at) && self.judge.item(at, stated).is_some();
            if is_one && self.lists(at, entry.offset()) == Some(true) {
                return Some(end_of_item(entry, index).0 / PAGE).filter(|item| *item >= page(entry, HEAD_END));
            }
        }
        None
    }

    /// Takes a page for this file's, with those that objects join it with.
    fn claim(&mut self, page: u64) {
        let is_behind = |page: u64| self.tail.is_some_and(|tail| page >= tail.0 / PAGE);
        let mut first = page;
        while self.places.is_joined(first) && is_behind(first.saturating_sub(1)) {
            first = first.saturating_sub(1);
        }
        let mut last = page;
        while self.places.is_joined(last.saturating_add(1)) {
            last = last.saturating_add(1);
        }
        (first..=last).filter(|page| is_behind(*page)).for_each(|page| self.ours.insert(page));
    }
}
